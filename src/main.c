/* ptybox - find the applet that was called, and run it */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "chain/chain.h"
#include "chain/selfexe.h"
#include "cli/applet.h"
#include "cli/doc.h"

struct args {
	const char *completion;
	const char *install;
	bool list;
	const char *man;
};

static const struct opt opts[] = {
	OPT(0, completion, "SHELL",
	    "print the completions for bash, zsh or fish"),
	OPT(0, install, "DIR", "make a link in DIR for each applet"),
	OPT(0, list, NULL, "print the names of the applets"),
	OPT(0, man, "APPLET", "print the man page of APPLET"), OPT_END
};

static void print_list(void)
{
	for (int i = 0; applets[i]; i++)
		puts(applets[i]->name);
}

/* A link that leads to target already is as good as a new one. */
static void install_one(const char *target, const char *dir, const char *name)
{
	char path[PATH_MAX], there[PATH_MAX];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX)
		errno = ENAMETOOLONG;
	else if (symlink(target, path) == 0)
		return;
	if (errno != EEXIST)
		err(EXIT_CANCELED, "cannot make link %s", Q(path));
	n = readlink(path, there, sizeof(there));
	if (n < 0 || (size_t)n != strlen(target) ||
	    memcmp(there, target, (size_t)n))
		errx(EXIT_CANCELED,
		     "cannot make link %s: something else is there", Q(path));
}

static void install(const char *dir)
{
	char target[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", target, sizeof(target) - 1);

	if (n < 0)
		err(EXIT_CANCELED, "cannot read link '/proc/self/exe'");
	target[n] = '\0';
	for (int i = 0; applets[i]; i++)
		install_one(target, dir, applets[i]->name);
}

static void print_man(const struct applet *self, const char *name)
{
	const struct applet *found = strcmp(name, self->name) == 0
					     ? self
					     : applet_find(name);

	if (!found)
		applet_usage_q(self, "no applet %s", name);
	doc_man(found);
}

/* ptybox's own work: what its options ask for. */
static int house(const struct applet *self, char **argv)
{
	struct args a = { 0 };
	char **operands = applet_args(self, argv, &a);

	if (*operands)
		applet_usage_q(self, "no applet %s", *operands);
	if (!argv[1])
		doc_help(self);
	if (a.completion && doc_completion(a.completion, self) < 0)
		applet_usage_q(self,
			       "bad --completion %s: want bash, zsh or fish",
			       a.completion);
	if (a.install)
		install(a.install);
	if (a.list)
		print_list();
	if (a.man)
		print_man(self, a.man);
	return 0;
}

static const char *const about[] = {
	"A toolbox for terminals, namespaces and file descriptors, made for "
	"the shell. One program holds all tools: each is called by a link of "
	"its name, or as the first operand.",
	NULL
};

static const struct example examples[] = {
	{ "ptybox --install ~/bin", "make the links" },
	{ "ptybox ptyfork ls", "run a tool without a link" },
	{ NULL, NULL }
};

static const struct applet box = {
	.name = "ptybox",
	.brief = "terminals, namespaces and file descriptors for the shell",
	.operands = "[APPLET [ARG]...]",
	.least = 0,
	.most = -1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.see = "namespaces(7), pty(7), unix(7)",
	.run = house,
};

/*
 * What the caller left us is not to be trusted. Nothing is opened before the
 * first two questions are asked; and an ignored SIGCHLD or a blocked signal
 * would change what waiting for a command means.
 */
static void sane_start(int argc, char **argv)
{
	sigset_t none;

	if (argc < 1 || !argv[0] || !argv[0][0])
		errx(EXIT_CANCELED, "cannot run without a name in argv[0]");
	if (getauxval(AT_SECURE))
		errx(EXIT_CANCELED, "cannot run with the rights of a file "
				    "(set-user-ID or capabilities)");
	if (fd_stdio() < 0)
		err(EXIT_CANCELED, "cannot open '/dev/null'");
	(void)sigemptyset(&none);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		err(EXIT_CANCELED, "cannot reset signals");
}

/* The applet that the words ask for, the box itself if none; moves to it. */
static const struct applet *asked(char ***argv)
{
	const char *slash = strrchr(**argv, '/');
	const struct applet *self = applet_find(slash ? slash + 1 : **argv);

	if (!self && (*argv)[1]) {
		self = applet_find((*argv)[1]);
		*argv += self ? 1 : 0;
	}
	return self ? self : &box;
}

int main(int argc, char **argv)
{
	/* One message is one write(2): others write to the terminal too. */
	char line[2048];
	const struct applet *self;
	struct errmsg f;

	program_invocation_short_name = (char *)box.name;
	(void)setvbuf(stderr, line, _IOLBF, sizeof(line));
	sane_start(argc, argv);
	self = asked(&argv);
	argv[0] = program_invocation_short_name = (char *)self->name;
	if (chain_enters(argv) && selfexe_seal(argv, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	applet_exit(chain_start(self, argv));
}
