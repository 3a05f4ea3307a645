/* setup - what is put into a root before it is entered */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "newroot/setup.h"
#include "root/mountopt.h"

/* What the short forms mean, in the words of --mount. */
static const struct form {
	const char *name;
	const char *type; /* NULL: a bind */
	const char *options;
	bool may_miss;
} forms[] = {
	{ "bind", NULL, "rbind,rnodev", false },
	{ "bind_try", NULL, "rbind,rnodev", true },
	{ "dev_bind", NULL, "rbind", false },
	{ "dev_bind_try", NULL, "rbind", true },
	{ "ro_bind", NULL, "rbind,rro,rnodev", false },
	{ "ro_bind_try", NULL, "rbind,rro,rnodev", true },
	{ "mqueue", "mqueue", "nosuid,nodev,noexec", false },
	{ "proc", "proc", "nosuid,nodev,noexec", false },
	{ "tmpfs", "tmpfs", "nosuid,nodev,mode=0755", false },
};

static int wrong(struct errmsg *f, const char *why)
{
	(void)errmsg(f, 0, "%s", why);
	errno = EINVAL;
	return -1;
}

static int parse(const char *words, struct mountopt *o, struct errmsg *f)
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

	s->plan = (struct mounts_plan){ v[0], v[1], v[2] };
	s->options = v[3];
	if (parse(s->options, &o, f) < 0)
		return -1;
	if (mounts_is_bind(v[0], &o))
		s->plan.type = NULL;
	else if (strcmp(v[0], "none") == 0)
		return wrong(f, "bad mount type 'none': it is for bind and "
				"rbind");
	return 0;
}

static void read_form(struct setup *s, const char *option, char **v)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		const struct form *form = &forms[i];

		if (strcmp(option, form->name) != 0)
			continue;
		s->plan.type = form->type;
		s->plan.from = form->type ? form->type : v[0];
		s->plan.to = form->type ? v[0] : v[1];
		s->options = form->options;
		s->may_miss = form->may_miss;
	}
}

int setup_read(struct setup *s, const char *option, char **v, struct errmsg *f)
{
	*s = (struct setup){ .kind = FURNISH_MOUNT, .mount = -1 };
	if (strcmp(option, "mount") == 0)
		return read_mount(s, v, f);
	if (strcmp(option, "dev") == 0) {
		s->kind = FURNISH_DEV;
		s->plan.to = v[0];
	} else if (strcmp(option, "dir") == 0) {
		s->kind = FURNISH_DIR;
		s->plan.to = v[0];
	} else if (strcmp(option, "symlink") == 0) {
		s->kind = FURNISH_LINK;
		s->plan.from = v[0];
		s->plan.to = v[1];
	} else {
		read_form(s, option, v);
	}
	return 0;
}

int setup_prepare(struct setup *s, struct errmsg *f)
{
	struct mountopt o;

	if (s->kind != FURNISH_MOUNT)
		return 0;
	if (parse(s->options, &o, f) < 0)
		return -1;
	if (s->plan.type)
		s->mount = mounts_new(&s->plan, &o, f);
	else
		s->mount = mounts_clone(&s->plan, &o, f);
	return s->mount >= 0 || (s->may_miss && errno == ENOENT) ? 0 : -1;
}

static int put_mount(struct setup *s, const struct root *r, struct errmsg *f)
{
	autofd mount = fd_take(&s->mount);

	/* There was nothing to bind. */
	if (mount < 0)
		return 0;
	return mounts_attach(r, &s->plan, mount, f);
}

static int put_dir(const char *path, const struct root *r, struct errmsg *f)
{
	autofd dir = root_make(r, path, ROOT_FOLLOW, S_IFDIR, f);

	return dir < 0 ? -1 : 0;
}

int setup_put(struct setup *s, const struct root *r, struct errmsg *f)
{
	switch (s->kind) {
	case FURNISH_MOUNT:
		return put_mount(s, r, f);
	case FURNISH_DIR:
		return put_dir(s->plan.to, r, f);
	case FURNISH_LINK:
		return root_link(r, s->plan.from, s->plan.to, f);
	case FURNISH_DEV:
		break;
	}
	return wrong(f, "cannot make a /dev here");
}
