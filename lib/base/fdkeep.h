/*
 * fdkeep - the descriptors above 2 that a command is to have.
 */
#ifndef FDKEEP_H
#define FDKEEP_H

#include <stdbool.h>

struct errmsg;

/* Ranges that a list may have. */
#define FDKEEP_MAX 64

/* All zeros: none. */
struct fdkeep {
	bool all; /* every one that is not close-on-exec */
	int n;
	struct fdrange {
		int first, last;
	} at[FDKEEP_MAX]; /* sorted, and none touches another */
};

/*
 * fdkeep_read - read the value of --preserve-fds
 *
 * word  a count, N for 3 to N+2; a list of descriptors and ranges from 3 up,
 *       5,63 or 5-7,63, where a list of one ends in a comma; or "all"
 *
 * Returns 0; -1 with f filled in and errno: EINVAL (a bad word), EBADF (one of
 * them was not passed to this process). Call it before anything is opened.
 */
int fdkeep_read(struct fdkeep *k, const char *word, struct errmsg *f);

/* fdkeep_count - add n descriptors from 3 up */
void fdkeep_count(struct fdkeep *k, int n);

/*
 * fdkeep_listen - how many descriptors from 3 up LISTEN_FDS announces to this
 * process, all of which it was passed; 0 for none
 *
 * Source: sd_listen_fds(3).
 */
int fdkeep_listen(void);

/* fdkeep_has - is that descriptor among them? */
bool fdkeep_has(const struct fdkeep *k, int fd);

/* fdkeep_beyond - the first of k that is not in the other, or -1 */
int fdkeep_beyond(const struct fdkeep *k, const struct fdkeep *other);

/*
 * fdkeep_close_rest - close everything from 3 up but these
 *
 * last  one more to leave open, or -1
 *
 * Of all, nothing is closed: an exec closes what is ours. Returns 0, or -1 and
 * errno.
 */
int fdkeep_close_rest(const struct fdkeep *k, int last);

#endif
