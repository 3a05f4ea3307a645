/*
 * spool - the last output of a terminal, in a file that any number of readers
 * follow without the writer noticing.
 *
 * The file is a page with a header, then a ring of a fixed size whose blocks
 * are there from the start, so that a disk that is full later does no harm.
 * Byte number N of the output, counted from the first that was ever written,
 * lies at N modulo the size of the ring. A reader copies what it wants and then
 * looks at the header again: what the writer may have reached by then does not
 * count. To wait for more, use inotify(7): each append changes the file.
 *
 * The newest bytes, where they came few at a time as an echo does, are in the
 * header itself, and move to the ring later: one write for the writer, one
 * event and one read for a reader.
 *
 * The writer's lock on the file, flock(2), says that it lives.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/modes.h"

#define SPOOL_RING  (128 * 1024) /* bytes of output, less on a small disk */
#define SPOOL_LEAST (8 * 1024)
#define SPOOL_TAIL  224 /* bytes that the header can hold */

/* What a reader learns with one look; the numbers count bytes of output. */
struct spool_head {
	uint64_t start;	      /* what is older is not there; see spool_read */
	uint64_t end;	      /* what is written */
	size_t ring;	      /* size of the ring */
	int rows, cols;	      /* of the terminal; 0: not known */
	size_t recent;	      /* bytes of tail, which end at end */
	bool ended;	      /* the writer has come to its end in order */
	bool plain;	      /* it is no terminal's: nothing can be typed */
	size_t said;	      /* bytes of say */
	char say[MODES_TEXT]; /* what brings a reset terminal to the modes that
			       * it has at the end, see modes_say */
	unsigned char tail[SPOOL_TAIL];
};

struct spool {
	int fd;
	struct spool_head head; /* as it is in the file, or is to be */
	bool stale;		/* the file's is older */
	uint64_t lost;		/* bytes that could not be written */
};

/*
 * spool_create - make a spool, or take one over that no writer has locked
 *
 * dir   of the file, open
 * name  in it; what it held is given up
 * s     filled in; spool_close has to be called on success
 *
 * Returns 0; -1 and errno: EWOULDBLOCK (a writer lives, or has just removed
 * it), ENOSPC, EEXIST (no regular file), else from open(2).
 */
int spool_create(int dir, const char *name, struct spool *s);

/*
 * spool_append - write n bytes more
 *
 * What cannot be written is counted in s->lost and is a gap for the readers:
 * there is nothing older any more.
 *
 * Returns 0; -1 and errno of the first write that failed.
 */
int spool_append(struct spool *s, const unsigned char *data, size_t n);

/*
 * spool_tell - tell the readers of a size and of modes, with the next append
 * or spool_flush
 *
 * say  n bytes, MODES_TEXT at the most
 */
void spool_tell(struct spool *s, int rows, int cols, const char *say, size_t n);

/* spool_plain - tell the readers that it is no terminal's output, with the next
 * append or spool_flush */
void spool_plain(struct spool *s);

/* spool_flush - write the header, if it is stale; -1 and errno of pwrite(2) */
int spool_flush(struct spool *s);

/* spool_end - tell the readers that nothing more comes */
void spool_end(struct spool *s);

/* spool_close - the file stays and is not locked: from now on it, and what is
 * beside it, is the next writer's */
void spool_close(struct spool *s);

/*
 * spool_open - open a spool to read it
 *
 * Returns a close-on-exec descriptor, the caller's to close; -1 and errno:
 * EINVAL (it is no spool), else from open(2). A FIFO there does not block.
 */
int spool_open(int dir, const char *name);

/*
 * spool_look - read the header
 *
 * Returns 0; -1 and errno: EAGAIN (the writer was always at it), EINVAL (it is
 * no spool), else from pread(2).
 */
int spool_look(int fd, struct spool_head *head);

/*
 * spool_read - copy output from a position on
 *
 * head  of a spool_look before; updated
 * at    where; moved to the oldest byte that is there, where it was older
 * data  room for n bytes
 *
 * Returns how many bytes from *at on are in data, 0 where there is nothing
 * more; -1 and errno as spool_look.
 */
ssize_t spool_read(int fd, struct spool_head *head, uint64_t *at,
		   unsigned char *data, size_t n);

#endif
