/* children - the children of a server, so many at a time */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fdrecv/children.h"

void children_add(struct children *c, pid_t pid)
{
	if (c->n < CHILDREN_MAX)
		c->v[c->n++] = pid;
}

bool children_reap(struct children *c, int *status)
{
	for (int i = 0; i < c->n; i++) {
		pid_t pid;

		do {
			pid = waitpid(c->v[i], status, WNOHANG);
		} while (pid < 0 && errno == EINTR);
		if (pid == 0 || (pid < 0 && errno != ECHILD))
			continue;
		/* A child that cannot be waited for is gone as well. */
		if (pid < 0)
			*status = 0;
		c->v[i] = c->v[--c->n];
		return true;
	}
	return false;
}

void children_kill(const struct children *c, int sig)
{
	/* One that just ended is a zombie of ours: the pid is still its own. */
	for (int i = 0; i < c->n; i++)
		(void)kill(c->v[i], sig);
}
