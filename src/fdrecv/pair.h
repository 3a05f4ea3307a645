/*
 * pair - a program that answers on a socket which it inherits.
 */
#ifndef PAIR_H
#define PAIR_H

struct errmsg;

/* The number at which the program has its end. */
#define PAIR_FD 3

/*
 * pair_run - run a command with one end of a connected pair of sockets
 *
 * type     SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
 * command  for /bin/sh -c; it has PAIR_FD, and 0, 1 and 2 as they are
 *
 * The command is no child of this process afterwards: what it does is known by
 * what it sends, and that it ended by the end of file.
 *
 * Returns a close-on-exec descriptor of the other end, the caller's to close;
 * -1 with f filled in.
 */
int pair_run(int type, const char *command, struct errmsg *f);

#endif
