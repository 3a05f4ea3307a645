/* terminal - the terminal of the command that will run in a root */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "chain/chain.h"
#include "newroot/terminal.h"
#include "root/mountopt.h"
#include "root/mounts.h"
#include "tty/devpts.h"

/* A chain's terminal is not on 0, 1 and 2 yet, so what is there is not to be
 * looked at. */
struct terminal terminal_find(struct chain *c)
{
	struct terminal t = { .devpts = fd_take(&c->devpts), .tty = -1 };
	const bool chained = c->stdio[0] >= 0 || c->stdio[1] >= 0 ||
			     c->stdio[2] >= 0;

	for (int fd = 0; fd <= 2 && t.tty < 0; fd++) {
		int tty = chained ? c->stdio[fd] : fd;

		if (tty >= 0 && t.devpts < 0)
			t.devpts = devpts_of_tty(tty);
		if (t.devpts >= 0 && devpts_number(tty) >= 0)
			t.tty = tty;
	}
	return t;
}

static int refuse_devpts(const struct mounts_plan *p, struct errmsg *f)
{
	return errmsg_q(f, errno, "cannot mount the terminal's devpts at %s",
			p->to);
}

/* newinstance is what it is anyway, and each option not named is the default
 * again. */
static int configure_devpts(int devpts, const struct mountopt *o)
{
	const struct sys_mount_attr attr = {
		.attr_set = mountopt_attributes(o),
		.attr_clr = SYS_MOUNT_ATTR_RDONLY | SYS_MOUNT_ATTR_NOSUID |
			    SYS_MOUNT_ATTR_NODEV | SYS_MOUNT_ATTR_NOEXEC |
			    SYS_MOUNT_ATTR__ATIME,
	};
	autofd fs = sys_fspick(devpts, "",
			       SYS_FSPICK_EMPTY_PATH | SYS_FSPICK_CLOEXEC);

	if (fs < 0 || mounts_option(fs, "max=" DEVPTS_MOST) < 0)
		return -1;
	for (int i = 0; i < o->n; i++) {
		if (strcmp(o->data[i], "newinstance") != 0 &&
		    mounts_option(fs, o->data[i]) < 0)
			return -1;
	}
	if (sys_fsconfig(fs, SYS_FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return -1;
	return sys_mount_setattr(devpts, "", AT_EMPTY_PATH, &attr);
}

int terminal_mount(struct terminal *t, const struct root *r,
		   const struct mounts_plan *p, const char *options,
		   struct errmsg *f)
{
	struct mountopt o;

	if (mountopt_parse(&o, options) < 0)
		return refuse_devpts(p, f);
	if (t->devpts < 0 || t->placed) {
		autofd mount = mounts_new(p, &o, f);

		if (mount < 0 || mounts_attach(r, p, mount, f) < 0)
			return -1;
		return fd_take(&mount);
	}
	if (configure_devpts(t->devpts, &o) < 0)
		return refuse_devpts(p, f);
	if (mounts_attach(r, p, t->devpts, f) < 0)
		return -1;
	t->placed = true;
	return fd_above(t->devpts, 3);
}

/* The slave itself, by its number in its own devpts. */
int terminal_console(const struct terminal *t, struct errmsg *f)
{
	const int number = devpts_number(t->tty);
	struct stat want, got;
	char name[16];
	autofd clone = -1;

	(void)snprintf(name, sizeof(name), "%d", number);
	if (number < 0 || fstat(t->tty, &want) < 0)
		return errmsg(f, errno, "cannot tell which terminal it is");
	clone = sys_open_tree(t->devpts, name,
			      SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC |
				      AT_SYMLINK_NOFOLLOW);
	if (clone < 0 || fstat(clone, &got) < 0)
		return errmsg(f, errno, "cannot find terminal %s", name);
	if (got.st_rdev != want.st_rdev || got.st_dev != want.st_dev ||
	    got.st_ino != want.st_ino)
		return errmsg(f, 0,
			      "cannot make the terminal the console: "
			      "another one has its number");
	return fd_take(&clone);
}

/*
 * A terminal that was opened in another mount namespace has no name in this
 * one: ttyname(3) of musl would not find it. If it cannot be opened anew, it
 * does without.
 */
static void rename_terminal(struct chain *c, const struct terminal *t)
{
	struct stat ours, st;
	char name[16];
	int tty;

	if (t->tty < 0 || t->tty > 2 || fstat(t->tty, &ours) < 0)
		return;
	(void)snprintf(name, sizeof(name), "%d", devpts_number(t->tty));
	tty = openat(t->devpts, name,
		     O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	for (int fd = 0; fd <= 2 && tty >= 0; fd++) {
		if (fstat(fd, &st) == 0 && st.st_dev == ours.st_dev &&
		    st.st_ino == ours.st_ino)
			c->stdio[fd] = tty;
	}
}

void terminal_close(struct terminal *t, struct chain *c)
{
	if (t->placed)
		rename_terminal(c, t);
	fd_close(&t->devpts);
}
