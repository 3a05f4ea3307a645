/* ocispec - a config.json, whatever is in it */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "cli/opt.h"
#include "fuzz.h"
#include "json/json.h"
#include "ocispec/plan.h"
#include "ocispec/report.h"
#include "ocispec/resources.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"

/* What it says is for a terminal, a line each. */
static void check_report(struct report *r)
{
	int errors = 0;

	for (size_t i = 0; i < r->n; i++) {
		assert(fuzz_shown(r->at[i].text));
		errors += r->at[i].kind == REMARK_ERROR;
		free(r->at[i].text);
	}
	assert(errors == r->errors);
	free(r->at);
}

/* A file is no path, and a value is one line. */
static void check_lines(const struct resources *r)
{
	for (size_t i = 0; i < r->lines.n; i++)
		assert(!strstr(r->lines.v[i], "..") ||
		       strchr(r->lines.v[i], ' '));
}

static void check_plan(const struct spec *s, const struct resources *r)
{
	const struct strlist none = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert(out);
	plan_write(out, s, r, "id", "/b", &none);
	assert(fclose(out) == 0);
	/* All quotes are closed. */
	assert(size > 0 && strlen(text) == size && text[size - 1] == '\n');
	free(text);
}

/* The words of a tool are left to its exit. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* As many as there is memory for. */
#define RUNS 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned runs;
	struct report report = { 0 };
	struct resources resources = { .v2 = size % 2 };
	struct spec s = { .report = &report, .base = "", .check = true };
	struct errmsg e;
	struct json *doc = json_parse((const char *)data, size, &e);

	if (!doc || ++runs > RUNS) {
		json_free(doc);
		return 0;
	}
	s.config = json_root(doc);
	s.hold = s.preserve_fds = s.listen_fds = -1;
	schema_check(s.config, &schema_config, &report);
	s.process = json_get(s.config, "process");
	spec_words(&s);
	resources_read(json_get(json_get(s.config, "linux"), "resources"),
		       false, &resources, &report);
	if (report.errors == 0) {
		check_lines(&resources);
		check_plan(&s, &resources);
	}
	check_report(&report);
	json_free(doc);
	return 0;
}
