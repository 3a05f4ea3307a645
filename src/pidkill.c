/* pidkill - signal one process, and never another that has got its pid */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "proc/procdir.h"

struct args {
	const char *signal;
	struct optarg wait;
};

static const struct opt opts[] = {
	OPT('s', signal, "SIGNAL", "send SIGNAL (default: TERM; 0: none)"),
	OPT('w', wait, "SECS", "wait until the process has ended"), OPT_END
};

/* The process that is meant: its start time is that of /proc/PID/stat. */
struct process {
	const char *word;
	int pid;
	long long start; /* -1: any */
	int fd;
};

static int parse_signal(const struct applet *self, const char *word)
{
	int signal;

	if (!word)
		return SIGTERM;
	if (strcmp(word, "0") == 0)
		return 0;
	signal = text_signal(word);
	if (signal < 0)
		applet_usage_q(self,
			       "bad --signal %s: there is none of that name",
			       word);
	return signal;
}

static void parse_process(const struct applet *self, const char *word,
			  struct process *p)
{
	*p = (struct process){ .word = word, .fd = -1 };
	if (procdir_parse(word, &p->pid, &p->start) < 0)
		applet_usage_q(self,
			       "bad process %s: want PID or PID:STARTTIME",
			       word);
}

static int parse_wait(const struct applet *self, const struct optarg *wait)
{
	int ms = -1;

	if (wait->value && text_millis(wait->value, &ms) < 0)
		applet_usage_q(self, "bad --wait %s: want seconds",
			       wait->value);
	return ms;
}

/* Is that process, of which a pidfd is open, the one that is meant? If it has
 * ended since, what is at its number now began later. */
static int check_start(const struct process *p)
{
	autofd dir = procdir_open_started(p->pid, p->start);

	return dir < 0 ? -1 : 0;
}

static void pidkill_open_process(struct process *p)
{
	p->fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->fd >= 0 && (p->start < 0 || check_start(p) == 0))
		return;
	err(errno == ESRCH ? EXIT_FAILURE : EXIT_CANCELED,
	    "cannot signal process %s", Q(p->word));
}

static void send(const struct process *p, int signal)
{
	if (syscall(SYS_pidfd_send_signal, p->fd, signal, NULL, 0) == 0)
		return;
	err(errno == ESRCH ? EXIT_FAILURE : EXIT_CANCELED,
	    "cannot signal process %s", Q(p->word));
}

static void pidkill_await_end(const struct process *p, int ms)
{
	struct deadline w = { wait_until(ms), -1 };

	if (wait_fd(&w, p->fd, POLLIN) == 0)
		return;
	if (errno == ETIMEDOUT)
		errx(EXIT_TIMEDOUT, "cannot wait for process %s: it goes on",
		     Q(p->word));
	err(EXIT_CANCELED, "cannot wait for process %s", Q(p->word));
}

static int run_pidkill(const struct applet *self, char **argv)
{
	struct args a = { 0 };
	char **operands = applet_args(self, argv, &a);
	int signal = parse_signal(self, a.signal);
	int ms = parse_wait(self, &a.wait);
	struct process p;

	parse_process(self, operands[0], &p);
	pidkill_open_process(&p);
	send(&p, signal);
	if (a.wait.bare || a.wait.value)
		pidkill_await_end(&p, ms);
	fd_close(&p.fd);
	return 0;
}

static const char *const about[] = {
	"Sends a signal to the process PID if that is the one that started at "
	"STARTTIME, in the unit of field 22 of /proc/PID/stat. A pid that is "
	"another process's by now is not signalled, and neither is one that "
	"changes hands while pidkill runs, with or without STARTTIME.",
	"SIGNAL is a name with or without SIG, in any case, or a number from 1 "
	"to 64; RTMIN+N and RTMAX-N count from 34 and 64.",
	NULL
};

static const struct example examples[] = {
	{ "pidkill 1234:5678901", "send TERM to that process alone" },
	{ "pidkill --signal KILL --wait=5 1234:5678901",
	  "end it, and wait until it has ended" },
	{ "pidkill --signal 0 1234:5678901", "does it still exist?" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",   "the signal was sent, and the process has ended if asked for",
	"1",   "there is no such process",
	"124", "the process has not ended in time",
	NULL
};

const struct applet pidkill_applet = {
	.name = "pidkill",
	.brief = "signal a process, but not another that reuses its pid",
	.operands = "PID[:STARTTIME]",
	.least = 1,
	.most = 1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "kill(1), pidfd_send_signal(2), proc(5)",
	.run = run_pidkill,
};
