/* tmpfs - a new tmpfs that takes the mode, and the files, of a directory */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/tmpfs.h"
#include "root/mountopt.h"
#include "root/mounts.h"

/* A tree that is deeper was made to be. */
#define DEPTH_MAX 128

/* Of the root of a tmpfs, where no other is asked for: tmpfs(5). */
#define TMPFS_MODE 01777

static int copy_directory(int from, int to, int depth);

static bool has(const struct mountopt *o, const char *key)
{
	for (int i = 0; i < o->n; i++) {
		if (strncmp(o->data[i], key, strlen(key)) == 0)
			return true;
	}
	return false;
}

/* The one that was looked at, be it exchanged for another one since. */
static int open_same(int dir, const char *name, const struct stat *st)
{
	autofd fd = openat(dir, name,
			   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				   O_CLOEXEC);
	struct stat now;

	if (fd < 0 || fstat(fd, &now) < 0)
		return -1;
	if (now.st_dev == st->st_dev && now.st_ino == st->st_ino &&
	    (now.st_mode & S_IFMT) == (st->st_mode & S_IFMT))
		return fd_take(&fd);
	errno = ESTALE;
	return -1;
}

static int copy_file(int from, int to)
{
	ssize_t n;

	do {
		n = sendfile(to, from, NULL, 1 << 20);
	} while (n > 0 || (n < 0 && errno == EINTR));
	return (int)n;
}

/* Of what is open by its path alone, or a directory. */
static int settle_copy(int fd, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchown(fd, st->st_uid, st->st_gid) < 0 ||
	    fchmod(fd, st->st_mode & 07777) < 0)
		return -1;
	return futimens(fd, times);
}

static int copy_regular(int from, const char *name, int to,
			const struct stat *st)
{
	autofd in = open_same(from, name, st);
	autofd out = in < 0 ? -1
			    : openat(to, name,
				     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				     0600);

	if (out < 0 || copy_file(in, out) < 0)
		return -1;
	return settle_copy(out, st);
}

static int copy_below(int from, const char *name, int to, const struct stat *st,
		      int depth)
{
	autofd in = open_same(from, name, st);
	autofd out = -1;

	if (in < 0 || mkdirat(to, name, 0700) < 0)
		return -1;
	out = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0 || copy_directory(in, out, depth + 1) < 0)
		return -1;
	return settle_copy(out, st);
}

static int copy_link(int from, const char *name, int to, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	if (symlinkat(target, to, name) < 0)
		return -1;
	return fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

static int copy_node(const char *name, int to, const struct stat *st)
{
	if (mknodat(to, name, st->st_mode, st->st_rdev) < 0)
		return -1;
	return fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
}

/* What is mounted there stays behind, and a socket without a listener. */
static int copy_one(int from, const char *name, int to, dev_t dev, int depth)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (st.st_dev != dev || S_ISSOCK(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		return copy_below(from, name, to, &st, depth);
	if (S_ISREG(st.st_mode))
		return copy_regular(from, name, to, &st);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, name, to, &st);
	return copy_node(name, to, &st);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int copy_entries(DIR *dir, int to, dev_t dev, int depth)
{
	struct dirent *entry;

	/* At the end, errno is as it was. */
	while (errno = 0, (entry = readdir(dir))) {
		if (!is_dots(entry->d_name) &&
		    copy_one(dirfd(dir), entry->d_name, to, dev, depth) < 0)
			return -1;
	}
	return errno ? -1 : 0;
}

static int copy_directory(int from, int to, int depth)
{
	autofd own = fd_above(from, 3);
	struct stat st;
	DIR *dir;
	int copied, error;

	if (depth > DEPTH_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (own < 0 || fstat(own, &st) < 0 || !(dir = fdopendir(own)))
		return -1;
	(void)fd_take(&own);
	copied = copy_entries(dir, to, st.st_dev, depth);
	error = errno;
	(void)closedir(dir);
	errno = error;
	return copied;
}

/* Its root, to be written to: fsmount(2) gives the path of it alone. */
static int tmpfs_fill(int mount, int place, const struct mountopt *o,
		      const struct stat *st)
{
	autofd top = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autofd from = -1;

	if (top < 0)
		return -1;
	if (!has(o, "mode=") && fchmod(top, st->st_mode & 07777) < 0)
		return -1;
	if (!o->copy_up)
		return 0;
	from = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0 || copy_directory(from, top, 0) < 0)
		return -1;
	/* An owner that was asked for stays. */
	return fchown(top, has(o, "uid=") ? (uid_t)-1 : st->st_uid,
		      has(o, "gid=") ? (gid_t)-1 : st->st_gid);
}

static int unlock(int mount)
{
	const struct sys_mount_attr attr = {
		.attr_clr = SYS_MOUNT_ATTR_RDONLY
	};

	return sys_mount_setattr(mount, "", AT_EMPTY_PATH, &attr);
}

int tmpfs_attach(const struct root *r, const struct mounts_plan *p,
		 const struct mountopt *o, int mount, struct errmsg *f)
{
	const bool locked = mountopt_attributes(o) & SYS_MOUNT_ATTR_RDONLY;
	struct mounts_plan plan = *p;
	struct stat st;

	/* Where the same root is entered again it is to be as it was. */
	plan.mode = has(o, "mode=") ? 0 : TMPFS_MODE;
	autofd place = mounts_place(r, &plan, mount, f);

	if (place < 0)
		return -1;
	if (fstat(place, &st) < 0 || (locked && unlock(mount) < 0) ||
	    tmpfs_fill(mount, place, o, &st) < 0)
		return errmsg_q(f, errno,
				"cannot copy what is at %s to a tmpfs", p->to);
	if (root_attach(mount, place) < 0)
		return errmsg_q(f, errno, "cannot mount at %s", p->to);
	return fd_take(&place);
}
