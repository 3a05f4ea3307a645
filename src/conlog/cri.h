/*
 * cri - lines of output as records of the log format of Kubernetes' CRI.
 *
 * A record is DATE STREAM TAG CONTENT and a newline: the date in RFC 3339 with
 * nine digits and Z, stdout or stderr, F where a line ends with CONTENT and P
 * where it goes on in the next record, and at most CRI_CONTENT bytes of it. No
 * character of UTF-8 is cut in two. The date is when the first byte of CONTENT
 * was read.
 *
 * Pure: no system call, no clock. Source: Kubernetes, kubelet CRI logging
 * proposal and pkg/kubelet/kuberuntime/logs.
 */
#ifndef CRI_H
#define CRI_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "conlog/batch.h"

#define CRI_CONTENT 16384 /* bytes in a record */
#define CRI_HEAD    64	  /* the most that stands before CONTENT */

struct cri {
	const char *stream;   /* "stdout" or "stderr" */
	struct timespec date; /* of the first byte of line[] */
	struct timespec last; /* of the last one */
	bool open;	      /* a part of this line is written */
	struct timespec put;  /* the date that head[] has */
	size_t head_size;     /* 0: none yet */
	char head[CRI_HEAD];  /* what stands before CONTENT */
	size_t n;
	unsigned char line[CRI_CONTENT];
};

/* cri_init - at the start of a line */
void cri_init(struct cri *c, const char *stream);

/*
 * cri_put - make records of n bytes
 *
 * date  when they were read, CLOCK_REALTIME
 * out   records are added as long as there is room
 *
 * Returns how many bytes are used up: less than n where out is full, and is to
 * be emptied. What is used up and not in out is kept until more comes.
 */
size_t cri_put(struct cri *c, const unsigned char *data, size_t n,
	       const struct timespec *date, struct batch *out);

/* cri_pending - are there bytes that cri_flush would write? */
bool cri_pending(const struct cri *c);

/*
 * cri_flush - make a record of an unfinished line
 *
 * end  nothing more comes: a character that is cut off goes with it
 * out  with room for a record: empty
 */
void cri_flush(struct cri *c, bool end, struct batch *out);

#endif
