/*
 * publish - put a file into its place at once and whole.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <stddef.h>

/*
 * publish_file - write a file of mode 0600, in place of one that may be there
 *
 * A reader never sees half of it; "-" is standard output. Where it
 * cannot be written, or what is there is no file, the process ends with one
 * line, and nothing is left.
 */
void publish_file(const char *file, const char *data, size_t size);

#endif
