/* ptyfork - run a command on a new terminal, in new or joined namespaces */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "applet.h"
#include "cgroup.h"
#include "fault.h"
#include "launch.h"
#include "sys.h"
#include "text.h"
#include "tty.h"

#define TIMEOUT_MS 10000 /* for a receiver to connect to and to answer */

struct args {
	struct maybe cgroup, kill_child, mount_proc, ack;
	bool time, user, ipc, mount, net, pid, map_root_user, uts;
	bool map_auto, map_current_user, detach, no_tty, split_stderr;
	bool raw, onlcr, echo;
	int target, preserve_fds;
	const char *tty, *size, *hostname, *console_socket, *payload;
	const char *pid_file, *peer_uid;
	struct words join, uid_map, gid_map;
	struct span timeout;
};

static const struct opt opts[] = {
	OPT_DIR('C', cgroup, "DIR",
		"new cgroup namespace; with DIR, start COMMAND in that cgroup"),
	OPT('T', time, NULL, "new time namespace"),
	OPT('U', user, NULL, "new user namespace"),
	OPT('i', ipc, NULL, "new ipc namespace"),
	OPT('m', mount, NULL, "new mount namespace, with private mounts"),
	OPT('n', net, NULL, "new network namespace"),
	OPT('p', pid, NULL, "new pid namespace, of which COMMAND is pid 1"),
	OPT('r', map_root_user, NULL,
	    "be root in a new user namespace (implies --user)"),
	OPT('t', target, "PID",
	    "join the namespaces of PID instead: those named by their letters, "
	    "or all that differ"),
	OPT('u', uts, NULL, "new uts namespace"),
	OPT(0, ack, "SECS",
	    "wait for a byte from the console socket's receiver"),
	OPT(0, console_socket, "SOCKET",
	    "send the terminal's master to SOCKET instead of relaying it"),
	OPT(0, detach, NULL, "return as soon as COMMAND runs"),
	OPT(0, echo, NULL, "echo what comes from something that is no terminal"),
	OPT(0, gid_map, "INSIDE:OUTSIDE:COUNT", "map gids (implies --user)"),
	OPT(0, hostname, "NAME", "set the host name of the new uts namespace"),
	OPT(0, join, "TYPE=FILE", "join the namespace that FILE refers to"),
	OPT(0, kill_child, "SIG",
	    "when ptyfork dies, send COMMAND SIG (default: KILL)"),
	OPT(0, map_auto, NULL,
	    "map the ids of /etc/subuid and /etc/subgid (implies --user)"),
	OPT(0, map_current_user, NULL,
	    "be oneself in a new user namespace (implies --user)"),
	OPT(0, mount_proc, "DIR",
	    "mount a new proc at DIR (default: /proc; implies --mount)"),
	OPT(0, no_tty, NULL, "no terminal: COMMAND gets 0, 1 and 2 as they are"),
	OPT(0, onlcr, NULL,
	    "end lines with \\r\\n where the output is no terminal, too"),
	OPT(0, payload, "TEXT", "say TEXT beside the terminal (default: ' ')"),
	OPT(0, peer_uid, "UID",
	    "trust a receiver of that user, too, not root and oneself alone"),
	OPT(0, pid_file, "FILE", "write COMMAND's pid, as seen here, to FILE"),
	OPT(0, preserve_fds, "N",
	    "pass descriptors 3 to N+2; all others are closed"),
	OPT(0, raw, NULL, "start with the terminal in raw mode"),
	OPT(0, size, "ROWSxCOLS", "start with a terminal of that size"),
	OPT(0, split_stderr, NULL,
	    "give standard error a terminal of its own"),
	OPT(0, timeout, "SECS",
	    "how long a console socket's receiver may take (default: 10)"),
	OPT(0, tty, "LIST", "which of 0,1,2 are the terminal (default: all)"),
	OPT(0, uid_map, "INSIDE:OUTSIDE:COUNT", "map uids (implies --user)"),
	OPT_END
};

struct job {
	const struct applet *self;
	struct args a;
	struct launch l;
};

static bool given(const struct maybe *m)
{
	return m->bare || m->value;
}

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
		{ !console && (given(&a->ack) || a->payload || a->peer_uid ||
			       a->timeout.given),
		  "--ack, --payload, --peer-uid and --timeout go with "
		  "--console-socket" },
		{ a->detach && !console && !a->no_tty,
		  "--detach leaves nobody to relay the terminal: it goes with "
		  "--console-socket or --no-tty" },
		{ a->detach && given(&a->kill_child),
		  "--detach and --kill-child exclude each other" },
		{ a->no_tty && (a->split_stderr || a->tty || a->raw ||
				a->size || a->onlcr || a->echo),
		  "--no-tty excludes the options of a terminal" },
		{ a->split_stderr && !j->l.on[2],
		  "--split-stderr needs 2 in the list of --tty" },
		{ a->no_tty && a->detach && isatty(0),
		  "--no-tty --detach would leave COMMAND on this terminal: "
		  "redirect standard input" },
		{ a->map_root_user && a->map_current_user,
		  "--map-root-user and --map-current-user exclude each other" },
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
			applet_usage(j->self,
				     "bad --tty %s: want some of 0,1,2",
				     Q(list));
		j->l.on[*c - '0'] = true;
		if (!c[1])
			return;
	}
}

static void read_console(struct job *j)
{
	const struct args *a = &j->a;
	unsigned uid;

	j->l.timeout = a->timeout.given ? a->timeout.ms : TIMEOUT_MS;
	j->l.timeout = applet_millis(j->self, "--ack", &a->ack, j->l.timeout);
	j->l.console = (struct console){ .payload = a->payload,
				       .ack = given(&a->ack),
				       .uid = -1 };
	if (a->console_socket &&
	    sock_parse(a->console_socket, false, &j->l.console.socket) < 0)
		applet_usage(j->self,
			     "bad --console-socket %s: want a path, @NAME or "
			     "fd:N",
			     Q(a->console_socket));
	if (!a->peer_uid)
		return;
	if (text_id(a->peer_uid, &uid) < 0)
		applet_usage(j->self, "bad --peer-uid %s: want a user's number",
			     Q(a->peer_uid));
	j->l.console.uid = uid;
}

static void read_kill(struct job *j)
{
	const struct maybe *m = &j->a.kill_child;

	if (m->value)
		j->l.kill = text_signal(m->value);
	else if (m->bare)
		j->l.kill = SIGKILL;
	if (j->l.kill < 0)
		applet_usage(j->self, "bad --kill-child %s: want a signal",
			     Q(m->value));
}

static void map_failed(const struct job *j, const char *option,
		       const char *value)
{
	applet_usage(j->self,
		     errno == EEXIST ? "bad %s %s: an id is mapped twice"
				     : "bad %s %s: want INSIDE:OUTSIDE:COUNT",
		     option, Q(value));
}

static void read_maps(struct job *j)
{
	const struct args *a = &j->a;
	struct idmap *uids = &j->l.plan.uids, *gids = &j->l.plan.gids;
	struct fault f;

	for (int i = 0; i < a->uid_map.n; i++)
		if (idmap_add(uids, a->uid_map.v[i]) < 0)
			map_failed(j, "--uid-map", a->uid_map.v[i]);
	for (int i = 0; i < a->gid_map.n; i++)
		if (idmap_add(gids, a->gid_map.v[i]) < 0)
			map_failed(j, "--gid-map", a->gid_map.v[i]);
	if (a->map_root_user && (idmap_one(uids, 0, geteuid()) < 0 ||
				 idmap_one(gids, 0, getegid()) < 0))
		map_failed(j, "--map-root-user with", "a map");
	if (a->map_current_user &&
	    (idmap_one(uids, geteuid(), geteuid()) < 0 ||
	     idmap_one(gids, getegid(), getegid()) < 0))
		map_failed(j, "--map-current-user with", "a map");
	if (a->map_auto && (idmap_auto(uids, false, geteuid(), &f) < 0 ||
			    idmap_auto(gids, true, geteuid(), &f) < 0))
		applet_fail(EXIT_TOOL, &f);
	if (uids->n > 0 || gids->n > 0)
		j->l.plan.create |= CLONE_NEWUSER;
}

/* The namespaces that are named by their letters. */
static uint64_t named(const struct args *a)
{
	const struct {
		bool given;
		uint64_t flag;
	} types[] = {
		{ a->user, CLONE_NEWUSER },   { a->ipc, CLONE_NEWIPC },
		{ a->mount, CLONE_NEWNS },    { a->net, CLONE_NEWNET },
		{ a->pid, CLONE_NEWPID },     { a->uts, CLONE_NEWUTS },
		{ a->time, CLONE_NEWTIME },   { a->cgroup.bare, CLONE_NEWCGROUP },
		{ given(&a->mount_proc), CLONE_NEWNS },
	};
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		flags |= types[i].given ? types[i].flag : 0;
	return flags;
}

static void read_namespaces(struct job *j)
{
	const struct args *a = &j->a;
	struct child_plan *plan = &j->l.plan;
	uint64_t flags = named(a);
	struct fault f;

	if (!a->target)
		plan->create = flags;
	else if (ns_of_process(&plan->join, a->target, flags, &f) < 0)
		applet_fail(EXIT_TOOL, &f);
	for (int i = 0; i < a->join.n; i++)
		if (ns_of_file(&plan->join, a->join.v[i], &f) < 0)
			applet_fail(EXIT_TOOL, &f);
	plan->joins = a->target || a->join.n > 0;
	read_maps(j);
	if (a->hostname && !(plan->create & CLONE_NEWUTS) &&
	    plan->join.fd[NS_UTS] < 0)
		applet_usage(j->self, "--hostname needs --uts");
	if (a->cgroup.value) {
		plan->cgroup = cgroup_open(a->cgroup.value, &plan->unified, &f);
		if (plan->cgroup < 0)
			applet_fail(EXIT_TOOL, &f);
	}
}

static void read_launch(struct job *j)
{
	const struct args *a = &j->a;
	struct launch *l = &j->l;

	l->hostname = a->hostname;
	l->proc = a->mount_proc.value ? a->mount_proc.value
		  : a->mount_proc.bare ? "/proc" : NULL;
	l->tty = !a->no_tty;
	l->split = a->split_stderr;
	l->raw = a->raw;
	l->onlcr = a->onlcr;
	l->echo = a->echo;
	l->detach = a->detach;
	l->pid_file = a->pid_file;
	l->preserve = a->preserve_fds;
	l->follow = !a->size;
	if (!a->size)
		tty_default_size(&l->size);
	else if (tty_parse_size(a->size, &l->size) < 0)
		applet_usage(j->self, "bad --size %s: want ROWSxCOLS",
			     Q(a->size));
}

static void read_args(struct job *j)
{
	const struct args *a = &j->a;

	read_tty(j);
	check(j);
	read_console(j);
	read_kill(j);
	/* Nothing of ours is open yet that could be mistaken for theirs. */
	for (int fd = 3; fd < 3 + a->preserve_fds; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			errx(EXIT_TOOL,
			     "cannot preserve fd %d: it is not open", fd);
	child_plan_init(&j->l.plan);
	read_namespaces(j);
	read_launch(j);
	/* Pid 1 ignores the SIGHUP of a terminal that closes. */
	if ((j->l.plan.create & CLONE_NEWPID) && !a->console_socket &&
	    !a->detach && !j->l.kill)
		j->l.kill = SIGKILL;
}

static int run(const struct applet *self, char **argv)
{
	struct job j = { .self = self };
	struct fault f;
	int status;

	j.l.command = applet_args(self, argv, &j.a);
	read_args(&j);
	if (launch(&j.l, &status, &f) == 0)
		return status;
	/* As cat ends when its reader goes away. */
	if (f.error == EPIPE && status == EXIT_TOOL) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	applet_fail(status, &f);
}

static const char *const about[] = {
	"Runs COMMAND on a new terminal, which is its standard input, output "
	"and error and its controlling terminal, and relays that terminal to "
	"the caller until COMMAND ends.",
	"What comes from a terminal are keystrokes: the caller's terminal is "
	"raw meanwhile, its size is followed, and ^Z stops the whole. What "
	"comes from anything else is data: COMMAND reads these very bytes and "
	"then end of file, nothing is echoed, and what it prints comes out as "
	"it was written.",
	"With --console-socket the terminal's master goes to whoever listens "
	"there, as the option of that name of an OCI runtime has it, and "
	"COMMAND runs only once it was delivered.",
	"Letters create namespaces, as in unshare(1); with --target they join "
	"those of a process, as in nsenter(1). INT, TERM, HUP, QUIT, USR1 and "
	"USR2 are passed on to COMMAND. Pid 1 of a namespace ignores the "
	"signals that it does not handle; without --console-socket it gets "
	"KILL when ptyfork dies.",
	NULL
};

static const struct example examples[] = {
	{ "ptyfork ls --color | tee log", "colours in a pipeline" },
	{ "ptyfork -m -p -u --mount-proc -- sh", "a shell with namespaces" },
	{ "ptyfork --console-socket con.sock --detach -- sh",
	  "give the terminal to a shim (fdrecv con.sock)" },
	{ "ptyfork --target 1234 -- sh", "a shell in a running container" },
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
	.examples = examples,
	.see = "fdrecv(1), nsenter(1), script(1), unshare(1), pty(7)",
	.run = run,
};
