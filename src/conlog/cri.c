/* cri - lines of output as records of the log format of Kubernetes' CRI */
#include <stdio.h>
#include <string.h>

#include "conlog/cri.h"
#include "conlog/utf8.h"

_Static_assert(BATCH_SIZE > CRI_CONTENT + CRI_HEAD, "a record fits");

void cri_init(struct cri *c, const char *stream)
{
	c->stream = stream;
	c->open = false;
	c->n = 0;
	c->head_size = 0;
}

/*
 * The date of a second since 1970, in the Gregorian calendar. gmtime(3) would
 * count leap seconds where TZ says so.
 * Source: H. Hinnant, chrono-compatible low-level date algorithms.
 */
static int write_date(char *buf, size_t size, const struct timespec *date)
{
	long long day = date->tv_sec / 86400 + 719468;
	int rest = (int)(date->tv_sec % 86400);
	long long era = day / 146097, of_era = day % 146097;
	long long year = (of_era - of_era / 1460 + of_era / 36524 -
			  of_era / 146096) /
			 365;
	long long of_year = of_era - (365 * year + year / 4 - year / 100);
	long long month = (5 * of_year + 2) / 153;

	return snprintf(buf, size, "%04lld-%02lld-%02lldT%02d:%02d:%02d.%09ldZ",
			year + era * 400 + (month >= 10),
			month < 10 ? month + 3 : month - 9,
			of_year - (153 * month + 2) / 5 + 1, rest / 3600,
			rest / 60 % 60, rest % 60, date->tv_nsec);
}

/* What is read at once has one date, which is written once. */
static void make_head(struct cri *c, const struct timespec *date)
{
	int n;

	if (c->head_size > 0 && c->put.tv_sec == date->tv_sec &&
	    c->put.tv_nsec == date->tv_nsec)
		return;
	n = write_date(c->head, sizeof(c->head), date);
	n += snprintf(c->head + n, sizeof(c->head) - (size_t)n, " %s F ",
		      c->stream);
	c->head_size = (size_t)n;
	c->put = *date;
}

static void cri_record(struct cri *c, char tag, const struct timespec *date,
		       const unsigned char *content, size_t n,
		       struct batch *out)
{
	unsigned char *to = out->data + out->n;

	make_head(c, date);
	memcpy(to, c->head, c->head_size);
	to += c->head_size;
	to[-2] = (unsigned char)tag;
	memcpy(to, content, n);
	to[n] = '\n';
	out->n += c->head_size + n + 1;
	c->open = tag == 'P';
}

static bool fits_cri(const struct batch *out, size_t n)
{
	return batch_room(out) >= CRI_HEAD + n;
}

/* The kept bytes as a record, and more behind them where it is a whole line. */
static void finish_cri(struct cri *c, struct batch *out)
{
	cri_record(c, 'F', &c->date, c->line, c->n, out);
	c->n = 0;
}

static void part(struct cri *c, bool end, struct batch *out)
{
	size_t cut = end ? 0 : utf8_partial(c->line, c->n), n = c->n - cut;

	cri_record(c, 'P', &c->date, c->line, n, out);
	memmove(c->line, c->line + n, cut);
	c->n = cut;
	c->date = c->last;
}

/* Keep bytes of a line that has no end yet. */
static size_t cri_keep(struct cri *c, const unsigned char *data, size_t n,
		       const struct timespec *date)
{
	if (n > CRI_CONTENT - c->n)
		n = CRI_CONTENT - c->n;
	if (c->n == 0)
		c->date = *date;
	memcpy(c->line + c->n, data, n);
	c->n += n;
	c->last = *date;
	return n;
}

/*
 * One step: a record, or bytes that are kept. A line that fills a record may
 * end right there, so no part is made of it before more of it comes.
 * Returns how many bytes were used up; 0 for a record of kept bytes alone.
 */
static size_t cri_step(struct cri *c, const unsigned char *data, size_t n,
		       const struct timespec *date, struct batch *out)
{
	const unsigned char *end = memchr(data, '\n', n);
	size_t length = end ? (size_t)(end - data) : n;

	if (end && c->n == 0 && length <= CRI_CONTENT) {
		cri_record(c, 'F', date, data, length, out);
		return length + 1;
	}
	if (length > 0 && c->n == CRI_CONTENT) {
		part(c, false, out);
		return 0;
	}
	if (end && c->n + length <= CRI_CONTENT) {
		(void)cri_keep(c, data, length, date);
		finish_cri(c, out);
		return length + 1;
	}
	return cri_keep(c, data, length, date);
}

size_t cri_put(struct cri *c, const unsigned char *data, size_t n,
	       const struct timespec *date, struct batch *out)
{
	size_t used = 0;

	while (used < n && fits_cri(out, CRI_CONTENT))
		used += cri_step(c, data + used, n - used, date, out);
	return used;
}

bool cri_pending(const struct cri *c)
{
	return c->n > utf8_partial(c->line, c->n);
}

void cri_flush(struct cri *c, bool end, struct batch *out)
{
	if (end ? c->n > 0 : cri_pending(c))
		part(c, end, out);
}
