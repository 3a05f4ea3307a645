/* attach - be at a terminal that conlog keeps */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "attach/view.h"
#include "base/errmsg.h"
#include "base/exit.h"
#include "base/termsig.h"
#include "base/text.h"
#include "cli/applet.h"

struct args {
	const char *detach_keys;
	bool no_stdin;
	int replay;
};

static const struct opt opts[] = {
	OPT(0, detach_keys, "KEYS",
	    "key sequence that detaches (default ctrl-p,ctrl-q; '': none)"),
	OPT(0, no_stdin, NULL, "only watch: forward no input, and set no size"),
	OPT(0, replay, "N", "begin with the last N lines of output"), OPT_END
};

/* DIR, and options before and behind it. */
static const char *parse_attach(const struct applet *self, char **argv,
				struct args *a)
{
	char **words = applet_options(self, argv + 1, a);
	const char *dir = *words;

	if (!dir)
		applet_usage(self, "missing operand: want DIR");
	words = applet_options(self, words + 1, a);
	if (*words)
		applet_usage_q(self, "unexpected operand %s", *words);
	return dir;
}

static int run_attach(const struct applet *self, char **argv)
{
	struct args a = { .detach_keys = "ctrl-p,ctrl-q" };
	struct view_plan plan = { .dir = parse_attach(self, argv, &a) };
	struct errmsg f;
	int value = 0;

	if (detach_keys_parse(&plan.keys, a.detach_keys) < 0)
		applet_usage_q(self, "bad --detach-keys %s: want KEY,...",
			       a.detach_keys);
	plan.lines = a.replay;
	plan.watch = a.no_stdin;
	switch (view_run(&plan, &value, &f)) {
	case VIEW_DETACHED:
		(void)fputs("[detached]\n", stderr);
		return 0;
	case VIEW_SIGNAL:
		termsig_by(value);
	case VIEW_FAILED:
		applet_fail(EXIT_CANCELED, &f);
	case VIEW_ENDED:
		break;
	}
	(void)fprintf(stderr, "[ended with status %d]\n", value);
	return value;
}

static const char *const about[] = {
	"Shows the output of the terminal that conlog keeps in DIR, and sends "
	"it what is typed. Any number of attach may run at a time, and none "
	"of them delays the command or another one: one that is too slow "
	"leaves output out, and says so.",
	"Called from a terminal, attach puts that in raw mode, sets the size "
	"of the other one to its own, and has the program there redraw its "
	"screen. The size is that of the attach that started, was resized or "
	"was typed at last. "
	"The modes that the program has set (mouse, bracketed paste, "
	"alternate screen, hidden cursor) are set here as well, and reset at "
	"the end.",
	"Where conlog keeps the output of pipes and no terminal, attach only "
	"watches, and leaves the terminal that it was called from as it is.",
	"The key sequence ctrl-p,ctrl-q detaches, as in docker(1) and "
	"podman(1). A key that may begin it is held until the next key: where "
	"ctrl-p is typed a lot, choose another one with --detach-keys. What is "
	"pasted waits until the command takes it; where that takes nothing for "
	"2 seconds, keys are dropped, so that those that detach are seen.",
	"With --replay, at most N lines of the last 128 KiB are shown first, "
	"without what would make this terminal answer, ring, or fill the "
	"clipboard again. That works also after the end.",
	NULL
};

static const struct example examples[] = {
	{ "attach d", "attach to the terminal kept in d" },
	{ "attach --replay 20 --no-stdin d", "watch, from 20 lines back" },
	{ "attach --detach-keys ctrl-],d d", "detach with ctrl-] and d" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",
	"detached by the key sequence",
	"125",
	"there is no such terminal, its status is not known, or "
	"attach failed or was called wrongly",
	"else",
	"the exit status of the command on the terminal",
	NULL
};

const struct applet attach_applet = {
	.name = "attach",
	.brief = "attach to a terminal that conlog keeps",
	.operands = "DIR",
	.least = 1,
	.most = 1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "conlog(1), fdrecv(1), winsz(1)",
	.run = run_attach,
};
