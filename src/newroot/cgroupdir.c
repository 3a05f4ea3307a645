/* cgroupdir - the cgroup file systems of a root */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/cgroupdir.h"
#include "ns/cgroup.h"
#include "proc/procdir.h"
#include "root/mountopt.h"
#include "root/mounts.h"

#define HOST "/sys/fs/cgroup"

/* And version 2 beside version 1, which has controllers. */
#define HYBRID HOST "/unified"

/* The tmpfs that holds the hierarchies; it takes the flags of their mounts. */
#define DIR_OPTIONS "mode=0755,size=64k,"

/* A hierarchy of version 1, by a line of /proc/PID/cgroup and its mount. */
struct hierarchy {
	char *controllers;  /* "cpu,cpuacct" or "name=systemd" */
	char *place;	    /* where the host has it */
	char *top;	    /* what of it is mounted there */
	const char *within; /* where this process is in it */
};

static FILE *open_self(const char *name)
{
	autofd dir = procdir_open(getpid(), NULL);
	autofd fd = dir < 0 ? -1 : procdir_file(dir, name, O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");

	if (file)
		(void)fd_take(&fd);
	return file;
}

/* The part of the path that is below what is mounted; all of it where that is
 * the root of a cgroup namespace, or elsewhere. */
static const char *below(const struct hierarchy *h)
{
	size_t n = strlen(h->top);

	if (n > 1 && strncmp(h->within, h->top, n) == 0 &&
	    (h->within[n] == '/' || h->within[n] == '\0'))
		return h->within + n;
	return n > 1 || strncmp(h->within, "/..", 3) == 0 ? "" : h->within;
}

static int bind_hierarchy(const struct hierarchy *h, const struct mountopt *o,
			  struct errmsg *f)
{
	char path[PATH_MAX];
	const struct mounts_plan plan = { .from = path,
					  .at = -1,
					  .to = h->place };

	if (snprintf(path, sizeof(path), "%s%s", h->place, below(h)) >=
	    (int)sizeof(path))
		return errmsg_q(f, ENAMETOOLONG, "cannot bind cgroup %s",
				h->place);
	return mounts_clone(&plan, o, f);
}

/* At the root of a namespace a new mount has that root for its own. */
static int open_hierarchy(const struct hierarchy *h, const char *options,
			  struct errmsg *f)
{
	char words[MOUNTOPT_ROOM];
	const struct mounts_plan plan = {
		.type = "cgroup",
		.from = "cgroup",
		.at = -1,
		.to = h->place,
	};
	struct mountopt o;
	int mount = -1;

	(void)snprintf(words, sizeof(words), "%s,%s%s", options,
		       strchr(h->controllers, '=') ? "none," : "",
		       h->controllers);
	if (strcmp(h->within, "/") == 0 && mountopt_parse(&o, words) == 0)
		mount = mounts_new(&plan, &o, f);
	if (mount >= 0)
		return mount;
	(void)snprintf(words, sizeof(words), "bind,%s", options);
	if (mountopt_parse(&o, words) < 0)
		return errmsg_q(f, errno, "cannot use options %s", options);
	return bind_hierarchy(h, &o, f);
}

/* The directory is called as the host calls it, "cpu,cpuacct", with a link by
 * the name of each controller. */
static int add_hierarchy(int dir, const struct hierarchy *h,
			 const char *options, struct errmsg *f)
{
	const char *name = strrchr(h->place, '/') + 1;
	autofd mount = open_hierarchy(h, options, f);
	char *rest = h->controllers, *one;

	if (mount < 0)
		return -1;
	if (mkdirat(dir, name, 0755) < 0 ||
	    sys_move_mount(mount, "", dir, name, SYS_MOVE_MOUNT_F_EMPTY_PATH) <
		    0)
		return errmsg_q(f, errno, "cannot mount cgroup %s", name);
	while ((one = strsep(&rest, ","))) {
		if (strcmp(one, name) != 0 && !strchr(one, '=') &&
		    symlinkat(name, dir, one) < 0 && errno != EEXIST)
			return errmsg_q(f, errno, "cannot make link %s", one);
	}
	return 0;
}

/* Find its mount on the host; one that is not mounted has nothing to show. */
static int add_mounted(int dir, struct hierarchy *h, const char *mounts,
		       const char *options, struct errmsg *f)
{
	char *copy = strdup(mounts), *rest = copy, *line;
	int added = 0;

	if (!copy)
		return errmsg(f, errno, "cannot read mountinfo");
	while ((line = strsep(&rest, "\n"))) {
		if (!cgroup_is_mount(line, h->controllers, &h->top, &h->place))
			continue;
		added = add_hierarchy(dir, h, options, f);
		break;
	}
	free(copy);
	return added;
}

/* The whole of it, once for all hierarchies; the caller's to free. */
static char *read_mounts(void)
{
	FILE *mounts = open_self("mountinfo");
	char *text = NULL;
	size_t room = 0;

	if (mounts && getdelim(&text, &room, '\0', mounts) < 0) {
		free(text);
		text = NULL;
	}
	if (mounts)
		(void)fclose(mounts);
	return text;
}

/* Of each line "NUMBER:CONTROLLERS:PATH"; version 2 has no controllers. */
static int add_hierarchies(int dir, const char *options, struct errmsg *f)
{
	FILE *list = open_self("cgroup");
	char *line = NULL, *mounts = read_mounts();
	size_t room = 0;
	int added = 0;

	if (!list || !mounts) {
		free(mounts);
		if (list)
			(void)fclose(list);
		return errmsg(f, errno, "cannot read the cgroups");
	}
	while (added == 0 && getline(&line, &room, list) > 0) {
		char *path = line;
		struct hierarchy h = { 0 };

		(void)strsep(&path, ":");
		h.controllers = strsep(&path, ":");
		if (!path || !*h.controllers)
			continue;
		path[strcspn(path, "\n")] = '\0';
		h.within = path;
		added = add_mounted(dir, &h, mounts, options, f);
	}
	free(line);
	free(mounts);
	(void)fclose(list);
	return added;
}

static int mount_first(const struct root *r, const struct mounts_plan *p,
		       const char *options, struct errmsg *f)
{
	char words[MOUNTOPT_ROOM];
	struct mountopt o;
	autofd dir = -1;

	(void)snprintf(words, sizeof(words), DIR_OPTIONS "%s,rw", options);
	dir = mounts_make("tmpfs", p->to, words, f);
	if (dir < 0 || mounts_attach(r, p, dir, f) < 0 ||
	    add_hierarchies(dir, options, f) < 0)
		return -1;
	if (mountopt_parse(&o, options) == 0 &&
	    (mountopt_attributes(&o) & SYS_MOUNT_ATTR_RDONLY) &&
	    root_lock(dir, false) < 0)
		return errmsg_q(f, errno, "cannot make %s read-only", p->to);
	return fd_take(&dir);
}

static int mount_second(const struct root *r, const struct mounts_plan *p,
			const char *from, const char *options, struct errmsg *f)
{
	const struct mounts_plan host = { .from = from, .at = -1, .to = p->to };
	struct mounts_plan own = *p;
	struct mountopt o;
	autofd mount = -1;

	own.type = "cgroup2";
	if (mountopt_parse(&o, options) < 0)
		return errmsg_q(f, errno, "cannot use options %s", options);
	mount = mounts_new(&own, &o, f);
	if (mount < 0 && errno != EPERM && errno != EBUSY)
		return -1;
	if (mount < 0) {
		o.bind = true;
		mount = mounts_clone(&host, &o, f);
	}
	if (mount < 0 || mounts_attach(r, p, mount, f) < 0)
		return -1;
	return fd_take(&mount);
}

int cgroupdir_mount(const struct root *r, const struct mounts_plan *p,
		    const char *options, struct errmsg *f)
{
	struct statfs fs;

	if (statfs(HOST, &fs) < 0)
		return errmsg(f, errno, "cannot mount cgroups at %s: " HOST,
			      Q(p->to));
	if (fs.f_type == SYS_CGROUP2_MAGIC)
		return mount_second(r, p, HOST, options, f);
	if (strcmp(p->type, "cgroup2") == 0)
		return mount_second(r, p, HYBRID, options, f);
	return mount_first(r, p, options, f);
}
