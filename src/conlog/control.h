/*
 * control - the lines that a control FIFO brings: TYPE ROWS COLS.
 *
 * Three decimal numbers with blanks between, ROWS and COLS at most CONTROL_SIZE
 * each; words behind them are ignored. The grammar and the limits are those of
 * conmon's ctl file.
 *
 * Pure: no system call, no clock.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_LINE 199  /* bytes; a longer line is a bad one */
#define CONTROL_SIZE 1000 /* the most rows or columns */

enum control_type {
	CONTROL_RESIZE = 1, /* set the size */
	CONTROL_REOPEN = 2, /* open the log anew */
	CONTROL_REDRAW = 3, /* set the size; SIGWINCH even if it is the same */
};

enum control_what {
	CONTROL_MORE, /* the line is not complete */
	CONTROL_DONE, /* type, rows and cols are set */
	CONTROL_BAD,  /* the line is none of ours */
};

struct control {
	enum control_type type;
	int rows, cols;

	size_t n;  /* bytes of the line so far, */
	bool over; /* and whether there were more than fit */
	char line[CONTROL_LINE + 1];
};

/* control_init - at the start of a line */
void control_init(struct control *c);

/* control_byte - the next byte that came */
enum control_what control_byte(struct control *c, char byte);

/* control_partial - is there an unfinished line? */
bool control_partial(const struct control *c);

#endif
