/*
 * buf - bytes on their way from one descriptor to another: a bounded buffer.
 *
 * Pure: no system call, no clock.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

#define BUF_SIZE 65536

struct buf {
	size_t start, end; /* 0 <= start <= end <= BUF_SIZE */
	unsigned char *data;
};

/* buf_init - an empty buffer, in data, which is the caller's and stays there */
void buf_init(struct buf *f, unsigned char data[BUF_SIZE]);

/* buf_room - how many bytes fit, and where; what is waiting may be moved */
size_t buf_room(struct buf *f, unsigned char **room);

/* buf_came - n bytes, at most buf_room(), were put there */
void buf_came(struct buf *f, size_t n);

/* buf_ready - how many bytes are waiting, and where */
size_t buf_ready(const struct buf *f, const unsigned char **data);

/* buf_went - the first n of them, at most buf_ready(), are gone */
void buf_went(struct buf *f, size_t n);

#endif
