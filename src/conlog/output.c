/* output - what is read of a command, and where it goes to */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/wait.h"
#include "conlog/output.h"
#include "conlog/say.h"
#include "tty/tty.h"

#define LOOK_MS 100 /* how often to look at a terminal that hung up */

/* What is left to read when the end is known: no less than a pty's buffers
 * (TTYB_DEFAULT_MEM_LIMIT) and a pipe's (pipe-max-size) hold. */
#define TAIL (1024 * 1024 + 65536)

/* Not initialised as a whole: its buffers are large. */
void output_init(struct output *o)
{
	modes_init(&o->modes);
	o->spool = NULL;
	for (int i = 0; i < LOG_STREAMS; i++)
		o->source[i] = (struct source){ .io.fd = -1 };
	o->spool_failing = o->quiet = o->hung_up = o->filter = false;
	o->out.fd = -1;
	o->went = o->wait = 0;
	o->refused = o->unread = 0;
}

void output_pipe(struct output *o, enum log_stream stream, int fd)
{
	nbio_open(&o->source[stream].io, fd, O_RDONLY);
	o->source[stream].stream = stream;
}

int output_make_pipe(struct output *o, enum log_stream stream, int *theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*theirs = ends[1];
	o->source[stream].io = (struct nbio){ ends[0], NBIO_OWN };
	o->source[stream].stream = stream;
	return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

/* What a late reader has to know: the modes, a sequence that is not complete,
 * and the size. */
static void tell_readers(struct output *o)
{
	char text[MODES_TEXT + ESCAPE_MAX + 1];
	size_t n = modes_say(&o->modes, text);
	size_t open = modes_open(&o->modes, text + n);

	if (n + open <= MODES_TEXT)
		n += open;
	spool_tell(o->spool, o->log.rows, o->log.cols, text, n);
}

void output_show_size(struct output *o)
{
	if (!o->spool)
		return;
	tell_readers(o);
	(void)spool_flush(o->spool);
}

void output_terminal(struct output *o, int master)
{
	o->source[LOG_STDOUT] = (struct source){ .io = { master, NBIO_CAREFUL },
						 .stream = LOG_STDOUT,
						 .terminal = true };
	log_begin(&o->log);
	output_show_size(o);
}

bool output_is_hung_up(const struct output *o)
{
	return o->source[LOG_STDOUT].again != 0;
}

void output_resized(struct output *o)
{
	struct winsize ws;

	tty_default_size(&ws);
	log_size(&o->log, ws.ws_row, ws.ws_col);
}

void output_filter(struct output *o)
{
	o->filter = true;
	nbio_open(&o->source[LOG_STDOUT].io, STDIN_FILENO, O_RDONLY);
	nbio_open(&o->out, STDOUT_FILENO, O_WRONLY);
	output_resized(o);
}

/* A spool that cannot be written is said once, and once that it can again. */
static void spool_output(struct output *o, const unsigned char *data, size_t n)
{
	struct spool *s = o->spool;

	if (spool_append(s, data, n) < 0) {
		if (!o->spool_failing)
			say(errno, "cannot write the spool");
		o->spool_failing = true;
	} else if (o->spool_failing) {
		say(0, "the spool goes on; %lld bytes are not in it",
		    (long long)s->lost);
		o->spool_failing = false;
		s->lost = 0;
	}
}

static void keep_output(struct output *o, const struct source *s,
			const unsigned char *data, size_t n)
{
	struct winsize ws;
	bool stale;

	if (s->terminal && tty_size(s->io.fd, &ws) == 0)
		log_size(&o->log, ws.ws_row, ws.ws_col);
	log_output(&o->log, s->stream, data, n);
	if (!o->spool)
		return;
	stale = o->log.rows != o->spool->head.rows ||
		o->log.cols != o->spool->head.cols ||
		o->modes.escape.state != ESCAPE_GROUND;
	stale = modes_see(&o->modes, data, n) || stale ||
		o->modes.escape.state != ESCAPE_GROUND;
	if (stale)
		tell_readers(o);
	spool_output(o, data, n);
}

/* A terminal that is open nowhere can be opened again; a pipe cannot. */
static void source_ended(struct output *o, struct source *s)
{
	if (s->terminal) {
		s->again = wait_now() + LOOK_MS;
		o->hung_up = true;
	} else {
		nbio_close(&s->io);
	}
}

/* Read what is there, as much as fits; returns how much it was. */
static size_t read_source(struct output *o, struct source *s)
{
	size_t n = 0;
	ssize_t got = 1;
	bool ended;

	s->again = 0;
	while (n < OUTPUT_SIZE && got > 0) {
		got = nbio_read(&s->io, o->in + n, OUTPUT_SIZE - n);
		n += got > 0 ? (size_t)got : 0;
	}
	ended = got == 0 || (got < 0 && errno != EAGAIN);
	/* A terminal that hung up says EIO. */
	if (got < 0 && ended && !s->terminal)
		o->unread = errno;
	if (n > 0)
		keep_output(o, s, o->in, n);
	o->wait = o->filter ? n : 0;
	o->went = 0;
	o->quiet = got <= 0;
	if (ended)
		source_ended(o, s);
	return n;
}

void output_drain(struct output *o)
{
	for (int i = 0; i < LOG_STREAMS; i++) {
		struct source *s = &o->source[i];
		size_t total = 0, n = 1;

		while (s->io.fd >= 0 && n > 0 && total < TAIL) {
			n = read_source(o, s);
			total += n;
		}
	}
}

static void write_out(struct output *o)
{
	ssize_t put = nbio_write(&o->out, o->in + o->went, o->wait);

	if (put > 0) {
		o->went += (size_t)put;
		o->wait -= (size_t)put;
	} else if (put < 0 && errno != EAGAIN) {
		o->refused = errno;
	}
}

static bool readable(const struct output *o, const struct source *s)
{
	return s->again == 0 && o->wait == 0;
}

void output_poll(const struct output *o, struct pollfd p[OUTPUT_POLLS])
{
	p[0] = (struct pollfd){ o->wait > 0 ? o->out.fd : -1, POLLOUT, 0 };
	for (int i = 0; i < LOG_STREAMS; i++) {
		const struct source *s = &o->source[i];

		p[1 + i] = (struct pollfd){ readable(o, s) ? s->io.fd : -1,
					    POLLIN, 0 };
	}
}

int output_how_long(struct output *o)
{
	int ms = o->quiet ? log_rest(&o->log) : -1;

	for (int i = 0; i < LOG_STREAMS; i++)
		if (o->source[i].io.fd >= 0 && o->source[i].again)
			ms = wait_sooner(ms, wait_left(o->source[i].again));
	return ms;
}

bool output_turn(struct output *o, const struct pollfd p[OUTPUT_POLLS])
{
	bool open = false;

	if (p[0].revents)
		write_out(o);
	for (int i = 0; i < LOG_STREAMS; i++) {
		struct source *s = &o->source[i];

		if (s->io.fd >= 0 &&
		    (p[1 + i].revents || (s->again && s->again <= wait_now())))
			(void)read_source(o, s);
		open = open || s->io.fd >= 0;
	}
	return open || o->wait > 0;
}
