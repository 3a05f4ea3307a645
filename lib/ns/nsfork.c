/* nsfork - fork into namespaces, new ones and those of others */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "ns/nsfork.h"
#include "proc/keyring.h"

pid_t nsfork(uint64_t flags, int cgroup)
{
	struct sys_clone_args args = {
		.flags = flags,
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

int nsfork_fault(uint64_t flags, struct errmsg *f)
{
	const char *hint = "";

	if ((flags & ~(uint64_t)CLONE_PARENT) == 0)
		return errmsg(f, errno, "cannot fork");
	if (errno == ENOSPC)
		hint = " (see max_*_namespaces in /proc/sys/user)";
	if (errno == EPERM && !(flags & CLONE_NEWUSER))
		hint = " (an unprivileged user adds --map-root-user)";
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

/* Join and fork once more: a joined pid namespace is for children alone, and
 * this process never comes back from the others. CLONE_PARENT makes the child
 * one of our parent. Returns in the child alone. */
static pid_t join_and_fork(struct ns_set *join, uint64_t flags, int tell)
{
	struct reply a = { .pid = -1 };

	/* No process inside may look at what this process has open. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (keyring_new() < 0) {
		(void)errmsg(&a.errmsg, errno, "cannot make a keyring");
	} else if (ns_join(join, &a.errmsg) == 0) {
		a.pid = nsfork(flags | CLONE_PARENT, -1);
		if (a.pid == 0)
			return 0;
		if (a.pid < 0)
			(void)nsfork_fault(flags, &a.errmsg);
	}
	/* A parent that is gone needs no answer. */
	(void)fd_write(tell, &a, sizeof(a));
	_exit(0);
}

pid_t nsfork_joined(struct ns_set *join, uint64_t flags, struct errmsg *f)
{
	struct reply a;
	ssize_t got;
	pid_t helper;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errmsg(f, errno, "cannot make a pipe");
	autofd hear = ends[0], tell = ends[1];
	helper = nsfork(0, -1);
	if (helper == 0) {
		fd_close(&hear);
		return join_and_fork(join, flags, tell);
	}
	fd_close(&tell);
	ns_drop(join);
	if (helper < 0)
		return errmsg(f, errno, "cannot fork");
	got = fd_read(hear, &a, sizeof(a));
	nsfork_reap(helper, NULL);
	if (got != sizeof(a))
		return errmsg(f, 0,
			      "cannot join namespaces: the helper was killed");
	if (a.pid < 0)
		return errmsg(f, a.errmsg.error, "%s", a.errmsg.what);
	return a.pid;
}
