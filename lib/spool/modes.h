/*
 * modes - which modes a stream of output has switched on in a terminal, so that
 * they can be said to a terminal that comes later, and taken back.
 *
 * Followed are the private modes of DECSET and DECRST that last (mouse, paste,
 * alternate screen, cursor, and the like; not 2026, which is a moment's), the
 * keypad, insert mode, the keyboard protocols of xterm and kitty, the shape of
 * the cursor, and whether colours, margins or a character set were left set.
 * RIS (ESC c) and DECSTR (CSI ! p) reset them.
 *
 * Pure: no system call, no clock. Source: xterm's ctlseqs; the kitty keyboard
 * protocol.
 */
#ifndef MODES_H
#define MODES_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/escape.h"

#define MODES_ON    32	/* private modes that differ from their default */
#define MODES_KITTY 8	/* flags pushed on one another */
#define MODES_TEXT  512 /* bytes that modes_say and modes_unsay write */

struct modes {
	struct escape escape;
	int n;
	unsigned short on[MODES_ON]; /* in the order in which they were set */
	bool keypad, insert, coloured, margins, charset;
	int other_keys; /* modifyOtherKeys, 0..3 */
	int cursor;	/* its shape, 0: the default */
	int pushed;
	int kitty[MODES_KITTY];
};

/* modes_init - a terminal just reset */
void modes_init(struct modes *m);

/* modes_see - the stream goes on with n bytes; true if modes_say may differ */
bool modes_see(struct modes *m, const unsigned char *data, size_t n);

/*
 * modes_say - what brings a terminal that was just reset into these modes
 *
 * buf  room for MODES_TEXT bytes
 *
 * Returns how many bytes it is; 0 where all modes are the default.
 */
size_t modes_say(const struct modes *m, char *buf);

/*
 * modes_open - the sequence that the stream is in the middle of, which has to
 * be said before it goes on
 *
 * buf  room for ESCAPE_MAX + 1 bytes
 *
 * Returns how many bytes it is; 0 where there is none, or it is too long.
 */
size_t modes_open(const struct modes *m, char *buf);

/* modes_unsay - what brings it back; as modes_say */
size_t modes_unsay(const struct modes *m, char *buf);

#endif
