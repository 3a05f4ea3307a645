/*
 * ending - how the end of what is kept becomes known, where it is no command
 * of ours: it is told on a descriptor, or the terminal's session is over.
 */
#ifndef ENDING_H
#define ENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "relay/nbio.h"

struct ending {
	struct nbio told; /* where it is told; fd -1: nowhere, or no more */
	bool over;
	int status; /* that was told, or -1 */
	size_t n;
	char text[16];

	bool session; /* its end counts, */
	int leader;   /* a pidfd of the session's leader, or -1 */
	bool looking; /* it is not known yet */
};

/*
 * ending_init - nothing is known yet
 *
 * told     the descriptor where the end is told, which stays the caller's; or
 *          -1
 * session  where it is not told, the end of the session counts
 */
void ending_init(struct ending *e, int told, bool session);

/*
 * ending_hear - read what is told
 *
 * A decimal status, and a newline or the end of file. Anything else tells the
 * end and no status; an end of file alone does not tell the end.
 */
void ending_hear(struct ending *e);

/* ending_look - look for the leader of a terminal's session; master may be -1
 */
void ending_look(struct ending *e, int master);

/* ending_gone - is a terminal that is open nowhere past its session's end? */
bool ending_gone(const struct ending *e, int master);

/* ending_close - forget it */
void ending_close(struct ending *e);

#endif
