/* replay - older output of a terminal, made fit to be shown again */
#include <string.h>

#include "attach/replay.h"

#define ENQ	     0x05
#define BEL	     0x07
#define SYNCHRONISED 2026

size_t replay_start(const unsigned char *data, size_t n, bool whole, int lines)
{
	const unsigned char *first = whole ? data : memchr(data, '\n', n);
	size_t least = !first ? n : whole ? 0 : (size_t)(first - data) + 1;
	size_t at = n;

	/* Each newline behind which nothing else is looked for ends a line. */
	for (int seen = 0; at > least; at--)
		if (data[at - 1] == '\n' && seen++ == lines)
			break;
	return at;
}

size_t replay_inside(const unsigned char *data, size_t n, size_t at)
{
	struct escape e;
	size_t end = at;

	escape_init(&e);
	for (size_t i = 0; i < at; i++)
		(void)escape_step(&e, data[i]);
	while (end < n && e.state != ESCAPE_GROUND)
		(void)escape_step(&e, data[end++]);
	return e.state == ESCAPE_GROUND ? end - at : 0;
}

void replay_init(struct replay *r)
{
	escape_init(&r->escape);
}

bool replay_busy(const struct replay *r)
{
	return r->escape.state != ESCAPE_GROUND;
}

/* Finals of control sequences without a prefix and an intermediate that move,
 * write, erase, or set a mode, a colour or a margin. */
static bool is_plain(unsigned char final)
{
	return strchr("@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu", final) != NULL;
}

static bool passes(const struct escape_csi *csi)
{
	if (csi->prefix == 0 && csi->inter == 0)
		return is_plain(csi->final);
	if (csi->prefix == '?' && csi->inter == 0)
		return strchr("hlJKrs", csi->final) != NULL;
	if (csi->prefix == '>' && csi->inter == 0)
		return csi->final == 'u' || (csi->final == 'm' && csi->n > 0);
	if (csi->prefix == '<' || csi->prefix == '=')
		return csi->inter == 0 && csi->final == 'u';
	if (csi->prefix)
		return false;
	return (csi->inter == '!' && csi->final == 'p') ||
	       (csi->inter == ' ' && strchr("q@A", csi->final)) ||
	       (csi->inter == '"' && csi->final == 'q') ||
	       (csi->inter == '$' && strchr("rtvxz{", csi->final));
}

static bool is_momentary(const struct escape_csi *csi)
{
	bool has = false;

	for (int i = 0; i < csi->n && csi->prefix == '?'; i++)
		has = has || csi->number[i] == SYNCHRONISED;
	return has && (csi->final == 'h' || csi->final == 'l');
}

static bool begins(const char *text, size_t n, const char *const *with,
		   size_t of)
{
	for (size_t i = 0; i < of; i++)
		if (n >= strlen(with[i]) &&
		    memcmp(text, with[i], strlen(with[i])) == 0)
			return true;
	return false;
}

/* Titles and hyperlinks, whatever they are; colours, unless they are asked. */
static bool string_passes(const struct escape *e)
{
	static const char *const texts[] = { "0;", "1;", "2;", "8;" };
	static const char *const colours[] = { "4;",  "5;",  "10;", "11;",
					       "12;", "17;", "19;", "104",
					       "105", "110", "111", "112",
					       "117", "119" };
	const char *text = (const char *)e->seq + 2;
	size_t n = e->n - 2;

	if (e->seq[1] != ']' || e->over)
		return false;
	if (begins(text, n, texts, sizeof(texts) / sizeof(*texts)))
		return true;
	return !memchr(text, '?', n) &&
	       begins(text, n, colours, sizeof(colours) / sizeof(*colours));
}

static size_t put_sequence(const struct escape *e, unsigned char *out)
{
	memcpy(out, e->seq, e->n);
	return e->n;
}

/* Each of the modes but the one, as a sequence of its own. */
static size_t put_modes(const struct escape_csi *csi, unsigned char *out)
{
	size_t n = 0;
	char digits[8];

	for (int i = 0; i < csi->n; i++) {
		int value = csi->number[i], d = 0;

		if (value == SYNCHRONISED || value < 0)
			continue;
		do {
			digits[d++] = (char)('0' + value % 10);
			value /= 10;
		} while (value > 0);
		if (n == 0) {
			memcpy(out, "\033[?", 3);
			n = 3;
		} else {
			out[n++] = ';';
		}
		while (d > 0)
			out[n++] = (unsigned char)digits[--d];
	}
	if (n > 0)
		out[n++] = csi->final;
	return n;
}

static size_t put_whole(const struct escape *e, unsigned char *out)
{
	struct escape_csi csi;
	size_t n;

	if (escape_csi(e, &csi)) {
		if (is_momentary(&csi))
			return put_modes(&csi, out);
		return passes(&csi) ? put_sequence(e, out) : 0;
	}
	if (e->n >= 2 && strchr("]PX^_", e->seq[1])) {
		if (!string_passes(e))
			return 0;
		n = put_sequence(e, out);
		out[n++] = BEL;
		return n;
	}
	/* DECID asks as DA does; a sequence that is none shows nothing. */
	if (e->n == 2 && e->seq[1] != 'Z' && e->seq[1] != '[')
		return put_sequence(e, out);
	return e->n == 3 && strchr("()*+-./#% ", e->seq[1])
		       ? put_sequence(e, out)
		       : 0;
}

/* A byte of text, unless it rings, asks, or is the start of something. */
static size_t replay_put_text(const struct replay *r, unsigned char byte,
			      unsigned char *out)
{
	bool start = replay_busy(r) && byte >= 0x80;

	if (byte == BEL || byte == ENQ || byte == '\033' || start)
		return 0;
	*out = byte;
	return 1;
}

size_t replay_pass(struct replay *r, const unsigned char *data, size_t n,
		   unsigned char *out)
{
	struct escape *e = &r->escape;
	size_t put = 0;

	for (size_t i = 0; i < n; i++) {
		switch (escape_step(e, data[i])) {
		case ESCAPE_PAIR:
			/* Alone it would make a C1 control of what comes next,
			 * once what is between is left out. */
			if (data[i] >= 0xa0 && data[i] < 0xc0)
				out[put++] = 0xc2;
			put += replay_put_text(r, data[i], out + put);
			break;
		case ESCAPE_TEXT:
			put += replay_put_text(r, data[i], out + put);
			break;
		case ESCAPE_WHOLE:
			put += put_whole(e, out + put);
			break;
		case ESCAPE_MORE:
		case ESCAPE_BROKE:
			break;
		}
	}
	return put;
}
