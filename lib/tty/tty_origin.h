/*
 * tty_origin - the modes that a raw terminal had before, kept in the terminal.
 *
 * Linux has two control characters that nothing uses, and every program gives
 * back those that it found. What tty_raw clears is noted there, so that a
 * program that finds the terminal raw knows how it was, even after SIGKILL of
 * the process that made it raw.
 *
 * Pure: no system call. Source: Linux asm-generic/termbits.h.
 */
#ifndef TTY_ORIGIN_H
#define TTY_ORIGIN_H

#include <stdbool.h>
#include <termios.h>

/*
 * tty_origin_note - note in raw, which tty_raw made of before, what that was
 *
 * Nothing is noted where it cannot be: the characters are in use, or VMIN and
 * VTIME are not as tty_raw sets them.
 */
void tty_origin_note(struct termios *raw, const struct termios *before);

/*
 * tty_origin_find - make of raw modes with a note those from before
 *
 * Returns false where there is none, with modes as they were.
 */
bool tty_origin_find(struct termios *modes);

#endif
