/* calls - what a loop calls, as the world answers it */
#include <errno.h>
#include <limits.h>
#include <sys/types.h>

#include "base/wait.h"
#include "relay/nbio.h"
#include "tty/typeahead.h"
#include "world.h"

#define IDLE_MOST 8	/* polls that may lead to nothing, in a row */
#define STEPS	  20000 /* of the world, until something has to happen */

long long wait_now(void)
{
	return world()->now;
}

long long wait_until(int ms)
{
	return ms < 0 ? WAIT_FOREVER : wait_now() + ms;
}

int wait_left(long long deadline)
{
	long long left = deadline - wait_now();

	if (deadline == WAIT_FOREVER)
		return -1;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int sim_tcgetattr(int fd, struct termios *modes)
{
	(void)fd;
	*modes = *term_modes(&world()->term);
	return 0;
}

int sim_tcflush(int fd, int queue)
{
	(void)fd;
	(void)queue;
	term_discard(&world()->term);
	return 0;
}

int typeahead_open(struct typeahead *t, int master, int slave)
{
	*t = (struct typeahead){ .master = master, .slave = slave };
	world()->packets = true;
	world()->term.flushed = world()->term.read = false;
	return 0;
}

void typeahead_look(struct typeahead *t, struct typeahead_seen *seen)
{
	struct ptyinput_seen term;

	(void)t;
	term_look(&world()->term, &term);
	*seen = (struct typeahead_seen){ term.flushed, term.read, term.unread,
					 term.queued };
	if (seen->flushed)
		world()->idle = 0;
}

void typeahead_flush(struct typeahead *t)
{
	(void)t;
	term_discard(&world()->term);
}

bool typeahead_is_flush(unsigned char status)
{
	return status == 1;
}

/* What the sinks of this world are is known from the start. */
void nbio_open(struct nbio *t, int fd, int flags)
{
	(void)t;
	(void)fd;
	(void)flags;
	world_broken(world(), "a sink is opened once, by the caller");
}

void nbio_close(struct nbio *t)
{
	t->fd = -1;
}

/* A part of n, often all of it. */
static size_t part(struct world *w, size_t n)
{
	return world_below(w, 2) ? n : 1 + world_below(w, (unsigned)n);
}

static ssize_t fail(int error)
{
	errno = error;
	return -1;
}

/* Woken up for nothing, by the world itself: the loop is not to blame. */
static ssize_t nothing_there(struct world *w)
{
	w->idle = 0;
	return fail(EAGAIN);
}

static ssize_t put_bytes(struct world *w, int i, unsigned char *data, size_t at,
			 size_t n)
{
	n = part(w, n);
	for (size_t k = 0; k < n; k++)
		data[k] = world_byte(i, at + k);
	w->idle = 0;
	return (ssize_t)n;
}

static ssize_t read_source(struct world *w, void *data, size_t n)
{
	size_t left = w->came - w->given;
	ssize_t got;

	if (left > 0 && world_below(w, 16) == 0)
		return nothing_there(w);
	if (left == 0 && !w->hung)
		return fail(EAGAIN);
	w->idle = 0;
	if (left == 0)
		return w->keyboard ? fail(EIO) : 0;
	got = put_bytes(w, -1, data, w->given, n < left ? n : left);
	w->given += (size_t)got;
	return got;
}

static ssize_t read_master(struct world *w, int i, void *data, size_t n)
{
	struct world_out *o = &w->out[i];
	size_t left = o->written - o->pulled;
	ssize_t got;

	/* Once the command is gone all of it is there to be read. */
	if (left > 0 && !w->gone && world_below(w, 16) == 0)
		return nothing_there(w);
	if (left == 0)
		return fail(o->closed ? EIO : EAGAIN);
	got = put_bytes(w, i, data, o->pulled, n < left ? n : left);
	o->pulled += (size_t)got;
	return got;
}

ssize_t nbio_read(const struct nbio *t, void *data, size_t n)
{
	if (n == 0)
		world_broken(world(), "there is room where something is read");
	if (t->fd == WORLD_SOURCE)
		return read_source(world(), data, n);
	return read_master(world(), t->fd - WORLD_MASTER, data, n);
}

/* A status comes before data, and alone. */
ssize_t nbio_read_packet(const struct nbio *t, unsigned char *status,
			 void *data, size_t n)
{
	struct world *w = world();

	*status = w->term.flushed;
	w->term.flushed = false;
	return *status ? 0 : nbio_read(t, data, n);
}

static ssize_t write_sink(struct world *w, int i, const unsigned char *data,
			  size_t n)
{
	struct world_out *o = &w->out[i];

	if (o->refuses && world_below(w, 8) == 0) {
		o->refused = true;
		w->idle = 0;
		return fail(EPIPE);
	}
	if (o->stuck)
		return fail(EAGAIN);
	n = part(w, n);
	for (size_t k = 0; k < n; k++)
		if (data[k] != world_byte(i, o->pushed + k))
			world_broken(w, "every byte goes out, in order, once");
	o->pushed += n;
	o->stuck = world_below(w, 8) == 0 ||
		   (w->order == WORLD_INPUT_FIRST && w->read < w->size);
	w->idle = 0;
	return (ssize_t)n;
}

ssize_t nbio_write(const struct nbio *t, const void *data, size_t n)
{
	struct world *w = world();

	if (t->fd >= WORLD_SINK)
		return write_sink(w, t->fd - WORLD_SINK, data, n);
	n = term_write(&w->term, data, part(w, n));
	if (n == 0)
		return fail(EAGAIN);
	w->idle = 0;
	return (ssize_t)n;
}

static short state_of(const struct world *w, int fd)
{
	const struct world_out *o;
	short now = 0;

	if (fd == WORLD_EVENT)
		return w->told ? POLLIN : 0;
	if (fd == WORLD_SLAVE)
		return term_unread(&w->term) ? POLLIN : 0;
	if (fd == WORLD_SOURCE) {
		now = w->came > w->given ? POLLIN : 0;
		return (short)(now | (w->hung ? POLLHUP : 0));
	}
	if (fd >= WORLD_SINK)
		return w->out[fd - WORLD_SINK].stuck ? 0 : POLLOUT;
	o = &w->out[fd - WORLD_MASTER];
	now = o->written > o->pulled ? POLLIN : 0;
	now |= o->closed ? POLLHUP : 0;
	if (fd == WORLD_MASTER && term_room(&w->term) > 0)
		now |= POLLOUT;
	if (fd == WORLD_MASTER && w->packets && w->term.flushed)
		now |= POLLPRI | POLLIN;
	return now;
}

/* As poll(2): a hang-up is told whether it was asked for or not. */
static int look(const struct world *w, struct pollfd *p, nfds_t n)
{
	int ready = 0;

	for (nfds_t i = 0; i < n; i++) {
		p[i].revents = 0;
		if (p[i].fd >= 0)
			p[i].revents = (short)(state_of(w, p[i].fd) &
					       (p[i].events | POLLHUP));
		ready += p[i].revents != 0;
	}
	return ready;
}

/* How much may happen meanwhile: a promise is that all of it ends. */
static int sleep_for(struct world *w, struct pollfd *p, nfds_t n, int ms)
{
	long long end = w->now + ms;
	int ready, steps = STEPS;

	while ((ready = look(w, p, n)) == 0 && (ms < 0 || w->now < end)) {
		world_step(w);
		if (steps-- == 0) {
			world_broken(w, "nothing is waited for for ever");
			break;
		}
	}
	return ready;
}

int sim_poll(struct pollfd *p, nfds_t n, int ms)
{
	struct world *w = world();
	int ready;

	/* That asks for a look alone is to be for something, too. */
	if (ms == 0 && ++w->idle > IDLE_MOST)
		world_broken(w,
			     "no look is taken for nothing, again and again");
	if (ms == 0)
		return look(w, p, n);
	for (unsigned some = world_below(w, 6); some > 0; some--)
		world_step(w);
	if (world_below(w, 16) == 0)
		return (int)fail(EINTR);
	ready = sleep_for(w, p, n, ms);
	if (ready > 0 && ++w->idle > IDLE_MOST)
		world_broken(w, "nobody is woken up for nothing");
	if (ready == 0)
		w->idle = 0;
	return ready;
}
