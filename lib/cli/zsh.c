/* zsh - the completion of zsh */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/doc.h"
#include "cli/values.h"

/* Text in a word of _arguments, which zsh splits at a colon. */
static void zsh_text(const char *c, size_t n)
{
	for (; n > 0; c++, n--) {
		if (*c == '\'')
			printf("'\\'");
		else if (strchr("[]:\\", *c))
			putchar('\\');
		putchar(*c);
	}
}

static void zsh_word(const char *name)
{
	printf("%s ", name);
}

/* What completes the first value of an option. */
static void zsh_action(const struct opt *o)
{
	static const char *const by_kind[] = {
		[VALUE_FREE] = " ",	   [VALUE_FILE] = "_files",
		[VALUE_DIR] = "_files -/", [VALUE_USER] = "_users",
		[VALUE_GROUP] = "_groups", [VALUE_PID] = "_pids",
	};
	enum value_kind kind = value_kind_of(o);

	if (kind != VALUE_WORDS) {
		printf("%s", by_kind[kind]);
		return;
	}
	printf("(");
	value_words(o, zsh_word);
	printf(")");
}

/* The values that follow an option; of one that it can do without, first "::".
 */
static void zsh_values(const struct opt *o)
{
	const char *c = o->value;

	if (!opt_valued(o))
		printf(":");
	for (int i = 0; i < opt_values(o) || i == 0; i++) {
		const size_t n = i + 1 < opt_values(o) ? strcspn(c, " ")
						       : strlen(c);

		printf(":");
		zsh_text(c, n);
		printf(":");
		if (i == 0)
			zsh_action(o);
		else
			printf("_files");
		c += n + 1;
	}
}

/* How a value can be joined to its option: by nothing where there are more. */
static const char *zsh_join(const struct opt *o, bool letter)
{
	if (opt_bare(o) || opt_values(o) > 1)
		return "";
	if (letter)
		return opt_valued(o) ? "+" : "";
	return opt_valued(o) ? "=" : "=-";
}

/* One spelling of an option: its name, how its values follow, and which. */
static void zsh_option(const struct opt *o, bool letter)
{
	printf(" \\\n\t\t\t'");
	if (o->kind == OPT_STRLIST || o->kind == OPT_OPLIST)
		printf("*");
	else if (o->kind == OPT_HELP || o->kind == OPT_VERSION)
		printf("(- *)");
	else if (o->letter)
		printf("(-%c %s)", o->letter, OPT_TYPED(o));
	if (letter)
		printf("-%c", o->letter);
	else
		printf("%s", OPT_TYPED(o));
	printf("%s[", zsh_join(o, letter));
	zsh_text(opt_help(o), strlen(opt_help(o)));
	printf("]");
	if (opt_valued(o) || (!opt_bare(o) && !letter))
		zsh_values(o);
	printf("'");
}

static void zsh_options(const struct applet *self)
{
	for (const struct opt *o = NULL; (o = opt_next(self, o));) {
		if (o->letter)
			zsh_option(o, true);
		zsh_option(o, false);
	}
}

static void zsh_operands(const struct applet *self)
{
	int before = doc_runs(self) ? doc_before(self) : 0;

	for (int i = 1; i <= before; i++)
		printf(" \\\n\t\t\t'%d:operand:_files'", i);
	if (doc_runs(self))
		printf(" \\\n\t\t\t'(-)*:::command:_ptybox_command'");
	else if (self->most != 0)
		printf(" \\\n\t\t\t'*:operand:_files'");
}

static void zsh_applet(const struct applet *self)
{
	printf("\t%s)\n\t\t_arguments -s -S -A '-*'", self->name);
	zsh_options(self);
	if (doc_is_box(self)) {
		printf(" \\\n\t\t\t'(-)1:applet:(");
		doc_list();
		printf(")' \\\n\t\t\t'*::argument:{_ptybox_of $words[1]}'");
	} else {
		zsh_operands(self);
	}
	printf("\n\t\t;;\n");
}

/* What comes after "--" is the command, whatever is before that. */
static const char of_command[] =
	"_ptybox_command() {\n"
	"\tif [[ $words[1] == -- ]] && (( CURRENT > 1 )); then\n"
	"\t\tshift words\n"
	"\t\t(( CURRENT-- ))\n"
	"\tfi\n"
	"\tif (( CURRENT == 1 )); then\n"
	"\t\t_command_names -e\n"
	"\telse\n"
	"\t\t_normal\n"
	"\tfi\n"
	"}\n";

void doc_zsh(const struct applet *box)
{
	printf("#compdef %s", box->name);
	doc_list();
	printf("\n# zsh completion of ptybox and its applets\n"
	       "%s\n"
	       "_ptybox_of() {\n"
	       "\tcase $1 in\n",
	       of_command);
	zsh_applet(box);
	for (int i = 0; applets[i]; i++)
		zsh_applet(applets[i]);
	printf("\tesac\n}\n\n_ptybox_of \"$service\"\n");
}
