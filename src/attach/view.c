/* view - be at a terminal that conlog keeps */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "attach/conn.h"
#include "attach/replay.h"
#include "attach/view.h"
#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/wait.h"
#include "relay/nbio.h"
#include "spool/modes.h"
#include "tty/restorer.h"
#include "tty/tty.h"
#include "tty/user_tty.h"

#define OUT_SIZE  16384
#define IN_SIZE	  (OUT_SIZE - ESCAPE_MAX - 2) /* see replay_pass */
#define KEYS_SIZE 1024 /* at most PIPE_BUF: a FIFO takes all or none */
#define POLL_MS	  20   /* where inotify instances are used up */
#define FRONT_MS  100  /* how often a job in the background looks */
#define SIZE_MOST 1000 /* rows or columns that conlog takes */
#define LEAVE_MS  1000 /* for a stopped terminal to take its modes back */
#define STUCK_MS  2000 /* for keys to be taken, before others are dropped */
#define SAY_MS	  1000 /* between two messages that output was left out */
#define CAN	  0x18

_Static_assert(MODES_TEXT <= RESTORER_TEXT, "all that is reset is told");

struct view {
	const struct view_plan *plan;
	struct conn conn;
	struct user_tty tty;
	struct restorer restorer;
	int signals;
	int signal;	/* that should end this process, or 0 */
	unsigned later; /* those that came while output waited: by number */

	uint64_t at; /* of the output: what comes next */
	struct replay replay;
	bool filtered; /* what comes next completes a held sequence */
	struct modes modes;
	struct nbio out;
	int refused;	   /* errno of standard output, or 0 */
	int unread;	   /* errno of standard input, or 0 */
	bool midline;	   /* the last byte was no newline */
	uint64_t skipped;  /* bytes left out, of which nothing is said yet */
	long long again;   /* when that may be said, see wait.h */
	long long until;   /* how long it may take, see wait.h */
	size_t went, wait; /* of data[]: written, and still to be */
	unsigned char data[OUT_SIZE];

	struct nbio in;
	struct detach_keys keys;
	bool left;	 /* they were typed */
	long long stuck; /* when typed keys wait too long, see wait.h */
	size_t typed;
	unsigned char key[KEYS_SIZE + DETACH_KEYS_MAX];
};

/* Output goes through data[]; it is written before more is read. */
static void show(struct view *v, size_t n)
{
	char text[MODES_TEXT];

	if (modes_see(&v->modes, v->data, n))
		restorer_tell(&v->restorer, text, modes_unsay(&v->modes, text));
	if (n > 0)
		v->midline = v->data[n - 1] != '\n';
	v->went = 0;
	v->wait = n;
}

static void view_write_out(struct view *v)
{
	ssize_t put;

	while (v->wait > 0) {
		put = nbio_write(&v->out, v->data + v->went, v->wait);
		if (put < 0 && errno == EAGAIN)
			return;
		if (put <= 0) {
			v->refused = put < 0 ? errno : EIO;
			v->wait = 0;
			return;
		}
		v->went += (size_t)put;
		v->wait -= (size_t)put;
	}
}

/* What is not to end us is dealt with later: what waits to be written would not
 * be there any more. Returns whether one came that is. */
static bool put_off_signals(struct view *v)
{
	const unsigned stop = 1U << SIGTSTP, go_on = 1U << SIGCONT;
	struct signalfd_siginfo info;
	bool ends = false;

	while (read(v->signals, &info, sizeof(info)) == sizeof(info)) {
		const unsigned bit = 1U << info.ssi_signo;

		if (bit & (stop | go_on)) {
			v->later = (v->later & ~(stop | go_on)) | bit;
		} else if (info.ssi_signo == SIGWINCH) {
			v->later |= bit;
		} else {
			v->signal = (int)info.ssi_signo;
			ends = true;
		}
	}
	return ends;
}

/* Wait for standard output, until it took all that is in data[]. */
static void view_write_all(struct view *v)
{
	struct deadline w = { v->until, v->signals };

	view_write_out(v);
	while (v->wait > 0) {
		if (wait_fd(&w, v->out.fd, POLLOUT) == 0)
			view_write_out(v);
		else if (errno != ECANCELED || put_off_signals(v))
			return;
	}
}

static void show_text(struct view *v, const char *text, size_t n)
{
	view_write_all(v);
	memcpy(v->data, text, n);
	show(v, n);
	view_write_all(v);
}

/* The older output, from the line on that was asked for, of n bytes. */
static void show_past(struct view *v, const unsigned char *past, size_t n,
		      bool whole)
{
	size_t at = replay_start(past, n, whole, v->plan->lines);
	const size_t most = IN_SIZE;

	at += replay_inside(past, n, at);
	for (size_t some; at < n && v->wait == 0 && !v->refused; at += some) {
		some = n - at < most ? n - at : most;
		show(v, replay_pass(&v->replay, past + at, some, v->data));
		view_write_all(v);
	}
	v->filtered = replay_busy(&v->replay);
}

/* What the spool has up to v->at. What the writer overtakes is left out. */
static int replay_view(struct view *v)
{
	unsigned char past[SPOOL_RING];
	uint64_t from = v->conn.head.start, at = from, end = v->at;
	size_t n = 0;
	ssize_t got = 1;

	while (at < end && got > 0) {
		got = spool_read(v->conn.spool, &v->conn.head, &at, past + n,
				 (size_t)(end - at));
		if (got < 0)
			return -1;
		if (at != from + n) {
			memmove(past, past + n, (size_t)got);
			from = at;
			n = 0;
		}
		n += (size_t)got;
		at += (uint64_t)got;
	}
	/* More than the end may have come with an overtaken read. */
	show_past(v, past, n, from == 0);
	v->at = at;
	return 0;
}

/* The modes that the output has set so far. What is replayed ends in the middle
 * of a sequence by itself, anything else has to be told of it. */
static void say_modes(struct view *v, const struct spool_head *head)
{
	const struct escape *e = &v->modes.escape;
	size_t n = head->said;

	modes_init(&v->modes);
	(void)modes_see(&v->modes, (const unsigned char *)head->say, n);
	if (v->plan->lines > 0 && e->state != ESCAPE_GROUND)
		n -= e->n + (e->state == ESCAPE_ST);
	modes_init(&v->modes);
	show_text(v, head->say, n);
}

static void unsay_modes(struct view *v)
{
	char text[MODES_TEXT];

	show_text(v, text, modes_unsay(&v->modes, text));
}

/* A sequence that is cut off would swallow what comes next. */
static void cancel_sequence(struct view *v)
{
	const char cancel = CAN;

	if (v->modes.escape.state != ESCAPE_GROUND)
		show_text(v, &cancel, 1);
	replay_init(&v->replay);
	v->filtered = false;
}

/* A reader that is slow for long falls behind all the time. */
static void say_skipped(struct view *v)
{
	if (v->skipped == 0)
		return;
	warnx("fell behind, %llu bytes are not shown%s",
	      (unsigned long long)v->skipped, v->tty.is_raw ? "\r" : "");
	v->skipped = 0;
	v->again = wait_until(SAY_MS);
}

/*
 * We fell behind so far that the writer has overtaken us: go on at a line not
 * long ago, with the modes of now.
 */
static void skip(struct view *v)
{
	struct spool_head *head = &v->conn.head;
	uint64_t back = head->ring / 4;
	uint64_t at = head->end > back ? head->end - back : 0;
	const unsigned char *line;
	ssize_t got;

	got = spool_read(v->conn.spool, head, &at, v->data, OUT_SIZE);
	line = got > 0 ? memchr(v->data, '\n', (size_t)got) : NULL;
	at += line ? (uint64_t)(line - v->data) + 1 : 0;
	cancel_sequence(v);
	unsay_modes(v);
	v->skipped += at - v->at;
	if (wait_left(v->again) == 0)
		say_skipped(v);
	modes_init(&v->modes);
	show_text(v, head->say, head->said);
	cancel_sequence(v);
	v->at = at;
}

/* Show what is new; returns 0 where nothing is. */
static int read_more(struct view *v)
{
	unsigned char in[IN_SIZE];
	struct conn *c = &v->conn;
	uint64_t at = v->at;
	ssize_t got;

	if (at >= c->head.end && spool_look(c->spool, &c->head) < 0)
		return -1;
	got = spool_read(c->spool, &c->head, &at, in, sizeof(in));
	if (got < 0)
		return -1;
	if (at != v->at) {
		skip(v);
		return 1;
	}
	v->at += (uint64_t)got;
	if (v->filtered) {
		show(v, replay_pass(&v->replay, in, (size_t)got, v->data));
		v->filtered = replay_busy(&v->replay);
	} else {
		memcpy(v->data, in, (size_t)got);
		show(v, (size_t)got);
	}
	view_write_out(v);
	return got > 0;
}

static int clamp(int n)
{
	return n < SIZE_MOST ? n : SIZE_MOST;
}

/* Have the terminal be as large as ours; always, or where it is not yet. */
static void view_set_size(struct view *v, bool always, bool redraw)
{
	const struct spool_head *head = &v->conn.head;
	struct winsize ws;
	int rows, cols;

	if (!v->tty.interactive || tty_size(v->tty.fd, &ws) < 0 ||
	    ws.ws_row == 0 || ws.ws_col == 0)
		return;
	rows = clamp(ws.ws_row);
	cols = clamp(ws.ws_col);
	if (always || rows != head->rows || cols != head->cols)
		conn_size(&v->conn, rows, cols, redraw);
}

static void suspend_view(struct view *v)
{
	unsay_modes(v);
	user_tty_suspend(&v->tty);
}

static void resume(struct view *v)
{
	char text[MODES_TEXT];
	struct modes now = v->modes;

	/* A shell may have set its own modes since. */
	v->tty.is_raw = false;
	user_tty_raw(&v->tty);
	show_text(v, text, modes_say(&now, text));
	view_set_size(v, true, true);
}

static void view_take_signal(struct view *v, int sig)
{
	if (sig == SIGTSTP)
		suspend_view(v);
	else if (sig == SIGCONT)
		resume(v);
	else if (sig == SIGWINCH)
		view_set_size(v, true, false);
	else
		v->signal = sig;
}

static void view_take_signals(struct view *v)
{
	struct signalfd_siginfo info;
	unsigned later = v->later;

	v->later = 0;
	for (int sig = 1; later >> sig; sig++)
		if (later >> sig & 1)
			view_take_signal(v, sig);
	while (read(v->signals, &info, sizeof(info)) == sizeof(info))
		view_take_signal(v, (int)info.ssi_signo);
}

/* All or none of it, as far as a FIFO is concerned. */
static void send_keys(struct view *v)
{
	ssize_t put;

	if (v->typed == 0)
		return;
	put = write(v->conn.keys, v->key, v->typed);
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* Without a reader they go nowhere; the poll says so. */
	v->typed = 0;
}

/* Standard input has ended: keys that were held back are keys. */
static void input_ended(struct view *v)
{
	memcpy(v->key + v->typed, v->keys.key, v->keys.held);
	v->typed += v->keys.held;
	v->keys.held = 0;
	nbio_close(&v->in);
	/* A terminal that hung up. */
	if (v->tty.interactive)
		v->signal = SIGHUP;
}

/*
 * Keys that the terminal does not take stay in the FIFO. When that is full, the
 * next ones stay where they come from: what is pasted is not lost. But where
 * nothing is taken at all, those of a person are dropped after a while, as the
 * keys that detach must be seen.
 */
static void read_keys(struct view *v, bool news)
{
	unsigned char in[KEYS_SIZE + DETACH_KEYS_MAX];
	struct detach_keys *keys = v->tty.interactive ? &v->keys : NULL;
	ssize_t got = nbio_read(&v->in, in, KEYS_SIZE);
	size_t n;

	if (got < 0 && errno == EAGAIN)
		return;
	/* A terminal that hung up, or what nohup(1) leaves, is an end. */
	if (got < 0 && errno != EIO && errno != EBADF)
		v->unread = errno;
	if (got <= 0) {
		input_ended(v);
		return;
	}
	n = detach_keys_pass(keys, in, (size_t)got, &v->left);
	if (v->typed > 0 || n == 0)
		return;
	/* The size is known, unless something came since it was looked at. */
	if (v->tty.interactive && (news || v->conn.news < 0))
		(void)spool_look(v->conn.spool, &v->conn.head);
	view_set_size(v, false, false);
	memcpy(v->key, in, n);
	v->typed = n;
	v->stuck = wait_until(STUCK_MS);
	send_keys(v);
}

enum { SIGNALS, INPUT, KEYS, OUT, NEWS, POLLS };

static void view_prepare(const struct view *v, bool front, struct pollfd *p)
{
	bool stuck = v->tty.interactive && wait_left(v->stuck) == 0;
	bool reads = front && (v->typed == 0 || stuck);

	p[SIGNALS] = (struct pollfd){ v->signals, POLLIN, 0 };
	p[INPUT] = (struct pollfd){ reads ? v->in.fd : -1, POLLIN, 0 };
	p[KEYS] = (struct pollfd){ v->conn.keys, v->typed ? POLLOUT : 0, 0 };
	p[OUT] = (struct pollfd){ v->out.fd, v->wait ? POLLOUT : 0, 0 };
	p[NEWS] = (struct pollfd){ v->wait ? -1 : v->conn.news, POLLIN, 0 };
}

static int view_how_long(const struct view *v, bool front)
{
	int ms = front ? -1 : FRONT_MS, left = wait_left(v->stuck);

	if (v->wait == 0 && v->conn.news < 0)
		return POLL_MS;
	return v->typed > 0 && left > 0 ? wait_sooner(ms, left) : ms;
}

/* Wait until something can be done, and do it; do not wait with more to read.
 */
static int wait_for_any(struct view *v, bool more)
{
	bool front = !v->tty.interactive || user_tty_front(&v->tty);
	struct pollfd p[POLLS];

	if (front)
		user_tty_raw(&v->tty);
	view_prepare(v, front, p);
	more = more || v->later;
	if (poll(p, POLLS, more ? 0 : view_how_long(v, front)) < 0)
		return errno == EINTR ? 0 : -1;
	if (p[SIGNALS].revents || v->later)
		view_take_signals(v);
	if (p[NEWS].revents)
		conn_heard(&v->conn);
	if (v->wait > 0 && p[OUT].revents)
		view_write_out(v);
	else if (p[OUT].revents & (POLLERR | POLLHUP))
		v->refused = EPIPE;
	if (p[INPUT].revents)
		read_keys(v, p[NEWS].revents);
	if (p[KEYS].revents & POLLERR)
		conn_ended(&v->conn);
	else if (p[KEYS].revents)
		send_keys(v);
	return 0;
}

static bool goes_on(const struct view *v)
{
	return !v->signal && !v->left && !v->refused && !v->unread;
}

/* Until the end, or until something else ends it: 0, or -1 and errno. */
static int follow_view(struct view *v)
{
	bool lives, more;
	int got;

	while (goes_on(v)) {
		/* Asked before it is read: what is written last is read. */
		lives = conn_lives(&v->conn);
		got = v->wait == 0 ? read_more(v) : 0;
		if (got < 0)
			return -1;
		more = got > 0 && v->wait == 0;
		if (!lives && got == 0 && v->wait == 0)
			return 0;
		if (wait_for_any(v, more) < 0)
			return -1;
	}
	return 0;
}

/* Everything but the descriptors, which view_run has opened. */
static void view_init(struct view *v, const struct view_plan *plan)
{
	/* Where there is no terminal ours stays as it is: its lines end in \n
	 * alone, and nothing reads keys. */
	const bool types = !plan->watch && !v->conn.head.plain &&
			   conn_lives(&v->conn);

	v->plan = plan;
	v->signal = v->refused = v->unread = 0;
	v->later = 0;
	v->at = v->conn.head.end;
	v->until = WAIT_FOREVER;
	replay_init(&v->replay);
	v->filtered = v->left = v->midline = false;
	v->restorer = (struct restorer){ -1, 0 };
	modes_init(&v->modes);
	v->went = v->wait = v->typed = 0;
	v->stuck = v->again = 0;
	v->skipped = 0;
	v->keys = plan->keys;
	user_tty_open(&v->tty, types ? USER_TTY_STDIN : USER_TTY_NONE,
		      !isatty(STDOUT_FILENO));
	v->tty.lazy = false;
	nbio_open(&v->out, STDOUT_FILENO, O_WRONLY);
	v->in.fd = -1;
	if (types)
		nbio_open(&v->in, STDIN_FILENO, O_RDONLY);
	/* A reader that goes away is an error of that write. */
	(void)signal(SIGPIPE, SIG_IGN);
}

static int view_open_signals(struct view *v, struct errmsg *f)
{
	static const int wanted[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
				      SIGWINCH, SIGCONT, SIGTSTP, 0 };

	v->signals = v->tty.interactive ? wait_signals(wanted)
					: termsig_open(SIGWINCH);
	return v->signals < 0 ? errmsg(f, errno, "cannot wait for signals") : 0;
}

static int view_copy_all(struct view *v, struct errmsg *f)
{
	if (view_open_signals(v, f) < 0)
		return -1;
	restorer_start(&v->restorer, &v->tty);
	if (conn_lives(&v->conn)) {
		user_tty_raw(&v->tty);
		view_set_size(v, true, true);
		say_modes(v, &v->conn.head);
	}
	if ((v->plan->lines > 0 && replay_view(v) < 0) || follow_view(v) < 0)
		return errmsg(f, errno, "cannot follow the output");
	return 0;
}

/* The terminal as it was, and the cursor where a message can be read. */
static void leave(struct view *v)
{
	const char newline[] = "\r\n";

	v->until = wait_until(LEAVE_MS);
	cancel_sequence(v);
	unsay_modes(v);
	if (v->midline && v->tty.is_raw)
		show_text(v, newline, 2);
	user_tty_restore(&v->tty);
	say_skipped(v);
	restorer_end(&v->restorer);
	nbio_close(&v->out);
	nbio_close(&v->in);
}

static enum view_end ended(struct view *v, int *value, struct errmsg *f)
{
	*value = v->signal;
	if (v->signal)
		return VIEW_SIGNAL;
	if (v->left)
		return VIEW_DETACHED;
	/* As cat(1) ends when its reader goes away. */
	if (v->refused == EPIPE) {
		*value = SIGPIPE;
		return VIEW_SIGNAL;
	}
	if (v->refused) {
		(void)errmsg(f, v->refused, "cannot write to standard output");
		return VIEW_FAILED;
	}
	if (v->unread) {
		(void)errmsg(f, v->unread, "cannot read standard input");
		return VIEW_FAILED;
	}
	*value = conn_status(&v->conn, f);
	return *value < 0 ? VIEW_FAILED : VIEW_ENDED;
}

enum view_end view_run(const struct view_plan *plan, int *value,
		       struct errmsg *f)
{
	/* Not initialised as a whole: its buffers are large. */
	struct view v;
	enum view_end end = VIEW_FAILED;
	int done;

	if (conn_open(&v.conn, plan->dir, f) < 0)
		return VIEW_FAILED;
	view_init(&v, plan);
	done = view_copy_all(&v, f);
	leave(&v);
	if (done == 0)
		end = ended(&v, value, f);
	conn_close(&v.conn);
	fd_close(&v.signals);
	return end;
}
