/*
 * logfile - a file that records are appended to: it can be full, be truncated
 * or moved away by others, and begin anew.
 *
 * Records end in a newline where the format has records; a write that was cut
 * short by a full disk is undone to the last whole one. What is lost is counted
 * and said once, when there is room again. Each call is one write(2), so what
 * others truncate grows from its new start (O_APPEND).
 */
#ifndef LOGFILE_H
#define LOGFILE_H

#include <stdbool.h>
#include <stddef.h>

#define LOGFILE_KEPT 2 /* F.1 and F.2 */

struct errmsg;

struct logfile {
	const char *path; /* NULL: there is no log */
	int fd;		  /* close-on-exec, or -1 */
	bool regular;	  /* it has a size */
	bool records;	  /* each is a line */
	long long limit;  /* bytes, or 0 */

	bool failing;	     /* the last write failed, at this errno, or */
	long long quiet;     /* has not since then, ms */
	long long lost;	     /* bytes since it began */
	bool stuck;	     /* it could not be renamed; said */
	char resolved[4096]; /* path without links, for renaming */
};

/*
 * logfile_open - open a log to append to it, mode 0640 if it is new
 *
 * path     NULL: nothing is written; stays referenced
 * records  whether the format has records
 * limit    the size to keep below, 0: none
 *
 * Returns 0; -1 with f filled in and errno from open(2).
 */
int logfile_open(struct logfile *l, const char *path, bool records,
		 long long limit, struct errmsg *f);

/*
 * logfile_write - append n bytes of whole records
 *
 * now  CLOCK_MONOTONIC in ms
 *
 * Where the file would grow beyond its limit, it begins anew between two
 * records (a record larger than the limit has a file of its own).
 *
 * Returns 0; -1 where something was lost.
 */
int logfile_write(struct logfile *l, const unsigned char *data, size_t n,
		  long long now);

/*
 * logfile_append - the same, whatever the limit says: data is one record, or
 * several that belong together
 */
int logfile_append(struct logfile *l, const unsigned char *data, size_t n,
		   long long now);

/* logfile_lose - count n bytes that could not be written */
void logfile_lose(struct logfile *l, size_t n);

/* logfile_full - would n bytes more be beyond the limit? */
bool logfile_full(const struct logfile *l, size_t n);

/* logfile_empty - is there nothing in the file? False for what is no file. */
bool logfile_empty(const struct logfile *l);

/*
 * logfile_rotate - F.1 becomes F.2, F becomes F.1, and F is a new file
 *
 * Returns 0; -1 where that failed: the old one goes on, and it is said once.
 */
int logfile_rotate(struct logfile *l);

/*
 * logfile_reopen - open what is at the path now
 *
 * Returns 1 where that is another file, 0 where it is the same; -1 and errno
 * where it failed: the old one goes on.
 */
int logfile_reopen(struct logfile *l);

/* logfile_close - close it, and say what was lost to the end */
void logfile_close(struct logfile *l);

#endif
