/*
 * children - the children of a server, so many at a time.
 *
 * Only children noted here are ever waited for.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

/* Room for children. */
#define CHILDREN_MAX 1024

struct children {
	int n; /* running; 0 at the start */
	pid_t v[CHILDREN_MAX];
};

/* children_add - note a child of ours; what finds no room is never reaped */
void children_add(struct children *c, pid_t pid);

/*
 * children_reap - take the status of a child that ended
 *
 * status  as of waitpid(2)
 *
 * Returns true, or false when none of them ended. It does not wait.
 */
bool children_reap(struct children *c, int *status);

/* children_kill - send a signal to all that run */
void children_kill(const struct children *c, int sig);

#endif
