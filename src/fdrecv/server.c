/* server - take descriptors from all that connect, none able to delay another
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/wait.h"
#include "fdrecv/receiver.h"
#include "fdrecv/server.h"
#include "sock/sock.h"

/* What became of a look at the connections, beside what server_next returns. */
enum { FAILED = -1, MORE = 100 };

/* How long a connection may hold up a later one, once, ms. */
#define GRACE_MS 100

/* Only look: poll said that something is there. */
static const struct deadline at_once = { .deadline = 0, .signals = -1 };

void server_free(struct client *g)
{
	for (int i = 0; i < g->n; i++)
		fd_close(&g->fds[i]);
	fd_close(&g->sock);
	free(g);
}

static void remove_waiting(struct server *s, int i)
{
	fd_close(&s->v[i].link);
	s->n--;
	memmove(&s->v[i], &s->v[i + 1], (size_t)(s->n - i) * sizeof(s->v[0]));
}

void server_reap(struct server *s)
{
	int status;

	while (children_reap(&s->gone, &status))
		continue;
}

/* It may never end, so it is not waited for. */
static void drop_waiting(struct server *s, int i)
{
	(void)kill(s->v[i].receiver, SIGKILL);
	children_add(&s->gone, s->v[i].receiver);
	remove_waiting(s, i);
	server_reap(s);
}

void server_close(struct server *s)
{
	while (s->n > 0)
		drop_waiting(s, s->n - 1);
}

static struct client *new_client(const struct server *s, int room,
				 const struct ucred *who)
{
	struct client *g;

	if (room == 0)
		room = s->count ? s->count : FDPASS_MAX;
	g = calloc(1, sizeof(*g) + (size_t)room * sizeof(g->fds[0]));
	if (!g)
		return NULL;
	g->sock = -1;
	g->room = room;
	g->who = *who;
	return g;
}

/* In the new receiver: it has its own connection and no other. */
static struct client *be_receiver(struct server *s, int sock, int link,
				  const struct ucred *who, pid_t server)
{
	struct client *g = new_client(s, 0, who);

	if (!g || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != server)
		_exit(EXIT_FAILURE);
	for (int i = 0; i < s->n; i++)
		fd_close(&s->v[i].link);
	s->n = 0;
	s->gone.n = 0;
	g->sock = sock;
	receiver_run(s, g, link);
	return g;
}

static int open_link(int link[2], struct errmsg *f)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) == 0)
		return 0;
	return errmsg(f, errno, "cannot accept a connection");
}

/* Returns as server_add; sock and the link are closed here. */
static int start_receiver(struct server *s, int sock, int link[2],
			  struct client **out, struct errmsg *f)
{
	struct waiting *v = &s->v[s->n];
	pid_t server = getpid();

	/* Not to be had of a datagram socket: pid 0 says so. */
	if (s->datagrams || sock_peer(sock, &v->who) < 0)
		v->who = (struct ucred){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	v->receiver = fork();
	if (v->receiver == 0) {
		fd_close(&link[0]);
		*out = be_receiver(s, sock, link[1], &v->who, server);
		return SERVER_DELIVERED;
	}
	fd_close(&link[1]);
	if (v->receiver < 0) {
		(void)errmsg(f, errno, "cannot start a process");
		fd_close(&link[0]);
		sock_discard(&sock);
		return -1;
	}
	/* The receiver has it as well, and closes it last: what is in it goes
	 * with the receiver. */
	fd_close(&sock);
	v->link = link[0];
	v->deadline = wait_until(s->patience);
	v->grace = 0;
	s->n++;
	return 0;
}

int server_add(struct server *s, int sock, struct client **out,
	       struct errmsg *f)
{
	int link[2];

	if (open_link(link, f) == 0)
		return start_receiver(s, sock, link, out, f);
	sock_discard(&sock);
	return -1;
}

static int refuse_waiting(struct server *s, int i, struct errmsg *f,
			  const char *why)
{
	receiver_refuse(&s->v[i].who, f, 0, why);
	drop_waiting(s, i);
	return SERVER_REFUSED;
}

/* The oldest of too many: what it might still send is not waited for. */
static int drop_oldest(struct server *s, struct errmsg *f)
{
	(void)refuse_waiting(s, 0, f, "too many others wait");
	return SERVER_CROWDED;
}

/* The receiver has accepted what came. */
static int accept_report(struct server *s, int i, const struct report *r,
			 struct client **out, struct errmsg *f)
{
	struct waiting *v = &s->v[i];
	struct client *g = new_client(s, r->n, &v->who);

	if (!g) {
		(void)errmsg(f, errno, "cannot take what came");
		drop_waiting(s, i);
		return SERVER_REFUSED;
	}
	if (receiver_take(s, v->link, r, g, f) < 0) {
		/* First these: the receiver has them still. */
		server_free(g);
		drop_waiting(s, i);
		return SERVER_REFUSED;
	}
	if (!s->terms.stay) {
		*out = g;
		drop_waiting(s, i);
		return SERVER_DELIVERED;
	}
	server_free(g);
	children_add(s->terms.children, v->receiver);
	remove_waiting(s, i);
	return SERVER_STARTED;
}

/* Hear a receiver that has something to say. */
static int hear_receiver(struct server *s, int i, struct client **out,
			 struct errmsg *f)
{
	struct report r;

	if (receiver_report(s->v[i].link, &r) < 0)
		return refuse_waiting(s, i, f,
				      "lost contact with its receiver");
	if (r.accepted)
		return accept_report(s, i, &r, out, f);
	*f = r.f;
	errno = f->error;
	drop_waiting(s, i);
	return SERVER_REFUSED;
}

/* Refuse one that took too long. */
static int expire_waiting(struct server *s, struct errmsg *f)
{
	for (int i = 0; i < s->n; i++) {
		if (wait_left(s->v[i].deadline) == 0)
			return refuse_waiting(s, i, f,
					      "it sent nothing in time");
	}
	return MORE;
}

/* Let in the one that was accepted. */
static int admit_one(struct server *s, int sock, int link[2],
		     struct client **out, struct errmsg *f)
{
	int started = start_receiver(s, sock, link, out, f);

	/* That it cannot be is no reason for a server to end. */
	if (started < 0 && s->terms.stay)
		return SERVER_REFUSED;
	if (started != 0)
		return started;
	if (!sock_peer_ok(&s->v[s->n - 1].who, s->uid))
		return refuse_waiting(s, s->n - 1, f,
				      "that user may not (see --peer-uid)");
	return MORE;
}

/* Let one more in, if there is room: what was accepted could only be closed. */
static int admit(struct server *s, struct client **out, struct errmsg *f)
{
	int link[2], sock, saved;

	if (s->n == SERVER_MAX)
		return drop_oldest(s, f);
	if (open_link(link, f) < 0)
		return fd_exhausted(errno) && s->n > 0 ? drop_oldest(s, f) : -1;
	sock = sock_accept(s->server, &at_once);
	if (sock >= 0)
		return admit_one(s, sock, link, out, f);
	saved = errno;
	fd_close(&link[0]);
	fd_close(&link[1]);
	if (fd_exhausted(saved) && s->n > 0)
		return drop_oldest(s, f);
	/* It may be gone again. */
	if (saved == ETIMEDOUT || saved == ECONNABORTED)
		return MORE;
	return errmsg(f, saved, "cannot accept a connection");
}

/* Datagrams come to the server itself: one client, whatever its senders. */
static int admit_datagrams(struct server *s, struct client **out,
			   struct errmsg *f)
{
	int sock = fd_above(s->server->fd, 3), added;

	if (sock < 0)
		return errmsg(f, errno, "cannot receive datagrams");
	added = server_add(s, sock, out, f);
	if (added == 0)
		s->v[0].deadline = WAIT_FOREVER;
	return added;
}

/* Fill in what to wait for; returns the ms that it may take. */
static int fill_poll(struct pollfd *p, const struct server *s,
		     const struct deadline *w)
{
	bool accepts = s->server && !s->datagrams;
	long long first = w->deadline;

	p[0] = (struct pollfd){ .fd = w->signals, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = accepts ? s->server->fd : -1,
				.events = POLLIN };
	for (int i = 0; i < s->n; i++) {
		long long its = s->v[i].deadline;

		p[2 + i] = (struct pollfd){ .fd = s->v[i].link,
					    .events = POLLIN };
		if (first == WAIT_FOREVER ||
		    (its != WAIT_FOREVER && its < first))
			first = its;
	}
	return wait_left(first);
}

/*
 * The first connection that has something, or -1 at a signal. What was sent
 * first is to be first: where only the i-th has a report, the receivers of
 * those before it, which may just not have run yet, get a moment, once.
 */
static int first_ready(struct server *s, int i, int signals)
{
	struct pollfd p[1 + SERVER_MAX];
	long long until = 0;

	p[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
	for (int k = 0; k < i; k++) {
		struct waiting *v = &s->v[k];

		if (v->grace == 0)
			v->grace = wait_until(GRACE_MS);
		if (v->grace > until)
			until = v->grace;
		p[1 + k] = (struct pollfd){ .fd = v->link, .events = POLLIN };
	}
	if (until == 0 || poll(p, (nfds_t)(1 + i), wait_left(until)) <= 0)
		return i;
	for (int k = 0; k < i; k++) {
		if (p[1 + k].revents)
			return k;
	}
	return -1;
}

/* Hear those that said something, until one of them is settled. */
static int hear_all(struct server *s, const struct pollfd *p, int signals,
		    struct client **out, struct errmsg *f)
{
	int first;

	for (int i = 0; i < s->n; i++) {
		if (!p[i].revents)
			continue;
		first = first_ready(s, i, signals);
		return first < 0 ? MORE : hear_receiver(s, first, out, f);
	}
	return MORE;
}

/* One look at all of them. */
static int look_around(struct server *s, const struct deadline *w,
		       struct client **out, struct errmsg *f)
{
	struct pollfd p[2 + SERVER_MAX];
	int ms = fill_poll(p, s, w), result;

	if (poll(p, (nfds_t)(2 + s->n), ms) < 0)
		return errno == EINTR ? MORE : errmsg(f, errno, "cannot wait");
	if (p[0].revents)
		return errmsg(f, ECANCELED, "interrupted by a signal");
	result = hear_all(s, p + 2, w->signals, out, f);
	/* Only after what came was heard: if we are late, it is not their
	 * fault. */
	if (result == MORE)
		result = expire_waiting(s, f);
	if (result == MORE && wait_left(w->deadline) == 0)
		return errmsg(f, ETIMEDOUT, "timed out");
	if (result == MORE && p[1].revents)
		result = admit(s, out, f);
	return result;
}

int server_next(struct server *s, const struct deadline *w, struct client **out,
		struct errmsg *f)
{
	int result = MORE;

	if (s->datagrams && s->n == 0) {
		result = admit_datagrams(s, out, f);
		if (result != 0)
			return result;
		result = MORE;
	}
	while (result == MORE)
		result = look_around(s, w, out, f);
	return result;
}
