/*
 * view - be at a terminal that conlog keeps: its output on one side, keys on
 * the other.
 */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>

#include "tty/detach_keys.h"

struct errmsg;

struct view_plan {
	const char *dir;
	int lines;		 /* of older output to begin with */
	bool watch;		 /* look on: no keys, no size */
	struct detach_keys keys; /* which leave it */
};

enum view_end {
	VIEW_ENDED,    /* the status is known */
	VIEW_DETACHED, /* the keys were typed */
	VIEW_SIGNAL,   /* this signal should end the process, as if it had come
			* now */
	VIEW_FAILED,   /* with f filled in */
};

/*
 * view_run - copy until the end, or until the keys are typed
 *
 * value  the status, or the signal
 *
 * The caller's terminal is as before on return, whatever the output set in it.
 */
enum view_end view_run(const struct view_plan *plan, int *value,
		       struct errmsg *f);

#endif
