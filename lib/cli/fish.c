/* fish - the completion of fish */
#include <stdio.h>

#include "cli/doc.h"
#include "cli/values.h"

static const char walk[] =
	"# fish completion of ptybox and its applets\n"
	"\n"
	"# The words between the options and the cursor. The arguments are the "
	"options\n"
	"# that take values, each as often as it takes one. Returns 0 where an "
	"option or\n"
	"# its first value can be next, 1 after the options, 2 at another "
	"value.\n"
	"function __ptybox_rest\n"
	"    set -l words (commandline -opc)\n"
	"    set -e words[1]\n"
	"    set -l place 0\n"
	"    while string match -q -- '-?*' \"$words[1]\"\n"
	"        set -l word $words[1]\n"
	"        set -e words[1]\n"
	"        if test $word = --\n"
	"            set place 1\n"
	"            break\n"
	"        end\n"
	"        set -l first 0\n"
	"        for option in $argv\n"
	"            test $option = $word; or continue\n"
	"            set -q words[1]; or return $first\n"
	"            set -e words[1]\n"
	"            set first 2\n"
	"        end\n"
	"    end\n"
	"    set -q words[1]; or return $place\n"
	"    printf '%s\\n' $words\n"
	"    return 1\n"
	"end\n"
	"\n"
	"# The words of the command, with that at the cursor. The first "
	"argument is how\n"
	"# many operands come before it, the others are as above.\n"
	"function __ptybox_command\n"
	"    set -l words (__ptybox_rest $argv[2..-1])\n"
	"    test $status -ne 2 -a (count $words) -ge $argv[1]; or return\n"
	"    test $argv[1] -gt 0; and set -e words[1..$argv[1]]\n"
	"    test \"$words[1]\" = --; and set -e words[1]\n"
	"    set -a words (commandline -ct)\n"
	"    string match -q -- '-*' \"$words[1]\"; and return 1\n"
	"    printf '%s\\n' $words\n"
	"end\n";

static void fish_text(const char *c)
{
	printf(" -d '");
	for (; *c; c++) {
		if (*c == '\'' || *c == '\\')
			putchar('\\');
		putchar(*c);
	}
	printf("'\n");
}

static void fish_word(const char *name)
{
	printf(" %s", name);
}

/* The arguments of complete(1) for the value of an option. */
static void fish_value(const struct opt *o)
{
	static const char *const by_kind[] = {
		[VALUE_FREE] = " -x",
		[VALUE_FILE] = " -r",
		[VALUE_DIR] = " -xa '(__fish_complete_directories)'",
		[VALUE_USER] = " -xa '(__fish_complete_users)'",
		[VALUE_GROUP] = " -xa '(__fish_complete_groups)'",
		[VALUE_PID] = " -xa '(__fish_complete_pids)'",
	};
	enum value_kind kind = value_kind_of(o);

	if (kind != VALUE_WORDS) {
		printf("%s", by_kind[kind]);
		return;
	}
	printf(" -xa '");
	value_words(o, fish_word);
	printf("'");
}

static void fish_option(const struct applet *self, const struct opt *o)
{
	printf("complete -c %s -n __ptybox_at_%s", self->name, self->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf(" -l %s", OPT_TYPED(o) + 2);
	if (opt_valued(o))
		fish_value(o);
	fish_text(opt_help(o));
}

/* What comes after the options: the command that the applet runs. */
static void fish_command(const struct applet *self)
{
	const char *name = self->name;

	printf("\nfunction __ptybox_of_%s\n    __ptybox_command %d", name,
	       doc_before(self));
	doc_valued(self);
	printf("\nend\ncomplete -c %s -n '__ptybox_of_%s >/dev/null'", name,
	       name);
	printf(" -xa '(__fish_complete_subcommand --commandline "
	       "(__ptybox_of_%s))'\n",
	       name);
}

static void fish_applet(const struct applet *self)
{
	const char *name = self->name;

	printf("\nfunction __ptybox_at_%s\n    __ptybox_rest", name);
	doc_valued(self);
	printf(" >/dev/null\nend\n");
	for (const struct opt *o = NULL; (o = opt_next(self, o));)
		fish_option(self, o);
	if (doc_runs(self))
		fish_command(self);
}

void doc_fish(const struct applet *box)
{
	fputs(walk, stdout);
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
