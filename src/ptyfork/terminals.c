/* terminals - open the terminals of a launch where they belong */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "ns/sync.h"
#include "ptyfork/terminals.h"
#include "tty/devpts.h"
#include "tty/tty.h"

void terminals_close_masters(struct spawn *r)
{
	for (int i = 0; i < r->ptys; i++)
		fd_close(&r->pty[i].master);
}

void terminals_close(struct spawn *r)
{
	terminals_close_masters(r);
	for (int i = 0; i < r->ptys; i++)
		fd_close(&r->pty[i].slave);
	fd_close(&r->devpts);
}

/* What has no stdout of its own is for people to read. */
int terminals_output(const struct launch *l, int i)
{
	return i == 0 && l->on[1] ? STDOUT_FILENO : STDERR_FILENO;
}

/* How the command finds its terminal: as the caller's own where that is the
 * keyboard, made for data where it is not. out is where its output goes. */
static int terminals_set_modes(const struct spawn *r, int slave, int out,
			       struct errmsg *f)
{
	const struct launch *l = r->l;
	struct termios t;

	if (tcgetattr(slave, &t) < 0)
		return errmsg(f, errno, "cannot read the terminal's modes");
	if (r->user.interactive)
		user_tty_modes(&r->user, &t);
	else if (!l->deliver && l->on[0])
		tty_data(&t);
	if (l->raw)
		tty_raw(&t, false);
	/* ONLCR as well: a command may turn OPOST on again. */
	if (!l->deliver && !(r->user.interactive && isatty(out)))
		t.c_oflag &= ~(tcflag_t)(OPOST | ONLCR);
	if (l->onlcr)
		t.c_oflag |= OPOST | ONLCR;
	if (l->echo)
		t.c_lflag |= ECHO;
	if (tcsetattr(slave, TCSANOW, &t) < 0)
		return errmsg(f, errno, "cannot set the terminal's modes");
	return 0;
}

static int count_wanted(const struct launch *l)
{
	return !l->tty ? 0 : l->split ? 2 : 1;
}

static int open_ptys(struct spawn *r, struct errmsg *f)
{
	const struct launch *l = r->l;

	while (r->ptys < count_wanted(l)) {
		struct pty *p = &r->pty[r->ptys];

		if (pty_open(r->devpts, p) < 0)
			return errmsg(f, errno, "cannot open a terminal");
		r->ptys++;
		if (tty_resize(p->master, &l->size) < 0)
			return errmsg(f, errno,
				      "cannot set the terminal's size");
		if (terminals_set_modes(r, p->slave,
					terminals_output(l, r->ptys - 1),
					f) < 0)
			return -1;
	}
	return 0;
}

/* A kernel without fsopen(2), or one that does not let us: the way by mount(2)
 * needs the mount namespace of the command. */
static bool is_forbidden(int error)
{
	return error == ENOSYS || error == EPERM;
}

int terminals_open(struct spawn *r, struct errmsg *f)
{
	const struct child_plan *plan = &r->l->plan;
	bool own = !r->l->caller_devpts;
	bool mounts = own && (plan->create & CLONE_NEWNS);

	if (count_wanted(r->l) == 0)
		return 0;
	/* The right to mount comes with the user namespace. */
	r->inside = (own && plan->join.fd[NS_MOUNT] >= 0) ||
		    (mounts && ((plan->create & CLONE_NEWUSER) ||
				plan->join.fd[NS_USER] >= 0));
	if (mounts && !r->inside) {
		r->devpts = devpts_new();
		r->loose = r->devpts >= 0;
		r->inside = !r->loose && is_forbidden(errno);
		if (!r->loose && !r->inside)
			return errmsg(f, errno, "cannot make a devpts%s",
				      ns_used_up(errno));
	}
	return r->inside ? 0 : open_ptys(r, f);
}

/* One of the command's own. */
static int make_devpts(struct spawn *r, struct errmsg *f)
{
	r->devpts = devpts_new();
	r->loose = r->devpts >= 0;
	if (!r->loose && is_forbidden(errno))
		r->devpts = devpts_mount();
	if (r->devpts < 0)
		return errmsg(f, errno, "cannot make a devpts%s",
			      ns_used_up(errno));
	return 0;
}

int terminals_open_inside(struct spawn *r, struct errmsg *f)
{
	if (r->l->plan.create & CLONE_NEWNS) {
		if (make_devpts(r, f) < 0)
			return -1;
	} else {
		r->devpts = devpts_here();
		if (r->devpts < 0)
			return errmsg(f, errno,
				      "cannot open '/dev/pts' of the mount "
				      "namespace that was joined");
	}
	return open_ptys(r, f);
}

int terminals_give(const struct spawn *r, const struct sync *sync)
{
	int fds[2 * RELAY_OUTS], n = 0;

	for (int i = 0; i < r->ptys; i++) {
		fds[n++] = r->pty[i].master;
		fds[n++] = r->pty[i].slave;
	}
	return sync_give(sync, fds, n);
}

int terminals_take(struct spawn *r, const struct deadline *w)
{
	int fds[2 * RELAY_OUTS], n = count_wanted(r->l);
	int took = child_take(&r->child, w, fds, 2 * n);

	if (took != 1)
		return took;
	for (int i = 0; i < n; i++)
		r->pty[i] = (struct pty){ fds[2 * i], fds[2 * i + 1] };
	r->ptys = n;
	return 1;
}
