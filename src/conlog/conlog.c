/* conlog - keep a log of what a terminal, a command or a pipe says */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "cli/applet.h"
#include "conlog/keeper.h"
#include "spool/spool.h"
#include "tty/pty.h"

struct args {
	const char *console_socket;
	const char *dir;
	int fd;
	const char *log;
	const char *log_format;
	bool log_input;
	const char *log_size_max;
	const char *show_failure;
	int status_fd;
	int stderr_fd;
	int stdout_fd;
	struct duration timeout;
};

static const struct opt opts[] = {
	OPT(0, console_socket, "SOCKET",
	    "listen on SOCKET for the terminal of an OCI runtime"),
	OPT(0, dir, "DIR",
	    "keep recent output, control lines and keys in DIR, for attach"),
	OPT(0, fd, "FD", "read the pty master on descriptor FD"),
	OPT(0, log, "FILE", "append to FILE"),
	OPT(0, log_format, "FORMAT", "raw (default), cri or asciicast"),
	OPT(0, log_input, NULL, "record keys as well (asciicast)"),
	OPT(0, log_size_max, "SIZE",
	    "rename FILE to FILE.1, and that to FILE.2, before it is larger"),
	OPT(0, show_failure, "FILE",
	    "show what COMMAND printed if it fails and there is no FILE"),
	OPT(0, status_fd, "FD", "read the exit status from FD when it ends"),
	OPT_NAMED(0, "stderr", stderr_fd, "FD",
		  "read the pipe on FD as standard error"),
	OPT_NAMED(0, "stdout", stdout_fd, "FD",
		  "read the pipe on FD as standard output"),
	OPT(0, timeout, "SECS", "give up if no terminal comes within SECS"),
	OPT_END
};

static enum log_format parse_format(const struct applet *self, const char *name)
{
	static const char *const names[] = { "raw", "cri", "asciicast" };

	for (int i = 0; i <= LOG_CAST; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum log_format)i;
	applet_usage_q(self, "bad --log-format %s: want raw, cri or asciicast",
		       name);
}

/* Bytes, or k, M, G of them. */
static long long parse_size_conlog(const struct applet *self, const char *text)
{
	static const char units[] = "kMG";
	char digits[32];
	size_t n = strspn(text, "0123456789");
	const char *unit = text[n] ? strchr(units, text[n]) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;
	long long size;

	if (n < sizeof(digits) && (!text[n] || (unit && !text[n + 1]))) {
		(void)snprintf(digits, sizeof(digits), "%.*s", (int)n, text);
		if (text_number(digits, 1, LLONG_MAX >> shift, &size) == 0)
			return size << shift;
	}
	applet_usage_q(self,
		       "bad --log-size-max %s: want bytes, or a number with k, "
		       "M or G",
		       text);
}

static void check_fd(const struct applet *self, const char *option, int fd)
{
	if (fd >= 0 && !fd_passed(fd))
		applet_usage(self, "bad %s %d: it is not open", option, fd);
}

static void check_conlog(const struct applet *self, const struct args *a,
			 char **command)
{
	bool pipes = a->stdout_fd >= 0 || a->stderr_fd >= 0;

	if (!!a->console_socket + (a->fd >= 0) + pipes > 1)
		applet_usage(self, "--console-socket, --fd, and --stdout or "
				   "--stderr exclude each other");
	if (*command && (a->fd >= 0 || pipes || a->status_fd >= 0))
		applet_usage(self, "COMMAND excludes --fd, --stdout, --stderr "
				   "and --status-fd");
	if (a->timeout.given && !a->console_socket)
		applet_usage(self, "--timeout needs --console-socket");
	if (a->show_failure && (!a->dir || !*command || a->console_socket))
		applet_usage(self, "--show-failure needs --dir and COMMAND, "
				   "without --console-socket");
	if (!a->log && (a->log_format || a->log_input || a->log_size_max))
		applet_usage(self, "--log-format, --log-input and "
				   "--log-size-max need --log");
	if (!a->log && !a->dir)
		applet_usage(self, "want --log, --dir or both");
	if (a->fd >= 0 && fd_passed(a->fd) && !pty_is_master(a->fd))
		applet_usage(self, "bad --fd %d: it is no pty master", a->fd);
	check_fd(self, "--fd", a->fd);
	check_fd(self, "--stdout", a->stdout_fd);
	check_fd(self, "--stderr", a->stderr_fd);
	check_fd(self, "--status-fd", a->status_fd);
}

/*
 * A command whose output is logged may be one that starts another and says why
 * it cannot: that is for the caller, not for the log alone. What
 * it said last is in the spool.
 */
static void show_failure(const struct args *a)
{
	autofd dir = open(a->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autofd spool = dir < 0 ? -1 : spool_open(dir, "spool");
	unsigned char data[4096];
	struct spool_head head;
	uint64_t at = 0;
	ssize_t n;

	if (access(a->show_failure, F_OK) == 0)
		return;
	if (spool < 0 || spool_look(spool, &head) < 0) {
		warn("cannot show what the command printed");
		return;
	}
	while ((n = spool_read(spool, &head, &at, data, sizeof(data))) > 0) {
		if (fd_write(STDERR_FILENO, data, (size_t)n) < 0)
			return;
		at += (uint64_t)n;
	}
}

static int run_conlog(const struct applet *self, char **argv)
{
	struct args a = {
		.fd = -1, .status_fd = -1, .stderr_fd = -1, .stdout_fd = -1
	};
	char **command = applet_args(self, argv, &a);
	struct plan plan = {
		.dir = a.dir,
		.log = a.log,
		.input = a.log_input,
		.console_socket = a.console_socket,
		.timeout = a.timeout.given ? a.timeout.ms : -1,
		.master = a.fd,
		.pipe = { a.stdout_fd, a.stderr_fd },
		.status = a.status_fd,
		.command = *command ? command : NULL,
	};
	struct errmsg f;
	int status;

	check_conlog(self, &a, command);
	if (a.log_format)
		plan.format = parse_format(self, a.log_format);
	if (a.log_size_max)
		plan.limit = parse_size_conlog(self, a.log_size_max);
	if (a.log_input && plan.format != LOG_CAST)
		applet_usage(self, "--log-input needs --log-format asciicast");
	status = keeper_run(&plan, &f);
	if (status < 0)
		termsig_by(-status);
	if (f.what[0])
		applet_fail(status, &f);
	if (status > 0 && a.show_failure)
		show_failure(&a);
	return status;
}

static const char *const about[] = {
	"Reads the output of a terminal, of a command or of a pipe, and "
	"appends it to a log. Without COMMAND and any descriptor it is a "
	"filter: standard input is copied to standard output and to the log.",
	"COMMAND is run with its standard output and error as two pipes; its "
	"end is the end, and it has the descriptors above 2 that conlog was "
	"given. With --console-socket it is an OCI runtime, or another program "
	"that sends the master of a terminal to SOCKET, and keeps its own "
	"standard output and error, but no other descriptor; without COMMAND "
	"the end is read from --status-fd, or it is that of the terminal's "
	"session.",
	"The formats of a log: raw, the bytes as they are; cri, lines with "
	"date and stream as the Kubernetes kubelet reads them, of at most "
	"16384 bytes; asciicast, a recording of version 2 that asciinema "
	"plays. A recording of pipes has \\r\\n at the ends of lines, as a "
	"player is no terminal; that of a filter has what was read. A full "
	"disk stops none of it: what is not in the log is counted, and "
	"reported once there is room again.",
	"DIR is for one terminal at a time. It is made with mode 0700, and "
	"holds the last 128 KiB of output (spool), a FIFO for keys (keys), "
	"one for control lines (control), and at the end the exit status "
	"(exit). A control line is '1 ROWS COLS', to set the size of the "
	"terminal, '2 0 0', to open the log anew, or '3 ROWS COLS', to set "
	"the size and have the program redraw even if it is the same.",
	NULL
};

static const struct example examples[] = {
	{ "make 2>&1 | conlog --log make.log", "as tee(1) does" },
	{ "conlog --log job.log --log-format cri -- ./job",
	  "with date and stream before each line" },
	{ "ptyfork --onlcr -- bash | conlog --log a.cast --log-format asciicast",
	  "record a session" },
	{ "fdrecv s -- conlog --dir d --fd 3", "keep a terminal for attach" },
	{ "echo 1 40 120 >d/control", "set its size" },
	{ NULL, NULL }
};

static const char *const exits[] = { "0", "what was to be read has ended",
				     "124", "no terminal came in time", NULL };

const struct applet conlog_applet = {
	.name = "conlog",
	.brief = "keep a log of a terminal, a command or a pipe",
	.operands = "[[--] COMMAND [ARG]...]",
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "attach(1), fdrecv(1), ptyfork(1), script(1), tee(1)",
	.run = run_conlog,
};
