/*
 * flow - bytes on their way from one descriptor to another: a bounded buffer.
 *
 * Pure: no system call, no clock.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stddef.h>

#define FLOW_SIZE 65536

struct flow {
	size_t start, end; /* 0 <= start <= end <= FLOW_SIZE */
	unsigned char data[FLOW_SIZE];
};

/* flow_room - how many bytes fit, and where; what is waiting may be moved */
size_t flow_room(struct flow *f, unsigned char **room);

/* flow_came - n bytes, at most flow_room(), were put there */
void flow_came(struct flow *f, size_t n);

/* flow_ready - how many bytes are waiting, and where */
size_t flow_ready(const struct flow *f, const unsigned char **data);

/* flow_went - the first n of them, at most flow_ready(), are gone */
void flow_went(struct flow *f, size_t n);

#endif
