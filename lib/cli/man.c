/* man - the man page of an applet, as mdoc(7) */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/doc.h"

/* One line of text: nothing at its start or in it is a request. */
static void put_line(const char *text, size_t n)
{
	if (n > 0 && (*text == '.' || *text == '\''))
		printf("\\&");
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\\')
			printf("\\e");
		else if (text[i] == '-')
			printf("\\-");
		else
			putchar(text[i]);
	}
	putchar('\n');
}

/* A new sentence is a new line, so that roff(7) knows where one ends. */
static size_t sentence_end(const char *text)
{
	size_t n = 0;

	while (text[n] && !(text[n] == '.' && text[n + 1] == ' ' &&
			    isupper((unsigned char)text[n + 2])))
		n++;
	return text[n] ? n + 1 : n;
}

static void man_put_text(const char *words)
{
	while (*words) {
		size_t n = sentence_end(words);

		put_line(words, n);
		words += n + (words[n] == ' ');
	}
}

/* "[--] COMMAND [ARG]..." as the macros that say it. */
static void put_operands(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, " []");

		if (*s == '[')
			printf(".Oo\n");
		else if (strncmp(s, "]...", 4) == 0)
			printf(".Oc Ns ...\n");
		else if (*s == ']')
			printf(".Oc\n");
		else if (n == 2 && strncmp(s, "--", 2) == 0)
			printf(".Fl -\n");
		else if (n > 0)
			printf(".Ar %.*s\n", (int)n, s);
		s += strncmp(s, "]...", 4) == 0 ? 4 : n ? n : 1;
	}
}

static void put_option(const struct opt *o)
{
	const char *name = OPT_TYPED(o) + 1;

	printf(".It ");
	if (o->letter && opt_valued(o))
		printf("Fl %c Ar %s , ", o->letter, o->value);
	else if (o->letter)
		printf("Fl %c , ", o->letter);
	if (opt_bare(o))
		printf("Fl %s\n", name);
	else if (opt_valued(o))
		printf("Fl %s Ar %s\n", name, o->value);
	else
		printf("Fl %s Ns Op = Ns Ar %s\n", name, o->value);
	man_put_text(opt_help(o));
}

static void put_item(const char *label, const char *words)
{
	printf(".It %s\n", label);
	man_put_text(words);
}

static void put_paragraphs(const char *const *words)
{
	for (int i = 0; words[i]; i++) {
		if (i > 0)
			printf(".Pp\n");
		man_put_text(words[i]);
	}
}

static void put_description(const struct applet *self)
{
	printf(".Sh DESCRIPTION\n");
	if (self->about) {
		put_paragraphs(self->about);
		printf(".Pp\n");
	}
	printf("The options are:\n.Bl -tag -width Ds\n");
	for (const struct opt *o = NULL; (o = opt_next(self, o));)
		put_option(o);
	printf(".El\n");
	if (!doc_is_box(self))
		return;
	printf(".Pp\nThe applets are:\n.Bl -tag -width Ds\n");
	for (int i = 0; applets[i]; i++) {
		printf(".It Xr %s 1\n", applets[i]->name);
		man_put_text(applets[i]->brief);
	}
	printf(".El\n");
}

static void put_environment(const struct applet *self)
{
	if (!self->environment)
		return;
	printf(".Sh ENVIRONMENT\n.Bl -tag -width COLUMNS\n");
	for (const char *const *v = self->environment; *v; v += 2) {
		printf(".It Ev %s\n", v[0]);
		man_put_text(v[1]);
	}
	printf(".El\n");
}

static void put_parts(const struct applet *self)
{
	for (const struct part *p = self->parts; p && p->title; p++) {
		printf(".Ss %s\n", p->title);
		put_paragraphs(p->text);
	}
}

static void put_examples(const struct applet *self)
{
	const struct example *e = self->examples;

	if (!e || !e->command)
		return;
	printf(".Sh EXAMPLES\n");
	for (; e->command; e++) {
		putchar(toupper((unsigned char)*e->text));
		put_line(e->text + 1, strlen(e->text + 1));
		printf(".Bd -literal -offset indent\n");
		put_line(e->command, strlen(e->command));
		printf(".Ed\n%s", e[1].command ? ".Pp\n" : "");
	}
}

/* "unshare(1), pty(7)" */
static void put_see(const char *s)
{
	printf(".Sh SEE ALSO\n");
	while (*s) {
		int name = (int)strcspn(s, "("), section;

		section = (int)strcspn(s + name, ")");
		printf(".Xr %.*s %.*s", name, s, section - 1, s + name + 1);
		s += name + section;
		s += strspn(s, "), ");
		printf(*s ? " ,\n" : "\n");
	}
}

void doc_man(const struct applet *self)
{
	printf(".Dd " DATE "\n.Dt ");
	for (const char *c = self->name; *c; c++)
		putchar(toupper((unsigned char)*c));
	printf(" 1\n.Os ptybox " VERSION "\n.Sh NAME\n.Nm %s\n.Nd %s\n",
	       self->name, self->brief);
	printf(".Sh SYNOPSIS\n.Nm\n");
	put_operands("[OPTION]...");
	put_operands(self->operands);
	put_description(self);
	put_parts(self);
	put_environment(self);
	printf(".Sh EXIT STATUS\n.Bl -tag -width 128+N\n");
	doc_exits(self, put_item);
	printf(".El\n");
	put_examples(self);
	if (self->see)
		put_see(self->see);
}
