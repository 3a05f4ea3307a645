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

/* What changes with each append; its sum tells half of it from the whole. */
struct place {
	uint64_t end;
	uint32_t recent;
	uint32_t sum; /* of all others */
	unsigned char tail[SPOOL_TAIL];
};

/* The rest changes seldom, and has a sum as well. */
struct rest {
	char magic[16];
	uint64_t start;
	uint32_t ring, rows, cols, ended, said, plain;
	uint32_t sum; /* of all others, with sum 0 */
	char say[MODES_TEXT];
};

struct block {
	struct place place;
	struct rest rest;
};

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t add_sum(uint32_t hash, const void *data, size_t n)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ byte[i]) * 16777619U;
	return hash;
}

static uint32_t rest_sum(const struct rest *r)
{
	uint32_t hash = add_sum(2166136261U, r, offsetof(struct rest, sum));

	return add_sum(hash, r->say, sizeof(r->say));
}

static uint32_t place_sum(const struct place *p)
{
	uint32_t hash = add_sum(2166136261U, &p->end, sizeof(p->end));

	hash = add_sum(hash, &p->recent, sizeof(p->recent));
	return add_sum(hash, p->tail, p->recent);
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

static void pack_place(const struct spool_head *h, struct place *p)
{
	p->end = h->end;
	p->recent = (uint32_t)h->recent;
	memcpy(p->tail, h->tail, h->recent);
	p->sum = place_sum(p);
}

static int write_place(struct spool *s)
{
	struct place place;

	pack_place(&s->head, &place);
	return write_at(s->fd, &place,
			offsetof(struct place, tail) + s->head.recent, 0);
}

static int write_block(struct spool *s)
{
	const struct spool_head *h = &s->head;
	struct block block = {
		.rest = { .magic = MAGIC,
			  .start = h->start,
			  .ring = (uint32_t)h->ring,
			  .rows = (uint32_t)h->rows,
			  .cols = (uint32_t)h->cols,
			  .ended = h->ended,
			  .said = (uint32_t)h->said,
			  .plain = h->plain },
	};

	pack_place(h, &block.place);
	memcpy(block.rest.say, h->say, h->said);
	block.rest.sum = rest_sum(&block.rest);
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
static int fill_spool(int fd, size_t ring)
{
	const unsigned char nothing[4096] = { 0 };

	for (size_t at = 0; at < HEADER + ring; at += sizeof(nothing))
		if (write_at(fd, nothing, sizeof(nothing), (off_t)at) < 0)
			return -1;
	return 0;
}

static int allocate(int fd, size_t ring)
{
	int done;

	if (fd_truncate(fd, 0) < 0)
		return -1;
	do {
		done = fallocate(fd, 0, 0, (off_t)(HEADER + ring));
	} while (done < 0 && errno == EINTR);
	if (done == 0)
		return 0;
	return errno == EOPNOTSUPP || errno == ENOSYS ? fill_spool(fd, ring)
						      : -1;
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
	while (flock(fd, LOCK_EX | LOCK_NB) < 0)
		if (errno != EINTR)
			return -1;
	/* The writer that had it may have removed it before it let go. */
	if (fstat(fd, &st) < 0 || st.st_nlink == 0) {
		errno = EWOULDBLOCK;
		return -1;
	}
	*s = (struct spool){ .fd = fd };
	if (make_ring(s) < 0) {
		int saved = errno;

		(void)unlinkat(dir, name, 0);
		errno = saved;
		return -1;
	}
	s->fd = fd_take(&fd);
	return 0;
}

/* The most that is written before the readers are told. */
static size_t step_most(size_t ring)
{
	return ring / 8;
}

/* Write bytes to where number at lies, and around the end of the ring. */
static int write_ring(const struct spool *s, const unsigned char *data,
		      size_t n, uint64_t at)
{
	size_t from = (size_t)(at % s->head.ring), first = s->head.ring - from;

	if (first > n)
		first = n;
	if (write_at(s->fd, data, first, (off_t)(HEADER + from)) < 0)
		return -1;
	return write_at(s->fd, data + first, n - first, HEADER);
}

static int write_head(struct spool *s)
{
	return s->stale ? write_block(s) : write_place(s);
}

/* A few bytes go into the header, with what is there already. */
static int append_few(struct spool *s, const unsigned char *data, size_t n)
{
	struct spool_head *h = &s->head;

	memcpy(h->tail + h->recent, data, n);
	h->recent += n;
	h->end += n;
	return write_head(s);
}

/* One step of many; what the header held goes to its place first. */
static int append_step(struct spool *s, const unsigned char *data, size_t n)
{
	struct spool_head *h = &s->head;
	uint64_t end = h->end;

	h->end += n;
	if (write_ring(s, h->tail, h->recent, end - h->recent) < 0 ||
	    write_ring(s, data, n, end) < 0)
		return -1;
	h->recent = 0;
	return write_head(s);
}

static int append(struct spool *s, const unsigned char *data, size_t n)
{
	if (s->head.recent + n <= SPOOL_TAIL)
		return append_few(s, data, n);
	return append_step(s, data, n);
}

int spool_append(struct spool *s, const unsigned char *data, size_t n)
{
	size_t most = step_most(s->head.ring), some;
	int error = 0;

	for (; n > 0; data += some, n -= some) {
		some = n < most ? n : most;
		if (append(s, data, some) == 0)
			continue;
		error = error ? error : errno;
		s->head.start = s->head.end;
		s->head.recent = 0;
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

void spool_plain(struct spool *s)
{
	s->head.plain = true;
	s->stale = true;
}

void spool_end(struct spool *s)
{
	s->head.ended = true;
	(void)write_block(s);
}

void spool_close(struct spool *s)
{
	/* Closing is not enough while another process looks at our descriptors
	 * in /proc. */
	(void)flock(s->fd, LOCK_UN);
	fd_close(&s->fd);
}

int spool_open(int dir, const char *name)
{
	return fd_open_as(dir, name, O_RDONLY | O_NOFOLLOW, S_IFREG);
}

static bool block_is_whole(const struct block *b)
{
	return b->place.recent <= SPOOL_TAIL &&
	       b->place.sum == place_sum(&b->place) &&
	       b->rest.sum == rest_sum(&b->rest);
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

static void unpack_spool(const struct block *b, struct spool_head *h)
{
	*h = (struct spool_head){
		.start = b->rest.start,
		.end = b->place.end,
		.ring = b->rest.ring,
		.rows = (int)b->rest.rows,
		.cols = (int)b->rest.cols,
		.recent = b->place.recent,
		.ended = b->rest.ended,
		.said = b->rest.said,
		.plain = b->rest.plain,
	};
	memcpy(h->say, b->rest.say, h->said);
	memcpy(h->tail, b->place.tail, h->recent);
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
		if (got != sizeof(block) || !block_is_whole(&block))
			continue;
		if (!sane(&block.rest))
			break;
		unpack_spool(&block, head);
		return 0;
	}
	errno = got == sizeof(block) && !block_is_whole(&block) ? EAGAIN
								: EINVAL;
	return -1;
}

/* Bytes that are in the ring, and not in the header, up to its end. */
static ssize_t copy_spool(int fd, const struct spool_head *h, uint64_t at,
			  unsigned char *data, size_t n)
{
	size_t from = (size_t)(at % h->ring);
	uint64_t end = h->end - h->recent;
	ssize_t got;

	if (n > end - at)
		n = (size_t)(end - at);
	if (n > h->ring - from)
		n = h->ring - from;
	do {
		got = pread(fd, data, n, (off_t)(HEADER + from));
	} while (got < 0 && errno == EINTR);
	return got;
}

/* Bytes that are in the header. */
static ssize_t copy_recent(const struct spool_head *h, uint64_t at,
			   unsigned char *data, size_t n)
{
	size_t skip = (size_t)(at - (h->end - h->recent));

	if (n > h->recent - skip)
		n = h->recent - skip;
	memcpy(data, h->tail + skip, n);
	return (ssize_t)n;
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
		if (*at >= head->end - head->recent)
			return copy_recent(head, *at, data, n);
		from = *at;
		got = copy_spool(fd, head, from, data, n);
		if (got <= 0 || spool_look(fd, head) < 0)
			return -1;
		if (from >= head->start)
			return got;
	}
}
