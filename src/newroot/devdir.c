/* devdir - the /dev of a root */
#include <errno.h>
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
#include "newroot/node.h"
#include "newroot/terminal.h"
#include "root/mounts.h"
#include "root/root.h"
#include "tty/devpts.h"

/* Linux Documentation/admin-guide/devices.txt. */
static const struct device {
	const char *name, *host;
	unsigned major, minor;
} devices[] = {
	{ "null", "/dev/null", 1, 3 },	     { "zero", "/dev/zero", 1, 5 },
	{ "full", "/dev/full", 1, 7 },	     { "random", "/dev/random", 1, 8 },
	{ "urandom", "/dev/urandom", 1, 9 }, { "tty", "/dev/tty", 5, 0 },
};

static const struct link {
	const char *name, *target;
} links[] = {
	{ "ptmx", "pts/ptmx" },		 { "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },	 { "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

#define COUNT(array_) (sizeof(array_) / sizeof(*(array_)))

#define KCORE "/proc/kcore"

/* A program that runs away with a file in /dev fills this, not the memory. */
#define DEV_OPTIONS    "nosuid,noexec,mode=0755,size=64k"
#define SHM_OPTIONS    "nosuid,nodev,noexec,mode=1777,size=64m"
#define MQUEUE_OPTIONS "nosuid,nodev,noexec"

static int add_device(int dev, const struct device *d, struct errmsg *f)
{
	const struct node n = {
		.type = S_IFCHR,
		.number = makedev(d->major, d->minor),
		.host = d->host,
		.mode = 0666,
	};

	return node_put(dev, d->name, &n, f);
}

/* A ptmx of the image's would be another devpts's. */
static int add_link(int dev, const struct link *l, struct errmsg *f)
{
	int made = symlinkat(l->target, dev, l->name);

	if (made < 0 && errno == EEXIST && l == links &&
	    unlinkat(dev, l->name, 0) == 0)
		made = symlinkat(l->target, dev, l->name);
	if (made == 0 || (errno == EEXIST && l != links))
		return 0;
	return errmsg(f, errno, "cannot make symbolic link %s", l->name);
}

static int add_nodes(int dev, struct errmsg *f)
{
	for (size_t i = 0; i < COUNT(devices); i++) {
		if (add_device(dev, &devices[i], f) < 0)
			return -1;
	}
	for (size_t i = 0; i < COUNT(links); i++) {
		if (add_link(dev, &links[i], f) < 0)
			return -1;
	}
	return 0;
}

/* dev is our own file system: what is named below it is what we made there. */
static int put_at(int mount, int dev, const char *name)
{
	return sys_move_mount(mount, "", dev, name,
			      SYS_MOVE_MOUNT_F_EMPTY_PATH);
}

static int add_pts(int dev, struct terminal *t, struct errmsg *f)
{
	autofd own = -1;

	if (mkdirat(dev, "pts", 0755) < 0)
		return errmsg(f, errno, "cannot make directory pts");
	if (t->devpts >= 0 && !t->placed) {
		t->placed = put_at(t->devpts, dev, "pts") == 0;
		return t->placed ? 0
				 : errmsg(f, errno,
					  "cannot attach the terminals at pts");
	}
	own = devpts_new();
	if (own < 0 || put_at(own, dev, "pts") < 0)
		return errmsg(f, errno, "cannot mount a devpts at pts");
	return 0;
}

static int add_console(int dev, const struct terminal *t, struct errmsg *f)
{
	autofd console = -1;

	if (t->tty < 0)
		return 0;
	console = terminal_console(t, f);
	if (console < 0)
		return -1;
	if (node_cover(dev, "console", console) < 0)
		return errmsg(f, errno, "cannot make the terminal the console");
	return 0;
}

static int add_shm(int dev, struct errmsg *f)
{
	autofd shm = mounts_make("tmpfs", "shm", SHM_OPTIONS, f);

	if (shm < 0)
		return -1;
	if (mkdirat(dev, "shm", 0755) < 0 || put_at(shm, dev, "shm") < 0)
		return errmsg(f, errno, "cannot mount a tmpfs at shm");
	return 0;
}

/* An ipc namespace that belongs to another user namespace gives its queues to
 * no process here, and a kernel may have none: then the directory stays
 * empty. */
static int add_mqueue(int dev, struct errmsg *f)
{
	autofd queues = mounts_make("mqueue", "mqueue", MQUEUE_OPTIONS, f);

	if (queues < 0 && errno != EPERM && errno != ENODEV)
		return -1;
	if (mkdirat(dev, "mqueue", 0755) < 0)
		return errmsg(f, errno, "cannot make directory mqueue");
	if (queues >= 0 && put_at(queues, dev, "mqueue") < 0)
		return errmsg(f, errno, "cannot mount mqueue");
	return 0;
}

int devdir_mount(const struct root *r, const char *path, struct terminal *t,
		 struct errmsg *f)
{
	autofd place = root_make(r, path, ROOT_PLAIN, S_IFDIR, f);
	autofd dev = -1;

	if (place < 0)
		return -1;
	/* What enters the root would be below it, not in it. */
	if (root_is(r, place))
		return errmsg_q(f, 0,
				"cannot mount at %s: it is the root itself",
				path);
	dev = mounts_make("tmpfs", path, DEV_OPTIONS, f);
	if (dev < 0)
		return -1;
	/* Before it is filled: mounts go onto an attached mount alone, before
	 * Linux 6.15. */
	if (root_attach(dev, place) < 0)
		return errmsg_q(f, errno, "cannot attach a tmpfs at %s", path);
	if (add_nodes(dev, f) < 0 || add_pts(dev, t, f) < 0 ||
	    add_shm(dev, f) < 0 || add_console(dev, t, f) < 0 ||
	    add_mqueue(dev, f) < 0)
		return -1;
	return fd_take(&dev);
}

int devdir_fill(const struct root *r, const char *path,
		const struct terminal *t, struct errmsg *f)
{
	const struct link core = { "core", KCORE };
	autofd dev = root_make(r, path, ROOT_PLAIN, S_IFDIR, f);

	if (dev < 0 || add_nodes(dev, f) < 0)
		return -1;
	if (access(KCORE, F_OK) == 0 && add_link(dev, &core, f) < 0)
		return -1;
	return add_console(dev, t, f);
}
