/* complete - the completions of bash, zsh and fish */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doc.h"

/* The names of an option, each with a space before it. */
static void names(const struct opt *o)
{
	if (o->letter)
		printf(" -%c", o->letter);
	printf(" %s", OPT_TYPED(o));
}

/* The options of a table that take values, each as often as it takes one. */
static void valued(const struct applet *self)
{
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++) {
		for (int i = 0; i < opt_values(o); i++)
			names(o);
	}
}

/* The applets, each with a space before it. */
static void list(void)
{
	for (int i = 0; applets[i]; i++)
		printf(" %s", applets[i]->name);
}

/*
 * The words are looked at as the parser of the tool does it. An "=" is a word
 * of its own to bash (COMP_WORDBREAKS).
 */
static const char bash_walk[] =
	"	*) return ;;\n"
	"	esac\n"
	"	while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} = -?* ]]; do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		i=$((i + 1))\n"
	"		if [[ $word = -- ]]; then\n"
	"			break\n"
	"		elif [[ ${COMP_WORDS[i]} = '=' ]]; then\n"
	"			i=$((i + 2))\n"
	"			continue\n"
	"		fi\n"
	"		for option in $valued; do\n"
	"			[[ $option != \"$word\" ]] || i=$((i + 1))\n"
	"		done\n"
	"	done\n"
	"	if ((i > COMP_CWORD)); then\n"
	"		return\n"
	"	elif ((i == COMP_CWORD)) && [[ $cur = -* && $word != -- ]]; then\n"
	"		mapfile -t COMPREPLY < <(compgen -W \"$options\" -- "
	"\"$cur\")\n"
	"		return\n"
	"	elif [[ $name = ptybox ]]; then\n"
	"		mapfile -t COMPREPLY < <(compgen -W \"$applets\" -- "
	"\"$cur\")\n"
	"		return\n"
	"	elif [[ -z $before ]]; then\n"
	"		return\n"
	"	fi\n"
	"	i=$((i + before))\n"
	"	if ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} = -- ]]; then\n"
	"		i=$((i + 1))\n"
	"	fi\n"
	"	if ((i == COMP_CWORD)); then\n"
	"		mapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	"	elif ((i < COMP_CWORD)) && declare -F _command_offset "
	">/dev/null; then\n"
	"		_command_offset \"$i\"\n"
	"	fi\n"
	"}\n";

static void bash_table(const struct applet *self)
{
	printf("	%s)\n		options='--help", self->name);
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++)
		names(o);
	printf("'\n		valued='");
	valued(self);
	printf("'\n");
	if (doc_runs(self))
		printf("		before=%d\n", doc_before(self));
	printf("		;;\n");
}

static void bash(const struct applet *box)
{
	printf("# bash completion of ptybox and its applets\n"
	       "_ptybox()\n"
	       "{\n"
	       "	local cur=${COMP_WORDS[COMP_CWORD]} i=1 word before\n"
	       "	local name=${COMP_WORDS[0]##*/} options option valued\n"
	       "	local applets='");
	list();
	printf(" '\n\n"
	       "	COMPREPLY=()\n"
	       "	if ((COMP_CWORD > 1)) && [[ $name = ptybox &&\n"
	       "	      $applets = *\" ${COMP_WORDS[1]} \"* ]]; then\n"
	       "		name=${COMP_WORDS[1]}\n"
	       "		i=2\n"
	       "	fi\n"
	       "	case $name in\n");
	bash_table(box);
	for (int i = 0; applets[i]; i++)
		bash_table(applets[i]);
	printf("%scomplete -o bashdefault -o default -F _ptybox %s", bash_walk,
	       box->name);
	list();
	printf("\n");
}

/* Text in a word of _arguments, which zsh splits at a colon. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\'");
		else if (strchr("[]:\\", *text))
			putchar('\\');
		putchar(*text);
	}
}

/* One spelling of an option: its name and how its value follows. */
static void zsh_option(const struct opt *o, const char *name, const char *join)
{
	printf(" \\\n\t\t\t'");
	if (o->kind == OPT_WORDS)
		printf("*");
	else if (o->letter)
		printf("(-%c %s)", o->letter, OPT_TYPED(o));
	printf("%s%s[", name, join);
	zsh_text(o->help);
	printf("]");
	if (*join) {
		printf(opt_valued(o) ? ":" : "::");
		zsh_text(o->value);
		printf(":_files");
	}
	printf("'");
}

static void zsh_options(const struct applet *self)
{
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++) {
		char letter[] = { '-', o->letter, '\0' };

		if (o->letter)
			zsh_option(o, letter, opt_valued(o) ? "+" : "");
		zsh_option(o, OPT_TYPED(o),
			   opt_bare(o)	   ? ""
			   : opt_valued(o) ? "="
					   : "=-");
	}
	printf(" \\\n\t\t\t'(- *)--help[print a short help]'");
}

static void zsh_operands(const struct applet *self)
{
	int before = doc_runs(self) ? doc_before(self) : 0;

	for (int i = 1; i <= before; i++)
		printf(" \\\n\t\t\t'%d:operand:_files'", i);
	if (doc_runs(self))
		printf(" \\\n\t\t\t'(-)%d:command:_command_names -e'"
		       " \\\n\t\t\t'*::argument:_normal'",
		       before + 1);
	else if (self->most != 0)
		printf(" \\\n\t\t\t'*:operand:_files'");
}

static void zsh_applet(const struct applet *self)
{
	printf("\t%s)\n\t\t_arguments -s -S -A '-*'", self->name);
	zsh_options(self);
	if (doc_is_box(self)) {
		printf(" \\\n\t\t\t'(-)1:applet:(");
		list();
		printf(")' \\\n\t\t\t'*::argument:{_ptybox_of $words[1]}'");
	} else {
		zsh_operands(self);
	}
	printf("\n\t\t;;\n");
}

static void zsh(const struct applet *box)
{
	printf("#compdef %s", box->name);
	list();
	printf("\n# zsh completion of ptybox and its applets\n"
	       "_ptybox_of() {\n"
	       "\tcase $1 in\n");
	zsh_applet(box);
	for (int i = 0; applets[i]; i++)
		zsh_applet(applets[i]);
	printf("\tesac\n}\n\n_ptybox_of \"$service\"\n");
}

static const char fish_options[] =
	"# fish completion of ptybox and its applets\n"
	"\n"
	"# Is no operand there yet? The arguments are what takes a value.\n"
	"function __ptybox_options\n"
	"    set -l words (commandline -opc)\n"
	"    set -e words[1]\n"
	"    while set -q words[1]\n"
	"        string match -q -- '-?*' $words[1]; or return 1\n"
	"        test $words[1] = --; and return 1\n"
	"        if contains -- $words[1] $argv; and set -q words[2]\n"
	"            set -e words[1]\n"
	"        end\n"
	"        set -e words[1]\n"
	"    end\n"
	"end\n";

static void fish_text(const char *text)
{
	printf(" -d '");
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	printf("'\n");
}

static void fish_option(const struct applet *self, const struct opt *o)
{
	printf("complete -c %s -n __ptybox_at_%s", self->name, self->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf(" -l %s%s", OPT_TYPED(o) + 2, opt_valued(o) ? " -r" : "");
	fish_text(o->help);
}

static void fish_applet(const struct applet *self)
{
	const char *name = self->name;

	printf("\nfunction __ptybox_at_%s\n    __ptybox_options", name);
	names(self, true);
	printf("\nend\n");
	for (const struct opt *o = self->opts; o->kind != OPT_NONE; o++)
		fish_option(self, o);
	printf("complete -c %s -n __ptybox_at_%s -l help", name, name);
	fish_text("print a short help");
	if (!self->command)
		return;
	printf("complete -c %s", name);
	if (doc_before(self) > 0)
		printf(" -n 'not __ptybox_at_%s'", name);
	/* The lone dash ends that function's own options. */
	printf(" -xa '(__fish_complete_subcommand --fcs-skip=%d -",
	       1 + doc_before(self));
	names(self, true);
	printf(")'\n");
}

static void fish(const struct applet *box)
{
	fputs(fish_options, stdout);
	fish_applet(box);
	for (int i = 0; applets[i]; i++) {
		printf("complete -c %s -n __ptybox_at_%s -xa %s", box->name,
		       box->name, applets[i]->name);
		fish_text(applets[i]->brief);
	}
	printf("complete -c %s -n 'not __ptybox_at_%s' -xa "
	       "'(__fish_complete_subcommand)'\n",
	       box->name, box->name);
	for (int i = 0; applets[i]; i++)
		fish_applet(applets[i]);
}

int doc_completion(const char *shell, const struct applet *box)
{
	if (strcmp(shell, "bash") == 0) {
		bash(box);
	} else if (strcmp(shell, "zsh") == 0) {
		zsh(box);
	} else if (strcmp(shell, "fish") == 0) {
		fish(box);
	} else {
		errno = EINVAL;
		return -1;
	}
	return 0;
}
