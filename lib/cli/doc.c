/* doc - the help text, and what the other documents share with it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doc.h"

#define WIDTH  80
#define COLUMN 26 /* where the help of an option starts */

bool doc_is_box(const struct applet *self)
{
	return applet_find(self->name) != self;
}

bool doc_runs(const struct applet *self)
{
	return self->command || self->step;
}

int doc_before(const struct applet *self)
{
	const char *c = self->operands, *end = strstr(c, "COMMAND");
	int count = 0;

	while (end && c < end) {
		size_t n = strcspn(c, " ");
		const char *dashes = strstr(c, "--");

		if (c + n < end && !(dashes && dashes < c + n))
			count++;
		c += n + strspn(c + n, " ");
	}
	return count;
}

/* What every applet says of its exit; the last two run a command. */
static const char *const common[] = {
	"0",   "done",
	"125", "failed or was called wrongly", /* after the applet's name */
	"126", "COMMAND cannot be executed",
	"127", "COMMAND was not found",
	NULL
};

/* Print what is below limit, and move past it. */
static const char *const *exits_below(const char *const *v, int limit,
				      void (*row)(const char *status,
						  const char *meaning))
{
	for (; v && *v && atoi(*v) < limit; v += 2)
		row(v[0], v[1]);
	return v;
}

void doc_exits(const struct applet *self,
	       void (*row)(const char *status, const char *meaning))
{
	const char *const *own = self->exits;
	char text[64];

	for (const char *const *v = common; *v; v += 2) {
		int status = atoi(*v);

		if (status >= 126 && !doc_runs(self))
			break;
		own = exits_below(own, status, row);
		if (own && *own && atoi(*own) == status)
			continue;
		(void)snprintf(text, sizeof(text), "%s %s", self->name, v[1]);
		row(v[0], status == 125 ? text : v[1]);
	}
	(void)exits_below(own, 1000, row);
	if (doc_runs(self) && !self->judges) {
		row("128+N", "signal N killed COMMAND");
		row("else", "the exit status of COMMAND");
	}
}

/*
 * Print text, broken between words, with the lines after the first indented.
 * The cursor is at column at; returns after a newline.
 */
static void wrapped(const char *text, int at, int indent)
{
	while (*text) {
		int n = (int)strcspn(text, " ");

		if (at > indent && at + 1 + n > WIDTH) {
			printf("\n%*s", indent, "");
			at = indent;
		} else if (at > indent) {
			at += printf(" ");
		}
		at += printf("%.*s", n, text);
		text += n + (text[n] == ' ');
	}
	printf("\n");
}

/* A label and its text in two columns; a long label has its own line. */
static void help_row(const char *label, const char *text, int column)
{
	int at = printf("  %s", label);

	if (at + 2 > column) {
		printf("\n");
		at = 0;
	}
	printf("%*s", column - at, "");
	wrapped(text, column, column);
}

static void help_option(const struct opt *o)
{
	char label[160], letter[] = "    ", value[80] = "";

	if (o->letter)
		(void)snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	if (opt_valued(o))
		(void)snprintf(value, sizeof(value), " %s", o->value);
	else if (!opt_bare(o))
		(void)snprintf(value, sizeof(value), "[=%s]", o->value);
	(void)snprintf(label, sizeof(label), "%s%s%s", letter, OPT_TYPED(o),
		       value);
	help_row(label, opt_help(o), COLUMN);
}

static void exit_row(const char *status, const char *meaning)
{
	help_row(status, meaning, 9);
}

static void help_examples(const struct applet *self)
{
	if (!self->examples || !self->examples->command)
		return;
	printf("\nExamples:\n");
	for (const struct example *e = self->examples; e->command; e++) {
		printf("  %s\n      ", e->command);
		wrapped(e->text, 6, 6);
	}
}

void doc_version(const struct applet *self)
{
	if (doc_is_box(self))
		printf("ptybox " VERSION "\n");
	else
		printf("%s (ptybox) " VERSION "\n", self->name);
}

void doc_help(const struct applet *self)
{
	printf("usage: %s [OPTION]...%s%s\n\n", self->name,
	       *self->operands ? " " : "", self->operands);
	wrapped(self->brief, 0, 0);
	printf("\nOptions:\n");
	for (const struct opt *o = NULL; (o = opt_next(self, o));)
		help_option(o);
	if (doc_is_box(self)) {
		printf("\nApplets:\n");
		for (int i = 0; applets[i]; i++)
			help_row(applets[i]->name, applets[i]->brief, COLUMN);
	}
	help_examples(self);
	printf("\nExit status:\n");
	doc_exits(self, exit_row);
}
