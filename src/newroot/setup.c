/* setup - what is put into a root before it is entered */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/cgroupdir.h"
#include "newroot/content.h"
#include "newroot/devdir.h"
#include "newroot/setup.h"
#include "newroot/tmpfs.h"
#include "root/mountopt.h"

/* What the options mean, the mounts among them in the words of --mount. */
static const struct form {
	const char *name;
	enum setup_kind kind;
	const char *type; /* NULL: a bind */
	const char *options;
	bool may_miss;
} forms[] = {
	{ "bind", SETUP_MOUNT, NULL, "rbind,rnodev", false },
	{ "bind_data", SETUP_DATA, NULL, "", false },
	{ "bind_try", SETUP_MOUNT, NULL, "rbind,rnodev", true },
	{ "dev", SETUP_DEV, NULL, NULL, false },
	{ "dev_bind", SETUP_MOUNT, NULL, "rbind", false },
	{ "dev_bind_try", SETUP_MOUNT, NULL, "rbind", true },
	{ "device", SETUP_NODE, NULL, NULL, false },
	{ "devices", SETUP_DEVICES, NULL, NULL, false },
	{ "dir", SETUP_DIR, NULL, NULL, false },
	{ "dir_try", SETUP_DIR, NULL, NULL, true },
	{ "file", SETUP_FILE, NULL, "", false },
	{ "mount", SETUP_MOUNT, NULL, NULL, false },
	{ "mqueue", SETUP_MOUNT, "mqueue", "nosuid,nodev,noexec", false },
	{ "perms", SETUP_PERMS, NULL, NULL, false },
	{ "proc", SETUP_MOUNT, "proc", "nosuid,nodev,noexec", false },
	{ "ro_bind", SETUP_MOUNT, NULL, "rbind,rro,rnodev", false },
	{ "ro_bind_data", SETUP_DATA, NULL, "ro", false },
	{ "ro_bind_try", SETUP_MOUNT, NULL, "rbind,rro,rnodev", true },
	{ "symlink", SETUP_LINK, NULL, NULL, false },
	{ "tmpfs", SETUP_TMPFS, "tmpfs", "nosuid,nodev,mode=0755", false },
};

static int wrong(struct errmsg *f, const char *why)
{
	(void)errmsg(f, 0, "%s", why);
	errno = EINVAL;
	return -1;
}

static int parse_options(const char *words, struct mountopt *o,
			 struct errmsg *f)
{
	char why[QUOTE_MAX + 64];

	if (mountopt_parse(o, words) == 0)
		return 0;
	(void)snprintf(why, sizeof(why), "bad mount options %s: %s", Q(words),
		       errno == EINVAL ? "a value without a name" : "too many");
	return wrong(f, why);
}

/* TYPE SRC DST OPTS */
static int read_mount(struct setup *s, char **v, struct errmsg *f)
{
	struct mountopt o;

	s->plan = (struct mounts_plan){
		.type = v[0], .from = v[1], .at = -1, .to = v[2], .root = true
	};
	s->options = v[3];
	if (parse_options(s->options, &o, f) < 0)
		return -1;
	if (mounts_is_bind(v[0], &o))
		s->plan.type = NULL;
	else if (strcmp(v[0], "none") == 0)
		return wrong(f, "bad mount type 'none': it is for bind and "
				"rbind");
	else if (strcmp(v[0], "tmpfs") == 0)
		s->kind = SETUP_TMPFS;
	else if (strcmp(v[0], "cgroup") == 0 || strcmp(v[0], "cgroup2") == 0)
		s->kind = SETUP_CGROUP;
	else if (strcmp(v[0], "devpts") == 0)
		s->kind = SETUP_DEVPTS;
	if (o.copy_up && s->kind != SETUP_TMPFS)
		return wrong(f, "bad mount option 'tmpcopyup': it is for "
				"tmpfs");
	return 0;
}

/* A file without a --perms is its owner's alone where it is mounted, as with
 * bwrap(1). */
static int read_content(struct setup *s, const char *word, struct errmsg *f)
{
	char why[QUOTE_MAX + 64];

	s->perms = s->kind == SETUP_FILE ? "644" : "600";
	if (text_int(word, 0, INT_MAX, &s->content) == 0 &&
	    fd_passed(s->content))
		return 0;
	(void)snprintf(why, sizeof(why),
		       "cannot use fd %s: it was not passed on", Q(word));
	return wrong(f, why);
}

/* DST; SRC DST, of a bind and a link; FD DST, of a file; PATH and four more, of
 * a device. */
static int read_form(struct setup *s, const struct form *form, char **v,
		     struct errmsg *f)
{
	bool two = form->kind == SETUP_LINK || (form->options && !form->type);

	s->kind = form->kind;
	s->plan.root = true;
	s->plan.at = -1;
	s->plan.type = form->type;
	s->plan.from = two ? v[0] : form->type;
	s->plan.to = two ? v[1] : v[0];
	s->options = form->options;
	s->may_miss = form->may_miss;
	s->node.host = v[0];
	if (s->kind == SETUP_DATA || s->kind == SETUP_FILE)
		return read_content(s, v[0], f);
	return s->kind == SETUP_NODE ? node_parse(&s->node, v + 1, f) : 0;
}

static int read_option(struct setup *s, const char *option, char **v,
		       struct errmsg *f)
{
	*s = (struct setup){ .kind = SETUP_MOUNT, .mount = -1 };
	if (strcmp(option, "mount") == 0)
		return read_mount(s, v, f);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (strcmp(option, forms[i].name) == 0)
			return read_form(s, &forms[i], v, f);
	}
	return wrong(f, "an option that puts nothing into a root");
}

/* The mode that --perms gives to what comes next. */
static int read_perms(struct setup *s, const char *digits, struct errmsg *f)
{
	static const char before[] = "nosuid,nodev,mode=";
	size_t size = sizeof(before) + strlen(digits);
	char *options;

	if (s->kind != SETUP_TMPFS && s->kind != SETUP_DIR &&
	    s->kind != SETUP_DATA && s->kind != SETUP_FILE)
		return wrong(f, "--perms is for --tmpfs, --dir, --file, "
				"--bind-data and --ro-bind-data after it");
	s->perms = digits;
	if (s->kind != SETUP_TMPFS)
		return 0;
	options = malloc(size);
	if (!options)
		return errmsg(f, errno, "cannot get memory");
	(void)snprintf(options, size, "%s%s", before, digits);
	s->options = options;
	return 0;
}

int setup_read(struct setup *s, const struct setup *before, const char *option,
	       char **v, struct errmsg *f)
{
	size_t n;

	if (read_option(s, option, v, f) < 0)
		return -1;
	if (before && before->kind == SETUP_PERMS)
		return read_perms(s, before->plan.to, f);
	if (s->kind != SETUP_PERMS)
		return 0;
	n = strspn(v[0], "01234567");
	return n > 0 && n <= 4 && !v[0][n]
		       ? 0
		       : wrong(f, "bad --perms: want octal digits");
}

int setup_prepare(struct setup *s, struct errmsg *f)
{
	struct mountopt o;

	if (s->kind != SETUP_MOUNT && s->kind != SETUP_TMPFS)
		return 0;
	if (parse_options(s->options, &o, f) < 0)
		return -1;
	if (s->plan.type)
		s->mount = mounts_new(&s->plan, &o, f);
	else
		s->mount = mounts_clone(&s->plan, &o, f);
	return s->mount >= 0 || (s->may_miss && errno == ENOENT) ? 0 : -1;
}

/* Remember a mount for setup_find. */
static int note_place(struct setup_target *t, const struct setup *s, int fd)
{
	if (fd < 0)
		return -1;
	t->places[t->n++] = (struct setup_place){ .to = s->plan.to, .fd = fd };
	return 0;
}

/* One that covers the root is the root from now on, with nothing in it yet. */
static int note_mount(struct setup_target *t, const struct setup *s, int place,
		      int fd)
{
	if (root_is(&t->root, place)) {
		t->n = 0;
		t->root.fd = fd;
	}
	return note_place(t, s, fd);
}

static int put_mount(struct setup *s, struct setup_target *t, struct errmsg *f)
{
	autofd mount = fd_take(&s->mount);

	/* There was nothing to bind. */
	if (mount < 0)
		return 0;
	autofd place = mounts_place(&t->root, &s->plan, mount, f);
	if (place < 0)
		return -1;
	if (root_attach(mount, place) < 0)
		return errmsg_q(f, errno, "cannot mount at %s", s->plan.to);
	return note_mount(t, s, place, fd_take(&mount));
}

static int put_tmpfs(struct setup *s, struct setup_target *t, struct errmsg *f)
{
	autofd mount = fd_take(&s->mount);
	struct mountopt o;

	if (parse_options(s->options, &o, f) < 0)
		return -1;
	autofd place = tmpfs_attach(&t->root, &s->plan, &o, mount, f);
	if (place < 0)
		return -1;
	(void)note_mount(t, s, place, fd_take(&mount));
	t->places[t->n - 1].lock = mountopt_attributes(&o) &
				   SYS_MOUNT_ATTR_RDONLY;
	return 0;
}

static mode_t mode_of(const struct setup *s)
{
	return (mode_t)strtoul(s->perms, NULL, 8);
}

static int put_data(struct setup *s, struct setup_target *t, struct errmsg *f)
{
	s->mount = content_mount(&t->root, s->content, mode_of(s),
				 strcmp(s->options, "ro") == 0, f);
	return s->mount < 0 ? -1 : put_mount(s, t, f);
}

static int put_dir(const struct setup *s, const struct root *r,
		   struct errmsg *f)
{
	autofd dir = root_make(r, s->plan.to, ROOT_FOLLOW, S_IFDIR, f);
	autofd own = dir < 0 || !s->perms
			     ? -1
			     : openat(dir, ".",
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || !s->perms)
		return dir < 0 && !s->may_miss ? -1 : 0;
	if (own < 0 || fchmod(own, mode_of(s)) < 0)
		return errmsg_q(f, errno, "cannot set the mode of %s",
				s->plan.to);
	return 0;
}

static int put_node(const struct setup *s, const struct root *r,
		    struct errmsg *f)
{
	const char *name;
	autofd dir = root_parent(r, s->plan.to, &name, f);

	return dir < 0 ? -1 : node_put(dir, name, &s->node, f);
}

int setup_put(struct setup *s, struct setup_target *t, struct errmsg *f)
{
	const struct root *r = &t->root;

	switch (s->kind) {
	case SETUP_MOUNT:
		return put_mount(s, t, f);
	case SETUP_TMPFS:
		return put_tmpfs(s, t, f);
	case SETUP_CGROUP:
		return note_place(t, s,
				  cgroupdir_mount(r, &s->plan, s->options, f));
	case SETUP_DEVPTS:
		return note_place(t, s,
				  terminal_mount(&t->terminal, r, &s->plan,
						 s->options, f));
	case SETUP_DEV:
		return note_place(t, s,
				  devdir_mount(r, s->plan.to, &t->terminal, f));
	case SETUP_DEVICES:
		return devdir_fill(r, s->plan.to, &t->terminal, f);
	case SETUP_NODE:
		return put_node(s, r, f);
	case SETUP_DIR:
		return put_dir(s, r, f);
	case SETUP_DATA:
		return put_data(s, t, f);
	case SETUP_FILE:
		return content_write(r, s->content, s->plan.to, mode_of(s), f);
	case SETUP_PERMS:
		return 0;
	case SETUP_LINK:
		return root_link(r, s->plan.from, s->plan.to, f);
	}
	return wrong(f, "nothing that could be put into a root");
}

int setup_lock(const struct setup_target *t, struct errmsg *f)
{
	for (int i = 0; i < t->n; i++) {
		if (t->places[i].lock && root_lock(t->places[i].fd, false) < 0)
			return errmsg_q(f, errno, "cannot make %s read-only",
					t->places[i].to);
	}
	return 0;
}

/* A path without empty parts, "." and "..", as it would be without links. */
static void clean(const char *path, char out[PATH_MAX])
{
	size_t n, used = 0;

	for (; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && *path == '.'))
			continue;
		if (n == 2 && strncmp(path, "..", 2) == 0) {
			while (used > 0 && out[--used] != '/')
				;
			continue;
		}
		out[used++] = '/';
		memcpy(out + used, path, n);
		used += n;
	}
	out[used] = '\0';
}

/* What is left of a path below a place; NULL where it is not below. */
static const char *rest_of(const char *path, const char *place)
{
	size_t n = strlen(place);

	if (strncmp(path, place, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n + 1 : path + n;
}

/* The last mount that is above it counts: those before are covered by it. */
int setup_find(const struct setup_target *t, const char *path, struct errmsg *f)
{
	char whole[PATH_MAX], place[PATH_MAX];

	if (strlen(path) >= sizeof(whole))
		return errmsg_q(f, ENAMETOOLONG, "cannot use %s", path);
	clean(path, whole);
	for (int i = t->n - 1; i >= 0; i--) {
		const struct root r = { t->places[i].fd, t->places[i].to };
		const char *rest;

		/* As long a path has been used already. */
		clean(t->places[i].to, place);
		rest = rest_of(whole, place);
		/* It may be a file, which nothing is found below. */
		if (rest && !*rest)
			return fd_above(r.fd, 3);
		if (rest)
			return root_find(&r, rest, ROOT_FOLLOW, f);
	}
	return root_find(&t->root, path, ROOT_FOLLOW, f);
}
