/*
 * relay - the copy between a terminal and the outside, as a state machine.
 *
 * One input goes in (a source is read, the terminal is typed at), one or two
 * outputs come out (a terminal each, for --split-stderr). The machine is told
 * what happened and says what may happen next; its driver does the calls
 * (relay_loop.h), or a test does, through any schedule.
 *
 * It keeps these promises: every byte read from a terminal goes to its sink,
 * in order, once, or the relay ends broken; neither direction waits for the
 * other; no more is held than the buffers do; after the command is gone the
 * terminals are drained, and no further: what others write there afterwards
 * does not keep the relay alive.
 *
 * Pure: no system call, no clock.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "relay/buf.h"
#include "relay/ptyinput.h"

#define RELAY_OUTS 2

/* What a terminal can still hold of a command that is gone: the tty layer's
 * limit, Linux TTYB_DEFAULT_MEM_LIMIT. */
#define RELAY_TAIL (640 * 1024)

enum relay_state {
	RELAY_OPEN,    /* the terminal may give more */
	RELAY_DRAINED, /* it will not: what is in the buffer is the rest */
	RELAY_BROKEN,  /* the sink refuses */
};

struct relay_out {
	struct buf buf;
	enum relay_state state;
	size_t tail; /* bytes read since the command was gone */
};

struct relay {
	unsigned char room[RELAY_OUTS][BUF_SIZE]; /* of out[] */
	struct ptyinput input;
	struct relay_out out[RELAY_OUTS];
	int outs;  /* 1..RELAY_OUTS */
	bool gone; /* the command has ended */
};

/* relay_init - a relay of outs terminals, see ptyinput_init */
void relay_init(struct relay *r, int outs, enum ptyinput_kind kind,
		long long now);

/*
 * relay_room - how many bytes may be read from terminal i now, and where to
 *
 * 0 while its buffer is full, and after its end.
 */
size_t relay_room(struct relay *r, int i, unsigned char **room);

/* relay_came - n >= 1 bytes, at most relay_room(), came from terminal i */
void relay_came(struct relay *r, int i, size_t n);

/* relay_empty - terminal i has nothing to read now (EAGAIN, or EIO for a
 * terminal that is open nowhere) */
void relay_empty(struct relay *r, int i);

/* relay_gone - the command has ended, all it wrote is in its terminals */
void relay_gone(struct relay *r);

/* relay_ready - how many bytes wait for sink i, and where */
size_t relay_ready(const struct relay *r, int i, const unsigned char **data);

/* relay_went - sink i took n of them */
void relay_went(struct relay *r, int i, size_t n);

/* relay_refused - sink i takes nothing any more; what waited is dropped */
void relay_refused(struct relay *r, int i);

/* relay_broken - has a sink refused? */
bool relay_broken(const struct relay *r);

/* relay_over - has everything that will come gone out? */
bool relay_over(const struct relay *r);

#endif
