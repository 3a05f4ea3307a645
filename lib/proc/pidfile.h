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

/*
 * pidfile_write_start - the same with "PID STARTTIME" and a newline in it
 *
 * pid  of a living process, as seen from here
 *
 * The time is that of procdir_start_time. Returns as above, or -1 and errno
 * from procdir_open.
 */
int pidfile_write_start(const char *path, pid_t pid);

#endif
