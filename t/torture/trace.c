/* trace - run a tool call by call, and make one of them fail */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "trace.h"

#define STOP_OF_CALL (SIGTRAP | 0x80)
#define TICKS	     20 /* in a second */
#define OPTIONS                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static void go_on(pid_t pid, int sig)
{
	(void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(uintptr_t)sig);
}

static struct process *find(struct tracer *t, pid_t pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (t->processes[i].pid == pid)
			return &t->processes[i];
	return NULL;
}

static struct process *add(struct tracer *t, pid_t pid)
{
	struct process *p = find(t, 0);

	if (!p)
		errx(125, "too many processes");
	memset(p, 0, sizeof(*p));
	p->pid = pid;
	return p;
}

/* Is it still one of our tools, from the file or from a copy in memory? */
static bool is_ours(const struct tracer *t, pid_t pid)
{
	char path[64], link[64];
	struct stat st;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (stat(path, &st) == 0 && st.st_dev == t->dev && st.st_ino == t->ino)
		return true;
	n = readlink(path, link, sizeof(link) - 1);
	return n > 7 && memcmp(link, "/memfd:", 7) == 0;
}

static void at_exec(struct tracer *t, struct process *p)
{
	if (is_ours(t, p->pid)) {
		go_on(p->pid, 0);
		return;
	}
	/* One that is being killed has nothing any more, and runs nothing. */
	t->o->commands += state_read(p->pid, t->g, t->o->state,
				     sizeof(t->o->state));
	(void)ptrace(PTRACE_DETACH, p->pid, NULL, NULL);
	/* It may have been stopped while it was still ours. */
	(void)kill(p->pid, SIGCONT);
	p->pid = 0;
}

static void at_fork(struct tracer *t, struct process *p)
{
	unsigned long pid = 0;
	struct process *child;

	(void)ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &pid);
	child = find(t, (pid_t)pid);
	if (child) {
		/* It was there before its parent told. */
		go_on(child->pid, 0);
	} else {
		child = add(t, (pid_t)pid);
	}
	(void)snprintf(child->who, WHO, "%.12s.%d", p->who, p->children++ % 10);
	go_on(p->pid, 0);
}

/* A process that begins, one that has stopped, or one that goes on from that:
 * whoever stopped is continued, as by a shell. */
static void at_stop(struct tracer *t, struct process *p, int sig)
{
	(void)t;
	if (sig != SIGSTOP && sig != SIGTSTP && sig != SIGTTIN &&
	    sig != SIGTTOU) {
		go_on(p->pid, 0);
		return;
	}
	(void)ptrace(PTRACE_LISTEN, p->pid, NULL, NULL);
	(void)kill(p->pid, SIGCONT);
}

static void stopped(struct tracer *t, pid_t pid, int status)
{
	struct process *p = find(t, pid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!p) {
		/* A child whose parent has not yet told: it waits for that. */
		(void)add(t, pid);
		return;
	}
	if (event == PTRACE_EVENT_EXEC) {
		at_exec(t, p);
	} else if (event == PTRACE_EVENT_STOP) {
		at_stop(t, p, sig);
	} else if (event) {
		at_fork(t, p);
	} else if (sig == STOP_OF_CALL) {
		inject_call(t, p);
		go_on(pid, 0);
	} else {
		go_on(pid, sig);
	}
}

static void ended(struct tracer *t, pid_t pid, int status)
{
	struct process *p = find(t, pid);

	if (p)
		p->pid = 0;
	if (pid == t->g->tool) {
		t->ended = true;
		t->o->status = status;
	}
	if (pid == t->g->peer)
		t->g->peer = 0;
	if (pid == t->g->typist)
		t->g->typist = 0;
}

static void note_binary(struct tracer *t)
{
	char path[600];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/ptybox", t->g->bin);
	must(stat(path, &st), "find the tools");
	t->dev = st.st_dev;
	t->ino = st.st_ino;
}

/* Have the tool begin, as process 0. */
static void begin(struct tracer *t)
{
	int hold[2];

	must(pipe2(hold, O_CLOEXEC), "make a pipe");
	t->g->tool = fork();
	must(t->g->tool, "fork");
	if (t->g->tool == 0) {
		(void)close(hold[1]);
		tool_start(t->g, setup_high(hold[0], "keep a pipe"));
	}
	must((int)ptrace(PTRACE_SEIZE, t->g->tool, NULL, (void *)OPTIONS),
	     "trace the tool");
	(void)strcpy(add(t, t->g->tool)->who, "0");
	setup_peers(t->g);
	if (t->g->tty >= 0)
		must(tcsetpgrp(t->g->tty, t->g->tool), "put it in front");
	if (write(hold[1], "g", 1) != 1)
		err(125, "cannot start the tool");
	(void)close(hold[0]);
	(void)close(hold[1]);
}

static void tick(int sig)
{
	(void)sig;
}

/* A signal now and then, so that waiting has an end. */
static void set_time(struct tracer *t)
{
	const struct timeval tick_time = { 0, 1000000 / TICKS };
	const struct itimerval often = { tick_time, tick_time };
	struct sigaction sa = { .sa_handler = tick };

	(void)clock_gettime(CLOCK_MONOTONIC, &t->begin);
	must(sigaction(SIGALRM, &sa, NULL), "take a signal");
	must(setitimer(ITIMER_REAL, &often, NULL), "set a timer");
}

/* Has it taken longer than that? */
static bool is_past(const struct tracer *t, time_t seconds)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec -= seconds;
	return now.tv_sec > t->begin.tv_sec || (now.tv_sec == t->begin.tv_sec &&
						now.tv_nsec > t->begin.tv_nsec);
}

/* Does it wait, for what never comes or for a time to pass? One that wants to
 * run waits for the machine, or for the kernel's own work. */
static bool is_asleep(pid_t pid)
{
	char path[64], text[512];
	const char *end;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	(void)state_file(path, text, sizeof(text));
	end = strrchr(text, ')');
	return end && end[1] && end[2] != 'R' && end[2] != 'D';
}

static bool are_all_asleep(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	bool asleep = dir != NULL;
	pid_t pid;

	while (asleep && (e = readdir(dir))) {
		pid = atoi(e->d_name);
		asleep = pid <= 1 || is_asleep(pid);
	}
	if (dir)
		(void)closedir(dir);
	return asleep;
}

/* Has all that it took been more than that, of the machine's time? */
static bool is_costly(time_t seconds)
{
	struct rusage used;

	return getrusage(RUSAGE_CHILDREN, &used) == 0 &&
	       used.ru_utime.tv_sec + used.ru_stime.tv_sec >= seconds;
}

/* Once in a tick: will it not end any more? On a busy machine it takes long,
 * but it does not sleep. */
static bool is_hopeless(struct tracer *t)
{
	if (!t->busy && are_all_asleep())
		t->idle++;
	t->busy = false;
	return t->idle >= HANG * TICKS || is_past(t, HOPE);
}

/* May a time limit have passed that the tool was given? The machine may take a
 * second for what is done in a moment. */
static bool is_timed(const struct tracer *t)
{
	const char *run = t->g->s->run;

	return (strstr(run, " --timeout 1") || strstr(run, " -t 1")) &&
	       is_past(t, 1);
}

/* Is everything over? A peer has more to do only if the tool did its part. */
static bool is_over(struct tracer *t, int right)
{
	if (!t->ended || setup_others(t->g, NULL, 0) > 0)
		return false;
	if (t->g->peer &&
	    (judge_status(t->o->status) != right || t->g->s->peer & PEER_KILLS))
		(void)kill(t->g->peer, SIGKILL);
	return !t->g->peer;
}

void trace_run(struct setup *g, const struct mishap *m, struct outcome *o)
{
	struct tracer t = { .g = g, .m = m, .o = o };
	int status;
	pid_t pid;

	note_binary(&t);
	set_time(&t);
	begin(&t);
	while (!is_over(&t, g->s->status)) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			(void)pause();
		if (pid < 0 && is_hopeless(&t))
			break;
		t.busy = t.busy || pid > 0;
		if (pid > 0 && WIFSTOPPED(status))
			stopped(&t, pid, status);
		else if (pid > 0)
			ended(&t, pid, status);
	}
	o->timed = is_timed(&t);
	o->slow = t.idle >= LIMIT * TICKS || is_costly(LIMIT);
	o->late = !t.ended || setup_others(g, NULL, 0) > 0 || g->peer;
	if (!o->late)
		return;
	say(o->left, sizeof(o->left), "%s; ",
	    t.ended ? "the tool has ended" : "the tool has not ended");
	(void)setup_others(g, o->left, sizeof(o->left));
	if (g->peer)
		say(o->left, sizeof(o->left), "the peer waits; ");
}
