/*
 * caller - the terminal that a tool was called from: raw while keystrokes go to
 * another terminal, its size followed, and put back on every way out.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef CALLER_H
#define CALLER_H

#include <stdbool.h>
#include <termios.h>

struct caller {
	int fd;	   /* 0, 1 or 2; -1: not called from a terminal */
	bool keys; /* keystrokes come from it: fd is 0 */
	bool is_raw;
	struct termios saved, raw;
};

/*
 * caller_open - find the terminal
 *
 * keys    whether standard input is to be read, if it is a terminal
 * output  whether what goes to that terminal is not only ours (it is piped
 *         through others): then its output processing stays on
 */
void caller_open(struct caller *c, bool keys, bool output);

/* caller_front - may this process read from it and set its modes? True where
 * it is no terminal that has jobs. */
bool caller_front(const struct caller *c);

/* caller_raw - make it raw, if keystrokes come from it and we are in front */
void caller_raw(struct caller *c);

/* caller_restore - give it its modes back; never blocks, keeps errno */
void caller_restore(struct caller *c);

/* caller_size - copy its size to another terminal */
void caller_size(const struct caller *c, int fd);

/*
 * caller_suspend - stop this process's job, as ^Z does, until it is continued
 *
 * SIGTSTP must be blocked; a group that is orphaned is not stopped.
 */
void caller_suspend(struct caller *c);

/*
 * caller_abandoned - the process that made it raw is dead: put it back
 *
 * To be called by another process. A terminal whose modes somebody has changed
 * since is left alone.
 */
void caller_abandoned(struct caller *c);

#endif
