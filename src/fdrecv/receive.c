/* receive - get descriptors from one socket or several, once or as a server */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/termsig.h"
#include "base/text.h"
#include "cli/applet.h"
#include "fdrecv/client.h"
#include "fdrecv/receive.h"

/* What a connection may take to deliver where others wait. */
#define PATIENCE_MS 10000

/* What receivers that were killed may take to end. */
#define SETTLE_MS 1000

/* Nothing to return yet; beside 0, exit statuses and negative signals. */
#define GO_ON 1000

/* The exit status that a failure is worth. */
static int status_of(int error, const struct errmsg *f)
{
	if (error == ETIMEDOUT)
		return EXIT_TIMEDOUT;
	return error == EACCES && !f->error ? EXIT_FAILURE : EXIT_CANCELED;
}

/* A child that shows what came speaks for us: it may not be able to. */
static int reap_children(struct receive *r, struct errmsg *f)
{
	int status;

	server_reap(&r->in[0].serve);
	while (children_reap(&r->children, &status)) {
		if (r->command)
			continue;
		f->what[0] = '\0';
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
			return -SIGPIPE;
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CANCELED)
			return EXIT_CANCELED;
	}
	return GO_ON;
}

static int take_server_signal(struct receive *r, struct errmsg *f)
{
	struct signalfd_siginfo info;
	int sig;

	if (fd_read(r->w.signals, &info, sizeof(info)) != sizeof(info))
		return GO_ON;
	sig = (int)info.ssi_signo;
	if (sig == SIGCHLD)
		return reap_children(r, f);
	if (!r->command)
		children_kill(&r->children, sig);
	return -sig;
}

static int open_endpoint(struct receive *r, struct endpoint *in,
			 struct errmsg *f)
{
	int result = GO_ON;

	while (result == GO_ON) {
		if (endpoint_open(in, &r->plan, &r->w, f) == 0)
			return 0;
		if (errno == ECANCELED)
			result = take_server_signal(r, f);
		else if (r->plan.connect)
			result = sock_status(errno);
		else
			result = status_of(errno, f);
	}
	return result;
}

static void shut_endpoint(const struct receive *r, struct endpoint *in)
{
	struct errmsg f;

	if (endpoint_close(in, &f) < 0)
		r->complain(&f);
}

/* The one client of an endpoint; a mute one does not keep out the next, nor
 * does a user who may not connect keep out those who may. */
static int receive_one(struct receive *r, int i, struct errmsg *f)
{
	struct endpoint *in = &r->in[i];
	int got, result = GO_ON;

	while (result == GO_ON) {
		got = server_next(&in->serve, &r->w, &r->client[i], f);
		if (got == SERVER_DELIVERED)
			result = 0;
		else if (got == SERVER_STRANGER)
			r->complain(f);
		else if (got == SERVER_REFUSED)
			result = EXIT_FAILURE;
		else if (got < 0 && errno == ECANCELED)
			result = take_server_signal(r, f);
		else if (got < 0)
			result = status_of(errno, f);
	}
	if (result == EXIT_TIMEDOUT)
		(void)errmsg(f, 0, "cannot receive from %s: timed out",
			     Q(in->name.text));
	shut_endpoint(r, in);
	return result;
}

/* In a receiver that goes on with what it has: it owns nothing that the server
 * listens on. What shows something does not live longer than the server. */
static int be_child(struct receive *r, pid_t server)
{
	endpoint_leave(&r->in[0]);
	r->children.n = 0;
	if (!r->command &&
	    (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != server))
		_exit(EXIT_CANCELED);
	return 0;
}

/* As server_next; while as many are served as may be, only signals come. */
static int next_client(struct receive *r, struct errmsg *f)
{
	if (r->children.n < r->most)
		return server_next(&r->in[0].serve, &r->w, &r->client[0], f);
	if (wait_fd(&r->w, -1, 0) < 0 && errno != ECANCELED)
		return errmsg(f, errno, "cannot wait for a command");
	return -1;
}

static int receive_all(struct receive *r, struct errmsg *f)
{
	pid_t server = getpid();
	int got, result = GO_ON;

	while (result == GO_ON) {
		got = next_client(r, f);
		if (got == SERVER_DELIVERED)
			return be_child(r, server);
		if (got == SERVER_REFUSED || got == SERVER_CROWDED ||
		    got == SERVER_STRANGER)
			r->complain(f);
		else if (got < 0 && errno == ECANCELED)
			result = take_server_signal(r, f);
		else if (got < 0)
			result = EXIT_CANCELED;
	}
	return result;
}

/* What a client of an endpoint has to send. */
static void set_terms(struct receive *r, int i)
{
	r->in[i].terms = (struct terms){
		.terminal = r->terminal,
		.least = r->places[i],
		.exact = r->n > 1,
		.newlines = r->newlines,
		.ack = r->ack,
		.stay = r->plan.keep,
		.children = &r->children,
		.room = i == 0 ? &r->room : NULL,
	};
}

static int receive_from(struct receive *r, struct errmsg *f)
{
	int result = 0;

	for (int i = 0; i < r->n && result == 0; i++) {
		set_terms(r, i);
		result = open_endpoint(r, &r->in[i], f);
	}
	if (result == 0 && r->plan.keep)
		return receive_all(r, f);
	for (int i = 0; i < r->n && result == 0; i++)
		result = receive_one(r, i, f);
	return result;
}

static int receive_start(struct receive *r)
{
	bool keep = r->plan.keep;

	for (int i = 0; i < r->n; i++) {
		endpoint_init(&r->in[i]);
		r->client[i] = NULL;
	}
	r->children.n = 0;
	r->plan.patience = -1;
	if (keep)
		r->plan.patience = r->timeout < 0 ? PATIENCE_MS : r->timeout;
	r->w.deadline = wait_until(keep ? -1 : r->timeout);
	r->w.signals = termsig_open_pipe(keep ? SIGCHLD : 0);
	return r->w.signals;
}

/* End with what was refused, or is of no use now, still open. */
static void abandon_clients(const struct receive *r)
{
	bool any = false;

	for (int i = 0; i < r->n; i++)
		any = any || (r->client[i] && r->client[i]->n > 0);
	if (any)
		client_abandon();
}

/* A command is not to find receivers among its children; but none of them is
 * waited for long, as what they close may block. */
static void settle_receivers(struct receive *r)
{
	const struct deadline w = { wait_until(SETTLE_MS), -1 };

	for (int i = 0; i < r->n; i++) {
		struct children *gone = &r->in[i].serve.gone;

		for (int k = 0; k < gone->n; k++) {
			autofd pidfd = sys_pidfd_open(gone->v[k], 0);

			if (pidfd >= 0)
				(void)wait_fd(&w, pidfd, POLLIN);
		}
		server_reap(&r->in[i].serve);
	}
}

int receive_run(struct receive *r, struct errmsg *f)
{
	int result;
	sigset_t none;

	if (receive_start(r) < 0) {
		(void)errmsg(f, errno, "cannot wait for signals");
		return EXIT_CANCELED;
	}
	result = receive_from(r, f);
	for (int i = 0; i < r->n; i++)
		shut_endpoint(r, &r->in[i]);
	if (result == 0)
		settle_receivers(r);
	else if (!r->plan.keep)
		abandon_clients(r);
	fd_close(&r->w.signals);
	/* It cannot fail. A signal that waits ends us here: all is tidy. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	return result;
}
