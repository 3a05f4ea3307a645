/*
 * terminals - open the terminals of a launch where they belong.
 *
 * A command with mounts of its own gets a devpts of its own (devpts.h), one
 * that joins those of others a terminal of theirs. Where only the command's
 * process may do that, it does, and gives them to its parents.
 */
#ifndef TERMINALS_H
#define TERMINALS_H

#include "ptyfork/spawn.h"

struct errmsg;
struct sync;

/*
 * terminals_open - decide where, and open them if that is here
 *
 * Sets r->inside if it is not. Returns 0; -1 and errno with f filled in.
 */
int terminals_open(struct spawn *r, struct errmsg *f);

/*
 * terminals_open_inside - open them, in the command's process
 *
 * Returns as above.
 */
int terminals_open_inside(struct spawn *r, struct errmsg *f);

/* terminals_give - in a child: hand them to the parent; as sync_give */
int terminals_give(const struct spawn *r, const struct sync *sync);

/* terminals_take - take those of r->child; as child_take */
int terminals_take(struct spawn *r, const struct deadline *w);

/* terminals_output - the descriptor that terminal i of a launch is copied to */
int terminals_output(const struct launch *l, int i);

/* terminals_close_masters, terminals_close - close the masters, or all */
void terminals_close_masters(struct spawn *r);
void terminals_close(struct spawn *r);

#endif
