/* words - command lines and shell text that are made of words */
#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "ocispec/words.h"

static void *need(void *memory)
{
	if (!memory)
		err(EXIT_CANCELED, "cannot make a command line");
	return memory;
}

void words_add(struct words *w, const char *word)
{
	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 32;
		w->v = need(realloc(w->v, w->room * sizeof(*w->v)));
	}
	w->v[w->n++] = word;
}

void words_add2(struct words *w, const char *option, const char *value)
{
	words_add(w, option);
	words_add(w, value);
}

__attribute__((format(printf, 1, 0))) static char *format_list(
	const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return need(text);
}

void words_print(struct words *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	words_add(w, format_list(format, args));
	va_end(args);
}

void words_option(struct words *w, const char *option, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	words_add2(w, option, format_list(format, args));
	va_end(args);
}

const char *words_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_list(format, args);
	va_end(args);
	return text;
}

const char *words_join(const struct words *w, char separator)
{
	size_t size = 1;
	char *text, *to;

	for (size_t i = 0; i < w->n; i++)
		size += strlen(w->v[i]) + 1;
	text = to = need(malloc(size));
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0)
			*to++ = separator;
		to = stpcpy(to, w->v[i]);
	}
	*to = '\0';
	return text;
}

/* A '~' or a '=' at the start of a word means something to some shells. */
static bool is_plain_word(const char *word)
{
	const char *c = word;

	for (; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-+=:,./@%", *c))
			return false;
	return c > word && *word != '=';
}

void words_quote(FILE *out, const char *word)
{
	if (is_plain_word(word)) {
		(void)fputs(word, out);
		return;
	}
	(void)fputc('\'', out);
	for (size_t n;; word += n + 1) {
		n = strcspn(word, "'");
		(void)fwrite(word, 1, n, out);
		if (!word[n])
			break;
		(void)fputs("'\\''", out);
	}
	(void)fputc('\'', out);
}

void words_write(FILE *out, const struct words *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0)
			(void)fputc(' ', out);
		words_quote(out, w->v[i]);
	}
}
