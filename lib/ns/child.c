/* child - a process made ready step by step, which executes when told */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "ns/cgroup.h"
#include "ns/child.h"
#include "ns/nsfork.h"
#include "ns/sync.h"
#include "ns/userns_root.h"
#include "proc/procdir.h"
#include "sock/fdpass.h"

/* For a child that was killed: it may be in a call that no signal ends, as the
 * server of a FUSE file system can arrange. */
#define END_MS 2000

struct pipes {
	int go[2], report[2];
};

void child_plan_init(struct child_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	ns_none(&plan->join);
	plan->propagation = MS_PRIVATE;
	cgroups_init(&plan->cgroups);
	nsconf_init(&plan->conf);
}

/*
 * The child of a cgroup of version 1 must be in it before it gets a cgroup
 * namespace, whose root is the cgroup of that moment. The clocks of a time
 * namespace can be set before a process is in it: after unshare(2), until the
 * exec.
 */
static uint64_t late_flags(const struct child_plan *plan)
{
	uint64_t late = plan->conf.clocks ? CLONE_NEWTIME : 0;

	if (cgroups_rest(&plan->cgroups) > 0)
		late |= CLONE_NEWCGROUP;
	return plan->create & late;
}

static pid_t fork_planned(struct child_plan *plan, struct nsfork_watch *watch,
			  struct errmsg *f)
{
	struct cgroups *c = &plan->cgroups;
	uint64_t flags;
	pid_t pid;

	c->started = plan->joins ? -1 : c->unified;
	flags = plan->create & ~late_flags(plan);
	if (plan->joins)
		return nsfork_joined(&plan->join, flags, watch, f);
	pid = nsfork(flags, c->started < 0 ? -1 : c->fd[c->started]);
	if (pid < 0 && c->started >= 0 &&
	    (errno == ENOSYS || errno == EINVAL || errno == E2BIG)) {
		c->started = -1;
		pid = nsfork(plan->create & ~late_flags(plan), -1);
	}
	if (pid < 0 && c->started >= 0 && errno != EAGAIN && errno != ENOMEM)
		return cgroup_fault(errno, f);
	if (pid < 0)
		return nsfork_fault(flags, f);
	return pid;
}

/* In a user namespace it may have lost the right to. */
static bool enters_itself(const struct child_plan *plan)
{
	return !((plan->create | plan->joined) & CLONE_NEWUSER);
}

/* Does the parent have to do something before the child goes on? */
static bool needs_help(const struct child_plan *plan)
{
	return plan->uids.n > 0 || plan->gids.n > 0 ||
	       (plan->cgroups.n > 0 && !enters_itself(plan));
}

static int open_pipes(struct pipes *p, struct errmsg *f)
{
	if (pipe2(p->go, O_CLOEXEC) < 0)
		return errmsg(f, errno, "cannot make a pipe");
	/* Descriptors may come by this one. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->report) == 0)
		return 0;
	(void)errmsg(f, errno, "cannot make a socket");
	fd_close(&p->go[0]);
	fd_close(&p->go[1]);
	return -1;
}

static void close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		fd_close(&p->go[i]);
		fd_close(&p->report[i]);
	}
}

/* In a new user namespace that does not have this user, be its root. */
static int become_root(const struct child_plan *plan, struct errmsg *f)
{
	if (plan->uids.n == 0 && plan->gids.n == 0)
		return 0;
	autofd self = procdir_open(getpid(), NULL);
	return userns_settle(self, &plan->ids, f);
}

/* In the child: come to rest in the new namespaces. */
static int settle_child(const struct child_plan *plan, struct errmsg *f)
{
	uint64_t late = late_flags(plan);

	if (enters_itself(plan) && cgroups_enter(&plan->cgroups, 0, f) < 0)
		return -1;
	if (late && unshare((int)late) < 0)
		return nsfork_fault(late, f);
	if (plan->early)
		plan->early(plan->arg);
	if (become_root(plan, f) < 0)
		return -1;
	if ((plan->create & CLONE_NEWNS) && plan->propagation &&
	    ns_propagate(plan->propagation, f) < 0)
		return -1;
	return nsconf_apply(&plan->conf, plan->create, f);
}

/* In the parent: do what the child waits for. */
static int help(const struct child_plan *plan, struct child *c,
		struct errmsg *f)
{
	if (!enters_itself(plan) &&
	    cgroups_enter(&plan->cgroups, c->pid, f) < 0)
		return -1;
	if (idmap_write(c->pid, &plan->uids, &plan->gids, f) < 0)
		return -1;
	if (child_go(c) < 0)
		return errmsg(f, errno, "cannot go on with the child");
	return 0;
}

/* A child that is stopped, as a process of a joined container may do to it,
 * does not see its pipe end. */
static int die_with_parent(const struct sync *s, struct errmsg *f)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return errmsg(f, errno, "cannot set the parent-death signal");
	if (sync_orphan(s))
		_exit(EXIT_CANCELED);
	return 0;
}

static int start_child(const struct child_plan *plan, struct sync *s,
		       struct pipes *p, struct errmsg *f)
{
	s->go = fd_take(&p->go[0]);
	s->report = fd_take(&p->report[1]);
	close_pipes(p);
	if (die_with_parent(s, f) < 0)
		sync_failed(s, EXIT_CANCELED, f);
	if (needs_help(plan) && sync_await(s) < 0)
		_exit(EXIT_CANCELED);
	/* Once more, as a change of credentials takes it away. */
	if (settle_child(plan, f) < 0 || die_with_parent(s, f) < 0)
		sync_failed(s, EXIT_CANCELED, f);
	return 0;
}

static int start_parent(const struct child_plan *plan, struct child *c,
			struct pipes *p, struct errmsg *f)
{
	c->go = fd_take(&p->go[1]);
	c->report = fd_take(&p->report[0]);
	close_pipes(p);
	if (needs_help(plan) && help(plan, c, f) < 0) {
		child_end(c);
		return -1;
	}
	return 1;
}

int child_start(struct child_plan *plan, struct child *c, struct sync *s,
		struct errmsg *f)
{
	struct pipes p;

	c->status = 0;
	c->watch = (struct nsfork_watch){ 0, -1 };
	plan->joined = ns_flags(&plan->join);
	plan->ids.user = idmap_maps(&plan->uids, geteuid());
	plan->ids.group = idmap_maps(&plan->gids, getegid());
	plan->ids.strict = userns_privileged();
	if (open_pipes(&p, f) < 0)
		return -1;
	c->pid = fork_planned(plan, &c->watch, f);
	if (c->pid == 0)
		return start_child(plan, s, &p, f);
	if (c->pid > 0)
		return start_parent(plan, c, &p, f);
	close_pipes(&p);
	return -1;
}

/* A child that shares this process's memory has a stack of its own. */
#define SHARED_STACK 131072

/* What a sanitizer notes of the child's frames, which never return, is
 * forgotten with them. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define forget_frames(at_, n_) __asan_unpoison_memory_region(at_, n_)
#else
#define forget_frames(at_, n_) ((void)(at_))
#endif

struct shared {
	const struct child_plan *plan;
	struct sync sync;
	int other; /* the parent's end */
	child_fn *run;
	void *arg;
};

/* A time namespace is not for a process whose memory is another's as well. */
bool child_can_share(const struct child_plan *plan)
{
	return !plan->joins && plan->cgroups.n == 0 && !needs_help(plan) &&
	       !plan->early &&
	       !(plan->create & (CLONE_NEWUSER | CLONE_NEWTIME));
}

static int run_shared(void *arg)
{
	const struct shared *s = arg;
	struct errmsg f;

	(void)close(s->other);
	if (die_with_parent(&s->sync, &f) < 0 || settle_child(s->plan, &f) < 0)
		sync_failed(&s->sync, EXIT_CANCELED, &f);
	s->run(&s->sync, s->arg);
	return EXIT_CANCELED;
}

/* For a child that has a signal waiting for it to execute. */
#define HANG_MS 1000

/* The child hangs in its exec, as that of a file does whose server is silent.
 * The group is the child alone, if it leads one yet. */
static void pass_shared(const struct child *c, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (kill(-c->pid, (int)info.ssi_signo) < 0)
		(void)kill(c->pid, (int)info.ssi_signo);
}

/*
 * Until the child has other memory or is gone, either of which closes its end
 * of the report after that, nothing here may be touched: not even errno is
 * ours, so that any failure is taken for an interruption, a few times. A signal
 * that should end this process is left to what comes then.
 */
static int await_shared(const struct child *c, int signals)
{
	struct pollfd p[] = { { .fd = c->report },
			      { .fd = signals, .events = POLLIN } };
	int ms = -1, n, tries = 100;

	do {
		n = poll(p, 2, ms);
		if (n == 0)
			pass_shared(c, signals);
		if (n >= 0)
			ms = p[1].revents ? HANG_MS : -1;
		p[1].fd = ms < 0 ? signals : -1;
	} while (n < 0 ? --tries > 0 : !p[0].revents);
	return n < 0 ? -1 : 0;
}

/* The end of a pipe that is written to is a sign of life as well: poll(2) tells
 * when it has no reader any more. */
int child_start_shared(const struct child_plan *plan, struct child *c,
		       child_fn *run, void *arg, int signals, struct errmsg *f)
{
	_Alignas(64) char stack[SHARED_STACK];
	struct shared s = { .plan = plan, .run = run, .arg = arg };
	int ends[2], waited;

	c->watch = (struct nsfork_watch){ 0, -1 };
	c->status = 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return errmsg(f, errno, "cannot make a pipe");
	s.other = ends[0];
	s.sync.go = s.sync.report = ends[1];
	c->pid = clone(run_shared, stack + sizeof(stack),
		       (int)plan->create | CLONE_VM | SIGCHLD, &s);
	if (c->pid < 0)
		(void)nsfork_fault(plan->create, f);
	c->go = -1;
	c->report = ends[0];
	(void)close(ends[1]);
	if (c->pid < 0) {
		child_close(c);
		return -1;
	}
	waited = await_shared(c, signals);
	if (waited < 0) {
		(void)errmsg(f, errno, "cannot wait for the child");
		child_end(c);
	}
	forget_frames(stack, sizeof(stack));
	return waited;
}

int child_take(struct child *c, const struct deadline *w, int *fds, int n)
{
	struct fdpass m;
	struct sync_line line;
	int got = fdpass_recv(c->report, &m, w);

	if (got < 0)
		return -1;
	if (got == 1 && m.n == n) {
		memcpy(fds, m.fds, (size_t)n * sizeof(*fds));
		return 1;
	}
	if (got == 1 && m.size == sizeof(line)) {
		memcpy(&line, m.text, sizeof(line));
		c->status = line.status;
		c->errmsg = line.errmsg;
	}
	if (got == 1)
		fdpass_close(&m);
	return 0;
}

static int hear_why(struct child *c)
{
	/* Of what is cut off. */
	errno = EPROTO;
	if (fd_read(c->report, &c->status, sizeof(int)) != sizeof(int))
		return -1;
	if (fd_read(c->report, &c->errmsg, sizeof(c->errmsg)) !=
	    sizeof(c->errmsg))
		return -1;
	return 0;
}

/* A signal ends the wait, but not before what is there already was heard: what
 * runs by now is not to be taken for what did not start. */
static int wait_report(const struct child *c, const struct deadline *w)
{
	if (wait_fd(w, c->report, POLLIN) == 0)
		return 0;
	if (errno != ECANCELED)
		return -1;
	if (fd_ready(c->report, POLLIN) > 0)
		return 0;
	errno = ECANCELED;
	return -1;
}

/* Read the report until that line comes, or the end. */
static int hear(struct child *c, const struct deadline *w, int until)
{
	int what, last = 0;
	ssize_t got;

	while (last != until && last != SYNC_FAILED) {
		if (wait_report(c, w) < 0)
			return -1;
		got = fd_read(c->report, &what, sizeof(what));
		if (got < 0)
			return -1;
		if (got != sizeof(what))
			break;
		last = what;
	}
	return last == SYNC_FAILED && hear_why(c) < 0 ? -1 : last;
}

int child_ready(struct child *c, const struct deadline *w)
{
	int told = hear(c, w, SYNC_READY);

	return told < 0 ? -1 : told == SYNC_READY;
}

int child_go(const struct child *c)
{
	return fd_write(c->go, "g", 1);
}

int child_ran(struct child *c, const struct deadline *w)
{
	int told = hear(c, w, SYNC_FAILED);

	if (told >= 0)
		nsfork_watch_end(&c->watch);
	return told < 0 ? -1 : told == SYNC_RUNS;
}

void child_close(struct child *c)
{
	nsfork_watch_end(&c->watch);
	fd_close(&c->go);
	fd_close(&c->report);
}

void child_end(struct child *c)
{
	(void)kill(c->pid, SIGKILL);
	/* One that must not be killed ends by that, if it is held. */
	child_close(c);
	(void)nsfork_reap_within(c->pid, NULL, END_MS);
}
