/* receiver - the console socket at which a runtime delivers a terminal */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "conlog/receiver.h"
#include "conlog/say.h"
#include "sock/fdpass.h"
#include "tty/pty.h"

int receiver_open(struct receiver *c, const char *socket, struct errmsg *f)
{
	struct sock_name name;

	*c = (struct receiver){ .n = 0 };
	if (sock_parse(socket, false, &name) < 0)
		return errmsg(f, 0, "cannot listen on %s: no such socket name",
			      Q(socket));
	if (sock_listen(&name, SOCK_STREAM, &c->server, f) < 0)
		return -1;
	c->listening = true;
	return 0;
}

void receiver_poll(const struct receiver *c, struct pollfd *p)
{
	p[0] = (struct pollfd){ c->listening ? c->server.fd : -1, POLLIN, 0 };
	for (int i = 0; i < RECEIVER_CALLS; i++)
		p[1 + i] = (struct pollfd){ i < c->n ? c->call[i] : -1, POLLIN,
					    0 };
}

static void receiver_hang_up(struct receiver *c, int i)
{
	(void)close(c->call[i]);
	c->n--;
	memmove(c->call + i, c->call + i + 1,
		sizeof(*c->call) * (size_t)(c->n - i));
}

static void answer(struct receiver *c)
{
	struct deadline now = { wait_until(0), -1 };
	struct ucred who;
	autofd call = sock_accept(&c->server, &now);

	if (call < 0)
		return;
	if (sock_peer(call, &who) < 0) {
		say(errno, "refused a console: cannot tell whose it is");
		return;
	}
	if (!sock_peer_ok(&who, -1)) {
		say(0, "refused a console from user %d", (int)who.uid);
		return;
	}
	if (c->n == RECEIVER_CALLS)
		receiver_hang_up(c, 0);
	c->call[c->n++] = fd_take(&call);
}

/* The master in a message, or -1; what else it has is closed. */
static int master_of(struct fdpass *m)
{
	int master = -1;

	if (m->n == 1 && pty_is_master(m->fds[0]))
		master = fd_take(&m->fds[0]);
	else
		say(0, "refused a console that is no master of a terminal");
	fdpass_close(m);
	return master;
}

/* What came over a connection: nothing yet, its end, or a message. */
static int receiver_read(struct receiver *c, int i)
{
	struct deadline now = { wait_until(0), -1 };
	struct fdpass m;
	int got = fdpass_recv(c->call[i], &m, &now);

	if (got < 0 && errno == ETIMEDOUT)
		return -1;
	if (got < 0)
		say(errno, "cannot receive a console");
	receiver_hang_up(c, i);
	return got == 1 ? master_of(&m) : -1;
}

int receiver_turn(struct receiver *c, const struct pollfd *p)
{
	int master = -1;

	/* From the last, since one that hangs up moves those behind it. */
	for (int i = c->n - 1; i >= 0 && master < 0; i--)
		if (p[1 + i].revents)
			master = receiver_read(c, i);
	if (p[0].revents && master < 0)
		answer(c);
	return master;
}

void receiver_close(struct receiver *c)
{
	struct errmsg f;

	while (c->n > 0)
		receiver_hang_up(c, c->n - 1);
	if (c->listening && sock_close(&c->server, &f) < 0)
		say(f.error, "%s", f.what);
	c->listening = false;
}
