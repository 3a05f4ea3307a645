/*
 * answer - what a peer says after something was sent to it.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef ANSWER_H
#define ANSWER_H

struct wait;

/*
 * answer_byte - wait for one byte, whatever it is
 *
 * sock  connected stream or seqpacket socket, blocking or not
 *
 * Returns 0, or -1 and errno: ECONNRESET (the peer closed), ETIMEDOUT, EINTR
 * (wait.h), else from recv(2).
 */
int answer_byte(int sock, const struct wait *w);

/* Where a copy failed. */
enum answer_side { ANSWER_PEER, ANSWER_OUT };

/*
 * answer_copy - copy what the peer says until it closes
 *
 * out      blocking
 * limit    ms that each wait for more may take, -1 for no limit
 * signals  as in struct wait
 * side     set on failure
 *
 * A peer that waits for our end before it closes gets it after a second of
 * silence, and not at once: QEMU's monitor drops the commands that it has not
 * worked off when its client's end comes.
 *
 * Returns 0, or -1 and errno: of ANSWER_PEER as answer_byte (ECONNRESET: it
 * closed before it had taken everything), of ANSWER_OUT from write(2).
 */
int answer_copy(int sock, int out, int limit, int signals,
		enum answer_side *side);

#endif
