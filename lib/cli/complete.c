/* complete - the completion of bash, and what those of other shells share */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/doc.h"
#include "cli/values.h"

void doc_names(const struct opt *o)
{
	if (o->letter)
		printf(" -%c", o->letter);
	printf(" %s", OPT_TYPED(o));
}

void doc_valued(const struct applet *self)
{
	for (const struct opt *o = NULL; (o = opt_next(self, o));) {
		for (int i = 0; i < opt_values(o); i++)
			doc_names(o);
	}
}

void doc_list(void)
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
	"		_ptybox_value \"$word\" \"${cur#=}\"\n"
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

/* $1 is an option, $2 what there is of its value. Sees the lists of its caller.
 */
static const char bash_value[] =
	"_ptybox_value()\n"
	"{\n"
	"	local choice words=()\n"
	"\n"
	"	for choice in $choices; do\n"
	"		[[ ${choice%%:*} = \"$1\" ]] || continue\n"
	"		case ${choice#*:} in\n"
	"		@dir) words=(-d) ;;\n"
	"		@user) words=(-u) ;;\n"
	"		@group) words=(-g) ;;\n"
	"		@pid) words=(-W \"$(cd /proc && echo [0-9]*)\") ;;\n"
	"		*) words=(-W \"${choice#*:}\") ;;\n"
	"		esac\n"
	"		words=(\"${words[@]//|/ }\")\n"
	"		compopt +o default +o bashdefault 2>/dev/null\n"
	"		[[ ${words[*]} != *'= ' ]] || compopt -o nospace "
	"2>/dev/null\n"
	"		mapfile -t COMPREPLY < <(compgen \"${words[@]}\" -- "
	"\"$2\")\n"
	"	done\n"
	"}\n\n";

static void barred_word(const char *name)
{
	printf("%s|", name);
}

/* Each of the option's names with what completes its value; a file is what
 * bash completes by itself. */
static void bash_choices(const struct opt *o)
{
	static const char *const by_kind[] = {
		[VALUE_FREE] = "",	[VALUE_DIR] = "@dir",
		[VALUE_USER] = "@user", [VALUE_GROUP] = "@group",
		[VALUE_PID] = "@pid",
	};
	enum value_kind kind = value_kind_of(o);
	char letter[] = { '-', o->letter, '\0' };
	const char *names[] = { o->letter ? letter : NULL, OPT_TYPED(o) };

	if (opt_bare(o) || opt_values(o) > 1 || kind == VALUE_FILE)
		return;
	for (int i = 0; i < 2; i++) {
		if (!names[i])
			continue;
		printf(" %s:", names[i]);
		if (kind == VALUE_WORDS)
			value_words(o, barred_word);
		else
			printf("%s", by_kind[kind]);
	}
}

static void bash_table(const struct applet *self)
{
	printf("	%s)\n		options='", self->name);
	for (const struct opt *o = NULL; (o = opt_next(self, o));)
		doc_names(o);
	printf("'\n		valued='");
	doc_valued(self);
	printf("'\n		choices='");
	for (const struct opt *o = NULL; (o = opt_next(self, o));)
		bash_choices(o);
	printf("'\n");
	if (doc_runs(self))
		printf("		before=%d\n", doc_before(self));
	printf("		;;\n");
}

static void bash(const struct applet *box)
{
	printf("# bash completion of ptybox and its applets\n"
	       "%s_ptybox()\n"
	       "{\n"
	       "	local cur=${COMP_WORDS[COMP_CWORD]} i=1 word before\n"
	       "	local name=${COMP_WORDS[0]##*/} options option valued\n"
	       "	local choices\n"
	       "	local applets='",
	       bash_value);
	doc_list();
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
	doc_list();
	printf("\n");
}

int doc_completion(const char *shell, const struct applet *box)
{
	if (strcmp(shell, "bash") == 0) {
		bash(box);
	} else if (strcmp(shell, "zsh") == 0) {
		doc_zsh(box);
	} else if (strcmp(shell, "fish") == 0) {
		doc_fish(box);
	} else {
		errno = EINVAL;
		return -1;
	}
	return 0;
}
