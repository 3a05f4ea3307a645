/* sim - very many schedules of the relay's core, and of the loop around it */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "../helper.h"
#include "relay/relay_loop.h"
#include "world.h"

#define TURNS 4000000

static void open_loop(struct world *w, struct relay_loop *l)
{
	relay_loop_init(l, w->outs,
			w->keyboard ? PTYINPUT_KEYS : PTYINPUT_DATA);
	w->input = &l->relay.input;
	l->keyboard = w->keyboard;
	l->source = (struct nbio){ WORLD_SOURCE, NBIO_OWN };
	for (int i = 0; i < w->outs; i++) {
		l->master[i] = (struct nbio){ WORLD_MASTER + i, NBIO_OWN };
		l->sink[i] = (struct nbio){ WORLD_SINK + i, NBIO_OWN };
	}
	l->slave = WORLD_SLAVE;
	l->events[0] = WORLD_EVENT;
}

/* As supervise.c does it. */
static void turn(struct world *w, struct relay_loop *l)
{
	l->resting = w->keyboard && world_below(w, 8) == 0;
	if (relay_loop_turn(l, l->resting ? 200 : -1) < 0)
		world_broken(w, "no turn of the loop fails");
	if (l->event[0] && w->told) {
		w->told = false;
		w->consumed = w->ended;
		w->idle = 0;
	}
	if (w->consumed) {
		w->gone = true;
		relay_gone(&l->relay);
	}
}

static void check_end(struct world *w, const struct relay_loop *l)
{
	bool hung_up = w->keyboard && w->hung && w->given == w->came;

	if (relay_broken(&l->relay)) {
		if (!hung_up && !w->out[0].refused && !w->out[1].refused)
			world_broken(w, "it ends when all has gone out");
		return;
	}
	for (int i = 0; i < w->outs; i++)
		if (w->out[i].pushed < w->out[i].size)
			world_broken(w, "all that was written has gone out");
	if (!w->ended)
		world_broken(w, "it does not end before the command");
	if (w->order != WORLD_FREE && w->read < w->size)
		world_broken(w, "all input is read");
}

static const char *run_loop(uint64_t seed)
{
	static struct relay_loop l;
	struct world *w = world();
	long turns = TURNS;

	/* Neighbours are to have nothing in common, and none is 0. */
	world_start(w, (seed * 0x9e3779b97f4a7c15ULL) | 1);
	open_loop(w, &l);
	while (!w->wrong && !relay_over(&l.relay) && !relay_broken(&l.relay)) {
		turn(w, &l);
		if (turns-- == 0)
			world_broken(w, "it ends after the command's end");
	}
	if (!w->wrong)
		check_end(w, &l);
	return w->wrong;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
	long n = argc == 3 ? atol(argv[2]) : 0;

	if (n <= 0)
		errx(125, "usage: sim SEED N");
	for (long i = 0; i < n; i++) {
		const char *wrong = run_loop(seed + (uint64_t)i);

		if (!wrong)
			continue;
		printf("seed %llu: broken: %s\n",
		       (unsigned long long)seed + (unsigned long long)i, wrong);
		return 1;
	}
	return helper_sim(argv);
}
