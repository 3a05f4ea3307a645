/* world - what is around a loop, in memory */
#include <string.h>

#include "world.h"

#define TTY_HOLDS 8192 /* bytes that a terminal takes unread */

struct world *world(void)
{
	static struct world one;

	return &one;
}

unsigned world_below(struct world *w, unsigned n)
{
	w->random = sim_next(w->random);
	return sim_below(w->random, n);
}

void world_broken(struct world *w, const char *promise)
{
	if (!w->wrong)
		w->wrong = promise;
}

/* Input is whole lines, which are the same in any mode. */
unsigned char world_byte(int i, size_t n)
{
	if (i < 0)
		return n % 71 == 70 ? '\n' : (unsigned char)('A' + n % 50);
	return (unsigned char)(n * 167 + (n >> 8) + (size_t)i);
}

static size_t some_size(struct world *w)
{
	return world_below(w, world_below(w, 50) ? 600 : 3 * BUF_SIZE);
}

void world_start(struct world *w, uint64_t seed)
{
	memset(w, 0, offsetof(struct world, term));
	w->random = seed;
	w->order = world_below(w, WORLD_ORDERS);
	w->outs = 1 + (int)world_below(w, RELAY_OUTS);
	for (int i = 0; i < w->outs; i++)
		w->out[i] = (struct world_out){
			.size = some_size(w),
			.refuses = w->order == WORLD_FREE &&
				   world_below(w, 16) == 0,
		};
	term_init(&w->term, world_below(w, 2), 1 + world_below(w, 3000));
	w->packets = false;
	w->keyboard = world_below(w, 4) == 0;
	w->size = 71 * (some_size(w) / 71);
	w->came = w->given = w->read = 0;
	w->hung = w->saw_end = w->ended = w->told = w->consumed = w->gone =
		false;
	w->idle = 0;
}

static bool all_out(const struct world *w)
{
	for (int i = 0; i < w->outs; i++)
		if (w->out[i].pushed < w->out[i].size)
			return false;
	return true;
}

static bool all_written(const struct world *w)
{
	for (int i = 0; i < w->outs; i++)
		if (w->out[i].written < w->out[i].size)
			return false;
	return true;
}

static void write_some(struct world *w, struct world_out *o)
{
	size_t some = world_below(w, world_below(w, 4) ? 300 : TTY_HOLDS);
	size_t room = TTY_HOLDS - (o->written - o->pulled);

	if (w->ended)
		return;
	if (o->closed) {
		o->closed = world_below(w, 4) != 0;
		return;
	}
	some = some < room ? some : room;
	room = o->size - o->written;
	o->written += some < room ? some : room;
	o->closed = o->written < o->size && world_below(w, 64) == 0;
}

static void read_some(struct world *w)
{
	unsigned char data[TERM_QUEUE];
	size_t n = 1 + world_below(w, world_below(w, 4) ? 80 : TERM_QUEUE - 1);
	int got;

	if (w->ended || (w->order == WORLD_OUTPUT_FIRST && !all_out(w)))
		return;
	got = term_read(&w->term, data, n);
	w->saw_end = w->saw_end || (got == 0 && w->read == w->size);
	for (int i = 0; i < got; i++) {
		if (w->read < w->size && data[i] != world_byte(-1, w->read))
			world_broken(w, "the command reads these very bytes");
		if (w->read == w->size && data[i] && data[i] != TERM_EOF)
			world_broken(w, "nothing but an end after the end");
		if (w->read < w->size)
			w->read++;
		else
			w->saw_end = true;
	}
}

static void change(struct world *w)
{
	bool on = term_modes(&w->term)->c_lflag & ICANON;

	if (w->input->at == w->input->size &&
	    term_changeable(&w->term, w->input->end == PTYINPUT_MARKED))
		term_canonical(&w->term, !on);
}

/* Where what was typed is known to be read or not, see ptyinput.h. */
static void flush(struct world *w)
{
	if (!w->ended && !w->keyboard && w->term.size < PTYINPUT_SURE &&
	    w->term.waiting == 0 && !w->term.read &&
	    w->input->at == w->input->size)
		term_flush(&w->term);
}

static void drain(struct world *w, struct world_out *o)
{
	o->stuck = world_below(w, 4) == 0;
	if (w->order == WORLD_INPUT_FIRST && w->read < w->size)
		o->stuck = true;
}

/* The command ends when it has written all and, where the world insists, has
 * read all; others may keep a terminal open. */
static void end(struct world *w)
{
	bool reads = w->order != WORLD_FREE;

	if (w->ended || !all_written(w) || (reads && w->read < w->size) ||
	    (reads && !w->keyboard && !w->saw_end))
		return;
	w->ended = w->told = true;
	for (int i = 0; i < w->outs; i++)
		w->out[i].closed = world_below(w, 4) != 0;
}

static void bring(struct world *w)
{
	size_t some = 1 + world_below(w, 700);

	if (w->came == w->size)
		w->hung = true;
	some = some < w->size - w->came ? some : w->size - w->came;
	w->came += some;
}

void world_step(struct world *w)
{
	struct world_out *o = &w->out[world_below(w, (unsigned)w->outs)];

	switch (world_below(w, 8)) {
	case 0:
	case 1:
		write_some(w, o);
		break;
	case 2:
		read_some(w);
		break;
	case 3:
		bring(w);
		break;
	case 4:
		drain(w, o);
		break;
	case 5:
		w->now += world_below(w, 30);
		break;
	case 6:
		if (world_below(w, 8) == 0)
			change(w);
		if (world_below(w, 32) == 0)
			flush(w);
		break;
	default:
		if (world_below(w, 4) == 0)
			end(w);
	}
}
