/* cgroup - put a process into a cgroup before it runs anything */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/vfs.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/cgroup.h"

/* Version 1, linux/magic.h. */
#define CGROUP1_MAGIC 0x27e0eb

int cgroup_open(const char *dir, bool *unified, struct errmsg *f)
{
	autofd fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return errmsg(f, errno, "cannot open cgroup %s", Q(dir));
	*unified = fs.f_type == SYS_CGROUP2_MAGIC;
	if (!*unified && fs.f_type != CGROUP1_MAGIC) {
		(void)errmsg(f, 0, "cannot use cgroup %s: it is no cgroup",
			     Q(dir));
		errno = EINVAL;
		return -1;
	}
	return fd_take(&fd);
}

int cgroup_fault(int error, struct errmsg *f)
{
	const char *hint = "";

	/* Three answers whose own words would lead astray. */
	if (error == ENOSPC)
		hint = " (are its cpuset.cpus and cpuset.mems set?)";
	if (error == EBUSY)
		hint = " (with controllers in its cgroup.subtree_control it "
		       "takes no process)";
	if (error == EOPNOTSUPP)
		hint = " (see its cgroup.type)";
	return errmsg(f, error, "cannot enter the cgroup%s", hint);
}

int cgroup_enter(int dir, pid_t pid, struct errmsg *f)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", pid);
	autofd fd = openat(dir, "cgroup.procs",
			   O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fd_write(fd, text, (size_t)n) < 0)
		return cgroup_fault(errno, f);
	return 0;
}
