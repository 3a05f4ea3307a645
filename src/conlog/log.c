/* log - output, keys and sizes, written to a log in one of its formats */
#include <errno.h>
#include <time.h>

#include "base/text.h"
#include "base/wait.h"
#include "conlog/log.h"
#include "conlog/say.h"

#define PART_MS 1000 /* between two parts of an unfinished line */

static long long monotonic(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int log_open(struct log *l, const char *path, enum log_format format,
	     long long limit, struct errmsg *f)
{
	l->format = format;
	l->batch.n = 0;
	l->begun = false;
	l->rows = l->cols = 0;
	cri_init(&l->cri[LOG_STDOUT], "stdout");
	cri_init(&l->cri[LOG_STDERR], "stderr");
	l->parted[LOG_STDOUT] = l->parted[LOG_STDERR] = wait_now() - PART_MS;
	cast_init(&l->cast);
	return logfile_open(&l->file, path, format != LOG_RAW, limit, f);
}

void log_plain(struct log *l)
{
	l->cast.crlf = true;
}

static void write_batch(struct log *l)
{
	(void)logfile_write(&l->file, l->batch.data, l->batch.n, wait_now());
	l->batch.n = 0;
}

/* A recording begins where there is none: a new file, or one that was emptied.
 * Its times begin with it. */
static int begin_log(struct log *l)
{
	struct batch *b = &l->batch;

	if (!l->begun && l->file.regular && !logfile_empty(&l->file))
		(void)logfile_rotate(&l->file);
	if (l->begun && !logfile_empty(&l->file))
		return 0;
	b->n = 0;
	cast_header(&l->cast, l->rows ? l->rows : 24, l->cols ? l->cols : 80,
		    time(NULL), monotonic(), b);
	l->begun = logfile_append(&l->file, b->data, b->n, wait_now()) == 0;
	b->n = 0;
	return l->begun ? 0 : -1;
}

enum kind { OUTPUT, INPUT, SIZE, REST };

struct event {
	enum kind kind;
	const unsigned char *data; /* OUTPUT and INPUT */
	size_t n;
};

/* An event in the batch; how many bytes of its data it has. */
static size_t make(struct log *l, const struct event *e)
{
	long long now = monotonic();

	l->batch.n = 0;
	if (e->kind == SIZE)
		cast_size(&l->cast, l->rows, l->cols, now, &l->batch);
	if (e->kind == REST)
		cast_flush(&l->cast, now, &l->batch);
	if (e->kind != OUTPUT && e->kind != INPUT)
		return 0;
	return cast_put(&l->cast, e->kind == INPUT, e->data, e->n, now,
			&l->batch);
}

/* An event that a file has no room for is made again for the next one. */
static size_t record_log(struct log *l, const struct event *e)
{
	struct cast before;
	int begun = begin_log(l);
	size_t used;

	before = l->cast;
	used = make(l, e);
	if (begun == 0 && l->batch.n > 0 &&
	    logfile_full(&l->file, l->batch.n) &&
	    logfile_rotate(&l->file) == 0) {
		l->begun = false;
		l->cast = before;
		begun = begin_log(l);
		used = make(l, e);
	}
	if (begun == 0)
		(void)logfile_append(&l->file, l->batch.data, l->batch.n,
				     wait_now());
	else
		logfile_lose(&l->file, l->batch.n);
	l->batch.n = 0;
	return used;
}

static void record_all(struct log *l, struct event e)
{
	while (e.n > 0) {
		size_t used = record_log(l, &e);

		e.data += used;
		e.n -= used;
	}
}

static void put_lines(struct log *l, enum log_stream stream,
		      const unsigned char *data, size_t n)
{
	struct timespec date;
	size_t used;

	(void)clock_gettime(CLOCK_REALTIME, &date);
	while (n > 0) {
		used = cri_put(&l->cri[stream], data, n, &date, &l->batch);
		write_batch(l);
		data += used;
		n -= used;
	}
}

void log_output(struct log *l, enum log_stream stream,
		const unsigned char *data, size_t n)
{
	if (l->file.fd < 0 || n == 0)
		return;
	if (l->format == LOG_RAW)
		(void)logfile_write(&l->file, data, n, wait_now());
	else if (l->format == LOG_CRI)
		put_lines(l, stream, data, n);
	else
		record_all(l, (struct event){ OUTPUT, data, n });
}

void log_input(struct log *l, const unsigned char *data, size_t n)
{
	if (l->file.fd >= 0 && l->format == LOG_CAST)
		record_all(l, (struct event){ INPUT, data, n });
}

void log_size(struct log *l, int rows, int cols)
{
	const struct event size = { .kind = SIZE };

	if (l->rows == rows && l->cols == cols)
		return;
	l->rows = rows;
	l->cols = cols;
	/* The header has it, if there is none yet. */
	if (l->file.fd >= 0 && l->format == LOG_CAST && l->begun)
		(void)record_log(l, &size);
}

/* The same for one stream; the longest that a part waits is the result. */
static int rest(struct log *l, enum log_stream stream, long long now)
{
	long long due = l->parted[stream] + PART_MS;

	if (!cri_pending(&l->cri[stream]))
		return -1;
	if (now < due)
		return (int)(due - now);
	cri_flush(&l->cri[stream], false, &l->batch);
	write_batch(l);
	l->parted[stream] = now;
	return -1;
}

int log_rest(struct log *l)
{
	long long now = wait_now();
	int out, err;

	if (l->file.fd < 0 || l->format != LOG_CRI)
		return -1;
	out = rest(l, LOG_STDOUT, now);
	err = rest(l, LOG_STDERR, now);
	return out < 0 || (err >= 0 && err < out) ? err : out;
}

void log_begin(struct log *l)
{
	if (l->file.fd >= 0 && l->format == LOG_CAST)
		(void)begin_log(l);
}

void log_reopen(struct log *l)
{
	int other = logfile_reopen(&l->file);

	if (other < 0)
		say(errno, "cannot open log %s anew, the old one goes on",
		    Q(l->file.path));
	if (other > 0)
		l->begun = false;
	log_begin(l);
}

void log_close(struct log *l)
{
	const struct event rest = { .kind = REST };

	/* One that has not begun has no rest, and moves no other away. */
	if (l->begun)
		(void)record_log(l, &rest);
	for (int i = 0; i < LOG_STREAMS && l->format == LOG_CRI; i++) {
		cri_flush(&l->cri[i], true, &l->batch);
		write_batch(l);
	}
	logfile_close(&l->file);
}
