/* report - what is wrong with a spec, and what is to be said about it */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "ocispec/report.h"

bool report_full(const struct report *r)
{
	return r->n >= REPORT_MAX;
}

static void add_remark(struct report *r, enum remark_kind kind, char *text)
{
	/* Doubled whenever it is full: 1, 2, 4... */
	if ((r->n & (r->n - 1)) == 0)
		r->at = realloc(r->at, (2 * r->n + 1) * sizeof(*r->at));
	if (!r->at || !text)
		err(EXIT_CANCELED, "cannot note what is wrong");
	r->at[r->n++] = (struct remark){ kind, text };
	r->errors += kind == REMARK_ERROR;
}

__attribute__((format(printf, 1, 2))) static char *format_remark(
	const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

__attribute__((format(printf, 4, 0))) static void add_about(
	struct report *r, enum remark_kind kind, const struct json_node *node,
	const char *format, va_list args)
{
	char *text;

	if (report_full(r)) {
		r->errors += kind == REMARK_ERROR;
		return;
	}
	if (vasprintf(&text, format, args) < 0)
		err(EXIT_CANCELED, "cannot note what is wrong");
	add_remark(r, kind, format_remark("%s: %s", JSON_PATH(node), text));
	free(text);
}

void report_error(struct report *r, const struct json_node *node,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_about(r, REMARK_ERROR, node, format, args);
	va_end(args);
}

void report_missing(struct report *r, const struct json_node *object,
		    const char *name, const char *text)
{
	if (report_full(r))
		r->errors++;
	else if (object->parent)
		add_remark(r, REMARK_ERROR,
			   format_remark("%s.%s: %s", JSON_PATH(object), name,
					 text));
	else
		add_remark(r, REMARK_ERROR,
			   format_remark("%s: %s", name, text));
}

void report_errmsg(struct report *r, const struct errmsg *e)
{
	if (report_full(r))
		r->errors++;
	else
		add_remark(r, REMARK_ERROR, format_remark("%s", e->what));
}

void report_warning(struct report *r, const struct json_node *node,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_about(r, REMARK_WARNING, node, format, args);
	va_end(args);
}

void report_unknown(struct report *r, const struct json_node *node)
{
	if (r->unknown)
		add_remark(r, REMARK_UNKNOWN,
			   format_remark("%s: unknown", JSON_PATH(node)));
}
