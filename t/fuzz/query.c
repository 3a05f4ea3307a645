/* query - what a terminal emulator may answer when it is asked for its size */
#include <assert.h>
#include <err.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "fuzz.h"
#include "tty/pty.h"
#include "tty/tty.h"
#include "tty/tty_query.h"

/* A terminal that passes on what comes at once, and drops nothing of it. */
static void open_terminal(struct pty *p)
{
	struct termios modes;

	if (pty_open(-1, p) < 0 || tcgetattr(p->slave, &modes) < 0)
		err(1, "cannot open a terminal");
	tty_raw(&modes, false);
	if (tcsetattr(p->slave, TCSANOW, &modes) < 0)
		err(1, "cannot set modes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pty p = { -1, -1 };
	struct winsize ws = { 0, 0, 7, 9 };
	struct termios before, after;
	char asked[64];

	if (p.master < 0)
		open_terminal(&p);
	/* More is not read at once. */
	if (size > 4000)
		return 0;
	(void)tcflush(p.slave, TCIOFLUSH);
	if (write(p.master, data, size) != (ssize_t)size ||
	    tcgetattr(p.slave, &before) < 0)
		err(1, "cannot answer");
	if (tty_query_size(p.slave, 0, &ws) == 0)
		assert(ws.ws_row > 0 && ws.ws_col > 0);
	else
		assert(ws.ws_row == 0 && ws.ws_col == 0);
	assert(ws.ws_xpixel == 7 && ws.ws_ypixel == 9);
	assert(tcgetattr(p.slave, &after) == 0 && tty_same(&before, &after));
	while (read(p.master, asked, sizeof(asked)) > 0)
		;
	return 0;
}
