/* mounts - mounts to have below a root */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/idmap.h"
#include "ns/ns.h"
#include "proc/procdir.h"
#include "root/mountopt.h"
#include "root/mounts.h"

/* fsconfig(2) refuses keys and values that are longer. */
#define KEY_MAX 256

bool mounts_is_bind(const char *type, const struct mountopt *o)
{
	return o->bind || o->rbind || strcmp(type, "bind") == 0;
}

static int set_attributes(int mount, unsigned flags,
			  const struct mountopt_set *s)
{
	const struct sys_mount_attr attr = {
		.attr_set = s->set,
		.attr_clr = s->clear,
		.propagation = s->propagation,
	};

	if (!(s->set | s->clear | s->propagation))
		return 0;
	return sys_mount_setattr(mount, "", AT_EMPTY_PATH | flags, &attr);
}

/* A new mount is private if nothing else is asked for. */
static int set_propagation(int mount, const struct mountopt *o)
{
	const struct mountopt_set flat = { .propagation = o->flat.propagation };
	const struct mountopt_set deep = { .propagation = o->deep.propagation };

	if (set_attributes(mount, 0, &flat) < 0)
		return -1;
	return set_attributes(mount, SYS_AT_RECURSIVE, &deep);
}

/* What holds for all mounts of a tree is said last, as runtimes do it. */
static int set_options(int mount, const struct mountopt *o,
		       uint64_t propagation)
{
	struct mountopt_set deep = o->deep;

	if (!o->flat.propagation && !deep.propagation)
		deep.propagation = propagation ? propagation : MS_PRIVATE;
	if (set_attributes(mount, 0, &o->flat) < 0)
		return -1;
	return set_attributes(mount, SYS_AT_RECURSIVE, &deep);
}

static int clone_source(const struct mounts_plan *p, bool deep)
{
	const unsigned flags = SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC |
			       (deep ? SYS_AT_RECURSIVE : 0);

	if (p->at >= 0)
		return sys_open_tree(p->at, "", flags | AT_EMPTY_PATH);
	if (p->at == -1)
		return sys_open_tree(AT_FDCWD, p->from, flags);
	errno = -1 - p->at;
	return -1;
}

/* Does mountinfo say of that mount that it has peers? The first word of a line
 * is its number; "shared:N" is before a lone dash. Source: proc(5). */
static bool is_shared(uint64_t number)
{
	autofd self = procdir_open(getpid(), NULL);
	autofd fd = self < 0 ? -1 : procdir_file(self, "mountinfo", O_RDONLY);
	FILE *mounts = fd < 0 ? NULL : fdopen(fd, "re");
	char *line = NULL, *dash, *word;
	bool shared = false;
	size_t room = 0;

	if (!mounts)
		return false;
	(void)fd_take(&fd);
	while (!shared && getline(&line, &room, mounts) > 0) {
		dash = strstr(line, " - ");
		word = strstr(line, " shared:");
		shared = dash && word && word < dash &&
			 strtoull(line, NULL, 10) == number;
	}
	free(line);
	(void)fclose(mounts);
	return shared;
}

/* A bind that is to be shared with the host has to be of what is shared: one
 * of a private mount would propagate nothing, without an error. */
static int check_peers(const struct mounts_plan *p, const struct mountopt *o,
		       struct errmsg *f)
{
	autofd own = p->at >= 0 ? -1 : open(p->from, O_PATH | O_CLOEXEC);
	const int at = p->at >= 0 ? p->at : own;
	struct sys_statx st = { 0 };

	if (!((o->flat.propagation | o->deep.propagation) & MS_SHARED))
		return 0;
	if (at < 0 ||
	    sys_statx(at, "", AT_EMPTY_PATH, SYS_STATX_MNT_ID, &st) < 0)
		return errmsg_q(f, errno, "cannot bind %s", p->from);
	if (is_shared(st.mnt_id))
		return 0;
	return errmsg_q(
		f, 0,
		"cannot bind %s shared: its mount is shared with no other "
		"(ptyfork --propagation unchanged keeps it so)",
		p->from);
}

/* Source: mount_setattr(2), MOUNT_ATTR_IDMAP, Linux 5.12. */
static int map_owners(int mount, const struct mountopt *o, struct errmsg *f)
{
	autofd space = o->idmap ? idmap_namespace(o->idmap, f) : -1;
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)space,
	};

	if (!o->idmap)
		return 0;
	if (space < 0)
		return -1;
	if (sys_mount_setattr(mount, "",
			      AT_EMPTY_PATH |
				      (o->idmap_deep ? SYS_AT_RECURSIVE : 0),
			      &attr) < 0)
		return errmsg(f, errno, "cannot map the ids of a mount");
	return 0;
}

int mounts_clone(const struct mounts_plan *p, const struct mountopt *o,
		 struct errmsg *f)
{
	const bool deep = o->rbind || !o->bind;
	autofd mount = -1;

	if (o->n > 0)
		return errmsg_q(f, 0,
				"cannot bind %s: option %s is not for binds",
				p->from, o->data[0]);
	if (check_peers(p, o, f) < 0)
		return -1;
	mount = clone_source(p, deep);
	if (mount < 0)
		return errmsg(f, errno, "cannot bind %s%s", Q(p->from),
			      errno == EINVAL && !deep
				      ? " (in a user namespace, with what is "
					"mounted below alone: rbind)"
				      : ns_used_up(errno));
	if (set_options(mount, o, p->propagation) < 0)
		return errmsg_q(f, errno, "cannot bind %s with these options",
				p->from);
	if (map_owners(mount, o, f) < 0)
		return -1;
	return fd_take(&mount);
}

/* Say why there is no such mount; errno stays. */
static int refuse_mount(const struct mounts_plan *p, const char *why,
			struct errmsg *f)
{
	int error = errno;

	(void)errmsg(f, why ? 0 : error, "cannot mount %s at %s%s%s%s",
		     Q(p->type), Q(p->to), why ? ": " : "", why ? why : "",
		     why ? "" : ns_used_up(error));
	errno = error;
	return -1;
}

/* What the kernel says itself, in lines such as "e tmpfs: Bad value for 'x'";
 * that is an answer to foreign words, which are in it. */
static const char *complaint(int fs, char *line, size_t room)
{
	ssize_t n;

	while ((n = fd_read(fs, line, room - 1)) > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		for (char *c = line; *c; c++) {
			if (!isprint((unsigned char)*c))
				*c = '?';
		}
		if (strncmp(line, "e ", 2) == 0)
			return line + 2;
	}
	return NULL;
}

/* What a file system shows belongs to a namespace, whose owner may mount it. */
static const char *needs(const char *type)
{
	if (strcmp(type, "proc") == 0)
		return "not permitted (in a user namespace it takes a pid "
		       "namespace of its own)";
	if (strcmp(type, "sysfs") == 0)
		return "not permitted (in a user namespace it takes a net "
		       "namespace of its own)";
	if (strcmp(type, "mqueue") == 0)
		return "not permitted (in a user namespace it takes an ipc "
		       "namespace of its own)";
	return NULL;
}

static int refuse_fs(const struct mounts_plan *p, int fs, struct errmsg *f)
{
	int error = errno;
	char line[512];
	const char *why = complaint(fs, line, sizeof(line));

	if (!why && error == EPERM)
		why = needs(p->type);
	if (why && strstr(why, "too revealing"))
		why = "not permitted (in a user namespace, where something is "
		      "mounted over a part of the present one)";
	errno = error;
	return refuse_mount(p, why, f);
}

int mounts_option(int fs, const char *option)
{
	const char *value = strchr(option, '=');
	char key[KEY_MAX];

	if (!value)
		return sys_fsconfig(fs, SYS_FSCONFIG_SET_FLAG, option, NULL, 0);
	if ((size_t)(value - option) >= sizeof(key)) {
		errno = EINVAL;
		return -1;
	}
	(void)snprintf(key, sizeof(key), "%.*s", (int)(value - option), option);
	return sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, key, value + 1, 0);
}

/* A device that cannot be written to is mounted only if both the mount and the
 * file system are to be read-only; a tmpfs has to be filled first. */
static int configure_fs(int fs, const struct mounts_plan *p,
			const struct mountopt *o)
{
	const uint64_t attributes = mountopt_attributes(o);

	if (sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, "source", p->from, 0) < 0)
		return -1;
	if ((attributes & SYS_MOUNT_ATTR_RDONLY) &&
	    strcmp(p->type, "tmpfs") != 0 && mounts_option(fs, "ro") < 0)
		return -1;
	for (int i = 0; i < o->n; i++) {
		if (mounts_option(fs, o->data[i]) < 0)
			return -1;
	}
	return sys_fsconfig(fs, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

/* Is it what it was asked to be? A proc that is none would be believed. */
static int check_proc(const struct mounts_plan *p, int mount)
{
	struct statfs fs;

	if (strcmp(p->type, "proc") != 0)
		return 0;
	if (fstatfs(mount, &fs) < 0)
		return -1;
	if (fs.f_type == SYS_PROC_MAGIC)
		return 0;
	errno = ENODEV;
	return -1;
}

int mounts_new(const struct mounts_plan *p, const struct mountopt *o,
	       struct errmsg *f)
{
	autofd fs = sys_fsopen(p->type, SYS_FSOPEN_CLOEXEC);
	autofd mount = -1;

	if (fs < 0)
		return refuse_mount(p,
				    errno == ENODEV  ? "no such file system"
				    : errno == EPERM ? needs(p->type)
						     : NULL,
				    f);
	if (configure_fs(fs, p, o) < 0)
		return refuse_fs(p, fs, f);
	mount = sys_fsmount(fs, SYS_FSMOUNT_CLOEXEC,
			    (unsigned)mountopt_attributes(o));
	if (mount < 0)
		return refuse_fs(p, fs, f);
	if (set_propagation(mount, o) < 0 || check_proc(p, mount) < 0)
		return refuse_mount(p, NULL, f);
	return fd_take(&mount);
}

int mounts_make(const char *type, const char *place, const char *options,
		struct errmsg *f)
{
	const struct mounts_plan plan = {
		.type = type,
		.from = type,
		.at = -1,
		.to = place,
	};
	struct mountopt o;

	if (mountopt_parse(&o, options) < 0)
		return errmsg_q(f, errno, "cannot use options %s", options);
	return mounts_new(&plan, &o, f);
}

static enum root_walk walk_to(const struct mounts_plan *p)
{
	return !p->type || strcmp(p->type, "tmpfs") == 0 ? ROOT_FOLLOW
							 : ROOT_PLAIN;
}

int mounts_place(const struct root *r, const struct mounts_plan *p, int mount,
		 struct errmsg *f)
{
	struct stat st;
	autofd place = -1;

	if (fstat(mount, &st) < 0)
		return errmsg_q(f, errno, "cannot look at the mount for %s",
				p->to);
	place = root_make(r, p->to, walk_to(p),
			  S_ISDIR(st.st_mode) ? S_IFDIR | p->mode : S_IFREG, f);
	if (place < 0 && errno == ELOOP && walk_to(p) == ROOT_PLAIN) {
		errno = ELOOP;
		return refuse_mount(
			p,
			"must be mounted on ordinary directory, and a "
			"symbolic link is on the way",
			f);
	}
	if (place < 0)
		return -1;
	/* What enters the root would be below such a mount, not in it. */
	if (!p->root && root_is(r, place)) {
		(void)errmsg_q(f, 0,
			       "cannot mount at %s: it is the root itself",
			       p->to);
		errno = EBUSY;
		return -1;
	}
	return fd_take(&place);
}

int mounts_attach(const struct root *r, const struct mounts_plan *p, int mount,
		  struct errmsg *f)
{
	autofd place = mounts_place(r, p, mount, f);

	if (place < 0)
		return -1;
	if (root_attach(mount, place) < 0)
		return errmsg_q(f, errno, "cannot mount at %s", p->to);
	return 0;
}
