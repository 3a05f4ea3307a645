/* helper-sim - the relay's core, driven through any schedule by no kernel */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "sim.h"

#define IN_MAX 9000 /* bytes of input in a schedule */

struct sim {
	uint64_t random;
	struct ptyinput input;
	struct term term;
	const char *wrong; /* what promise was broken, or NULL */

	unsigned char in[IN_MAX];
	size_t size, given, read; /* bytes of it */
	size_t leaves;		  /* it gets raw after so many bytes, or 0 */
	bool switches;	    /* the command changes the mode now and then */
	bool unlooked;	    /* and nobody has looked since */
	bool flushes;	    /* it flushes its input now and then */
	size_t unseen;	    /* bytes that it read since the last look */
	bool careless;	    /* it did while pushes waited: no promise holds */
	int eofs, keys;	    /* ends of file read, as such and as keystrokes */
	long long now, due; /* ms; due < 0: never */
	unsigned reader;    /* it reads at most so many bytes */
};

static unsigned below(struct sim *s, unsigned n)
{
	s->random = sim_next(s->random);
	return sim_below(s->random, n);
}

static void broken(struct sim *s, const char *promise)
{
	if (!s->wrong)
		s->wrong = promise;
}

/* Bytes of any value, the difficult ones more often; lines of any length. */
static void make_input(struct sim *s)
{
	static const unsigned char hard[] = { TERM_EOF, TERM_LNEXT, '\n', 0,
					      '\r',	0xff,	    'x' };
	unsigned style = below(s, 4);
	unsigned most = below(s, 200) ? 100 : IN_MAX;

	s->size = below(s, most + 1);
	for (size_t i = 0; i < s->size; i++) {
		unsigned char byte = (unsigned char)below(s, 256);

		if (style == 0)
			byte = hard[below(s, sizeof(hard))];
		else if (style == 1)
			byte = below(s, 20) ? 'x' : '\n';
		else if (style == 2)
			byte = below(s, 2000) ? 'x' : TERM_EOF;
		s->in[i] = byte;
	}
}

/* The command reads whole lines without anything to quote, and then leaves
 * canonical mode at once. */
static void make_leave(struct sim *s)
{
	if (!(term_modes(&s->term)->c_lflag & ICANON) || s->switches ||
	    below(s, 3) == 0)
		return;
	s->leaves = 1 + below(s, 30);
	if (s->leaves > s->size)
		s->size = s->leaves;
	for (size_t i = 0; i < s->leaves; i++)
		s->in[i] = below(s, 4) ? 'x' : '\n';
	s->in[s->leaves - 1] = '\n';
}

static void look(struct sim *s)
{
	struct ptyinput_seen seen;

	term_look(&s->term, &seen);
	ptyinput_look(&s->input, &seen, s->now);
	if (ptyinput_stale(&s->input)) {
		if (!term_only_ends(&s->term))
			broken(s, "a flush takes nothing but our VEOF");
		term_discard(&s->term);
	}
	s->unlooked = false;
	s->unseen = 0;
}

/* As the loop does it. */
static void type(struct sim *s)
{
	const unsigned char *bytes;
	size_t n, put;
	int wait;

	s->due = -1;
	for (;;) {
		look(s);
		if (ptyinput_idle(&s->input))
			return;
		n = ptyinput_next(&s->input, s->now, &bytes);
		if (n == 0)
			break;
		put = term_write(&s->term, bytes, below(s, 3) ? n : 1);
		ptyinput_typed(&s->input, put);
		/* Full: to be written to when there is room again. */
		if (put == 0)
			return;
	}
	wait = ptyinput_wait(&s->input, s->now);
	if (wait < 0)
		broken(s, "who is not idle says when to look again");
	s->due = s->now + wait;
}

static void give(struct sim *s)
{
	unsigned char *room;
	size_t n = ptyinput_room(&s->input, &room);
	size_t some = 1 + below(s, 300);

	if (s->given == s->size) {
		ptyinput_ended(&s->input);
		type(s);
		return;
	}
	some = some < s->size - s->given ? some : s->size - s->given;
	n = n < some ? n : some;
	memcpy(room, s->in + s->given, n);
	ptyinput_came(&s->input, n);
	s->given += n;
	type(s);
}

/* What comes behind the input can only be its end, as a keystroke. */
static void check(struct sim *s, const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->read < s->size) {
			if (data[i] != s->in[s->read++])
				broken(s, "these very bytes");
		} else if (data[i] != TERM_EOF ||
			   term_modes(&s->term)->c_lflag & ICANON) {
			broken(s, "nothing but a keystroke after the end");
		} else {
			s->keys++;
		}
	}
}

static void leave(struct sim *s)
{
	term_canonical(&s->term, false);
	s->unlooked = true;
}

static bool unfinished(const struct sim *s)
{
	return s->size > 0 && s->in[s->size - 1] != '\n' &&
	       s->in[s->size - 1] != '\r';
}

static void take(struct sim *s)
{
	unsigned char data[TERM_QUEUE];
	size_t n;
	int got;

	if (s->unlooked)
		return;
	n = 1 + below(s, s->reader);
	if (s->read < s->leaves && n > s->leaves - s->read)
		n = s->leaves - s->read;
	got = term_read(&s->term, data, n);
	if (got == 0 && s->read < s->size)
		broken(s, "no end of file before the end");
	if (got == 0 && s->read == s->size)
		s->eofs++;
	if (got > 0)
		check(s, data, (size_t)got);
	if (got > 0)
		s->unseen += (size_t)got;
	if (s->keys > 1 + unfinished(s) && !s->switches)
		broken(s, "the end is one keystroke, two behind a half line");
	if (s->keys > 0 && s->input.quiet_end)
		broken(s, "no keystroke where none is wanted");
	if (got > 0 && s->leaves > 0 && s->read == s->leaves)
		leave(s);
}

/* The command changes the mode. Where a push waits, of which it could not be
 * told, it gets more than its bytes; but it does not get less. */
static void change(struct sim *s)
{
	bool canonical = term_modes(&s->term)->c_lflag & ICANON;
	bool careful = s->input.at == s->input.size &&
		       term_changeable(&s->term,
				       s->input.end == PTYINPUT_MARKED);

	if (!s->switches || (!careful && (!canonical || below(s, 4))))
		return;
	term_canonical(&s->term, !canonical);
	s->unlooked = true;
	if (careful)
		return;
	look(s);
	s->careless = true;
}

/* How much was typed and not read is known while nothing was read since the
 * last look, or a single line was typed; and while the terminal has nothing on
 * its way to the queue, which no flush takes. */
static void flush(struct sim *s)
{
	if (!s->flushes || s->term.waiting > 0 || s->unlooked ||
	    s->term.size >= PTYINPUT_SURE)
		return;
	if (s->unseen > 0 &&
	    (s->unseen < s->input.waits || s->input.batch != 1))
		look(s);
	term_flush(&s->term);
	/* More than one in a row are one to who is told of them. */
	if (below(s, 2))
		type(s);
}

static void step(struct sim *s)
{
	switch (below(s, 6)) {
	case 5:
		if (below(s, 8) == 0)
			flush(s);
		break;
	case 0:
		give(s);
		break;
	case 1:
	case 2:
		take(s);
		break;
	case 3:
		s->now += below(s, 30);
		break;
	default:
		if (below(s, 8) == 0)
			change(s);
	}
	if ((s->due >= 0 && s->now >= s->due) || s->unlooked ||
	    (s->due < 0 && term_room(&s->term) > 0))
		type(s);
}

/* Did the command see the end, and see it stay? */
static bool seen_end(const struct sim *s)
{
	if (s->read < s->size || !s->input.ended)
		return false;
	return s->eofs >= 3 || s->keys > 0 || s->input.quiet_end ||
	       (s->input.kind == PTYINPUT_KEYS && ptyinput_idle(&s->input));
}

static void run_feed(struct sim *s)
{
	long steps = 20000;

	s->reader = below(s, 3) ? 1 + below(s, TERM_QUEUE - 1) : 1;
	s->switches = below(s, 3) == 0;
	term_init(&s->term, below(s, 4) > 0, 1 + below(s, 3000));
	ptyinput_init(&s->input, PTYINPUT_DATA, s->now);
	if (!s->switches && !(term_modes(&s->term)->c_lflag & ICANON)) {
		s->input.kind = below(s, 2) ? PTYINPUT_DATA : PTYINPUT_KEYS;
		s->input.quiet_end = below(s, 4) == 0;
	}
	s->flushes = !s->switches && s->input.kind == PTYINPUT_DATA &&
		     below(s, 2);
	make_input(s);
	make_leave(s);
	if (s->reader == 1)
		steps += 20 * (long)s->size;
	while (!s->wrong && !seen_end(s) && !s->careless) {
		step(s);
		if (steps-- == 0)
			broken(s, "all of it arrives, and its end");
	}
	for (int more = 50; more > 0 && !s->wrong && !s->careless; more--)
		step(s);
	if (s->term.lost > 0 && !s->careless)
		broken(s, "no line is longer than a terminal holds");
}

static const char *run_one(struct sim *s, uint64_t seed)
{
	/* Neighbours are to have nothing in common, and none is 0. */
	s->random = seed * 0x9e3779b97f4a7c15ULL | 1;
	s->wrong = NULL;
	s->given = s->read = s->leaves = 0;
	s->eofs = s->keys = 0;
	s->unseen = 0;
	s->unlooked = s->careless = false;
	s->now = s->due = 0;
	run_feed(s);
	return s->wrong ? s->wrong : sim_relay(s->random);
}

/* That many schedules, from that seed on, until a promise is broken. */
int helper_sim(char **argv)
{
	static struct sim s;
	uint64_t seed = strtoull(argv[1], NULL, 10);

	for (long i = atol(argv[2]); i > 0; i--, seed++) {
		const char *wrong = run_one(&s, seed);

		if (!wrong)
			continue;
		printf("seed %llu: broken: %s\n", (unsigned long long)seed,
		       wrong);
		return 1;
	}
	return 0;
}
