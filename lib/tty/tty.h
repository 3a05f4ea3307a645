/*
 * tty - modes and sizes of terminals.
 *
 * Sizes are rows then columns, in characters, 0..65535 each, as stty(1) has
 * them. The terminal of another process is in proc_tty.h, what the emulator
 * says in tty_query.h.
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
 * Returns 0 with the rows and columns of ws set, the pixels as they were; -1
 * and errno EINVAL or ERANGE with ws untouched.
 */
int tty_parse_size(const char *text, struct winsize *ws);

/*
 * tty_open - open a terminal, and nothing else, by name
 *
 * path   a file; of anything but a character device not even the open is tried
 * flags  O_RDONLY, O_WRONLY or O_RDWR
 *
 * Returns a non-blocking close-on-exec descriptor, the caller's to close, which
 * did not become a controlling terminal; -1 and errno: ENOTTY (no
 * terminal), else from stat(2) or open(2).
 */
int tty_open(const char *path, int flags);

/* tty_same - are these the same modes? */
bool tty_same(const struct termios *a, const struct termios *b);

/* tty_size - the size of a terminal, either end; -1, errno from ioctl(2) */
int tty_size(int fd, struct winsize *ws);

/* tty_resize - set it; the foreground group gets SIGWINCH if it changed */
int tty_resize(int fd, const struct winsize *ws);

/*
 * tty_forget - have no controlling terminal
 *
 * Nothing can be typed into it then in the name of this process (TIOCSTI), nor
 * is there a /dev/tty. The keys that send signals to the foreground group go on
 * to reach it. A process that leads its session keeps its terminal: no
 * other process is there to be typed at, and it would be hung up.
 *
 * Returns 0; -1 and errno from open(2) or ioctl(2). Source: ioctl_tty(2).
 */
int tty_forget(void);

/*
 * tty_default_size - what a new terminal should start with
 *
 * The size of the first terminal among 0, 1, 2 and /dev/tty that has one (both
 * numbers above 0), else LINES and COLUMNS where both are numbers from 1 to
 * 65535, else 24x80.
 */
void tty_default_size(struct winsize *ws);

/*
 * tty_raw - modes of a terminal whose keystrokes all go to another terminal
 *
 * modes   changed in place; speed and framing of a serial line stay
 * output  whether output processing (\n to \r\n) stays as it is, or goes off
 *
 * Source: termios(3), cfmakeraw.
 */
void tty_raw(struct termios *modes, bool output);

/*
 * tty_data - modes of a new terminal whose input is data and not keystrokes
 *
 * Lines and end of file work, nothing is echoed, output is not processed, and
 * no byte means anything but newline, VEOF (4) and VLNEXT (0x16). See
 * ptyinput.h for what is written to it then.
 */
void tty_data(struct termios *modes);

/*
 * tty_newlines - have the output of a terminal end its lines in \n alone
 *
 * fd  of either end. Where that cannot be changed, they stay \r\n.
 */
void tty_newlines(int fd);

/*
 * tty_foreground - is this process in the foreground of that terminal?
 *
 * False too where fd is not this process's controlling terminal.
 */
bool tty_foreground(int fd);

#endif
