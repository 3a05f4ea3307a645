/* pty - open a pseudoterminal, know one, live on one */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "tty/pty.h"

#define SLAVE_FLAGS  (O_RDWR | O_NOCTTY | O_CLOEXEC)
#define MASTER_FLAGS (SLAVE_FLAGS | O_NONBLOCK)

/* Unix98 ptys: /dev/ptmx is 5:2, slaves are 136:0 to 143:1048575. Source:
 * Linux Documentation/admin-guide/devices.txt. */
#define PTMX_MAJOR 5
#define PTMX_MINOR 2
#define PTS_FIRST  136
#define PTS_LAST   143

int pty_number(int master, unsigned *number)
{
	/* To musl a request is an int, and this one is none. */
	return (int)syscall(SYS_ioctl, master, (unsigned long)TIOCGPTN, number);
}

/* Before TIOCGPTPEER (Linux 4.13): by number in the devpts, and only if it is
 * what it should be. */
static int peer_by_name(int devpts, int master)
{
	char path[32];
	struct stat st;
	struct statfs fs;
	unsigned number;
	autofd fd = -1;

	if (pty_number(master, &number) < 0)
		return -1;
	/* With an absolute path the directory does not matter. */
	snprintf(path, sizeof(path), "%s%d", devpts < 0 ? "/dev/pts/" : "",
		 number);
	fd = openat(devpts, path, SLAVE_FLAGS | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != SYS_DEVPTS_MAGIC || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != makedev(PTS_FIRST, number)) {
		errno = ENODEV;
		return -1;
	}
	/* The description is new and ours; its users expect it to block. */
	if (fcntl(fd, F_SETFL, 0) < 0)
		return -1;
	return fd_take(&fd);
}

static int open_peer(int devpts, int master)
{
	int fd = ioctl(master, TIOCGPTPEER, SLAVE_FLAGS);

	/* Kernels without it say ENOTTY, some emulations EINVAL. */
	if (fd < 0 && (errno == ENOTTY || errno == EINVAL))
		return peer_by_name(devpts, master);
	return fd;
}

/* Is it the ptmx of that devpts, and not something mounted over it? */
static bool pty_is_ptmx(const struct stat *st, int devpts)
{
	struct stat root;

	if (fstat(devpts, &root) < 0)
		return false;
	errno = ENODEV;
	return S_ISCHR(st->st_mode) && st->st_dev == root.st_dev &&
	       st->st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR);
}

/* Before openat2 (Linux 5.6): look first, so that nothing else is opened. */
static int look_and_open(int devpts)
{
	struct stat st;

	if (fstatat(devpts, "ptmx", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !pty_is_ptmx(&st, devpts))
		return -1;
	return openat(devpts, "ptmx", MASTER_FLAGS | O_NOFOLLOW);
}

static int open_ptmx(int devpts)
{
	const struct sys_open_how how = {
		.flags = MASTER_FLAGS | O_NOFOLLOW,
		.resolve = SYS_RESOLVE_BENEATH | SYS_RESOLVE_NO_XDEV,
	};
	autofd fd = -1;
	struct stat st;

	if (devpts < 0)
		return open("/dev/ptmx", MASTER_FLAGS);
	fd = sys_openat2(devpts, "ptmx", &how);
	if (fd < 0 && errno == ENOSYS)
		fd = look_and_open(devpts);
	if (fd < 0 || fstat(fd, &st) < 0 || !pty_is_ptmx(&st, devpts))
		return -1;
	return fd_take(&fd);
}

int pty_open(int devpts, struct pty *p)
{
	int unlock = 0;
	autofd master = open_ptmx(devpts);
	autofd slave = -1;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return -1;
	slave = open_peer(devpts, master);
	if (slave < 0)
		return -1;
	p->master = fd_take(&master);
	p->slave = fd_take(&slave);
	return 0;
}

bool pty_is_slave(dev_t rdev)
{
	return major(rdev) >= PTS_FIRST && major(rdev) <= PTS_LAST;
}

bool pty_is_master(int fd)
{
	unsigned number;
	mode_t mode;
	dev_t rdev;

	return fd_type(fd, &mode, &rdev) == 0 && S_ISCHR(mode) &&
	       rdev == makedev(PTMX_MAJOR, PTMX_MINOR) &&
	       pty_number(fd, &number) == 0;
}

int pty_control(int slave)
{
	if (setsid() < 0)
		return -1;
	return ioctl(slave, TIOCSCTTY, 0);
}
