/* helper-relay - the relay's output side, through any schedule by no kernel */
#include <stdint.h>
#include <string.h>

#include "relay/relay.h"
#include "sim.h"

#define OUT_MAX (3 * BUF_SIZE)

/* A terminal and its sink. The byte at place n of all that is written to the
 * terminal is a function of n, so that nothing has to be kept. */
struct side {
	size_t size;	       /* bytes that the command writes in all */
	size_t written;	       /* of it, and what others write after it */
	size_t pulled, pushed; /* bytes read from the terminal, gone out */
	size_t tail;	       /* bytes read since the command was gone */
	bool stuck;	       /* the sink takes nothing for now */
	bool refuses;	       /* and then no more at all */
};

struct output {
	uint64_t random;
	struct relay relay;
	struct side side[RELAY_OUTS];
	bool noisy; /* others write on and on */
	const char *wrong;
};

static unsigned below(struct output *o, unsigned n)
{
	o->random = sim_next(o->random);
	return sim_below(o->random, n);
}

static unsigned char byte_at(int i, size_t n)
{
	return (unsigned char)(n * 167 + (n >> 8) + (size_t)i);
}

static void broken(struct output *o, const char *promise)
{
	if (!o->wrong)
		o->wrong = promise;
}

/* The command writes some; when it is gone, only others do. */
static void produce(struct output *o, struct side *s)
{
	size_t some = below(o, below(o, 4) ? 200 : BUF_SIZE);

	if (!o->relay.gone)
		s->written += some < s->size - s->written
				      ? some
				      : s->size - s->written;
	else if (o->noisy)
		s->written += some;
}

static void pull(struct output *o, int i)
{
	struct side *s = &o->side[i];
	unsigned char *room;
	size_t n = relay_room(&o->relay, i, &room), left;

	left = s->written - s->pulled;
	if (n == 0)
		return;
	if (left == 0) {
		relay_empty(&o->relay, i);
		return;
	}
	n = n < left ? n : left;
	n = below(o, 2) ? n : 1 + below(o, (unsigned)n);
	for (size_t k = 0; k < n; k++)
		room[k] = byte_at(i, s->pulled + k);
	s->pulled += n;
	if (o->relay.gone)
		s->tail += n;
	relay_came(&o->relay, i, n);
	if (s->tail > RELAY_TAIL)
		broken(o, "no more is read than the command can have left");
}

static void push(struct output *o, int i)
{
	struct side *s = &o->side[i];
	const unsigned char *data;
	size_t n = relay_ready(&o->relay, i, &data);

	if (n > BUF_SIZE || n != (s->refuses ? n : s->pulled - s->pushed))
		broken(o, "what was read waits, and nothing else");
	if (n == 0 || s->stuck)
		return;
	if (s->refuses && below(o, 8) == 0) {
		relay_refused(&o->relay, i);
		return;
	}
	n = below(o, 2) ? n : 1 + below(o, (unsigned)n);
	for (size_t k = 0; k < n; k++)
		if (data[k] != byte_at(i, s->pushed + k))
			broken(o, "every byte goes out, in order, once");
	s->pushed += n;
	relay_went(&o->relay, i, n);
}

/* The command ends when it has written all it has to. */
static void end(struct output *o)
{
	for (int i = 0; i < o->relay.outs; i++)
		if (o->side[i].written < o->side[i].size)
			return;
	relay_gone(&o->relay);
}

static void step(struct output *o)
{
	int i = (int)below(o, (unsigned)o->relay.outs);

	switch (below(o, 8)) {
	case 0:
	case 1:
		produce(o, &o->side[i]);
		break;
	case 2:
	case 3:
		pull(o, i);
		break;
	case 4:
	case 5:
		push(o, i);
		break;
	case 6:
		o->side[i].stuck = below(o, 8) == 0;
		break;
	default:
		if (below(o, 4) == 0)
			end(o);
	}
}

static void check_end(struct output *o)
{
	for (int i = 0; i < o->relay.outs && !o->wrong; i++) {
		const struct side *s = &o->side[i];

		if (s->pushed != s->pulled && !relay_broken(&o->relay))
			broken(o, "all that was read has gone out");
		if (s->pushed < s->size && s->tail < RELAY_TAIL &&
		    !relay_broken(&o->relay))
			broken(o, "all that the command wrote has gone out");
	}
}

static void start(struct output *o, uint64_t seed)
{
	o->random = seed;
	o->wrong = NULL;
	o->noisy = below(o, 100) == 0;
	relay_init(&o->relay, 1 + (int)below(o, 2), PTYINPUT_DATA, 0);
	for (int i = 0; i < RELAY_OUTS; i++)
		o->side[i] = (struct side){
			.size = below(o, below(o, 200) ? 300 : OUT_MAX),
			.refuses = below(o, 8) == 0,
		};
}

const char *sim_relay(uint64_t seed)
{
	static struct output o;
	long steps = 200000;

	start(&o, seed);
	while (!o.wrong && !relay_over(&o.relay) && !relay_broken(&o.relay)) {
		step(&o);
		if (steps-- == 0)
			broken(&o, "it ends after the command's end");
	}
	check_end(&o);
	return o.wrong;
}
