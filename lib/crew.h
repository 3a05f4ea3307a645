/*
 * crew - the children of a server, so many at a time.
 *
 * Only children started here are ever waited for. The library never exits and
 * never prints: -1 and errno, as libc does.
 */
#ifndef CREW_H
#define CREW_H

#include <stdbool.h>
#include <sys/types.h>

/* Room for children. */
#define CREW_MAX 1024

struct crew {
	int n; /* running; 0 at the start */
	pid_t v[CREW_MAX];
};

/*
 * crew_fork - start a child; there must be room
 *
 * Returns as fork(2): 0 in the child, whose crew is empty.
 */
pid_t crew_fork(struct crew *c);

/*
 * crew_reap - take the status of a child that ended
 *
 * status  as of waitpid(2)
 *
 * Returns true, or false when none of them ended. It does not wait.
 */
bool crew_reap(struct crew *c, int *status);

/* crew_kill - send a signal to all that run */
void crew_kill(const struct crew *c, int sig);

#endif
