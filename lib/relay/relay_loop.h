/*
 * relay_loop - drive a relay: poll, read, type, write.
 */
#ifndef RELAY_LOOP_H
#define RELAY_LOOP_H

#include <stdbool.h>

#include "relay/nbio.h"
#include "relay/relay.h"
#include "tty/detach_keys.h"
#include "tty/typeahead.h"

struct relay_loop {
	struct relay relay;
	struct nbio source;		/* fd -1: nothing is read */
	bool keyboard;			/* it is a terminal */
	struct nbio sink[RELAY_OUTS];	/* NBIO_LATER may be among them */
	struct nbio master[RELAY_OUTS]; /* the caller's to close */
	struct detach_keys *keys;	/* looked for in the source, or NULL */
	int slave;			/* of master[0], for data; or -1 */
	int events[2]; /* two more to wait for (POLLIN), or -1 */

	bool packets;		/* master[0] is in packet mode, for this: */
	struct typeahead ahead; /* of the slave, once data came */
	bool flushed;		/* master[0] gave that as a status */
	bool event[2];		/* set by a turn: events[i] is readable */
	bool hung[RELAY_OUTS];	/* the slave was open nowhere last time */
	long long again;	/* when to look at those again */
	bool left;		/* the keys were typed */
	bool peeks, asks; /* the source is not read: asks says that it can be */
	bool resting;	  /* leave the source alone for now */
	bool full;	  /* the terminal takes no more input */
	bool blocked[RELAY_OUTS]; /* the sink takes no more output */
	long long due;		  /* when to look at the terminal again */
	int error;		  /* errno of the sink that refused */
	int refused;		  /* and which it was */
};

/*
 * relay_loop_init - a loop of outs terminals that has no descriptor yet
 *
 * The caller sets source, sink, master, slave and events then.
 */
void relay_loop_init(struct relay_loop *l, int outs, enum ptyinput_kind kind);

/* relay_loop_close - close what was opened here; masters, slave and events are
 * the caller's */
void relay_loop_close(struct relay_loop *l);

/*
 * relay_loop_turn - wait until something can be done, and do it
 *
 * ms  how long to wait at the most, -1: no limit
 *
 * A terminal that is open nowhere any more (poll says POLLHUP, read EIO) is
 * looked at again every 100 ms: it can be opened again. The source is read
 * only while resting is false.
 *
 * Returns 0, or -1 and errno: ENOMEM of poll(2), or what a read from a terminal
 * or the source said. A sink that refuses is no failure here, but
 * relay_broken(), with error and refused set; a keyboard that hung up is one
 * that refuses with EIO.
 */
int relay_loop_turn(struct relay_loop *l, int ms);

#endif
