/* devrule - rules about devices: which may be opened, and made */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "cgroup/devrule.h"

#define BLANKS " \t"

/* More than the longest rules of all need. */
#define FILE_LIMIT (256 * 1024)

static int parse_device_number(const char *text, size_t n, int *number)
{
	char digits[16];

	if (n == 1 && *text == '*') {
		*number = DEVRULE_ANY;
		return 0;
	}
	if (n >= sizeof(digits))
		return -1;
	memcpy(digits, text, n);
	digits[n] = '\0';
	return text_int(digits, 0, INT_MAX, number);
}

/* MAJOR:MINOR */
static int parse_device(const char *text, size_t n, struct devrule *r)
{
	const char *colon = memchr(text, ':', n);

	if (!colon)
		return -1;
	if (parse_device_number(text, (size_t)(colon - text), &r->major) < 0)
		return -1;
	return parse_device_number(colon + 1, n - (size_t)(colon - text) - 1,
				   &r->minor);
}

static int parse_access(const char *text, size_t n, struct devrule *r)
{
	static const char letters[] = "mrw";

	r->access = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(letters, text[i]);

		if (!at)
			return -1;
		r->access |= 1U << (at - letters);
	}
	return 0;
}

static int parse_type(const char *text, size_t n, struct devrule *r)
{
	if (n != 1)
		return -1;
	r->types = *text == 'a'	  ? DEVRULE_BLOCK | DEVRULE_CHAR
		   : *text == 'b' ? DEVRULE_BLOCK
		   : *text == 'c' ? DEVRULE_CHAR
				  : 0;
	return r->types ? 0 : -1;
}

/* The word at *text; *text goes behind it and the blanks that follow. */
static size_t next_word(const char **text, const char **word)
{
	size_t n;

	*word = *text + strspn(*text, BLANKS);
	n = strcspn(*word, BLANKS);
	*text = *word + n;
	*text += strspn(*text, BLANKS);
	return n;
}

static int parse_rest(const char *text, struct devrule *r)
{
	const char *word;
	size_t n = next_word(&text, &word);

	if (memchr(word, ':', n)) {
		if (parse_device(word, n, r) < 0)
			return -1;
		n = next_word(&text, &word);
	}
	if (n > 0 && parse_access(word, n, r) < 0)
		return -1;
	return *text ? -1 : 0;
}

int devrule_parse(const char *words, struct devrule *r)
{
	const char *word;
	size_t n = next_word(&words, &word);

	r->major = r->minor = DEVRULE_ANY;
	r->access = DEVRULE_ALL;
	if (parse_type(word, n, r) == 0 && parse_rest(words, r) == 0)
		return 0;
	errno = EINVAL;
	return -1;
}

/* Where the next rule begins in a text, or the text's end. */
static char *next_rule(char *text)
{
	const char *at = text, *word;
	size_t n;

	while ((n = next_word(&at, &word)) > 0) {
		if (n >= 4 && (strncmp(word, "allow", n) == 0 ||
			       strncmp(word, "deny", n) == 0))
			return text + (word - text);
	}
	return text + strlen(text);
}

static int devrule_add_rule(struct devrules *rules, const char *text,
			    struct errmsg *e)
{
	struct devrule *r = &rules->rule[rules->n];
	const char *rest = text, *word;
	size_t n = next_word(&rest, &word);

	if (rules->n == DEVRULE_MAX)
		return errmsg(e, E2BIG, "cannot take more than %d rules",
			      DEVRULE_MAX);
	r->allow = n == 5 && strncmp(word, "allow", n) == 0;
	if ((r->allow || (n == 4 && strncmp(word, "deny", n) == 0)) &&
	    devrule_parse(rest, r) == 0) {
		rules->n++;
		return 0;
	}
	(void)errmsg_q(e, 0,
		       "bad rule %s: want allow or deny, a, b or c, "
		       "MAJOR:MINOR, and some of rwm",
		       text);
	errno = EINVAL;
	return -1;
}

/* The rules of a text, which is cut into them. */
static int devrule_add_text(struct devrules *rules, char *text,
			    struct errmsg *e)
{
	const char *start = text + strspn(text, BLANKS);
	char *rest = text + (start - text);

	while (*rest) {
		char *rule = rest, *next;
		size_t verb = strcspn(rest, BLANKS), end;
		char cut;

		next = next_rule(rest + verb);
		end = (size_t)(next - rule);
		while (end > 0 && strchr(BLANKS, rule[end - 1]))
			end--;
		cut = *next;
		rule[end] = '\0';
		if (devrule_add_rule(rules, rule, e) < 0)
			return -1;
		*next = cut;
		rest = next;
	}
	return 0;
}

int devrule_add_words(struct devrules *rules, char **words, struct errmsg *e)
{
	size_t size = 1;
	char *text, *end;
	int status;

	for (char **w = words; *w; w++)
		size += strlen(*w) + 1;
	text = calloc(size, 1);
	if (!text)
		return errmsg(e, errno, "cannot read the rules");
	end = text;
	for (char **w = words; *w; w++) {
		end = stpcpy(end, *w);
		*end++ = ' ';
	}
	status = devrule_add_text(rules, text, e);
	free(text);
	return status;
}

static int add_lines(struct devrules *rules, char *text, struct errmsg *e)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (line[strspn(line, BLANKS)] == '#')
			continue;
		if (devrule_add_text(rules, line, e) < 0)
			return -1;
	}
	return 0;
}

static int read_rules(struct devrules *rules, int fd, const char *file,
		      struct errmsg *e)
{
	char *buf = calloc(FILE_LIMIT + 1, 1);
	ssize_t n = buf ? fd_read_all(fd, buf, FILE_LIMIT + 1) : -1;
	int status = -1, why = errno;

	if (n < 0)
		(void)errmsg_q(e, why, "cannot read rules from %s", file);
	else if (n > FILE_LIMIT)
		(void)errmsg_q(e, EFBIG, "cannot read rules from %s", file);
	else if (memchr(buf, '\0', (size_t)n))
		(void)errmsg_q(e, EINVAL, "cannot read rules from %s", file);
	else
		status = add_lines(rules, buf, e);
	why = errno;
	free(buf);
	errno = why;
	return status;
}

int devrule_add_file(struct devrules *rules, const char *file, struct errmsg *e)
{
	autofd fd = -1;

	if (strcmp(file, "-") == 0)
		return read_rules(rules, STDIN_FILENO, file, e);
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errmsg_q(e, errno, "cannot open %s", file);
	return read_rules(rules, fd, file, e);
}

static void number_text(char buf[12], int number)
{
	if (number == DEVRULE_ANY)
		memcpy(buf, "*", 2);
	else
		(void)snprintf(buf, 12, "%d", number);
}

const char *devrule_text(char buf[DEVRULE_TEXT_MAX], const struct devrule *r)
{
	char major[12], minor[12];

	number_text(major, r->major);
	number_text(minor, r->minor);
	(void)snprintf(buf, DEVRULE_TEXT_MAX, "%c %s:%s %s%s%s",
		       r->types == DEVRULE_BLOCK  ? 'b'
		       : r->types == DEVRULE_CHAR ? 'c'
						  : 'a',
		       major, minor, r->access & DEVRULE_READ ? "r" : "",
		       r->access & DEVRULE_WRITE ? "w" : "",
		       r->access & DEVRULE_MKNOD ? "m" : "");
	return buf;
}

static bool covers(int a, int b)
{
	return a == DEVRULE_ANY || a == b;
}

bool devrule_covers(const struct devrule *a, const struct devrule *b)
{
	return !(b->types & ~a->types) && covers(a->major, b->major) &&
	       covers(a->minor, b->minor);
}

static bool meets(int a, int b)
{
	return covers(a, b) || b == DEVRULE_ANY;
}

bool devrule_overlaps(const struct devrule *a, const struct devrule *b)
{
	return (a->types & b->types) && meets(a->major, b->major) &&
	       meets(a->minor, b->minor);
}

bool devrule_total(const struct devrule *r)
{
	return r->types == (DEVRULE_BLOCK | DEVRULE_CHAR) &&
	       r->access == DEVRULE_ALL && r->major == DEVRULE_ANY &&
	       r->minor == DEVRULE_ANY;
}
