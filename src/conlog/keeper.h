/*
 * keeper - read what is to be kept until it ends, and keep it.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>

#include "conlog/log.h"

struct errmsg;

/* What the command line asks for; descriptors are -1 where there is none. */
struct plan {
	const char *dir; /* NULL: no directory */
	const char *log; /* NULL: no log */
	enum log_format format;
	long long limit;	    /* of the log, bytes, or 0 */
	bool input;		    /* keys are recorded */
	const char *console_socket; /* where a terminal is received, or NULL */
	int timeout;		    /* for that, ms, or -1 */
	int master;		    /* a terminal to read and to type at */
	int pipe[LOG_STREAMS];	    /* pipes to read */
	int status;		    /* where the end is told */
	char **command;		    /* to run, or NULL */
};

/*
 * keeper_run - do it
 *
 * Where nothing is given that could be read, standard input is, and goes to
 * standard output as well.
 *
 * Returns the exit status, with why in f or with f->what empty; -N where signal
 * N should end this process.
 */
int keeper_run(const struct plan *plan, struct errmsg *f);

#endif
