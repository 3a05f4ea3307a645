/*
 * exit - the exit statuses of every tool, by the names that coreutils uses.
 *
 * Any other status is the command's own, or 128+N where signal N killed it.
 * EXIT_FAILURE of <stdlib.h>, 1, is "the answer is no".
 */
#ifndef EXIT_H
#define EXIT_H

#include <stdlib.h>

enum {
	EXIT_TIMEDOUT = 124,	  /* a time limit ran out */
	EXIT_CANCELED = 125,	  /* the tool failed, or was called wrongly */
	EXIT_CANNOT_INVOKE = 126, /* the command cannot be executed */
	EXIT_ENOENT = 127,	  /* the command was not found */
};

/* A wait status where none can be had: as of an exit with EXIT_CANCELED. */
#define EXIT_UNKNOWN (EXIT_CANCELED << 8)

/*
 * exit_status - the status of a child as an exit status
 *
 * wait_status  from waitpid(2), of a child that ended
 *
 * Returns 0..255, 128+N when signal N killed it.
 */
int exit_status(int wait_status);

#endif
