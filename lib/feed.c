/* feed - what to type at a terminal so that its reader gets these bytes */
#include <string.h>
#include <unistd.h>

#include "feed.h"
#include "tty.h"

#define LOOK_MAX 100 /* ms between two looks at a terminal nobody reads */

void feed_init(struct feed *f, enum feed_kind kind, long long now)
{
	f->flow.start = f->flow.end = 0;
	f->kind = kind;
	f->ended = f->quiet_end = f->came = false;
	memset(&f->modes, 0, sizeof(f->modes));
	f->taken = f->unread = f->stale = f->partial = false;
	f->changed = now;
	f->trust = f->credit = 0;
	f->end = FEED_OPEN;
	f->at = f->size = 0;
}

size_t feed_room(struct feed *f, unsigned char **room)
{
	return flow_room(&f->flow, room);
}

void feed_came(struct feed *f, size_t n)
{
	flow_came(&f->flow, n);
	f->came = f->came || n > 0;
}

void feed_ended(struct feed *f)
{
	f->ended = true;
}

static bool canonical(const struct feed *f)
{
	return f->modes.c_lflag & ICANON;
}

static void mark(struct feed *f, int index)
{
	if (f->modes.c_cc[index] != _POSIX_VDISABLE)
		f->special[f->modes.c_cc[index]] = true;
}

/* Which bytes n_tty acts on in canonical mode. Without VLNEXT there is no way
 * to quote, and none counts. */
static void find_special(struct feed *f)
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

void feed_look(struct feed *f, const struct termios *modes, bool unread,
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
	if (f->kind == FEED_DATA && canonical(f) != was) {
		f->stale = f->end == FEED_MARKED && unread;
		f->partial = f->end == FEED_MARKED && !unread;
		f->end = FEED_OPEN;
	}
	if (f->end == FEED_MARKED && !unread)
		f->end = FEED_OPEN;
}

bool feed_stale(struct feed *f)
{
	bool stale = f->stale;

	f->stale = false;
	return stale;
}

/* How long the terminal has to be as it is. */
static int hold(const struct feed *f)
{
	return f->taken ? FEED_HOLD : FEED_FIRST;
}

/* Has the terminal been drained and as it is for a while? */
static bool settled(const struct feed *f, long long now)
{
	return !f->unread && now - f->changed >= hold(f);
}

static void put(struct feed *f, unsigned char byte)
{
	f->out[f->size++] = byte;
}

static void put_eof(struct feed *f)
{
	if (f->modes.c_cc[VEOF] != _POSIX_VDISABLE)
		put(f, f->modes.c_cc[VEOF]);
}

/* The length of the first whole line or of FEED_PUSH bytes of it; 0 if neither
 * is there. *clean: the terminal passes it on as it is in any mode. */
static size_t segment(const struct feed *f, const unsigned char *data, size_t n,
		      bool *clean)
{
	size_t i;

	*clean = true;
	for (i = 0; i < n && i < FEED_PUSH; i++) {
		if (f->special[data[i]])
			*clean = false;
		else if (data[i] == '\n')
			return i + 1;
	}
	*clean = false;
	return i == FEED_PUSH ? i : 0;
}

/* May a segment with quotes in it be typed now? */
static bool may_quote(struct feed *f, long long now)
{
	if (f->trust >= FEED_TRUST)
		return true;
	if (f->credit == 0 && settled(f, now))
		f->credit = 1 << f->trust++;
	if (f->credit == 0)
		return false;
	f->credit--;
	return true;
}

static void quote_segment(struct feed *f, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (f->special[data[i]])
			put(f, f->modes.c_cc[VLNEXT]);
		put(f, data[i]);
	}
	if (f->special[data[n - 1]] || data[n - 1] != '\n')
		put_eof(f);
	flow_went(&f->flow, n);
}

static void quote_segments(struct feed *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n, left;

	while (f->size + 2 * FEED_PUSH + 2 <= FEED_OUT) {
		left = flow_ready(&f->flow, &data);
		n = segment(f, data, left, &clean);
		if (n == 0 || (!clean && !may_quote(f, now)))
			return;
		quote_segment(f, data, n);
	}
}

/* The last line has no newline, or none yet: hand it over as it is, with the
 * end of file behind it if this was the end. */
static void finish_lines(struct feed *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n = flow_ready(&f->flow, &data);

	if (!settled(f, now) || (n > 0 && segment(f, data, n, &clean) > 0))
		return;
	if (n > 0) {
		/* The end of file comes when this was read: alone, so that it
		 * can be taken back. */
		quote_segment(f, data, n);
		f->taken = true;
		return;
	}
	if (f->ended && f->end == FEED_OPEN) {
		put_eof(f);
		f->end = FEED_MARKED;
	}
}

/* Is the end of the source not typed? Keys that never came, from /dev/null or
 * a closed descriptor, have no end. */
static bool silent(const struct feed *f)
{
	return f->quiet_end || (f->kind == FEED_KEYS && !f->came);
}

/* The end of file as a key is pressed: twice after an unfinished line. */
static void type_end(struct feed *f, long long now)
{
	if (!f->ended || f->end != FEED_OPEN || silent(f))
		return;
	if (f->kind == FEED_DATA && !settled(f, now))
		return;
	if (f->partial)
		put_eof(f);
	put_eof(f);
	f->end = FEED_TYPED;
}

size_t feed_next(struct feed *f, long long now, const unsigned char **bytes)
{
	size_t n;

	if (f->at == f->size) {
		f->at = f->size = 0;
		if (f->kind == FEED_DATA && canonical(f)) {
			quote_segments(f, now);
			if (f->size == 0)
				finish_lines(f, now);
		} else {
			n = flow_ready(&f->flow, bytes);
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

void feed_typed(struct feed *f, size_t n)
{
	const unsigned char *data;

	if (n == 0)
		return;
	if (f->at < f->size) {
		f->at += n;
		return;
	}
	(void)flow_ready(&f->flow, &data);
	f->partial = data[n - 1] != '\n' && data[n - 1] != '\r';
	flow_went(&f->flow, n);
}

bool feed_idle(const struct feed *f)
{
	const unsigned char *data;

	return f->at == f->size && flow_ready(&f->flow, &data) == 0 &&
	       (!f->ended ||
		(f->kind == FEED_KEYS && (f->end == FEED_TYPED || silent(f))));
}

int feed_wait(const struct feed *f, long long now)
{
	long long passed = now - f->changed;

	if (feed_idle(f))
		return -1;
	if (!f->unread && f->end == FEED_OPEN && passed < hold(f))
		return (int)(hold(f) - passed);
	/* Nobody reads: look less and less often. */
	if (passed > 2 * LOOK_MAX)
		return LOOK_MAX;
	return passed < 2 ? 1 : (int)(passed / 2);
}
