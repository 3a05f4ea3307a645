/* helper-json - what lib/json makes of a document on standard input */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "helper.h"
#include "json/json.h"

static int fail(const struct errmsg *e)
{
	puts(e->what);
	return 1;
}

/* Print the document as json_write does, or what is wrong with it. */
int helper_json(char **argv)
{
	struct errmsg e;
	struct json *doc = json_read(0, &e);

	(void)argv;
	if (!doc)
		return fail(&e);
	json_write(stdout, json_root(doc));
	json_free(doc);
	return puts("") < 0;
}

/* Find PATH, and print where it is and what. */
int helper_json_find(char **argv)
{
	struct errmsg e;
	struct json *doc = json_read(0, &e);
	const struct json_node *node;

	if (!doc)
		return fail(&e);
	node = json_find(json_root(doc), argv[1]);
	if (node) {
		printf("%s ", JSON_PATH(node));
		json_write(stdout, node);
		puts("");
	} else {
		puts(errno == ENOENT ? "ENOENT" : "EINVAL");
	}
	json_free(doc);
	return !node;
}

static int print_typed(const struct json_node *v, const char *type,
		       struct errmsg *e)
{
	uint64_t u = 7;
	int64_t i = 7;
	bool b = false;
	const char *s = "-";
	int result;

	if (strcmp(type, "uint64") == 0)
		result = json_uint(v, UINT64_MAX, &u, e);
	else if (strcmp(type, "uint32") == 0)
		result = json_uint(v, UINT32_MAX, &u, e);
	else if (strcmp(type, "int64") == 0)
		result = json_int(v, INT64_MIN, INT64_MAX, &i, e);
	else if (strcmp(type, "bool") == 0)
		result = json_bool(v, &b, e);
	else
		result = json_string(v, &s, e);
	if (result < 0) {
		printf("%s %s\n", errno == ERANGE ? "ERANGE" : "EINVAL",
		       e->what);
		return 1;
	}
	printf("%" PRIu64 " %" PRId64 " %d %s\n", u, i, b, s);
	return 0;
}

/* The member "v" of the document as that type. */
int helper_json_typed(char **argv)
{
	struct errmsg e;
	struct json *doc = json_read(0, &e);
	int status;

	if (!doc)
		return fail(&e);
	status = print_typed(json_get(json_root(doc), "v"), argv[1], &e);
	json_free(doc);
	return status;
}

/* A word as a string. */
int helper_json_string(char **argv)
{
	json_write_string(stdout, argv[1]);
	return puts("") < 0;
}
