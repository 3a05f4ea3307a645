/* selfexe - run from a copy of the binary that nobody inside a root can write
 * to
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "chain/selfexe.h"

#define SELF "/proc/self/exe"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10 /* 6.3 */
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Are we such a copy? errno is set where that cannot be told, else 0. */
static bool is_sealed(void)
{
	autofd exe = open(SELF, O_RDONLY | O_CLOEXEC);
	struct statvfs fs;
	bool sealed;

	if (exe < 0 || fstatvfs(exe, &fs) < 0)
		return false;
	sealed = (fs.f_flag & ST_RDONLY) || fcntl(exe, F_GET_SEALS) == SEALS;
	errno = 0;
	return sealed;
}

/*
 * A plain user's containers have no way to write to a file of the host's root:
 * that one is never mapped into them.
 */
static bool is_out_of_reach(void)
{
	struct stat st;

	return geteuid() != 0 && stat(SELF, &st) == 0 && st.st_uid == 0 &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_view(void)
{
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_RDONLY
	};
	autofd view = sys_open_tree(
		AT_FDCWD, SELF, SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC);

	if (view < 0 || sys_mount_setattr(view, "", AT_EMPTY_PATH, &attr) < 0)
		return -1;
	return fd_take(&view);
}

static int copy_all(int to)
{
	autofd from = open(SELF, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (from < 0)
		return -1;
	do {
		n = sendfile(to, from, NULL, 1 << 20);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return (int)n;
}

static int open_copy(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	autofd copy = memfd_create("ptybox", flags | MFD_EXEC);

	if (copy < 0 && errno == EINVAL)
		copy = memfd_create("ptybox", flags);
	if (copy < 0 || copy_all(copy) < 0 ||
	    fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		return -1;
	return fd_take(&copy);
}

/* The number of the descriptor that we were executed by, which may be closed
 * by now; -1: by a path. Source: execveat(2). */
static int executed_by(void)
{
	static const char before[] = "/dev/fd/";
	const char *file = (const char *)getauxval(AT_EXECFN);
	int fd;

	if (!file || strncmp(file, before, sizeof(before) - 1) != 0 ||
	    text_int(file + sizeof(before) - 1, 3, INT_MAX, &fd) < 0)
		return -1;
	return fd;
}

/* Is that number still this program? */
static bool is_self(int fd)
{
	struct stat ours, st;

	return fstat(fd, &st) == 0 && stat(SELF, &ours) == 0 &&
	       st.st_dev == ours.st_dev && st.st_ino == ours.st_ino;
}

void selfexe_close(void)
{
	int fd = executed_by();

	if (fd >= 0 && is_self(fd))
		(void)close(fd);
}

/* It stays open over the exec, for selfexe_close. */
static int execute(int fd, char **argv)
{
	if (fd < 0 || fd_keep(fd) < 0)
		return -1;
	return sys_execveat(fd, "", argv, environ, AT_EMPTY_PATH);
}

int selfexe_seal(char **argv, struct errmsg *f)
{
	int by = executed_by();

	if (by >= 0 && is_self(by))
		(void)fcntl(by, F_SETFD, FD_CLOEXEC);
	if (by >= 0)
		(void)prctl(PR_SET_NAME, argv[0]);
	if (is_out_of_reach() || is_sealed())
		return 0;
	if (by >= 0)
		return errmsg(f, errno ? errno : ENOTSUP,
			      "cannot seal this program");
	autofd fd = open_view();
	if (fd < 0)
		fd = open_copy();
	(void)execute(fd, argv);
	return errmsg(f, errno, "cannot seal this program");
}
