/* keys - what leaves a terminal, and what was typed meanwhile */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "tty/detach_keys.h"

/* Does the text of n bytes end in these m? */
static bool ends_in(const uint8_t *text, size_t n, const uint8_t *part,
		    size_t m)
{
	return n >= m && memcmp(text + n - m, part, m) == 0;
}

/* The bytes to the end of the input, typed in pieces of any length. */
static void type(struct detach_keys *k, const uint8_t *typed, size_t n,
		 size_t piece)
{
	uint8_t *out = malloc(n + DETACH_KEYS_MAX);
	size_t came = 0, went = 0;
	bool hit = false;

	while (came < n && !hit) {
		size_t some = n - came < piece ? n - came : piece;
		uint8_t *data = malloc(some + DETACH_KEYS_MAX);

		memcpy(data, typed + came, some);
		some = detach_keys_pass(k, data, some, &hit);
		memcpy(out + went, data, some);
		went += some;
		came += n - came < piece ? n - came : piece;
		free(data);
	}
	/* These very bytes, but for those of the sequence. */
	assert(went <= n && memcmp(out, typed, went) == 0);
	assert(hit || (k->held < (k->n ? k->n : 1) && went + k->held == n &&
		       ends_in(typed, n, k->key, k->held)));
	assert(hit == (k->n > 0 && memmem(typed, n, k->key, k->n)));
	assert(!hit || memcmp(typed + went, k->key, k->n) == 0);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	size_t piece = 1 + fuzz_byte(&in) % 8;
	char *text = fuzz_word(&in);
	struct detach_keys k;

	if (detach_keys_parse(&k, text) == 0) {
		assert(k.n <= DETACH_KEYS_MAX && k.held == 0);
		type(&k, in.at, (size_t)(in.end - in.at), piece);
	}
	free(text);
	return 0;
}
