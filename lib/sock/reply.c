/* reply - what a peer says after something was sent to it */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/wait.h"
#include "sock/reply.h"

#define QUIET_MS 1000 /* the silence after which our half is closed */

/* One recv(2) that waits as w says and not as the socket does. */
static ssize_t recv_within(int sock, void *data, size_t n,
			   const struct deadline *w)
{
	ssize_t got;

	for (;;) {
		if (wait_fd(w, sock, POLLIN) < 0)
			return -1;
		got = recv(sock, data, n, MSG_DONTWAIT);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

int reply_byte(int sock, const struct deadline *w)
{
	char byte;
	ssize_t got = recv_within(sock, &byte, 1, w);

	if (got == 0)
		errno = ECONNRESET;
	return got > 0 ? 0 : -1;
}

int reply_copy(int sock, int out, int limit, int signals, enum reply_side *side)
{
	char buf[65536];
	bool open = true;

	for (;;) {
		struct deadline w = { wait_until(open ? QUIET_MS : limit),
				      signals };
		ssize_t got = recv_within(sock, buf, sizeof(buf), &w);

		*side = REPLY_PEER;
		if (got == 0)
			return 0;
		if (got < 0 && (errno != ETIMEDOUT || !open))
			return -1;
		*side = REPLY_OUT;
		if (got > 0 && fd_write(out, buf, (size_t)got) < 0)
			return -1;
		if (got < 0) {
			/* It fails only where the peer is gone: that is seen
			 * by the next read. */
			(void)shutdown(sock, SHUT_WR);
			open = false;
		}
	}
}
