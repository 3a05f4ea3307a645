/*
 * user_tty - the terminal that a tool was called from: raw while keystrokes go
 * to another terminal, its size followed, and put back on every way out.
 *
 * Several tools may have one terminal raw at once, and start and end in any
 * order: the last of them puts it back, to the modes before the first. Each
 * holds a shared lock on it while it needs it raw (flock(2), which the kernel
 * takes back from a process that dies); how it was before is noted in the
 * terminal itself (tty_origin.h).
 *
 * Where the output goes on to others, one of them may be a pager that sets the
 * terminal's modes and reads keys: then it is left alone at first (lazy).
 */
#ifndef USER_TTY_H
#define USER_TTY_H

#include <stdbool.h>
#include <termios.h>

/* Where keystrokes come from. */
enum user_tty_keys {
	USER_TTY_NONE,
	USER_TTY_STDIN,	   /* standard input, if that is a terminal */
	USER_TTY_ELSEWHERE /* standard input is not ours to read: if it is no
			    * terminal, that of standard output, or /dev/tty */
};

struct user_tty {
	int fd;		  /* -1: not called from a terminal */
	bool own;	  /* it is to be closed */
	bool interactive; /* keystrokes come from it */
	bool lazy;	  /* it is not to be made raw yet */
	bool is_raw;
	int lock; /* a description to lock, or -1 */
	struct termios saved, raw;
};

/*
 * user_tty_open - find the terminal
 *
 * output  whether what goes to that terminal is not only ours (it is piped
 *         through others): then its output processing stays on, and the
 *         terminal is lazy, as it is where keys come from elsewhere
 */
void user_tty_open(struct user_tty *c, enum user_tty_keys keys, bool output);

/* user_tty_close - close what user_tty_open opened */
void user_tty_close(struct user_tty *c);

/* user_tty_modes - the modes to start another terminal with: as this one has
 * them, but those of a pager that came first */
void user_tty_modes(const struct user_tty *c, struct termios *modes);

/* user_tty_front - may this process read from it and set its modes? True where
 * it is no terminal that has jobs. */
bool user_tty_front(const struct user_tty *c);

/* user_tty_taken - does another program read keys from it? Not to be asked
 * while it is raw by us. */
bool user_tty_taken(const struct user_tty *c);

/* user_tty_raw - make it raw, if keystrokes come from it, we are in front and
 * it is not lazy */
void user_tty_raw(struct user_tty *c);

/* user_tty_restore - give it its modes back, where we are the last that needs
 * it raw; never blocks, keeps errno */
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
 * To be called by another process, which was forked after user_tty_open. A
 * terminal whose modes have been changed since is left alone.
 */
void user_tty_abandoned(struct user_tty *c);

#endif
