/*
 * attach - be at the outside of a terminal whose master was received.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stdbool.h>

#include "tty/detach_keys.h"

struct errmsg;

struct attach {
	int master; /* the caller's to close; its description is shared */
	struct detach_keys keys; /* which leave it, typed at our own terminal */
	bool left;		 /* set: they were */
};

/*
 * attach_run - standard input to the terminal, the terminal to standard output
 *
 * A terminal on standard input is put in raw mode, its size is forwarded, and
 * the keys detach; where it is as large as the other one already, that one's
 * size changes for a moment, for its programs to redraw. What comes from
 * anything else is typed as it is, and its end as VEOF; a standard input that
 * is empty has no end.
 *
 * The end is that of the terminal's session: its leader has exited and all that
 * was written is out, or no process has the terminal open any more and no
 * leader lives. A command that closes its terminal and opens it again goes on.
 *
 * Returns 0 at the end or when the keys were typed; N when signal N should end
 * this process, as if it had come now; -1 with f filled in and errno: EPIPE
 * where the reader of standard output went away.
 * Source: TIOCGSID in ioctl_tty(2), on a master, tells of the slave's session.
 */
int attach_run(struct attach *a, struct errmsg *f);

#endif
