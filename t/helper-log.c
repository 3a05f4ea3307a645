/* helper-log - strict readers of the logs that conlog writes */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "conlog/utf8.h"
#include "helper.h"

#define CONTENT 16384

/* A line of a log without its newline; the log ends with one, or is wrong. */
struct line {
	FILE *file;
	int number;
	char *text;
	size_t room, n;
};

static void wrong(const struct line *l, const char *what)
{
	errx(1, "line %d: %s: %.80s", l->number, what, l->text);
}

static bool next_line(struct line *l)
{
	ssize_t got = getline(&l->text, &l->room, l->file);

	if (got < 0)
		return false;
	l->number++;
	if (l->text[got - 1] != '\n')
		wrong(l, "no newline at the end");
	l->text[got - 1] = '\0';
	l->n = (size_t)got - 1;
	return true;
}

static void open_lines(struct line *l, const char *path)
{
	*l = (struct line){ .file = fopen(path, "re") };
	if (!l->file)
		err(125, "cannot open '%s'", path);
}

/* Does text look like that: 9 a digit, anything else itself? */
static bool is_like(const char *text, const char *like)
{
	for (; *like; like++, text++)
		if (*like == '9' ? *text < '0' || *text > '9' : *text != *like)
			return false;
	return true;
}

/* Every character whole, unless the output is no UTF-8 anyway. */
static void check_utf8(const struct line *l, const char *text, size_t n)
{
	const unsigned char *at = (const unsigned char *)text;

	while (n > 0) {
		int length = utf8_char(at, n);

		if (length <= 0)
			wrong(l, "no UTF-8");
		at += length;
		n -= (size_t)length;
	}
}

#define CRI_DATE "9999-99-99T99:99:99.999999999Z "
#define HEAD	 (sizeof(CRI_DATE "stdout F ") - 1)

/* The content of a record, whose date is not before the last one's. */
static char tag_of(const struct line *l, char *last)
{
	const char *text = l->text, *tag = text + HEAD - 2;

	if (l->n < HEAD || !is_like(text, CRI_DATE))
		wrong(l, "no date");
	if (strncmp(last, text, sizeof(CRI_DATE) - 1) > 0)
		wrong(l, "a date that goes back");
	memcpy(last, text, sizeof(CRI_DATE) - 1);
	if (!is_like(text + sizeof(CRI_DATE) - 1, "stdout ") &&
	    !is_like(text + sizeof(CRI_DATE) - 1, "stderr "))
		wrong(l, "no stream");
	if ((*tag != 'F' && *tag != 'P') || tag[1] != ' ')
		wrong(l, "no tag");
	if (l->n - HEAD > CONTENT)
		wrong(l, "too much content");
	return *tag;
}

/* cri - read a log of CRI, and print what was said on STREAM (or all); with
 * HOW utf8 no character may be cut */
int helper_cri(char **argv)
{
	char last[sizeof(CRI_DATE)] = { 0 }, tag;
	struct line l;

	open_lines(&l, argv[1]);
	while (next_line(&l)) {
		tag = tag_of(&l, last);
		if (argv[3] && strcmp(argv[3], "utf8") == 0)
			check_utf8(&l, l.text + HEAD, l.n - HEAD);
		if (strncmp(argv[2], l.text + sizeof(CRI_DATE) - 1, 6) != 0 &&
		    strcmp(argv[2], "all") != 0)
			continue;
		(void)fwrite(l.text + HEAD, 1, l.n - HEAD, stdout);
		if (tag == 'F')
			(void)putchar('\n');
	}
	return 0;
}

/* Four digits of an escape: a control character, nothing else needs one. */
static unsigned unit(const struct line *l, const char *digits)
{
	unsigned value = 0;

	if (strspn(digits, "0123456789abcdef") < 4 ||
	    sscanf(digits, "00%2x", &value) != 1)
		wrong(l, "a bad escape");
	return value;
}

/* A string of JSON at *at, its value printed if that is wanted. */
static void string(const struct line *l, const char **at, bool print)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *in = *at;
	unsigned value = 0;

	if (*in++ != '"')
		wrong(l, "no string");
	for (; *in != '"'; in++) {
		bool escaped = *in == '\\';
		const char *name;

		in += escaped;
		value = (unsigned char)*in;
		name = *in ? strchr(names, *in) : NULL;
		if (!escaped && value < 0x20)
			wrong(l, "a control character");
		if (escaped && *in == 'u') {
			value = unit(l, in + 1);
			in += 4;
		} else if (escaped && name) {
			value = (unsigned char)values[name - names];
		} else if (escaped) {
			wrong(l, "a bad escape");
		}
		if (print)
			(void)putchar((int)value);
	}
	*at = in + 1;
}

static void exactly(const struct line *l, const char **at, const char *text)
{
	if (strncmp(*at, text, strlen(text)) != 0)
		wrong(l, text);
	*at += strlen(text);
}

/* A number of JSON, not negative. */
static double number(const struct line *l, const char **at)
{
	const char *in = *at;
	char *end;
	double value = strtod(in, &end);

	if (*in < '0' || *in > '9' ||
	    (*in == '0' && in[1] >= '0' && in[1] <= '9') ||
	    strspn(in, "0123456789.") != (size_t)(end - in))
		wrong(l, "no number");
	*at = end;
	return value;
}

static void header(struct line *l)
{
	const char *at;

	if (!next_line(l))
		errx(1, "no header");
	at = l->text;
	exactly(l, &at, "{\"version\": 2, \"width\": ");
	(void)number(l, &at);
	exactly(l, &at, ", \"height\": ");
	(void)number(l, &at);
	exactly(l, &at, ", \"timestamp\": ");
	(void)number(l, &at);
	exactly(l, &at, "}");
	if (*at)
		wrong(l, "more in the header");
}

/* cast - read an asciicast, and print the data of all events of CODE */
int helper_cast(char **argv)
{
	struct line l;
	double last = 0, now;

	open_lines(&l, argv[1]);
	header(&l);
	while (next_line(&l)) {
		const char *at = l.text;
		bool print;

		if (strlen(l.text) != l.n)
			wrong(&l, "a NUL");
		check_utf8(&l, l.text, l.n);
		exactly(&l, &at, "[");
		now = number(&l, &at);
		if (now < last)
			wrong(&l, "a time that goes back");
		last = now;
		exactly(&l, &at, ", \"");
		if (!*at || !strchr("oir", *at))
			wrong(&l, "no code");
		print = *at++ == argv[2][0];
		exactly(&l, &at, "\", ");
		string(&l, &at, print);
		if (print && argv[2][0] == 'r')
			(void)putchar('\n');
		exactly(&l, &at, "]");
		if (*at)
			wrong(&l, "more behind an event");
	}
	return 0;
}

/* inotify - become UID, which then has no inotify instance left, and COMMAND */
int helper_inotify(char **argv)
{
	uid_t uid = (uid_t)strtoul(argv[1], NULL, 10);

	if (setgid(uid) < 0 || setuid(uid) < 0)
		err(125, "cannot become user %s", argv[1]);
	while (inotify_init() >= 0)
		;
	(void)execvp(argv[2], argv + 2);
	err(125, "cannot execute '%s'", argv[2]);
}
