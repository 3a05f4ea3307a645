/* receive - get descriptors from one socket or several, once or as a server */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/termsig.h"
#include "base/text.h"
#include "cli/applet.h"
#include "fdrecv/receive.h"
#include "tty/pty.h"
#include "tty/tty.h"

/* What a connection may take to deliver where others wait. */
#define PATIENCE_MS 10000

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
static int reap(struct receive *r, struct errmsg *f)
{
	int status;

	while (children_reap(&r->crew, &status)) {
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

static int take_signal(struct receive *r, struct errmsg *f)
{
	struct signalfd_siginfo info;
	int sig;

	if (fd_read(r->w.signals, &info, sizeof(info)) != sizeof(info))
		return GO_ON;
	sig = (int)info.ssi_signo;
	if (sig == SIGCHLD)
		return reap(r, f);
	if (!r->command)
		children_kill(&r->crew, sig);
	return -sig;
}

static int open_inlet(struct receive *r, struct endpoint *in, struct errmsg *f)
{
	int result = GO_ON;

	while (result == GO_ON) {
		if (endpoint_open(in, &r->plan, &r->w, f) == 0)
			return 0;
		result = errno == ECANCELED ? take_signal(r, f)
					    : status_of(errno, f);
	}
	return result;
}

static void shut(const struct receive *r, struct endpoint *in)
{
	struct errmsg f;

	if (endpoint_close(in, &f) < 0)
		r->complain(&f);
}

/*
 * One that left already wants no answer. Where none can be sent at all neither
 * side is to believe that the descriptors have changed hands.
 */
static int acknowledge(const struct client *g, struct errmsg *f)
{
	ssize_t n;

	do {
		n = send(g->sock, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n == 1 || errno == EPIPE || errno == ECONNRESET)
		return 0;
	return errmsg(f, errno, "cannot acknowledge what came");
}

/* Is that what was asked for? Then tell the sender, and be done with him. */
static int take(const struct receive *r, int i, struct errmsg *f)
{
	struct client *g = r->client[i];

	if (r->terminal && (g->n != 1 || !pty_is_master(g->fds[0])))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "it is not one master of a terminal");
	if (g->n < r->places[i] || (r->n > 1 && g->n > r->places[i]))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "%d descriptors for %d places",
			      g->n, r->places[i]);
	for (int j = 0; r->newlines && j < g->n; j++) {
		if (pty_is_master(g->fds[j]))
			tty_newlines(g->fds[j]);
	}
	if (r->ack && acknowledge(g, f) < 0)
		return -1;
	fd_close(&g->sock);
	return 0;
}

/* The one client of an inlet; a mute one does not keep out the next. */
static int receive_one(struct receive *r, int i, struct errmsg *f)
{
	struct endpoint *in = &r->in[i];
	int got, result = GO_ON;

	while (result == GO_ON) {
		got = server_next(&in->serve, &r->w, &r->client[i], f);
		if (got > 0)
			result = take(r, i, f) < 0 ? EXIT_FAILURE : 0;
		else if (got == 0 && errno != EBUSY)
			result = EXIT_FAILURE;
		else if (got < 0 && errno == ECANCELED)
			result = take_signal(r, f);
		else if (got < 0)
			result = status_of(errno, f);
	}
	if (result == EXIT_TIMEDOUT)
		(void)errmsg(f, 0, "cannot receive from %s: time ran out",
			     Q(in->name.text));
	shut(r, in);
	return result;
}

/* In a child of the server: it owns nothing that the server listens on. What
 * shows something does not live longer than the server. */
static void be_child(struct receive *r, pid_t server)
{
	if (!r->command &&
	    (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != server))
		_exit(EXIT_CANCELED);
	endpoint_leave(&r->in[0]);
}

/* Start a child for who delivered. Returns 0 there. */
static int server_guest(struct receive *r, struct errmsg *f)
{
	pid_t server = getpid(), child;

	if (take(r, 0, f) < 0) {
		r->complain(f);
	} else {
		child = children_fork(&r->crew);
		if (child == 0) {
			be_child(r, server);
			return 0;
		}
		if (child < 0) {
			(void)errmsg(f, errno, "cannot start a process");
			r->complain(f);
		}
	}
	server_free(r->client[0]);
	return GO_ON;
}

/* As server_next; while as many are served as may be, only signals come. */
static int next(struct receive *r, struct errmsg *f)
{
	if (r->crew.n < r->most)
		return server_next(&r->in[0].serve, &r->w, &r->client[0], f);
	if (wait_fd(&r->w, -1, 0) < 0 && errno != ECANCELED)
		return errmsg(f, errno, "cannot wait for a command");
	return -1;
}

static int server_all(struct receive *r, struct errmsg *f)
{
	int got, result = GO_ON;

	while (result == GO_ON) {
		got = next(r, f);
		if (got > 0)
			result = server_guest(r, f);
		else if (got == 0)
			r->complain(f);
		else if (errno == ECANCELED)
			result = take_signal(r, f);
		else
			result = EXIT_CANCELED;
	}
	return result;
}

static int run(struct receive *r, struct errmsg *f)
{
	int result = 0;

	for (int i = 0; i < r->n && result == 0; i++)
		result = open_inlet(r, &r->in[i], f);
	if (result == 0 && r->plan.keep)
		return server_all(r, f);
	for (int i = 0; i < r->n && result == 0; i++)
		result = receive_one(r, i, f);
	return result;
}

static int start(struct receive *r)
{
	bool keep = r->plan.keep;

	for (int i = 0; i < r->n; i++)
		endpoint_init(&r->in[i]);
	r->crew.n = 0;
	r->plan.patience = -1;
	if (keep)
		r->plan.patience = r->timeout < 0 ? PATIENCE_MS : r->timeout;
	r->w.deadline = wait_until(keep ? -1 : r->timeout);
	r->w.signals = termsig_open(keep ? SIGCHLD : 0);
	return r->w.signals;
}

int receive_run(struct receive *r, struct errmsg *f)
{
	int result;
	sigset_t none;

	if (start(r) < 0) {
		(void)errmsg(f, errno, "cannot wait for signals");
		return EXIT_CANCELED;
	}
	result = run(r, f);
	for (int i = 0; i < r->n; i++)
		shut(r, &r->in[i]);
	fd_close(&r->w.signals);
	/* It cannot fail. A signal that waits ends us here: all is tidy. */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	return result;
}
