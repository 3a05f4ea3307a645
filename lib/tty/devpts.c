/* devpts - a devpts file system of a container's own */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "proc/procdir.h"
#include "tty/devpts.h"
#include "tty/pty.h"

#define WHERE "/dev/pts"

/* The group tty of every distribution, with write(1) in mind. */
#define TTY_GROUP "5"

static int set(int fs, const char *key, const char *value)
{
	return sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, key, value, 0);
}

/* A gid that the user namespace does not map is refused as it is set. */
static int configure(int fs)
{
	const char *mode = set(fs, "gid", TTY_GROUP) == 0 ? "0620" : "0600";

	if (set(fs, "source", DEVPTS_SOURCE) < 0 || set(fs, "mode", mode) < 0 ||
	    set(fs, "ptmxmode", "0666") < 0 || set(fs, "max", DEVPTS_MOST) < 0)
		return -1;
	return sys_fsconfig(fs, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

int devpts_new(void)
{
	autofd fs = sys_fsopen("devpts", SYS_FSOPEN_CLOEXEC);

	if (fs < 0 || configure(fs) < 0)
		return -1;
	return sys_fsmount(fs, SYS_FSMOUNT_CLOEXEC,
			   SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NOEXEC);
}

int devpts_mount(void)
{
	static const char common[] =
		"newinstance,ptmxmode=0666,max=" DEVPTS_MOST;
	char data[80];

	(void)snprintf(data, sizeof(data), "%s,mode=0620,gid=%s", common,
		       TTY_GROUP);
	if (mount(DEVPTS_SOURCE, WHERE, "devpts", MS_NOSUID | MS_NOEXEC,
		  data) == 0)
		return devpts_here();
	if (errno != EINVAL)
		return -1;
	(void)snprintf(data, sizeof(data), "%s,mode=0600", common);
	if (mount(DEVPTS_SOURCE, WHERE, "devpts", MS_NOSUID | MS_NOEXEC, data) <
	    0)
		return -1;
	return devpts_here();
}

/* The root that we are in may not be trusted: anything may be there. */
static int open_where(void)
{
	const struct sys_open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = SYS_RESOLVE_NO_SYMLINKS,
	};
	int fd = sys_openat2(AT_FDCWD, WHERE, &how);

	if (fd < 0 && errno == ENOSYS)
		fd = open(WHERE, (int)how.flags);
	return fd;
}

int devpts_here(void)
{
	autofd fd = open_where();
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != SYS_DEVPTS_MAGIC) {
		errno = ENODEV;
		return -1;
	}
	return fd_take(&fd);
}

int devpts_attach(int devpts)
{
	autofd place = open_where();

	if (place < 0)
		return -1;
	return sys_move_mount(devpts, "", place, "",
			      SYS_MOVE_MOUNT_F_EMPTY_PATH |
				      SYS_MOVE_MOUNT_T_EMPTY_PATH);
}

int devpts_number(int slave)
{
	struct stat st;

	if (fstat(slave, &st) < 0)
		return -1;
	if (S_ISCHR(st.st_mode) && pty_is_slave(st.st_rdev))
		return (int)minor(st.st_rdev);
	errno = ENOTTY;
	return -1;
}

/*
 * Does a line of mountinfo tell of a devpts that we made? Its third word is the
 * device; after a lone dash come the type and the source. Source: proc(5).
 */
static bool is_ours(const char *line, const char *device)
{
	const size_t n = strlen(device);

	if (!strstr(line, " - devpts " DEVPTS_SOURCE " "))
		return false;
	for (int word = 0; line && word < 2; word++)
		line = strchr(line + 1, ' ');
	return line && strncmp(line + 1, device, n) == 0 && line[n + 1] == ' ';
}

static bool made_here(dev_t dev)
{
	autofd dir = procdir_open(getpid(), NULL);
	autofd fd = dir < 0 ? -1 : procdir_file(dir, "mountinfo", O_RDONLY);
	FILE *mounts = fd < 0 ? NULL : fdopen(fd, "re");
	char *line = NULL, device[32];
	size_t room = 0;
	bool found = false;

	if (!mounts)
		return false;
	(void)fd_take(&fd);
	(void)snprintf(device, sizeof(device), "%u:%u", major(dev), minor(dev));
	while (!found && getline(&line, &room, mounts) > 0)
		found = is_ours(line, device);
	free(line);
	(void)fclose(mounts);
	return found;
}

int devpts_of_tty(int tty)
{
	autofd fd = devpts_number(tty) < 0 ? -1 : devpts_here();
	struct stat here, there;

	if (fd >= 0 && fstat(fd, &here) == 0 && fstat(tty, &there) == 0 &&
	    here.st_dev == there.st_dev && made_here(here.st_dev))
		return fd_take(&fd);
	errno = ENOTTY;
	return -1;
}
