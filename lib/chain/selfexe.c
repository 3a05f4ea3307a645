/* selfexe - run from a copy of the binary that a root's processes cannot write
 * to */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "chain/selfexe.h"

#define SELF "/proc/self/exe"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10 /* 6.3 */
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Are we such a copy? errno is set where that cannot be told, else 0. */
static bool is_sealed(void)
{
	struct statvfs fs;
	bool sealed;

	if (statvfs(SELF, &fs) < 0)
		return false;
	if (fs.f_flag & ST_RDONLY)
		return true;
	autofd exe = open(SELF, O_RDONLY | O_CLOEXEC);
	if (exe < 0)
		return false;
	sealed = fcntl(exe, F_GET_SEALS) == SEALS;
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

/*
 * A mount of this file alone, read-only for good: nothing locks that flag, and
 * for as long as the mount is in a namespace, be it the anonymous one of
 * open_tree(2), a process that gets at it may clear it with the rights of a
 * user namespace of its own. So it is taken out of that one, by the close of
 * its descriptor, before anything runs from it; what is left refers to the
 * mount and has no way to change it.
 */
static int open_view(void)
{
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_RDONLY
	};
	autofd view = sys_open_tree(
		AT_FDCWD, SELF, SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC);

	if (view < 0 || sys_mount_setattr(view, "", AT_EMPTY_PATH, &attr) < 0)
		return -1;
	return sys_open_tree(view, "", AT_EMPTY_PATH | SYS_OPEN_TREE_CLOEXEC);
}

/* A limit of file sizes is for the user's files: up to the hard one. */
static void lift_limit(struct rlimit *before)
{
	struct rlimit lifted;

	if (getrlimit(RLIMIT_FSIZE, before) < 0)
		*before = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	lifted = *before;
	lifted.rlim_cur = lifted.rlim_max;
	(void)sys_setrlimit(RLIMIT_FSIZE, &lifted);
}

static int copy_self(int to)
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

/* Beyond the hard limit it is an error, not the end by SIGXFSZ. */
static int copy_within_limit(int to)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct rlimit limit;
	int done;

	(void)sigaction(SIGXFSZ, &ignore, &before);
	lift_limit(&limit);
	done = copy_self(to);
	(void)sys_setrlimit(RLIMIT_FSIZE, &limit);
	(void)sigaction(SIGXFSZ, &before, NULL);
	return done;
}

static int open_copy(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	autofd copy = memfd_create("ptybox", flags | MFD_EXEC);

	if (copy < 0 && errno == EINVAL)
		copy = memfd_create("ptybox", flags);
	if (copy < 0 || copy_within_limit(copy) < 0 ||
	    fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		return -1;
	return fd_take(&copy);
}

/* Is this what selfexe_execute() below leads to? Source: execveat(2). */
static bool is_again(void)
{
	static const char before[] = "/dev/fd/";
	const char *file = (const char *)getauxval(AT_EXECFN);

	return file && strncmp(file, before, sizeof(before) - 1) == 0;
}

static int selfexe_execute(int fd, char **argv)
{
	return fd < 0 ? -1 : sys_execveat(fd, "", argv, environ, AT_EMPTY_PATH);
}

/* Without /proc there is no name for this program. */
static int seal_fault(int error, struct errmsg *f)
{
	if (error == ENOENT)
		return errmsg(f, 0,
			      "cannot seal this program: /proc is not mounted");
	return errmsg(f, error, "cannot seal this program");
}

bool selfexe_is(const char *path)
{
	struct stat st, own;

	return stat(path, &st) == 0 && stat(SELF, &own) == 0 &&
	       st.st_dev == own.st_dev && st.st_ino == own.st_ino &&
	       is_sealed();
}

void selfexe_run(char **argv)
{
	(void)execve(SELF, argv, environ);
}

int selfexe_seal(char **argv, struct errmsg *f)
{
	bool again = is_again();

	if (again)
		(void)prctl(PR_SET_NAME, argv[0]);
	if (is_out_of_reach() || is_sealed())
		return 0;
	if (again)
		return seal_fault(errno ? errno : ENOTSUP, f);
	autofd fd = open_view();
	if (fd < 0)
		fd = open_copy();
	(void)selfexe_execute(fd, argv);
	return seal_fault(errno, f);
}
