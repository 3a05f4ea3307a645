/* cast - output, input and sizes as a recording: asciicast v2 */
#include <stdio.h>
#include <string.h>

#include "conlog/cast.h"
#include "conlog/utf8.h"

#define FRAME 64 /* room for what is around DATA */
#define WORST 6	 /* bytes of JSON for one: \u0000 */

_Static_assert(BATCH_SIZE >= FRAME + WORST * (CAST_EVENT + 4), "an event fits");

void cast_init(struct cast *c)
{
	*c = (struct cast){ 0 };
}

static void cast_add(struct batch *out, const void *data, size_t n)
{
	memcpy(out->data + out->n, data, n);
	out->n += n;
}

static void cast_add_text(struct batch *out, const char *text)
{
	cast_add(out, text, strlen(text));
}

void cast_header(struct cast *c, int rows, int cols, long long date,
		 long long now, struct batch *out)
{
	char line[128];

	(void)snprintf(line, sizeof(line),
		       "{\"version\": 2, \"width\": %d, \"height\": %d, "
		       "\"timestamp\": %lld}\n",
		       cols, rows, date);
	cast_add_text(out, line);
	c->start = now;
}

static void open_event(const struct cast *c, char code, long long now,
		       struct batch *out)
{
	long long us = (now - c->start) / 1000;
	char text[FRAME];

	(void)snprintf(text, sizeof(text), "[%lld.%06lld, \"%c\", \"",
		       us / 1000000, us % 1000000, code);
	cast_add_text(out, text);
}

static void close_event(struct batch *out)
{
	cast_add_text(out, "\"]\n");
}

/* How many of n bytes stand for themselves in a string of JSON. */
static size_t cast_plain(const unsigned char *data, size_t n)
{
	size_t i = 0;

	while (i < n && data[i] >= ' ' && data[i] < 0x7f && data[i] != '"' &&
	       data[i] != '\\')
		i++;
	return i;
}

static void add_ascii(struct cast *c, unsigned char byte, struct batch *out)
{
	static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *at = byte ? strchr(named, byte) : NULL;
	char text[8];

	if (byte == '\n' && c->crlf && !c->cr)
		cast_add_text(out, "\\r");
	c->cr = byte == '\r';
	if (at) {
		cast_add(out, "\\", 1);
		cast_add(out, &names[at - named], 1);
	} else if (byte < 0x20 || byte == 0x7f) {
		(void)snprintf(text, sizeof(text), "\\u%04x", byte);
		cast_add_text(out, text);
	} else {
		cast_add(out, &byte, 1);
	}
}

/* One character, or one byte that is none; its length. */
static size_t add_char(struct cast *c, const unsigned char *data, size_t n,
		       struct batch *out)
{
	int length = utf8_char(data, n);

	if (length == 1)
		add_ascii(c, *data, out);
	else if (length > 1)
		cast_add(out, data, (size_t)length);
	else
		cast_add_text(out, "\xef\xbf\xbd");
	if (length != 1)
		c->cr = false;
	return length > 0 ? (size_t)length : utf8_bad(data, n);
}

/* All but what may begin a character at the end; returns how many. */
static size_t add_chars(struct cast *c, const unsigned char *data, size_t n,
			struct batch *out)
{
	size_t used = 0, run;

	while (used < n) {
		run = cast_plain(data + used, n - used);
		cast_add(out, data + used, run);
		used += run;
		if (run > 0)
			c->cr = false;
		if (used == n || utf8_char(data + used, n - used) < 0)
			break;
		used += add_char(c, data + used, n - used, out);
	}
	return used;
}

/* The kept start of a character with what follows, until it is done with. */
static size_t add_part(struct cast *c, bool input, const unsigned char *data,
		       size_t n, struct batch *out)
{
	unsigned char *part = c->part[input];
	size_t used = 0, gone;

	while (c->n[input] > 0) {
		if (utf8_char(part, c->n[input]) < 0) {
			if (used == n)
				break;
			part[c->n[input]++] = data[used++];
			continue;
		}
		gone = add_char(c, part, c->n[input], out);
		c->n[input] -= gone;
		memmove(part, part + gone, c->n[input]);
	}
	return used;
}

size_t cast_put(struct cast *c, bool input, const unsigned char *data, size_t n,
		long long now, struct batch *out)
{
	size_t used, kept, empty;

	if (n > CAST_EVENT)
		n = CAST_EVENT;
	if (batch_room(out) < FRAME + WORST * (n + 4))
		return 0;
	empty = out->n;
	open_event(c, input ? 'i' : 'o', now, out);
	kept = out->n;
	used = add_part(c, input, data, n, out);
	used += add_chars(c, data + used, n - used, out);
	if (used < n) {
		c->n[input] = n - used;
		memcpy(c->part[input], data + used, n - used);
		used = n;
	}
	if (out->n == kept)
		out->n = empty;
	else
		close_event(out);
	return used;
}

void cast_flush(struct cast *c, long long now, struct batch *out)
{
	for (int input = 0; input < 2; input++) {
		if (c->n[input] == 0)
			continue;
		open_event(c, input ? 'i' : 'o', now, out);
		cast_add_text(out, "\xef\xbf\xbd");
		close_event(out);
		c->n[input] = 0;
	}
}

void cast_size(struct cast *c, int rows, int cols, long long now,
	       struct batch *out)
{
	char text[FRAME];

	open_event(c, 'r', now, out);
	(void)snprintf(text, sizeof(text), "%dx%d", cols, rows);
	cast_add_text(out, text);
	close_event(out);
}
