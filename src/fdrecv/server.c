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
#include "fdrecv/client.h"
#include "fdrecv/receiver.h"
#include "fdrecv/server.h"
#include "sock/sock.h"

/* What became of a look at the connections, beside what server_next returns. */
enum { FAILED = -1, MORE = 100 };

/* How long a connection may hold up a later one, once, ms. */
#define GRACE_MS 100

/* Only look: poll said that something is there. */
static const struct deadline at_once = { .deadline = 0, .signals = -1 };

/*
 * Are connections read here? Not where another client's descriptors could still
 * be there when one has delivered: they are never to be closed here.
 */
static bool reads(const struct server *s)
{
	return !s->terms.stay && s->count <= 1;
}

static void remove_waiting(struct server *s, int i)
{
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
static void drop_receiver(struct server *s, struct waiting *v)
{
	(void)kill(v->receiver, SIGKILL);
	children_add(&s->gone, v->receiver);
	fd_close(&v->link);
}

static void close_connection(struct waiting *v)
{
	if (v->shared)
		fd_close(&v->link);
	else
		sock_hang_up(&v->link);
}

static void drop_waiting(struct server *s, int i)
{
	struct waiting *v = &s->v[i];

	if (v->client) {
		client_free(v->client);
		close_connection(v);
	} else {
		drop_receiver(s, v);
	}
	remove_waiting(s, i);
	server_reap(s);
}

void server_close(struct server *s)
{
	while (s->n > 0)
		drop_waiting(s, s->n - 1);
}

/* In the new receiver: it has its own connection and no other. */
static struct client *be_receiver(struct server *s, int sock, int link,
				  const struct ucred *who, pid_t server)
{
	struct client *g = client_new(s, who);

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

/* The next place; which user it is, if that can be had: not of a datagram
 * socket, which pid 0 says. */
static struct waiting *next_waiting(struct server *s, int sock)
{
	struct waiting *v = &s->v[s->n];

	*v = (struct waiting){ .link = -1,
			       .deadline = wait_until(s->patience) };
	if (s->datagrams || sock_peer(sock, &v->who) < 0)
		v->who = (struct ucred){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	return v;
}

/* Returns as server_add; sock is closed here. */
static int start_receiver(struct server *s, int sock, int link[2],
			  struct client **out, struct errmsg *f)
{
	struct waiting *v = next_waiting(s, sock);
	pid_t server = getpid();

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
	s->n++;
	return 0;
}

/* The first one has its place already. */
static struct client *place_client(struct server *s, const struct ucred *who)
{
	struct client_room *room = s->terms.room;

	s->terms.room = NULL;
	return room ? client_lent(room, s, who) : client_new(s, who);
}

/* To be read here. Returns 0, or -1 with f filled in; sock is closed here. */
static int start_client(struct server *s, int sock, bool shared,
			struct errmsg *f)
{
	struct waiting *v = next_waiting(s, sock);

	v->link = sock;
	v->shared = shared;
	v->client = place_client(s, &v->who);
	if (!v->client) {
		(void)errmsg(f, errno, "cannot accept a connection");
		close_connection(v);
		return -1;
	}
	v->client->sock = sock;
	s->n++;
	return 0;
}

int server_add(struct server *s, int sock, bool shared, struct client **out,
	       struct errmsg *f)
{
	int link[2];

	if (reads(s))
		return start_client(s, sock, shared, f);
	if (open_link(link, f) == 0)
		return start_receiver(s, sock, link, out, f);
	sock_discard(&sock);
	return -1;
}

static int refuse_waiting(struct server *s, int i, struct errmsg *f,
			  const char *why)
{
	client_refuse(&s->v[i].who, f, 0, why);
	drop_waiting(s, i);
	return SERVER_REFUSED;
}

/* The oldest of too many: what it might still send is not waited for. */
static int drop_oldest(struct server *s, struct errmsg *f)
{
	(void)refuse_waiting(s, 0, f, "too many others wait");
	return SERVER_CROWDED;
}

/* A receiver goes on with what it has accepted. */
static int let_go_on(struct server *s, int i, struct errmsg *f)
{
	struct waiting *v = &s->v[i];

	if (receiver_go_on(v->link, f) < 0) {
		drop_waiting(s, i);
		return SERVER_REFUSED;
	}
	children_add(s->terms.children, v->receiver);
	fd_close(&v->link);
	remove_waiting(s, i);
	return SERVER_STARTED;
}

/* What a receiver has accepted becomes ours. */
static int take_over(struct server *s, int i, const struct report *r,
		     struct client **out, struct errmsg *f)
{
	struct waiting *v = &s->v[i];
	int done;

	*out = client_new(s, &v->who);
	done = *out ? receiver_take(v->link, r, *out, f)
		    : errmsg(f, errno, "cannot take what came");
	drop_waiting(s, i);
	return done < 0 ? SERVER_REFUSED : SERVER_DELIVERED;
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
		return s->terms.stay ? let_go_on(s, i, f)
				     : take_over(s, i, &r, out, f);
	*f = r.f;
	errno = f->error;
	drop_waiting(s, i);
	return SERVER_REFUSED;
}

/* Read a message of a connection, which settles it or says nothing yet. */
static int hear_client(struct server *s, int i, struct client **out,
		       struct errmsg *f)
{
	struct waiting *v = &s->v[i];
	struct client *g = v->client;
	int got = client_read(s, g, &at_once, f);

	if (got == 0)
		return MORE;
	if (got > 0 && (client_judge(s, g, f) < 0 ||
			(s->terms.ack && client_acknowledge(g, f) < 0)))
		got = -1;
	g->sock = -1;
	*out = g;
	close_connection(v);
	remove_waiting(s, i);
	errno = f->error;
	return got < 0 ? SERVER_REFUSED : SERVER_DELIVERED;
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
	int started = reads(s) ? start_client(s, sock, false, f)
			       : start_receiver(s, sock, link, out, f);
	const struct ucred *who;

	/* That it cannot be is no reason for a server to end. */
	if (started < 0 && s->terms.stay)
		return SERVER_REFUSED;
	if (started != 0)
		return started;
	who = &s->v[s->n - 1].who;
	if (sock_peer_ok(who, s->uid))
		return MORE;
	if (who->uid == (uid_t)-1)
		return refuse_waiting(s, s->n - 1, f, "its user is not known");
	(void)refuse_waiting(s, s->n - 1, f,
			     "that user may not (see --peer-uid)");
	return SERVER_STRANGER;
}

/* Let one more in, if there is room: what was accepted could only be closed. */
static int admit(struct server *s, struct client **out, struct errmsg *f)
{
	int link[2] = { -1, -1 }, sock, saved;

	if (s->n == SERVER_MAX)
		return drop_oldest(s, f);
	if (!reads(s) && open_link(link, f) < 0)
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
	added = server_add(s, sock, true, out, f);
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

/* Hear the first receiver that said something. */
static int hear_first(struct server *s, const struct pollfd *p, int signals,
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

/* Hear those that said something, until one of them is settled: one that talks
 * all the time does not keep us from the others. */
static int hear_all(struct server *s, const struct pollfd *p, int signals,
		    struct client **out, struct errmsg *f)
{
	int result = MORE;

	if (!reads(s))
		return hear_first(s, p, signals, out, f);
	for (int i = 0; i < s->n && result == MORE; i++) {
		if (p[i].revents)
			result = hear_client(s, i, out, f);
	}
	return result;
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
