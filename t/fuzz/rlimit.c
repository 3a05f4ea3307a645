/* rlimit - resource limits, and the score for the out-of-memory killer */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "cred/rlimit.h"
#include "fuzz.h"

/* The limit as rlimit_parse would have it in its plainest form. */
static void spell(char *out, size_t room, const struct limit *limit)
{
	char soft[RLIMIT_TEXT_MAX], hard[RLIMIT_TEXT_MAX];
	const char *name = NULL;
	int resource = -1;

	for (int i = 0; resource != limit->resource; i++) {
		name = rlimit_name(i, &resource);
		assert(name);
	}
	(void)snprintf(out, room, "%s=%s:%s", name,
		       rlimit_text(soft, limit->value.rlim_cur),
		       rlimit_text(hard, limit->value.rlim_max));
}

/* Is that what the text says, up to a colon or the end? */
static bool says(const char *text, rlim_t value)
{
	if (*text == 'u')
		return value == RLIM_INFINITY;
	return strtoull(text, NULL, 10) == value;
}

static void check_limit(const char *word)
{
	struct limit limit = { .resource = -1 }, again;
	char plain[100];
	struct errmsg f;

	if (rlimit_parse(word, &limit, &f) < 0) {
		assert(limit.resource == -1);
		fuzz_fault(&f);
		return;
	}
	assert(limit.value.rlim_cur <= limit.value.rlim_max);
	assert(says(strchr(word, '=') + 1, limit.value.rlim_cur));
	if (strchr(word, ':'))
		assert(says(strchr(word, ':') + 1, limit.value.rlim_max));
	spell(plain, sizeof(plain), &limit);
	assert(rlimit_parse(plain, &again, &f) == 0);
	assert(again.resource == limit.resource &&
	       again.value.rlim_cur == limit.value.rlim_cur &&
	       again.value.rlim_max == limit.value.rlim_max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	char *word = fuzz_word(&in);
	int score = 0;

	check_limit(word);
	if (rlimit_parse_oom(word, &score) == 0)
		assert(score >= -1000 && score <= 1000 && atoi(word) == score);
	free(word);
	return 0;
}
