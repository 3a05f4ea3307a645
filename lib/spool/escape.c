/* escape - cut what a terminal is sent into text and control sequences */
#include <string.h>

#include "spool/escape.h"

#define ESC 0x1b
#define CAN 0x18
#define SUB 0x1a
#define BEL 0x07

void escape_init(struct escape *e)
{
	e->state = ESCAPE_GROUND;
	e->n = 0;
	e->over = false;
}

size_t escape_plain(const struct escape *e, const unsigned char *data, size_t n)
{
	const unsigned char *esc, *c1;

	if (e->state != ESCAPE_GROUND)
		return 0;
	esc = memchr(data, ESC, n);
	if (esc)
		n = (size_t)(esc - data);
	c1 = memchr(data, 0xc2, n);
	return c1 ? (size_t)(c1 - data) : n;
}

static void keep_escape(struct escape *e, unsigned char byte)
{
	if (e->n < ESCAPE_MAX)
		e->seq[e->n++] = byte;
	else
		e->over = true;
}

static enum escape_what begin_escape(struct escape *e)
{
	escape_init(e);
	keep_escape(e, ESC);
	e->state = ESCAPE_ESC;
	return ESCAPE_MORE;
}

static enum escape_what end(struct escape *e, enum escape_what what)
{
	e->state = ESCAPE_GROUND;
	return what;
}

/* Behind ESC: the byte that says what it is. */
static enum escape_what introduced(struct escape *e, unsigned char byte)
{
	bool first = e->n == 1;

	keep_escape(e, byte);
	if (byte >= 0x20 && byte < 0x30)
		return ESCAPE_MORE;
	if (first && byte == '[')
		e->state = ESCAPE_CSI;
	else if (first && strchr("]PX^_", byte))
		e->state = ESCAPE_STRING;
	else
		return end(e, byte < 0x7f ? ESCAPE_WHOLE : ESCAPE_BROKE);
	return ESCAPE_MORE;
}

static enum escape_what ground(struct escape *e, unsigned char byte)
{
	if (byte == ESC)
		return begin_escape(e);
	if (byte != 0xc2)
		return ESCAPE_TEXT;
	escape_init(e);
	keep_escape(e, byte);
	e->state = ESCAPE_C1;
	return ESCAPE_MORE;
}

/* Behind 0xC2: a C1 control is ESC and the byte 0x40 below. */
static enum escape_what c1(struct escape *e, unsigned char byte)
{
	if (byte >= 0x80 && byte < 0xa0) {
		(void)begin_escape(e);
		return introduced(e, (unsigned char)(byte - 0x40));
	}
	/* What follows may begin something itself. */
	if (byte == ESC || byte == 0xc2) {
		e->state = ESCAPE_GROUND;
		(void)ground(e, byte);
		return ESCAPE_PAIR;
	}
	return end(e, ESCAPE_PAIR);
}

static enum escape_what in_string(struct escape *e, unsigned char byte)
{
	if (e->state == ESCAPE_ST && byte == '\\')
		return end(e, ESCAPE_WHOLE);
	if (byte == BEL)
		return end(e, ESCAPE_WHOLE);
	if (byte == CAN || byte == SUB)
		return end(e, ESCAPE_BROKE);
	if (byte == ESC)
		e->state = ESCAPE_ST;
	else
		keep_escape(e, byte);
	return ESCAPE_MORE;
}

enum escape_what escape_step(struct escape *e, unsigned char byte)
{
	if (e->state == ESCAPE_GROUND)
		return ground(e, byte);
	if (e->state == ESCAPE_C1)
		return c1(e, byte);
	if (e->state == ESCAPE_STRING ||
	    (e->state == ESCAPE_ST && byte == '\\'))
		return in_string(e, byte);
	/* Any other byte behind its ESC ends a string without a terminator. */
	if (e->state == ESCAPE_ST)
		(void)begin_escape(e);
	if (byte == ESC)
		return begin_escape(e);
	if (byte == CAN || byte == SUB)
		return end(e, ESCAPE_BROKE);
	if (byte < 0x20)
		return ESCAPE_TEXT;
	if (byte == 0x7f)
		return ESCAPE_MORE;
	if (e->state == ESCAPE_ESC)
		return introduced(e, byte);
	keep_escape(e, byte);
	if (byte < 0x40)
		return ESCAPE_MORE;
	return end(e, byte < 0x80 ? ESCAPE_WHOLE : ESCAPE_BROKE);
}

/* The digits at *at, and what is behind a colon, -1 where there are none. */
static int escape_number(const unsigned char **at, const unsigned char *last)
{
	int n = -1;

	for (; *at < last && **at >= '0' && **at <= '9'; ++*at) {
		n = (n < 0 ? 0 : n * 10) + (**at - '0');
		if (n > 65535)
			n = 65535;
	}
	while (*at < last && (**at == ':' || (**at >= '0' && **at <= '9')))
		++*at;
	return n;
}

bool escape_csi(const struct escape *e, struct escape_csi *csi)
{
	const unsigned char *at = e->seq + 2, *last = e->seq + e->n - 1;

	*csi = (struct escape_csi){ 0 };
	if (e->n < 3 || e->seq[1] != '[' || e->over)
		return false;
	csi->final = *last;
	if (*at >= '<' && *at <= '?')
		csi->prefix = *at++;
	while (at < last && *at >= '0') {
		if (csi->n == ESCAPE_NUMBERS || *at > ';')
			return false;
		csi->number[csi->n++] = escape_number(&at, last);
		if (at < last && *at == ';')
			at++;
	}
	for (; at < last; at++) {
		if (*at >= 0x30)
			return false;
		csi->inter = *at;
	}
	return true;
}
