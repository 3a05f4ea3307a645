/*
 * pidfiles - the files of --pid-file and --pid-start.
 *
 * A process of its own removes them if the command's parent is killed.
 */
#ifndef PIDFILES_H
#define PIDFILES_H

#include <sys/types.h>

#include "proc/pidfile.h"

struct errmsg;
struct launch;

/* All zeros: none was written. */
struct pidfiles {
	const struct launch *l;
	struct pidfile pid, start;
	pid_t keeper; /* that process, a child of this one, or 0 */
	int link;     /* to it */
};

/*
 * pidfiles_write - write what l asks for, if it asks for any
 *
 * p        filled in
 * command  the process that is noted, a child of this one
 *
 * If this process dies, the files are removed when the command has ended.
 *
 * Returns 0; -1 with f filled in and errno: pidfiles_remove is to follow, as
 * one of the files may be there.
 */
int pidfiles_write(struct pidfiles *p, const struct launch *l, pid_t command,
		   struct errmsg *f);

/* pidfiles_end - the command has ended: remove them, unless they are to stay */
void pidfiles_end(struct pidfiles *p);

/* pidfiles_remove - remove them now, with a warning where that fails */
void pidfiles_remove(struct pidfiles *p);

/* pidfiles_leave - let them stay, however this process and the command end */
void pidfiles_leave(struct pidfiles *p);

#endif
