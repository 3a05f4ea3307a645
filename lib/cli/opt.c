/* opt - the parser that an applet's table drives */
#include <err.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/applet.h"
#include "cli/doc.h"

/* One more thing of that size in an array of n. */
static void *grow(void *array, int n, size_t size)
{
	void *grown = realloc(array, (size_t)(n + 1) * size);

	if (!grown)
		err(EXIT_CANCELED, "cannot read the options");
	return grown;
}

static void store_word(struct strlist *words, const char *value)
{
	words->v = grow(words->v, words->n, sizeof(*words->v));
	words->v[words->n++] = value;
}

static void store_span(const struct applet *self, const struct opt *o,
		       struct duration *span, const char *value)
{
	if (text_millis(value, &span->ms) < 0)
		applet_bad(self, OPT_TYPED(o), value, "want seconds");
	span->given = true;
}

/* The last one counts. */
static void store_maybe(struct optarg *m, const char *value)
{
	*m = (struct optarg){ .bare = !value, .value = value };
}

/* With directories the two forms are two things. */
static void store_dir(struct dirlist *d, const char *value)
{
	if (value)
		store_word(&d->dirs, value);
	else
		d->bare = true;
}

static void store_order(struct oplist *series, const char *name, char **values)
{
	series->at = grow(series->at, series->n, sizeof(*series->at));
	series->at[series->n++] = (struct op){ name, values };
}

/* Put what was given, NULL for no value, where the applet wants it. */
static void store(const struct applet *self, const struct opt *o, void *args,
		  char **values)
{
	void *field = (char *)args + o->offset;
	const char *value = values ? *values : NULL;

	switch ((enum opt_kind)o->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		break;
	case OPT_INT:
		if (text_int(value, 0, INT_MAX, field) < 0)
			applet_bad(self, OPT_TYPED(o), value, "want a number");
		break;
	case OPT_STR:
		*(const char **)field = value;
		break;
	case OPT_DURATION:
		store_span(self, o, field, value);
		break;
	case OPT_STRLIST:
		store_word(field, value ? value : o->name);
		break;
	case OPT_OPTARG:
		store_maybe(field, value);
		break;
	case OPT_DIRLIST:
		store_dir(field, value);
		break;
	case OPT_OPLIST:
		store_order(field, o->name, values);
		break;
	case OPT_HELP:
		doc_help(self);
		applet_exit(0);
	case OPT_VERSION:
		doc_version(self);
		applet_exit(0);
	case OPT_NONE:
		break;
	}
}

static const struct opt common[] = {
	{ .kind = OPT_HELP, .letter = 'h', .name = "help\0print this help" },
	{ .kind = OPT_VERSION,
	  .letter = 'V',
	  .name = "version\0print the version" },
	OPT_END
};

static const struct opt *or_null(const struct opt *o)
{
	return o->kind == OPT_NONE ? NULL : o;
}

const struct opt *opt_next(const struct applet *self, const struct opt *o)
{
	const struct opt *next = o ? or_null(o + 1) : or_null(self->opts);
	bool own = !o || o < common || o >= common + 2;

	return next || !own ? next : common;
}

/* As opt_typed() has it: a table of many is gone through for each word. */
static bool is_named(const struct opt *o, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name[i] != (o->name[i] == '_' ? '-' : o->name[i]))
			return false;
	return o->name[n] == '\0';
}

static const struct opt *by_name(const struct applet *self, const char *name,
				 size_t n)
{
	for (const struct opt *o = NULL; (o = opt_next(self, o));) {
		if (is_named(o, name, n))
			return o;
	}
	return NULL;
}

static const struct opt *by_letter(const struct applet *self, char letter)
{
	for (const struct opt *o = NULL; (o = opt_next(self, o));) {
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Is the next word the directory of an option? Never one that could be another
 * option, or the "--" before a command. */
static bool is_its_directory(const char *word)
{
	return word && *word != '-' && is_directory(word);
}

/*
 * The value that is in the word of its option, at *own. A series keeps where
 * its values stand; the words of the others stay as they were.
 */
static char **joined(const struct applet *self, const struct opt *o,
		     const char *option, char **word, char **own)
{
	if (opt_values(o) > 1)
		applet_usage(self, "option %s takes %s as words of their own",
			     option, o->value);
	if (o->kind != OPT_OPLIST)
		return own;
	*word = *own;
	return word;
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
	char *own = value ? value + 1 : NULL, **values = NULL;

	if (!o)
		applet_usage_q(self, "unknown option %s", *word);
	if (value && opt_bare(o))
		applet_usage(self, "option %s takes no value", OPT_TYPED(o));
	if (value) {
		values = joined(self, o, OPT_TYPED(o), word, &own);
	} else if (opt_valued(o)) {
		values = following(self, o, OPT_TYPED(o), &word);
	} else if (o->kind == OPT_DIRLIST && is_its_directory(word[1])) {
		values = ++word;
	}
	store(self, o, args, values);
	return word + 1;
}

static void unknown(const struct applet *self, char letter, const char *word)
{
	char option[] = { '-', letter, '\0' };

	if (strcmp(option, word) == 0)
		applet_usage_q(self, "unknown option %s", word);
	applet_usage_q(self, "unknown option %s in %s", option, word);
}

/* The word is "-abc" or "-aVALUE"; returns the next one to look at. */
static char **letters(const struct applet *self, char **word, void *args)
{
	for (char *c = *word + 1; *c; c++) {
		const struct opt *o = by_letter(self, *c);
		char option[] = { '-', *c, '\0' };
		char *own = c + 1, **values;

		if (!o)
			unknown(self, *c, *word);
		if (!opt_valued(o)) {
			store(self, o, args, NULL);
			continue;
		}
		values = c[1] ? joined(self, o, option, word, &own)
			      : following(self, o, option, &word);
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
		applet_usage_q(self, "unexpected operand %s",
			       operands[self->most]);
	return operands;
}
