/* receiver - the console socket at which a runtime delivers a terminal */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "conlog/receiver.h"
#include "conlog/say.h"
#include "ns/nsfork.h"
#include "sock/fdpass.h"
#include "tty/pty.h"

#define READ_MS 10000 /* for a message that is there to be read */
#define END_MS	200   /* for a process that was killed */

/* What a process that read a connection found there. */
struct found {
	enum { FOUND_NOTHING, FOUND_END, FOUND_MASTER, FOUND_OTHER } what;
	int error; /* errno where it could not be read, else 0 */
};

int receiver_open(struct receiver *c, const char *socket, struct errmsg *f)
{
	struct sock_name name;

	*c = (struct receiver){ .n = 0 };
	if (sock_parse(socket, false, &name) < 0)
		return errmsg_q(f, 0,
				"cannot listen on %s: no such socket name",
				socket);
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
	sock_discard(&c->call[i]);
	c->n--;
	memmove(c->call + i, c->call + i + 1,
		sizeof(*c->call) * (size_t)(c->n - i));
}

static void answer(struct receiver *c)
{
	struct deadline now = { wait_until(0), -1 };
	struct ucred who = { .uid = (uid_t)-1 };
	int call = sock_accept(&c->server, &now);

	if (call < 0)
		return;
	if (sock_peer(call, &who) < 0) {
		say(errno, "refused a console: cannot tell whose it is");
		sock_discard(&call);
		return;
	}
	if (!sock_peer_ok(&who, -1)) {
		say(0, "refused a console from user %d", (int)who.uid);
		sock_discard(&call);
		return;
	}
	if (c->n == RECEIVER_CALLS)
		receiver_hang_up(c, 0);
	c->call[c->n++] = call;
}

/* fd  of a master, or -1 */
static void tell_found(int link, const struct found *found, int fd)
{
	struct deadline w = { wait_until(READ_MS), -1 };
	struct fdpass m = { .fds = { fd }, .n = 1, .size = sizeof(*found) };

	memcpy(m.text, found, sizeof(*found));
	if (fd >= 0)
		(void)fdpass_send(link, &m, &w);
	else
		(void)fdpass_say(link, m.text, m.size, &w);
}

/* In the process that reads, which has nothing of ours open besides. What is
 * refused is closed by its end. */
static void read_call(int call, int link)
{
	struct deadline now = { wait_until(0), -1 };
	struct found found = { .what = FOUND_NOTHING };
	struct fdpass m;
	int got;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(call, 0) < 0 || dup2(link, 1) < 0)
		_exit(1);
	(void)close(2);
	(void)fd_close_rest(0, -1);
	m.n = 0;
	got = fdpass_recv(0, &m, &now);
	if (got < 0 && errno != ETIMEDOUT)
		found = (struct found){ FOUND_OTHER, errno };
	else if (got == 0)
		found.what = FOUND_END;
	else if (got == 1)
		found.what = m.n == 1 && pty_is_master(m.fds[0]) ? FOUND_MASTER
								 : FOUND_OTHER;
	tell_found(1, &found, found.what == FOUND_MASTER ? m.fds[0] : -1);
	_exit(0);
}

/* Take the status of those that read, of all but one that hangs. */
static void reap_readers(struct receiver *c, bool last)
{
	int left = 0;

	for (int i = 0; i < c->readers; i++) {
		pid_t reader = c->reader[i];

		if (last)
			(void)kill(reader, SIGKILL);
		if (last)
			(void)nsfork_reap_within(reader, NULL, END_MS);
		else if (waitpid(reader, NULL, WNOHANG) == 0)
			c->reader[left++] = reader;
	}
	c->readers = left;
}

static void note_reader(struct receiver *c, pid_t reader)
{
	reap_readers(c, c->readers == RECEIVER_CALLS);
	c->reader[c->readers++] = reader;
}

/*
 * Descriptors of others may take for ever to be closed: a socket that lingers,
 * a file of a FUSE server that does not answer. So a process of its own reads,
 * and hands over what is a master.
 */
static int read_apart(struct receiver *c, int call, struct found *found)
{
	struct deadline w = { wait_until(READ_MS), -1 };
	struct fdpass m;
	pid_t reader;
	int ends[2];

	*found = (struct found){ FOUND_OTHER, ECHILD };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	autofd hear = ends[0], tell = ends[1];
	reader = nsfork(0, -1);
	if (reader == 0)
		read_call(call, tell);
	if (reader < 0)
		return -1;
	note_reader(c, reader);
	fd_close(&tell);
	if (fdpass_recv(hear, &m, &w) < 0)
		return -1;
	if (m.size == sizeof(*found))
		memcpy(found, m.text, sizeof(*found));
	errno = found->error;
	return m.n == 1 ? fd_take(&m.fds[0]) : -1;
}

/* What came over a connection: nothing yet, its end, or a message. */
static int receiver_read(struct receiver *c, int i)
{
	struct found found;
	int master;

	errno = 0;
	master = read_apart(c, c->call[i], &found);
	if (found.what == FOUND_OTHER && errno)
		say(errno, "cannot receive a console");
	else if (found.what == FOUND_OTHER)
		say(0, "refused a console that is no master of a terminal");
	if (found.what != FOUND_NOTHING)
		receiver_hang_up(c, i);
	return master;
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

	reap_readers(c, true);
	while (c->n > 0)
		receiver_hang_up(c, c->n - 1);
	if (c->listening && sock_close(&c->server, &f) < 0)
		say(f.error, "%s", f.what);
	c->listening = false;
}
