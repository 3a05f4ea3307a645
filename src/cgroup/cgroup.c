/* cgroup - make a cgroup, limit, freeze, kill and remove it */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "cgroup/cgfile.h"
#include "cgroup/devcg1.h"
#include "cgroup/devcg2.h"
#include "cgroup/devrule.h"
#include "cgroup/filter.h"
#include "cgroup/groups.h"
#include "cgroup/members.h"
#include "cgroup/runner.h"
#include "cli/applet.h"

struct args {
	struct strlist add;
	struct strlist below;
	struct strlist device;
	const char *file;
	bool filter;
	bool freeze;
	const char *group;
	struct optarg kill;
	bool list;
	bool make;
	int parent;
	bool permitted;
	bool print;
	bool remove;
	struct strlist set;
	bool thaw;
	struct duration timeout;
};

static const struct opt opts[] = {
	OPT('a', add, "PID", "move process PID into the cgroup"),
	OPT('b', below, "[CONTROLLER:]PATH",
	    "act on the cgroup PATH that is below it"),
	OPT('d', device, "RULE", "allow or deny devices, as cgdevice does"),
	OPT('f', file, "FILE",
	    "the directories of the cgroup are listed in FILE"),
	OPT('g', group, "PATH", "the cgroup PATH of every hierarchy"),
	OPT('k', kill, "SIGNAL",
	    "send SIGNAL to its processes; alone: end them all"),
	OPT('l', list, NULL, "print the pids of its processes"),
	OPT('m', make, NULL, "make it, or take one that is not in use"),
	OPT('p', print, NULL, "print its directories, as --file lists them"),
	OPT('r', remove, NULL, "remove it and the cgroups below it"),
	OPT('s', set, "FILE=VALUE", "write VALUE to its file FILE"),
	OPT('t', timeout, "SECS", "give up after SECS (default 10)"),
	OPT(0, filter, NULL,
	    "copy a list of ps(1) from standard input, less other processes"),
	OPT(0, freeze, NULL, "freeze its processes, and wait until all are"),
	OPT(0, parent, "PID", "end when PID, the parent, has died"),
	OPT(0, permitted, NULL,
	    "with --make, leave out hierarchies where that is not permitted"),
	OPT(0, thaw, NULL, "thaw its processes"),
	OPT_END
};

/* The answer is no where it is in use or is not there. */
static void fail_cgroup(const struct errmsg *e)
{
	int status = EXIT_CANCELED;

	if (errno == EBUSY || errno == EDEADLK)
		status = EXIT_FAILURE;
	else if (errno == ETIMEDOUT)
		status = EXIT_TIMEDOUT;
	applet_fail(status, e);
}

static void check_cgroup_args(const struct applet *self, const struct args *a,
			      char **command)
{
	if (!a->group && !a->file)
		applet_usage(self, "missing --group or --file");
	if (a->group && a->file && !a->make)
		applet_usage(self, "--group and --file together need --make");
	if (a->below.n && a->make)
		applet_usage(self, "--below and --make exclude each other");
	if (a->permitted && !a->make)
		applet_usage(self, "--permitted needs --make");
	if (a->freeze && a->thaw)
		applet_usage(self, "--freeze and --thaw exclude each other");
	if (!(a->add.n || a->device.n || a->filter || a->freeze ||
	      a->kill.bare || a->kill.value || a->list || a->make || a->print ||
	      a->remove || a->set.n || a->thaw || *command))
		applet_usage(self, "nothing to do");
}

static int kill_signal(const struct applet *self, const struct optarg *kill)
{
	int signal = kill->value ? text_signal(kill->value) : SIGKILL;

	if (signal < 0)
		applet_usage(self, "bad --kill %s: there is no such signal",
			     Q(kill->value));
	return signal;
}

static void find_groups(const struct args *a, struct groups *g)
{
	struct errmsg e;
	int n = -1, failed = 0;

	if ((a->group ? groups_find(g, a->group, &e)
		      : groups_read(g, a->file, &e)) < 0)
		fail_cgroup(&e);
	for (int i = 0; i < a->below.n && !failed; i++)
		failed = groups_below(g, a->below.v[i], &e);
	if (!failed)
		n = groups_open(g, &e);
	if (n < 0)
		fail_cgroup(&e);
	/* What is listed may never have been made. */
	if (n == 0 && !a->make && a->group)
		errx(EXIT_FAILURE, "there is no cgroup %s", Q(a->group));
}

/* The list is there before what it lists. */
static void make_groups(const struct args *a, struct groups *g)
{
	bool listed = a->group && a->file;
	struct errmsg e;
	int before = g->n;

	if (groups_unused(g, &e) < 0 ||
	    (listed && groups_write(g, a->file, &e) < 0) ||
	    groups_make(g, a->permitted, &e) < 0 ||
	    (listed && g->n != before && groups_write(g, a->file, &e) < 0)) {
		int error = errno;

		groups_undo(g);
		errno = error;
		fail_cgroup(&e);
	}
}

/* Before anything is made. */
static struct devrules *read_rules(const struct args *a)
{
	struct devrules *rules = applet_alloc(1, sizeof(*rules));
	char **words = applet_alloc((size_t)a->device.n + 1, sizeof(*words));
	struct errmsg e;

	for (int i = 0; i < a->device.n; i++)
		words[i] = (char *)a->device.v[i];
	if (devrule_add_words(rules, words, &e) < 0)
		applet_fail(EXIT_CANCELED, &e);
	return rules;
}

/* In another user namespace than the first no device can be made, and those
 * that there are were let in by its owner. */
static bool in_user_namespace(void)
{
	autofd proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[64];

	return proc >= 0 &&
	       cgfile_read(proc, "uid_map", text, sizeof(text)) == 0 &&
	       !strstr(text, " 4294967295");
}

static int set_rules(const struct devrules *rules, const struct groups *g,
		     struct errmsg *e)
{
	const struct group *v1 = groups_with(g, "devices"),
			   *v2 = groups_with(g, "unified");
	int failed;

	if (!rules->n || (!v1 && !v2))
		return 0;
	failed = v1 ? devcg1_set(v1->fd, v1->dir, rules, e)
		    : devcg2_set(v2->fd, v2->dir, rules, e);
	return failed && !in_user_namespace() ? -1 : 0;
}

static int add_processes(const struct args *a, const struct groups *g,
			 struct errmsg *e)
{
	struct cgroups all;
	int pid;

	cgroups_init(&all);
	for (int i = 0; i < g->n; i++)
		if (g->at[i].fd >= 0)
			all.fd[all.n++] = g->at[i].fd;
	for (int i = 0; i < a->add.n; i++) {
		if (text_int(a->add.v[i], 1, INT_MAX, &pid) < 0) {
			(void)errmsg_q(e, 0, "bad --add %s: want a process",
				       a->add.v[i]);
			errno = EINVAL;
			return -1;
		}
		if (cgroups_enter(&all, pid, e) < 0)
			return -1;
	}
	return 0;
}

/* Before a command runs; what was made for it goes where that fails. */
static void configure(const struct args *a, const struct devrules *rules,
		      struct groups *g)
{
	struct errmsg e;
	int error;

	if (groups_set(g, &a->set, &e) == 0 && set_rules(rules, g, &e) == 0 &&
	    add_processes(a, g, &e) == 0)
		return;
	error = errno == EBUSY ? EIO : errno;
	groups_undo(g);
	errno = error;
	fail_cgroup(&e);
}

static int print_pids(const struct groups *g, struct errmsg *e)
{
	struct pids pids = { 0 };

	if (members_list(g, &pids, e) < 0)
		return -1;
	for (size_t i = 0; i < pids.n && !ferror(stdout); i++)
		printf("%d\n", (int)pids.at[i]);
	return 0;
}

static int filter_ps(const struct groups *g, struct errmsg *e)
{
	struct pids pids = { 0 };

	return members_list(g, &pids, e) < 0 || filter_list(&pids, e) < 0 ? -1
									  : 0;
}

static void print_groups(const struct groups *g)
{
	for (int i = 0; i < g->n && !ferror(stdout); i++)
		if (g->at[i].fd >= 0)
			printf("%s %s\n", g->at[i].controllers, g->at[i].dir);
	(void)fflush(stdout);
}

/* Run it and wait; where that fails, what comes after it is done before that is
 * told. */
static int run_command(const struct args *a, struct groups *g, char **command,
		       int signal, int ms)
{
	struct errmsg e, ignored;
	int status = runner_run(g, command, &e), error = errno;

	if (status >= 0)
		return status;
	if (applet_given(&a->kill))
		(void)members_kill(g, signal, ms, &ignored);
	if (a->remove)
		(void)members_remove(g, a->make, applet_given(&a->kill), ms,
				     &ignored);
	errno = error;
	fail_cgroup(&e);
	return -1;
}

/* A cgroup that is made after its death would stay. */
static void tie_to_parent(int parent)
{
	if (parent < 0)
		return;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		err(EXIT_CANCELED, "cannot set the parent-death signal");
	if (getppid() != parent)
		errx(EXIT_CANCELED,
		     "cannot go on: process %d is not the parent", parent);
}

static int run_cgroup(const struct applet *self, char **argv)
{
	struct args a = { .parent = -1 };
	char **command = applet_args(self, argv, &a);
	int signal, ms, status = 0;
	struct devrules *rules;
	struct groups g;
	struct errmsg e;

	tie_to_parent(a.parent);
	check_cgroup_args(self, &a, command);
	signal = kill_signal(self, &a.kill);
	ms = a.timeout.given ? a.timeout.ms : 10000;
	rules = read_rules(&a);
	find_groups(&a, &g);
	if (a.make) {
		mode_t mask = umask(022);

		make_groups(&a, &g);
		(void)umask(mask);
	}
	configure(&a, rules, &g);
	if (a.print)
		print_groups(&g);
	if (*command && !(a.filter || a.freeze || applet_given(&a.kill) ||
			  a.list || a.remove || a.thaw))
		return runner_become(&g, command);
	if (*command)
		status = run_command(&a, &g, command, signal, ms);
	if ((a.freeze && members_freeze(&g, true, ms, &e) < 0) ||
	    (a.list && print_pids(&g, &e) < 0) ||
	    (a.filter && filter_ps(&g, &e) < 0) ||
	    (applet_given(&a.kill) && members_kill(&g, signal, ms, &e) < 0) ||
	    (a.thaw && members_freeze(&g, false, ms, &e) < 0) ||
	    (a.remove &&
	     members_remove(&g, a.make, applet_given(&a.kill), ms, &e) < 0))
		fail_cgroup(&e);
	return status;
}

static const char *const about[] = {
	"Acts on one cgroup in all hierarchies: those of version 1, that of "
	"version 2, or both where a machine has both. They are looked for in "
	"/sys/fs/cgroup. What is asked for is done in this order: --make, "
	"--set, --device, --add, --print, COMMAND, --freeze, --list, --filter, "
	"--kill, --thaw, --remove.",
	"PATH is as in /proc/PID/cgroup if it begins with /, else it is below "
	"the cgroup that the caller is in. --make makes what it is below, too, "
	"with mode 0755; a cgroup that is there already is taken if it has no "
	"processes and is not frozen. All controllers are enabled from the "
	"root down, as far as can be (version 2), and an empty cpuset is filled "
	"from its parent (version 1). A cgroup of version 2 with processes of "
	"its own gives controllers to none below it, so that limits want a PATH "
	"that begins with /.",
	"FILE of --set has the name that the kernel gives it, memory.max or "
	"pids/pids.max; its first part is the controller. Values are written "
	"in order; one that is refused is tried again after the others. RULE "
	"is as in cgdevice(1), one or several words; in a user namespace, "
	"where no device can be made, rules that cannot be set are ignored.",
	"COMMAND is run in the cgroup. With --kill or --remove cgroup waits for "
	"it, passes signals on to it, and ends with its status after that; "
	"with --make as well, --remove removes only what --make has made.",
	"--kill ends every process in the cgroup and below it, frozen or not, "
	"and waits until there is none; what is forked in that time is ended, "
	"too. Another SIGNAL is sent once to each. No process is signalled that "
	"has left the cgroup, or has got the pid of one that was in it.",
	"The list of --file has a line CONTROLLERS DIR for each hierarchy; "
	"CONTROLLERS of version 2 is unified. With --make and --group it is "
	"written, before a directory is made. Directories in it that are not "
	"there are left out. The hierarchy that can freeze comes first. The "
	"root of a hierarchy is refused everywhere.",
	"--below goes further down in the hierarchies that have CONTROLLER, or "
	"in all; the cgroup must be there.",
	NULL
};

static const struct example examples[] = {
	{ "cgroup -g /box -m -s memory.max=100M -k -r -- make",
	  "with at most 100 MiB of memory; nothing is left afterwards" },
	{ "ps -ef | cgroup -g /box --filter", "see its processes" },
	{ "cgroup -g /box --freeze --list",
	  "stop the processes, and see them" },
	{ "cgroup -g /box --kill --remove", "end them, and remove the cgroup" },
	{ "cgroup -g /box -m -f list -s pids.max=9 -a $$",
	  "put the shell into a new cgroup, and note where it is" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",   "it was done, and there was no COMMAND",
	"1",   "there is no such cgroup, it is in use, or cgroup is in it",
	"124", "a time limit ran out",
	"125", "cgroup failed or was called wrongly",
	"126", "COMMAND cannot be executed",
	"127", "COMMAND was not found",
	NULL
};

const struct applet cgroup_applet = {
	.name = "cgroup",
	.brief = "make a cgroup, limit, freeze, kill and remove it",
	.operands = "[[--] COMMAND [ARG]...]",
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "cgdevice(1), pidkill(1), ptyfork(1), cgroups(7)",
	.run = run_cgroup,
};
