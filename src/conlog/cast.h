/*
 * cast - output, input and sizes as a recording: asciicast v2.
 *
 * A line of JSON for the header, and one for each event: [TIME, CODE, DATA].
 * What is no UTF-8 becomes U+FFFD; a character that two reads cut is put
 * together again. Everything else is as it was once the JSON is read; but where
 * there is no terminal that would do so, \n becomes \r\n: a player has none.
 *
 * Pure: no system call, no clock. Times are in ns of a clock that does not go
 * back. Source: asciinema, doc/asciicast-v2.md.
 */
#ifndef CAST_H
#define CAST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "conlog/batch.h"

/* The bytes of one event; six of JSON for each must fit in a batch. */
#define CAST_EVENT 4096

struct cast {
	long long start; /* when this recording began */
	size_t n[2];	 /* bytes of a character that is not complete, */
	unsigned char part[2][4]; /* of output and of input */
	bool crlf; /* the caller's to set: \n is recorded as \r\n */
	bool cr;   /* the last byte was \r */
};

/* cast_init - no character is cut, and it is a terminal's output */
void cast_init(struct cast *c);

/*
 * cast_header - begin a recording
 *
 * date  seconds since 1970
 * now   from here on times are counted
 */
void cast_header(struct cast *c, int rows, int cols, long long date,
		 long long now, struct batch *out);

/*
 * cast_put - an event of n bytes of output, or of input
 *
 * Returns how many of them are used up: less than n where out is full, or the
 * event is.
 */
size_t cast_put(struct cast *c, bool input, const unsigned char *data, size_t n,
		long long now, struct batch *out);

/* cast_flush - an event of what is left of a cut character, at the end */
void cast_flush(struct cast *c, long long now, struct batch *out);

/* cast_size - an event for a new size; out has room for 64 bytes */
void cast_size(struct cast *c, int rows, int cols, long long now,
	       struct batch *out);

#endif
