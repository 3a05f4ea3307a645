/*
 * pidfile - a file with the pid of a process, for its supervisor.
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include <stdbool.h>
#include <sys/types.h>

/* All zeros: none was written. */
struct pidfile {
	bool there;
	dev_t dev;     /* of the file that was written */
	ino_t ino;     /* 0: that is not known */
	char text[48]; /* and what was written */
};

/*
 * pidfile_write - write pid to path: its digits alone, no newline
 *
 * p  filled in
 *
 * The file appears at once and whole, in place of one that was there; a reader
 * never sees half of it. It has no other name before, but where the file
 * system has no O_TMPFILE (open(2)) or there is no /proc.
 *
 * Returns 0; -1 and errno from open(2), write(2), link(2) or rename(2) with
 * nothing new left behind; EEXIST from fd_replaceable. ENAMETOOLONG for a path
 * of PATH_MAX - 32 bytes or more.
 */
int pidfile_write(struct pidfile *p, const char *path, pid_t pid);

/*
 * pidfile_write_start - the same with "PID STARTTIME" and a newline in it
 *
 * pid  of a living process, as seen from here
 *
 * The time is that of procdir_start_time. Returns as above, or -1 and errno
 * from procdir_open.
 */
int pidfile_write_start(struct pidfile *p, const char *path, pid_t pid);

/*
 * pidfile_expect, pidfile_expect_start - what another process will write so
 *
 * p  filled in: pidfile_remove removes what has that text
 *
 * The second returns as pidfile_write_start.
 */
void pidfile_expect(struct pidfile *p, pid_t pid);
int pidfile_expect_start(struct pidfile *p, pid_t pid);

/*
 * pidfile_remove - remove it, if it is still the file that was written
 *
 * Returns 0; -1 and errno where it may still be there.
 */
int pidfile_remove(struct pidfile *p, const char *path);

#endif
