/*
 * nbio - read or write a descriptor that was inherited, and never wait in it.
 *
 * O_NONBLOCK belongs to the open file description, which is shared with the
 * process that gave it to us, so it is not set there. An nbio finds another way
 * for each kind of file.
 */
#ifndef NBIO_H
#define NBIO_H

#include <stddef.h>
#include <sys/types.h>

enum nbio_way {
	NBIO_OWN,     /* a non-blocking description of ours, see fd_reopen */
	NBIO_SOCKET,  /* MSG_DONTWAIT */
	NBIO_DIRECT,  /* a regular file or a device: it does not wait */
	NBIO_CAREFUL, /* poll first, then no more than surely fits */
	NBIO_LATER,   /* to be opened when there is something to write */
};

struct nbio {
	int fd; /* to poll, read and write; -1: closed */
	enum nbio_way way;
};

/*
 * nbio_open - an nbio on fd
 *
 * fd     inherited; stays open and is not changed
 * flags  O_RDONLY or O_WRONLY
 */
void nbio_open(struct nbio *t, int fd, int flags);

/* nbio_close - close what nbio_open opened */
void nbio_close(struct nbio *t);

/*
 * nbio_read - read up to n bytes
 *
 * Returns bytes, 0 at the end; -1 and errno: EAGAIN (nothing there now), else
 * from read(2). EINTR is retried.
 */
ssize_t nbio_read(const struct nbio *t, void *data, size_t n);

/*
 * nbio_read_packet - read from a pty master in packet mode, of the way NBIO_OWN
 *
 * status  0: data came; else that alone came, see TIOCPKT in ioctl_tty(2)
 *
 * Returns as nbio_read, 0 with a status.
 */
ssize_t nbio_read_packet(const struct nbio *t, unsigned char *status,
			 void *data, size_t n);

/*
 * nbio_write - write up to n bytes
 *
 * Returns how many; -1 and errno: EAGAIN (poll for POLLOUT), EPIPE (SIGPIPE
 * is the caller's to ignore), else from write(2). EINTR is retried.
 */
ssize_t nbio_write(const struct nbio *t, const void *data, size_t n);

#endif
