/* ptyinput - what to type at a terminal so that its reader gets these bytes */
#include <string.h>
#include <unistd.h>

#include "relay/ptyinput.h"
#include "tty/tty.h"

#define LOOK_MAX 100 /* ms between two looks at a terminal nobody reads */

void ptyinput_init(struct ptyinput *f, enum ptyinput_kind kind, long long now)
{
	f->flow.start = f->flow.end = 0;
	f->kind = kind;
	f->ended = f->quiet_end = f->came = false;
	memset(&f->modes, 0, sizeof(f->modes));
	f->taken = f->unread = f->stale = f->partial = false;
	f->changed = now;
	f->trust = f->credit = 0;
	f->end = PTYINPUT_OPEN;
	f->at = f->size = 0;
}

size_t ptyinput_room(struct ptyinput *f, unsigned char **room)
{
	return buf_room(&f->flow, room);
}

void ptyinput_came(struct ptyinput *f, size_t n)
{
	buf_came(&f->flow, n);
	f->came = f->came || n > 0;
}

void ptyinput_ended(struct ptyinput *f)
{
	f->ended = true;
}

static bool canonical(const struct ptyinput *f)
{
	return f->modes.c_lflag & ICANON;
}

static void mark(struct ptyinput *f, int index)
{
	if (f->modes.c_cc[index] != _POSIX_VDISABLE)
		f->special[f->modes.c_cc[index]] = true;
}

/* Which bytes n_tty acts on in canonical mode. Without VLNEXT there is no way
 * to quote, and none counts. */
static void find_special(struct ptyinput *f)
{
	static const int always[] = { VEOF,  VEOL,   VEOL2,   VERASE,
				      VKILL, VLNEXT, VWERASE, VREPRINT };
	const struct termios *t = &f->modes;

	memset(f->special, 0, sizeof(f->special));
	if (!(t->c_lflag & IEXTEN) || t->c_cc[VLNEXT] == _POSIX_VDISABLE)
		return;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		mark(f, always[i]);
	if (t->c_lflag & ISIG) {
		mark(f, VINTR);
		mark(f, VQUIT);
		mark(f, VSUSP);
	}
	if (t->c_iflag & IXON) {
		mark(f, VSTART);
		mark(f, VSTOP);
	}
	if (t->c_iflag & (ICRNL | IGNCR))
		f->special['\r'] = true;
}

void ptyinput_look(struct ptyinput *f, const struct termios *modes, bool unread,
		   long long now)
{
	bool was = canonical(f);

	if (unread != f->unread) {
		f->taken = f->taken || (was && !unread);
		f->unread = unread;
		f->changed = now;
	}
	if (!tty_same(&f->modes, modes)) {
		f->modes = *modes;
		f->trust = f->credit = 0;
		f->changed = now;
		find_special(f);
	}
	if (f->kind == PTYINPUT_DATA && canonical(f) != was) {
		f->stale = f->end == PTYINPUT_MARKED && unread;
		f->partial = f->end == PTYINPUT_MARKED && !unread;
		f->end = PTYINPUT_OPEN;
	}
	if (f->end == PTYINPUT_MARKED && !unread)
		f->end = PTYINPUT_OPEN;
}

bool ptyinput_stale(struct ptyinput *f)
{
	bool stale = f->stale;

	f->stale = false;
	return stale;
}

/* How long the terminal has to be as it is. */
static int hold(const struct ptyinput *f)
{
	return f->taken ? PTYINPUT_HOLD : PTYINPUT_FIRST;
}

/* Has the terminal been drained and as it is for a while? */
static bool settled(const struct ptyinput *f, long long now)
{
	return !f->unread && now - f->changed >= hold(f);
}

static void put(struct ptyinput *f, unsigned char byte)
{
	f->out[f->size++] = byte;
}

static void put_eof(struct ptyinput *f)
{
	if (f->modes.c_cc[VEOF] != _POSIX_VDISABLE)
		put(f, f->modes.c_cc[VEOF]);
}

/* The length of the first whole line or of PTYINPUT_PUSH bytes of it; 0 if
 * neither is there. *clean: the terminal passes it on as it is in any mode. */
static size_t segment(const struct ptyinput *f, const unsigned char *data,
		      size_t n, bool *clean)
{
	size_t i;

	*clean = true;
	for (i = 0; i < n && i < PTYINPUT_PUSH; i++) {
		if (f->special[data[i]])
			*clean = false;
		else if (data[i] == '\n')
			return i + 1;
	}
	*clean = false;
	return i == PTYINPUT_PUSH ? i : 0;
}

/* May a segment with quotes in it be typed now? */
static bool may_quote(struct ptyinput *f, long long now)
{
	if (f->trust >= PTYINPUT_TRUST)
		return true;
	if (f->credit == 0 && settled(f, now))
		f->credit = 1 << f->trust++;
	if (f->credit == 0)
		return false;
	f->credit--;
	return true;
}

static void quote_segment(struct ptyinput *f, const unsigned char *data,
			  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (f->special[data[i]])
			put(f, f->modes.c_cc[VLNEXT]);
		put(f, data[i]);
	}
	if (f->special[data[n - 1]] || data[n - 1] != '\n')
		put_eof(f);
	buf_went(&f->flow, n);
}

static void quote_segments(struct ptyinput *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n, left;

	while (f->size + 2 * PTYINPUT_PUSH + 2 <= PTYINPUT_OUT) {
		left = buf_ready(&f->flow, &data);
		n = segment(f, data, left, &clean);
		if (n == 0 || (!clean && !may_quote(f, now)))
			return;
		quote_segment(f, data, n);
	}
}

/* The last line has no newline, or none yet: hand it over as it is, with the
 * end of file behind it if this was the end. */
static void finish_lines(struct ptyinput *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n = buf_ready(&f->flow, &data);

	if (!settled(f, now) || (n > 0 && segment(f, data, n, &clean) > 0))
		return;
	if (n > 0) {
		/* The end of file comes when this was read: alone, so that it
		 * can be taken back. */
		quote_segment(f, data, n);
		f->taken = true;
		return;
	}
	if (f->ended && f->end == PTYINPUT_OPEN) {
		put_eof(f);
		f->end = PTYINPUT_MARKED;
	}
}

/* Is the end of the source not typed? Keys that never came, from /dev/null or
 * a closed descriptor, have no end. */
static bool silent(const struct ptyinput *f)
{
	return f->quiet_end || (f->kind == PTYINPUT_KEYS && !f->came);
}

/* The end of file as a key is pressed: twice after an unfinished line. */
static void type_end(struct ptyinput *f, long long now)
{
	if (!f->ended || f->end != PTYINPUT_OPEN || silent(f))
		return;
	if (f->kind == PTYINPUT_DATA && !settled(f, now))
		return;
	if (f->partial)
		put_eof(f);
	put_eof(f);
	f->end = PTYINPUT_TYPED;
}

size_t ptyinput_next(struct ptyinput *f, long long now,
		     const unsigned char **bytes)
{
	size_t n;

	if (f->at == f->size) {
		f->at = f->size = 0;
		if (f->kind == PTYINPUT_DATA && canonical(f)) {
			quote_segments(f, now);
			if (f->size == 0)
				finish_lines(f, now);
		} else {
			n = buf_ready(&f->flow, bytes);
			if (n > 0)
				return n;
			type_end(f, now);
		}
		if (f->size > 0)
			f->changed = now;
	}
	*bytes = f->out + f->at;
	return f->size - f->at;
}

void ptyinput_typed(struct ptyinput *f, size_t n)
{
	const unsigned char *data;

	if (n == 0)
		return;
	if (f->at < f->size) {
		f->at += n;
		return;
	}
	(void)buf_ready(&f->flow, &data);
	f->partial = data[n - 1] != '\n' && data[n - 1] != '\r';
	buf_went(&f->flow, n);
}

bool ptyinput_idle(const struct ptyinput *f)
{
	const unsigned char *data;

	return f->at == f->size && buf_ready(&f->flow, &data) == 0 &&
	       (!f->ended || (f->kind == PTYINPUT_KEYS &&
			      (f->end == PTYINPUT_TYPED || silent(f))));
}

int ptyinput_wait(const struct ptyinput *f, long long now)
{
	long long passed = now - f->changed;

	if (ptyinput_idle(f))
		return -1;
	if (!f->unread && f->end == PTYINPUT_OPEN && passed < hold(f))
		return (int)(hold(f) - passed);
	/* Nobody reads: look less and less often. */
	if (passed > 2 * LOOK_MAX)
		return LOOK_MAX;
	return passed < 2 ? 1 : (int)(passed / 2);
}
