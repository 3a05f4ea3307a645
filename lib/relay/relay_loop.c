/* relay_loop - drive a relay: poll, read, type, write */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "relay/relay_loop.h"

#define HUNG_MS 100 /* between two looks at a terminal that is not open */
#define ROUNDS	8   /* writes in a turn before signals are looked at again */

/* A read gives what n_tty holds at the most, some 4 KiB. Several of them go out
 * with one write, which spares a third of the processor's time. */
#define READ_MOST 4096
#define READS	  8

/* Where each descriptor stands in the array that is polled. */
enum {
	AT_EVENT,
	AT_SOURCE = 2,
	AT_MASTER,
	AT_SINK = AT_MASTER + RELAY_OUTS,
	AT_COUNT = AT_SINK + RELAY_OUTS
};

void relay_loop_init(struct relay_loop *l, int outs, enum ptyinput_kind kind)
{
	relay_init(&l->relay, outs, kind, wait_now());
	l->source = (struct nbio){ .fd = -1, .way = NBIO_DIRECT };
	for (int i = 0; i < RELAY_OUTS; i++) {
		l->sink[i] = l->source;
		l->master[i] = l->source;
		l->hung[i] = l->blocked[i] = false;
	}
	l->slave = l->events[0] = l->events[1] = -1;
	l->event[0] = l->event[1] = l->resting = l->full = l->left = false;
	l->keyboard = l->packets = l->flushed = false;
	l->peeks = l->asks = false;
	l->keys = NULL;
	l->error = l->refused = 0;
	l->due = l->again = 0;
}

void relay_loop_close(struct relay_loop *l)
{
	nbio_close(&l->source);
	for (int i = 0; i < l->relay.outs; i++)
		nbio_close(&l->sink[i]);
}

static void want(struct pollfd *p, int fd, short events)
{
	p->fd = events ? fd : -1;
	p->events = events;
	p->revents = 0;
}

static short master_events(struct relay_loop *l, int i)
{
	unsigned char *room;
	short events = 0;

	if (l->hung[i])
		return 0;
	if (relay_room(&l->relay, i, &room) > 0)
		events |= POLLIN;
	/* With the command gone nothing is typed any more. */
	if (i == 0 && l->full && !l->relay.gone)
		events |= POLLOUT;
	/* A status is taken even while there is no room for data. */
	if (i == 0 && l->packets && !l->relay.gone)
		events |= POLLPRI;
	return events;
}

/* After the command is gone terminals are read until they are empty, which no
 * poll would report. */
static bool drains(struct relay_loop *l)
{
	unsigned char *room;

	for (int i = 0; i < l->relay.outs; i++)
		if (relay_room(&l->relay, i, &room) > 0)
			return true;
	return false;
}

/* That terminal is open nowhere. Two such terminals must not wake each other
 * up: they have one time at which they are looked at again. */
static void hang(struct relay_loop *l, int i)
{
	l->hung[i] = true;
	if (wait_left(l->again) == 0)
		l->again = wait_until(HUNG_MS);
}

static int relay_loop_fill(struct relay_loop *l, struct pollfd *p, int ms)
{
	unsigned char *room;
	bool reads = l->source.fd >= 0 && !l->resting && !l->relay.gone &&
		     ptyinput_room(&l->relay.input, &room) > DETACH_KEYS_MAX;

	for (int i = 0; i < 2; i++)
		want(&p[AT_EVENT + i], l->events[i], POLLIN);
	want(&p[AT_SOURCE], l->source.fd, reads ? POLLIN : 0);
	for (int i = 0; i < l->relay.outs; i++) {
		want(&p[AT_MASTER + i], l->master[i].fd, master_events(l, i));
		want(&p[AT_SINK + i], l->sink[i].fd,
		     l->blocked[i] ? POLLOUT : 0);
		if (l->hung[i])
			ms = wait_sooner(ms, wait_left(l->again));
	}
	if (l->relay.gone)
		return drains(l) ? 0 : ms;
	return l->full ? ms : wait_sooner(ms, wait_left(l->due));
}

static ssize_t read_master(struct relay_loop *l, int i, unsigned char *room,
			   size_t n)
{
	unsigned char status = 0;
	ssize_t got;

	if (i > 0 || !l->packets)
		return nbio_read(&l->master[i], room, n);
	do {
		got = nbio_read_packet(&l->master[i], &status, room, n);
		l->flushed |= got == 0 && typeahead_is_flush(status);
	} while (got == 0 && status);
	return got;
}

/* Read what the terminal has, at most once; false when there is no more. */
static bool pull(struct relay_loop *l, int i, int *error)
{
	unsigned char *room;
	size_t n = relay_room(&l->relay, i, &room);
	ssize_t got;

	if (n == 0)
		return false;
	got = read_master(l, i, room, n < READ_MOST ? n : READ_MOST);
	if (got > 0) {
		relay_came(&l->relay, i, (size_t)got);
		l->hung[i] = false;
		return true;
	}
	if (got < 0 && errno != EAGAIN && errno != EIO) {
		*error = errno;
		return false;
	}
	if (got == 0 || errno == EIO)
		hang(l, i);
	relay_empty(&l->relay, i);
	return false;
}

static void refuse(struct relay_loop *l, int i, int error)
{
	l->error = error;
	l->refused = i;
	relay_refused(&l->relay, i);
}

static void push(struct relay_loop *l, int i)
{
	const unsigned char *data;
	size_t n = relay_ready(&l->relay, i, &data);
	ssize_t put;

	if (n == 0)
		return;
	if (l->sink[i].way == NBIO_LATER)
		nbio_open(&l->sink[i], l->sink[i].fd, O_WRONLY);
	put = nbio_write(&l->sink[i], data, n);
	if (put >= 0)
		relay_went(&l->relay, i, (size_t)put);
	l->blocked[i] = put < (ssize_t)n;
	if (put < 0 && errno != EAGAIN) {
		refuse(l, i, errno);
	}
}

static int pump_out(struct relay_loop *l, int i)
{
	int error = 0;
	bool more = true;

	for (int round = 0; more && round < ROUNDS; round++) {
		for (int n = 0; more && n < READS; n++)
			more = pull(l, i, &error);
		push(l, i);
		more = more && !l->blocked[i];
	}
	errno = error;
	return error ? -1 : 0;
}

/* What a line of the keyboard said that was no hang-up: ^D at its start, which
 * is a key of the terminal behind. */
static int pump_end(struct relay_loop *l, unsigned char *room)
{
	struct termios modes;

	if (tcgetattr(l->source.fd, &modes) < 0)
		return 0;
	room[0] = modes.c_cc[VEOF];
	ptyinput_came(&l->relay.input, 1);
	return 0;
}

static int pump_source(struct relay_loop *l, bool hangup)
{
	unsigned char *room;
	size_t n = ptyinput_room(&l->relay.input, &room);
	ssize_t got;

	if (n <= DETACH_KEYS_MAX)
		return 0;
	/* What the keys held back may come out before what is read now. */
	got = nbio_read(&l->source, room, n - DETACH_KEYS_MAX);
	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got > 0) {
		n = detach_keys_pass(l->keys, room, (size_t)got, &l->left);
		ptyinput_came(&l->relay.input, n);
		return 0;
	}
	if (got == 0 && l->keyboard && !hangup)
		return pump_end(l, room);
	/* A terminal says EIO when it hung up, and to a reader in the
	 * background; nohup(1) leaves a descriptor that cannot be read. */
	if (got < 0 && errno == EIO && !hangup && l->keyboard)
		return 0;
	/* With the terminal in front gone, so is the one behind: every read
	 * from it is to end, which one VEOF could not do. */
	if (hangup && l->keyboard)
		refuse(l, 0, EIO);
	ptyinput_ended(&l->relay.input);
	if (got < 0 && errno != EBADF && !(errno == EIO && hangup))
		return -1;
	nbio_close(&l->source);
	return 0;
}

/* Data may be flushed by the process that was to read it: be told of that. */
static void watch_flushes(struct relay_loop *l)
{
	if (l->packets || l->slave < 0 || !l->relay.input.came ||
	    l->relay.input.kind != PTYINPUT_DATA)
		return;
	l->packets = typeahead_open(&l->ahead, l->master[0].fd, l->slave) == 0;
}

static void look_ahead(struct relay_loop *l, struct ptyinput_seen *seen)
{
	struct typeahead_seen ahead;

	typeahead_look(&l->ahead, &ahead);
	seen->tells = true;
	seen->blind = l->ahead.blind;
	seen->flushed = ahead.flushed || l->flushed;
	seen->read = ahead.read;
	seen->unread = ahead.unread;
	seen->queued = ahead.queued;
	l->flushed = false;
}

static void relay_loop_look(struct relay_loop *l)
{
	struct ptyinput_seen seen = { .unread = true };

	if (tcgetattr(l->master[0].fd, &seen.modes) < 0)
		return;
	watch_flushes(l);
	/* What cannot be found out is taken to be unread. */
	if (l->packets)
		look_ahead(l, &seen);
	else
		seen.unread = l->slave >= 0 && fd_ready(l->slave, POLLIN) != 0;
	ptyinput_look(&l->relay.input, &seen, wait_now());
	/* A reader that was faster has the byte; there is no way to tell. */
	if (!ptyinput_stale(&l->relay.input) || l->slave < 0)
		return;
	if (l->packets)
		typeahead_flush(&l->ahead);
	else
		(void)tcflush(l->slave, TCIFLUSH);
}

static int type(struct relay_loop *l)
{
	struct ptyinput *input = &l->relay.input;
	const unsigned char *bytes;
	ssize_t put;
	size_t n;

	l->full = false;
	l->due = WAIT_FOREVER;
	/* A status is taken whether there is anything to type or not. */
	while (!l->full && (l->packets || !ptyinput_idle(input))) {
		relay_loop_look(l);
		if (ptyinput_idle(input))
			return 0;
		n = ptyinput_next(input, wait_now(), &bytes);
		if (n == 0) {
			l->due = wait_until(ptyinput_wait(input, wait_now()));
			return 0;
		}
		put = nbio_write(&l->master[0], bytes, n);
		if (put < 0 && errno != EAGAIN)
			return errno == EIO ? 0 : -1;
		ptyinput_typed(input, put > 0 ? (size_t)put : 0);
		l->full = put < (ssize_t)n;
	}
	return 0;
}

static int turn_out(struct relay_loop *l, int i, const struct pollfd *p)
{
	short master = p[AT_MASTER + i].revents, sink = p[AT_SINK + i].revents;
	unsigned char *room;

	if (wait_left(l->again) == 0)
		l->hung[i] = false;
	if (sink)
		l->blocked[i] = false;
	if (sink || (master & ~(POLLOUT | POLLPRI)) || l->relay.gone)
		if (pump_out(l, i) < 0)
			return -1;
	/* With no room to read, a hang-up would be reported for ever. */
	if ((master & POLLHUP) && relay_room(&l->relay, i, &room) == 0)
		hang(l, i);
	return 0;
}

static int turn_source(struct relay_loop *l, short events)
{
	if (!events)
		return 0;
	l->asks = l->peeks && !(events & POLLHUP);
	return l->asks ? 0 : pump_source(l, events & POLLHUP);
}

int relay_loop_turn(struct relay_loop *l, int ms)
{
	struct pollfd p[AT_COUNT];
	int timeout;

	for (int i = 0; i < AT_COUNT; i++)
		want(&p[i], -1, 0);
	timeout = relay_loop_fill(l, p, ms);
	if (poll(p, AT_COUNT, timeout) < 0 && errno != EINTR)
		return -1;
	for (int i = 0; i < 2; i++)
		l->event[i] = p[AT_EVENT + i].revents != 0;
	for (int i = 0; i < l->relay.outs; i++)
		if (turn_out(l, i, p) < 0)
			return -1;
	if (turn_source(l, p[AT_SOURCE].revents) < 0)
		return -1;
	if (l->relay.gone)
		return 0;
	if (p[AT_SOURCE].revents ||
	    (p[AT_MASTER].revents & (POLLOUT | POLLPRI)) || l->flushed ||
	    wait_left(l->due) == 0)
		return type(l);
	return 0;
}
