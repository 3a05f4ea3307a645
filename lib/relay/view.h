/*
 * view - a relay at the caller's terminal: what supervise and attach have in
 * common.
 *
 * While this process is in the terminal's foreground its keys are read and it
 * is raw; its size is copied; signals are taken between two turns of the loop.
 *
 * A lazy terminal (user_tty.h) is left alone until the other side wants single
 * keys (it leaves ICANON or ECHO), or a line was typed here that no other
 * program asked for.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>

#include "relay/relay_loop.h"
#include "tty/user_tty.h"

struct view {
	struct relay_loop loop;
	struct user_tty user;
	bool follow; /* the caller's size is copied */
	int signals; /* a signalfd, or -1; loop.events[0] of it */
	/* What to do at a signal; SIGWINCH and SIGCONT are done. */
	void (*heed)(struct view *v, int sig, bool typed);
	bool typed; /* a line was, while the terminal was lazy */
};

/* view_init - a view with its loop, terminal and signals set by the caller */
void view_init(struct view *v);

/* view_goes_on - is there more to relay? */
bool view_goes_on(const struct view *v);

/*
 * view_turn - as relay_loop_turn, in view of the caller's terminal
 *
 * Signals that came are told by loop.event[0].
 */
int view_turn(struct view *v, int ms);

/* view_signals - take all signals that came */
void view_signals(struct view *v);

/* view_resize - copy the caller's size, if it is followed */
void view_resize(struct view *v);

#endif
