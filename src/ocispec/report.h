/*
 * report - what is wrong with a spec, and what is to be said about it.
 *
 * All of it is collected, so that --check can list it; whatever reads the spec
 * goes on after an error.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stddef.h>

#include "json/json.h"

struct errmsg;

/* Remarks are kept up to that number, so that no input makes ever more. */
#define REPORT_MAX 500

struct report {
	bool unknown; /* what is not known is noted, too */
	int errors;
	size_t n;
	struct remark {
		enum remark_kind {
			REMARK_ERROR,
			REMARK_WARNING,
			REMARK_UNKNOWN,
		} kind;
		char *text; /* "PATH: TEXT" */
	} * at;		    /* allocated, and left to the exit */
};

/* report_full - are there so many remarks that no more are kept? Then not all
 * of the spec has been looked at: it is not to be used. */
bool report_full(const struct report *r);

/* report_error - note an error about a value: "PATH: TEXT" */
void report_error(struct report *r, const struct json_node *node,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* report_missing - note that an object has no such member: "PATH.NAME: TEXT" */
void report_missing(struct report *r, const struct json_node *object,
		    const char *name, const char *text);

/* report_errmsg - note an error that names its path itself */
void report_errmsg(struct report *r, const struct errmsg *e);

/* report_warning - note what is no error, but to be said */
void report_warning(struct report *r, const struct json_node *node,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* report_unknown - note a field, or a name, that means nothing here, if that
 * is wanted */
void report_unknown(struct report *r, const struct json_node *node);

#endif
