/*
 * user_tty - the terminal that a tool was called from: raw while keystrokes go
 * to another terminal, its size followed, and put back on every way out.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef USER_TTY_H
#define USER_TTY_H

#include <stdbool.h>
#include <termios.h>

struct user_tty {
	int fd;		  /* 0, 1 or 2; -1: not called from a terminal */
	bool interactive; /* keystrokes come from it: fd is 0 */
	bool is_raw;
	struct termios saved, raw;
};

/*
 * user_tty_open - find the terminal
 *
 * interactive  whether standard input is to be read, if it is a terminal
 * output  whether what goes to that terminal is not only ours (it is piped
 *         through others): then its output processing stays on
 */
void user_tty_open(struct user_tty *c, bool interactive, bool output);

/* user_tty_front - may this process read from it and set its modes? True where
 * it is no terminal that has jobs. */
bool user_tty_front(const struct user_tty *c);

/* user_tty_raw - make it raw, if keystrokes come from it and we are in front */
void user_tty_raw(struct user_tty *c);

/* user_tty_restore - give it its modes back; never blocks, keeps errno */
void user_tty_restore(struct user_tty *c);

/* user_tty_size - copy its size to another terminal */
void user_tty_size(const struct user_tty *c, int fd);

/*
 * user_tty_suspend - stop this process's job, as ^Z does, until it is continued
 *
 * SIGTSTP must be blocked; a group that is orphaned is not stopped.
 */
void user_tty_suspend(struct user_tty *c);

/*
 * user_tty_abandoned - the process that made it raw is dead: put it back
 *
 * To be called by another process. A terminal whose modes somebody has changed
 * since is left alone.
 */
void user_tty_abandoned(struct user_tty *c);

#endif
