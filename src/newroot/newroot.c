/* newroot - make a directory the root, with what a container needs in it */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "newroot/maskpaths.h"
#include "newroot/setup.h"
#include "ns/ns.h"
#include "ns/opener.h"
#include "proc/caps.h"
#include "proc/keyring.h"
#include "root/mountopt.h"
#include "root/root.h"
#include "tty/tty.h"

struct args {
	struct strlist mask;
	bool no_ctty;
	const char *preserve_fds;
	const char *propagation;
	bool read_only;
	struct strlist readonly_path;
	struct oplist steps;
};

static const struct opt opts[] = {
	OPT_NAMED(0, "bind", steps, "SRC DST",
		  "bind SRC and what is mounted below, with nodev"),
	OPT_NAMED(0, "bind_data", steps, "FD DST",
		  "mount a file with what FD has, mode 0600"),
	OPT_NAMED(0, "bind_try", steps, "SRC DST",
		  "the same, ignored if SRC does not exist"),
	OPT_NAMED(0, "dev", steps, "DST", "make a new /dev at DST"),
	OPT_NAMED(0, "dev_bind", steps, "SRC DST",
		  "bind SRC and what is mounted below, devices included"),
	OPT_NAMED(0, "dev_bind_try", steps, "SRC DST",
		  "the same, ignored if SRC does not exist"),
	OPT_NAMED(0, "device", steps, "PATH TYPE MAJOR:MINOR MODE UID:GID",
		  "make a device, or a FIFO: TYPE c, b or p"),
	OPT_NAMED(0, "devices", steps, "DST",
		  "make the standard devices in the directory DST"),
	OPT_NAMED(0, "dir", steps, "DST", "make a directory"),
	OPT_NAMED(0, "dir_try", steps, "DST",
		  "the same, ignored if it cannot be made"),
	OPT_NAMED(0, "file", steps, "FD DST",
		  "copy what FD has to a file of the root, mode 0644"),
	OPT(0, mask, "PATH",
	    "hide PATH: an empty directory, or /dev/null, over it"),
	OPT_NAMED(0, "mount", steps, "TYPE SRC DST OPTS",
		  "mount as mount -t TYPE -o OPTS SRC DST does"),
	OPT_NAMED(0, "mqueue", steps, "DST", "mount a new mqueue"),
	OPT(0, no_ctty, NULL, "give up the controlling terminal"),
	OPT_NAMED(0, "perms", steps, "OCTAL",
		  "give the next --tmpfs, --dir or file that mode"),
	OPT(0, preserve_fds, "LIST",
	    "pass descriptors on: a count from 3 up, a list (5,63) or all"),
	OPT_NAMED(0, "proc", steps, "DST", "mount a new proc"),
	OPT(0, propagation, "WORD",
	    "set the propagation of the root (rslave, shared...)"),
	OPT(0, read_only, NULL, "make the root read-only, not what is in it"),
	OPT(0, readonly_path, "PATH",
	    "make PATH read-only, and what is mounted below"),
	OPT_NAMED(0, "ro_bind", steps, "SRC DST", "bind SRC read-only"),
	OPT_NAMED(0, "ro_bind_data", steps, "FD DST",
		  "the same as --bind-data, read-only"),
	OPT_NAMED(0, "ro_bind_try", steps, "SRC DST",
		  "the same, ignored if SRC does not exist"),
	OPT_NAMED(0, "symlink", steps, "TARGET PATH", "make a symbolic link"),
	OPT_NAMED(0, "tmpfs", steps, "DST", "mount a new tmpfs, mode 0755"),
	OPT_END
};

struct job {
	const struct applet *self;
	struct chain *chain;
	struct args a;
	struct setup *steps; /* one an option */
	const char *dir;
	char **command;
	struct setup_target to;
	struct mountopt propagation;
};

/* What the root is to be for those outside, or they for it. */
static uint64_t propagation(const struct job *j)
{
	return j->propagation.flat.propagation |
	       j->propagation.deep.propagation;
}

/* And until it is entered: a root that is shared is so with what is inside, and
 * gets what is mounted outside, which never sees what is mounted inside. */
static uint64_t inner(const struct job *j)
{
	return propagation(j) & (MS_SLAVE | MS_SHARED) ? MS_SLAVE : MS_PRIVATE;
}

/* One of the words that --mount has for it, and no other. */
static void read_root_propagation(struct job *j)
{
	const char *word = j->a.propagation;
	struct mountopt *o = &j->propagation;

	if (!word)
		return;
	if (mountopt_parse(o, word) < 0 || !propagation(j) || o->n > 0 ||
	    strchr(word, ','))
		applet_usage_q(j->self,
			       "bad --propagation %s: want private, slave, "
			       "shared or unbindable, or r before it",
			       word);
	for (int i = 0; i < j->a.steps.n; i++)
		j->steps[i].plan.propagation = inner(j);
}

/* Words that were meant to be operands may have become an option's. */
static void missing_operand(const struct job *j)
{
	const struct opt *o = opts;
	int n = j->a.steps.n;

	while (n > 0 && strcmp(o->name, j->a.steps.at[n - 1].name) != 0)
		o++;
	if (n > 0)
		applet_usage(j->self, "missing operand: want %s (%s took %s)",
			     j->self->operands, OPT_TYPED(o), o->value);
	applet_usage(j->self, "missing operand: want %s", j->self->operands);
}

/* Nothing is changed before all words are known to be right. */
static void read_words(struct job *j, char **argv)
{
	char **operands = applet_args(j->self, argv, &j->a);
	struct errmsg f;

	j->steps = applet_alloc((size_t)j->a.steps.n, sizeof(*j->steps));
	j->to.places = applet_alloc((size_t)j->a.steps.n,
				    sizeof(*j->to.places));
	if (!operands[0] || !operands[1])
		missing_operand(j);
	j->dir = operands[0];
	j->command = operands + 1;
	if (strcmp(*j->command, "--") == 0 && !*++j->command)
		applet_usage(j->self, "missing COMMAND");
	if (**j->command == '-')
		applet_usage_q(j->self, "option %s comes after DIR",
			       *j->command);
	if (j->a.steps.n > 0 &&
	    strcmp(j->a.steps.at[j->a.steps.n - 1].name, "perms") == 0)
		applet_usage(j->self, "--perms needs --tmpfs, --dir, --file, "
				      "--bind-data or --ro-bind-data after it");
	for (int i = 0; i < j->a.steps.n; i++) {
		const struct op *o = &j->a.steps.at[i];

		if (setup_read(&j->steps[i], i > 0 ? &j->steps[i - 1] : NULL,
			       o->name, o->v, &f) < 0)
			applet_usage(j->self, "%s", f.what);
	}
	read_root_propagation(j);
	if (chain_preserve(j->chain, j->a.preserve_fds, &f) < 0)
		applet_refuse(j->self, &f);
}

/* All that is in a mount namespace enters a root: never the caller's. */
static int own_mounts(struct chain *c, struct errmsg *f)
{
	c->own_mounts = c->own_mounts || unshare(CLONE_NEWNS) == 0;
	if (c->own_mounts)
		return 0;
	if (errno != EPERM)
		return errmsg(f, errno, "cannot make a mount namespace%s",
			      ns_used_up(errno));
	return errmsg(
		f, 0,
		"cannot make a mount namespace: not permitted (an "
		"unprivileged user calls 'ptyfork -r -m -- newroot ...')");
}

/* What of the words names paths of the host, opened by these alone. */
struct early {
	int dir;
	int *source; /* one a step */
};

/* What is wrong with the words is told when the step comes. */
static void *open_paths(const struct applet *self, char **argv, int opener)
{
	struct early *e = applet_alloc(1, sizeof(*e));
	struct args a = { 0 };
	char **operands = applet_args(self, argv, &a);
	struct setup s;
	struct errmsg f;

	e->source = applet_alloc((size_t)a.steps.n, sizeof(*e->source));
	e->dir = operands[0] ? opener_open(opener, operands[0], O_DIRECTORY)
			     : -1;
	for (int i = 0; i < a.steps.n; i++) {
		const struct op *o = &a.steps.at[i];
		bool bind = setup_read(&s, NULL, o->name, o->v, &f) == 0 &&
			    s.kind == SETUP_MOUNT && !s.plan.type;

		e->source[i] = bind ? opener_open(opener, s.plan.from, 0) : -1;
		if (bind && e->source[i] < 0)
			e->source[i] = -1 - errno;
	}
	return e;
}

static int prepare_mounts(struct job *j, struct errmsg *f)
{
	const struct early *e = j->chain->early;
	int made = 0;

	for (int i = 0; e && i < j->a.steps.n; i++)
		j->steps[i].plan.at = e->source[i];
	for (int i = 0; i < j->a.steps.n && made == 0; i++)
		made = setup_prepare(&j->steps[i], f);
	return made;
}

/*
 * From here on nothing that is mounted is seen outside, while what is mounted
 * outside can still appear in a bind that is to be a slave. A bind that is to
 * be shared was taken from what was shared, before this.
 */
static int cut_off(struct errmsg *f)
{
	return ns_propagate(MS_SLAVE, f);
}

/* What takes away comes last, or what is made could not be made. */
static int set_up_root(struct job *j, struct errmsg *f)
{
	const struct args *a = &j->a;
	int done = 0;

	for (int i = 0; i < a->steps.n && done == 0; i++)
		done = setup_put(&j->steps[i], &j->to, f);
	if (done == 0)
		done = setup_lock(&j->to, f);
	for (int i = 0; i < a->mask.n && done == 0; i++)
		done = mask_path(&j->to, a->mask.v[i], f);
	for (int i = 0; i < a->readonly_path.n && done == 0; i++)
		done = readonly_path(&j->to, a->readonly_path.v[i], f);
	if (a->read_only && done == 0)
		done = root_read_only(&j->to.root, f);
	return done;
}

static int early_dir(const struct job *j)
{
	const struct early *e = j->chain->early;

	return e ? e->dir : -1;
}

static int propagate(const struct job *j, struct errmsg *f)
{
	const uint64_t how = propagation(j);
	const bool deep = j->propagation.deep.propagation;

	if (how == 0 ||
	    mount(NULL, "/", NULL, how | (deep ? MS_REC : 0), NULL) == 0)
		return 0;
	return errmsg(f, errno, "cannot set the propagation of the root");
}

static int enter_new_root(struct job *j, struct errmsg *f)
{
	mode_t mask;

	/* By the /dev/tty of here: that of the root is its own, or none. */
	if (j->a.no_ctty && tty_forget() < 0)
		return errmsg(f, errno, "cannot give the terminal up");
	if (root_supported(f) < 0 || own_mounts(j->chain, f) < 0 ||
	    prepare_mounts(j, f) < 0 || cut_off(f) < 0 ||
	    root_open(&j->to.root, j->dir, early_dir(j), inner(j), f) < 0)
		return -1;
	j->to.terminal = terminal_find(j->chain);
	/* What is made has the mode that it is to have. */
	mask = umask(0);
	if (set_up_root(j, f) < 0 || root_enter(&j->to.root, f) < 0)
		return -1;
	if (propagate(j, f) < 0)
		return -1;
	terminal_close(&j->to.terminal, j->chain);
	(void)umask(mask);
	/* What a caller outside can pass on is nothing for a command inside. */
	if (caps_inherit_none() < 0)
		return errmsg(f, errno, "cannot drop inheritable capabilities");
	if (keyring_new() < 0)
		return errmsg(f, errno, "cannot make a keyring");
	return 0;
}

static int newroot_step(const struct applet *self, char **argv,
			struct chain *chain)
{
	struct job j = { .self = self, .chain = chain, .to.empty = -1 };
	struct errmsg f;
	int status = EXIT_CANCELED;

	read_words(&j, argv);
	if (enter_new_root(&j, &f) == 0)
		status = chain_run(chain, j.command, &f);
	applet_fail(status, &f);
}

static const char *const about[] = {
	"Makes DIR the root, in a mount namespace of its own, with what the "
	"options mount and make in it, in their order, and becomes COMMAND. "
	"Nothing else of the host's file systems can be reached then. What is "
	"mounted at / is the root itself, and covers DIR.",
	"Destinations are looked up inside the root, and what is missing is "
	"made there. Symbolic links are followed as inside the root, and what "
	"a dangling one names is made; but on the way to proc, sysfs, devpts, "
	"mqueue, cgroups and /dev a link is an error.",
	"OPTS are those of mount(8), separated by commas (\\, is a comma in a "
	"value): ro, nosuid, nodev, noexec, noatime and their opposites, with "
	"an r before them for all mounts below as well (rro); bind and rbind; "
	"private, slave, shared, unbindable, with r as well; tmpcopyup, for a "
	"tmpfs that starts with copies of the files that it covers; for a bind, "
	"X-mount.idmap=u:0:1000:1 g:0:1000:1 maps owners, as mount(8) does, and "
	"ridmap those of all mounts below as well. Others are "
	"passed to the file system. A tmpfs without mode= has the mode of the "
	"directory that it covers, or 1777 where there was none; with tmpcopyup "
	"and without uid= or gid= its owner, too. Type devpts is "
	"the terminal's own instance with these options; type cgroup is all "
	"hierarchies of version 1 that the host has, or its cgroup2.",
	"A bind is private unless OPTS or --propagation say otherwise. A slave "
	"gets what is mounted on the host later; a shared one also passes "
	"mounts on to the host, where ptyfork was given --propagation "
	"unchanged, or was not used.",
	"--bind-data and --ro-bind-data read FD to its end and mount a file with "
	"that, as bwrap(1) does: what is there in DIR stays as it is. --file "
	"replaces it.",
	"--mask and --readonly-path are applied last; paths that do not exist "
	"are ignored. With --read-only the root itself cannot be written to, "
	"while /dev, /proc and other mounts in it stay as they are.",
	"--dev makes the devices that every program expects, /dev/shm, "
	"/dev/mqueue and /dev/pts on a new tmpfs. Under ptyfork --mount the "
	"terminal is in that /dev/pts, and is /dev/console. --devices makes "
	"the devices alone, in the directory that is there. Where mknod(2) is "
	"not permitted, the host's devices are bound.",
	"COMMAND has no inheritable capabilities, a new session keyring, and no "
	"descriptors from 3 up but those of --preserve-fds. It keeps the "
	"controlling terminal, into which it could type by TIOCSTI where the "
	"kernel allows that (sysctl dev.tty.legacy_tiocsti): --no-ctty, or a "
	"terminal of its own by ptyfork, prevents it.",
	NULL
};

static const struct example examples[] = {
	{ "newroot --proc /proc --dev /dev ./rootfs -- /bin/sh",
	  "as root, in the caller's other namespaces" },
	{ "ptyfork -m -p -i -u -r -- newroot --proc /proc --dev /dev ./rootfs "
	  "-- /bin/sh",
	  "a container of an unprivileged user" },
	{ "newroot --mount proc proc /proc hidepid=invisible,nosuid ./rootfs "
	  "/bin/ps",
	  "a proc with options" },
	{ "newroot --ro-bind-data 3 /etc/hosts ./rootfs sh 3<hosts",
	  "a file's content, without its name" },
	{ "newroot --ro-bind / / --tmpfs /tmp --no-ctty / make",
	  "the host's files read-only, and a /tmp of its own" },
	{ NULL, NULL }
};

const struct applet newroot_applet = {
	.name = "newroot",
	.brief = "make a directory the root, and run a command in it",
	.operands = "DIR [--] COMMAND [ARG]...",
	.least = 0,
	.most = -1,
	.command = true,
	.enters = true,
	.opts = opts,
	.about = about,
	.examples = examples,
	.see = "bwrap(1), confine(1), ptyfork(1), pivot_root(2), mount(8)",
	.step = newroot_step,
	.early = open_paths,
};
