/* winsz - print or set the window size of a terminal */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/applet.h"
#include "tty/proc_tty.h"
#include "tty/tty.h"
#include "tty/tty_query.h"
#include "tty/winch.h"

struct args {
	bool export;
	int fd;
	const char *file;
	const char *like;
	int pid;
	bool query;
	bool set;
	struct duration timeout;
	bool watch;
};

static const struct opt opts[] = {
	OPT('F', file, "TTY", "act on the terminal TTY, a file"),
	OPT('e', export, NULL,
	    "print shell commands that set LINES and COLUMNS"),
	OPT('f', fd, "FD", "act on the terminal on descriptor FD"),
	OPT('l', like, "TTY", "set the size that the terminal TTY has"),
	OPT('p', pid, "PID",
	    "act on the terminal of process PID, or the one that it runs a "
	    "command on"),
	OPT('q', query, NULL, "ask the terminal emulator, not the kernel"),
	OPT('s', set, NULL, "with --query: set the size that was answered"),
	OPT('t', timeout, "SECS", "wait SECS for the emulator (default 1)"),
	OPT('w', watch, NULL, "print the size, then again when it changes"),
	OPT_END
};

/* The terminal of all that follows, and how messages call it. */
struct target {
	int fd;
	char name[QUOTE_MAX + 32];
};

static void check_args(const struct applet *self, const struct args *a,
		       bool operands)
{
	if ((a->fd >= 0) + !!a->file + (a->pid >= 0) > 1)
		applet_usage(self, "--fd, --file and --pid exclude each other");
	if (operands + !!a->like + a->query + a->watch > 1)
		applet_usage(self, "ROWS COLS, --like, --query and --watch "
				   "exclude each other");
	if (a->export && (operands || a->like))
		applet_usage(self, "--export is for printing");
	if (a->set && !a->query)
		applet_usage(self, "--set is for --query");
	if (a->timeout.given && !a->query)
		applet_usage(self, "--timeout is for --query");
	if (a->pid == 0)
		applet_usage(self, "bad --pid '0': want a process");
}

static unsigned short winsz_number(const struct applet *self, const char *word)
{
	int n;

	if (text_int(word, 0, USHRT_MAX, &n) < 0)
		applet_usage_q(self,
			       "bad size %s: want a number from 0 to 65535",
			       word);
	return (unsigned short)n;
}

/* One operand is ROWSxCOLS, two are ROWS and COLS. */
static void parse_size_winsz(const struct applet *self, char **operands,
			     struct winsize *ws)
{
	if (operands[1]) {
		ws->ws_row = winsz_number(self, operands[0]);
		ws->ws_col = winsz_number(self, operands[1]);
	} else if (tty_parse_size(operands[0], ws) < 0) {
		applet_usage_q(self, "bad size %s: want ROWS COLS or ROWSxCOLS",
			       operands[0]);
	}
}

/* Can the terminal on fd serve: with --query, for a question and an answer? */
static bool serves(const struct args *a, int fd)
{
	struct winsize ws;

	return tty_size(fd, &ws) == 0 &&
	       (!a->query || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
}

static void find_terminal(const struct args *a, struct target *t)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (!serves(a, fd))
			continue;
		t->fd = fd;
		(void)snprintf(t->name, sizeof(t->name), "fd %d", fd);
		return;
	}
	t->fd = tty_open("/dev/tty", a->query ? O_RDWR : O_RDONLY);
	if (t->fd < 0)
		errx(EXIT_FAILURE,
		     "cannot find a terminal: fd 0, 1 and 2 are none "
		     "and '/dev/tty' does not open");
	(void)snprintf(t->name, sizeof(t->name), "'/dev/tty'");
}

static void open_file(const struct args *a, struct target *t)
{
	t->fd = tty_open(a->file, a->query ? O_RDWR : O_RDONLY);
	(void)snprintf(t->name, sizeof(t->name), "%s", Q(a->file));
	if (t->fd < 0)
		err(EXIT_FAILURE, "cannot open terminal %s", t->name);
}

static void winsz_open_process(const struct args *a, struct target *t)
{
	t->fd = proc_tty_open(a->pid);
	(void)snprintf(t->name, sizeof(t->name), "process %d", a->pid);
	if (t->fd < 0 && errno == ENOTTY)
		errx(EXIT_FAILURE, "cannot find a terminal of %s", t->name);
	if (t->fd < 0)
		err(fd_exhausted(errno) ? EXIT_CANCELED : EXIT_FAILURE,
		    "cannot open the terminal of %s", t->name);
}

/* open_target - the terminal that is meant, or the end with a message */
static void open_target(const struct args *a, struct target *t)
{
	struct winsize ws;

	if (a->file) {
		open_file(a, t);
	} else if (a->pid >= 0) {
		winsz_open_process(a, t);
	} else if (a->fd >= 0) {
		t->fd = a->fd;
		(void)snprintf(t->name, sizeof(t->name), "fd %d", t->fd);
		if (tty_size(t->fd, &ws) < 0)
			err(EXIT_FAILURE, "cannot read the size of %s",
			    t->name);
	} else {
		find_terminal(a, t);
	}
}

static void print(const struct args *a, const struct winsize *ws)
{
	char line[64];
	int n;

	if (a->export)
		n = snprintf(line, sizeof(line),
			     "LINES=%hu; COLUMNS=%hu; export LINES COLUMNS;\n",
			     ws->ws_row, ws->ws_col);
	else
		n = snprintf(line, sizeof(line), "%hu %hu\n", ws->ws_row,
			     ws->ws_col);
	if (fd_write(STDOUT_FILENO, line, (size_t)n) < 0)
		err(EXIT_CANCELED, "cannot write to standard output");
}

static void get_size(const struct target *t, struct winsize *ws)
{
	if (tty_size(t->fd, ws) < 0)
		err(EXIT_CANCELED, "cannot read the size of %s", t->name);
}

static void set_size_winsz(const struct target *t, const struct winsize *ws)
{
	if (tty_resize(t->fd, ws) < 0)
		err(EXIT_CANCELED, "cannot set the size of %s", t->name);
}

static void copy_size(const struct target *t, const char *like)
{
	struct winsize ws;
	autofd fd = tty_open(like, O_RDONLY);

	if (fd < 0 || tty_size(fd, &ws) < 0)
		err(EXIT_FAILURE, "cannot open terminal %s", Q(like));
	set_size_winsz(t, &ws);
}

static void resize_winsz(const struct target *t, const struct winsize *wanted)
{
	struct winsize ws;

	/* The pixels of a cell may be known: they stay as they are. */
	get_size(t, &ws);
	ws.ws_row = wanted->ws_row;
	ws.ws_col = wanted->ws_col;
	set_size_winsz(t, &ws);
}

static void query_winsz(const struct args *a, const struct target *t)
{
	int ms = a->timeout.given ? a->timeout.ms : 1000;
	struct winsize ws;
	int got = tty_query_size(t->fd, ms, &ws);

	if (got < 0 && errno == ETIMEDOUT)
		errx(EXIT_TIMEDOUT,
		     "cannot ask %s for its size: no answer in %d ms", t->name,
		     ms);
	if (got < 0)
		err(EXIT_CANCELED, "cannot ask %s for its size", t->name);
	if (a->set)
		resize_winsz(t, &ws);
	if (!a->set || a->export)
		print(a, &ws);
}

/* A reader that leaves ends this as it ends cat(1), but at once. */
static void watch(const struct args *a, const struct target *t)
{
	struct winch w = { .terminal = t->fd, .reader = STDOUT_FILENO };
	struct winsize ws;

	if (winch_open(&w) < 0)
		err(EXIT_CANCELED, "cannot wait for signals");
	get_size(t, &ws);
	do {
		print(a, &ws);
	} while (winch_next(&w, &ws) == 0);
	if (errno == EIO)
		return;
	if (errno != EPIPE)
		err(EXIT_CANCELED, "cannot watch %s", t->name);
	(void)raise(SIGPIPE);
	errno = EPIPE;
	err(EXIT_CANCELED, "cannot write to standard output");
}

static int run_winsz(const struct applet *self, char **argv)
{
	struct args a = { .fd = -1, .pid = -1 };
	char **operands = applet_args(self, argv, &a);
	struct winsize ws = { 0 };
	struct target t;

	check_args(self, &a, *operands);
	if (*operands)
		parse_size_winsz(self, operands, &ws);
	open_target(&a, &t);
	if (*operands) {
		resize_winsz(&t, &ws);
	} else if (a.like) {
		copy_size(&t, a.like);
	} else if (a.query) {
		query_winsz(&a, &t);
	} else if (a.watch) {
		watch(&a, &t);
	} else {
		get_size(&t, &ws);
		print(&a, &ws);
	}
	return 0;
}

static const char *const about[] = {
	"Prints the size of a terminal as two numbers, rows and columns, or "
	"sets it to ROWS and COLS, which may also be one word, ROWSxCOLS. The "
	"programs in the foreground of the terminal get SIGWINCH when the "
	"size changes.",
	"The terminal is the first of standard input, output and error that "
	"is one, else /dev/tty. The terminal of a process (--pid) is the one "
	"it runs a command on, as ptyfork, script and sshd do, else the one "
	"that controls it; it may be in another mount namespace.",
	"With --watch a line is printed at once and at each change, until the "
	"terminal hangs up. With --query the terminal emulator is asked where "
	"the far corner of its screen is, which the kernel does not know of a "
	"serial line. What is typed in that moment is lost. With --set as well, "
	"the kernel is told the answer, as resize(1) does, and nothing is "
	"printed but what --export asks for.",
	NULL
};

static const struct example examples[] = {
	{ "winsz 40 120", "set the size of this terminal" },
	{ "winsz --pid 1234 40 120", "set that of a command under ptyfork" },
	{ "winsz --query --set", "set what the emulator says: resize(1)" },
	{ "eval \"$(winsz --export)\"", "tell programs by LINES and COLUMNS" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",   "the size was printed or set, or the watched terminal hung up",
	"1",   "there is no such terminal",
	"124", "the terminal emulator did not answer",
	NULL
};

const struct applet winsz_applet = {
	.name = "winsz",
	.brief = "print or set the window size of a terminal",
	.operands = "[ROWS COLS]",
	.most = 2,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "ptyfork(1), resize(1), stty(1), tty_ioctl(4)",
	.run = run_winsz,
};
