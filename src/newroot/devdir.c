/* devdir - the /dev of a root */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/devdir.h"
#include "root/mountopt.h"
#include "root/mounts.h"
#include "root/root.h"
#include "tty/devpts.h"

/* Linux Documentation/admin-guide/devices.txt. */
static const struct device {
	const char *name;
	unsigned major, minor;
} devices[] = {
	{ "null", 1, 3 },   { "zero", 1, 5 },	 { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const struct link {
	const char *name, *target;
} links[] = {
	{ "ptmx", "pts/ptmx" },		 { "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },	 { "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

#define COUNT(array_) (sizeof(array_) / sizeof(*(array_)))

/* A program that runs away with a file in /dev fills this, not the memory. */
#define DEV_OPTIONS    "nosuid,noexec,mode=0755,size=64k"
#define SHM_OPTIONS    "nosuid,nodev,noexec,mode=1777,size=64m"
#define MQUEUE_OPTIONS "nosuid,nodev,noexec"

/* A new file system of that type, for a place that messages call so. */
static int make_fs(const char *type, const char *place, const char *options,
		   struct errmsg *f)
{
	const struct mounts_plan plan = {
		.type = type,
		.from = type,
		.to = place,
	};
	struct mountopt o;

	if (mountopt_parse(&o, options) < 0)
		return errmsg(f, errno, "cannot use options %s", Q(options));
	return mounts_new(&plan, &o, f);
}

static dev_t number_of(const struct device *d)
{
	return makedev(d->major, d->minor);
}

/*
 * The clone is looked at, not the path, so what was verified is what will be
 * attached. It is read-only, which is nothing to a device, but the mode and
 * the owner of the host's own node cannot be changed through it.
 */
static int host_device(const struct device *d, struct errmsg *f)
{
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_RDONLY
	};
	char path[32];
	struct stat st;
	autofd clone = -1;

	(void)snprintf(path, sizeof(path), "/dev/%s", d->name);
	clone = sys_open_tree(AT_FDCWD, path,
			      SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC |
				      AT_SYMLINK_NOFOLLOW);
	if (clone < 0 || fstat(clone, &st) < 0)
		return errmsg(f, errno, "cannot take %s of the host", path);
	if (!S_ISCHR(st.st_mode) || st.st_rdev != number_of(d))
		return errmsg(f, 0,
			      "cannot take %s of the host: it is not device "
			      "%u:%u",
			      path, d->major, d->minor);
	if (sys_mount_setattr(clone, "", AT_EMPTY_PATH, &attr) < 0)
		return errmsg(f, errno, "cannot make %s of the host read-only",
			      path);
	return fd_take(&clone);
}

int devdir_null(struct errmsg *f)
{
	return host_device(&devices[0], f);
}

/* dev is our own file system: what is named below it is what we made there. */
static int put(int mount, int dev, const char *name)
{
	return sys_move_mount(mount, "", dev, name,
			      SYS_MOVE_MOUNT_F_EMPTY_PATH);
}

static int put_file(int mount, int dev, const char *name)
{
	if (mknodat(dev, name, S_IFREG | 0644, 0) < 0)
		return -1;
	return put(mount, dev, name);
}

/*
 * A user namespace may make no device, and could open none on a file system of
 * its own: mknod(2) says EPERM, and the host's own is bound. What could be made
 * is of the initial user namespace, and can be opened.
 */
static int add_device(int dev, const struct device *d, struct errmsg *f)
{
	autofd host = -1;

	if (mknodat(dev, d->name, S_IFCHR | 0666, number_of(d)) == 0)
		return 0;
	if (errno != EPERM)
		return errmsg(f, errno, "cannot make device %s", d->name);
	host = host_device(d, f);
	if (host < 0)
		return -1;
	if (put_file(host, dev, d->name) < 0)
		return errmsg(f, errno, "cannot bind device %s", d->name);
	return 0;
}

static int add_pts(int dev, int devpts, struct errmsg *f)
{
	if (mkdirat(dev, "pts", 0755) < 0 || put(devpts, dev, "pts") < 0)
		return errmsg(f, errno, "cannot attach the terminals at pts");
	return 0;
}

/* The slave itself, by its number in its own devpts, which is attached now:
 * before Linux 6.15 nothing can be cloned from a mount that is not. */
static int add_console(int dev, int devpts, int tty, struct errmsg *f)
{
	const int number = devpts_number(tty);
	struct stat want, got;
	char name[16];
	autofd clone = -1;

	(void)snprintf(name, sizeof(name), "%d", number);
	if (number < 0 || fstat(tty, &want) < 0)
		return errmsg(f, errno, "cannot tell which terminal it is");
	clone = sys_open_tree(devpts, name,
			      SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC |
				      AT_SYMLINK_NOFOLLOW);
	if (clone < 0 || fstat(clone, &got) < 0)
		return errmsg(f, errno, "cannot find terminal %s", name);
	if (got.st_rdev != want.st_rdev || got.st_dev != want.st_dev ||
	    got.st_ino != want.st_ino)
		return errmsg(f, 0,
			      "cannot make the terminal the console: "
			      "another one has its number");
	if (put_file(clone, dev, "console") < 0)
		return errmsg(f, errno, "cannot make the terminal the console");
	return 0;
}

static int add_shm(int dev, struct errmsg *f)
{
	autofd shm = make_fs("tmpfs", "shm", SHM_OPTIONS, f);

	if (shm < 0)
		return -1;
	if (mkdirat(dev, "shm", 0755) < 0 || put(shm, dev, "shm") < 0)
		return errmsg(f, errno, "cannot mount a tmpfs at shm");
	return 0;
}

/* An ipc namespace that belongs to another user namespace gives its queues to
 * nobody here, and a kernel may have none: then the directory stays empty. */
static int add_mqueue(int dev, struct errmsg *f)
{
	autofd queues = make_fs("mqueue", "mqueue", MQUEUE_OPTIONS, f);

	if (queues < 0 && errno != EPERM && errno != ENODEV)
		return -1;
	if (mkdirat(dev, "mqueue", 0755) < 0)
		return errmsg(f, errno, "cannot make directory mqueue");
	if (queues >= 0 && put(queues, dev, "mqueue") < 0)
		return errmsg(f, errno, "cannot mount mqueue");
	return 0;
}

static int fill(int dev, const struct devdir *d, int devpts, struct errmsg *f)
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		if (add_device(dev, &devices[i], f) < 0)
			return -1;
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		if (symlinkat(links[i].target, dev, links[i].name) < 0)
			return errmsg(f, errno, "cannot make symbolic link %s",
				      links[i].name);
	}
	if (add_pts(dev, devpts, f) < 0 || add_shm(dev, f) < 0)
		return -1;
	if (d->tty >= 0 && add_console(dev, devpts, d->tty, f) < 0)
		return -1;
	return add_mqueue(dev, f);
}

int devdir_mount(const struct root *r, const char *path, const struct devdir *d,
		 struct errmsg *f)
{
	autofd place = root_make(r, path, ROOT_PLAIN, S_IFDIR, f);
	autofd dev = -1;
	autofd own = -1;

	if (place < 0)
		return -1;
	/* What enters the root would be below it, not in it. */
	if (root_is(r, place))
		return errmsg(f, 0, "cannot mount at %s: it is the root itself",
			      Q(path));
	dev = make_fs("tmpfs", path, DEV_OPTIONS, f);
	if (dev < 0)
		return -1;
	/* Before it is filled: mounts go onto an attached mount alone, before
	 * Linux 6.15. */
	if (root_attach(dev, place) < 0)
		return errmsg(f, errno, "cannot attach a tmpfs at %s", Q(path));
	if (d->devpts < 0)
		own = devpts_new();
	if (d->devpts < 0 && own < 0)
		return errmsg(f, errno, "cannot make a devpts for %s", Q(path));
	return fill(dev, d, d->devpts < 0 ? own : d->devpts, f);
}
