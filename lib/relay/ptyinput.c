/* ptyinput - what to type at a terminal so that its reader gets these bytes */
#include <string.h>
#include <unistd.h>

#include "relay/ptyinput.h"
#include "tty/tty.h"

#define LOOK_MAX 100 /* ms between two looks at a terminal that is not read */

void ptyinput_init(struct ptyinput *f, enum ptyinput_kind kind, long long now)
{
	buf_init(&f->buf, f->room);
	f->kind = kind;
	f->ended = f->quiet_end = f->came = false;
	memset(&f->modes, 0, sizeof(f->modes));
	f->taken = f->unread = f->stale = f->partial = false;
	f->changed = now;
	f->trust = f->credit = 0;
	f->end = PTYINPUT_OPEN;
	f->at = f->size = 0;
	f->waits = f->laid = f->unit = 0;
	f->doubt = f->quote = f->prompts = f->reading = false;
	f->open = 0;
	f->batch = f->left = kind == PTYINPUT_DATA;
}

size_t ptyinput_room(struct ptyinput *f, unsigned char **room)
{
	return buf_room(&f->buf, room);
}

void ptyinput_came(struct ptyinput *f, size_t n)
{
	buf_came(&f->buf, n);
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

static void ptyinput_mark(struct ptyinput *f, int index)
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
		ptyinput_mark(f, always[i]);
	if (t->c_lflag & ISIG) {
		ptyinput_mark(f, VINTR);
		ptyinput_mark(f, VQUIT);
		ptyinput_mark(f, VSUSP);
	}
	if (t->c_iflag & IXON) {
		ptyinput_mark(f, VSTART);
		ptyinput_mark(f, VSTOP);
	}
	if (t->c_iflag & (ICRNL | IGNCR))
		f->special['\r'] = true;
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

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How long the terminal has to be as it is. */
static int ptyinput_hold(const struct ptyinput *f)
{
	return f->taken ? PTYINPUT_HOLD : PTYINPUT_FIRST;
}

/* How much of what was typed has been read, if that many bytes can be? Behind a
 * full queue more may be waiting. */
static size_t gone(const struct ptyinput *f, size_t queued)
{
	if (queued >= PTYINPUT_SURE)
		return f->waits - least(f->waits, PTYINPUT_HOLDS);
	return f->waits - least(f->waits, queued + f->open);
}

/* The first n bytes of what was typed have been read. */
static void acknowledge(struct ptyinput *f, size_t n)
{
	if (n == 0)
		return;
	buf_went(&f->buf, n);
	f->waits -= n;
}

/* What waits is not there any more: it is to be typed again. */
static void ptyinput_take_back(struct ptyinput *f)
{
	f->waits = f->laid = 0;
	f->at = f->size = 0;
}

/* Some time after a flush: what of it is there still, or was read. */
static void resolve(struct ptyinput *f, const struct ptyinput_seen *seen)
{
	f->doubt = false;
	if (seen->read) {
		acknowledge(f, gone(f, seen->queued));
	} else if (seen->queued < f->waits) {
		/* The rest of it was on its way and came after the flush. */
		f->stale = seen->queued > 0;
		ptyinput_take_back(f);
	}
}

/* How much of what was typed has been read? */
static void account(struct ptyinput *f, const struct ptyinput_seen *seen,
		    long long now)
{
	long long passed = now - f->changed;
	bool drained = !seen->unread && seen->queued == 0;

	if (f->doubt && (seen->read || passed >= PTYINPUT_HOLD))
		resolve(f, seen);
	if (f->end == PTYINPUT_TYPED && seen->read)
		f->end = PTYINPUT_TAKEN;
	if (f->doubt || f->waits == 0)
		return;
	if (seen->read || (seen->blind && seen->queued > 0)) {
		f->taken = f->taken || seen->read;
		acknowledge(f, gone(f, seen->queued));
		f->changed = now;
	} else if (!seen->tells ||
		   (drained &&
		    passed >= (seen->blind ? PTYINPUT_HOLD : PTYINPUT_LOST))) {
		acknowledge(f, f->waits);
	}
}

/* What the command did with its terminal's modes, and whether it reads. */
static void see_modes(struct ptyinput *f, const struct ptyinput_seen *seen,
		      long long now)
{
	bool was = canonical(f);

	if (seen->unread != f->unread) {
		f->taken = f->taken || (was && !seen->unread);
		f->unread = seen->unread;
		f->changed = now;
	}
	if (!tty_same(&f->modes, &seen->modes)) {
		f->modes = seen->modes;
		f->trust = f->credit = 0;
		f->changed = now;
		find_special(f);
	}
	if (canonical(f) == was)
		return;
	f->quote = false;
	f->open = 0;
	if (f->kind == PTYINPUT_DATA) {
		f->stale = f->end == PTYINPUT_MARKED && seen->unread;
		f->partial = f->end == PTYINPUT_MARKED && !seen->unread;
		f->end = PTYINPUT_OPEN;
	}
}

/* The length of the first line, or of what there is of it. */
static size_t first_line(const unsigned char *data, size_t n)
{
	const unsigned char *end = memchr(data, '\n', n);

	return end ? (size_t)(end - data) + 1 : n;
}

/* Whatever was read was the first line: a prompt reads one, and flushes. */
static void flushed(struct ptyinput *f, bool read, long long now)
{
	const unsigned char *data;

	(void)buf_ready(&f->buf, &data);
	if (read && f->waits > 0)
		acknowledge(f, first_line(data, f->waits));
	if (f->end == PTYINPUT_TYPED)
		f->end = read ? PTYINPUT_TAKEN : PTYINPUT_OPEN;
	f->at = f->size = f->laid = f->open = 0;
	f->doubt = f->waits > 0;
	f->batch = f->left = 1;
	f->prompts = true;
	f->changed = now;
}

void ptyinput_look(struct ptyinput *f, const struct ptyinput_seen *seen,
		   long long now)
{
	f->reading = seen->read;
	/* Without a word on that: a prompt flushes before it reads, and then
	 * once more. */
	if (seen->flushed)
		flushed(f, seen->read || (seen->blind && f->prompts), now);
	else
		account(f, seen, now);
	see_modes(f, seen, now);
	if (f->end == PTYINPUT_MARKED && !seen->unread)
		f->end = PTYINPUT_OPEN;
}

bool ptyinput_stale(struct ptyinput *f)
{
	bool stale = f->stale;

	f->stale = false;
	return stale;
}

/* Has the terminal been drained and as it is for a while? */
static bool settled(const struct ptyinput *f, long long now)
{
	return !f->unread && f->waits + f->laid == 0 &&
	       now - f->changed >= ptyinput_hold(f);
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

/* The bytes of the source that nothing has been done with. */
static size_t fresh(const struct ptyinput *f, const unsigned char **data)
{
	size_t n = buf_ready(&f->buf, data), done = f->waits + f->laid;

	*data += done;
	return n - done;
}

/* May another line be typed, in view of a flush? */
static bool may_type(struct ptyinput *f)
{
	size_t out = f->waits + f->laid;

	/* The time of a read is set a little after it: a line that was typed
	 * in between would seem to be read. */
	if (f->doubt || (f->batch > 0 && f->reading))
		return false;
	if (f->batch > 0 && f->left == 0 && out == 0) {
		f->batch = f->batch < PTYINPUT_CALM ? 2 * f->batch : 0;
		f->left = f->batch;
	}
	return f->batch == 0 || f->left > 0;
}

static void lay_out(struct ptyinput *f, const unsigned char *data, size_t n)
{
	/* A flush does not undo a VLNEXT: the first byte has it already. */
	bool quoted = f->quote && f->size == 0;

	f->lnext = f->modes.c_cc[VLNEXT];
	f->veof = f->modes.c_cc[VEOF];
	for (size_t i = 0; i < n; i++) {
		if (f->special[data[i]] && !(quoted && i == 0))
			put(f, f->lnext);
		put(f, data[i]);
	}
	if (f->special[data[n - 1]] || data[n - 1] != '\n' ||
	    (quoted && n == 1))
		put_eof(f);
	f->laid += n;
	f->left -= f->left > 0 && data[n - 1] == '\n';
}

static void quote_segments(struct ptyinput *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n, left;

	while (f->size + 2 * PTYINPUT_PUSH + 2 <= PTYINPUT_OUT) {
		left = fresh(f, &data);
		n = segment(f, data, left, &clean);
		if (n == 0 || !may_type(f) || (!clean && !may_quote(f, now)))
			return;
		lay_out(f, data, n);
	}
}

/* The last line has no newline, or none yet: hand it over as it is, with the
 * end of file behind it if this was the end. */
static void finish_lines(struct ptyinput *f, long long now)
{
	const unsigned char *data;
	bool clean;
	size_t n = fresh(f, &data);

	if (!settled(f, now) || (n > 0 && segment(f, data, n, &clean) > 0))
		return;
	if (n > 0) {
		/* The end of file comes when this was read: alone, so that it
		 * can be taken back. */
		lay_out(f, data, n);
		f->taken = true;
		return;
	}
	if (f->ended && f->end == PTYINPUT_OPEN) {
		put_eof(f);
		f->end = PTYINPUT_MARKED;
	}
}

/* How many of n bytes may be typed as they are? */
static size_t ptyinput_plain(struct ptyinput *f, const unsigned char *data,
			     size_t n)
{
	if (f->kind == PTYINPUT_KEYS)
		return n;
	if (!may_type(f))
		return 0;
	return f->batch > 0 ? first_line(data, n) : n;
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

static size_t next_bytes(struct ptyinput *f, long long now,
			 const unsigned char **bytes)
{
	size_t n = 0;

	f->at = f->size = 0;
	if (f->kind == PTYINPUT_DATA && canonical(f)) {
		quote_segments(f, now);
		if (f->size == 0)
			finish_lines(f, now);
	} else if (fresh(f, bytes) > 0) {
		n = ptyinput_plain(f, *bytes, fresh(f, bytes));
	} else {
		type_end(f, now);
	}
	if (f->size > 0)
		f->changed = now;
	return n;
}

size_t ptyinput_next(struct ptyinput *f, long long now,
		     const unsigned char **bytes)
{
	if (f->doubt)
		return 0;
	f->unit = 0;
	if (f->at == f->size)
		f->unit = next_bytes(f, now, bytes);
	if (f->unit > 0)
		return f->unit;
	*bytes = f->out + f->at;
	return f->size - f->at;
}

/* A byte of out[] was typed: is it one of the source? */
static bool is_source(struct ptyinput *f, unsigned char byte)
{
	bool quoted = f->quote;

	f->quote = !quoted && byte == f->lnext;
	if (f->quote)
		return false;
	if (quoted || (byte != f->veof && byte != '\n')) {
		f->open++;
		return true;
	}
	f->open = 0;
	return byte == '\n';
}

/* How many bytes of the source are in the next n bytes of out[]? */
static size_t sources(struct ptyinput *f, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += is_source(f, f->out[f->at + i]);
	return least(found, f->laid);
}

void ptyinput_typed(struct ptyinput *f, size_t n)
{
	const unsigned char *data;
	size_t done = n;

	if (n == 0)
		return;
	if (f->unit > 0) {
		(void)fresh(f, &data);
		f->partial = data[n - 1] != '\n' && data[n - 1] != '\r';
		f->left -= f->left > 0 && n == f->unit;
	} else {
		done = sources(f, n);
		f->laid -= done;
		f->at += n;
	}
	f->waits += done;
	if (f->kind == PTYINPUT_KEYS)
		acknowledge(f, f->waits);
}

bool ptyinput_idle(const struct ptyinput *f)
{
	const unsigned char *data;

	return f->at == f->size && fresh(f, &data) == 0 && f->waits == 0 &&
	       (!f->ended || (f->kind == PTYINPUT_KEYS &&
			      (f->end >= PTYINPUT_TYPED || silent(f))));
}

int ptyinput_wait(const struct ptyinput *f, long long now)
{
	long long passed = now - f->changed;

	if (ptyinput_idle(f))
		return -1;
	if (f->doubt)
		return passed < PTYINPUT_HOLD ? (int)(PTYINPUT_HOLD - passed)
					      : 1;
	if (f->waits == 0 && !f->unread && f->end == PTYINPUT_OPEN &&
	    passed < ptyinput_hold(f))
		return (int)(ptyinput_hold(f) - passed);
	/* It is not read: look less and less often. */
	if (passed > 4 * LOOK_MAX)
		return LOOK_MAX;
	return passed < 8 ? 1 : (int)(passed / 4);
}
