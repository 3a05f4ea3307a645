/* spool - the last output of a terminal, in a file that readers follow */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "spool/spool.h"

#define MAGIC	 "ptyspool1"
#define HEADER	 4096 /* bytes in front of the ring */
#define ATTEMPTS 1000 /* at a header that is just being written */

/* What changes with each append, and its complement: a reader sees half. */
struct place {
	uint64_t end, not_end;
};

/* The rest changes seldom; its sum tells half of it from the whole. */
struct rest {
	char magic[16];
	uint64_t start;
	uint32_t ring, rows, cols, ended, said;
	uint32_t sum; /* of all others, with sum 0 */
	char say[MODES_TEXT];
};

struct block {
	struct place place;
	struct rest rest;
};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t sum(const struct rest *rest)
{
	const unsigned char *byte = (const unsigned char *)rest;
	const size_t skip = offsetof(struct rest, sum);
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < sizeof(*rest); i++)
		if (i < skip || i >= skip + sizeof(rest->sum))
			hash = (hash ^ byte[i]) * 16777619U;
	return hash;
}

static int write_at(int fd, const void *data, size_t n, off_t at)
{
	const char *from = data;
	ssize_t put;

	while (n > 0) {
		put = pwrite(fd, from, n, at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			errno = put < 0 ? errno : ENOSPC;
			return -1;
		}
		from += put;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

static int write_place(struct spool *s)
{
	struct place place = { s->head.end, ~s->head.end };

	return write_at(s->fd, &place, sizeof(place), 0);
}

static int write_block(struct spool *s)
{
	const struct spool_head *h = &s->head;
	struct block block = {
		.place = { h->end, ~h->end },
		.rest = { .magic = MAGIC,
			  .start = h->start,
			  .ring = (uint32_t)h->ring,
			  .rows = (uint32_t)h->rows,
			  .cols = (uint32_t)h->cols,
			  .ended = h->ended,
			  .said = (uint32_t)h->said },
	};

	memcpy(block.rest.say, h->say, h->said);
	block.rest.sum = sum(&block.rest);
	if (write_at(s->fd, &block, sizeof(block), 0) < 0)
		return -1;
	s->stale = false;
	return 0;
}

int spool_flush(struct spool *s)
{
	return s->stale ? write_block(s) : 0;
}

/* Where a file system cannot allocate, what is written does. */
static int fill(int fd, size_t ring)
{
	const unsigned char nothing[4096] = { 0 };

	for (size_t at = 0; at < HEADER + ring; at += sizeof(nothing))
		if (write_at(fd, nothing, sizeof(nothing), (off_t)at) < 0)
			return -1;
	return 0;
}

static int allocate(int fd, size_t ring)
{
	if (ftruncate(fd, 0) < 0)
		return -1;
	if (fallocate(fd, 0, 0, (off_t)(HEADER + ring)) == 0)
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS ? fill(fd, ring) : -1;
}

/* The largest ring for which there is room. */
static int make_ring(struct spool *s)
{
	s->head = (struct spool_head){ .ring = SPOOL_RING };
	while (allocate(s->fd, s->head.ring) < 0) {
		if (errno != ENOSPC && errno != EDQUOT)
			return -1;
		if (s->head.ring == SPOOL_LEAST)
			return -1;
		s->head.ring /= 2;
	}
	return write_block(s);
}

int spool_create(int dir, const char *name, struct spool *s)
{
	struct stat st;
	autofd fd = openat(dir, name,
			   O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
				   O_NONBLOCK | O_NOCTTY,
			   0600);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	*s = (struct spool){ .fd = fd };
	if (make_ring(s) < 0)
		return -1;
	s->fd = fd_take(&fd);
	return 0;
}

/* The most that is written before the readers are told. */
static size_t step_most(size_t ring)
{
	return ring / 8;
}

/* One step: bytes that do not go beyond the end of the ring. */
static int step(struct spool *s, const unsigned char *data, size_t n)
{
	size_t at = (size_t)(s->head.end % s->head.ring);

	s->head.end += n;
	if (write_at(s->fd, data, n, (off_t)(HEADER + at)) < 0)
		return -1;
	return s->stale ? write_block(s) : write_place(s);
}

static size_t step_size(const struct spool *s, size_t n)
{
	size_t rest = s->head.ring - (size_t)(s->head.end % s->head.ring);
	size_t most = step_most(s->head.ring);

	most = rest < most ? rest : most;

	return n < most ? n : most;
}

int spool_append(struct spool *s, const unsigned char *data, size_t n)
{
	int error = 0;

	for (size_t some; n > 0; data += some, n -= some) {
		some = step_size(s, n);
		if (step(s, data, some) == 0)
			continue;
		error = error ? error : errno;
		s->head.start = s->head.end;
		s->lost += some;
		s->stale = true;
	}
	errno = error;
	return error ? -1 : 0;
}

void spool_tell(struct spool *s, int rows, int cols, const char *say, size_t n)
{
	struct spool_head *h = &s->head;

	if (h->rows == rows && h->cols == cols && h->said == n &&
	    memcmp(h->say, say, n) == 0)
		return;
	h->rows = rows;
	h->cols = cols;
	h->said = n;
	memcpy(h->say, say, n);
	s->stale = true;
}

void spool_close(struct spool *s)
{
	s->head.ended = true;
	(void)write_block(s);
	fd_close(&s->fd);
}

int spool_open(int dir, const char *name)
{
	struct stat st;
	autofd fd = openat(dir, name,
			   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				   O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return fd_take(&fd);
}

static bool whole(const struct block *b)
{
	return b->place.end == ~b->place.not_end &&
	       b->rest.sum == sum(&b->rest);
}

static bool sane(const struct rest *r)
{
	return memcmp(r->magic, MAGIC, sizeof(MAGIC)) == 0 &&
	       r->ring >= SPOOL_LEAST && r->ring <= SPOOL_RING &&
	       (r->ring & (r->ring - 1)) == 0 && r->rows <= 65535 &&
	       r->cols <= 65535 && r->said <= MODES_TEXT;
}

/* What may be overwritten at this moment is not there any more. */
static uint64_t oldest(const struct spool_head *h)
{
	uint64_t kept = h->ring - step_most(h->ring);
	uint64_t start = h->end > kept ? h->end - kept : 0;

	return start > h->start ? start : h->start;
}

static void unpack(const struct block *b, struct spool_head *h)
{
	*h = (struct spool_head){
		.start = b->rest.start,
		.end = b->place.end,
		.ring = b->rest.ring,
		.rows = (int)b->rest.rows,
		.cols = (int)b->rest.cols,
		.ended = b->rest.ended,
		.said = b->rest.said,
	};
	memcpy(h->say, b->rest.say, h->said);
	h->start = oldest(h);
	if (h->start > h->end)
		h->start = h->end;
}

int spool_look(int fd, struct spool_head *head)
{
	struct block block;
	ssize_t got;

	for (int i = 0; i < ATTEMPTS; i++) {
		got = pread(fd, &block, sizeof(block), 0);
		if (got < 0 && errno != EINTR)
			return -1;
		if (got != sizeof(block) || !whole(&block))
			continue;
		if (!sane(&block.rest))
			break;
		unpack(&block, head);
		return 0;
	}
	errno = got == sizeof(block) && !whole(&block) ? EAGAIN : EINVAL;
	return -1;
}

static ssize_t copy(int fd, const struct spool_head *h, uint64_t at,
		    unsigned char *data, size_t n)
{
	size_t from = (size_t)(at % h->ring);
	ssize_t got;

	if (n > h->end - at)
		n = (size_t)(h->end - at);
	if (n > h->ring - from)
		n = h->ring - from;
	do {
		got = pread(fd, data, n, (off_t)(HEADER + from));
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t spool_read(int fd, struct spool_head *head, uint64_t *at,
		   unsigned char *data, size_t n)
{
	uint64_t from;
	ssize_t got;

	for (;;) {
		if (*at < head->start)
			*at = head->start;
		/* A spool that begins anew has another reader's numbers. */
		if (*at >= head->end)
			return 0;
		from = *at;
		got = copy(fd, head, from, data, n);
		if (got <= 0 || spool_look(fd, head) < 0)
			return -1;
		if (from >= head->start)
			return got;
	}
}
