/*
 * copy - copy everything that one descriptor gives to another.
 */
#ifndef COPY_H
#define COPY_H

struct errmsg;

/* Where a copy failed. */
enum copy_side { COPY_IN, COPY_OUT };

/*
 * copy_all - copy from in, from where it stands, to out, until the end
 *
 * in, out  blocking or not, as they were opened
 * side     set on failure
 *
 * The kernel moves the bytes where it can (copy_file_range(2), splice(2),
 * sendfile(2)). SIGPIPE is not held back.
 *
 * Returns 0; -1 and errno from read(2) or write(2), side telling which.
 */
int copy_all(int in, int out, enum copy_side *side);

/*
 * copy_check - can all of n descriptors be read until an end?
 *
 * They are not touched (describe.h). In messages the first is number 3.
 *
 * Returns 0; -1 with f filled in and errno 0 or EBADF: one is not open for
 * reading, or of a kind that has no bytes, or the very file that out is.
 */
int copy_check(const int *fds, int n, int out, struct errmsg *f);

#endif
