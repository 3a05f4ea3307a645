/*
 * sim - a terminal in memory, as Linux's n_tty is one, and schedules for the
 * relay's core.
 *
 * Source: Linux drivers/tty/n_tty.c.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/ptyinput.h"

#define TERM_QUEUE 4095 /* bytes that wait to be read */
#define TERM_FLIP  8192 /* bytes that wait for room there */
#define TERM_EOF   4
#define TERM_LNEXT 22

struct term_byte {
	unsigned char byte;
	bool end;    /* the line's last */
	bool marker; /* a VEOF, which is no byte */
};

struct term {
	struct termios modes;
	bool quoted; /* the last byte was VLNEXT */
	unsigned char flip[TERM_FLIP];
	size_t waiting, most; /* bytes in flip, and how many it takes */
	struct term_byte queue[TERM_QUEUE];
	size_t size; /* of what is in the queue */
	int ends;    /* lines and markers in it */
	int lost;    /* bytes that a full line dropped */
	bool read;   /* a byte was read, and flushed: since the last look */
	bool flushed;
};

/* term_init - a terminal whose master takes so many bytes unread */
void term_init(struct term *t, bool canonical, size_t most);

const struct termios *term_modes(const struct term *t);
void term_canonical(struct term *t, bool canonical);

/* term_room, term_write - how much the master takes, and type at it */
size_t term_room(const struct term *t);
size_t term_write(struct term *t, const unsigned char *data, size_t n);

/* term_unread - does poll(2) say that the slave can be read? */
bool term_unread(const struct term *t);

/* term_read - as read(2) of the slave; -1: it would wait */
int term_read(struct term *t, unsigned char *data, size_t n);

/* term_flush - as the command does it; term_discard - as the tool does */
void term_flush(struct term *t);
void term_discard(struct term *t);

/* term_look - what ptyinput_look() is to be told, once */
void term_look(struct term *t, struct ptyinput_seen *seen);

/* term_only_ends - does nothing but markers wait to be read? */
bool term_only_ends(const struct term *t);

/*
 * term_changeable - would what waits be read alike after a change of mode?
 *
 * end  an end of file was laid out, which may be all that waits
 */
bool term_changeable(const struct term *t, bool end);

/* sim_next - the state after this one, of a sequence that the seed decides */
static inline uint64_t sim_next(uint64_t state)
{
	/* xorshift64*, never 0. */
	state ^= state >> 12;
	state ^= state << 25;
	return state ^ state >> 27;
}

/* sim_below - a number below n out of a state */
static inline unsigned sim_below(uint64_t state, unsigned n)
{
	return (unsigned)((state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

/*
 * sim_relay - the output side of a relay through one schedule
 *
 * Returns the promise that was broken, or NULL.
 */
const char *sim_relay(uint64_t seed);

#endif
