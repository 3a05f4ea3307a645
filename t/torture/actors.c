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

/* What runs on the kept terminal: says that it is there, repeats a line, and
 * tells its status. */
static void be_program(const struct setup *g, int slave, int told, int ready)
{
	struct termios modes;
	char line[256];
	ssize_t n;

	must(setsid(), "lead a session");
	must(ioctl(slave, TIOCSCTTY, 0), "control the terminal");
	must(tcgetattr(slave, &modes), "read the terminal's modes");
	modes.c_lflag &= ~(tcflag_t)ECHO;
	must(tcsetattr(slave, TCSANOW, &modes), "set the terminal's modes");
	must((int)write(slave, "ready\n", 6), "say so");
	(void)close(ready);
	if (!(g->s->peer & PEER_ENDED)) {
		n = read(slave, line, sizeof(line));
		must((int)n, "read a line");
		must((int)write(slave, line, (size_t)n), "repeat it");
	}
	must((int)write(told, "7\n", 2), "tell the status");
	_exit(0);
}

static void be_keeper(const struct setup *g, int master, int told)
{
	char file[600], *argv[] = { (char *)"conlog",  (char *)"--dir",
				    (char *)KEPT "/d", (char *)"--fd",
				    (char *)"3",       (char *)"--status-fd",
				    (char *)"4",       NULL };
	char *env[] = { (char *)"LC_ALL=C", NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	master = setup_high(master, "keep the master");
	told = setup_high(told, "keep a pipe");
	for (int i = 0; i < 3; i++)
		must(dup2(null, i), "give a descriptor");
	must(dup2(master, 3), "give the master");
	must(dup2(told, 4), "give a pipe");
	(void)snprintf(file, sizeof(file), "%s/conlog", g->bin);
	execve(file, argv, env);
	_exit(125);
}

static bool is_kept(const char *text)
{
	char spool[4096];
	ssize_t n = state_file(KEPT "/d/spool", spool, sizeof(spool));

	return n > 0 && memmem(spool, (size_t)n, text, strlen(text));
}

/* A terminal, with conlog at one end and the program at the other. */
void actors_keep(struct setup *g)
{
	const char *there = g->s->peer & PEER_ENDED ? KEPT "/d/exit"
						    : KEPT "/d/control";
	/* The viewer's own, which it would set again until that is done. */
	const struct winsize size = { 24, 80, 0, 0 };
	int master, slave, told[2], ready[2], unlock = 0;
	char byte;

	must(mount("tmpfs", KEPT, "tmpfs", 0, "mode=755"), "mount a tmpfs");
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	must(master, "open a terminal");
	must(ioctl(master, TIOCSPTLCK, &unlock), "unlock the terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	must(slave, "open the terminal's slave");
	must(ioctl(slave, TIOCSWINSZ, &size), "size the terminal");
	must(pipe2(told, O_CLOEXEC), "make a pipe");
	must(pipe2(ready, O_CLOEXEC), "make a pipe");
	g->program = fork();
	must(g->program, "fork");
	if (g->program == 0)
		be_program(g, slave, told[1], ready[1]);
	(void)close(ready[1]);
	(void)!read(ready[0], &byte, 1);
	g->keeper = fork();
	must(g->keeper, "fork");
	if (g->keeper == 0)
		be_keeper(g, master, told[0]);
	(void)close(ready[0]);
	(void)close(master);
	(void)close(slave);
	(void)close(told[0]);
	(void)close(told[1]);
	while (access(there, F_OK) < 0 || !is_kept("ready"))
		(void)poll(NULL, 0, 1);
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
