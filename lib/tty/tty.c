/* tty - modes and sizes of terminals */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "tty/tty.h"

#define KERNEL_NCCS 19 /* Linux asm-generic/termbits.h */

int tty_parse_size(const char *text, struct winsize *ws)
{
	const char *x = strchr(text, 'x');
	char first[16];
	int rows, cols;

	if (!x || x - text >= (ptrdiff_t)sizeof(first)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(first, text, (size_t)(x - text));
	first[x - text] = '\0';
	if (text_int(first, 0, USHRT_MAX, &rows) < 0 ||
	    text_int(x + 1, 0, USHRT_MAX, &cols) < 0)
		return -1;
	ws->ws_row = (unsigned short)rows;
	ws->ws_col = (unsigned short)cols;
	return 0;
}

int tty_open(const char *path, int flags)
{
	struct stat st;
	struct winsize ws;

	/*
	 * The open itself can do harm: that of a FIFO lets a waiting writer
	 * go on, into a reader that is gone at once.
	 */
	if (stat(path, &st) < 0)
		return -1;
	if (!S_ISCHR(st.st_mode)) {
		errno = ENOTTY;
		return -1;
	}
	/* Without O_NONBLOCK a serial line waits for its carrier. */
	autofd fd = open(path, flags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || tty_size(fd, &ws) < 0)
		return -1;
	return fd_take(&fd);
}

/* Not by memcmp: a libc's structure has padding and more characters than the
 * kernel, which tcgetattr(3) leaves as they were. */
bool tty_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       memcmp(a->c_cc, b->c_cc, KERNEL_NCCS) == 0;
}

int tty_size(int fd, struct winsize *ws)
{
	return ioctl(fd, TIOCGWINSZ, ws);
}

int tty_resize(int fd, const struct winsize *ws)
{
	return ioctl(fd, TIOCSWINSZ, ws);
}

static bool has_size(int fd, struct winsize *ws)
{
	return tty_size(fd, ws) == 0 && ws->ws_row > 0 && ws->ws_col > 0;
}

static bool env_size(struct winsize *ws)
{
	const char *lines = getenv("LINES");
	const char *columns = getenv("COLUMNS");
	int rows, cols;

	if (!lines || !columns || text_int(lines, 1, USHRT_MAX, &rows) < 0 ||
	    text_int(columns, 1, USHRT_MAX, &cols) < 0)
		return false;
	*ws = (struct winsize){ .ws_row = (unsigned short)rows,
				.ws_col = (unsigned short)cols };
	return true;
}

int tty_forget(void)
{
	autofd fd = -1;

	if (getsid(0) == getpid())
		return 0;
	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENXIO ? 0 : -1;
	return ioctl(fd, TIOCNOTTY);
}

void tty_default_size(struct winsize *ws)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (has_size(fd, ws))
			return;
	}
	autofd fd = tty_open("/dev/tty", O_RDONLY);
	if ((fd >= 0 && has_size(fd, ws)) || env_size(ws))
		return;
	*ws = (struct winsize){ .ws_row = 24, .ws_col = 80 };
}

/*
 * Unlike cfmakeraw(3) this leaves c_cflag alone: a serial line of seven bits
 * and parity would turn into noise.
 */
void tty_raw(struct termios *modes, bool output)
{
	modes->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP |
				      INLCR | IGNCR | ICRNL | IXON);
	modes->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	if (!output)
		modes->c_oflag &= ~(tcflag_t)OPOST;
	modes->c_cc[VMIN] = 1;
	modes->c_cc[VTIME] = 0;
}

void tty_data(struct termios *modes)
{
	modes->c_iflag = 0;
	modes->c_oflag &= ~(tcflag_t)OPOST;
	modes->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	modes->c_cflag |= CS8 | CREAD;
	modes->c_lflag = ICANON | IEXTEN;
	for (int i = 0; i < NCCS; i++)
		modes->c_cc[i] = _POSIX_VDISABLE;
	/*
	 * VMIN is for a command that leaves canonical mode without setting it.
	 * It shares its place with VEOF on some machines, so VEOF comes last.
	 */
	modes->c_cc[VMIN] = 1;
	modes->c_cc[VTIME] = 0;
	modes->c_cc[VLNEXT] = 0x16;
	modes->c_cc[VEOF] = 4;
}

void tty_newlines(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return;
	t.c_oflag &= ~(tcflag_t)ONLCR;
	(void)tcsetattr(fd, TCSANOW, &t);
}

/* A group that this pid namespace cannot see is 0 on both sides. */
bool tty_foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}
