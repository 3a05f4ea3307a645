/*
 * describe - what an open descriptor is, found out without touching it.
 *
 * A descriptor that was sent to us may be anything: a FIFO, a file of a server
 * that never answers. Nothing here opens it, reads it or asks its server.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>

/* A link of PATH_MAX bytes, each escaped, and a terminal's size. */
#define DESCRIBE_MAX (5 * 4096 + 32)

struct description {
	const char *access;	   /* "r", "w", "rw", "path" or "none" */
	bool bytes;		   /* of a kind that read(2) takes bytes from */
	char kind[32];		   /* one word: "pty-master", "file" */
	char detail[DESCRIBE_MAX]; /* words, escaped; "-" if nothing is known */
};

/*
 * describe - say what fd is
 *
 * The kinds are pty-master, tty, pipe, fifo, socket, file, memfd, directory,
 * symlink, char-device, block-device, namespace, pidfd, epoll, and for any
 * other object without a path the kernel's name for it (eventfd, signalfd,
 * timerfd, inotify, ...).
 *
 * The detail is a path, with \0NNN (octal, as printf(1) takes it in %b) for
 * each byte that is a space, a backslash, or not printable ASCII; after it
 * ROWSxCOLS for a terminal, MAJOR:MINOR for another device. Of a socket it is
 * family, type and state: "unix stream connected".
 *
 * Returns 0, or -1 and errno EBADF.
 * Source: proc(5), statx(2) with AT_STATX_DONT_SYNC, which asks no server.
 */
int describe(int fd, struct description *d);

#endif
