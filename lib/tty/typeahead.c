/* typeahead - what became of the input that was typed at a pty */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <termios.h>

#include "base/fd.h"
#include "tty/typeahead.h"

#define BACK_S 16 /* two of the kernel's steps of 8 s */

/* Do all open files of a terminal get the time of a read from it? */
static bool kernel_tells(void)
{
	struct utsname u;
	char *dot;
	long major, minor;

	if (uname(&u) < 0)
		return false;
	major = strtol(u.release, &dot, 10);
	minor = *dot == '.' ? strtol(dot + 1, NULL, 10) : 0;
	return major > 6 || (major == 6 && minor >= 3);
}

static int typeahead_mark(struct typeahead *t)
{
	struct timespec times[2] = { { .tv_sec = time(NULL) - BACK_S },
				     { .tv_nsec = UTIME_OMIT } };

	t->mark = times[0].tv_sec;
	return futimens(t->slave, times);
}

int typeahead_open(struct typeahead *t, int master, int slave)
{
	int on = 1;

	*t = (struct typeahead){ .master = master, .slave = slave };
	if (ioctl(master, TIOCPKT, &on) < 0)
		return -1;
	t->blind = !kernel_tells() || typeahead_mark(t) < 0;
	return 0;
}

static bool was_read(struct typeahead *t)
{
	struct stat st;

	if (!t->blind && fstat(t->slave, &st) < 0)
		t->blind = true;
	if (t->blind || st.st_atime == t->mark)
		return false;
	/* Before the queue is looked at: a read after this is a new one. */
	t->blind = typeahead_mark(t) < 0;
	return true;
}

/* Take a status that waits: it comes alone, before any data. */
static bool take_status(const struct typeahead *t)
{
	unsigned char status;

	return fd_read(t->master, &status, 1) == 1 &&
	       typeahead_is_flush(status);
}

/* poll(2) that does not wait, and that a signal interrupts all the same. */
static int poll_now(struct pollfd *p, nfds_t n)
{
	int ready;

	do {
		ready = poll(p, n, 0);
	} while (ready < 0 && errno == EINTR);
	return ready;
}

void typeahead_look(struct typeahead *t, struct typeahead_seen *seen)
{
	struct pollfd p[] = { { .fd = t->slave, .events = POLLIN },
			      { .fd = t->master, .events = POLLPRI } };
	int queued = 0;

	seen->read = was_read(t);
	if (ioctl(t->slave, FIONREAD, &queued) < 0)
		queued = 0;
	/* Last, so that what was just counted was not flushed since. What
	 * cannot be found out is taken to be unread. */
	if (poll_now(p, 2) < 0) {
		p[0].revents = POLLIN;
		p[1].revents = 0;
	}
	seen->flushed = (p[1].revents & POLLPRI) && take_status(t);
	/* What was read before that, and after the first look. */
	if (seen->flushed && was_read(t))
		seen->read = true;
	seen->unread = p[0].revents != 0;
	seen->queued = (size_t)queued;
}

void typeahead_flush(struct typeahead *t)
{
	struct pollfd p = { .fd = t->master, .events = POLLPRI };

	if (tcflush(t->slave, TCIFLUSH) == 0 && poll_now(&p, 1) == 1)
		(void)take_status(t);
}

bool typeahead_is_flush(unsigned char status)
{
	return status & TIOCPKT_FLUSHREAD;
}
