/* helper-term - a terminal in memory, its input side */
#include <string.h>

#include "sim.h"

void term_init(struct term *t, bool canonical, size_t most)
{
	memset(&t->modes, 0, sizeof(t->modes));
	t->modes.c_lflag = IEXTEN | (canonical ? ICANON : 0);
	t->modes.c_cc[VEOF] = TERM_EOF;
	t->modes.c_cc[VLNEXT] = TERM_LNEXT;
	t->quoted = false;
	t->waiting = t->size = 0;
	t->most = most;
	t->ends = t->lost = 0;
	t->read = t->flushed = false;
}

const struct termios *term_modes(const struct term *t)
{
	return &t->modes;
}

static bool canonical(const struct term *t)
{
	return t->modes.c_lflag & ICANON;
}

static void put(struct term *t, unsigned char byte, bool end, bool marker)
{
	t->queue[t->size++] = (struct term_byte){ byte, end, marker };
	t->ends += end;
}

static void put_canonical(struct term *t, unsigned char byte)
{
	if (t->quoted) {
		t->quoted = false;
		put(t, byte, false, false);
	} else if (byte == TERM_LNEXT) {
		t->quoted = true;
	} else if (byte == TERM_EOF) {
		put(t, 0, true, true);
	} else {
		put(t, byte, byte == '\n', false);
	}
}

/* Take from flip what there is room for. A line that is too long drops what
 * comes, as there would never be room. */
static void settle(struct term *t)
{
	size_t i;

	for (i = 0; i < t->waiting; i++) {
		if (t->size < TERM_QUEUE) {
			if (canonical(t))
				put_canonical(t, t->flip[i]);
			else
				put(t, t->flip[i], false, false);
		} else if (canonical(t) && t->ends == 0) {
			t->lost++;
		} else {
			break;
		}
	}
	memmove(t->flip, t->flip + i, t->waiting - i);
	t->waiting -= i;
}

size_t term_room(const struct term *t)
{
	return t->most - t->waiting;
}

size_t term_write(struct term *t, const unsigned char *data, size_t n)
{
	if (n > term_room(t))
		n = term_room(t);
	memcpy(t->flip + t->waiting, data, n);
	t->waiting += n;
	settle(t);
	return n;
}

bool term_unread(const struct term *t)
{
	return canonical(t) ? t->ends > 0 : t->size > 0;
}

static void drop(struct term *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->ends -= t->queue[i].end;
	memmove(t->queue, t->queue + n, (t->size - n) * sizeof(t->queue[0]));
	t->size -= n;
	settle(t);
}

int term_read(struct term *t, unsigned char *data, size_t n)
{
	size_t got = 0;
	bool end = false;

	if (!term_unread(t))
		return -1;
	while (got < n && got < t->size && !end && !t->queue[got].marker) {
		data[got] = t->queue[got].byte;
		end = t->queue[got].end;
		got++;
	}
	t->read |= got > 0;
	/* A marker goes with the bytes that it hands over, also where these
	 * fill the reader's buffer (Linux 5.12). */
	drop(t, got + (!end && got < t->size && t->queue[got].marker));
	return (int)got;
}

void term_discard(struct term *t)
{
	t->size = 0;
	t->ends = 0;
	settle(t);
}

void term_flush(struct term *t)
{
	term_discard(t);
	t->flushed = true;
}

/* As FIONREAD counts: whole lines where canonical, and no marker. */
static size_t queued(const struct term *t)
{
	size_t lines = t->size, n = 0;

	while (canonical(t) && lines > 0 && !t->queue[lines - 1].end)
		lines--;
	for (size_t i = 0; i < lines; i++)
		n += !t->queue[i].marker;
	return n;
}

void term_look(struct term *t, struct ptyinput_seen *seen)
{
	*seen = (struct ptyinput_seen){
		.modes = t->modes,
		.tells = true,
		.unread = term_unread(t),
		.flushed = t->flushed,
		.read = t->read,
		.queued = queued(t),
	};
	t->read = t->flushed = false;
}

bool term_only_ends(const struct term *t)
{
	for (size_t i = 0; i < t->size; i++)
		if (!t->queue[i].marker && t->queue[i].byte)
			return false;
	return true;
}

bool term_changeable(const struct term *t, bool end)
{
	if (t->waiting > 0 || t->quoted)
		return false;
	if (!canonical(t))
		return t->size == 0;
	if (end && t->size == 1 && t->queue[0].marker)
		return true;
	for (size_t i = 0; i < t->size; i++)
		if (t->queue[i].marker)
			return false;
	return true;
}

void term_canonical(struct term *t, bool on)
{
	t->modes.c_lflag &= ~(tcflag_t)ICANON;
	if (on)
		t->modes.c_lflag |= ICANON;
	for (size_t i = 0; i < t->size; i++)
		t->queue[i].end = t->queue[i].marker = false;
	t->ends = 0;
	settle(t);
}
