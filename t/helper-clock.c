/* helper-clock - a wall clock that is set back, for a process alone */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/applet.h"
#include "helper.h"

#define OPTIONS (PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC)
#define OF_CALL (SIGTRAP | 0x80)

struct clocked {
	pid_t pid;
	int mem; /* its memory */
	long back, n;
	bool asks; /* for the wall clock, in the call that it is in */
	unsigned long long at;
};

static unsigned long word(const struct clocked *c, off_t at)
{
	unsigned long value;

	if (pread(c->mem, &value, sizeof(value), at) != sizeof(value))
		err(EXIT_CANCELED, "cannot read a stack");
	return value;
}

/* Where the program found its stack: argc is there. */
static off_t stack_of(pid_t pid)
{
	char path[64], text[1024], *at;
	int fd;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		err(EXIT_CANCELED, "cannot read '%s'", path);
	text[n] = '\0';
	(void)close(fd);
	at = strrchr(text, ')');
	for (int field = 2; at && field < 28; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		errx(EXIT_CANCELED, "cannot understand '%s'", path);
	return (off_t)strtoull(at, NULL, 10);
}

/* Behind the pointers of argv and of the environment. */
static off_t behind_null(const struct clocked *c, off_t at)
{
	while (word(c, at) != 0)
		at += (off_t)sizeof(long);
	return at + (off_t)sizeof(long);
}

/* Without the kernel's page of code it has to call for the time. */
static void begin_program(struct clocked *c)
{
	const unsigned long none = AT_IGNORE;
	char path[64];
	off_t at;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)c->pid);
	if (c->mem >= 0)
		(void)close(c->mem);
	c->mem = open(path, O_RDWR | O_CLOEXEC);
	c->asks = false;
	at = behind_null(c, stack_of(c->pid) + (off_t)sizeof(long));
	for (at = behind_null(c, at); word(c, at) != AT_NULL;
	     at += 2 * (off_t)sizeof(long))
		if (word(c, at) == AT_SYSINFO_EHDR &&
		    pwrite(c->mem, &none, sizeof(none), at) != sizeof(none))
			err(EXIT_CANCELED, "cannot write a stack");
}

static void set_back(struct clocked *c)
{
	struct timespec t;

	if (pread(c->mem, &t, sizeof(t), (off_t)c->at) != sizeof(t))
		err(EXIT_CANCELED, "cannot read a time");
	t.tv_sec -= c->back * ++c->n;
	if (pwrite(c->mem, &t, sizeof(t), (off_t)c->at) != sizeof(t))
		err(EXIT_CANCELED, "cannot write a time");
}

static void in_call(struct clocked *c)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, c->pid, sizeof(info), &info) < 0)
		err(EXIT_CANCELED, "cannot look at a call");
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		c->asks = info.entry.nr == SYS_clock_gettime &&
			  info.entry.args[0] == CLOCK_REALTIME;
		c->at = info.entry.args[1];
	} else if (c->asks && info.exit.rval == 0)
		set_back(c);
}

static int go_on(struct clocked *c)
{
	int status, sig = 0;

	while (ptrace(PTRACE_SYSCALL, c->pid, NULL, sig) == 0 &&
	       waitpid(c->pid, &status, 0) == c->pid && WIFSTOPPED(status)) {
		sig = WSTOPSIG(status);
		if (status >> 16 == PTRACE_EVENT_EXEC)
			begin_program(c);
		else if (sig == OF_CALL)
			in_call(c);
		if (sig == SIGTRAP || sig == OF_CALL)
			sig = 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* COMMAND, to which the wall clock is SECONDS further behind each time that it
 * looks; no other clock is, nor is it to what COMMAND starts. */
int helper_clock(char **argv)
{
	struct clocked c = { .pid = fork(), .mem = -1, .back = atol(argv[1]) };

	if (c.pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		(void)raise(SIGSTOP);
		(void)execvp(argv[2], argv + 2);
		err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[2]);
	}
	if (c.pid < 0 || waitpid(c.pid, NULL, 0) != c.pid ||
	    ptrace(PTRACE_SETOPTIONS, c.pid, NULL, OPTIONS) < 0)
		err(EXIT_CANCELED, "cannot trace");
	return go_on(&c);
}
