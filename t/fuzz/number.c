/* number - sizes, numbers, times, signals and ids from the command line */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "tty/tty.h"

/* Is that how the number is written, but for zeros in front? */
static bool spelt(const char *text, long long value)
{
	char plain[24];

	(void)snprintf(plain, sizeof(plain), "%lld", value);
	while (*text == '0' && text[1])
		text++;
	return strcmp(text, plain) == 0;
}

static void check_size(const char *text)
{
	struct winsize ws = { .ws_xpixel = 7, .ws_ypixel = 9 };
	char back[32];

	if (tty_parse_size(text, &ws) < 0)
		assert(ws.ws_row == 0 && ws.ws_col == 0);
	assert(ws.ws_xpixel == 7 && ws.ws_ypixel == 9);
	(void)snprintf(back, sizeof(back), "%hux%hu", ws.ws_row, ws.ws_col);
	/* Zeros in front may be there on either side. */
	if (ws.ws_row > 0 && *text != '0' && !strstr(text, "x0"))
		assert(strcmp(text, back) == 0);
}

static void check_number(const char *text, long long max)
{
	long long value = -1;

	if (text_number(text, 0, max, &value) == 0)
		assert(value >= 0 && value <= max && spelt(text, value));
	else
		assert(value == -1);
}

static void check_millis(const char *text)
{
	int ms = -1;

	if (text_millis(text, &ms) < 0)
		assert(ms == -1);
	else
		assert(ms >= 0 && ms / 1000 == strtoll(text, NULL, 10));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	char *text = fuzz_word(&in);
	int n = -1, signal = text_signal(text);
	unsigned id = 0;

	assert(signal == -1 || (signal >= 1 && signal <= 64));
	check_size(text);
	check_millis(text);
	check_number(text, LLONG_MAX);
	check_number(text, 1000);
	if (text_int(text, 0, INT_MAX, &n) == 0)
		assert(spelt(text, n));
	if (text_id(text, &id) == 0)
		assert(id < UINT_MAX && spelt(text, id));
	free(text);
	return 0;
}
