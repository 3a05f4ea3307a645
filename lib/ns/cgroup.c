/* cgroup - put a process into cgroups before it runs anything */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/cgroup.h"

/* Version 1, linux/magic.h. */
#define CGROUP1_MAGIC 0x27e0eb

/* A path for each of a dozen hierarchies. */
#define LIST_MAX 65536

char *cgroups_read_list(const char *file)
{
	autofd fd = open(file, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(LIST_MAX);
	int error;

	if (!text || fd_read_text(fd, text, LIST_MAX) >= 0)
		return text;
	error = errno;
	free(text);
	errno = error;
	return NULL;
}

void cgroups_init(struct cgroups *c)
{
	*c = (struct cgroups){ .unified = -1, .started = -1 };
}

static int refuse_cgroup(const char *dir, const char *why, struct errmsg *f)
{
	(void)errmsg(f, 0, "cannot use cgroup %s: %s", Q(dir), why);
	errno = EINVAL;
	return -1;
}

/* Each hierarchy is a file system, in which a process is in one place. */
static bool has_hierarchy(const struct cgroups *c, int fd)
{
	struct stat ours, st;

	for (int i = 0; i < c->n; i++) {
		if (fstat(fd, &ours) == 0 && fstat(c->fd[i], &st) == 0 &&
		    ours.st_dev == st.st_dev)
			return true;
	}
	return false;
}

int cgroups_add(struct cgroups *c, const char *dir, struct errmsg *f)
{
	autofd fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return errmsg_q(f, errno, "cannot open cgroup %s", dir);
	if (fs.f_type != SYS_CGROUP2_MAGIC && fs.f_type != CGROUP1_MAGIC)
		return refuse_cgroup(dir, "it is no cgroup", f);
	if (has_hierarchy(c, fd))
		return refuse_cgroup(
			dir, "another one of its hierarchy was given", f);
	if (c->n == CGROUPS_MAX)
		return errmsg_q(f, E2BIG, "cannot use cgroup %s", dir);
	if (fs.f_type == SYS_CGROUP2_MAGIC)
		c->unified = c->n;
	c->fd[c->n++] = fd_take(&fd);
	return 0;
}

int cgroups_rest(const struct cgroups *c)
{
	return c->n - (c->started >= 0);
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

/* Moving a whole process makes the kernel wait for all processors (RCU), some
 * milliseconds; not so the thread that writes, and this process has no other.
 * Source: cgroup_procs_write_start in the kernel's cgroup.c, since 5.7. */
static int open_entrance(int dir, bool self)
{
	const int flags = O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
	int fd = self ? openat(dir, "tasks", flags) : -1;

	/* Version 2 has no such file. */
	return fd >= 0 || (self && errno != ENOENT)
		       ? fd
		       : openat(dir, "cgroup.procs", flags);
}

static int enter_cgroup(int dir, pid_t pid)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", pid);
	autofd fd = open_entrance(dir, pid == 0);

	return fd < 0 ? -1 : fd_write(fd, text, (size_t)n);
}

int cgroups_enter(const struct cgroups *c, pid_t pid, struct errmsg *f)
{
	for (int i = 0; i < c->n; i++) {
		if (i != c->started && enter_cgroup(c->fd[i], pid) < 0)
			return cgroup_fault(errno, f);
	}
	return 0;
}
