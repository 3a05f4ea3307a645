/* confine - give up privileges, then become a command */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "confine/privdump.h"
#include "cred/creds.h"
#include "cred/label.h"
#include "cred/rlimit.h"
#include "cred/sched.h"
#include "cred/seccomp.h"
#include "tty/tty.h"
#include "user/users.h"

/* As login(1) sets it where nothing is configured. */
#define ROOT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define USER_PATH "/usr/local/bin:/usr/bin:/bin"

struct args {
	const char *apparmor_profile;
	const char *argv0;
	const char *chdir;
	bool clear_env;
	bool dump;
	struct strlist env;
	int hold;
	bool home;
	bool keep_groups;
	bool make_dir;
	bool no_ctty;
	bool no_default_path;
	bool no_new_privs;
	bool no_tools;
	const char *oom_score_adj;
	const char *preserve_fds;
	bool reset_env;
	struct strlist rlimit;
	const char *seccomp_filter;
	const char *seccomp_flags;
	const char *selinux_label;
	const char *umask;
	struct creds_words words;
	struct sched_words sched;
};

static const struct opt opts[] = {
	OPT('d', dump, NULL, "print the resulting state; no COMMAND"),
	OPT_NAMED(0, "ambient_caps", words.ambient_caps, "CAPS",
		  "set the ambient capabilities"),
	OPT(0, apparmor_profile, "NAME",
	    "run COMMAND under that AppArmor profile"),
	OPT(0, argv0, "NAME", "pass NAME as COMMAND's argument 0"),
	OPT_NAMED(0, "bounding_set", words.bounding_set, "CAPS",
		  "set the capability bounding set"),
	OPT(0, chdir, "DIR", "make DIR the working directory"),
	OPT(0, clear_env, NULL, "start from an empty environment"),
	OPT_NAMED(0, "clear_groups", words.clear_groups, NULL,
		  "clear the supplementary groups"),
	OPT_NAMED(0, "cpu_list", sched.cpus, "LIST",
		  "run on these CPUs alone: 0-3,8"),
	OPT(0, env, "NAME=VALUE", "set a variable of the environment"),
	OPT_NAMED(0, "groups", words.groups, "LIST",
		  "set the supplementary groups, numbers or names"),
	OPT(0, hold, "FD", "wait for a byte from FD before running COMMAND"),
	OPT(0, home, NULL,
	    "set HOME from /etc/passwd if the environment has none"),
	OPT_NAMED(0, "inh_caps", words.inh_caps, "CAPS",
		  "set the inheritable capabilities"),
	OPT_NAMED(0, "init_groups", words.init_groups, NULL,
		  "set the groups that /etc/group has for the user"),
	OPT_NAMED(0, "ionice", sched.ionice, "CLASS[:N]",
		  "set the I/O class: none, idle, best-effort, realtime"),
	OPT(0, keep_groups, NULL, "leave the supplementary groups as they are"),
	OPT(0, make_dir, NULL, "with --chdir, make DIR if it is missing"),
	OPT_NAMED(0, "nice", sched.nice, "N", "set the nice value, -20 to 19"),
	OPT(0, no_ctty, NULL, "give up the controlling terminal"),
	OPT(0, no_default_path, NULL,
	    "do not use a default path if PATH is not set"),
	OPT(0, no_new_privs, NULL,
	    "set no_new_privs: no exec grants privileges"),
	OPT(0, no_tools, NULL,
	    "run the program, even if COMMAND is the name of one of these tools"),
	OPT(0, oom_score_adj, "N",
	    "set the OOM score adjustment, -1000 to 1000"),
	OPT_NAMED(0, "personality", sched.personality, "NAME",
		  "set the personality: linux, linux32"),
	OPT(0, preserve_fds, "LIST",
	    "pass descriptors on: a count from 3 up, a list (5,63) or all"),
	OPT_NAMED(0, "regid", words.regid, "GID",
		  "set the group ID, a number or a name"),
	OPT(0, reset_env, NULL,
	    "clear the environment, and set HOME, SHELL, USER, LOGNAME, PATH"),
	OPT_NAMED(0, "reuid", words.reuid, "UID",
		  "set the user ID, a number or a name"),
	OPT(0, rlimit, "NAME=SOFT[:HARD]", "set a resource limit"),
	OPT_NAMED(0, "sched_deadline", sched.deadline, "NS",
		  "set the deadline of the policy deadline"),
	OPT_NAMED(0, "sched_flags", sched.flags, "LIST",
		  "set flags of the policy: reset-on-fork..."),
	OPT_NAMED(0, "sched_period", sched.period, "NS",
		  "set the period of the policy deadline"),
	OPT_NAMED(0, "sched_priority", sched.priority, "N",
		  "set the priority of the policies fifo and rr, 1 to 99"),
	OPT_NAMED(0, "sched_runtime", sched.runtime, "NS",
		  "set the runtime of the policy deadline"),
	OPT_NAMED(0, "scheduler", sched.policy, "POLICY",
		  "schedule as other, batch, idle, fifo, rr or deadline"),
	OPT(0, seccomp_filter, "FILE",
	    "load a seccomp filter last: FILE, fd:N, data:BASE64"),
	OPT(0, seccomp_flags, "LIST",
	    "load it with flags: log, spec-allow, tsync"),
	OPT(0, selinux_label, "LABEL", "run COMMAND under that SELinux label"),
	OPT(0, umask, "OCTAL", "set the mask for new files"),
	OPT_END
};

/* What the words mean, all of it known before the first change. */
struct plan {
	struct creds creds;
	int limits;
	struct limit *limit;
	int oom;
	unsigned umask;
	struct sched sched;
	struct seccomp *filter;
};

static void check_words(const struct applet *self, const struct args *a,
			const char *command)
{
	const struct creds_words *w = &a->words;
	int groups = !!w->groups + w->clear_groups + w->init_groups +
		     a->keep_groups;

	if (!a->dump && !command)
		applet_usage(self, "missing operand: want %s", self->operands);
	if (a->dump && command)
		applet_usage(self, "--dump takes no command");
	if (a->dump && (a->hold >= 0 || a->preserve_fds))
		applet_usage(self, "--hold and --preserve-fds are for a "
				   "command");
	if (groups > 1)
		applet_usage(self, "--groups, --clear-groups, --init-groups "
				   "and --keep-groups exclude each other");
	if (w->regid && groups == 0)
		applet_usage(self, "--regid needs --groups, --clear-groups, "
				   "--init-groups or --keep-groups");
	if (a->make_dir && !a->chdir)
		applet_usage(self, "--make-dir needs --chdir");
	if (a->seccomp_flags && !a->seccomp_filter)
		applet_usage(self, "--seccomp-flags needs --seccomp-filter");
	if (w->init_groups && !w->reuid)
		applet_usage(self, "--init-groups needs --reuid");
}

static void bad_word(const struct applet *self, const char *option,
		     const char *word, const char *why)
{
	applet_usage(self, "bad %s %s: %s", option, Q(word), why);
}

static void parse_creds(const struct applet *self, const struct args *a,
			struct creds *c)
{
	struct errmsg f;

	if (creds_parse(&a->words, c, &f) == 0)
		return;
	if (errno == EINVAL)
		applet_usage(self, "%s", f.what);
	applet_fail(EXIT_CANCELED, &f);
}

static bool parse_umask(const char *word, unsigned *mask)
{
	size_t n = strspn(word, "01234567");

	if (n == 0 || n > 4 || word[n])
		return false;
	*mask = (unsigned)strtoul(word, NULL, 8);
	return *mask <= 0777;
}

static void parse_numbers(const struct applet *self, const struct args *a,
			  struct plan *p)
{
	struct errmsg f;

	p->limit = applet_alloc((size_t)a->rlimit.n, sizeof(*p->limit));
	for (int i = 0; i < a->rlimit.n; i++) {
		const char *word = a->rlimit.v[i];

		if (rlimit_parse(word, &p->limit[p->limits++], &f) < 0)
			bad_word(self, "--rlimit", word, f.what);
	}
	if (a->oom_score_adj && rlimit_parse_oom(a->oom_score_adj, &p->oom) < 0)
		bad_word(self, "--oom-score-adj", a->oom_score_adj,
			 "want -1000 to 1000");
	if (a->umask && !parse_umask(a->umask, &p->umask))
		bad_word(self, "--umask", a->umask,
			 "want octal digits, up to 0777");
}

static void check_env(const struct applet *self, const struct strlist *env)
{
	for (int i = 0; i < env->n; i++) {
		size_t n = strcspn(env->v[i], "=");

		if (n == 0 || !env->v[i][n])
			bad_word(self, "--env", env->v[i], "want NAME=VALUE");
	}
}

static void accept_fds(const struct applet *self, const struct args *a,
		       struct chain *chain)
{
	struct errmsg f;

	if (a->hold >= 0 && a->hold < 3)
		applet_usage(self, "bad --hold '%d': want a descriptor from 3",
			     a->hold);
	if (a->hold >= 0 && !fd_passed(a->hold))
		errx(EXIT_CANCELED,
		     "cannot wait on fd %d: it was not passed on", a->hold);
	if (a->hold >= 0 && chain->hold >= 0)
		errx(EXIT_CANCELED,
		     "cannot wait on fd %d: a tool before waits on "
		     "fd %d",
		     a->hold, chain->hold);
	if (a->hold >= 0)
		chain->hold = a->hold;
	if (chain_preserve(chain, a->preserve_fds, &f) < 0)
		applet_refuse(self, &f);
}

static void make_plan(const struct applet *self, const struct args *a,
		      struct chain *chain, struct plan *p)
{
	struct errmsg f;

	*p = (struct plan){ .creds = { .no_new_privs = a->no_new_privs,
				       .filter = a->seccomp_filter,
				       .chdir = a->chdir,
				       .stdio = chain->stdio } };
	parse_numbers(self, a, p);
	if (sched_parse(&a->sched, &p->sched, &f) < 0)
		applet_usage(self, "%s", f.what);
	check_env(self, &a->env);
	parse_creds(self, a, &p->creds);
	accept_fds(self, a, chain);
	if (a->seccomp_filter) {
		p->filter = seccomp_read(a->seccomp_filter, &f);
		if (!p->filter)
			applet_fail(EXIT_CANCELED, &f);
		if (chain->filter)
			errx(EXIT_CANCELED,
			     "cannot use filter %s: a tool before "
			     "has one",
			     Q(a->seccomp_filter));
		chain->filter = p->filter;
	}
	if (p->filter && a->seccomp_flags &&
	    seccomp_flags(p->filter, a->seccomp_flags) < 0)
		bad_word(self, "--seccomp-flags", a->seccomp_flags,
			 "want some of log, spec-allow, tsync");
	if (creds_check(&p->creds, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
}

/* Each directory of the way that is missing, whatever the mask is. */
static int make_directories(const char *dir)
{
	mode_t mask = umask(022);
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s", dir), made = 0;

	for (char *at = path + 1; n > 0 && made == 0; at++) {
		char c = *at;

		if (c && c != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			made = -1;
		*at = c;
		if (!c)
			break;
	}
	(void)umask(mask);
	return made;
}

static void set_home(const struct plan *p)
{
	const char *now = getenv("HOME");
	char home[PATH_MAX] = "/";
	uid_t uid = p->creds.has_uid ? p->creds.uid : geteuid();

	if (now && *now)
		return;
	(void)users_home(uid, home);
	if (setenv("HOME", home, 1) < 0)
		err(EXIT_CANCELED, "cannot set HOME");
}

static void set_variable(const char *name, const char *value)
{
	if (setenv(name, value, 1) < 0)
		err(EXIT_CANCELED, "cannot set %s", name);
}

/* As setpriv(1) and login(1) have it. */
static void reset_env(const struct plan *p)
{
	uid_t uid = p->creds.has_uid ? p->creds.uid : geteuid();
	char *term = getenv("TERM");
	struct users_account account;
	struct errmsg f;

	if (users_account(uid, &account, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	term = term ? strdup(term) : NULL;
	if (clearenv() != 0)
		errx(EXIT_CANCELED, "cannot clear the environment");
	if (term)
		set_variable("TERM", term);
	set_variable("HOME", account.home);
	set_variable("SHELL", account.shell);
	set_variable("USER", account.name);
	set_variable("LOGNAME", account.name);
	set_variable("PATH", uid == 0 ? ROOT_PATH : USER_PATH);
}

/* While rights are there, for the exec to come. */
static void apply_session(const struct args *a)
{
	struct errmsg f;

	if (a->no_ctty && tty_forget() < 0)
		err(EXIT_CANCELED, "cannot give the terminal up");
	if (a->apparmor_profile && label_apparmor(a->apparmor_profile, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	if (a->selinux_label && label_selinux(a->selinux_label, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
}

/* The score goes first: a low limit could forbid to open its file. */
static void apply(const struct args *a, const struct plan *p)
{
	struct errmsg f;

	if (a->oom_score_adj && rlimit_set_oom(p->oom, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	if (sched_apply(&p->sched, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	for (int i = 0; i < p->limits; i++) {
		if (rlimit_set(&p->limit[i], &f) < 0)
			applet_fail(EXIT_CANCELED, &f);
	}
	if (a->make_dir && access(a->chdir, F_OK) < 0 && errno == ENOENT &&
	    make_directories(a->chdir) < 0)
		err(EXIT_CANCELED, "cannot make directory %s", Q(a->chdir));
	apply_session(a);
	if (creds_apply(&p->creds, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	if (a->umask)
		(void)umask((mode_t)p->umask);
	if (a->reset_env)
		reset_env(p);
	else if (a->clear_env && clearenv() != 0)
		errx(EXIT_CANCELED, "cannot clear the environment");
	for (int i = 0; i < a->env.n; i++) {
		if (putenv((char *)a->env.v[i]) != 0)
			err(EXIT_CANCELED, "cannot set %s", Q(a->env.v[i]));
	}
	if (a->home)
		set_home(p);
}

static int dump(const struct plan *p)
{
	if (p->filter && seccomp_load(p->filter) < 0)
		err(EXIT_CANCELED, "cannot load the seccomp filter");
	privdump_print(stdout);
	return 0;
}

static int confine_step(const struct applet *self, char **argv,
			struct chain *chain)
{
	struct args a = { .hold = -1 };
	char **command = applet_args(self, argv, &a);
	struct errmsg f;
	struct plan p;
	int status;

	check_words(self, &a, *command);
	make_plan(self, &a, chain, &p);
	apply(&a, &p);
	if (a.dump)
		return dump(&p);
	/* A label is for an exec, which a tool of this binary does without. */
	chain->no_tools |= a.no_tools || a.apparmor_profile || a.selinux_label;
	chain->no_default_path |= a.no_default_path;
	if (a.argv0)
		chain->argv0 = a.argv0;
	status = chain_run(chain, command, &f);
	applet_fail(status, &f);
}

static const char *const about[] = {
	"Changes what this process may do and where it works, then becomes "
	"COMMAND. The words are those of setpriv(1). All of them are checked "
	"before the first change; a step that cannot be done is an error. "
	"Users and groups are looked up in the /etc/passwd and /etc/group of "
	"the present root, without name services.",
	"CAPS is a list of names as in capabilities(7), separated by commas, or "
	"all, none, cap_N. A name after + or - is added to the present set or "
	"taken from it; a list that begins with a plain name is the whole set.",
	"A number alone in --rlimit is both limits; a limit may be unlimited. "
	"The limits are those of getrlimit(2): as, core, cpu, data, fsize, "
	"locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, "
	"sigpending, stack.",
	"The scheduler's options are those of chrt(1), nice(1), taskset(1), "
	"ionice(1) and setarch(8). LIST of --sched-flags is of "
	"sched_setattr(2): reset-on-fork, reclaim, dl-overrun, keep-policy, "
	"keep-params, util-clamp-min, util-clamp-max. Without a level N of 0 "
	"(the highest) to 7, CLASS best-effort and realtime have 4.",
	"FILE is an array of struct sock_filter, as bwrap takes it; it is looked "
	"up in the present root, so after newroot inside it. fd:N is such a "
	"file that is open, data:BASE64 the array itself.",
	"The working directory is entered with the privileges of before, and if "
	"they do not suffice with those of after. With --reuid the terminal on "
	"standard input, output and error is given to the user where this "
	"process leads its session. COMMAND keeps the controlling terminal, "
	"into which it could type by TIOCSTI where the kernel allows that "
	"(sysctl dev.tty.legacy_tiocsti): --no-ctty prevents it.",
	"--reset-env keeps TERM alone, and sets HOME, SHELL, USER, LOGNAME and "
	"PATH for the user, as setpriv(1) does.",
	NULL
};

static const struct example examples[] = {
	{ "confine --reuid bob --regid bob --init-groups -- id",
	  "as the user bob" },
	{ "confine --bounding-set=-all --no-new-privs -- sh",
	  "without a way to privileges" },
	{ "confine --scheduler batch --nice 10 --ionice idle -- make",
	  "behind everything else" },
	{ "confine --rlimit nofile=64 --dump", "see what that does" },
	{ NULL, NULL }
};

const struct applet confine_applet = {
	.name = "confine",
	.brief = "give up privileges, then run a command",
	.operands = "[--] COMMAND [ARG]...",
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.see = "newroot(1), ptyfork(1), setpriv(1), seccomp(2), "
	       "capabilities(7)",
	.step = confine_step,
};
