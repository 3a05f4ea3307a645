/* feed - data typed at a terminal in memory, through a schedule out of the
 * input */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../sim.h"
#include "fuzz.h"
#include "relay/ptyinput.h"

struct spawn {
	struct ptyinput input;
	struct term term;
	const uint8_t *text; /* what is to be read */
	size_t size, given, read;
	long long now;
	bool unlooked; /* the command has just changed the mode */
};

static void look(struct spawn *r)
{
	struct ptyinput_seen seen;

	term_look(&r->term, &seen);
	ptyinput_look(&r->input, &seen, r->now);
	if (ptyinput_stale(&r->input)) {
		assert(term_only_ends(&r->term));
		term_discard(&r->term);
	}
	r->unlooked = false;
}

/* As relay_loop.c does it, with a master that takes no more than so much. */
static void type(struct spawn *r, size_t most)
{
	const unsigned char *bytes;
	size_t n, put;

	for (;;) {
		look(r);
		if (ptyinput_idle(&r->input))
			return;
		n = ptyinput_next(&r->input, r->now, &bytes);
		if (n == 0)
			break;
		put = term_write(&r->term, bytes, n < most ? n : most);
		assert(put <= n);
		ptyinput_typed(&r->input, put);
		if (put == 0)
			return;
	}
	assert(ptyinput_wait(&r->input, r->now) >= 0);
}

static void give(struct spawn *r, size_t most)
{
	unsigned char *room;
	size_t n = ptyinput_room(&r->input, &room);

	n = n < most ? n : most;
	n = n < r->size - r->given ? n : r->size - r->given;
	if (n == 0 && r->given == r->size) {
		ptyinput_ended(&r->input);
	} else if (n > 0) {
		memcpy(room, r->text + r->given, n);
		ptyinput_came(&r->input, n);
		r->given += n;
	}
}

/* What is behind the data can only be its end, as a keystroke. */
static void take(struct spawn *r, size_t most)
{
	unsigned char data[256];
	int got;

	if (r->unlooked)
		return;
	got = term_read(&r->term, data, most);
	if (got == 0)
		assert(r->read == r->size && r->given == r->size);
	for (int i = 0; i < got; i++) {
		if (r->read < r->size)
			assert(data[i] == r->text[r->read++]);
		else
			assert(data[i] == TERM_EOF && r->input.ended);
	}
}

/* The command may do so where nothing that waits means another thing then. */
static void change(struct spawn *r)
{
	bool canonical = term_modes(&r->term)->c_lflag & ICANON;

	if (r->input.at != r->input.size ||
	    !term_changeable(&r->term, r->input.end == PTYINPUT_MARKED))
		return;
	term_canonical(&r->term, !canonical);
	r->unlooked = true;
}

static void step(struct spawn *r, unsigned what, unsigned much)
{
	switch (what % 4) {
	case 0:
		give(r, much);
		break;
	case 1:
		take(r, 1 + much % 255);
		break;
	case 2:
		r->now += much;
		break;
	default:
		if (much % 16 == 0)
			change(r);
	}
	type(r, 1 + what / 4 * 64);
}

/* Whatever was, all of it arrives in the end. */
static void finish(struct spawn *r)
{
	for (int more = 200000; r->read < r->size; more--) {
		assert(more > 0);
		give(r, 255);
		type(r, 4096);
		take(r, 255);
		r->now += 50;
	}
	assert(r->term.lost == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spawn r;
	struct fuzz in = { data, data + size };
	unsigned how = fuzz_byte(&in), steps = fuzz_byte(&in);

	memset(&r, 0, sizeof(r));
	r.text = data;
	r.size = size;
	term_init(&r.term, how & 1, 1 + how / 2 * 24);
	ptyinput_init(&r.input, PTYINPUT_DATA, 0);
	/* What is typed is the input itself, schedule and all. */
	while (steps-- > 0) {
		unsigned what = fuzz_byte(&in);

		step(&r, what, fuzz_byte(&in));
	}
	finish(&r);
	return 0;
}
