/* replay - any output, shown again, and the modes that it has set */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "attach/replay.h"
#include "fuzz.h"
#include "spool/modes.h"

/* Nothing that is shown again may ask, ring, or reach the clipboard. */
static void check_mute(const uint8_t *out, size_t n)
{
	struct escape e;
	struct escape_csi csi;

	escape_init(&e);
	for (size_t i = 0; i < n; i++) {
		bool string = e.state == ESCAPE_STRING;

		switch (escape_step(&e, out[i])) {
		case ESCAPE_TEXT:
			assert(out[i] != 0x05 && out[i] != 0x07);
			break;
		case ESCAPE_WHOLE:
			if (string)
				assert(memcmp(e.seq, "\033]52", 4) != 0 &&
				       e.seq[1] == ']');
			else if (escape_csi(&e, &csi))
				assert(!strchr("cntxiy", csi.final) ||
				       csi.inter == '$');
			break;
		default:
			break;
		}
	}
	/* Nothing is left open. */
	assert(e.state == ESCAPE_GROUND || e.state == ESCAPE_C1);
}

/* What is said brings a fresh follower to the same, and unsaid to nothing. */
static void check_modes(const struct modes *m)
{
	char text[MODES_TEXT], again[MODES_TEXT];
	size_t n = modes_say(m, text);
	struct modes other;

	assert(n <= MODES_TEXT);
	modes_init(&other);
	(void)modes_see(&other, (unsigned char *)text, n);
	assert(modes_say(&other, again) == n && memcmp(text, again, n) == 0);
	n = modes_unsay(m, text);
	assert(n <= MODES_TEXT);
	(void)modes_see(&other, (unsigned char *)text, n);
	assert(modes_say(&other, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	size_t piece = 1 + fuzz_byte(&in) % 32, shown = 0;
	int lines = (int)fuzz_byte(&in) % 8;
	bool whole = fuzz_byte(&in) & 1;
	size_t n = (size_t)(in.end - in.at);
	size_t at = replay_start(in.at, n, whole, lines);
	uint8_t *out = malloc(n + ESCAPE_MAX + 2);
	struct replay r;
	struct modes m;

	assert(at <= n && (at == n || at == 0 || in.at[at - 1] == '\n'));
	replay_init(&r);
	modes_init(&m);
	while (at < n) {
		size_t some = n - at < piece ? n - at : piece;
		uint8_t *part = malloc(some + ESCAPE_MAX + 2);
		size_t put = replay_pass(&r, in.at + at, some, part);

		assert(put <= some + ESCAPE_MAX + 2);
		assert(shown + put <= n + ESCAPE_MAX + 2);
		memcpy(out + shown, part, put);
		shown += put;
		(void)modes_see(&m, in.at + at, some);
		check_modes(&m);
		at += some;
		free(part);
	}
	check_mute(out, shown);
	free(out);
	return 0;
}
