/* hooks - the hooks of a spec, as shell text that runs them */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "json/json.h"
#include "ocispec/hooks.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"

/* More days than a hook(1) counts seconds of. */
#define TIMEOUT_MAX 2000000

static const char *const names[] = {
	"prestart",	  "createRuntime", "createContainer",
	"startContainer", "poststart",	   "poststop",
};

const char *hooks_name(int i)
{
	return i < (int)(sizeof(names) / sizeof(*names)) ? names[i] : NULL;
}

static const struct json_node *hooks_of(const struct spec *s, const char *when)
{
	return field_array(json_get(s->config, "hooks"), when);
}

static bool is_inside(const char *when)
{
	return strcmp(when, "startContainer") == 0;
}

static void check_hook(const struct spec *s, const struct json_node *hook,
		       const char *when)
{
	const char *path = field_string(hook, "path", "");
	const struct json_node *env = field_array(hook, "env");

	if (*path != '/')
		report_missing(s->report, hook, "path",
			       "want an absolute path");
	else if (!is_inside(when) && access(path, X_OK) < 0)
		report_missing(s->report, hook, "path",
			       words_format("cannot execute %s: %s", Q(path),
					    strerror(errno)));
	if (json_get(hook, "timeout") && field_int(hook, "timeout", 1) <= 0)
		report_missing(s->report, hook, "timeout",
			       "want a number above 0");
	for (const struct json_node *v = env ? env->first : NULL; v;
	     v = v->next)
		if (!strchr(value_string(v), '=') || *value_string(v) == '=')
			report_error(s->report, v, "want NAME=VALUE, not %s",
				     Q(value_string(v)));
}

void hooks_check(const struct spec *s)
{
	for (int i = 0; hooks_name(i); i++) {
		const struct json_node *list = hooks_of(s, names[i]);

		for (const struct json_node *h = list ? list->first : NULL; h;
		     h = h->next)
			check_hook(s, h, names[i]);
	}
}

/* Its own environment, or its caller's: that of the runtime, or that of the
 * process where it runs inside. */
static void add_environment(struct words *w, const struct spec *s,
			    const struct json_node *hook, bool inside)
{
	const struct json_node *env = field_array(hook, "env");

	if (!env && inside)
		env = field_array(s->process, "env");
	if (env || inside)
		words_add(w, "--clear-env");
	for (const struct json_node *v = env ? env->first : NULL; v;
	     v = v->next)
		words_add2(w, "--env", value_string(v));
}

static void add_command(struct words *w, const struct json_node *hook)
{
	const struct json_node *args = field_array(hook, "args"),
			       *first = args ? args->first : NULL;
	const char *path = field_string(hook, "path", "");

	if (first && strcmp(value_string(first), path) != 0)
		words_add2(w, "--argv0", value_string(first));
	words_add2(w, "--", path);
	for (const struct json_node *a = first ? first->next : NULL; a;
	     a = a->next)
		words_add(w, value_string(a));
}

/* A runtime that finds its tools by a PATH of its own says what it was. */
#define CALLERS_PATH "${hook_path+\"--env=PATH=$hook_path\"} "

/* The words of a hook are those of confine where it runs in a container. */
static void write_hook(FILE *out, const struct spec *s,
		       const struct json_node *hook, const char *when)
{
	const bool start = is_inside(when),
		   inside = start || strcmp(when, "createContainer") == 0;
	int64_t seconds = field_int(hook, "timeout", 0);
	struct words own = { 0 };

	(void)fputs("hook ", out);
	if (seconds > 0)
		(void)fprintf(out, "--timeout %" PRId64 " ",
			      seconds < TIMEOUT_MAX ? seconds : TIMEOUT_MAX);
	if (!start)
		(void)fputs("--chdir \"$hook_bundle\" ", out);
	if (inside) {
		(void)fputs("--name ", out);
		words_quote(out, field_string(hook, "path", ""));
		(void)fputs(" -- ptyfork --no-tty --target \"$hook_pid\" -- "
			    "confine ",
			    out);
		words_add(&own, "--no-tools");
	}
	if (inside && !start)
		(void)fputs("--chdir \"$hook_bundle\" ", out);
	if (start)
		process_privileges(s, &own);
	if (!start && !field_array(hook, "env"))
		(void)fputs(CALLERS_PATH, out);
	add_environment(&own, s, hook, start);
	add_command(&own, hook);
	words_write(out, &own);
	(void)fputs(" <\"$hook_state\"", out);
}

void hooks_write(FILE *out, const struct spec *s, const char *when)
{
	const struct json_node *list = hooks_of(s, when);
	const bool all = strcmp(when, "poststop") == 0;

	for (const struct json_node *h = list ? list->first : NULL; h;
	     h = h->next) {
		write_hook(out, s, h, when);
		(void)fputs(all	      ? " || hook_failed=1"
			    : h->next ? " &&"
				      : "",
			    out);
		(void)fputc('\n', out);
	}
}
