/*
 * fdcat - copy what received descriptors give to standard output.
 */
#ifndef FDCAT_H
#define FDCAT_H

struct errmsg;
struct detach_keys;

/*
 * fdcat - copy n descriptors, one after another
 *
 * A terminal's master goes both ways (attach.h), anything else is read to its
 * end (copy.h). Nothing is copied where one of them cannot be.
 *
 * keys  as in attach.h
 *
 * Returns 0; an exit status (applet.h) with f filled in: EXIT_FAILURE where a
 * descriptor cannot be copied or read, EXIT_CANCELED where standard output
 * cannot be written; -N if signal N should end this process, as if it had come
 * now.
 */
int fdcat(const int *fds, int n, const struct detach_keys *keys,
	  struct errmsg *f);

#endif
