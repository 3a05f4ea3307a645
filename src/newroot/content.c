/* content - files of a root whose content comes from a descriptor */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/content.h"
#include "root/mounts.h"
#include "root/root.h"

#define NAME "data"

static int write_content(int from, int to)
{
	char buf[64 << 10];
	ssize_t n;

	while ((n = fd_read(from, buf, sizeof(buf))) > 0) {
		if (fd_write(to, buf, (size_t)n) < 0)
			return -1;
	}
	return (int)n;
}

/* A new file, which is a new name: none that is open anywhere. */
static int make_file(int dir, const char *name, int from, mode_t mode)
{
	autofd fd = openat(dir, name,
			   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			   0600);

	if (fd < 0 || write_content(from, fd) < 0)
		return -1;
	return fchmod(fd, mode);
}

/* Where this process stands is the only way to unmount without a path. */
static int detach_tmpfs(int mount)
{
	autofd back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int done;

	if (back < 0 || fchdir(mount) < 0)
		return -1;
	done = umount2(".", MNT_DETACH);
	return fchdir(back) < 0 ? -1 : done;
}

/* A clone of the file alone; of the tmpfs nothing else is left. */
static int take_file(const struct root *r, int tmpfs)
{
	autofd file = -1;

	if (root_attach(tmpfs, r->fd) < 0)
		return -1;
	file = sys_open_tree(tmpfs, NAME,
			     SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC);
	return detach_tmpfs(tmpfs) < 0 || file < 0 ? -1 : fd_take(&file);
}

int content_mount(const struct root *r, int from, mode_t mode, bool lock,
		  struct errmsg *f)
{
	autofd tmpfs = mounts_make("tmpfs", "a file", "nosuid,nodev,mode=0755",
				   f);
	autofd file = -1;

	if (tmpfs < 0)
		return -1;
	if (make_file(tmpfs, NAME, from, mode) < 0)
		return errmsg(f, errno, "cannot copy from fd %d", from);
	file = take_file(r, tmpfs);
	if (file < 0 || (lock && root_lock(file, false) < 0))
		return errmsg(f, errno, "cannot make a mount of fd %d", from);
	return fd_take(&file);
}

int content_write(const struct root *r, int from, const char *path, mode_t mode,
		  struct errmsg *f)
{
	const char *name;
	autofd dir = root_parent(r, path, &name, f);

	if (dir < 0)
		return -1;
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return errmsg_q(f, errno, "cannot replace %s", path);
	if (make_file(dir, name, from, mode) < 0)
		return errmsg_q(f, errno, "cannot copy from fd %d to %s", from,
				path);
	return 0;
}
