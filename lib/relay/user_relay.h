/*
 * user_relay - a relay at the caller's terminal: what supervise and attach have
 * in common.
 *
 * While this process is in the terminal's foreground its keys are read and it
 * is raw; its size is copied; signals are taken between two turns of the loop.
 *
 * A lazy terminal (user_tty.h) is left alone until the other side wants single
 * keys (it leaves ICANON or ECHO), or a line was typed here that no other
 * program asked for.
 */
#ifndef USER_RELAY_H
#define USER_RELAY_H

#include <stdbool.h>

#include "relay/relay_loop.h"
#include "tty/user_tty.h"

struct user_relay {
	struct relay_loop loop;
	struct user_tty tty;
	bool follow; /* the caller's size is copied */
	int signals; /* a signalfd, or -1; loop.events[0] of it */
	/* What to do at a signal; SIGWINCH and SIGCONT are done. */
	void (*heed)(struct user_relay *u, int sig, bool typed);
	bool typed; /* a line was, while the terminal was lazy */
};

/* user_relay_init - a relay with its loop, terminal and signals set by the
 * caller */
void user_relay_init(struct user_relay *u);

/* user_relay_goes_on - is there more to relay? */
bool user_relay_goes_on(const struct user_relay *u);

/*
 * user_relay_turn - as relay_loop_turn, in view of the caller's terminal
 *
 * Signals that came are told by loop.event[0].
 */
int user_relay_turn(struct user_relay *u, int ms);

/* user_relay_signals - take all signals that came */
void user_relay_signals(struct user_relay *u);

/* user_relay_resize - copy the caller's size, if it is followed */
void user_relay_resize(struct user_relay *u);

#endif
