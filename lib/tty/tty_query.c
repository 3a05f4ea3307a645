/* tty_query - ask a terminal emulator what the kernel does not know */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "tty/pty.h"
#include "tty/restorer.h"
#include "tty/tty.h"
#include "tty/tty_query.h"
#include "tty/user_tty.h"

/* Save the cursor, go to the far corner, ask where that is, come back. */
static const char question[] = "\0337\033[9999;9999H\033[6n\0338";

/* An answer so far: ESC [ ROWS ; COLUMNS R */
struct reply {
	enum { OUTSIDE, ESCAPE, ROWS, COLUMNS } state;
	int number[2];
};

/* add_digit - false where the number gets too large for a size */
static bool add_digit(int *number, int digit)
{
	*number = *number * 10 + digit;
	return *number <= USHRT_MAX;
}

/* The next byte from the terminal; true when an answer is whole. */
static bool tty_query_take_byte(struct reply *a, unsigned char byte)
{
	/* A terminal of eight bits may send CSI as the one byte it is there. */
	if ((a->state == ESCAPE && byte == '[') || byte == 0x9b) {
		*a = (struct reply){ .state = ROWS };
		return false;
	}
	if (a->state >= ROWS && byte >= '0' && byte <= '9' &&
	    add_digit(&a->number[a->state - ROWS], byte - '0'))
		return false;
	if (a->state == ROWS && byte == ';') {
		a->state = COLUMNS;
		return false;
	}
	if (a->state == COLUMNS && byte == 'R' && a->number[0] > 0 &&
	    a->number[1] > 0)
		return true;
	a->state = byte == '\033' ? ESCAPE : OUTSIDE;
	return false;
}

/*
 * put_question - byte by byte: there is room for one where poll(2) says so,
 * while a write of more could wait for room without an end
 */
static int put_question(const struct deadline *w, int fd)
{
	for (const char *next = question; *next;) {
		ssize_t n;

		if (wait_fd(w, fd, POLLOUT) < 0)
			return -1;
		n = write(fd, next, 1);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (n > 0)
			next++;
	}
	return 0;
}

/* get_answer - byte by byte, as what comes after it is for another reader */
static int get_answer(const struct deadline *w, int fd, struct reply *a)
{
	unsigned char byte;

	for (;;) {
		ssize_t n;

		if (wait_fd(w, fd, POLLIN) < 0)
			return -1;
		n = fd_read(fd, &byte, 1);
		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n == 0) {
			errno = EIO;
			return -1;
		}
		if (n > 0 && tty_query_take_byte(a, byte))
			return 0;
	}
}

static int ask(const struct deadline *w, int fd, struct winsize *ws)
{
	struct reply a = { .state = OUTSIDE };

	if (put_question(w, fd) < 0 || get_answer(w, fd, &a) < 0)
		return -1;
	ws->ws_row = (unsigned short)a.number[0];
	ws->ws_col = (unsigned short)a.number[1];
	return 0;
}

/* ask_raw - ask, with the terminal in raw mode for as long as that takes */
static int ask_raw(const struct deadline *w, int fd, struct winsize *ws)
{
	struct user_tty tty = { .fd = fd, .lock = -1, .interactive = true };
	struct restorer restorer;
	int result = -1, saved;

	if (tcgetattr(fd, &tty.saved) < 0)
		return -1;
	tty.raw = tty.saved;
	tty_raw(&tty.raw, true);
	restorer_start(&restorer, &tty);
	/* TCSADRAIN could wait for ever, on a terminal stopped with ^S. */
	if (tcsetattr(fd, TCSANOW, &tty.raw) == 0) {
		result = ask(w, fd, ws);
		saved = errno;
		/* Half an answer must not become a command line of the shell.
		 */
		if (result < 0)
			(void)tcflush(fd, TCIFLUSH);
		if (tcsetattr(fd, TCSANOW, &tty.saved) < 0)
			result = -1;
		else
			errno = saved;
	}
	saved = errno;
	restorer_end(&restorer);
	errno = saved;
	return result;
}

/* fatal_signals - those whose default ends or stops us and which are not
 * ignored */
static void fatal_signals(int *set)
{
	static const int fatal[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				     SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP };
	struct sigaction now;

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		if (sigaction(fatal[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			*set++ = fatal[i];
	}
	*set = 0;
}

int tty_query_size(int fd, int ms, struct winsize *ws)
{
	struct deadline w = { .deadline = wait_until(ms) };
	int signals[16], result, saved;
	sigset_t mask;

	if (pty_is_master(fd)) {
		errno = ENOTTY;
		return -1;
	}
	if (sigprocmask(SIG_BLOCK, NULL, &mask) < 0)
		return -1;
	fatal_signals(signals);
	autofd caught = w.signals = wait_signals(signals);
	result = caught < 0 ? -1 : ask_raw(&w, fd, ws);
	saved = errno;
	/* Whatever came in between takes effect here. */
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	errno = saved;
	return result;
}
