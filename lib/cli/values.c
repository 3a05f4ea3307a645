/* values - what can stand for the value of an option */
#include <stdio.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/values.h"
#include "cred/rlimit.h"
#include "proc/caps.h"

static void split(const char *list, void (*word)(const char *text))
{
	char text[64];

	for (; *list; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		(void)snprintf(text, sizeof(text), "%.*s", (int)n, list);
		word(text);
		list += n;
	}
}

static void signals(void (*word)(const char *text))
{
	split("HUP INT QUIT ABRT KILL USR1 USR2 ALRM TERM CONT STOP TSTP WINCH",
	      word);
}

static void capabilities(void (*word)(const char *text))
{
	const char *name;

	split("none all", word);
	for (int i = 0; (name = caps_name(i)); i++)
		word(name);
}

static void values_limits(void (*word)(const char *text))
{
	char text[64];
	const char *name;
	int resource;

	for (int i = 0; (name = rlimit_name(i, &resource)); i++) {
		(void)snprintf(text, sizeof(text), "%s=", name);
		word(text);
	}
}

static void names(void (*word)(const char *text))
{
	for (int i = 0; applets[i]; i++)
		word(applets[i]->name);
}

/* By the name of the value, or, before that, by that of the option. */
static const struct rule {
	const char *option; /* NULL: any */
	const char *value;  /* the first word of it; NULL: any */
	enum value_kind kind;
	const char *list;			  /* its words, or */
	void (*each)(void (*word)(const char *)); /* what tells them */
} rules[] = {
	{ "cgroup", "VERSION", VALUE_WORDS, "v1 v2", NULL },
	{ "hooks", NULL, VALUE_WORDS,
	  "prestart createRuntime createContainer startContainer poststart "
	  "poststop",
	  NULL },
	{ "ionice", NULL, VALUE_WORDS, "none idle best-effort realtime", NULL },
	{ "mode", NULL, VALUE_WORDS, "r w r+", NULL },
	{ "personality", NULL, VALUE_WORDS, "linux linux32", NULL },
	/* What ptyfork and newroot both take. */
	{ "propagation", NULL, VALUE_WORDS, "private slave shared", NULL },
	{ "sched_flags", NULL, VALUE_WORDS,
	  "reset-on-fork reclaim dl-overrun keep-policy keep-params "
	  "util-clamp-min util-clamp-max",
	  NULL },
	{ "scheduler", NULL, VALUE_WORDS, "other batch idle fifo rr deadline",
	  NULL },
	{ "seccomp_flags", NULL, VALUE_WORDS, "log spec-allow tsync", NULL },
	{ "type", "TYPE", VALUE_WORDS, "stream seqpacket dgram", NULL },
	{ "join", NULL, VALUE_WORDS,
	  "cgroup= ipc= mnt= net= pid= time= user= uts=", NULL },
	{ "log_format", NULL, VALUE_WORDS, "raw cri asciicast", NULL },
	{ "rlimit", NULL, VALUE_WORDS, NULL, values_limits },
	{ "groups", NULL, VALUE_GROUP, NULL, NULL },
	{ "tty", "LIST", VALUE_WORDS, "0 1 2 0,1 0,2 1,2 0,1,2", NULL },
	{ NULL, "CAPS", VALUE_WORDS, NULL, capabilities },
	{ NULL, "SIG", VALUE_WORDS, NULL, signals },
	{ NULL, "SIGNAL", VALUE_WORDS, NULL, signals },
	{ NULL, "SHELL", VALUE_WORDS, "bash zsh fish", NULL },
	{ NULL, "APPLET", VALUE_WORDS, NULL, names },
	{ NULL, "UID", VALUE_USER, NULL, NULL },
	{ NULL, "GID", VALUE_GROUP, NULL, NULL },
	{ NULL, "PID", VALUE_PID, NULL, NULL },
	{ NULL, "DIR", VALUE_DIR, NULL, NULL },
	{ NULL, "FILE", VALUE_FILE, NULL, NULL },
	{ NULL, "PATH", VALUE_FILE, NULL, NULL },
	{ NULL, "SRC", VALUE_FILE, NULL, NULL },
	{ NULL, "DST", VALUE_FILE, NULL, NULL },
	{ NULL, "SOCKET", VALUE_FILE, NULL, NULL },
	{ NULL, "TTY", VALUE_FILE, NULL, NULL },
	{ NULL, NULL, VALUE_FREE, NULL, NULL },
};

static bool values_fits(const struct rule *rule, const struct opt *o)
{
	size_t n = o->value ? strcspn(o->value, " :=[") : 0;

	if (rule->option && strcmp(rule->option, o->name) != 0)
		return false;
	return !rule->value ||
	       (strlen(rule->value) == n && !strncmp(rule->value, o->value, n));
}

static const struct rule *rule_of(const struct opt *o)
{
	const struct rule *rule = rules;

	while (!values_fits(rule, o))
		rule++;
	return rule;
}

enum value_kind value_kind_of(const struct opt *o)
{
	return rule_of(o)->kind;
}

void value_words(const struct opt *o, void (*word)(const char *text))
{
	const struct rule *rule = rule_of(o);

	if (rule->list)
		split(rule->list, word);
	else if (rule->each)
		rule->each(word);
}
