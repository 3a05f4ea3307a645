/* limits - resources from words */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/text.h"
#include "cli/opt.h"
#include "json/json.h"
#include "ocispec/limits.h"

enum kind { SIZE, NUMBER, TEXT };

/* Those of a section stand together. */
static const struct limit_name {
	const char *name, *section, *field;
	enum kind kind;
} names[] = {
	{ "memory", "memory", "limit", SIZE },
	{ "memory-reservation", "memory", "reservation", SIZE },
	{ "memory-swap", "memory", "swap", SIZE },
	{ "cpu-share", "cpu", "shares", NUMBER },
	{ "cpu-quota", "cpu", "quota", NUMBER },
	{ "cpu-period", "cpu", "period", NUMBER },
	{ "cpu-burst", "cpu", "burst", NUMBER },
	{ "cpu-idle", "cpu", "idle", NUMBER },
	{ "cpu-rt-period", "cpu", "realtimePeriod", NUMBER },
	{ "cpu-rt-runtime", "cpu", "realtimeRuntime", NUMBER },
	{ "cpuset-cpus", "cpu", "cpus", TEXT },
	{ "cpuset-mems", "cpu", "mems", TEXT },
	{ "pids-limit", "pids", "limit", NUMBER },
	{ "blkio-weight", "blockIO", "weight", NUMBER },
};

#define NAMES (sizeof(names) / sizeof(*names))

/* The value of the last word of that name, or NULL. */
static const char *value_of(const struct strlist *words, const char *name)
{
	size_t n = strlen(name);
	const char *value = NULL;

	for (int i = 0; i < words->n; i++)
		if (strncmp(words->v[i], name, n) == 0 && words->v[i][n] == '=')
			value = words->v[i] + n + 1;
	return value;
}

static bool is_number(const char *word)
{
	word += *word == '-';
	return *word && !word[strspn(word, "0123456789")];
}

/* Bytes: "64m", "64MB" and "64MiB" are all 64 << 20. */
static bool read_size(const char *word, long long *bytes)
{
	static const char units[] = "bkmgt";
	const char *unit;
	char *end;

	errno = 0;
	*bytes = strtoll(word, &end, 10);
	if (errno || end == word || (*bytes < 0 && *end))
		return false;
	if (!*end)
		return true;
	unit = strchr(units, tolower((unsigned char)*end++));
	end += *end == 'i';
	end += *end == 'b' || *end == 'B';
	if (!unit || *end)
		return false;
	for (; unit > units; unit--)
		if (__builtin_mul_overflow(*bytes, 1024, bytes))
			return false;
	return true;
}

static int write_value(FILE *out, const struct limit_name *name,
		       const char *value, struct errmsg *e)
{
	long long bytes = 0;

	if ((name->kind == SIZE && !read_size(value, &bytes)) ||
	    (name->kind == NUMBER && !is_number(value)))
		return errmsg(e, 0, "bad %s %s: want a %s", name->name,
			      Q(value), name->kind == SIZE ? "size" : "number");
	(void)fprintf(out, "\"%s\":", name->field);
	if (name->kind == SIZE)
		(void)fprintf(out, "%lld", bytes);
	else if (name->kind == NUMBER)
		(void)fputs(value, out);
	else
		json_write_string(out, value);
	return 0;
}

/* Swap counts memory as well: no limit of that, none of swap. */
static const char *value_or_implied(const struct strlist *words,
				    const char *name)
{
	const char *value = value_of(words, name), *memory;

	if (value || strcmp(name, "memory-swap") != 0)
		return value;
	memory = value_of(words, "memory");
	return memory && strcmp(memory, "-1") == 0 ? memory : NULL;
}

/* Each section once, with its fields in it. */
static int write_sections(FILE *out, const struct strlist *words,
			  struct errmsg *e)
{
	const char *open = NULL, *value;

	(void)fputc('{', out);
	for (size_t i = 0; i < NAMES; i++) {
		const struct limit_name *n = &names[i];
		const bool same = open && strcmp(open, n->section) == 0;

		value = value_or_implied(words, n->name);
		if (!value || !*value)
			continue;
		if (!same)
			(void)fprintf(out, "%s\"%s\":{", open ? "}," : "",
				      n->section);
		else
			(void)fputc(',', out);
		open = n->section;
		if (write_value(out, n, value, e) < 0)
			return -1;
	}
	(void)fputs(open ? "}}" : "}", out);
	return 0;
}

static int check_names(const struct strlist *words, struct errmsg *e)
{
	for (int i = 0; i < words->n; i++) {
		size_t n = strcspn(words->v[i], "="), k = 0;

		while (k < NAMES && (strlen(names[k].name) != n ||
				     memcmp(names[k].name, words->v[i], n)))
			k++;
		if (k == NAMES || !words->v[i][n])
			return errmsg_q(e, 0, "no such limit: %s", words->v[i]);
	}
	return 0;
}

const struct json_node *limits_read(const struct strlist *words,
				    struct errmsg *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct json *doc = NULL;
	int result;

	if (!out)
		err(EXIT_CANCELED, "cannot read limits");
	result = check_names(words, e);
	if (result == 0)
		result = write_sections(out, words, e);
	if (fclose(out) != 0)
		err(EXIT_CANCELED, "cannot read limits");
	if (result == 0)
		doc = json_parse(text, size, e);
	free(text);
	return doc ? json_root(doc) : NULL;
}
