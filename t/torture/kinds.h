/*
 * kinds - what can go wrong with a system call.
 *
 * A table in which the first line that fits is the one that counts; its last
 * has the number -1.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>
#include <stdint.h>

struct kind {
	long nr;
	const char *name, *errors;
	bool brief;	  /* it can do less than was asked for */
	char file;	  /* what it has to be about (struct call), or 0 */
	uint32_t request; /* in the argument that REQUEST names, or 0 for any */
	bool zero;	  /* which is 0, and not any */
	uint32_t second;  /* in the argument after that, or 0 */
};
extern const struct kind kinds[];

#endif
