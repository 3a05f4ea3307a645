/*
 * world - what is around a loop (relay_loop.h): a source, terminals, sinks, a
 * command and a clock, all in memory and all decided by a seed.
 *
 * The loop is the shipped one. Its calls of poll(2), tcgetattr(3), tcflush(3)
 * are compiled to those of here; nbio.h, typeahead.h and wait.h are defined
 * here, too.
 */
#ifndef WORLD_H
#define WORLD_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include "../sim.h"
#include "relay/relay.h"

/* Descriptors; those of the second terminal and sink follow the first's. */
enum {
	WORLD_EVENT = 100,
	WORLD_SOURCE,
	WORLD_SLAVE,
	WORLD_MASTER,
	WORLD_SINK = WORLD_MASTER + RELAY_OUTS,
};

/* In which order things have to happen, where the world insists. */
enum world_order {
	WORLD_FREE,
	WORLD_INPUT_FIRST,  /* sinks take nothing until all input is read */
	WORLD_OUTPUT_FIRST, /* no input is read until all output went out */
	WORLD_ORDERS
};

struct world_out {
	size_t size;	       /* bytes that the command writes in all */
	size_t written;	       /* of it, so far */
	size_t pulled, pushed; /* read from the terminal, gone to the sink */
	bool closed;	       /* nobody has the terminal open */
	bool stuck;	       /* the sink takes nothing for now */
	bool refuses, refused; /* it will take nothing more; and has said so */
};

struct world {
	uint64_t random;
	long long now; /* ms */
	enum world_order order;
	const char *wrong; /* the promise that was broken, or NULL */

	int outs;
	struct world_out out[RELAY_OUTS];
	struct term term;	      /* the first one's input side */
	bool packets;		      /* its master tells of flushes */
	bool keyboard;		      /* the source is a terminal */
	size_t size, came, given;     /* input: in all, there, read by us */
	size_t read;		      /* and by the command */
	bool hung, saw_end;	      /* the source says its end; it was read */
	bool ended, told, consumed;   /* the command; the signal; us of it */
	bool gone;		      /* the loop was told, too */
	int idle;		      /* polls in a row that led to nothing */
	const struct ptyinput *input; /* of the loop */
};

/* The one world; what is called instead of the kernel finds it here. */
struct world *world(void);

void world_start(struct world *w, uint64_t seed);
unsigned world_below(struct world *w, unsigned n);
void world_broken(struct world *w, const char *promise);

/* world_step - something happens, or nothing */
void world_step(struct world *w);

/* world_byte - byte n of what terminal i gives, -1: of the input */
unsigned char world_byte(int i, size_t n);

/* In calls.c: what the loop calls. */
int sim_poll(struct pollfd *p, nfds_t n, int ms);
int sim_tcgetattr(int fd, struct termios *modes);
int sim_tcflush(int fd, int queue);

#endif
