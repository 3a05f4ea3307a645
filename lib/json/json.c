/* json - a JSON document read into a tree */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "json/json.h"
#include "json/utf8.h"

struct json {
	char *room; /* one byte, then the text, which strings are decoded in */
	struct json_node *nodes;
};

/*
 * Containers are closed by way of their nodes' parents: there is no stack, and
 * no recursion.
 */
struct parser {
	struct json *doc;
	char *at, *end;
	const char *line_start;
	unsigned line, depth;
	size_t used;		/* nodes */
	struct json_node *open; /* the container that is being read, or NULL */
	struct json_node *last; /* its last element so far, or NULL */
	const char *key;	/* of the value that comes, or NULL */
	struct errmsg *e;
};

static int bad_text(const struct parser *p, const char *at, const char *why)
{
	(void)errmsg(p->e, 0, "line %u, column %lu: %s", p->line,
		     (unsigned long)(at - p->line_start) + 1, why);
	errno = EINVAL;
	return -1;
}

/* The text ends in a NUL, which is never one of its characters. */
static char next_char(const struct parser *p)
{
	return p->at < p->end ? *p->at : '\0';
}

static void skip_space(struct parser *p)
{
	for (; p->at < p->end; p->at++) {
		if (*p->at == '\n') {
			p->line++;
			p->line_start = p->at + 1;
		} else if (*p->at != ' ' && *p->at != '\t' && *p->at != '\r') {
			return;
		}
	}
}

static struct json_node *node_of(const struct parser *p,
				 const struct json_node *node)
{
	return p->doc->nodes + (node - p->doc->nodes);
}

static struct json_node *add_node(struct parser *p, enum json_type type)
{
	struct json_node *node = &p->doc->nodes[p->used++];

	*node = (struct json_node){ .type = type,
				    .key = p->key,
				    .parent = p->open };
	if (p->last)
		p->last->next = node;
	else if (p->open)
		p->open->first = node;
	if (p->open)
		p->open->n++;
	p->last = node;
	p->key = NULL;
	return node;
}

/* Four hexadecimal digits, or -1. */
static long hex4(const char *s, const char *end)
{
	long value = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static char *put_utf8(char *to, unsigned long c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* \uXXXX, the backslash is at p->at; two of them where the first is the first
 * half of a surrogate pair. */
static int read_unicode(struct parser *p, char **to)
{
	const char *start = p->at;
	long c = hex4(p->at + 2, p->end), low;

	if (c < 0)
		return bad_text(p, start,
				"want four hexadecimal digits after \\u");
	if (c == 0)
		return bad_text(p, start, "\\u0000 is no character of a word");
	p->at += 6;
	if (c >= 0xd800 && c <= 0xdfff) {
		low = p->end - p->at >= 6 && p->at[0] == '\\' && p->at[1] == 'u'
			      ? hex4(p->at + 2, p->end)
			      : -1;
		if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
			return bad_text(p, start,
					"a lone surrogate is no character");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p->at += 6;
	}
	*to = put_utf8(*to, (unsigned long)c);
	return 0;
}

static int read_escape(struct parser *p, char **to)
{
	static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = p->at + 1 < p->end ? p->at[1] : '\0';
	const char *found = c ? strchr(from, c) : NULL;

	if (c == 'u')
		return read_unicode(p, to);
	if (!found)
		return bad_text(p, p->at, "unknown escape");
	*(*to)++ = means[found - from];
	p->at += 2;
	return 0;
}

static int read_character(struct parser *p, char **to)
{
	const unsigned char *c = (const unsigned char *)p->at;
	size_t n;

	if (*c == '\\')
		return read_escape(p, to);
	if (*c < 0x20)
		return bad_text(p, p->at, "a control character in a string");
	n = utf8_length(p->at);
	if (n == 0)
		return bad_text(p, p->at, "no valid UTF-8");
	memmove(*to, p->at, n);
	*to += n;
	p->at += n;
	return 0;
}

/* A string is never longer than what it was written as: it is decoded where it
 * stands, and the quote at its end becomes, at the latest, its NUL. */
static const char *read_string(struct parser *p)
{
	const char *start = p->at, *text;
	char *to = ++p->at;

	for (text = to; p->at < p->end && *p->at != '"';) {
		/* Most are plain and stay where they are. */
		if (to == p->at && *to >= ' ' && *to < 0x7f && *to != '\\')
			p->at = ++to;
		else if (read_character(p, &to) < 0)
			return NULL;
	}
	if (p->at == p->end) {
		(void)bad_text(p, start, "a string without an end");
		return NULL;
	}
	p->at++;
	*to = '\0';
	return text;
}

static size_t count_digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* RFC 8259, 6. Returns its length, 0 where it is none. */
static size_t number_length(const char *s)
{
	const char *start = s;
	size_t n;

	s += *s == '-';
	n = count_digits(s);
	if (n == 0 || (*s == '0' && n > 1))
		return 0;
	s += n;
	if (*s == '.') {
		n = count_digits(s + 1);
		if (n == 0)
			return 0;
		s += 1 + n;
	}
	if (*s == 'e' || *s == 'E') {
		s += 1 + (s[1] == '+' || s[1] == '-');
		n = count_digits(s);
		if (n == 0)
			return 0;
		s += n;
	}
	return (size_t)(s - start);
}

/* Moved by one, over what stands before it, to make room for a NUL. */
static int read_json_number(struct parser *p)
{
	size_t n = number_length(p->at);

	if (n == 0)
		return bad_text(p, p->at, "no number as JSON has them");
	memmove(p->at - 1, p->at, n);
	p->at[n - 1] = '\0';
	add_node(p, JSON_NUMBER)->text = p->at - 1;
	p->at += n;
	return 0;
}

static int read_literal(struct parser *p)
{
	static const struct {
		const char *word;
		enum json_type type;
	} words[] = {
		{ "true", JSON_BOOL },
		{ "false", JSON_BOOL },
		{ "null", JSON_NULL },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(p->at, words[i].word, n) != 0)
			continue;
		add_node(p, words[i].type)->truth = *p->at == 't';
		p->at += n;
		return 0;
	}
	return bad_text(p, p->at,
			p->at == p->end ? "want a value, not the end"
					: "want a value");
}

static char closer(const struct json_node *container)
{
	return container->type == JSON_OBJECT ? '}' : ']';
}

static void leave_container(struct parser *p)
{
	p->at++;
	p->depth--;
	p->last = p->open;
	p->open = p->open->parent ? node_of(p, p->open->parent) : NULL;
}

/* Returns 1 where elements follow, 0 where it is whole already, or -1. */
static int enter_container(struct parser *p)
{
	struct json_node *node;

	if (p->depth == JSON_DEPTH_MAX)
		return bad_text(p, p->at, "nested too deeply");
	node = add_node(p, *p->at == '{' ? JSON_OBJECT : JSON_ARRAY);
	p->at++;
	p->depth++;
	p->open = node;
	p->last = NULL;
	skip_space(p);
	if (next_char(p) != closer(node))
		return 1;
	leave_container(p);
	return 0;
}

static int read_value(struct parser *p)
{
	const char *text;

	switch (next_char(p)) {
	case '{':
	case '[':
		return enter_container(p);
	case '"':
		text = read_string(p);
		if (!text)
			return -1;
		add_node(p, JSON_STRING)->text = text;
		return 0;
	default:
		if (next_char(p) == '-' || count_digits(p->at) > 0)
			return read_json_number(p);
		return read_literal(p);
	}
}

static int read_key(struct parser *p)
{
	if (next_char(p) != '"')
		return bad_text(p, p->at, "want a key in double quotes");
	p->key = read_string(p);
	if (!p->key)
		return -1;
	skip_space(p);
	if (next_char(p) != ':')
		return bad_text(p, p->at, "want a ':' after the key");
	p->at++;
	skip_space(p);
	return 0;
}

/* After a whole value: what it ends, and the comma before the next. */
static int read_end(struct parser *p)
{
	for (;;) {
		skip_space(p);
		if (!p->open)
			return 0;
		if (next_char(p) == ',')
			break;
		if (next_char(p) != closer(p->open))
			return bad_text(p, p->at,
					p->open->type == JSON_OBJECT
						? "want a ',' or a '}'"
						: "want a ',' or a ']'");
		leave_container(p);
	}
	p->at++;
	skip_space(p);
	return 0;
}

static int read_document(struct parser *p)
{
	int more;

	skip_space(p);
	do {
		if (p->open && p->open->type == JSON_OBJECT && read_key(p) < 0)
			return -1;
		more = read_value(p);
		if (more < 0 || (more == 0 && read_end(p) < 0))
			return -1;
	} while (p->open);
	return p->at == p->end ? 0 : bad_text(p, p->at, "text after the end");
}

/* As many values as there can be: one, and one more for each of these. */
static size_t count_values(const char *text, size_t size)
{
	size_t n = 1;

	for (size_t i = 0; i < size; i++)
		n += text[i] == ',' || text[i] == '[' || text[i] == '{';
	return n;
}

/* room has a byte, size bytes of text, and a byte; it is taken over. */
static struct json *parse_room(char *room, size_t size, struct errmsg *e)
{
	struct json *doc = malloc(sizeof(*doc));
	struct parser p = { .doc = doc,
			    .at = room + 1,
			    .end = room + 1 + size,
			    .line_start = room + 1,
			    .line = 1,
			    .e = e };

	if (doc)
		*doc = (struct json){
			.room = room,
			.nodes = malloc(count_values(p.at, size) *
					sizeof(*doc->nodes)),
		};
	if (!doc || !doc->nodes) {
		(void)errmsg(e, ENOMEM, "cannot read JSON");
		if (!doc)
			free(room);
		json_free(doc);
		return NULL;
	}
	*p.end = '\0';
	if (read_document(&p) == 0)
		return doc;
	json_free(doc);
	errno = EINVAL;
	return NULL;
}

static struct json *too_large(struct errmsg *e)
{
	(void)errmsg(e, 0, "more than %d bytes", JSON_SIZE_MAX);
	errno = EFBIG;
	return NULL;
}

struct json *json_parse(const char *text, size_t size, struct errmsg *e)
{
	char *room;

	if (size > JSON_SIZE_MAX)
		return too_large(e);
	room = malloc(size + 2);
	if (!room) {
		(void)errmsg(e, errno, "cannot read JSON");
		return NULL;
	}
	memcpy(room + 1, text, size);
	return parse_room(room, size, e);
}

/* All that fd gives, behind one byte, in *room, which is grown. */
static ssize_t read_stream(int fd, char **room)
{
	size_t have = 0, size = 0;
	ssize_t n;
	char *more;

	do {
		if (have + 2 >= size) {
			size = size ? 2 * size : 32768;
			more = realloc(*room, size);
			if (!more)
				return -1;
			*room = more;
		}
		n = fd_read(fd, *room + 1 + have, size - 2 - have);
		if (n < 0)
			return -1;
		have += (size_t)n;
	} while (n > 0 && have <= JSON_SIZE_MAX);
	return (ssize_t)have;
}

struct json *json_read(int fd, struct errmsg *e)
{
	char *room = NULL;
	ssize_t size = read_stream(fd, &room);

	if (size >= 0 && size <= JSON_SIZE_MAX)
		return parse_room(room, (size_t)size, e);
	if (size < 0)
		(void)errmsg(e, errno, "cannot read");
	free(room);
	return size < 0 ? NULL : too_large(e);
}

const struct json_node *json_root(const struct json *doc)
{
	return doc->nodes;
}

void json_free(struct json *doc)
{
	if (!doc)
		return;
	free(doc->room);
	free(doc->nodes);
	free(doc);
}
