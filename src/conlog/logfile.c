/* logfile - a file that records are appended to */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "conlog/logfile.h"
#include "conlog/say.h"

#define QUIET_MS 1000 /* without a failure until the end of one is said */

static int open_log(const char *path, int more)
{
	/* A FIFO without a reader is an error, and never waited for. */
	return open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY |
			    O_CLOEXEC | more,
		    0640);
}

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static long long size_of(const struct logfile *l)
{
	struct stat st;

	return l->regular && fstat(l->fd, &st) == 0 ? (long long)st.st_size : 0;
}

/* The last record of one that was killed may be cut: the next one is a line of
 * its own all the same. */
static void end_cut_record(const struct logfile *l)
{
	long long size = l->records ? size_of(l) : 0;
	autofd fd = -1;
	char last;

	if (size > 0)
		fd = fd_open_as(AT_FDCWD, l->resolved, O_RDONLY | O_NOFOLLOW,
				S_IFREG);
	if (fd >= 0 && pread(fd, &last, 1, (off_t)size - 1) == 1 &&
	    last != '\n')
		(void)!write(l->fd, "\n", 1);
}

int logfile_open(struct logfile *l, const char *path, bool records,
		 long long limit, struct errmsg *f)
{
	*l = (struct logfile){
		.path = path, .fd = -1, .records = records, .limit = limit
	};
	if (!path)
		return 0;
	l->fd = open_log(path, 0);
	if (l->fd < 0)
		return errmsg_q(f, errno, "cannot open log %s", path);
	l->regular = is_regular(l->fd);
	/* Renamed is the file itself, and not a link to it. */
	if (l->regular && !realpath(path, l->resolved))
		return errmsg_q(f, errno, "cannot resolve log %s", path);
	if (!l->regular)
		l->limit = 0;
	end_cut_record(l);
	return 0;
}

bool logfile_full(const struct logfile *l, size_t n)
{
	return l->limit > 0 && size_of(l) + (long long)n > l->limit;
}

bool logfile_empty(const struct logfile *l)
{
	return l->regular && size_of(l) == 0;
}

static void failed(struct logfile *l, int error, size_t lost, long long now)
{
	if (!l->failing)
		say(error, "cannot write log %s", Q(l->path));
	l->failing = true;
	l->quiet = now;
	l->lost += (long long)lost;
}

void logfile_lose(struct logfile *l, size_t n)
{
	l->lost += (long long)n;
}

static void recovered(struct logfile *l)
{
	say(0, "log %s goes on; %lld bytes are not in it", Q(l->path), l->lost);
	l->failing = false;
	l->lost = 0;
}

/* Of the bytes that were written, those that are whole records. */
static size_t logfile_whole(const struct logfile *l, const unsigned char *data,
			    size_t put)
{
	const unsigned char *end;

	if (!l->records || !l->regular)
		return put;
	end = put ? memrchr(data, '\n', put) : NULL;
	return end ? (size_t)(end - data) + 1 : 0;
}

/* Take n bytes back that were just written at the end. */
static void undo(const struct logfile *l, size_t n)
{
	long long size = size_of(l);

	if (n > 0 && size >= (long long)n)
		(void)fd_truncate(l->fd, size - (long long)n);
}

/* Returns how many bytes were written: all, or as many as could be. */
static size_t logfile_write_all(const struct logfile *l,
				const unsigned char *data, size_t n)
{
	size_t done = 0;
	ssize_t put;

	while (done < n) {
		put = write(l->fd, data + done, n - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	return done;
}

int logfile_append(struct logfile *l, const unsigned char *data, size_t n,
		   long long now)
{
	size_t put, kept;
	int error;

	if (l->fd < 0 || n == 0)
		return 0;
	put = logfile_write_all(l, data, n);
	if (put == n) {
		if (l->failing && now - l->quiet >= QUIET_MS)
			recovered(l);
		return 0;
	}
	error = errno;
	kept = logfile_whole(l, data, put);
	undo(l, put - kept);
	failed(l, error, n - kept, now);
	return -1;
}

/* How many of n bytes go into the file as it is: whole records, or lines. */
static size_t share(const struct logfile *l, const unsigned char *data,
		    size_t n)
{
	long long size = size_of(l), room = l->limit - size;
	const unsigned char *end;

	if ((long long)n <= room)
		return n;
	end = room > 0 ? memrchr(data, '\n', (size_t)room) : NULL;
	if (end)
		return (size_t)(end - data) + 1;
	if (size > 0)
		return 0;
	/* It is larger than a file: records stay whole, text does not. */
	if (!l->records)
		return (size_t)room;
	end = memchr(data, '\n', n);
	return end ? (size_t)(end - data) + 1 : n;
}

int logfile_write(struct logfile *l, const unsigned char *data, size_t n,
		  long long now)
{
	int result = 0;
	size_t some;

	while (n > 0) {
		some = l->limit > 0 ? share(l, data, n) : n;
		if (some == 0 && logfile_rotate(l) < 0)
			some = n;
		if (some > 0 && logfile_append(l, data, some, now) < 0)
			result = -1;
		data += some;
		n -= some;
	}
	return result;
}

/* PATH.N, in a buffer of PATH_MAX. */
static int numbered(char *buf, const struct logfile *l, const char *suffix)
{
	int n = snprintf(buf, PATH_MAX, "%s.%s", l->resolved, suffix);

	errno = ENAMETOOLONG;
	return n < PATH_MAX ? 0 : -1;
}

/* Has the file that name already? One that was killed had moved it half. */
static bool has_name(const struct logfile *l, const char *path)
{
	struct stat st, here;

	return lstat(path, &st) == 0 && fstat(l->fd, &here) == 0 &&
	       st.st_dev == here.st_dev && st.st_ino == here.st_ino;
}

/* Move the file to F.1; it is never without a name, if links can be made. */
static int move_away(const struct logfile *l, const char *first,
		     const char *fresh)
{
	if (link(l->resolved, first) < 0 && rename(l->resolved, first) < 0)
		return -1;
	return rename(fresh, l->resolved);
}

static int rotate(struct logfile *l)
{
	char first[PATH_MAX], second[PATH_MAX], fresh[PATH_MAX];
	autofd fd = -1;

	if (numbered(first, l, "1") < 0 || numbered(second, l, "2") < 0 ||
	    numbered(fresh, l, "new") < 0)
		return -1;
	/* Before anything is moved: it may be what there is no room for. */
	if (unlink(fresh) < 0 && errno != ENOENT)
		return -1;
	fd = open_log(fresh, O_EXCL | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if ((!has_name(l, first) && rename(first, second) < 0 &&
	     errno != ENOENT) ||
	    move_away(l, first, fresh) < 0) {
		(void)unlink(fresh);
		return -1;
	}
	(void)close(l->fd);
	l->fd = fd_take(&fd);
	return 0;
}

int logfile_rotate(struct logfile *l)
{
	if (l->fd < 0 || !l->regular)
		return -1;
	if (rotate(l) < 0) {
		if (!l->stuck)
			say(errno, "cannot rename log %s, it goes on",
			    Q(l->path));
		l->stuck = true;
		return -1;
	}
	l->stuck = false;
	return 0;
}

int logfile_reopen(struct logfile *l)
{
	struct stat before, after;
	autofd fd = -1;

	if (!l->path)
		return 0;
	fd = open_log(l->path, 0);
	if (fd < 0 || fstat(fd, &after) < 0 || fstat(l->fd, &before) < 0)
		return -1;
	if (before.st_dev == after.st_dev && before.st_ino == after.st_ino)
		return 0;
	if (S_ISREG(after.st_mode) && !realpath(l->path, l->resolved))
		return -1;
	l->regular = S_ISREG(after.st_mode);
	(void)close(l->fd);
	l->fd = fd_take(&fd);
	end_cut_record(l);
	return 1;
}

void logfile_close(struct logfile *l)
{
	if (l->failing)
		recovered(l);
	fd_close(&l->fd);
}
