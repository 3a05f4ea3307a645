/* ptyfork - run a command on a new terminal, in new or joined namespaces */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "chain/selfexe.h"
#include "cli/applet.h"
#include "cred/sched.h"
#include "ns/opener.h"
#include "proc/procdir.h"
#include "ptyfork/manual.h"
#include "ptyfork/nsplan.h"
#include "ptyfork/parent.h"
#include "tty/tty.h"

#define TIMEOUT_MS 10000 /* for a receiver to connect to and to answer */

struct args {
	struct nsplan ns;
	struct optarg ack, kill_child, mount_proc;
	bool caller_devpts, creds, default_signals, detach, echo, env, init,
		keep_pid_file, no_tty, onlcr, raw, split_stderr;
	int err;
	const char *console_socket, *cpu_list, *hold, *hostname, *messages,
		*payload, *peer_uid, *pid_file, *preserve_fds, *pid_start,
		*size, *target, *tty;
	struct strlist hook;
	struct duration timeout;
};

static const struct opt opts[] = {
	OPT_DIR('C', "cgroup", ns.cgroup, "DIR",
		"create a cgroup namespace; with DIR, start in that cgroup"),
	OPT_NAMED('T', "time", ns.time, NULL, "create a time namespace"),
	OPT_NAMED('U', "user", ns.user, NULL, "create a user namespace"),
	OPT('e', env, NULL, "take the environment of --target"),
	OPT_NAMED('i', "ipc", ns.ipc, NULL, "create an ipc namespace"),
	OPT_NAMED('m', "mount", ns.mount, NULL, "create a mount namespace"),
	OPT_NAMED('n', "net", ns.net, NULL, "create a network namespace"),
	OPT_NAMED('p', "pid", ns.pid, NULL, "create a pid namespace"),
	OPT_NAMED('r', "map_root_user", ns.map_root_user, NULL,
		  "map the current user and group to root (implies --user)"),
	OPT('t', target, "PID[:STARTTIME]",
	    "join namespaces of PID, if it began then: those of -C, -T, -U... "
	    "or, without these, all that differ"),
	OPT_NAMED('u', "uts", ns.uts, NULL, "create a uts namespace"),
	OPT(0, ack, "SECS",
	    "wait SECS for the receiver to acknowledge with a byte"),
	OPT_NAMED(0, "boottime", ns.boottime, "SECS",
		  "set CLOCK_BOOTTIME ahead by SECS (implies --time)"),
	OPT(0, caller_devpts, NULL,
	    "take the terminal from the caller's /dev/pts, with --mount and "
	    "--target too"),
	OPT_NAMED(0, "cgroup_file", ns.cgroup_file, "FILE",
		  "start in the cgroups that FILE lists, as cgroup -f has it"),
	OPT(0, console_socket, "SOCKET",
	    "send the pty master to SOCKET instead of relaying it"),
	OPT(0, cpu_list, "LIST",
	    "run on these CPUs before a cgroup is joined: 0-3,8"),
	OPT(0, creds, NULL,
	    "take the user, groups, capabilities and no_new_privs of --target"),
	OPT(0, default_signals, NULL,
	    "reset the signals that the caller ignores"),
	OPT(0, detach, NULL, "return as soon as COMMAND has started"),
	OPT(0, echo, NULL,
	    "echo input even if standard input is not a terminal"),
	OPT_NAMED(0, "gid_map", ns.gid_map, "INSIDE:OUTSIDE:COUNT",
		  "map COUNT group ids (implies --user)"),
	OPT(0, hold, "FILE",
	    "before COMMAND is executed, wait for a byte from FILE, a FIFO"),
	OPT(0, hook, "COMMAND",
	    "run a shell command on the host while COMMAND is held"),
	OPT(0, hostname, "NAME", "set the host name of the new uts namespace"),
	OPT(0, init, NULL,
	    "run an init as process 1, with COMMAND as its child"),
	OPT_NAMED(0, "join", ns.join, "TYPE=FILE",
		  "join the namespace FILE; TYPE is its name in /proc/PID/ns"),
	OPT_NAMED(0, "join_cgroup", ns.join_cgroup, NULL,
		  "start in the cgroups of --target"),
	OPT(0, keep_pid_file, NULL,
	    "leave the files of --pid-file and --pid-start when COMMAND ends"),
	OPT(0, kill_child, "SIG",
	    "send COMMAND a signal (default: KILL) when ptyfork dies"),
	OPT_NAMED(0, "map_auto", ns.map_auto, NULL,
		  "map the subordinate ids of /etc/subuid and /etc/subgid"),
	OPT_NAMED(0, "map_current_user", ns.map_current_user, NULL,
		  "map the current user and group to themselves"),
	OPT(0, messages, "FILE",
	    "append messages to FILE; COMMAND has the standard error"),
	OPT_NAMED(0, "monotonic", ns.monotonic, "SECS",
		  "set CLOCK_MONOTONIC ahead by SECS (implies --time)"),
	OPT(0, mount_proc, "DIR",
	    "mount proc at DIR, default /proc (implies --mount)"),
	OPT(0, no_tty, NULL,
	    "allocate no terminal: COMMAND inherits descriptors 0, 1 and 2"),
	OPT(0, onlcr, NULL, "keep \\r\\n even if the output is not a terminal"),
	OPT(0, payload, "TEXT",
	    "send TEXT with the descriptor (default: a space)"),
	OPT(0, peer_uid, "UID", "accept a receiver that runs as UID"),
	OPT(0, pid_file, "FILE", "write COMMAND's pid to FILE while it runs"),
	OPT(0, pid_start, "FILE", "write COMMAND's pid and start time to FILE"),
	OPT(0, preserve_fds, "LIST",
	    "pass descriptors on: a count from 3 up, a list (5,63) or all"),
	OPT_NAMED(0, "propagation", ns.propagation, "WORD",
		  "make new mounts private, slave, shared or unchanged"),
	OPT(0, raw, NULL, "put COMMAND's terminal in raw mode"),
	OPT(0, size, "ROWSxCOLS", "set the size of COMMAND's terminal"),
	OPT(0, split_stderr, NULL,
	    "allocate a second terminal for standard error"),
	OPT_NAMED(0, "stderr", err, "FD",
		  "use descriptor FD as COMMAND's standard error"),
	OPT_NAMED(0, "sysctl", ns.sysctl, "NAME=VALUE",
		  "change a kernel setting of the namespaces"),
	OPT_NAMED(0, "time_offset", ns.time_offset, "CLOCK=SECS[:NANOS]",
		  "set monotonic or boottime ahead (implies --time)"),
	OPT(0, timeout, "SECS",
	    "give up on the receiver after SECS seconds (default 10)"),
	OPT(0, tty, "LIST", "connect only these of 0,1,2 to the terminal"),
	OPT_NAMED(0, "uid_map", ns.uid_map, "INSIDE:OUTSIDE:COUNT",
		  "map COUNT user ids (implies --user)"),
	OPT_END
};

struct job {
	const struct applet *self;
	struct args a;
	long long began; /* what is joined, -1: whenever */
	struct launch l;
};

/* Options that make no sense together or alone. */
static void check(const struct job *j)
{
	const struct args *a = &j->a;
	bool console = a->console_socket;
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ console && a->no_tty,
		  "--console-socket needs a terminal, without --no-tty" },
		{ console && a->split_stderr,
		  "--console-socket sends one terminal, no --split-stderr" },
		{ !console && (applet_given(&a->ack) || a->payload ||
			       a->peer_uid || a->timeout.given),
		  "--ack, --payload, --peer-uid and --timeout go with "
		  "--console-socket" },
		{ a->detach && !console && !a->no_tty,
		  "--detach leaves no process to relay the terminal: it needs "
		  "--console-socket or --no-tty" },
		{ a->detach && applet_given(&a->kill_child),
		  "--detach and --kill-child exclude each other" },
		{ a->no_tty &&
			  (a->split_stderr || a->tty || a->raw || a->size ||
			   a->onlcr || a->echo || a->caller_devpts),
		  "--no-tty excludes the options of a terminal" },
		{ a->split_stderr && !j->l.on[2],
		  "--split-stderr needs 2 in the list of --tty" },
		{ a->no_tty && a->detach && isatty(0),
		  "--no-tty --detach would leave COMMAND on this terminal: "
		  "redirect standard input" },
		{ a->err >= 0 && j->l.on[2],
		  "--stderr needs a standard error that is not the terminal: "
		  "use --no-tty, or --tty without 2" },
		{ a->err >= 0 && a->err < 3, "--stderr takes a descriptor "
					     "from 3" },
		{ a->ns.target < 0 && (a->creds || a->env || a->ns.join_cgroup),
		  "--creds, --env and --join-cgroup need --target" },
		{ a->messages && (a->err >= 0 || a->split_stderr),
		  "--messages excludes --stderr and --split-stderr" },
		{ a->init && !(a->ns.pid && a->ns.target < 0),
		  "--init needs a new pid namespace, --pid" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].wrong)
			applet_usage(j->self, "%s", rules[i].why);
}

/* --tty LIST: some of 0,1,2. */
static void read_tty(struct job *j)
{
	const char *list = j->a.tty ? j->a.tty : "0,1,2", *c = list;

	if (j->a.no_tty)
		return;
	for (;; c += 2) {
		if (*c < '0' || *c > '2' || (c[1] && c[1] != ','))
			applet_usage_q(j->self,
				       "bad --tty %s: want some of 0,1,2",
				       list);
		j->l.on[*c - '0'] = true;
		if (!c[1])
			return;
	}
}

static void read_console(struct job *j)
{
	const struct args *a = &j->a;
	struct console *c = &j->l.console;

	j->l.deliver = a->console_socket;
	j->l.timeout = a->timeout.given ? a->timeout.ms : TIMEOUT_MS;
	j->l.timeout = applet_millis(j->self, "--ack", &a->ack, j->l.timeout);
	c->payload = a->payload;
	c->ack = applet_given(&a->ack);
	if (a->console_socket &&
	    sock_parse(a->console_socket, false, &c->socket) < 0)
		applet_usage_q(j->self,
			       "bad --console-socket %s: want a path, @NAME or "
			       "fd:N",
			       a->console_socket);
	/* One of ours may have that number by the time it is used. */
	if (a->console_socket && c->socket.kind == SOCK_FD &&
	    !fd_passed(c->socket.fd))
		errx(EXIT_CANCELED, "cannot use %s: it was not passed on",
		     Q(a->console_socket));
	c->uid = applet_uid(j->self, "--peer-uid", a->peer_uid);
}

static void read_kill(struct job *j)
{
	const struct optarg *m = &j->a.kill_child;

	if (m->value)
		j->l.kill = text_signal(m->value);
	else if (m->bare)
		j->l.kill = SIGKILL;
	if (j->l.kill < 0)
		applet_usage_q(j->self, "bad --kill-child %s: want a signal",
			       m->value);
}

static void read_launch(struct job *j)
{
	const struct args *a = &j->a;
	struct launch *l = &j->l;

	l->hostname = a->hostname;
	l->proc = a->mount_proc.value  ? a->mount_proc.value
		  : a->mount_proc.bare ? "/proc"
				       : NULL;
	l->tty = !a->no_tty;
	l->split = a->split_stderr;
	l->raw = a->raw;
	l->onlcr = a->onlcr;
	l->echo = a->echo;
	l->detach = a->detach;
	l->pid_file = a->pid_file;
	l->pid_start = a->pid_start;
	l->keep_pid_file = a->keep_pid_file;
	l->default_signals = a->default_signals;
	l->caller_devpts = a->caller_devpts;
	l->hooks = a->hook;
	l->init = a->init;
	l->follow = !a->size;
	if (!a->size)
		tty_default_size(&l->size);
	else if (tty_parse_size(a->size, &l->size) < 0)
		applet_usage_q(j->self, "bad --size %s: want ROWSxCOLS",
			       a->size);
}

static bool enters_root(const char *command)
{
	const struct applet *a = applet_find(command);

	return a && a->enters;
}

/* In the child, which is about to be root of a user namespace: the paths of
 * the caller may be closed to that one. */
static void open_early(void *arg)
{
	struct launch *l = arg;
	const struct applet *a = applet_find(l->command[0]);

	char *name = program_invocation_short_name;

	/* It says itself what is wrong with its words. */
	program_invocation_short_name = (char *)a->name;
	l->early = a->early(a, l->command, l->opener);
	opener_end(&l->opener);
	program_invocation_short_name = name;
}

/* All that is taken of a process is taken of that one, by its directory. */
static void read_target(struct job *j)
{
	const pid_t pid = j->a.ns.target;
	struct child_plan *plan = &j->l.plan;
	struct target *t = &j->l.target;
	autofd dir = pid < 0 ? -1 : procdir_open_started(pid, j->began);
	struct errmsg f;

	if (pid >= 0 && dir < 0 && procdir_fault(pid, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	if (nsplan_make(&j->a.ns, dir, plan, &f) < 0 ||
	    (j->a.creds && target_creds(t, dir, pid, &plan->join, &f) < 0) ||
	    (j->a.env && target_environ(t, dir, pid, &f) < 0))
		applet_fail(EXIT_CANCELED, &f);
}

static void read_namespaces(struct job *j)
{
	struct child_plan *plan = &j->l.plan;

	child_plan_init(plan);
	/* newroot needs them apart from ours and no more. */
	if (enters_root(j->l.command[0]))
		plan->propagation = MS_SLAVE;
	read_target(j);
	if (j->l.proc)
		plan->create |= CLONE_NEWNS;
	/* What is opened is of the mounts that a new namespace has. */
	if (((plan->create & CLONE_NEWUSER) || plan->join.fd[NS_USER] >= 0) &&
	    (plan->create & CLONE_NEWNS) && enters_root(j->l.command[0])) {
		plan->early = open_early;
		plan->arg = &j->l;
		j->l.opener = opener_start();
	}
	if (j->l.hostname && !(plan->create & CLONE_NEWUTS) &&
	    plan->join.fd[NS_UTS] < 0)
		applet_usage(j->self,
			     "--hostname needs --uts, a uts namespace to "
			     "name");
	/* Pid 1 ignores the SIGHUP of a terminal that closes. */
	if ((plan->create & CLONE_NEWPID) && !j->l.deliver && !j->l.detach &&
	    !j->l.kill)
		j->l.kill = SIGKILL;
}

/* A tool that isolates passes on what it is asked to, any other one all. */
static bool isolates(const struct args *a)
{
	return a->console_socket || a->mount_proc.bare || a->mount_proc.value ||
	       nsplan_asks(&a->ns);
}

static void read_fds(struct job *j)
{
	const char *word = j->a.preserve_fds;
	struct launch *l = &j->l;
	struct errmsg f;

	l->alone = fd_alone();
	l->listen = fdkeep_listen();
	l->loose = !word && !isolates(&j->a);
	l->keep.all = l->loose;
	if (!word)
		fdkeep_count(&l->keep, l->listen);
	if (word && fdkeep_read(&l->keep, word, &f) < 0)
		applet_refuse(j->self, &f);
	if (j->a.err < 3)
		return;
	if (!fd_passed(j->a.err))
		errx(EXIT_CANCELED, "cannot use fd %d: it was not passed on",
		     j->a.err);
	/* It gets another number, and nothing else that runs here has it. */
	if (fcntl(j->a.err, F_SETFD, FD_CLOEXEC) < 0)
		err(EXIT_CANCELED, "cannot use fd %d", j->a.err);
}

/* From here on they go to FILE: what was standard error is COMMAND's. */
static void divert_messages(struct job *j)
{
	const char *file = j->a.messages;
	autofd fd = -1;

	j->l.err = j->a.err;
	if (!file)
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC,
		  0600);
	if (fd < 0)
		err(EXIT_CANCELED, "cannot open %s", Q(file));
	if (!j->l.on[2]) {
		j->l.err = fcntl(2, F_DUPFD_CLOEXEC, 3);
		if (j->l.err < 0)
			err(EXIT_CANCELED, "cannot keep standard error");
	}
	if (dup2(fd, 2) < 0)
		err(EXIT_CANCELED, "cannot use %s", Q(file));
}

/* Nothing waits for a writer here: that is the command's to do. */
static void open_hold(struct job *j)
{
	const char *file = j->a.hold;

	j->l.hold = -1;
	if (!file)
		return;
	if (mkfifo(file, 0600) < 0 && errno != EEXIST)
		err(EXIT_CANCELED, "cannot make %s", Q(file));
	j->l.hold = fd_open_as(AT_FDCWD, file, O_RDWR, S_IFIFO);
	if (j->l.hold < 0 && errno == EINVAL)
		errx(EXIT_CANCELED, "cannot wait on %s: it is no FIFO",
		     Q(file));
	if (j->l.hold < 0)
		err(EXIT_CANCELED, "cannot open %s", Q(file));
	if (fcntl(j->l.hold, F_SETFL, 0) < 0)
		err(EXIT_CANCELED, "cannot wait on %s", Q(file));
}

/* Before any child is there: it has what this process has, until a cgroup or
 * COMMAND's own words say otherwise. */
static void choose_cpus(const struct job *j)
{
	struct sched_cpus cpus;

	if (!j->a.cpu_list)
		return;
	if (sched_cpus_parse(j->a.cpu_list, &cpus) < 0)
		applet_usage_q(j->self, "bad --cpu-list %s: want one as 0-3,8",
			       j->a.cpu_list);
	if (sched_cpus_set(&cpus) < 0)
		err(EXIT_CANCELED, "cannot run on CPUs %s", Q(j->a.cpu_list));
}

static void read_args(struct job *j)
{
	read_fds(j);
	read_tty(j);
	check(j);
	choose_cpus(j);
	divert_messages(j);
	open_hold(j);
	read_console(j);
	read_kill(j);
	read_launch(j);
	read_namespaces(j);
}

static int run_ptyfork(const struct applet *self, char **argv)
{
	struct job j = { .self = self, .a = { .ns.target = -1, .err = -1 } };
	struct errmsg f;
	int status;

	j.l.command = applet_args(self, argv, &j.a);
	if (j.a.target &&
	    procdir_parse(j.a.target, &j.a.ns.target, &j.began) < 0)
		applet_usage_q(self,
			       "bad --target %s: want PID or PID:STARTTIME",
			       j.a.target);
	j.l.words = argv + 1;
	/* In a container that exists, and as process 1, it can be looked at. */
	if ((j.a.ns.target >= 0 || j.a.ns.join.n > 0 || j.a.init) &&
	    selfexe_seal(argv, &f) < 0)
		applet_fail(EXIT_CANCELED, &f);
	read_args(&j);
	if (parent_run(&j.l, &status, &f) == 0)
		return status;
	/* As cat ends when its reader goes away. */
	if (status == 128 + SIGPIPE)
		termsig_by(SIGPIPE);
	applet_fail(status, &f);
}

static const char *const about[] = {
	"Runs COMMAND on a new terminal, which is its standard input, output "
	"and error and its controlling terminal, and relays that terminal to "
	"the caller until COMMAND ends.",
	"Input from a terminal is keystrokes: the caller's terminal is put in "
	"raw mode, size changes are forwarded, and ^Z suspends ptyfork and "
	"COMMAND. Input from anything else is data: COMMAND reads exactly these "
	"bytes and then end of file, also where a prompt for a password "
	"flushes its input; nothing is echoed, and output comes out as it was "
	"written.",
	"With --console-socket the pty master is sent to the receiver on that "
	"socket, as an OCI runtime does, and COMMAND starts only after it was "
	"delivered. ptyfork waits up to a second for a socket that does not "
	"exist yet.",
	"Letters create namespaces, as in unshare(1), with mounts made private "
	"and a /dev/pts of their own (with --caller-devpts the terminal is one "
	"of the caller's, as is wanted where COMMAND has its /dev); with "
	"--target they join those of a process, as in nsenter(1), and the "
	"terminal is one of its /dev/pts. "
	"--join joins single ones (user, cgroup, ipc, uts, net, pid, time, mnt), "
	"beside those that are created. Id maps imply "
	"--user; an id of root's that a user namespace does not map is an "
	"error. A new network has its loopback interface up.",
	"--sysctl takes a NAME as sysctl(8) does, of the uts, ipc or net "
	"namespace that is created or joined. CLOCK is monotonic or boottime; "
	"the clock is set by the time COMMAND is executed. Each cgroup "
	"hierarchy may have a --cgroup DIR, or a line CONTROLLERS DIR in "
	"--cgroup-file. New mounts are private, and slaves "
	"of the caller's where COMMAND is newroot; --propagation chooses.",
	"--target joins namespaces, and COMMAND starts in the root of the mount "
	"namespace, with the caller's user, capabilities, environment and "
	"cgroups. --creds takes the process's real user and group ids, its "
	"groups, its capabilities and no_new_privs: COMMAND has no more than "
	"the process and no more than the caller. --env takes its environment, "
	"but TERM where COMMAND has a terminal; --join-cgroup its cgroups, of "
	"versions 1 and 2. Not taken are its seccomp filter, its resource limits "
	"and its AppArmor or SELinux label: see confine(1). The start of COMMAND "
	"is given up after 10 seconds.",
	"INT, TERM, HUP and QUIT are passed on to the process group of COMMAND, "
	"other signals that would end ptyfork to COMMAND alone. Without a "
	"terminal COMMAND inherits ignored signals; with one, INT, QUIT, TSTP, "
	"TTIN and TTOU are reset, with --default-signals every one. A command "
	"that is stopped from inside another pid or mount namespace does not "
	"suspend ptyfork.",
	"Process 1 of a pid namespace ignores signals that it does not handle, "
	"and ^Z does not stop it; unless its terminal was delivered it is sent "
	"KILL when ptyfork dies. COMMAND can undo that (prctl(2)) as process 1, "
	"but not with --init, which holds the namespace.",
	"Each --hook COMMAND is run as sh -c COMMAND sh PID, in the caller's "
	"namespaces, after COMMAND's namespaces and cgroups are set up and "
	"before anything runs in them. If one fails, COMMAND is not started. "
	"The files of --pid-file and --pid-start are there by then, and are "
	"removed when COMMAND ends, unless --detach or --keep-pid-file is "
	"given.",
	"--hold FILE is made, with mode 0600, if it is not there, and opened for "
	"reading and writing; COMMAND counts as started while it waits. "
	"--messages is for a caller that tells the tools' messages from what "
	"COMMAND writes to standard error; without --detach ptyfork keeps FILE "
	"as its own.",
	"Without namespaces, --target and --console-socket descriptors above 2 "
	"are inherited as usual, except terminals; otherwise they are closed. "
	"--preserve-fds passes a count from 3 up, a list such as 5,63 (one "
	"alone is 63,) or all. Descriptors that LISTEN_FDS announces are passed "
	"on with LISTEN_PID set to COMMAND's pid.",
	NULL
};

static const char *const exits[] = {
	"1",
	"with --console-socket: no process listens there, or the receiver "
	"went away or is not trusted",
	"124",
	"a time limit ran out before COMMAND started",
	"125",
	"ptyfork or a hook failed, or ptyfork was called wrongly",
	NULL
};

static const struct example examples[] = {
	{ "ptyfork ls --color | tee log", "colours in a pipeline" },
	{ "seq 100 | ptyfork --tty 1,2 -- less", "keys for a reader of data" },
	{ "ptyfork -- ssh-keygen -f key <passphrases", "answer its prompts" },
	{ "ptyfork -m -p -- newroot --proc /proc --dev /dev ./rootfs -- sh",
	  "a container" },
	{ "ptyfork --console-socket con.sock --detach -- sh",
	  "give the terminal to a shim (fdrecv con.sock)" },
	{ "ptyfork --target 1234 --creds --env --join-cgroup -- sh",
	  "a shell in a running container, as what runs there" },
	{ NULL, NULL }
};

const struct applet ptyfork_applet = {
	.name = "ptyfork",
	.brief = "run a command on a new terminal, in new or joined namespaces",
	.operands = "[--] COMMAND [ARG]...",
	.least = 1,
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.parts = ptyfork_parts,
	.environment = ptyfork_environment,
	.exits = exits,
	.examples = examples,
	.see = "confine(1), fdrecv(1), newroot(1), nsenter(1), script(1), "
	       "socat(1), unshare(1), pty(7)",
	.run = run_ptyfork,
};
