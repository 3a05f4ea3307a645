/* options - command lines for the table of each applet */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "fuzz.h"

#define WORDS_MAX 12

/* Where the parser would end the program it comes back to here. */
static jmp_buf *ended;

/* In place of libc's: what it would print is to be one line. */
void errx(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
void errx(int status, const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert(status == EXIT_CANCELED && fuzz_shown(text));
	longjmp(*ended, 1);
}

/* --help was asked for. run.sh puts it in place of applet_exit(). */
void __wrap_applet_exit(int status) __attribute__((noreturn));
void __wrap_applet_exit(int status)
{
	assert(status == 0);
	longjmp(*ended, 1);
}

static size_t size_of(const struct opt *o)
{
	static const size_t sizes[] = {
		[OPT_NONE] = 0,
		[OPT_FLAG] = sizeof(bool),
		[OPT_INT] = sizeof(int),
		[OPT_STR] = sizeof(const char *),
		[OPT_DURATION] = sizeof(struct duration),
		[OPT_STRLIST] = sizeof(struct strlist),
		[OPT_OPTARG] = sizeof(struct optarg),
		[OPT_DIRLIST] = sizeof(struct dirlist),
		[OPT_OPLIST] = sizeof(struct oplist),
	};

	return sizes[o->kind];
}

/* An applet's struct args, no larger than its table says. */
static void *make_args(const struct applet *a)
{
	size_t size = 0;

	for (const struct opt *o = a->opts; o->kind != OPT_NONE; o++) {
		if (o->offset + size_of(o) > size)
			size = o->offset + size_of(o);
	}
	return calloc(1, size);
}

/* What the parser leaves to the exit. Options may share a field. */
static void free_args(const struct applet *a, void *args)
{
	for (const struct opt *o = a->opts; o->kind != OPT_NONE; o++) {
		void *field = (char *)args + o->offset;

		if (o->kind == OPT_STRLIST) {
			free(((struct strlist *)field)->v);
			((struct strlist *)field)->v = NULL;
		} else if (o->kind == OPT_OPLIST) {
			free(((struct oplist *)field)->at);
			((struct oplist *)field)->at = NULL;
		}
	}
	free(args);
}

/* All that was stored is a value that follows its option. */
static void check(const struct applet *a, void *args, char **words,
		  char **operands)
{
	for (const struct opt *o = a->opts; o->kind != OPT_NONE; o++) {
		const struct oplist *s = (void *)((char *)args + o->offset);

		for (int i = 0; o->kind == OPT_OPLIST && i < s->n; i++)
			assert(s->at[i].v > words && s->at[i].v < operands);
	}
}

static void parse(const struct applet *a, char **words)
{
	void *args = make_args(a);
	char **operands, **last = words;
	jmp_buf here;

	ended = &here;
	if (setjmp(here) == 0) {
		operands = applet_args(a, words, args);
		while (*last)
			last++;
		assert(operands > words && operands <= last);
		assert(last - operands >= a->least);
		check(a, args, words, operands);
	}
	free_args(a, args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	char *room[WORDS_MAX], *words[WORDS_MAX + 2] = { (char *)"applet" };
	unsigned which = fuzz_byte(&in);
	int n = 0, applet = 0;

	while (n < WORDS_MAX && in.at < in.end) {
		room[n] = fuzz_word(&in);
		words[n + 1] = room[n];
		n++;
	}
	while (applets[applet])
		applet++;
	parse(applets[which % (unsigned)applet], words);
	while (n > 0)
		free(room[--n]);
	return 0;
}
