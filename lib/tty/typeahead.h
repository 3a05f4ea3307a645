/*
 * typeahead - what became of the input that was typed at a pty before its
 * reader asked for it: still there, read, or flushed.
 *
 * A program that asks for a password throws away what was typed before
 * (TCSAFLUSH of tcsetattr(3), tcflush(3)). A master in packet mode is told of
 * such a flush, but not how much it took. So reads are noticed as well: the
 * slave's access time is set back, and the next read of at least one byte sets
 * it to the present, whatever file the reader has opened (/dev/tty too, since
 * Linux 6.3), which a flush does not.
 *
 * Source: TIOCPKT in ioctl_tty(2); Linux drivers/tty/tty_io.c, tty_update_time,
 * which leaves an access time alone that is of the same 8 seconds.
 */
#ifndef TYPEAHEAD_H
#define TYPEAHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct typeahead {
	int master, slave;
	bool blind;  /* this kernel does not tell of reads */
	time_t mark; /* the slave's access time while nothing was read */
};

struct typeahead_seen {
	bool flushed;  /* the slave's input was flushed since the last look */
	bool read;     /* at least one byte was read; false where blind */
	bool unread;   /* a read would not wait */
	size_t queued; /* bytes that can be read now */
};

/*
 * typeahead_open - have the master tell of flushes, and mark the slave
 *
 * master  non-blocking, of a description that no other process reads. Each read
 *         gives one byte more from now on, in front: 0, or a status alone.
 * slave   the other end
 *
 * Returns 0; -1 and errno from ioctl(2) with nothing changed.
 */
int typeahead_open(struct typeahead *t, int master, int slave);

/*
 * typeahead_look - what happened since the last look
 *
 * A read that took place before a flush is told with that flush or before it.
 */
void typeahead_look(struct typeahead *t, struct typeahead_seen *seen);

/* typeahead_flush - throw the slave's input away, without being told of it */
void typeahead_flush(struct typeahead *t);

/* typeahead_is_flush - was that status, read from the master, a flush? */
bool typeahead_is_flush(unsigned char status);

#endif
