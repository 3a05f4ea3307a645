/*
 * ptyinput - what to type at a terminal so that its reader gets these very
 * bytes, and then an end of file.
 *
 * A terminal in canonical mode acts on some bytes, holds at most 4095 of an
 * unfinished line, and has no end of file but a VEOF at the start of a line; a
 * raw one has none at all. So data is typed as the terminal is at that moment:
 *
 * canonical  VLNEXT before each byte that the terminal would act on, VEOF
 *            after PTYINPUT_PUSH bytes without a newline (it hands the
 * unfinished line to the reader), VEOF at the start of a line for the end raw
 * the bytes as they are; at the end VEOF as a keystroke, and once more behind
 * an unfinished line
 *
 * A command may leave canonical mode while such bytes wait to be read, and
 * would then read the quotes. Whole lines without any byte to quote are the
 * same in both modes and are typed as they come. The rest waits until the
 * terminal is drained and has not changed for PTYINPUT_HOLD ms, or
 * PTYINPUT_FIRST where the command has read nothing yet and may still be about
 * to choose its mode; then it is typed in batches that grow as the command goes
 * on reading lines.
 *
 * A command that flushes its input (a prompt for a password does) would lose
 * what was typed before, which on a pipe it cannot. So what is not known to be
 * read is kept, and what a flush took is typed again. How much that was is
 * certain while the terminal's queue is not full, and no more than one line was
 * read since the last look. Hence a command gets one line first, then two, then
 * four, each time when it has read the ones before, and behind PTYINPUT_CALM
 * lines as many as there are; a flush makes it one again.
 *
 * An end of file stays one, as that of a pipe does: each time it was read, the
 * next is laid out. Where canonical mode was left at the same time, it may have
 * been read as a NUL on another terminal's line, which takes VEOF twice to end.
 *
 * Pure: no system call, no clock. Times are in ms of any clock that does not
 * go back. Source: termios(3); Linux drivers/tty/n_tty.c.
 */
#ifndef PTYINPUT_H
#define PTYINPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "relay/buf.h"

#define PTYINPUT_PUSH  1024 /* bytes; canonical lines hold 4095 */
#define PTYINPUT_HOLD  20   /* ms */
#define PTYINPUT_FIRST 200  /* ms, for a command that has read nothing yet */
#define PTYINPUT_TRUST 4    /* batches until all is typed as it comes */
#define PTYINPUT_SURE                                                          \
	2048 /* bytes in its queue: no more is on its way there                \
	      */
#define PTYINPUT_HOLDS 16384 /* bytes that it holds at the most */
#define PTYINPUT_CALM  256   /* lines at once; then without a limit */
#define PTYINPUT_LOST  1000  /* ms after which input counts as read */
#define PTYINPUT_OUT   8192  /* bytes; about what a pty takes at once */

enum ptyinput_kind {
	PTYINPUT_DATA, /* the reader gets the bytes, whatever they are */
	PTYINPUT_KEYS, /* the terminal gets the bytes, as typed */
};

enum ptyinput_end {
	PTYINPUT_OPEN,	 /* no end of file is laid out */
	PTYINPUT_MARKED, /* a VEOF waits to be read as end of file */
	PTYINPUT_TYPED,	 /* VEOF was typed as a keystroke */
	PTYINPUT_TAKEN,	 /* and something was read since */
};

/* The terminal at one moment, see typeahead.h. */
struct ptyinput_seen {
	struct termios modes; /* of the slave */
	bool unread;	      /* it has input to read; false where unknown */
	bool tells;	      /* the rest is known */
	bool blind;	      /* but not whether something was read */
	bool flushed;	      /* its input was flushed since the last look */
	bool read;	      /* at least one byte of it was read since */
	size_t queued; /* bytes that wait there, of whole lines if lines */
};

/* Bytes come first, so that all the rest is on few pages. */
struct ptyinput {
	unsigned char room[BUF_SIZE]; /* of buf */
	unsigned char out[PTYINPUT_OUT];
	struct buf buf; /* from the source: waits, laid, the rest */
	size_t waits;	/* bytes that were typed and are not known as read */
	size_t laid;	/* bytes that out[] has and that were not typed */
	size_t unit;	/* bytes that ptyinput_next gave out of buf */
	enum ptyinput_kind kind;
	bool ended;	/* the source has ended */
	bool quiet_end; /* do not type a VEOF where it is a keystroke */
	bool came;	/* the source gave at least one byte */

	struct termios modes; /* the terminal as it was last seen */
	bool special[256];    /* bytes it acts on, canonical mode alone */
	bool taken;	      /* something was read as a line */
	bool unread;	      /* it has input that has not been read yet */
	bool stale;	   /* a VEOF must be taken back, see ptyinput_stale */
	long long changed; /* when it last changed or was typed at, ms */

	bool reading;	  /* something was read before the last look */
	bool prompts;	  /* the command has flushed its input before */
	bool doubt;	  /* a flush took a part of what waits, or nothing */
	int batch, left;  /* lines at once, 0: any number; rest of these */
	bool quote;	  /* what was typed last was VLNEXT */
	size_t open;	  /* bytes of a line that is not whole there yet */
	cc_t lnext, veof; /* as they were when out[] was laid out */

	int trust, credit; /* batches read as lines; rest of this batch */
	bool partial;	   /* what was typed last is no whole line */
	enum ptyinput_end end;
	size_t at, size; /* the part of out[] still to be typed */
};

/* ptyinput_init - start with an empty buffer and an unknown terminal */
void ptyinput_init(struct ptyinput *f, enum ptyinput_kind kind, long long now);

/* ptyinput_room, ptyinput_came - as buf_room and buf_came, from the source */
size_t ptyinput_room(struct ptyinput *f, unsigned char **room);
void ptyinput_came(struct ptyinput *f, size_t n);

/* ptyinput_ended - the source will give nothing more */
void ptyinput_ended(struct ptyinput *f);

/* ptyinput_look - tell what the terminal is like now, before ptyinput_next */
void ptyinput_look(struct ptyinput *f, const struct ptyinput_seen *seen,
		   long long now);

/*
 * ptyinput_stale - must the slave's input be flushed now?
 *
 * True once after the command left canonical mode while nothing but our VEOF
 * was waiting: a raw reader would get it as a NUL. And once where a flush took
 * a part of what was waiting, all of which is going to be typed again.
 */
bool ptyinput_stale(struct ptyinput *f);

/*
 * ptyinput_next - the bytes to type now
 *
 * Returns how many (0: none for now) and where; ptyinput_typed() takes how many
 * of them were.
 */
size_t ptyinput_next(struct ptyinput *f, long long now,
		     const unsigned char **bytes);
void ptyinput_typed(struct ptyinput *f, size_t n);

/* ptyinput_idle - is there nothing to type, now or later, unless more comes? */
bool ptyinput_idle(const struct ptyinput *f);

/* ptyinput_wait - ms after which to look again where ptyinput_next gave 0; -1:
 * never */
int ptyinput_wait(const struct ptyinput *f, long long now);

#endif
