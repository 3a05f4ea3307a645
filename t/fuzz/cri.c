/* cri - output in reads of any size, and what a reader of the log makes of it
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "conlog/cri.h"
#include "conlog/utf8.h"
#include "fuzz.h"

#define CRI_DATE   31		/* bytes of a date, with its blank */
#define YEAR_10000 253402300800 /* its first second: dates are longer then */

struct log {
	uint8_t *said; /* what the records say, put together again */
	size_t n, room;
	bool valid; /* the output is UTF-8, so each record has to be */
};

static void add(struct log *l, const void *data, size_t n)
{
	assert(l->n + n <= l->room);
	memcpy(l->said + l->n, data, n);
	l->n += n;
}

static bool is_utf8(const uint8_t *data, size_t n)
{
	while (n > 0) {
		int length = utf8_char(data, n);

		if (length <= 0)
			return false;
		data += length;
		n -= (size_t)length;
	}
	return true;
}

/* One record, its newline left out. */
static void take(struct log *l, const uint8_t *record, size_t n)
{
	const size_t head = CRI_DATE + sizeof("stdout F ") - 1;

	assert(n >= head && n - head <= CRI_CONTENT);
	assert(record[4] == '-' && record[10] == 'T' && record[19] == '.' &&
	       record[29] == 'Z' && record[30] == ' ');
	assert(memcmp(record + CRI_DATE, "stdout ", 7) == 0);
	assert(record[head - 2] == 'F' || record[head - 2] == 'P');
	assert(record[head - 1] == ' ');
	assert(!l->valid || is_utf8(record + head, n - head));
	add(l, record + head, n - head);
	if (record[head - 2] == 'F')
		add(l, "\n", 1);
}

static void empty(struct log *l, struct batch *b)
{
	const uint8_t *at = b->data, *last = b->data + b->n, *end;

	assert(b->n <= BATCH_SIZE);
	for (; at < last; at = end + 1) {
		end = memchr(at, '\n', (size_t)(last - at));
		assert(end);
		take(l, at, (size_t)(end - at));
	}
	b->n = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cri c;
	static struct batch b;
	struct fuzz in = { data, data + size };
	size_t piece = 1 + fuzz_byte(&in) * 37, times = 1 + fuzz_byte(&in) * 8;
	size_t n = (size_t)(in.end - in.at), all = n * times;
	uint8_t *text = malloc(all + 1);
	struct log l = { malloc(all + 1), 0, all, true };
	struct timespec date = { 0, 0 };

	/* The input many times over: lines that are long enough. */
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * n, in.at, n);
	l.valid = is_utf8(text, all);
	cri_init(&c, "stdout");
	b.n = 0;
	for (size_t at = 0; at < all;) {
		size_t some = all - at < piece ? all - at : piece, used;

		date.tv_sec = (date.tv_sec + 86400 * 17) % YEAR_10000;
		date.tv_nsec = (date.tv_nsec + 999) % 1000000000;
		used = cri_put(&c, text + at, some, &date, &b);
		assert(used <= some && (used == some || b.n > 0));
		at += used;
		empty(&l, &b);
		if (some % 3 == 0)
			cri_flush(&c, false, &b);
	}
	empty(&l, &b);
	cri_flush(&c, true, &b);
	empty(&l, &b);
	assert(l.n == all && memcmp(l.said, text, all) == 0);
	free(text);
	free(l.said);
	return 0;
}
