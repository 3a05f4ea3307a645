/*
 * escape - cut what a terminal is sent into text and control sequences.
 *
 * A sequence is what ECMA-48 and xterm's ctlseqs call one: ESC and its final
 * byte, CSI up to its final byte, and the strings (DCS, OSC, APC, PM, SOS) up
 * to their terminator. C1 controls are known as UTF-8 has them (0xC2 0x80 to
 * 0xC2 0x9F); lone bytes from 0x80 to 0x9F are text, as they are in a UTF-8
 * terminal.
 *
 * Pure: no system call, no clock. Of a sequence no more than ESCAPE_MAX bytes
 * are kept, so memory is bounded whatever comes.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#define ESCAPE_MAX 256

enum escape_state {
	ESCAPE_GROUND,
	ESCAPE_C1,     /* behind 0xC2 */
	ESCAPE_ESC,    /* behind ESC and its intermediates */
	ESCAPE_CSI,    /* in a control sequence */
	ESCAPE_STRING, /* in a string */
	ESCAPE_ST,     /* behind an ESC in a string */
};

/* What a byte was. */
enum escape_what {
	ESCAPE_TEXT,  /* itself: text, or a C0 control */
	ESCAPE_MORE,  /* part of something that is not complete */
	ESCAPE_WHOLE, /* it completes what is in seq[] */
	ESCAPE_BROKE, /* it ends a sequence that is none: forget seq[] */
	ESCAPE_PAIR,  /* two bytes of text: seq[0] and itself */
};

struct escape {
	enum escape_state state;
	size_t n;		       /* bytes of seq[] */
	bool over;		       /* there were more than fit */
	unsigned char seq[ESCAPE_MAX]; /* begins with ESC, C1 translated */
};

/* escape_init - at the start of a stream */
void escape_init(struct escape *e);

/*
 * escape_plain - how many of n bytes are surely text
 *
 * Those need no escape_step. 0 inside a sequence.
 */
size_t escape_plain(const struct escape *e, const unsigned char *data,
		    size_t n);

/*
 * escape_step - the next byte of the stream
 *
 * A C0 control inside a sequence acts as if it stood before it, and is
 * ESCAPE_TEXT; CAN and SUB end the sequence, and ESC begins another one. The
 * terminator of a string (BEL, or ESC and a backslash) is not kept in seq[].
 *
 * Returns what that byte was. What ESCAPE_WHOLE leaves in e->seq is there until
 * the next call.
 */
enum escape_what escape_step(struct escape *e, unsigned char byte);

/* A control sequence taken apart: CSI PREFIX NUMBERS INTERMEDIATE FINAL. */
#define ESCAPE_NUMBERS 32

struct escape_csi {
	unsigned char prefix; /* one of <=>?, or 0 */
	unsigned char inter;  /* the last intermediate, or 0 */
	unsigned char final;
	int n;			    /* numbers, ESCAPE_NUMBERS at the most */
	int number[ESCAPE_NUMBERS]; /* -1: left out; 0..65535 */
};

/*
 * escape_csi - take apart what escape_step completed
 *
 * Returns true; false where it is no CSI, did not fit, or is malformed. What is
 * behind a colon in a number is skipped.
 */
bool escape_csi(const struct escape *e, struct escape_csi *csi);

#endif
