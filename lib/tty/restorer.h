/*
 * restorer - a process that puts the caller's terminal back when the tool that
 * made it raw is killed, even by SIGKILL.
 */
#ifndef RESTORER_H
#define RESTORER_H

#include <stddef.h>
#include <sys/types.h>

struct user_tty;

#define RESTORER_TEXT 512 /* bytes that it may have to write */

struct restorer {
	int socket; /* what it is told; -1: there is none */
	pid_t pid;
};

/*
 * restorer_start - start it, in a session of its own
 *
 * tty  as it is now, not raw yet; one that is not interactive needs none
 *
 * Without it all is well but a SIGKILL, so a failure is none.
 */
void restorer_start(struct restorer *r, const struct user_tty *tty);

/* restorer_tell - n bytes, RESTORER_TEXT at the most, that reset what the
 * output has set */
void restorer_tell(const struct restorer *r, const char *text, size_t n);

/* restorer_end - the terminal is as before: it is not needed any more */
void restorer_end(struct restorer *r);

#endif
