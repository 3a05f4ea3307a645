/* spec - a config.json, and the words that it becomes */
#include <string.h>

#include "base/text.h"
#include "json/json.h"
#include "ocispec/hooks.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"

const char *spec_path(const struct spec *s, const char *path)
{
	if (*path == '/')
		return path;
	/* No path is to be taken for an option. */
	return words_format("%s%s", *s->base || *path != '-' ? s->base : "./",
			    path);
}

/* Any version 1.x.y is taken, newer ones as well, with what may follow it. */
static bool is_version_1(const char *version)
{
	static const char digits[] = "0123456789",
			  rest[] = "0123456789.+-"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz";
	size_t n;

	if (strncmp(version, "1.", 2) != 0)
		return false;
	version += 2;
	n = strspn(version, digits);
	if (n == 0 || version[n] != '.')
		return false;
	version += n + 1;
	n = strspn(version, digits);
	version += n;
	return n > 0 && (!*version || strchr("-+", *version)) &&
	       !version[strspn(version, rest)];
}

static void check_version(struct spec *s)
{
	const char *version = field_string(s->config, "ociVersion", "");

	if (!is_version_1(version))
		report_missing(s->report, s->config, "ociVersion",
			       words_format("want 1.x.y, not %s", Q(version)));
}

void spec_words(struct spec *s)
{
	if (s->exec) {
		words_add2(&s->ptyfork, "--target", s->exec->target);
	} else {
		check_version(s);
		root_words(s);
		namespaces_words(s);
		hooks_check(s);
	}
	process_words(s);
	seccomp_words(s);
}
