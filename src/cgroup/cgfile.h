/*
 * cgfile - the small files of a cgroup.
 */
#ifndef CGFILE_H
#define CGFILE_H

#include <stddef.h>

/*
 * cgfile_read - what a file begins with
 *
 * dir   of a cgroup
 * text  room for size bytes, NUL-terminated
 *
 * Returns 0; -1 and errno, with text empty.
 */
int cgfile_read(int dir, const char *name, char *text, size_t size);

/* cgfile_write - write text to a file that is there, by one call; 0, or -1 and
 * errno */
int cgfile_write(int dir, const char *name, const char *text);

#endif
