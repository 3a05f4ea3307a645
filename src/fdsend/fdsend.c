/* fdsend - send open file descriptors over a unix socket */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "fdsend/serve.h"
#include "proc/procfd.h"
#include "sock/notify.h"
#include "sock/sock.h"

#define LIMIT_MS 10000 /* unless --timeout is given */

#define FEW 16

struct args {
	bool abstract;
	struct optarg ack;
	struct strlist fd;
	bool getfd;
	bool keep;
	bool listen;
	const char *message;
	const char *mode;
	const char *name;
	bool notify;
	const char *peer_uid;
	const char *pid;
	const char *pidfd;
	bool reply;
	struct duration timeout;
	const char *type;
	struct optarg wait;
};

static const struct opt opts[] = {
	OPT('a', abstract, NULL, "SOCKET is an abstract name, without the @"),
	OPT('b', wait, "SECS", "wait for the socket to appear"),
	OPT('d', getfd, NULL,
	    "with --pid, share the file offset; it is the default"),
	OPT('f', fd, "FD", "send FD, ahead of those given as operands"),
	OPT('k', keep, NULL, "listen, and serve every client that connects"),
	OPT('l', listen, NULL,
	    "listen, and serve the first client that connects"),
	OPT('m', mode, "MODE",
	    "reopen each file as r, w or r+, with an offset of its own"),
	OPT('n', name, "NAME", "store under NAME, with --notify"),
	OPT('p', pid, "PID[:INODE]", "take the FDs from process PID"),
	OPT('r', reply, NULL, "print what the peer answers"),
	OPT('t', timeout, "SECS",
	    "give up a step after SECS seconds (default 10)"),
	OPT(0, ack, "SECS", "wait for a byte from the peer"),
	OPT_NAMED(0, "blocking", wait, "SECS", "the same as --wait"),
	OPT_NAMED(0, "dup", getfd, NULL, "the same as --getfd"),
	OPT(0, message, "TEXT",
	    "send TEXT with the descriptors (default one NUL byte)"),
	OPT(0, notify, NULL, "store in systemd; there is no SOCKET then"),
	OPT(0, peer_uid, "UID",
	    "accept peers of UID as well, and let UID connect to a path"),
	OPT(0, pidfd, "PID[:INODE]", "send a pidfd of process PID, first"),
	OPT(0, type, "TYPE", "stream (default), seqpacket or dgram"),
	OPT_END
};

/* What was asked for, made ready. */
struct job {
	const struct applet *self;
	struct args a;
	struct sock_name name;
	int type;
	struct delivery what;
	int few[FEW]; /* descriptors, for which there is no need of memory */
};

static void check_send_options(const struct applet *self, const struct args *a)
{
	bool serves = a->listen || a->keep;

	if (a->notify &&
	    (serves || a->reply || a->message || a->abstract || a->mode ||
	     strcmp(a->type, "stream") != 0 || applet_given(&a->wait)))
		applet_usage(self, "--notify goes with --ack, --fd, --name, "
				   "--pid, --pidfd and --timeout alone");
	if (a->name && !a->notify)
		applet_usage(self, "--name is for --notify");
	if (a->name && !notify_name_ok(a->name))
		applet_usage(self, "bad --name %s: want ASCII, no colon",
			     Q(a->name));
	if (serves && applet_given(&a->wait))
		applet_usage(self, "--wait is for connecting");
	if (a->keep && (applet_given(&a->ack) || a->reply))
		applet_usage(self, "--keep excludes --ack and --reply");
	if (a->reply && applet_given(&a->ack))
		applet_usage(self, "--ack and --reply exclude each other");
}

static void read_type(struct job *j)
{
	const struct args *a = &j->a;

	j->type = a->notify ? SOCK_DGRAM : sock_type(a->type);
	if (j->type < 0)
		applet_usage(j->self,
			     "bad --type %s: want stream, seqpacket or dgram",
			     Q(a->type));
	if (j->type == SOCK_DGRAM && !a->notify &&
	    (a->listen || a->keep || a->reply || applet_given(&a->ack)))
		applet_usage(j->self, "--type dgram excludes --ack, --keep, "
				      "--listen and --reply");
}

static void read_message(struct job *j)
{
	const char *text = j->a.message;
	size_t size = text ? strlen(text) : 1;

	j->what.many.text = text ? text : "";
	j->what.many.size = size;
	if (size > FDPASS_TEXT)
		applet_usage(j->self, "bad --message: want at most %d bytes",
			     FDPASS_TEXT);
	/* The kernel would deliver nothing at all, and not say so. */
	if (size == 0 && j->type == SOCK_STREAM)
		applet_usage(j->self, "bad --message '': a stream needs a byte "
				      "to carry descriptors");
}

static void read_mode(struct job *j)
{
	const char *mode = j->a.mode;
	struct delivery *d = &j->what;

	d->reopen = mode;
	if (!mode)
		return;
	if (strcmp(mode, "r") == 0)
		d->mode = O_RDONLY;
	else if (strcmp(mode, "w") == 0)
		d->mode = O_WRONLY;
	else if (strcmp(mode, "r+") == 0)
		d->mode = O_RDWR;
	else
		applet_usage(j->self, "bad --mode %s: want r, w or r+",
			     Q(mode));
	if (j->a.getfd)
		applet_usage(j->self, "--getfd and --mode exclude each other");
}

static void read_send_args(struct job *j)
{
	const struct args *a = &j->a;
	struct delivery *d = &j->what;

	check_send_options(j->self, a);
	read_type(j);
	read_message(j);
	d->limit = a->timeout.given ? a->timeout.ms : LIMIT_MS;
	d->ack = applet_millis(j->self, "--ack", &a->ack, d->limit);
	d->acked = applet_given(&a->ack);
	d->reply = a->reply;
	d->keep = a->keep;
	read_mode(j);
	d->uid = applet_uid(j->self, "--peer-uid", a->peer_uid);
}

/*
 * The descriptors by their numbers: --pidfd's, which is not there yet, -f's,
 * then the operands, or else 0.
 */
static int *read_send_fds(struct job *j, char **operands)
{
	const struct strlist *first = &j->a.fd;
	int n = first->n, own = j->a.pidfd != NULL, *fds;
	const char *word;

	for (int i = 0; operands[i]; i++)
		n++;
	/* One at least, and that is 0. */
	fds = n < FEW ? j->few : calloc((size_t)n + 1, sizeof(*fds));
	if (!fds)
		err(EXIT_CANCELED, "cannot note %d descriptors", n);
	for (int i = 0; i < n; i++) {
		word = i < first->n ? first->v[i] : operands[i - first->n];
		if (text_int(word, 0, INT_MAX, &fds[own + i]) < 0)
			applet_usage(j->self, "bad FD %s: want a number",
				     Q(word));
	}
	j->what.many.fds = fds;
	j->what.many.n = own + n > 0 ? own + n : 1;
	return fds;
}

static void bad_process(const struct job *j, const char *option,
			const char *word, const struct errmsg *f)
{
	if (errno == EINVAL)
		applet_usage(j->self, "bad %s %s: want PID[:INODE]", option,
			     Q(word));
	applet_fail(EXIT_CANCELED, f);
}

/* Have them at hand before a peer is asked to take them. */
static void get_fds(const struct job *j, int *fds)
{
	const char *pid = j->a.pid, *pidfd = j->a.pidfd;
	int own = pidfd != NULL;
	struct errmsg f;

	if (procfd_get(pid, fds + own, j->what.many.n - own, &f) < 0) {
		if (pid)
			bad_process(j, "--pid", pid, &f);
		applet_fail(EXIT_CANCELED, &f);
	}
	if (!pidfd)
		return;
	fds[0] = procfd_process(pidfd, &f);
	if (fds[0] < 0)
		bad_process(j, "--pidfd", pidfd, &f);
}

static void connect_and_send(const struct job *j)
{
	bool appear = applet_given(&j->a.wait);
	int ms = appear ? applet_millis(j->self, "--wait", &j->a.wait, -1)
			: j->what.limit;
	const struct deadline w = { wait_until(ms), -1 };
	struct errmsg f;
	int sock = sock_connect(&j->name, j->type, appear, j->what.uid, &w, &f);

	if (sock < 0 || serve_peer(&j->what, sock, -1, &f) < 0)
		applet_fail(sock_status(errno), &f);
	sock_discard(&sock);
}

static void listen_and_send(const struct job *j)
{
	int ms = j->a.timeout.given && !j->a.keep ? j->what.limit : -1;
	struct errmsg f;

	if (serve_keep(&j->what, &j->name, j->type, ms, applet_warn, &f) == 0)
		return;
	/* What keeps us from listening is no answer of a peer. */
	if (errno == ENOENT || errno == EACCES)
		errno = EIO;
	applet_fail(sock_status(errno), &f);
}

static void store_fds(const struct job *j)
{
	const struct delivery *d = &j->what;
	const char *to = getenv("NOTIFY_SOCKET");
	struct errmsg f;

	if (!to)
		errx(EXIT_CANCELED, "cannot notify: NOTIFY_SOCKET is not set");
	if (notify_store(to, d->many.fds, d->many.n, j->a.name, d->limit,
			 d->ack, &f) < 0)
		applet_fail(sock_status(errno), &f);
}

static int run_fdsend(const struct applet *self, char **argv)
{
	struct job j = { .self = self, .a.type = "stream" };
	char **operands = applet_args(self, argv, &j.a);
	int *fds;

	read_send_args(&j);
	if (!j.a.notify) {
		if (!*operands)
			applet_usage(self, "missing operand: want SOCKET");
		j.what.to = *operands++;
		if (sock_parse(j.what.to, j.a.abstract, &j.name) < 0)
			applet_usage(self, "bad SOCKET %s", Q(j.what.to));
		j.name.no_fds = true;
		j.name.others = j.what.uid >= 0;
	}
	fds = read_send_fds(&j, operands);
	get_fds(&j, fds);
	if (j.a.notify)
		store_fds(&j);
	else if (j.a.listen || j.a.keep)
		listen_and_send(&j);
	else
		connect_and_send(&j);
	if (fds != j.few)
		free(fds);
	return 0;
}

static const char *const about[] = {
	"Sends open file descriptors, standard input unless FDs are named, to "
	"the process that listens on SOCKET: a path of any length, @NAME in "
	"the abstract namespace, or fd:N, an inherited socket. A word without "
	"a slash is a path in the working directory. One message has 253 "
	"descriptors at most; the first one has the payload, the others a NUL "
	"byte.",
	"The peer must be root or the same user, or the one that --peer-uid "
	"names. Sent does not mean received: --ack waits for a byte, as fdrecv "
	"--ack sends it. With --notify, systemd keeps the descriptors "
	"(FileDescriptorStoreMax=).",
	"With --listen or --keep, a SOCKET that is a path has mode 0600 (0666 "
	"with --peer-uid: each peer's user is looked at) and is removed at the "
	"end. --keep goes on until a signal comes or a terminal that it gives "
	"away hangs up. What is sent is the same open file for all: a regular "
	"file has one offset, so that a second reader finds it at its end. "
	"With --mode each peer gets a file of its own, from its beginning. Of "
	"a terminal, a pipe or a socket that several read each byte still "
	"goes to one of them.",
	NULL
};

static const struct example examples[] = {
	{ "fdsend s <file", "send an open file" },
	{ "fdsend s 3 4 3<a 4>b", "send two" },
	{ "fdsend --keep s 3 &", "give fd 3 to every client" },
	{ "fdsend --keep --mode r s <file &", "the same, each from its start" },
	{ "fdsend --pid 1234 s 1", "send the output of process 1234" },
	{ "fdsend --pidfd 1234 s", "send a pidfd of process 1234" },
	{ "fdsend --notify --name log 3", "store fd 3 in systemd" },
	{ "fdsend fd:1 3", "serve ssh -o ProxyUseFdpass=yes" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",
	"the descriptors were sent, and acknowledged if asked for",
	"1",
	"there is no such socket, or no process listens, or the peer is not "
	"trusted, closed, or takes no descriptors",
	"124",
	"a time limit ran out",
	NULL
};

static const char *const environment[] = {
	"NOTIFY_SOCKET", "the socket of systemd, with --notify", NULL
};

const struct applet fdsend_applet = {
	.name = "fdsend",
	.brief = "send open file descriptors over a unix socket",
	.operands = "SOCKET [FD]...",
	.most = -1,
	.opts = opts,
	.about = about,
	.environment = environment,
	.examples = examples,
	.exits = exits,
	.see = "fdrecv(1), socat(1), pidfd_getfd(2), pidfd_open(2), cmsg(3), "
	       "sd_notify(3), unix(7)",
	.run = run_fdsend,
};
