/* input - what goes to a terminal: keys, sizes, and control lines */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "conlog/input.h"
#include "conlog/log.h"
#include "conlog/say.h"
#include "tty/tty.h"

#define CONTROL_READS 128  /* at a time: a FIFO holds no more */
#define PARTIAL_MS    1000 /* how long an unfinished control line may stand */

void input_init(struct input *in, struct log *log, bool records)
{
	in->log = log;
	in->records = records;
	in->none = false;
	in->master = (struct nbio){ -1, NBIO_CAREFUL };
	in->sized = false;
	in->since = 0;
	in->bad = 0;
	in->at = in->keys = 0;
	control_init(&in->control);
}

/*
 * Tell the foreground group that it should draw, as the kernel does when a size
 * changes. Where that group cannot be seen or signalled (it is in another pid
 * namespace, or another user's), the size is another one for a moment.
 */
static void redraw_input(int master, const struct winsize *ws)
{
	struct winsize other = *ws;
	pid_t group;

	if (ioctl(master, TIOCGPGRP, &group) == 0 && group > 1 &&
	    kill(-group, SIGWINCH) == 0)
		return;
	other.ws_row = (unsigned short)(ws->ws_row + 1);
	(void)tty_resize(master, &other);
	(void)tty_resize(master, ws);
}

static void resize_input(struct input *in, int rows, int cols, bool draw)
{
	int master = in->master.fd;
	struct winsize ws;

	if (master < 0) {
		in->sized = true;
		in->size.ws_row = (unsigned short)rows;
		in->size.ws_col = (unsigned short)cols;
		return;
	}
	if (tty_size(master, &ws) < 0)
		return;
	if (ws.ws_row != rows || ws.ws_col != cols) {
		/* The record of it comes before what is drawn for it. */
		log_size(in->log, rows, cols);
		ws.ws_row = (unsigned short)rows;
		ws.ws_col = (unsigned short)cols;
		(void)tty_resize(master, &ws);
	} else if (draw) {
		redraw_input(master, &ws);
	}
}

void input_terminal(struct input *in, int master)
{
	struct winsize ws;

	in->master.fd = master;
	if (in->sized)
		resize_input(in, in->size.ws_row, in->size.ws_col, false);
	if (tty_size(master, &ws) == 0)
		log_size(in->log, ws.ws_row, ws.ws_col);
}

/* A flood of bad lines is said once. */
static void bad_line(struct input *in)
{
	if (in->bad++ == 0)
		say(0, "ignored a control line that is not '1 ROWS COLS', "
		       "'2 0 0' or '3 ROWS COLS'");
}

static void good_line(struct input *in)
{
	if (in->bad > 1)
		say(0, "ignored %u more control lines", in->bad - 1);
	in->bad = 0;
}

static void take_line(struct input *in)
{
	const struct control *c = &in->control;

	good_line(in);
	if (c->type == CONTROL_REOPEN)
		log_reopen(in->log);
	else
		resize_input(in, c->rows, c->cols, c->type == CONTROL_REDRAW);
}

static void input_take_byte(struct input *in, char byte)
{
	switch (control_byte(&in->control, byte)) {
	case CONTROL_DONE:
		take_line(in);
		break;
	case CONTROL_BAD:
		bad_line(in);
		break;
	case CONTROL_MORE:
		break;
	}
}

void input_control(struct input *in, int fd)
{
	char data[512];
	ssize_t got = sizeof(data);

	/* All that the FIFO held: keys that were typed later come later. */
	for (int n = 0; n < CONTROL_READS && got == sizeof(data); n++) {
		got = fd_read(fd, data, sizeof(data));
		for (ssize_t i = 0; i < got; i++)
			input_take_byte(in, data[i]);
	}
	in->since = wait_now();
}

int input_partial(struct input *in)
{
	long long left = in->since + PARTIAL_MS - wait_now();

	if (!control_partial(&in->control))
		return -1;
	if (left > 0)
		return (int)left;
	control_init(&in->control);
	bad_line(in);
	return -1;
}

bool input_wants(const struct input *in)
{
	return in->none || (in->master.fd >= 0 && in->keys == 0);
}

bool input_waits(const struct input *in)
{
	return in->master.fd >= 0 && in->keys > 0;
}

void input_keys(struct input *in, int fd)
{
	ssize_t got;

	if (!input_wants(in))
		return;
	got = fd_read(fd, in->typed, sizeof(in->typed));
	if (got <= 0 || in->none)
		return;
	in->at = 0;
	in->keys = (size_t)got;
	input_type(in);
}

void input_type(struct input *in)
{
	ssize_t put;

	while (input_waits(in)) {
		put = nbio_write(&in->master, in->typed + in->at, in->keys);
		if (put < 0 && errno == EAGAIN)
			return;
		/* A terminal that takes nothing more loses the keys. */
		if (put <= 0) {
			in->keys = 0;
			return;
		}
		if (in->records)
			log_input(in->log, in->typed + in->at, (size_t)put);
		in->at += (size_t)put;
		in->keys -= (size_t)put;
	}
}

void input_close(struct input *in)
{
	good_line(in);
}
