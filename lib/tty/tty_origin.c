/* tty_origin - the modes that a raw terminal had before */
#include <stddef.h>

#include "tty/tty_origin.h"

#define FIRST  17 /* of two control characters without a name */
#define IS_SET 0x80

/* On some machines those places have a name. */
#if VEOF < FIRST && VEOL < FIRST && VMIN < FIRST && VTIME < FIRST
#define HAS_PLACE true
#else
#define HAS_PLACE false
#endif

static const tcflag_t in_bits[] = { ICRNL,  IXON,   BRKINT, IGNBRK,
				    PARMRK, ISTRIP, INLCR };
static const tcflag_t other_bits[] = { ICANON, ECHO, ISIG, IEXTEN, ECHONL };

#define IN_BITS	   (sizeof(in_bits) / sizeof(*in_bits))
#define OTHER_BITS (sizeof(other_bits) / sizeof(*other_bits))
#define OPOST_BIT  0x20
#define IGNCR_BIT  0x40

static bool is_raw(const struct termios *t)
{
	return !(t->c_lflag & (ICANON | ECHO | ISIG | IEXTEN)) &&
	       !(t->c_iflag & (ICRNL | IXON)) && t->c_cc[VMIN] == 1 &&
	       t->c_cc[VTIME] == 0;
}

static cc_t pack(tcflag_t flags, const tcflag_t *bits, size_t n)
{
	unsigned packed = 0;

	for (size_t i = 0; i < n; i++)
		packed |= flags & bits[i] ? 1U << i : 0;
	return (cc_t)packed;
}

static tcflag_t tty_origin_unpack(cc_t packed, const tcflag_t *bits, size_t n)
{
	tcflag_t flags = 0;

	for (size_t i = 0; i < n; i++)
		flags |= packed & 1U << i ? bits[i] : 0;
	return flags;
}

void tty_origin_note(struct termios *raw, const struct termios *before)
{
	cc_t other = pack(before->c_lflag, other_bits, OTHER_BITS);

	if (!HAS_PLACE || before->c_cc[FIRST] || before->c_cc[FIRST + 1] ||
	    before->c_cc[VMIN] != 1 || before->c_cc[VTIME] != 0)
		return;
	if (before->c_oflag & OPOST)
		other |= OPOST_BIT;
	if (before->c_iflag & IGNCR)
		other |= IGNCR_BIT;
	raw->c_cc[FIRST] = pack(before->c_iflag, in_bits, IN_BITS) | IS_SET;
	raw->c_cc[FIRST + 1] = other | IS_SET;
}

bool tty_origin_find(struct termios *modes)
{
	cc_t in = modes->c_cc[FIRST], other = modes->c_cc[FIRST + 1];

	if (!HAS_PLACE || !(in & other & IS_SET) || !is_raw(modes))
		return false;
	modes->c_iflag |= tty_origin_unpack(in, in_bits, IN_BITS);
	modes->c_lflag |= tty_origin_unpack(other, other_bits, OTHER_BITS);
	if (other & IGNCR_BIT)
		modes->c_iflag |= IGNCR;
	if (other & OPOST_BIT)
		modes->c_oflag |= OPOST;
	modes->c_cc[FIRST] = modes->c_cc[FIRST + 1] = 0;
	return true;
}
