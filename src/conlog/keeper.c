/* keeper - read what is to be kept until it ends, and keep it */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/wait.h"
#include "conlog/command.h"
#include "conlog/dir.h"
#include "conlog/ending.h"
#include "conlog/input.h"
#include "conlog/keeper.h"
#include "conlog/receiver.h"
#include "conlog/say.h"
#include "proc/descendants.h"
#include "relay/nbio.h"
#include "spool/modes.h"
#include "tty/tty.h"

#define IN_SIZE 16384
#define LOOK_MS 100  /* how often to look at a terminal that hung up */
#define KILL_MS 2000 /* for a command to end after SIGTERM */

/* What is left to read when the end is known: no less than a pty's buffers
 * (TTYB_DEFAULT_MEM_LIMIT) and a pipe's (pipe-max-size) hold. */
#define TAIL (1024 * 1024 + 65536)

struct source {
	struct nbio io; /* fd -1: it has ended */
	enum log_stream stream;
	bool terminal;
	long long again; /* when to look at it again, ms; 0: it is polled */
};

struct keeper {
	const struct plan *plan;
	struct dir dir; /* fd -1: there is none */
	struct log log;
	struct modes modes;
	struct input input;
	struct source source[LOG_STREAMS];
	bool quiet;	    /* there was nothing more to read */
	bool spool_failing; /* said */
	int master;	    /* received, and ours to close, or -1 */
	struct receiver receiver;
	long long due; /* for it to come, see wait.h */
	bool late;     /* it did not */
	struct command command;
	struct command_signals had;
	struct ending ending;
	int signals;
	int signal; /* that should end this process, or 0 */
	bool over;

	bool filter; /* standard input goes to standard output */
	struct nbio out;
	size_t went, wait; /* of in[]: written there, and still to be */
	int refused;	   /* errno of standard output, or 0 */
	int unread;	   /* errno of a pipe or a file that is read, or 0 */
	unsigned char in[IN_SIZE];
};

/* What is waited for, at fixed places. */
enum {
	SIGNALS,
	CONTROL,
	KEYS,
	TYPE,
	TOLD,
	LEADER,
	CHILD,
	REPORT,
	OUT,
	SOURCE,
	RECEIVER = SOURCE + LOG_STREAMS,
	POLLS = RECEIVER + RECEIVER_CALLS + 1
};

static bool has_dir(const struct keeper *k)
{
	return k->dir.fd >= 0;
}

/* A spool that cannot be written is said once, and once that it can again. */
static void spool_output(struct keeper *k, const unsigned char *data, size_t n)
{
	struct spool *s = &k->dir.spool;

	if (spool_append(s, data, n) < 0) {
		if (!k->spool_failing)
			say(errno, "cannot write the spool");
		k->spool_failing = true;
	} else if (k->spool_failing) {
		say(0, "the spool goes on; %lld bytes are not in it",
		    (long long)s->lost);
		k->spool_failing = false;
		s->lost = 0;
	}
}

/* What a late reader has to know: the modes, a sequence that is not complete,
 * and the size. */
static void tell_readers(struct keeper *k)
{
	char text[MODES_TEXT + ESCAPE_MAX + 1];
	size_t n = modes_say(&k->modes, text);
	size_t open = modes_open(&k->modes, text + n);

	if (n + open <= MODES_TEXT)
		n += open;
	spool_tell(&k->dir.spool, k->log.rows, k->log.cols, text, n);
}

static void keeper_log(struct keeper *k, const struct source *s,
		       const unsigned char *data, size_t n)
{
	struct winsize ws;
	bool stale;

	if (s->terminal && tty_size(s->io.fd, &ws) == 0)
		log_size(&k->log, ws.ws_row, ws.ws_col);
	log_output(&k->log, s->stream, data, n);
	if (!has_dir(k))
		return;
	stale = k->log.rows != k->dir.spool.head.rows ||
		k->log.cols != k->dir.spool.head.cols ||
		k->modes.escape.state != ESCAPE_GROUND;
	stale = modes_see(&k->modes, data, n) || stale ||
		k->modes.escape.state != ESCAPE_GROUND;
	if (stale)
		tell_readers(k);
	spool_output(k, data, n);
}

/* A terminal that is open nowhere can be opened again; a pipe cannot. */
static void source_ended(struct keeper *k, struct source *s)
{
	if (s->terminal)
		s->again = wait_now() + LOOK_MS;
	else
		nbio_close(&s->io);
	if (s->terminal && ending_gone(&k->ending, s->io.fd))
		k->over = true;
}

/* Read what is there, as much as fits; returns how much it was. */
static size_t read_source(struct keeper *k, struct source *s)
{
	size_t n = 0;
	ssize_t got = 1;
	bool ended;

	s->again = 0;
	while (n < IN_SIZE && got > 0) {
		got = nbio_read(&s->io, k->in + n, IN_SIZE - n);
		n += got > 0 ? (size_t)got : 0;
	}
	ended = got == 0 || (got < 0 && errno != EAGAIN);
	/* A terminal that hung up says EIO. */
	if (got < 0 && ended && !s->terminal)
		k->unread = errno;
	if (n > 0)
		keeper_log(k, s, k->in, n);
	k->wait = k->filter ? n : 0;
	k->went = 0;
	k->quiet = got <= 0;
	if (ended)
		source_ended(k, s);
	return n;
}

/* The rest that is there now; what others write later is not waited for. */
static void drain(struct keeper *k)
{
	for (int i = 0; i < LOG_STREAMS; i++) {
		struct source *s = &k->source[i];
		size_t total = 0, n = 1;

		while (s->io.fd >= 0 && n > 0 && total < TAIL) {
			n = read_source(k, s);
			total += n;
		}
	}
}

static void keeper_write_out(struct keeper *k)
{
	ssize_t put = nbio_write(&k->out, k->in + k->went, k->wait);

	if (put > 0) {
		k->went += (size_t)put;
		k->wait -= (size_t)put;
	} else if (put < 0 && errno != EAGAIN) {
		k->refused = errno;
		k->over = true;
	}
}

/* A filter's size is that of the terminal that it is seen on. */
static void follow_size(struct keeper *k)
{
	struct winsize ws;

	tty_default_size(&ws);
	log_size(&k->log, ws.ws_row, ws.ws_col);
}

/* What is typed at a terminal goes to the whole group, the command's as well; a
 * hang-up may come to the session's leader alone. */
static void keeper_take_signal(struct keeper *k,
			       const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;
	bool typed = info->ssi_code == SI_KERNEL && sig != SIGHUP;

	if (sig == SIGWINCH && k->filter) {
		follow_size(k);
	} else if (sig == SIGWINCH) {
		return;
	} else if (k->command.pid > 0) {
		if (!typed)
			command_kill(&k->command, sig);
	} else {
		k->signal = sig;
		k->over = true;
	}
}

static void keeper_take_signals(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (read(k->signals, &info, sizeof(info)) == sizeof(info))
		keeper_take_signal(k, &info);
}

static void use_terminal(struct keeper *k, int master)
{
	struct source *s = &k->source[LOG_STDOUT];

	*s = (struct source){ .io = { master, NBIO_CAREFUL },
			      .stream = LOG_STDOUT,
			      .terminal = true };
	k->due = WAIT_FOREVER;
	input_terminal(&k->input, master);
	log_begin(&k->log);
	if (has_dir(k)) {
		tell_readers(k);
		(void)spool_flush(&k->dir.spool);
	}
}

static void look_for_console(struct keeper *k, const struct pollfd *p)
{
	if (k->master >= 0)
		return;
	k->master = receiver_turn(&k->receiver, p);
	if (k->master < 0)
		return;
	receiver_close(&k->receiver);
	use_terminal(k, k->master);
}

/* A runtime may have sent it and ended before we looked: once for each
 * connection, once for what came over it. */
static void look_last(struct keeper *k)
{
	struct pollfd p[RECEIVER_CALLS + 1];

	for (int i = 0; i < 2 * RECEIVER_CALLS && k->receiver.listening; i++) {
		receiver_poll(&k->receiver, p);
		if (poll(p, RECEIVER_CALLS + 1, 0) <= 0)
			return;
		look_for_console(k, p);
	}
}

/* The console did not come in time: the command has to go, if need be twice
 * asked, and what it leaves becomes ours to kill. */
static void keeper_give_up(struct keeper *k)
{
	if (k->command.pid == 0) {
		k->late = k->over = true;
		return;
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	command_kill(&k->command, k->late ? SIGKILL : SIGTERM);
	k->late = true;
	k->due = wait_until(KILL_MS);
}

static void look_at_command(struct keeper *k)
{
	if (!command_ended(&k->command))
		return;
	look_last(k);
	k->over = true;
}

static bool readable(const struct keeper *k, const struct source *s)
{
	return s->again == 0 && k->wait == 0;
}

static struct pollfd wait_for(int fd, short events, bool wanted)
{
	return (struct pollfd){ wanted ? fd : -1, events, 0 };
}

static void keeper_prepare(const struct keeper *k, struct pollfd *p)
{
	const struct input *in = &k->input;

	p[SIGNALS] = wait_for(k->signals, POLLIN, true);
	p[CONTROL] = wait_for(k->dir.control, POLLIN, true);
	p[KEYS] = wait_for(k->dir.keys, POLLIN, input_wants(in));
	p[TYPE] = wait_for(in->master.fd, POLLOUT, input_waits(in));
	p[TOLD] = wait_for(k->ending.told.fd, POLLIN, true);
	p[LEADER] = wait_for(k->ending.leader, POLLIN, true);
	p[CHILD] = wait_for(k->command.pidfd, POLLIN, true);
	p[REPORT] = wait_for(k->command.report, POLLIN, true);
	p[OUT] = wait_for(k->out.fd, POLLOUT, k->wait > 0);
	for (int i = 0; i < LOG_STREAMS; i++)
		p[SOURCE + i] = wait_for(k->source[i].io.fd, POLLIN,
					 readable(k, &k->source[i]));
	receiver_poll(&k->receiver, p + RECEIVER);
}

/* The lesser of two times to wait, -1 being for ever. */
static int keeper_sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int keeper_how_long(struct keeper *k)
{
	int ms = wait_left(k->due);

	if (k->quiet)
		ms = keeper_sooner(ms, log_rest(&k->log));
	ms = keeper_sooner(ms, input_partial(&k->input));
	for (int i = 0; i < LOG_STREAMS; i++)
		if (k->source[i].io.fd >= 0 && k->source[i].again)
			ms = keeper_sooner(ms, wait_left(k->source[i].again));
	if (k->ending.looking && k->input.master.fd >= 0)
		ms = keeper_sooner(ms, LOOK_MS);
	return ms;
}

static void look_at_report(struct keeper *k, struct errmsg *f)
{
	struct errmsg why;

	if (command_failed(&k->command, &why))
		*f = why;
}

static void take_input(struct keeper *k, const struct pollfd *p)
{
	int rows = k->log.rows, cols = k->log.cols;

	/* A size first: it is meant for what is typed then. */
	if (p[CONTROL].revents)
		input_control(&k->input, k->dir.control);
	if (p[KEYS].revents)
		input_keys(&k->input, k->dir.keys);
	if (p[TYPE].revents)
		input_type(&k->input);
	if (has_dir(k) && (rows != k->log.rows || cols != k->log.cols)) {
		tell_readers(k);
		(void)spool_flush(&k->dir.spool);
	}
}

static void read_sources(struct keeper *k, const struct pollfd *p)
{
	bool open = false;

	for (int i = 0; i < LOG_STREAMS; i++) {
		struct source *s = &k->source[i];

		if (s->io.fd >= 0 && (p[SOURCE + i].revents ||
				      (s->again && s->again <= wait_now())))
			(void)read_source(k, s);
		open = open || s->io.fd >= 0;
	}
	/* Nothing more can come, and nothing else tells the end. */
	if (!open && k->wait == 0 && k->ending.told.fd < 0 &&
	    k->command.pidfd < 0 && !k->receiver.listening)
		k->over = true;
}

static int keeper_turn(struct keeper *k, struct errmsg *f)
{
	struct pollfd p[POLLS];

	ending_look(&k->ending, k->input.master.fd);
	keeper_prepare(k, p);
	if (poll(p, POLLS, keeper_how_long(k)) < 0 && errno != EINTR)
		return errmsg(f, errno, "cannot wait");
	if (p[SIGNALS].revents)
		keeper_take_signals(k);
	take_input(k, p);
	if (p[OUT].revents)
		keeper_write_out(k);
	look_for_console(k, p + RECEIVER);
	read_sources(k, p);
	if (p[TOLD].revents)
		ending_hear(&k->ending);
	if (p[REPORT].revents)
		look_at_report(k, f);
	if (p[CHILD].revents)
		look_at_command(k);
	if (k->ending.over)
		look_last(k);
	if (k->ending.over || p[LEADER].revents)
		k->over = true;
	if (wait_left(k->due) == 0)
		keeper_give_up(k);
	return 0;
}

/* Our end of a pipe that the command writes to, and its own in *theirs. */
static int open_pipe(struct keeper *k, enum log_stream stream, int *theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*theirs = ends[1];
	k->source[stream].io = (struct nbio){ ends[0], NBIO_OWN };
	k->source[stream].stream = stream;
	return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static int keeper_start_command(struct keeper *k, struct errmsg *f)
{
	int theirs[LOG_STREAMS] = { -1, -1 }, done = 0;

	if (!k->plan->console_socket &&
	    (open_pipe(k, LOG_STDOUT, &theirs[0]) < 0 ||
	     open_pipe(k, LOG_STDERR, &theirs[1]) < 0))
		done = errmsg(f, errno, "cannot make a pipe");
	if (done == 0)
		done = command_start(&k->command, k->plan->command, theirs,
				     &k->had, !k->plan->console_socket, f);
	fd_close(&theirs[0]);
	fd_close(&theirs[1]);
	return done;
}

static void open_sources(struct keeper *k)
{
	const struct plan *plan = k->plan;

	for (int i = 0; i < LOG_STREAMS; i++) {
		if (plan->pipe[i] < 0)
			continue;
		nbio_open(&k->source[i].io, plan->pipe[i], O_RDONLY);
		k->source[i].stream = (enum log_stream)i;
	}
	if (k->filter) {
		nbio_open(&k->source[LOG_STDOUT].io, STDIN_FILENO, O_RDONLY);
		nbio_open(&k->out, STDOUT_FILENO, O_WRONLY);
		follow_size(k);
	}
	if (plan->master >= 0)
		use_terminal(k, plan->master);
	else if (!plan->console_socket)
		log_begin(&k->log);
	k->input.none = plan->master < 0 && !plan->console_socket;
}

/* Everything that can fail is opened before a command could run. */
static int open_all(struct keeper *k, struct errmsg *f)
{
	const struct plan *plan = k->plan;

	/* First: what a signal ends removes what it has made. */
	k->signals = termsig_open(SIGWINCH);
	if (k->signals < 0 ||
	    (plan->command && command_pass_signals(k->signals) < 0))
		return errmsg(f, errno, "cannot wait for signals");
	if (plan->dir && dir_open(&k->dir, plan->dir, f) < 0)
		return -1;
	if (log_open(&k->log, plan->log, plan->format, plan->limit, f) < 0)
		return -1;
	if (plan->console_socket &&
	    receiver_open(&k->receiver, plan->console_socket, f) < 0)
		return -1;
	ending_init(&k->ending, plan->status, !plan->command);
	open_sources(k);
	if (has_dir(k) && dir_ready(&k->dir, f) < 0)
		return -1;
	k->due = plan->console_socket ? wait_until(plan->timeout)
				      : WAIT_FOREVER;
	return plan->command ? keeper_start_command(k, f) : 0;
}

/* Not initialised as a whole: its buffers are large. */
static void keeper_init(struct keeper *k, const struct plan *plan)
{
	k->plan = plan;
	k->dir = (struct dir){ .fd = -1, .keys = -1, .control = -1 };
	k->dir.spool.fd = -1;
	modes_init(&k->modes);
	input_init(&k->input, &k->log, plan->input);
	for (int i = 0; i < LOG_STREAMS; i++)
		k->source[i] = (struct source){ .io.fd = -1 };
	k->quiet = k->spool_failing = k->late = k->over = false;
	k->master = -1;
	k->receiver = (struct receiver){ .n = 0 };
	k->due = WAIT_FOREVER;
	k->command = (struct command){ .pidfd = -1,
				       .report = -1,
				       .status = -1 };
	ending_init(&k->ending, -1, false);
	k->signals = -1;
	k->signal = k->refused = k->unread = 0;
	k->filter = plan->master < 0 && !plan->console_socket &&
		    !plan->command && plan->pipe[LOG_STDOUT] < 0 &&
		    plan->pipe[LOG_STDERR] < 0;
	k->out.fd = -1;
	k->went = k->wait = 0;
	k->had = command_ignore();
}

static void abandon(struct keeper *k)
{
	receiver_close(&k->receiver);
	dir_abandon(&k->dir);
}

/* The status that D/exit gets, or -1. */
static int known_status(const struct keeper *k)
{
	return k->plan->command ? k->command.status : k->ending.status;
}

/* The log first: it is whole when the status can be seen. */
static int keeper_close_all(struct keeper *k, struct errmsg *f)
{
	int done = 0;

	if (k->late && k->plan->command)
		(void)descendants_kill(KILL_MS);
	if (k->signal == 0 || !k->filter)
		drain(k);
	input_close(&k->input);
	log_close(&k->log);
	receiver_close(&k->receiver);
	if (has_dir(k))
		done = dir_close(&k->dir, known_status(k), f);
	fd_close(&k->master);
	ending_close(&k->ending);
	command_close(&k->command);
	return done;
}

static int outcome(const struct keeper *k, struct errmsg *f)
{
	int status = known_status(k);

	if (k->signal)
		return -k->signal;
	/* As tee(1) ends when its reader goes away. */
	if (k->refused == EPIPE)
		return -SIGPIPE;
	if (k->refused) {
		(void)errmsg(f, k->refused, "cannot write to standard output");
		return EXIT_CANCELED;
	}
	if (k->unread) {
		(void)errmsg(f, k->unread, "cannot read %s",
			     k->filter ? "standard input" : "a pipe");
		return EXIT_CANCELED;
	}
	if (k->late && k->input.master.fd < 0) {
		(void)errmsg(f, 0, "gave up: no console came in time");
		return EXIT_TIMEDOUT;
	}
	if (k->plan->command && k->plan->console_socket && status == 0 &&
	    k->input.master.fd < 0) {
		(void)errmsg(f, 0, "the command ended, and no console came");
		return EXIT_CANCELED;
	}
	return k->plan->command ? status : 0;
}

int keeper_run(const struct plan *plan, struct errmsg *f)
{
	struct keeper k;
	int done;

	f->what[0] = '\0';
	keeper_init(&k, plan);
	if (open_all(&k, f) < 0) {
		abandon(&k);
		return EXIT_CANCELED;
	}
	do {
		done = keeper_turn(&k, f);
	} while (done == 0 && !k.over);
	if (keeper_close_all(&k, f) < 0 || done < 0)
		return EXIT_CANCELED;
	return outcome(&k, f);
}
