/* nsfork - fork into namespaces, new ones and those of others */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "ns/ns.h"
#include "ns/nsfork.h"
#include "proc/keyring.h"
#include "proc/outlive.h"

#define END_MS 1000 /* for a watchdog that was killed */

/* pidfd  filled in with one of the child in the parent, -1 where there is none;
 * or NULL */
static pid_t clone_process(uint64_t flags, int cgroup, int *pidfd)
{
	struct sys_clone_args args = {
		.flags = flags | (pidfd ? CLONE_PIDFD : 0),
		.pidfd = (uintptr_t)pidfd,
		/* With CLONE_PARENT the caller's own signal is taken over. */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	pid_t pid;

	if (cgroup >= 0) {
		args.flags |= SYS_CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
	}
	pid = (pid_t)sys_clone3(&args, sizeof(args));
	/* clone(2) has no room for a cgroup or, in its flags, for NEWTIME. */
	if (pid < 0 && errno == ENOSYS && cgroup < 0 &&
	    !(flags & CLONE_NEWTIME))
		pid = (pid_t)sys_clone(flags | SIGCHLD);
	return pid;
}

pid_t nsfork(uint64_t flags, int cgroup)
{
	return clone_process(flags, cgroup, NULL);
}

int nsfork_fault(uint64_t flags, struct errmsg *f)
{
	const char *hint = ns_used_up(errno);

	if ((flags & ~(uint64_t)CLONE_PARENT) == 0)
		return errmsg(f, errno, "cannot fork");
	if (errno == EPERM && !(flags & CLONE_NEWUSER))
		hint = " (an unprivileged user adds --map-root-user)";
	/* Of a sysctl there are several, by distribution. */
	if (errno == EPERM && (flags & CLONE_NEWUSER))
		hint = " (there is no user namespace in a chroot, nor where "
		       "/proc/sys/kernel forbids it)";
	return errmsg(f, errno, "cannot create namespaces%s", hint);
}

void nsfork_reap(pid_t pid, int *status)
{
	pid_t got;

	do {
		got = waitpid(pid, status, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && status)
		*status = EXIT_UNKNOWN;
}

int nsfork_reap_within(pid_t pid, int *status, int ms)
{
	struct deadline w = { wait_until(ms), -1 };
	autofd pidfd = sys_pidfd_open(pid, 0);

	if (pidfd >= 0 && wait_fd(&w, pidfd, POLLIN) < 0)
		return -1;
	nsfork_reap(pid, status);
	return 0;
}

/* What the process that joins tells about the child that it made. */
struct reply {
	pid_t pid;
	struct errmsg errmsg;
};

/*
 * Until the parent ends this process: if the parent dies, so does the child. A
 * child that was stopped before it had asked for a signal then, as a process
 * that it finds in its pid namespace can do, would stay. This process is in
 * none that was joined, and has no pid there to be stopped by.
 */
static void watch_child(int parent, int child, pid_t pid)
{
	struct pollfd p[] = { { parent, POLLIN, 0 }, { child, POLLIN, 0 } };
	int low = child >= 0 && child < parent ? child : parent;
	int high = child > parent ? child : parent;
	char byte;

	/* Others see by ends that are open here that something goes on. */
	(void)fd_close_range(0, low - 1);
	(void)fd_close_range(low + 1, high - 1);
	(void)fd_close_range(high + 1, INT_MAX);
	/* Where that fails, read(2) waits for the parent. */
	while (!p[0].revents && !p[1].revents) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			p[0].revents = POLLHUP;
	}
	/* A byte says that all is done, the end alone that the parent died. */
	if (p[1].revents || !(p[0].revents & POLLHUP) ||
	    fd_read(p[0].fd, &byte, 1) == 1)
		_exit(0);
	if (p[1].fd < 0 || sys_pidfd_send_signal(p[1].fd, SIGKILL, NULL, 0) < 0)
		(void)kill(pid, SIGKILL);
	_exit(0);
}

/*
 * The child is let go when a KILL of this process's group, which is the
 * parent's and the child's as well until the child leaves it, does not reach
 * this process any more.
 */
static pid_t fork_watched(uint64_t flags, int *child)
{
	char byte;
	pid_t pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	autofd await = ends[0], tell = ends[1];
	pid = clone_process(flags | CLONE_PARENT, -1, child);
	if (pid < 0)
		return -1;
	if (pid == 0) {
		fd_close(&tell);
		if (fd_read(await, &byte, 1) != 1)
			_exit(EXIT_CANCELED);
		return 0;
	}
	outlive();
	(void)fd_write(tell, "", 1);
	return pid;
}

/* Join and fork once more: a joined pid namespace is for children alone, and
 * this process never comes back from the others. CLONE_PARENT makes the child
 * one of our parent. Returns in the child alone. */
static pid_t join_and_fork(struct ns_set *join, uint64_t flags, int tell)
{
	struct reply a = { .pid = -1 };
	int child = -1;

	/* No process inside may look at what this process has open. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (keyring_new() < 0) {
		(void)errmsg(&a.errmsg, errno, "cannot make a keyring");
	} else if (ns_join(join, &a.errmsg) == 0) {
		a.pid = fork_watched(flags, &child);
		if (a.pid == 0)
			return 0;
		if (a.pid < 0)
			(void)nsfork_fault(flags, &a.errmsg);
	}
	/* A child that the parent does not hear of is none of its. */
	if (fd_write(tell, &a, sizeof(a)) < 0 && a.pid > 0)
		(void)kill(a.pid, SIGKILL);
	else if (a.pid > 0)
		watch_child(tell, child, a.pid);
	_exit(0);
}

void nsfork_watch_end(struct nsfork_watch *w)
{
	if (w->pid > 0) {
		(void)send(w->life, "", 1, MSG_NOSIGNAL);
		(void)kill(w->pid, SIGKILL);
		(void)nsfork_reap_within(w->pid, NULL, END_MS);
	}
	w->pid = 0;
	fd_close(&w->life);
}

pid_t nsfork_joined(struct ns_set *join, uint64_t flags, struct nsfork_watch *w,
		    struct errmsg *f)
{
	struct reply a;
	ssize_t got;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return errmsg(f, errno, "cannot make a socket");
	w->life = ends[0];
	autofd tell = ends[1];
	w->pid = nsfork(0, -1);
	if (w->pid == 0) {
		fd_close(&w->life);
		return join_and_fork(join, flags, tell);
	}
	fd_close(&tell);
	ns_drop(join);
	if (w->pid < 0) {
		(void)errmsg(f, errno, "cannot fork");
		fd_close(&w->life);
		return -1;
	}
	got = fd_read(w->life, &a, sizeof(a));
	if (got == sizeof(a) && a.pid > 0)
		return a.pid;
	nsfork_watch_end(w);
	if (got != sizeof(a))
		return errmsg(f, 0,
			      "cannot join namespaces: the helper was killed");
	return errmsg(f, a.errmsg.error, "%s", a.errmsg.what);
}
