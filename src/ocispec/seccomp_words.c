/* seccomp_words - linux.seccomp, compiled, as words */
#include <err.h>
#include <stdlib.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/seccomp.h"
#include "ocispec/seccomp_bpf.h"
#include "ocispec/spec.h"

/* RFC 4648, 4. */
static const char *base64(const unsigned char *data, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((n + 2) / 3 * 4 + 1), *to = text;

	if (!text)
		err(EXIT_CANCELED, "cannot make a command line");
	for (size_t i = 0; i < n; i += 3) {
		unsigned long bits = (unsigned long)data[i] << 16;

		if (i + 1 < n)
			bits |= (unsigned long)data[i + 1] << 8;
		if (i + 2 < n)
			bits |= data[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = i + 1 < n ? digits[bits >> 6 & 63] : '=';
		*to++ = i + 2 < n ? digits[bits & 63] : '=';
	}
	*to = '\0';
	return text;
}

static const struct json_node *profile(const struct spec *s)
{
	return json_get(json_get(s->config, "linux"), "seccomp");
}

/* Those of seccomp(2) that a profile may ask for, as confine names them. */
static void add_flags(struct spec *s, unsigned flags)
{
	static const char *const names[] = { "tsync", "log", "spec-allow" };
	struct words list = { 0 };

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (flags & 1U << i)
			words_add(&list, names[i]);
	if (list.n > 0)
		words_add2(&s->confine, "--seccomp-flags",
			   words_join(&list, ','));
}

/* Names that the compiler skips: calls of later kernels, or of none. */
static void note_unknown(struct spec *s)
{
	const struct json_node *rules = field_array(profile(s), "syscalls");

	for (const struct json_node *r = rules ? rules->first : NULL; r;
	     r = r->next) {
		const struct json_node *names = field_array(r, "names");

		for (const struct json_node *n = names ? names->first : NULL;
		     n && !report_full(s->report); n = n->next)
			if (seccomp_call(value_string(n)) < 0)
				report_unknown(s->report, n);
	}
}

void seccomp_words(struct spec *s)
{
	struct seccomp_prog prog;
	struct errmsg e;

	if (!profile(s))
		return;
	if (s->check)
		note_unknown(s);
	if (seccomp_compile(profile(s), &prog, &e) < 0) {
		report_errmsg(s->report, &e);
		return;
	}
	words_add2(&s->confine, "--seccomp-filter",
		   s->seccomp ? s->seccomp
			      : words_format(
					"data:%s",
					base64((unsigned char *)prog.insns,
					       prog.n * sizeof(*prog.insns))));
	add_flags(s, prog.flags);
	free(prog.insns);
}

void seccomp_print(const struct spec *s)
{
	struct seccomp_prog prog;
	struct errmsg e;

	if (!profile(s) || seccomp_compile(profile(s), &prog, &e) < 0)
		errx(EXIT_FAILURE, "linux.seccomp: there is no profile");
	(void)fwrite(prog.insns, sizeof(*prog.insns), prog.n, stdout);
	free(prog.insns);
}
