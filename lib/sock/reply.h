/*
 * reply - what a peer says after something was sent to it.
 */
#ifndef REPLY_H
#define REPLY_H

struct deadline;

/*
 * reply_byte - wait for one byte, whatever it is
 *
 * sock  connected stream or seqpacket socket, blocking or not
 *
 * Returns 0, or -1 and errno: ECONNRESET (the peer closed), ETIMEDOUT,
 * ECANCELED (wait.h), else from recv(2).
 */
int reply_byte(int sock, const struct deadline *w);

/* Where a copy failed. */
enum reply_side { REPLY_PEER, REPLY_OUT };

/*
 * reply_copy - copy what the peer says until it closes
 *
 * out      blocking
 * limit    ms that each wait for more may take once the peer has our end, -1
 *          for no limit
 * signals  as in struct deadline
 * side     set on failure
 *
 * A peer that waits for our end before it closes gets it after a second of
 * silence, and not at once: QEMU's monitor drops the commands that it has not
 * worked off when its client's end comes.
 *
 * Returns 0, or -1 and errno: of REPLY_PEER as reply_byte (ECONNRESET: it
 * closed before it had taken everything), of REPLY_OUT from write(2).
 */
int reply_copy(int sock, int out, int limit, int signals,
	       enum reply_side *side);

#endif
