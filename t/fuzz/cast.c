/* cast - output in reads of any size, as a recording that is JSON */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "conlog/cast.h"
#include "conlog/utf8.h"
#include "fuzz.h"

struct text {
	uint8_t *data;
	size_t n, room;
};

static void add(struct text *t, const void *data, size_t n)
{
	assert(t->n + n <= t->room);
	memcpy(t->data + t->n, data, n);
	t->n += n;
}

/* What is no UTF-8 as U+FFFD, in one go. */
static void repair(struct text *t, const uint8_t *data, size_t n)
{
	while (n > 0) {
		int length = utf8_char(data, n);
		size_t some = length > 0   ? (size_t)length
			      : length < 0 ? n
					   : utf8_bad(data, n);

		if (length > 0)
			add(t, data, some);
		else
			add(t, "\xef\xbf\xbd", 3);
		data += some;
		n -= some;
	}
}

static uint8_t digit(uint8_t c)
{
	assert((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* A string of JSON from its first byte to its closing quote. */
static const uint8_t *unescape(struct text *t, const uint8_t *at)
{
	static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";

	for (; *at != '"'; at++) {
		uint8_t byte = *at;

		assert(byte >= 0x20);
		if (byte == '\\' && *++at == 'u') {
			assert(at[1] == '0' && at[2] == '0');
			byte = (uint8_t)(digit(at[3]) << 4 | digit(at[4]));
			at += 4;
		} else if (byte == '\\') {
			const char *name = strchr(names, *at);

			assert(*at && name);
			byte = (uint8_t)values[name - names];
		}
		add(t, &byte, 1);
	}
	return at + 1;
}

/* The events of a batch: each a line that ends where it should. */
static void empty(struct text *t, struct batch *b)
{
	const uint8_t *at = b->data, *last = b->data + b->n;

	assert(b->n < BATCH_SIZE);
	b->data[b->n] = '\0';
	while (at < last) {
		at = (const uint8_t *)strstr((const char *)at, ", \"o\", \"");
		assert(at);
		at = unescape(t, at + 8);
		assert(at[0] == ']' && at[1] == '\n');
		at += 2;
	}
	b->n = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct batch b;
	struct fuzz in = { data, data + size };
	size_t piece = 1 + fuzz_byte(&in) % 64;
	size_t n = (size_t)(in.end - in.at), room = 3 * n + 3;
	struct text wanted = { malloc(room), 0, room };
	struct text got = { malloc(room), 0, room };
	struct cast c;
	long long now = 0;

	repair(&wanted, in.at, n);
	cast_init(&c);
	for (b.n = 0; n > 0; now += 1234567) {
		size_t used = cast_put(&c, false, in.at, n < piece ? n : piece,
				       now, &b);

		assert(used > 0);
		in.at += used;
		n -= used;
		empty(&got, &b);
	}
	cast_flush(&c, now, &b);
	empty(&got, &b);
	assert(got.n == wanted.n && memcmp(got.data, wanted.data, got.n) == 0);
	free(wanted.data);
	free(got.data);
	return 0;
}
