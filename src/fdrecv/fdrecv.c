/* fdrecv - receive open file descriptors over a unix socket */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "cli/applet.h"
#include "fdrecv/client.h"
#include "fdrecv/describe.h"
#include "fdrecv/fdcat.h"
#include "fdrecv/listen_fds.h"
#include "fdrecv/pair.h"
#include "fdrecv/receive.h"
#include "fdrecv/wanted.h"
#include "tty/detach_keys.h"

#define COMMANDS 16 /* at a time, where --max does not say */

struct args {
	bool abstract;
	bool ack;
	bool connect;
	int count;
	const char *detach_keys;
	bool keep;
	bool list;
	int max;
	bool onlcr;
	const char *pair;
	const char *peer_uid;
	const char *request;
	bool run;
	struct strlist slots;
	bool terminal;
	struct duration timeout;
	const char *type;
	struct optarg wait;
};

static const struct opt opts[] = {
	OPT('a', abstract, NULL, "SOCKET is a name in the abstract namespace"),
	OPT_NAMED('e', "stderr", slots, NULL, "put one descriptor at 2"),
	OPT_NAMED('f', "fd", slots, "FD", "put one descriptor at FD"),
	OPT_NAMED('i', "stdin", slots, NULL, "put one descriptor at 0"),
	OPT_NAMED('o', "stdout", slots, NULL, "put one descriptor at 1"),
	OPT('r', run, NULL,
	    "after the last SOCKET, in place of --: COMMAND follows"),
	OPT(0, ack, NULL, "send one byte back once they are accepted"),
	OPT(0, connect, NULL, "connect to SOCKET instead of listening on it"),
	OPT(0, count, "N",
	    "receive exactly N, over as many messages as it takes"),
	OPT(0, detach_keys, "KEYS",
	    "key sequence that detaches (default ctrl-p,ctrl-q; '': none)"),
	OPT(0, keep, NULL, "serve one sender after another"),
	OPT(0, list, NULL, "describe the descriptors, one line each"),
	OPT(0, max, "N", "with --keep, run N commands at a time (default 16)"),
	OPT(0, onlcr, NULL, "keep \\r\\n at the ends of a terminal's lines"),
	OPT(0, pair, "PROGRAM",
	    "receive from PROGRAM, run by sh -c with a socket at 3"),
	OPT_NAMED(
		0, "peer-uid", peer_uid, "UID",
		"accept senders of UID as well, and let UID connect to a path"),
	OPT(0, request, "TEXT", "send TEXT to the server first"),
	OPT(0, terminal, NULL, "accept one pty master and nothing else"),
	OPT(0, timeout, "SECS", "give up after SECS seconds"),
	OPT(0, type, "TYPE", "stream (default), seqpacket or dgram"),
	OPT(0, wait, "SECS", "with --connect, wait for the socket to appear"),
	OPT_END
};

struct job {
	const struct applet *self;
	struct args a;
	struct detach_keys keys; /* which leave a terminal */
	char **command;		 /* NULL: none */
	struct receive r;
};

/* End as the library says: with a status and why, or by a signal. */
static int finish_recv(int status, const struct errmsg *f)
{
	if (status < 0)
		termsig_by(-status);
	if (status > 0 && f->what[0])
		applet_fail(status, f);
	return status;
}

static int list_fds(const struct client *g)
{
	struct description d;
	char line[sizeof(d) + 64];
	int n;

	for (int i = 0; i < g->n; i++) {
		if (describe(g->fds[i], &d) < 0)
			err(EXIT_CANCELED, "cannot look at descriptor %d",
			    3 + i);
		n = snprintf(line, sizeof(line), "%d %s %s %s\n", 3 + i, d.kind,
			     d.access, d.detail);
		if (fd_write(STDOUT_FILENO, line, (size_t)n) < 0)
			err(EXIT_CANCELED, "cannot write to standard output");
	}
	return 0;
}

/* A SOCKET, with the options before it that are about this one alone. */
static void add_socket(struct job *j, const char *name)
{
	struct errmsg f;

	if (wanted_socket(&j->r, name, j->a.abstract, &j->a.slots, &f) < 0)
		applet_usage(j->self, "%s", f.what);
	j->a.slots.n = 0;
	j->a.abstract = false;
}

/* The program is run once all is known to be right. */
static void add_pair(struct job *j)
{
	if (j->r.n > 0 || j->a.connect || j->a.keep || j->a.abstract)
		applet_usage(j->self, "--pair excludes SOCKET, --abstract, "
				      "--connect and --keep");
	add_socket(j, "fd:0");
}

static void run_pair(struct job *j)
{
	struct sock_name *name = &j->r.in[0].name;
	struct errmsg f;

	name->text = j->a.pair;
	name->fd = pair_run(j->r.plan.type, j->a.pair, &f);
	if (name->fd < 0)
		applet_fail(EXIT_CANCELED, &f);
}

static bool starts_command(const char *word)
{
	return !word || word[0] != '-' || strcmp(word, "--") == 0 ||
	       strcmp(word, "--run") == 0 || strcmp(word, "-r") == 0;
}

/* SOCKET [[--] COMMAND], or ([OPTION]... SOCKET)... --run COMMAND. */
static void parse_words(struct job *j, char **argv)
{
	char **word = argv + 1, **options;

	do {
		options = word;
		word = applet_options(j->self, options, &j->a);
		if (j->r.n > 0 && (!*word || strcmp(word[-1], "--") == 0))
			applet_usage(j->self, "option %s comes after SOCKET",
				     Q(*options));
		if (j->a.run)
			applet_usage(j->self, "--run comes after SOCKET");
		if (j->a.pair) {
			add_pair(j);
			break;
		}
		if (!*word)
			applet_usage(j->self, "missing operand: want %s",
				     j->self->operands);
		add_socket(j, *word++);
	} while (!starts_command(*word));
	if (*word && word[0][0] == '-' && !*++word)
		applet_usage(j->self, "missing COMMAND");
	j->command = *word ? word : NULL;
}

static void check_recv_options(const struct job *j)
{
	const struct args *a = &j->a;
	const char *conflict = wanted_conflict(&j->r);
	int limit = wanted_limit();

	if (a->count == 0 || a->count >= limit)
		applet_usage(j->self,
			     "bad --count %d: want 1 to %d (ulimit -n)",
			     a->count, limit - 1);
	if (a->max == 0 || a->max > CHILDREN_MAX)
		applet_usage(j->self, "bad --max %d: want 1 to %d", a->max,
			     CHILDREN_MAX);
	if (a->max > 0 && !(a->keep && j->command))
		conflict = "--max needs --keep and COMMAND";
	if (a->list && j->command)
		conflict = "--list takes no COMMAND";
	if (conflict)
		applet_usage(j->self, "%s", conflict);
}

/* What the command line says, as receive.h wants it. */
static void plan_job(struct job *j)
{
	const struct args *a = &j->a;
	struct receive *r = &j->r;
	int type = sock_type(a->type);

	if (type < 0)
		applet_usage(j->self,
			     "bad --type %s: want stream, seqpacket or dgram",
			     Q(a->type));
	r->plan = (struct endpoint_plan){
		.type = type,
		.connect = a->connect,
		.appear = a->wait.bare || a->wait.value,
		.appear_ms = applet_millis(j->self, "--wait", &a->wait, -1),
		.keep = a->keep,
		.request = a->request,
		.count = a->count < 0 ? 0 : a->count,
	};
	r->plan.uid = applet_uid(j->self, "--peer-uid", a->peer_uid);
	for (int i = 0; i < r->n; i++)
		r->in[i].name.others = r->plan.uid >= 0;
	if (detach_keys_parse(&j->keys, a->detach_keys) < 0)
		applet_usage(j->self, "bad --detach-keys %s: want KEY,...",
			     Q(a->detach_keys));
	r->timeout = a->timeout.given ? a->timeout.ms : -1;
	r->terminal = a->terminal;
	r->ack = a->ack;
	/* Seen on a terminal of ours, lines end as they would there. */
	r->newlines = !j->command && !a->list && !a->onlcr &&
		      !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
	r->command = j->command;
	r->most = !j->command ? 1 : a->max < 0 ? COMMANDS : a->max;
	r->complain = applet_warn;
}

static int run_fdrecv(const struct applet *self, char **argv)
{
	static const struct args none = { .count = -1,
					  .detach_keys = "ctrl-p,ctrl-q",
					  .max = -1,
					  .type = "stream" };
	/* Not initialised as a whole: it has room for many. */
	struct job j;
	struct client *came;
	struct errmsg f;
	int status;

	j.self = self;
	j.a = none;
	j.r.n = j.r.nslots = 0;
	parse_words(&j, argv);
	plan_job(&j);
	check_recv_options(&j);
	if (j.a.pair)
		run_pair(&j);
	status = receive_run(&j.r, &f);
	if (status != 0)
		return finish_recv(status, &f);
	if (j.command)
		return finish_recv(listen_fds_run(j.r.client, j.r.n, j.r.slots,
						  j.r.nslots, j.command, &f),
				   &f);
	came = j.r.client[0];
	status = j.a.list ? list_fds(came)
			  : fdcat(came->fds, came->n, &j.keys, &f);
	client_free(came);
	return finish_recv(status, &f);
}

static const char *const about[] = {
	"Waits for a process to connect to SOCKET and to send open file "
	"descriptors. SOCKET is a path of any length, @NAME in the abstract "
	"namespace, or fd:N, an inherited socket; a word without a slash is a "
	"path in the working directory. A path has mode 0600 (0666 with "
	"--peer-uid: each sender's user is looked at) and is removed at the "
	"end. The sender has to be root, the same user, or the one that "
	"--peer-uid names; another one is refused with a message, and the right "
	"one is waited for.",
	"With COMMAND, executes it with the descriptors at 3 and up (or where "
	"-f, -i, -o and -e put the first ones, in that order) and all others "
	"closed.",
	"Without COMMAND, copies to standard output what the descriptors "
	"give: a file from its offset, anything else until its end. A pty "
	"master is relayed in both directions until its session ends: called "
	"from a terminal, that terminal is put in raw mode and size changes "
	"are forwarded; else lines end in \\n alone (--onlcr), standard input "
	"is typed as it is, and its end as ^D unless it is empty.",
	"With --list, prints a line for each instead: the number that COMMAND "
	"would find it at, its kind, its access (r, w, rw, path, none) and "
	"details, separated by spaces. In a path, a space, a backslash and "
	"what is not printable ASCII are written \\0NNN, as printf %b reads "
	"them. Nothing is opened, read or waited for. The kinds: pty-master, "
	"tty, pipe, fifo, socket, file, memfd, directory, symlink, "
	"char-device, block-device, namespace, pidfd, epoll, and what else "
	"the kernel calls an object without a path.",
	"With --keep, serves until a signal comes; one bad sender costs a line "
	"on standard error, and a silent one is dropped after ten seconds, or "
	"what --timeout says. With several SOCKETs each is received from in "
	"order and has to send as many descriptors as have places before it; "
	"--run stands for -- there.",
	"With --pair there is no SOCKET: PROGRAM is run by sh -c with one end "
	"of a pair of connected sockets at 3, and what it sends is received. "
	"It is for programs that answer on a socket that they inherit.",
	NULL
};

static const struct example examples[] = {
	{ "fdrecv con.sock | tee log",
	  "show and log the terminal that a container runtime sends" },
	{ "fdrecv s -- sh -c 'read line <&3'", "hand it to a shell" },
	{ "fdrecv -i -o s --run wc", "receive the standard input and output" },
	{ "fdrecv --keep s -- winsz --fd 3", "tell each terminal's size" },
	{ "fdrecv --list s", "see what it is" },
	{ "fdrecv --pair '_FUSE_COMMFD=3 fusermount3 -o ro /mnt' -- server",
	  "have a FUSE file system mounted, and serve it from fd 3" },
	{ NULL, NULL }
};

static const char *const environment[] = {
	"LISTEN_FDS",
	"set for COMMAND: how many descriptors are at 3 and up",
	"LISTEN_PID",
	"set for COMMAND: its process ID",
	"LISTEN_FDNAMES",
	"set for COMMAND: their names, separated by colons: what a line "
	"FDNAME=NAME of the message says, else unknown",
	"FDRECV_MESSAGE",
	"set for COMMAND: the text that came with the descriptors",
	"FDRECV_PID, FDRECV_UID, FDRECV_GID",
	"set for COMMAND: the sender, as far as it is known",
	NULL
};

static const char *const exits[] = {
	"1",
	"what came was refused, or nothing came; with --connect, there is no "
	"such socket, or no process listens, or the peer is not trusted",
	"124", "the time of --timeout or --wait ran out", NULL
};

const struct applet fdrecv_applet = {
	.name = "fdrecv",
	.brief = "receive open file descriptors over a unix socket",
	.operands = "SOCKET [[--] COMMAND [ARG]...]",
	.most = -1,
	.command = true,
	.opts = opts,
	.about = about,
	.environment = environment,
	.examples = examples,
	.exits = exits,
	.see = "fdsend(1), socat(1), systemd-socket-activate(1), winsz(1), "
	       "sd_listen_fds(3), unix(7)",
	.run = run_fdrecv,
};
