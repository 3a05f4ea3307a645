/*
 * tty - modes and sizes of terminals.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 * Sizes are rows then columns, in characters, 0..65535 each, as stty(1) has
 * them.
 */
#ifndef TTY_H
#define TTY_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

/*
 * tty_parse_size - "ROWSxCOLS" as a size
 *
 * Returns 0 with the rows and columns of ws set, -1 and errno EINVAL or ERANGE
 * with ws untouched.
 */
int tty_parse_size(const char *text, struct winsize *ws);

/* tty_size - the size of a terminal, either end; -1, errno from ioctl(2) */
int tty_size(int fd, struct winsize *ws);

/* tty_resize - set it; the foreground group gets SIGWINCH if it changed */
int tty_resize(int fd, const struct winsize *ws);

/*
 * tty_default_size - what a new terminal should start with
 *
 * The size of the first terminal among 0, 1, 2 and /dev/tty that has one, else
 * LINES and COLUMNS where both are numbers from 1 to 65535, else 24x80.
 */
void tty_default_size(struct winsize *ws);

/*
 * tty_raw - modes of a terminal whose keystrokes all go to another terminal
 *
 * modes   changed in place
 * output  whether output processing (\n to \r\n) stays on
 */
void tty_raw(struct termios *modes, bool output);

/*
 * tty_data - modes of a new terminal whose input is data and not keystrokes
 *
 * Lines and end of file work, nothing is echoed, and no byte means anything
 * but VEOF and VLNEXT (see feed.h for what is written to it then).
 */
void tty_data(struct termios *modes);

/*
 * tty_foreground - is this process in the foreground of that terminal?
 *
 * False too where fd is not this process's controlling terminal.
 */
bool tty_foreground(int fd);

/*
 * tty_of - open the terminal that belongs to a process
 *
 * The one on which the process runs a command (a child of it leads a session
 * on another terminal: ptyfork, script, sshd), else its own controlling
 * terminal, found among the descriptors of the processes that have it, in
 * whatever mount namespace.
 *
 * Returns a close-on-exec descriptor, the caller's to close, which did not
 * become anybody's controlling terminal; -1 and errno: ESRCH (no such
 * process), ENOTTY (it has no terminal, or no descriptor leads to it), EACCES.
 * Source: proc(5).
 */
int tty_of(pid_t pid);

/*
 * tty_query - ask the terminal emulator itself how large it is
 *
 * fd  a terminal, read and write; its modes are as before afterwards
 * ms  how long the answer may take
 *
 * Moves the cursor to the far corner and asks for its place, as resize(1)
 * does, which a serial line passes on. Keystrokes that arrive in between are
 * lost.
 *
 * Returns 0; -1 and errno: ETIMEDOUT (no answer), EINTR (a signal came),
 * ENOTTY. Source: ECMA-48 CPR and DSR.
 */
int tty_query(int fd, int ms, struct winsize *ws);

#endif
