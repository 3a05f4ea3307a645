/*
 * conn - the way to a terminal that conlog keeps: what is in its directory.
 */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <sys/types.h>

#include "spool/spool.h"

struct errmsg;

struct conn {
	const char *path;
	int dir, spool;
	int keys, control;	/* FIFOs; -1: conlog has ended */
	int news;		/* an inotify instance, or -1: look often */
	struct spool_head head; /* as it was last seen */
};

/*
 * conn_open - find what there is
 *
 * c  conn_close has to be called on success
 *
 * A conlog that is just starting is waited for, a moment.
 *
 * Returns 0; -1 with f filled in where nothing is kept there, or was.
 */
int conn_open(struct conn *c, const char *path, struct errmsg *f);

/* conn_lives - is there a conlog? */
bool conn_lives(const struct conn *c);

/* conn_ended - it has gone: no more keys; what it left can be read */
void conn_ended(struct conn *c);

/*
 * conn_size - set the terminal's size
 *
 * redraw  have it drawn anew even if the size is the same
 */
void conn_size(const struct conn *c, int rows, int cols, bool redraw);

/* conn_heard - forget what inotify has said */
void conn_heard(const struct conn *c);

/*
 * conn_status - the status, once conn_ended was called
 *
 * One that is about to be written is waited for.
 *
 * Returns 0..255; -1 with f filled in where it is not known.
 */
int conn_status(const struct conn *c, struct errmsg *f);

/* conn_close - leave */
void conn_close(struct conn *c);

#endif
