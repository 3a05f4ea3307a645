/*
 * pidfile - a file with the pid of a process, for whoever supervises it.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include <sys/types.h>

/*
 * pidfile_write - write pid to path: its digits alone, no newline
 *
 * The file appears at once and whole, in place of one that was there; a reader
 * never sees half of it.
 *
 * Returns 0; -1 and errno from open(2), write(2) or rename(2) with nothing new
 * left behind. ENAMETOOLONG for a path of PATH_MAX - 32 bytes or more.
 */
int pidfile_write(const char *path, pid_t pid);

#endif
