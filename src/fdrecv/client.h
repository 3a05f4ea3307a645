/*
 * client - what came over a connection, and whether it is what was asked for.
 *
 * Nothing of it is closed but by client_free, where it was accepted: a
 * descriptor of a stranger may block for ever in that. See server.h.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "fdrecv/server.h"

struct errmsg;
struct deadline;

/* client_new - a client from which nothing has come yet; NULL: no memory */
struct client *client_new(const struct server *s, const struct ucred *who);

/* client_lent - the same in the caller's memory, which has to last; s->count is
 * 1 at the most */
struct client *client_lent(struct client_room *room, const struct server *s,
			   const struct ucred *who);

/*
 * client_read - read one message from g->sock
 *
 * w  how long it may take
 *
 * Returns 1 if all that was asked for has come, 0 if more has to, or nothing
 * came in time; -1 with f filled in if it is refused: what it sent stays in g.
 */
int client_read(const struct server *s, struct client *g,
		const struct deadline *w, struct errmsg *f);

/* client_judge - is that what s->terms ask for? 0; -1 with f filled in */
int client_judge(const struct server *s, const struct client *g,
		 struct errmsg *f);

/* client_acknowledge - send the byte that says so; 0; -1 with f filled in */
int client_acknowledge(const struct client *g, struct errmsg *f);

/* client_refuse - fill f in: a connection was refused, for a reason of ours
 * (error 0) or of the kernel's */
void client_refuse(const struct ucred *who, struct errmsg *f, int error,
		   const char *why);

/*
 * client_abandon - be ready to end with descriptors open that are not to be
 * closed
 *
 * A process of its own, which dies with this one, shares the table of them, so
 * that it closes them and the exit of this one does not. Where none can be had,
 * that exit may take as long as they do.
 * Source: clone(2), CLONE_FILES; Linux fs/file.c, exit_files.
 */
void client_abandon(void);

/* client_free - close what a client sent, and forget it */
void client_free(struct client *g);

#endif
