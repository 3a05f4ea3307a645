/*
 * pidfiles - the process that writes the files of --pid-file and --pid-start,
 * and removes them: also after the command's parent was killed.
 */
#ifndef PIDFILES_H
#define PIDFILES_H

#include <sys/types.h>

struct errmsg;
struct launch;

/* All zeros: there is none. */
struct pidfiles {
	pid_t pid; /* of that process, a child of this one */
	int link;
};

/*
 * pidfiles_write - write what l asks for, if it asks for any
 *
 * p        filled in
 * command  the process that is noted, a child of this one
 * signals  a signalfd that ends the wait
 *
 * If this process dies, the files are removed when the command has ended.
 *
 * Returns 0; -1 with f filled in and errno, with nothing left of it but where
 * it is interrupted (ECANCELED): then a file may appear, and goes at the end.
 */
int pidfiles_write(struct pidfiles *p, const struct launch *l, pid_t command,
		   int signals, struct errmsg *f);

/* pidfiles_remove - remove them now, with a warning where that fails */
void pidfiles_remove(struct pidfiles *p);

/* pidfiles_leave - let them stay, however this process and the command end */
void pidfiles_leave(struct pidfiles *p);

#endif
