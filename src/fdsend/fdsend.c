/* fdsend - send open file descriptors over a unix socket */
#include <err.h>
#include <errno.h>
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

struct args {
	bool abstract;
	struct optarg ack;
	struct strlist fd;
	bool getfd;
	bool keep;
	bool listen;
	const char *message;
	const char *name;
	bool notify;
	const char *peer_uid;
	const char *pid;
	bool reply;
	struct duration timeout;
	const char *type;
	struct optarg wait;
};

static const struct opt opts[] = {
	OPT('a', abstract, NULL, "SOCKET is an abstract name, without the @"),
	OPT('b', wait, "SECS", "wait for the socket to appear"),
	OPT('d', getfd, NULL, "accepted; --pid always shares the file offset"),
	OPT('f', fd, "FD", "send FD, ahead of those given as operands"),
	OPT('k', keep, NULL, "listen and serve everyone, until killed"),
	OPT('l', listen, NULL, "listen and serve the first who connects"),
	OPT('n', name, "NAME", "store under NAME, with --notify"),
	OPT('p', pid, "PID[:INODE]", "take the FDs out of process PID"),
	OPT('r', reply, NULL, "print what the peer answers"),
	OPT('t', timeout, "SECS", "how long a step may take (default 10)"),
	OPT(0, ack, "SECS", "wait for a byte from the peer"),
	OPT(0, message, "TEXT", "send TEXT along (default one NUL byte)"),
	OPT(0, notify, NULL, "store in systemd; there is no SOCKET then"),
	OPT(0, peer_uid, "UID", "the peer may also be that user"),
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
};

static void check_args(const struct applet *self, const struct args *a)
{
	bool serves = a->listen || a->keep;

	if (a->notify &&
	    (serves || a->reply || a->message || a->abstract ||
	     strcmp(a->type, "stream") != 0 || applet_given(&a->wait)))
		applet_usage(self, "--notify goes with --ack, --fd, --name, "
				   "--pid and --timeout alone");
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

static void read_args(struct job *j)
{
	const struct args *a = &j->a;
	struct delivery *d = &j->what;

	check_args(j->self, a);
	read_type(j);
	read_message(j);
	d->limit = a->timeout.given ? a->timeout.ms : LIMIT_MS;
	d->ack = applet_millis(j->self, "--ack", &a->ack, d->limit);
	d->acked = applet_given(&a->ack);
	d->reply = a->reply;
	d->keep = a->keep;
	d->uid = applet_uid(j->self, "--peer-uid", a->peer_uid);
}

/* The descriptors by their numbers: -f's, then the operands, or else 0. */
static int *read_fds(struct job *j, char **operands)
{
	const struct strlist *first = &j->a.fd;
	int n = first->n, *fds;
	const char *word;

	for (int i = 0; operands[i]; i++)
		n++;
	/* One at least, and that is 0. */
	fds = calloc(n > 0 ? (size_t)n : 1, sizeof(*fds));
	if (!fds)
		err(EXIT_CANCELED, "cannot note %d descriptors", n);
	for (int i = 0; i < n; i++) {
		word = i < first->n ? first->v[i] : operands[i - first->n];
		if (text_int(word, 0, INT_MAX, &fds[i]) < 0)
			applet_usage(j->self, "bad FD %s: want a number",
				     Q(word));
	}
	j->what.many.fds = fds;
	j->what.many.n = n > 0 ? n : 1;
	return fds;
}

/* Have them at hand before anybody is asked to take them. */
static void get_fds(const struct job *j, int *fds)
{
	const char *pid = j->a.pid;
	struct errmsg f;

	if (procfd_get(pid, fds, j->what.many.n, &f) == 0)
		return;
	if (pid && errno == EINVAL)
		applet_usage(j->self, "bad --pid %s: want PID[:INODE]", Q(pid));
	applet_fail(EXIT_CANCELED, &f);
}

/* The exit status that errno of a step stands for. */
static int status(void)
{
	if (errno == ETIMEDOUT)
		return EXIT_TIMEDOUT;
	if (errno == ECONNREFUSED || errno == ECONNRESET || errno == EPIPE)
		return EXIT_FAILURE;
	return EXIT_CANCELED;
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
		applet_fail(status(), &f);
	sock_discard(&sock);
}

static void listen_and_send(const struct job *j)
{
	int ms = j->a.timeout.given && !j->a.keep ? j->what.limit : -1;
	struct errmsg f;

	if (serve_keep(&j->what, &j->name, j->type, ms, applet_warn, &f) < 0)
		applet_fail(status(), &f);
}

static void store(const struct job *j)
{
	const struct delivery *d = &j->what;
	const char *to = getenv("NOTIFY_SOCKET");
	struct errmsg f;

	if (!to)
		errx(EXIT_CANCELED, "cannot notify: NOTIFY_SOCKET is not set");
	if (notify_store(to, d->many.fds, d->many.n, j->a.name, d->limit,
			 d->ack, &f) < 0)
		applet_fail(status(), &f);
}

static int run(const struct applet *self, char **argv)
{
	struct job j = { .self = self, .a.type = "stream" };
	char **operands = applet_args(self, argv, &j.a);
	int *fds;

	read_args(&j);
	if (!j.a.notify) {
		if (!*operands)
			applet_usage(self, "missing operand: want SOCKET");
		j.what.to = *operands++;
		if (sock_parse(j.what.to, j.a.abstract, &j.name) < 0)
			applet_usage(self, "bad SOCKET %s", Q(j.what.to));
		j.name.no_fds = true;
	}
	fds = read_fds(&j, operands);
	get_fds(&j, fds);
	if (j.a.notify)
		store(&j);
	else if (j.a.listen || j.a.keep)
		listen_and_send(&j);
	else
		connect_and_send(&j);
	free(fds);
	return 0;
}

static const char *const about[] = {
	"Sends open file descriptors, standard input unless FDs are named, to "
	"whoever listens on SOCKET: a path of any length, @NAME in the "
	"abstract namespace, or fd:N, an inherited socket. One message has "
	"253 at most; the first one has the payload, the others a NUL byte.",
	"The peer must be root or the same user (see --peer-uid). Sent does "
	"not mean received: --ack waits for a byte, as fdrecv --ack sends it. "
	"With --listen or --keep the socket has mode 0600, and is removed at "
	"the end. With --notify systemd keeps them (FileDescriptorStoreMax=).",
	NULL
};

static const struct example examples[] = {
	{ "fdsend s <file", "send an open file" },
	{ "fdsend s 3 4 3<a 4>b", "send two" },
	{ "fdsend --keep s 3 &", "give fd 3 to everyone who asks" },
	{ "fdsend --pid 1234 s 1", "send the output of process 1234" },
	{ "fdsend --notify --name log 3", "store fd 3 in systemd" },
	{ "fdsend fd:1 3", "serve ssh -o ProxyUseFdpass=yes" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0",   "the descriptors were sent, and acknowledged if asked for",
	"1",   "nobody listens, or the peer closed or takes no descriptors",
	"124", "a time limit ran out",
	"125", "fdsend failed or was called wrongly",
	NULL
};

const struct applet fdsend_applet = {
	.name = "fdsend",
	.brief = "send open file descriptors over a unix socket",
	.operands = "SOCKET [FD]...",
	.most = -1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "fdrecv(1), pidfd_getfd(2), cmsg(3), sd_notify(3), unix(7)",
	.run = run,
};
