/*
 * batch - records for a log, ready to be written in one call.
 *
 * Pure: no system call, no clock.
 */
#ifndef BATCH_H
#define BATCH_H

#include <stddef.h>

#define BATCH_SIZE 32768

struct batch {
	size_t n;
	unsigned char data[BATCH_SIZE];
};

/* batch_room - how many bytes fit */
static inline size_t batch_room(const struct batch *b)
{
	return BATCH_SIZE - b->n;
}

#endif
