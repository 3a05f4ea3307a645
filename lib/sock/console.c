/* console - deliver a terminal's master over a console socket */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "sock/console.h"
#include "sock/fdpass.h"

/* What receivers in the wild take: they fail from 4096 bytes on. */
#define PAYLOAD_MAX 4095

#define GRACE_MS 1000 /* for a socket to appear */

static int await_ack(const struct console *to, int sock,
		     const struct deadline *w, struct errmsg *f)
{
	char byte;
	ssize_t n;

	if (wait_fd(w, sock, POLLIN) < 0)
		return errmsg(f, errno, "cannot get an acknowledgement from %s",
			      Q(to->socket.text));
	n = fd_read(sock, &byte, 1);
	if (n == 1)
		return 0;
	return errmsg(f, n == 0 ? ECONNRESET : errno,
		      "cannot get an acknowledgement from %s",
		      Q(to->socket.text));
}

/* A shim that a script started just before may not listen yet. */
static int call(const struct console *to, const struct deadline *w,
		struct errmsg *f)
{
	struct deadline soon = { wait_until(GRACE_MS), w->signals };
	int sock;

	if (w->deadline != WAIT_FOREVER && w->deadline < soon.deadline)
		soon.deadline = w->deadline;
	sock = sock_connect(&to->socket, SOCK_STREAM, true, to->uid, &soon, f);
	if (sock >= 0 || errno != ETIMEDOUT)
		return sock;
	return sock_connect(&to->socket, SOCK_STREAM, false, to->uid, w, f);
}

int console_deliver(const struct console *to, int master,
		    const struct deadline *w, struct errmsg *f)
{
	struct fdpass m = { .n = 1, .fds = { master } };
	const char *payload = to->payload ? to->payload : " ";

	m.size = strlen(payload);
	if (m.size == 0 || m.size > PAYLOAD_MAX)
		return errmsg(f, EINVAL, "cannot send a payload of %zu bytes",
			      m.size);
	memcpy(m.text, payload, m.size);

	autofd sock = call(to, w, f);
	if (sock < 0)
		return -1;
	if (fdpass_send(sock, &m, w) < 0)
		return errmsg(f, errno, "cannot send the terminal to %s",
			      Q(to->socket.text));
	return to->ack ? await_ack(to, sock, w, f) : 0;
}
