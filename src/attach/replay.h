/*
 * replay - older output of a terminal, made fit to be shown again.
 *
 * It begins at a line, and has no more lines than asked for. Left out is what
 * would make a terminal answer or act once more: reports and queries, the
 * clipboard (OSC 52), notifications, bells, printing, and the mode of a moment,
 * 2026. Of control sequences and strings only those pass that are known to do
 * none of that.
 *
 * Pure: no system call, no clock. Source: xterm's ctlseqs.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/escape.h"

struct replay {
	struct escape escape;
};

/*
 * replay_start - where the last lines begin
 *
 * data   n bytes, the newest at the end
 * whole  data begins at a line, and not somewhere in one
 * lines  that many, and the unfinished one behind them
 *
 * Returns 0..n.
 */
size_t replay_start(const unsigned char *data, size_t n, bool whole, int lines);

/*
 * replay_inside - how much of what follows a position belongs to a sequence
 * that began in front of it: an image can have many lines
 *
 * Returns how many bytes from at on; 0 where none is open there, or where it
 * has no end.
 */
size_t replay_inside(const unsigned char *data, size_t n, size_t at);

/* replay_init - at the start of a line */
void replay_init(struct replay *r);

/*
 * replay_pass - what of n bytes may be shown
 *
 * out  room for n + ESCAPE_MAX + 2 bytes
 *
 * Returns how many bytes are in out. An unfinished sequence is held back.
 */
size_t replay_pass(struct replay *r, const unsigned char *data, size_t n,
		   unsigned char *out);

/* replay_busy - is there an unfinished sequence? What completes it has to go
 * through replay_pass as well. */
bool replay_busy(const struct replay *r);

#endif
