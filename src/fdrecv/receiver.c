/* receiver - the process that reads one connection of a server */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "fdrecv/client.h"
#include "fdrecv/receiver.h"
#include "sock/reply.h"

/* How long one of the two may take to answer the other, ms. */
#define ANSWER_MS 10000

static const struct deadline forever = { WAIT_FOREVER, -1 };

/* All that a connection has to send. What is refused stays open, and is left
 * to the exit. */
static int read_client(const struct server *s, struct client *g,
		       struct errmsg *f)
{
	int got;

	do {
		got = client_read(s, g, &forever, f);
	} while (got == 0);
	return got < 0 ? -1 : 0;
}

/* Tell the server. One that was refused has nothing more to do, but to wait
 * until it is killed: the server is to close the connection before. */
static void report_client(int link, const struct report *r)
{
	if (fdpass_say(link, (const char *)r, sizeof(*r), &forever) < 0)
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
		     client_judge(s, g, &r.f) == 0;
	r.n = g->n;
	r.size = g->size;
	memcpy(r.text, g->text, sizeof(r.text));
	report_client(link, &r);
	if (reply_byte(link, &forever) < 0)
		_exit(EXIT_FAILURE);
	r.accepted = !s->terms.ack || client_acknowledge(g, &r.f) == 0;
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

int receiver_go_on(int link, struct errmsg *f)
{
	struct report ack;

	if (fdpass_say(link, "", 1, &forever) < 0 ||
	    receiver_report(link, &ack) < 0)
		return errmsg(f, errno, "cannot take what came");
	if (ack.accepted)
		return 0;
	*f = ack.f;
	return -1;
}

int receiver_take(int link, const struct report *r, struct client *g,
		  struct errmsg *f)
{
	if (receiver_go_on(link, f) < 0)
		return -1;
	if (take_fds(link, r->n, g) < 0) {
		client_refuse(&g->who, f, errno,
			      errno == EMFILE ? "a descriptor is lost" : "");
		return -1;
	}
	g->size = r->size;
	memcpy(g->text, r->text, sizeof(g->text));
	return 0;
}
