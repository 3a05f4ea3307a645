/* receiver - the process that reads one connection of a server */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "fdrecv/receiver.h"
#include "sock/reply.h"
#include "tty/pty.h"
#include "tty/tty.h"

/* How long one of the two may take to answer the other, ms. */
#define ANSWER_MS 10000

static const struct deadline forever = { WAIT_FOREVER, -1 };

void receiver_refuse(const struct ucred *who, struct errmsg *f, int error,
		     const char *why)
{
	char name[64] = "a sender";

	if (who->pid > 0)
		snprintf(name, sizeof(name), "pid %d of user %u", who->pid,
			 who->uid);
	(void)errmsg(f, error, "cannot receive from %s%s%s", name,
		     *why ? ": " : "", why);
}

static void early_end(const struct client *g, struct errmsg *f)
{
	char why[QUOTE_MAX + 64];

	if (g->n > 0)
		snprintf(why, sizeof(why),
			 "it closed after %d of %d descriptors", g->n, g->room);
	else if (g->size > 0)
		snprintf(why, sizeof(why), "it closed, and only said %s",
			 Q(g->text));
	else
		snprintf(why, sizeof(why), "it closed without a descriptor");
	receiver_refuse(&g->who, f, 0, why);
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

static void add_message(struct client *g, const struct fdpass *m)
{
	size_t room = FDPASS_TEXT - g->size;
	size_t size = m->size < room ? m->size : room;

	memcpy(g->text + g->size, m->text, size);
	g->size += size;
	g->text[g->size] = '\0';
	memcpy(g->fds + g->n, m->fds, (size_t)m->n * sizeof(m->fds[0]));
	g->n += m->n;
}

/* All that a connection has to send. What is refused stays open, and is left
 * to the exit. */
static int read_client(const struct server *s, struct client *g,
		       struct errmsg *f)
{
	struct fdpass m;
	const char *why = NULL;
	int got, error = 0;

	do {
		got = fdpass_recv(g->sock, &m, &forever);
		if (got == 0) {
			early_end(g, f);
			return -1;
		}
		if (got < 0) {
			error = errno;
			why = error == EMFILE ? "a descriptor is lost" : "";
		} else {
			why = excess(s, g, &m);
		}
		if (why) {
			receiver_refuse(&g->who, f, error, why);
			return -1;
		}
		add_message(g, &m);
	} while (g->n == 0 || (s->count > 0 && g->n < s->count));
	return 0;
}

/* Is that what was asked for? */
static int judge_client(const struct server *s, const struct client *g,
			struct errmsg *f)
{
	if (s->terms.terminal && (g->n != 1 || !pty_is_master(g->fds[0])))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "it is not one master of a terminal");
	if (g->n < s->terms.least || (s->terms.exact && g->n > s->terms.least))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "%d descriptors for %d places",
			      g->n, s->terms.least);
	for (int i = 0; s->terms.newlines && i < g->n; i++) {
		if (pty_is_master(g->fds[i]))
			tty_newlines(g->fds[i]);
	}
	return 0;
}

/* send(2) that no signal interrupts. */
static ssize_t tell_peer(int sock, const void *data, size_t size, int flags)
{
	ssize_t n;

	do {
		n = send(sock, data, size, MSG_NOSIGNAL | flags);
	} while (n < 0 && errno == EINTR);
	return n;
}

/*
 * One that left already wants no answer. Where none can be sent at all neither
 * side is to believe that the descriptors have changed hands.
 */
static int acknowledge_client(const struct client *g, struct errmsg *f)
{
	ssize_t n = tell_peer(g->sock, "", 1, MSG_DONTWAIT);

	if (n == 1 || errno == EPIPE || errno == ECONNRESET)
		return 0;
	return errmsg(f, errno, "cannot acknowledge what came");
}

/* Tell the server. One that was refused has nothing more to do, but to wait
 * until it is killed: the server is to close the connection before. */
static void report_client(int link, const struct report *r)
{
	if (tell_peer(link, r, sizeof(*r), 0) < 0)
		_exit(EXIT_FAILURE);
	while (!r->accepted)
		(void)pause();
}

static void hand_over(const struct client *g, int link)
{
	struct fdpass_many many = {
		.fds = g->fds, .n = g->n, .text = "", .size = 1
	};

	if (fdpass_send_many(link, &many, &forever) < 0)
		_exit(EXIT_FAILURE);
	for (;;)
		(void)pause();
}

void receiver_run(const struct server *s, struct client *g, int link)
{
	struct report r = { .f.error = 0 };

	r.accepted = read_client(s, g, &r.f) == 0 &&
		     judge_client(s, g, &r.f) == 0;
	r.n = g->n;
	r.size = g->size;
	memcpy(r.text, g->text, sizeof(r.text));
	report_client(link, &r);
	if (reply_byte(link, &forever) < 0)
		_exit(EXIT_FAILURE);
	r.accepted = !s->terms.ack || acknowledge_client(g, &r.f) == 0;
	report_client(link, &r);
	if (!s->terms.stay)
		hand_over(g, link);
	fd_close(&g->sock);
	fd_close(&link);
	if (prctl(PR_SET_PDEATHSIG, 0) < 0)
		_exit(EXIT_FAILURE);
}

int receiver_report(int link, struct report *r)
{
	const struct deadline w = { wait_until(ANSWER_MS), -1 };
	ssize_t n;

	do {
		if (wait_fd(&w, link, POLLIN) < 0)
			return -1;
		n = recv(link, r, sizeof(*r), MSG_DONTWAIT);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n == (ssize_t)sizeof(*r))
		return 0;
	if (n >= 0)
		errno = ECONNRESET;
	return -1;
}

/* The descriptors, which the receiver has as well: closing ours never blocks
 * before it is gone. */
static int take_fds(int link, int n, struct client *g)
{
	const struct deadline w = { wait_until(ANSWER_MS), -1 };
	struct fdpass m;
	int got;

	while (g->n < n) {
		got = fdpass_recv(link, &m, &w);
		if (got == 0)
			errno = ECONNRESET;
		if (got <= 0 || m.n > n - g->n)
			return -1;
		memcpy(g->fds + g->n, m.fds, (size_t)m.n * sizeof(m.fds[0]));
		g->n += m.n;
	}
	return 0;
}

int receiver_take(const struct server *s, int link, const struct report *r,
		  struct client *g, struct errmsg *f)
{
	struct report ack;

	if (tell_peer(link, "", 1, 0) < 0 || receiver_report(link, &ack) < 0)
		return errmsg(f, errno, "cannot take what came");
	if (!ack.accepted) {
		*f = ack.f;
		return -1;
	}
	if (!s->terms.stay && take_fds(link, r->n, g) < 0) {
		receiver_refuse(&g->who, f, errno,
				errno == EMFILE ? "a descriptor is lost" : "");
		return -1;
	}
	g->size = r->size;
	memcpy(g->text, r->text, sizeof(g->text));
	return 0;
}
