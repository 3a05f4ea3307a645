/* applet - the option parser, and the ways to end an applet */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "applet.h"
#include "doc.h"
#include "fault.h"
#include "text.h"

const struct applet *applet_find(const char *name)
{
	for (int i = 0; applets[i]; i++) {
		if (strcmp(applets[i]->name, name) == 0)
			return applets[i];
	}
	return NULL;
}

void applet_exit(int status)
{
	int lost = ferror(stdout);

	/* Closed and not just flushed: a network file system may tell late. */
	errno = EIO;
	if (fclose(stdout) < 0 || lost)
		err(EXIT_TOOL, "cannot write to standard output");
	exit(status);
}

void applet_usage(const struct applet *self, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	errx(EXIT_TOOL, "%s; try '%s --help'", text, self->name);
}

void applet_warn(const struct fault *f)
{
	errno = f->error;
	if (f->error)
		warn("%s", f->what);
	else if (*f->what)
		warnx("%s", f->what);
}

void applet_fail(int status, const struct fault *f)
{
	applet_warn(f);
	exit(status);
}

bool applet_given(const struct maybe *m)
{
	return m->bare || m->value;
}

/* End over a value that could not be parsed; errno says why. */
static void bad(const struct applet *self, const char *option,
		const char *value, const char *wanted)
{
	if (errno == ERANGE)
		wanted = "too large";
	applet_usage(self, "bad %s %s: %s", option, Q(value), wanted);
}

int applet_millis(const struct applet *self, const char *option,
		  const struct maybe *m, int fallback)
{
	int ms = fallback;

	if (m->value && text_millis(m->value, &ms) < 0)
		bad(self, option, m->value, "want seconds");
	return ms;
}

long long applet_uid(const struct applet *self, const char *option,
		     const char *text)
{
	unsigned uid;

	if (!text)
		return -1;
	if (text_id(text, &uid) < 0)
		bad(self, option, text, "want a user's number");
	return uid;
}

const char *opt_typed(char buf[OPT_TYPED_MAX], const struct opt *o)
{
	(void)snprintf(buf, OPT_TYPED_MAX, "--%s", o->name);
	for (char *c = buf; *c; c++) {
		if (*c == '_')
			*c = '-';
	}
	return buf;
}

bool opt_bare(const struct opt *o)
{
	return !o->value;
}

bool opt_valued(const struct opt *o)
{
	return !opt_bare(o) && o->kind != OPT_MAYBE;
}

int opt_values(const struct opt *o)
{
	int n = opt_valued(o);

	for (const char *c = o->value; n && o->kind == OPT_SERIES && *c; c++)
		n += *c == ' ';
	return n;
}

static void store_word(const struct applet *self, const struct opt *o,
		       struct words *words, const char *value)
{
	if (words->n == WORDS_MAX)
		applet_usage(self, "%s is given more than %d times",
			     OPT_TYPED(o), WORDS_MAX);
	words->v[words->n++] = value ? value : o->name;
}

static void store_span(const struct applet *self, const struct opt *o,
		       struct span *span, const char *value)
{
	if (text_millis(value, &span->ms) < 0)
		bad(self, OPT_TYPED(o), value, "want seconds");
	span->given = true;
}

/* The last one counts; with a directory the two forms are two things. */
static void store_maybe(const struct opt *o, struct maybe *m, const char *value)
{
	if (!o->directory)
		*m = (struct maybe){ 0 };
	if (value)
		m->value = value;
	else
		m->bare = true;
}

static void store_order(const struct applet *self, const struct opt *o,
			struct series *series, char **values)
{
	if (series->n == SERIES_MAX)
		applet_usage(self, "%s is given more than %d times",
			     OPT_TYPED(o), SERIES_MAX);
	series->at[series->n++] = (struct order){ o->name, values };
}

/* Put what was given, NULL for no value, where the applet wants it. */
static void store(const struct applet *self, const struct opt *o, void *args,
		  char **values)
{
	void *field = (char *)args + o->offset;
	const char *value = values ? *values : NULL;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		break;
	case OPT_INT:
		if (text_int(value, 0, INT_MAX, field) < 0)
			bad(self, OPT_TYPED(o), value, "want a number");
		break;
	case OPT_STR:
		*(const char **)field = value;
		break;
	case OPT_SPAN:
		store_span(self, o, field, value);
		break;
	case OPT_WORDS:
		store_word(self, o, field, value);
		break;
	case OPT_MAYBE:
		store_maybe(o, field, value);
		break;
	case OPT_SERIES:
		store_order(self, o, field, values);
		break;
	case OPT_NONE:
		break;
	}
}

static const struct opt *by_name(const struct applet *self, const char *name,
				 size_t n)
{
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++) {
		const char *full = OPT_TYPED(o) + 2;

		if (strlen(full) == n && memcmp(full, name, n) == 0)
			return o;
	}
	return NULL;
}

static const struct opt *by_letter(const struct applet *self, char letter)
{
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++) {
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The words that follow an option, or its error; moves to the last of them. */
static char **following(const struct applet *self, const struct opt *o,
			const char *option, char ***word)
{
	char **values = *word + 1;

	for (int n = opt_values(o); n > 0; n--)
		if (!*++*word)
			applet_usage(self, "option %s wants %s", option,
				     o->value);
	return values;
}

/* The word is "--NAME" or "--NAME=VALUE"; returns the next one to look at. */
static char **long_option(const struct applet *self, char **word, void *args)
{
	char *name = *word + 2, *value = strchr(name, '=');
	size_t n = value ? (size_t)(value - name) : strlen(name);
	const struct opt *o = by_name(self, name, n);
	char **values = NULL, *own;

	if (!o && strcmp(name, "help") == 0) {
		doc_help(self);
		applet_exit(0);
	}
	if (!o)
		applet_usage(self, "unknown option %s", Q(*word));
	if (value && opt_bare(o))
		applet_usage(self, "option %s takes no value", OPT_TYPED(o));
	if (value && opt_values(o) > 1)
		applet_usage(self, "option %s takes %s as words of their own",
			     OPT_TYPED(o), o->value);
	if (value) {
		own = value + 1;
		/* A series keeps where its values stand. */
		values = o->kind == OPT_SERIES ? word : &own;
		*values = own;
	} else if (opt_valued(o)) {
		values = following(self, o, OPT_TYPED(o), &word);
	} else if (o->directory && is_directory(word[1])) {
		values = ++word;
	}
	store(self, o, args, values);
	return word + 1;
}

static void unknown(const struct applet *self, char letter, const char *word)
{
	char option[] = { '-', letter, '\0' };

	if (strcmp(option, word) == 0)
		applet_usage(self, "unknown option %s", Q(word));
	applet_usage(self, "unknown option %s in %s", Q(option), Q(word));
}

/* The word is "-abc" or "-aVALUE"; returns the next one to look at. */
static char **letters(const struct applet *self, char **word, void *args)
{
	for (char *c = *word + 1; *c; c++) {
		const struct opt *o = by_letter(self, *c);
		char option[] = { '-', *c, '\0' };
		char *own = c + 1, **values = &own;

		if (!o)
			unknown(self, *c, *word);
		if (!opt_valued(o)) {
			store(self, o, args, NULL);
			continue;
		}
		if (!c[1] || o->kind == OPT_SERIES)
			values = following(self, o, option, &word);
		store(self, o, args, values);
		return word + 1;
	}
	return word + 1;
}

char **applet_options(const struct applet *self, char **words, void *args)
{
	while (*words && words[0][0] == '-' && words[0][1]) {
		if (strcmp(*words, "--") == 0)
			return words + 1;
		if (words[0][1] == '-')
			words = long_option(self, words, args);
		else
			words = letters(self, words, args);
	}
	return words;
}

char **applet_args(const struct applet *self, char **argv, void *args)
{
	char **operands = applet_options(self, argv + 1, args);
	int n = 0;

	while (operands[n])
		n++;
	if (n < self->least)
		applet_usage(self, "missing operand: want %s", self->operands);
	if (self->most >= 0 && n > self->most)
		applet_usage(self, "unexpected operand %s",
			     Q(operands[self->most]));
	return operands;
}
