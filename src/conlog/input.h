/*
 * input - what goes to a terminal: keys, sizes, and the control lines by which
 * sizes come.
 *
 * Nothing here waits. A size and keys may come before the terminal does.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "conlog/control.h"
#include "relay/nbio.h"

#define INPUT_KEYS 1024

struct log;

struct input {
	struct log *log;
	bool records;	    /* keys are logged */
	bool none;	    /* no terminal will come: keys are thrown away */
	struct nbio master; /* fd -1: it has not come */
	bool sized;	    /* a size waits for it */
	struct winsize size;

	struct control control;
	long long since; /* when an unfinished line began, ms */
	unsigned bad;	 /* lines since the last good one */

	size_t at, keys; /* keys of typed[] from at on are to be written */
	unsigned char typed[INPUT_KEYS];
};

/* input_init - log and records as above */
void input_init(struct input *in, struct log *log, bool records);

/* input_terminal - the terminal has come; master stays the caller's */
void input_terminal(struct input *in, int master);

/* input_control - read the control FIFO, and do what it says */
void input_control(struct input *in, int fd);

/*
 * input_partial - give up a control line that stays unfinished
 *
 * Returns after how many ms to call again, or -1.
 */
int input_partial(struct input *in);

/* input_wants - may keys be read now? */
bool input_wants(const struct input *in);

/* input_keys - read keys from their FIFO, and type them */
void input_keys(struct input *in, int fd);

/* input_waits - are there keys that the terminal did not take yet? */
bool input_waits(const struct input *in);

/* input_type - type them, as far as the terminal takes them */
void input_type(struct input *in);

/* input_close - say how many lines were bad */
void input_close(struct input *in);

#endif
