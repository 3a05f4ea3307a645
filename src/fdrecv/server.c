/* server - take descriptors from whoever connects, none able to delay another
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "fdrecv/server.h"
#include "sock/sock.h"

/* What became of a look at a connection; the first three as server_next. */
enum { FAILED = -1, REFUSED = 0, DELIVERED = 1, MORE = 2 };

/* Only look: poll said that something is there. */
static const struct deadline at_once = { .deadline = 0, .signals = -1 };

void server_free(struct client *g)
{
	for (int i = 0; i < g->n; i++)
		fd_close(&g->fds[i]);
	fd_close(&g->sock);
	free(g);
}

void server_close(struct server *s)
{
	while (s->n > 0)
		server_free(s->v[--s->n]);
}

static void forget(struct server *s, int i)
{
	s->n--;
	memmove(&s->v[i], &s->v[i + 1], (size_t)(s->n - i) * sizeof(s->v[0]));
}

int server_add(struct server *s, int sock)
{
	int room = s->count ? s->count : FDPASS_MAX;
	struct client *g = calloc(1, sizeof(*g) +
					     (size_t)room * sizeof(g->fds[0]));

	if (!g) {
		fd_close(&sock);
		return -1;
	}
	g->sock = sock;
	g->room = room;
	g->deadline = wait_until(s->patience);
	/* Not to be had of a datagram socket: pid 0 says so. */
	if (s->datagrams || sock_peer(sock, &g->who) < 0)
		g->who = (struct ucred){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	s->v[s->n++] = g;
	return 0;
}

/* Refuse a connection for a reason of ours, error 0, or of the kernel's. */
static int refuse(struct server *s, int i, struct errmsg *f, int error,
		  const char *why)
{
	struct client *g = s->v[i];
	char who[64] = "a sender";

	if (g->who.pid > 0)
		snprintf(who, sizeof(who), "pid %d of user %u", g->who.pid,
			 g->who.uid);
	(void)errmsg(f, error, "cannot receive from %s%s%s", who,
		     *why ? ": " : "", why);
	forget(s, i);
	server_free(g);
	return REFUSED;
}

/* The oldest of too many: what it might still send is not waited for. */
static int make_room(struct server *s, struct errmsg *f)
{
	(void)refuse(s, 0, f, 0, "too many others wait");
	errno = EBUSY;
	return REFUSED;
}

static int refuse_early_end(struct server *s, int i, struct errmsg *f)
{
	const struct client *g = s->v[i];
	char why[QUOTE_MAX + 64];

	if (g->n > 0)
		snprintf(why, sizeof(why),
			 "it closed after %d of %d descriptors", g->n, g->room);
	else if (g->size > 0)
		snprintf(why, sizeof(why), "it closed, and only said %s",
			 Q(g->text));
	else
		snprintf(why, sizeof(why), "it closed without a descriptor");
	return refuse(s, i, f, 0, why);
}

/* Is that more than this client may send? Says why, or NULL. */
static const char *excess(const struct server *s, const struct client *g,
			  const struct fdpass *m)
{
	if (m->n > g->room - g->n)
		return "it sent more descriptors than were asked for";
	if (m->n > 0 || g->n > 0)
		return NULL;
	if (!s->talk)
		return "its message has no descriptor";
	if (g->size + m->size > FDPASS_TEXT)
		return "it talks and sends no descriptor";
	return NULL;
}

static void keep(struct client *g, const struct fdpass *m)
{
	size_t room = FDPASS_TEXT - g->size;
	size_t size = m->size < room ? m->size : room;

	memcpy(g->text + g->size, m->text, size);
	g->size += size;
	g->text[g->size] = '\0';
	memcpy(g->fds + g->n, m->fds, (size_t)m->n * sizeof(m->fds[0]));
	g->n += m->n;
}

/* Read what a connection has. */
static int hear(struct server *s, int i, struct errmsg *f)
{
	struct client *g = s->v[i];
	struct fdpass m;
	const char *why;
	int got = fdpass_recv(g->sock, &m, &at_once);

	if (got < 0 && errno == ETIMEDOUT)
		return MORE;
	if (got < 0 && errno == EMFILE)
		return refuse(s, i, f, EMFILE, "a descriptor is lost");
	if (got < 0)
		return refuse(s, i, f, errno, "");
	if (got == 0)
		return refuse_early_end(s, i, f);
	why = excess(s, g, &m);
	if (why) {
		fdpass_close(&m);
		return refuse(s, i, f, 0, why);
	}
	keep(g, &m);
	if (g->n > 0 && (s->count == 0 || g->n == s->count))
		return DELIVERED;
	return MORE;
}

/* Refuse one that took too long. */
static int expire(struct server *s, struct errmsg *f)
{
	for (int i = 0; i < s->n; i++) {
		if (wait_left(s->v[i]->deadline) == 0)
			return refuse(s, i, f, 0, "it sent nothing in time");
	}
	return MORE;
}

/* Is a descriptor free? Whoever sends one needs it, and a descriptor for which
 * there is none is lost. */
static bool can_open(void)
{
	autofd spare = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	return spare >= 0 || (errno != EMFILE && errno != ENFILE);
}

/* Let one more in. */
static int admit(struct server *s, struct errmsg *f)
{
	int sock;

	if (s->n == SERVER_MAX)
		return make_room(s, f);
	sock = sock_accept(s->server, &at_once);
	/* Out of descriptors, somebody has to go. */
	if (sock < 0 && (errno == EMFILE || errno == ENFILE) && s->n > 0)
		return make_room(s, f);
	/* It may be gone again. */
	if (sock < 0 && (errno == ETIMEDOUT || errno == ECONNABORTED))
		return MORE;
	if (sock < 0 || server_add(s, sock) < 0)
		return errmsg(f, errno, "cannot accept a connection");
	if (!sock_peer_ok(&s->v[s->n - 1]->who, s->uid)) {
		(void)refuse(s, s->n - 1, f, 0,
			     "that user may not (see --peer-uid)");
		errno = EACCES;
		return REFUSED;
	}
	return s->n == 1 || can_open() ? MORE : make_room(s, f);
}

/* Datagrams come to the server itself: one client, whoever sends. */
static int admit_datagrams(struct server *s, struct errmsg *f)
{
	int sock = fd_above(s->server->fd, 3);

	if (sock < 0 || server_add(s, sock) < 0)
		return errmsg(f, errno, "cannot receive datagrams");
	s->v[0]->deadline = WAIT_FOREVER;
	return 0;
}

/* Fill in whom to wait for; returns the ms that it may take. */
static int fill(struct pollfd *p, const struct server *s,
		const struct deadline *w)
{
	bool accepts = s->server && !s->datagrams;
	long long first = w->deadline;

	p[0] = (struct pollfd){ .fd = w->signals, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = accepts ? s->server->fd : -1,
				.events = POLLIN };
	for (int i = 0; i < s->n; i++) {
		long long its = s->v[i]->deadline;

		p[2 + i] = (struct pollfd){ .fd = s->v[i]->sock,
					    .events = POLLIN };
		if (first == WAIT_FOREVER ||
		    (its != WAIT_FOREVER && its < first))
			first = its;
	}
	return wait_left(first);
}

/* Hear those that said something, until one of them is settled. */
static int hear_all(struct server *s, const struct pollfd *p,
		    struct client **out, struct errmsg *f)
{
	int result = MORE;

	for (int i = 0; i < s->n && result == MORE; i++) {
		*out = s->v[i];
		if (p[i].revents)
			result = hear(s, i, f);
		if (result == DELIVERED)
			forget(s, i);
	}
	return result;
}

/* One look at everybody. */
static int turn(struct server *s, const struct deadline *w, struct client **out,
		struct errmsg *f)
{
	struct pollfd p[2 + SERVER_MAX];
	int ms = fill(p, s, w), result;

	if (poll(p, (nfds_t)(2 + s->n), ms) < 0)
		return errno == EINTR ? MORE : errmsg(f, errno, "cannot wait");
	if (p[0].revents)
		return errmsg(f, ECANCELED, "cannot wait any longer");
	result = hear_all(s, p + 2, out, f);
	/* Only after what came was heard: if we are late, it is not their
	 * errmsg. */
	if (result == MORE)
		result = expire(s, f);
	if (result == MORE && wait_left(w->deadline) == 0)
		return errmsg(f, ETIMEDOUT, "cannot wait any longer");
	if (result == MORE && p[1].revents)
		result = admit(s, f);
	return result;
}

int server_next(struct server *s, const struct deadline *w, struct client **out,
		struct errmsg *f)
{
	int result = MORE;

	if (s->datagrams && s->n == 0 && admit_datagrams(s, f) < 0)
		return FAILED;
	while (result == MORE)
		result = turn(s, w, out, f);
	return result;
}
