/* helper-applet - an applet with every kind of option, which says what it got
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/doc.h"
#include "helper.h"

struct args {
	struct optarg ack;
	const char *console_socket;
	struct dirlist dir;
	int fd;
	bool mount;
	struct strlist order;
	struct oplist tree;
	struct duration timeout;
	bool uts;
};

static const struct opt opts[] = {
	OPT(0, console_socket, "SOCKET", "a string"),
	OPT('a', ack, "SECS", "a value or none"),
	OPT_NAMED('b', "bind", tree, "SRC DST", "one of a series, two values"),
	OPT_DIR('d', "dir", dir, "DIR", "a directory or none"),
	OPT_NAMED('e', "empty", tree, "DST", "one of a series, one value"),
	OPT('f', fd, "FD", "a number"),
	OPT_NAMED('i', "stdin", order, NULL, "one of many, without a value"),
	OPT_NAMED('l', "lock", tree, NULL, "one of a series, bare"),
	OPT('m', mount, NULL, "a flag"),
	OPT_NAMED('o', "order", order, "TYPE=FILE", "one of many"),
	OPT('t', timeout, "SECS", "a time"),
	OPT('u', uts, NULL, "another flag"),
	OPT_END
};

static void maybe(const char *name, const struct optarg *m)
{
	if (m->bare)
		printf("%s ", name);
	if (m->value)
		printf("%s=%s ", name, m->value);
}

/* "bind(SRC,DST)": as many values as the option takes. */
static void series(const struct oplist *s)
{
	for (const struct op *at = s->at; at < s->at + s->n; at++) {
		int n = 0;

		for (const struct opt *o = opts; o->kind != OPT_NONE; o++)
			n += strcmp(o->name, at->name) == 0 ? opt_values(o) : 0;
		printf("%s(", at->name);
		for (int i = 0; i < n; i++)
			printf("%s%s", i > 0 ? "," : "", at->v[i]);
		printf(") ");
	}
}

static int run(const struct applet *self, char **argv)
{
	struct args a = { .fd = -1 };
	char **operands = applet_args(self, argv, &a);

	if (a.ack.value)
		(void)applet_millis(self, "--ack", &a.ack, -1);
	maybe("ack", &a.ack);
	if (a.dir.bare)
		printf("dir ");
	for (int i = 0; i < a.dir.dirs.n; i++)
		printf("dir=%s ", a.dir.dirs.v[i]);
	if (a.console_socket)
		printf("socket=%s ", a.console_socket);
	if (a.fd >= 0)
		printf("fd=%d ", a.fd);
	if (a.timeout.given)
		printf("timeout=%d ", a.timeout.ms);
	printf("%s%s", a.mount ? "mount " : "", a.uts ? "uts " : "");
	for (int i = 0; i < a.order.n; i++)
		printf("%s ", a.order.v[i]);
	series(&a.tree);
	for (; *operands; operands++)
		printf("[%s]", *operands);
	printf("\n");
	return 0;
}

/* Words for which a document could stumble. */
static const char *const about[] = {
	"Has every kind of option. It's \"so\" \\n.",
	".Sh is the first word here.", NULL
};

static const char *const exits[] = { "1", "no", "124", "too late", NULL };

static const struct applet parse = {
	.name = "parse",
	.brief = "say what was parsed",
	.operands = "SOCKET [[--] COMMAND [ARG]...]",
	.least = 1,
	.most = 3,
	.command = true,
	.opts = opts,
	.about = about,
	.exits = exits,
	.see = "pty(7), unix(7)",
	.run = run,
};

static int print_page(const struct applet *self, char **argv)
{
	(void)applet_options(self, argv + 1, NULL);
	doc_man(self);
	return 0;
}

static const struct opt no_opts[] = { OPT_END };

static const struct applet bare = {
	.name = "bare",
	.brief = "say nothing",
	.operands = "",
	.opts = no_opts,
	.run = print_page,
};

int helper_bare(char **argv)
{
	program_invocation_short_name = (char *)bare.name;
	applet_exit(bare.run(&bare, argv));
}

int helper_parse(char **argv)
{
	program_invocation_short_name = (char *)parse.name;
	applet_exit(parse.run(&parse, argv));
}
