/* console - deliver a terminal's master over a console socket */
#include <errno.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "sock/console.h"
#include "sock/fdpass.h"
#include "sock/reply.h"

/* What receivers in the wild take: they fail from 4096 bytes on. */
#define PAYLOAD_MAX 4095

#define GRACE_MS 1000 /* for a socket to appear */

/* A shim that a script started just before may not listen yet. */
static int connect_console(const struct console *to, const struct deadline *w,
			   struct errmsg *f)
{
	struct deadline soon = { wait_until(GRACE_MS), w->signals };
	struct sock_name name = to->socket;
	int sock;

	name.no_fds = true;
	if (w->deadline != WAIT_FOREVER && w->deadline < soon.deadline)
		soon.deadline = w->deadline;
	sock = sock_connect(&name, SOCK_STREAM, true, to->uid, &soon, f);
	if (sock >= 0 || errno != ETIMEDOUT)
		return sock;
	return sock_connect(&name, SOCK_STREAM, false, to->uid, w, f);
}

static int send_master(const struct console *to, int sock,
		       const struct fdpass *m, const struct deadline *w,
		       struct errmsg *f)
{
	if (fdpass_send(sock, m, w) < 0)
		return errmsg_q(f, errno, "cannot send the terminal to %s",
				to->socket.text);
	if (to->ack && reply_byte(sock, w) < 0)
		return errmsg_q(f, errno,
				"cannot get an acknowledgement from %s",
				to->socket.text);
	return 0;
}

int console_deliver(const struct console *to, int master,
		    const struct deadline *w, struct errmsg *f)
{
	struct fdpass m = { .n = 1, .fds = { master } };
	const char *payload = to->payload ? to->payload : " ";
	int sock, r;

	m.size = strlen(payload);
	if (m.size == 0 || m.size > PAYLOAD_MAX)
		return errmsg(f, EINVAL, "cannot send a payload of %zu bytes",
			      m.size);
	memcpy(m.text, payload, m.size);
	sock = connect_console(to, w, f);
	r = sock < 0 ? -1 : send_master(to, sock, &m, w, f);
	sock_discard(&sock);
	if (r < 0 && sock_status(errno) == EXIT_FAILURE)
		errno = ECONNREFUSED;
	return r;
}
