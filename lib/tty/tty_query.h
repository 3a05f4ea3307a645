/*
 * tty_query - ask a terminal emulator what the kernel does not know.
 */
#ifndef TTY_QUERY_H
#define TTY_QUERY_H

struct winsize;

/*
 * tty_query_size - ask the terminal emulator itself how large it is
 *
 * fd  a terminal, open for reading and writing; blocking or not
 * ms  how long the answer may take; < 0: any time
 * ws  its rows and columns are set on success, the pixels stay
 *
 * Moves the cursor to the far corner, asks for its place and moves it back, as
 * resize(1) does: a serial line passes that on. Keystrokes that arrive before
 * the answer are lost. The modes of the terminal are as before afterwards; a
 * signal that would end or stop the process does so after that.
 *
 * Returns 0; -1 and errno: ETIMEDOUT (no answer), ECANCELED (a signal came),
 * ENOTTY (fd is no terminal, or a pseudoterminal's master), EIO (it hung up).
 * Source: ECMA-48, 8.3.14 CPR, 8.3.21 CUP, 8.3.35 DSR; DECSC and DECRC of the
 * VT100.
 */
int tty_query_size(int fd, int ms, struct winsize *ws);

#endif
