/* pidfiles - the process that keeps the pid files */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "ns/nsfork.h"
#include "proc/pidfile.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/spawn.h"

#define END_MS 10000 /* for a file system to remove a file */

struct files {
	const struct launch *l;
	struct pidfile pid, start;
};

static int write_files(struct files *w, pid_t command, struct errmsg *f)
{
	const char *pid = w->l->pid_file, *start = w->l->pid_start;

	if (pid && pidfile_write(&w->pid, pid, command) < 0)
		return errmsg(f, errno, "cannot write %s", Q(pid));
	if (start && pidfile_write_start(&w->start, start, command) < 0)
		return errmsg(f, errno, "cannot write %s", Q(start));
	return 0;
}

/* The parent prints: this process has no standard error any more. */
static void tell_parent(int link, const struct errmsg *f)
{
	(void)send(link, f, sizeof(*f), MSG_NOSIGNAL);
}

static void remove_file(int link, struct pidfile *file, const char *path)
{
	struct errmsg f;

	if (pidfile_remove(file, path) == 0)
		return;
	(void)errmsg(&f, errno, "cannot remove %s", Q(path));
	tell_parent(link, &f);
}

/* Without an order to remove them the parent was killed. Then they are of use
 * for as long as the command runs. */
static void await_order(int link, int command)
{
	struct deadline forever = { WAIT_FOREVER, -1 };
	char order;

	if (fd_read(link, &order, 1) != 1)
		(void)wait_fd(&forever, command, POLLIN);
}

/* In a session of its own, as it is to outlive what kills the parent's group.
 */
static void keep_files(struct files *w, int link, int command, pid_t pid)
{
	struct errmsg f = { 0 };
	sigset_t all;

	(void)setsid();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)prctl(PR_SET_NAME, "pidfiles");
	/* Of the parent's there is to be nothing open, least of all the ends of
	 * pipes by which others learn that it has died. */
	if (dup2(link, 0) < 0 || (command >= 0 && dup2(command, 1) < 0))
		_exit(1);
	(void)close(2);
	(void)fd_close_rest(0, -1);
	(void)write_files(w, pid, &f);
	tell_parent(0, &f);
	await_order(0, command < 0 ? -1 : 1);
	if (command < 0)
		_exit(0);
	remove_file(0, &w->pid, w->l->pid_file);
	remove_file(0, &w->start, w->l->pid_start);
	_exit(0);
}

/* 1 and a message, 0 at the end; -1 and errno. */
static int hear_keeper(const struct pidfiles *p, const struct deadline *w,
		       struct errmsg *f)
{
	ssize_t n;

	do {
		if (wait_fd(w, p->link, POLLIN) < 0)
			return -1;
		n = recv(p->link, f, sizeof(*f), MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n < 0 ? -1 : n == (ssize_t)sizeof(*f);
}

static int start_keeper(struct pidfiles *p, const struct launch *l,
			pid_t command)
{
	struct files w = { .l = l };
	autofd pidfd = sys_pidfd_open(command, 0);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	autofd keeper = ends[1];
	p->link = ends[0];
	p->pid = nsfork(0, -1);
	if (p->pid == 0)
		keep_files(&w, keeper, pidfd, command);
	if (p->pid > 0)
		return 0;
	p->pid = 0;
	fd_close(&p->link);
	return -1;
}

int pidfiles_write(struct pidfiles *p, const struct launch *l, pid_t command,
		   int signals, struct errmsg *f)
{
	struct deadline w = { WAIT_FOREVER, signals };
	struct errmsg told = { 0 };
	int heard;

	if (!l->pid_file && !l->pid_start)
		return 0;
	if (start_keeper(p, l, command) < 0)
		return errmsg(f, errno, "cannot fork");
	heard = hear_keeper(p, &w, &told);
	if (heard == 1 && !told.what[0])
		return 0;
	if (heard == 1)
		return errmsg(f, told.error, "%s", told.what);
	return errmsg(f, heard < 0 ? errno : ECHILD,
		      "cannot write the pid file");
}

static void end_keeper(struct pidfiles *p)
{
	(void)kill(p->pid, SIGKILL);
	(void)nsfork_reap_within(p->pid, NULL, END_MS);
	fd_close(&p->link);
	p->pid = 0;
}

void pidfiles_remove(struct pidfiles *p)
{
	struct deadline w = { wait_until(END_MS), -1 };
	struct errmsg f;

	if (p->pid <= 0)
		return;
	if (send(p->link, "", 1, MSG_NOSIGNAL) == 1) {
		while (hear_keeper(p, &w, &f) == 1)
			applet_warn(&f);
	}
	end_keeper(p);
}

void pidfiles_leave(struct pidfiles *p)
{
	if (p->pid > 0)
		end_keeper(p);
}
