/*
 * tap - read or write a descriptor that was inherited, and never wait in it.
 *
 * O_NONBLOCK belongs to the open file description, which is shared with whoever
 * gave it to us, so it is not set there. A tap finds another way for each kind
 * of file. The library never exits and never prints: -1 and errno.
 */
#ifndef TAP_H
#define TAP_H

#include <stddef.h>
#include <sys/types.h>

enum tap_way {
	TAP_OWN,     /* a non-blocking description of ours, see fd_own */
	TAP_SOCKET,  /* MSG_DONTWAIT */
	TAP_DIRECT,  /* a regular file or a device: it does not wait */
	TAP_CAREFUL, /* poll first, then no more than surely fits */
};

struct tap {
	int fd; /* to poll, read and write; -1: closed */
	enum tap_way way;
};

/*
 * tap_open - a tap on fd
 *
 * fd     inherited; stays open and is not changed
 * flags  O_RDONLY or O_WRONLY
 */
void tap_open(struct tap *t, int fd, int flags);

/* tap_close - close what tap_open opened */
void tap_close(struct tap *t);

/*
 * tap_read - read up to n bytes
 *
 * Returns bytes, 0 at the end; -1 and errno: EAGAIN (nothing there now), else
 * from read(2). EINTR is retried.
 */
ssize_t tap_read(const struct tap *t, void *data, size_t n);

/*
 * tap_write - write up to n bytes
 *
 * Returns how many; -1 and errno: EAGAIN (poll for POLLOUT), EPIPE (SIGPIPE
 * is the caller's to ignore), else from write(2). EINTR is retried.
 */
ssize_t tap_write(const struct tap *t, const void *data, size_t n);

#endif
