/* keeper - keep the output of a command, and type its input, until it ends */
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
#include "conlog/output.h"
#include "conlog/receiver.h"
#include "proc/descendants.h"

#define LOOK_MS 100  /* how often to look for the leader of a session */
#define KILL_MS 2000 /* for a command to end after SIGTERM */
#define SPARE	(RECEIVER_CALLS + 8) /* descriptors that are opened later */

struct keeper {
	const struct plan *plan;
	struct dir dir; /* fd -1: there is none */
	struct output output;
	struct input input;
	int master; /* received, and ours to close, or -1 */
	struct receiver receiver;
	long long due; /* for it to come, see wait.h */
	bool late;     /* it did not */
	struct command command;
	struct command_signals had;
	struct ending ending;
	int signals;
	int signal; /* that should end this process, or 0 */
	bool over;
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
	OUTPUT,
	RECEIVER = OUTPUT + OUTPUT_POLLS,
	POLLS = RECEIVER + RECEIVER_CALLS + 1
};

static bool has_dir(const struct keeper *k)
{
	return k->dir.fd >= 0;
}

/* What is typed at a terminal goes to the whole group, the command's as well; a
 * hang-up may come to the session's leader alone. */
static void keeper_take_signal(struct keeper *k,
			       const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;
	bool typed = info->ssi_code == SI_KERNEL && sig != SIGHUP;

	if (sig == SIGWINCH && k->output.filter) {
		output_resized(&k->output);
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
	k->due = WAIT_FOREVER;
	input_terminal(&k->input, master);
	output_terminal(&k->output, master);
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

static struct pollfd wait_for(int fd, short events, bool wanted)
{
	return (struct pollfd){ wanted ? fd : -1, events, 0 };
}

static void keeper_prepare(const struct keeper *k, struct pollfd *p)
{
	const struct input *in = &k->input;
	/* One that has hung up always has an event; it is looked at in turn. */
	bool types = input_waits(in) && !output_is_hung_up(&k->output);

	p[SIGNALS] = wait_for(k->signals, POLLIN, true);
	p[CONTROL] = wait_for(k->dir.control, POLLIN, true);
	p[KEYS] = wait_for(k->dir.keys, POLLIN, input_wants(in));
	p[TYPE] = wait_for(in->master.fd, POLLOUT, types);
	p[TOLD] = wait_for(k->ending.told.fd, POLLIN, true);
	p[LEADER] = wait_for(k->ending.leader, POLLIN, true);
	p[CHILD] = wait_for(k->command.pidfd, POLLIN, true);
	p[REPORT] = wait_for(k->command.report, POLLIN, true);
	output_poll(&k->output, p + OUTPUT);
	receiver_poll(&k->receiver, p + RECEIVER);
}

static int keeper_how_long(struct keeper *k)
{
	int ms = wait_left(k->due);

	ms = wait_sooner(ms, output_how_long(&k->output));
	ms = wait_sooner(ms, input_partial(&k->input));
	if (k->ending.looking && k->input.master.fd >= 0)
		ms = wait_sooner(ms, LOOK_MS);
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
	const struct log *log = &k->output.log;
	int rows = log->rows, cols = log->cols;

	/* A size first: it is meant for what is typed then. */
	if (p[CONTROL].revents)
		input_control(&k->input, k->dir.control);
	if (p[KEYS].revents)
		input_keys(&k->input, k->dir.keys);
	if (p[TYPE].revents || output_is_hung_up(&k->output))
		input_type(&k->input);
	if (rows != log->rows || cols != log->cols)
		output_show_size(&k->output);
}

static void look_at_output(struct keeper *k, const struct pollfd *p)
{
	struct output *o = &k->output;
	bool more = output_turn(o, p);

	if (o->refused ||
	    (o->hung_up && ending_gone(&k->ending, k->input.master.fd)))
		k->over = true;
	o->hung_up = false;
	/* Nothing more can come, and nothing else tells the end. */
	if (!more && k->ending.told.fd < 0 && k->command.pidfd < 0 &&
	    !k->receiver.listening)
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
	look_for_console(k, p + RECEIVER);
	look_at_output(k, p + OUTPUT);
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
	/* It may have come in time, while we were stopped. */
	if (wait_left(k->due) == 0)
		look_last(k);
	if (wait_left(k->due) == 0)
		keeper_give_up(k);
	return 0;
}

static int keeper_start_command(struct keeper *k, struct errmsg *f)
{
	int theirs[LOG_STREAMS] = { -1, -1 }, done = 0;

	if (!k->plan->console_socket &&
	    (output_make_pipe(&k->output, LOG_STDOUT, &theirs[0]) < 0 ||
	     output_make_pipe(&k->output, LOG_STDERR, &theirs[1]) < 0))
		done = errmsg(f, errno, "cannot make a pipe");
	if (done == 0)
		done = command_start(&k->command, k->plan->command, theirs,
				     &k->had, !k->plan->console_socket, f);
	fd_close(&theirs[0]);
	fd_close(&theirs[1]);
	return done;
}

/* Where there is nothing else to read, standard input is. */
static bool is_filter(const struct plan *plan)
{
	return plan->master < 0 && !plan->console_socket && !plan->command &&
	       plan->pipe[LOG_STDOUT] < 0 && plan->pipe[LOG_STDERR] < 0;
}

static void open_sources(struct keeper *k)
{
	const struct plan *plan = k->plan;

	for (int i = 0; i < LOG_STREAMS; i++)
		if (plan->pipe[i] >= 0)
			output_pipe(&k->output, (enum log_stream)i,
				    plan->pipe[i]);
	k->input.none = plan->master < 0 && !plan->console_socket;
	/* What a filter reads may be a terminal's output. */
	if (is_filter(plan))
		output_filter(&k->output);
	else if (k->input.none)
		log_plain(&k->output.log);
	if (plan->master >= 0)
		use_terminal(k, plan->master);
	else if (!plan->console_socket)
		log_begin(&k->output.log);
	if (k->input.none && has_dir(k)) {
		spool_plain(&k->dir.spool);
		(void)spool_flush(&k->dir.spool);
	}
}

/* A terminal that cannot be received, or a status that cannot be waited for,
 * for want of descriptors would be noticed when the command runs already. */
static int check_spare(const struct keeper *k, struct errmsg *f)
{
	int spare[SPARE], n = 0, error = 0;

	while (n < SPARE && error == 0) {
		spare[n] = fd_above(k->signals, 3);
		error = spare[n] < 0 ? errno : 0;
		n += error == 0;
	}
	while (n > 0)
		fd_close(&spare[--n]);
	return error ? errmsg(f, error, "cannot open enough descriptors") : 0;
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
	if (has_dir(k))
		k->output.spool = &k->dir.spool;
	if (log_open(&k->output.log, plan->log, plan->format, plan->limit, f) <
	    0)
		return -1;
	if (plan->console_socket &&
	    receiver_open(&k->receiver, plan->console_socket, f) < 0)
		return -1;
	if ((plan->console_socket || plan->command) && check_spare(k, f) < 0)
		return -1;
	ending_init(&k->ending, plan->status, !plan->command);
	open_sources(k);
	if (has_dir(k) && dir_ready(&k->dir, f) < 0)
		return -1;
	k->due = plan->console_socket ? wait_until(plan->timeout)
				      : WAIT_FOREVER;
	return plan->command ? keeper_start_command(k, f) : 0;
}

static void keeper_init(struct keeper *k, const struct plan *plan)
{
	k->plan = plan;
	k->dir = (struct dir){ .fd = -1, .keys = -1, .control = -1 };
	k->dir.spool.fd = -1;
	output_init(&k->output);
	input_init(&k->input, &k->output.log, plan->input);
	k->late = k->over = false;
	k->master = -1;
	k->receiver = (struct receiver){ .n = 0 };
	k->due = WAIT_FOREVER;
	k->command = (struct command){ .pidfd = -1,
				       .report = -1,
				       .status = -1 };
	ending_init(&k->ending, -1, false);
	k->signals = -1;
	k->signal = 0;
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
	if (k->signal == 0 || !k->output.filter)
		output_drain(&k->output);
	input_close(&k->input);
	log_close(&k->output.log);
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
	const struct output *o = &k->output;
	int status = known_status(k);

	if (k->signal)
		return -k->signal;
	/* As tee(1) ends when its reader goes away. */
	if (o->refused == EPIPE)
		return -SIGPIPE;
	if (o->refused) {
		(void)errmsg(f, o->refused, "cannot write to standard output");
		return EXIT_CANCELED;
	}
	if (o->unread) {
		(void)errmsg(f, o->unread, "cannot read %s",
			     o->filter ? "standard input" : "a pipe");
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
