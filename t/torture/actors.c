/* actors - the processes of the setup that are no peers */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "torture.h"

struct typing {
	const struct setup *g;
	int master, at; /* of the script */
	size_t done, n; /* of what was shown */
	char shown[8192];
};

static void answer(struct typing *t, const char *text)
{
	struct winsize size = { 30, 100, 0, 0 };

	if (strcmp(text, RESIZE) == 0)
		(void)ioctl(t->master, TIOCSWINSZ, &size);
	else if (strcmp(text, HANGUP) == 0)
		_exit(0);
	else if (write(t->master, text, strlen(text)) < 0)
		err(125, "cannot type");
}

static void follow(struct typing *t)
{
	const struct script *script = t->g->s->script;
	char *expect;

	while (t->at < SCRIPTS && script[t->at].expect) {
		expect = strstr(t->shown + t->done, script[t->at].expect);
		if (!expect)
			return;
		t->done = (size_t)(expect - t->shown) +
			  strlen(script[t->at].expect);
		answer(t, script[t->at++].answer);
	}
}

/* Take what the terminal shows. Returns false if there is nothing. */
static bool show(struct typing *t)
{
	ssize_t n = read(t->master, t->shown + t->n,
			 sizeof(t->shown) - 1 - t->n);

	if (n <= 0)
		return false;
	if (write(t->g->tty_log, t->shown + t->n, (size_t)n) != n)
		err(125, "cannot write the log");
	t->n += (size_t)n;
	t->shown[t->n] = '\0';
	follow(t);
	return true;
}

/* Whoever sits at the terminal; once told to quit, all it still shows. */
void actors_type(const struct setup *g, int master, int quit)
{
	struct typing t = { .g = g, .master = master };
	struct pollfd p[] = { { .fd = master, .events = POLLIN },
			      { .fd = quit, .events = POLLIN } };

	must(fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK), "set up a terminal");
	/* The slave of ours is not to be the one that hangs up. */
	(void)close(g->tty);
	while (!p[1].revents) {
		(void)poll(p, 2, -1);
		if (p[0].revents && !show(&t))
			p[0].fd = -1;
	}
	while (show(&t))
		;
	_exit(0);
}

/* Process 1 of namespaces of its own, with what a container has in it. */
static void be_target(int ready)
{
	int data = open("data", O_RDONLY | O_CLOEXEC);

	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "be private");
	must(mount("proc", "/proc", "proc", 0, NULL), "mount a proc");
	must(mount("devpts", "/dev/pts", "devpts", 0,
		   "newinstance,ptmxmode=0666,mode=0620"),
	     "mount a devpts");
	must(sethostname("target", 6), "name the target");
	must(data, "open the data");
	must(dup2(data, STDIN_FILENO), "have something to be taken");
	if (write(ready, "r", 1) != 1)
		_exit(125);
	for (;;)
		(void)pause();
}

void actors_target(int ready)
{
	pid_t pid;

	must(unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |
		     CLONE_NEWNET),
	     "make namespaces");
	pid = fork();
	must(pid, "fork");
	if (pid == 0)
		be_target(ready);
	(void)close(ready);
	for (;;)
		(void)pause();
}
