/* fdpass - pass open descriptors between processes over a unix socket */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "sock/fdpass.h"

/* A pidfd that SO_PASSPIDFD attaches to each message. Linux 6.5. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04
#endif

/*
 * What an inherited socket may attach beside the descriptors (SO_PASSCRED,
 * SO_PASSPIDFD, SO_PASSSEC, SO_TIMESTAMP) has room of its own, so that
 * MSG_CTRUNC means a lost descriptor and nothing else.
 */
#define BESIDE 512

/* A char array alone need not be aligned for the headers that lie in it. */
union control {
	struct cmsghdr align;
	char rights[CMSG_SPACE(sizeof(int) * FDPASS_MAX)];
	char all[CMSG_SPACE(sizeof(int) * FDPASS_MAX) + BESIDE];
};

void fdpass_close(struct fdpass *m)
{
	for (int i = 0; i < m->n; i++)
		fd_close(&m->fds[i]);
	m->n = 0;
}

/* A socket's own type, or -1 and errno where it is none of AF_UNIX. */
static int unix_type(int sock)
{
	int domain, type;
	socklen_t size = sizeof(domain);

	if (getsockopt(sock, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
		return -1;
	if (domain != AF_UNIX) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	size = sizeof(type);
	if (getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &size) < 0)
		return -1;
	return type;
}

/*
 * sendmsg(2) itself: musl's wrapper refuses control data of more than 1024
 * bytes before 1.2.4, and 253 descriptors take 1032. The padding in its struct
 * msghdr, which that wrapper clears, is zero in ours.
 */
static ssize_t send_raw(int sock, const struct msghdr *msg, int flags)
{
	return syscall(SYS_sendmsg, sock, msg, flags);
}

/* One sendmsg(2) that waits for room as w says and not as the socket does. */
static ssize_t send_some(int sock, const struct msghdr *msg,
			 const struct deadline *w)
{
	ssize_t n;

	for (;;) {
		n = send_raw(sock, msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN && wait_fd(w, sock, POLLOUT) < 0)
			return -1;
	}
}

int fdpass_say(int sock, const char *text, size_t size,
	       const struct deadline *w)
{
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	for (; size > 0; text += n, size -= (size_t)n) {
		iov.iov_base = (void *)text;
		iov.iov_len = size;
		n = send_some(sock, &msg, w);
		if (n < 0)
			return -1;
	}
	return 0;
}

/* Lay the descriptors out as the one control message of msg. */
static void pack_rights(struct msghdr *msg, union control *control,
			const struct fdpass *m)
{
	size_t size = sizeof(int) * (size_t)m->n;
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control->rights;
	msg->msg_controllen = (socklen_t)CMSG_SPACE(size);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = (socklen_t)CMSG_LEN(size);
	memcpy(CMSG_DATA(c), m->fds, size);
}

int fdpass_send(int sock, const struct fdpass *m, const struct deadline *w)
{
	union control control;
	struct iovec iov = { (void *)m->text, m->size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int type = unix_type(sock);
	ssize_t n;

	if (type < 0)
		return -1;
	if (m->n < 1 || m->n > FDPASS_MAX || m->size > FDPASS_TEXT ||
	    (m->size == 0 && type == SOCK_STREAM)) {
		errno = EINVAL;
		return -1;
	}
	pack_rights(&msg, &control, m);
	n = send_some(sock, &msg, w);
	if (n < 0)
		return -1;
	return fdpass_say(sock, m->text + n, m->size - (size_t)n, w);
}

int fdpass_send_many(int sock, const struct fdpass_many *many,
		     const struct deadline *w)
{
	struct fdpass m;
	int sent = 0;

	m.size = many->size;
	if (many->n < 1 || m.size > FDPASS_TEXT) {
		errno = EINVAL;
		return -1;
	}
	memcpy(m.text, many->text, m.size);
	for (; sent < many->n; sent += m.n) {
		m.n = many->n - sent;
		if (m.n > FDPASS_MAX)
			m.n = FDPASS_MAX;
		memcpy(m.fds, many->fds + sent, sizeof(int) * (size_t)m.n);
		if (sent > 0 && !many->repeat) {
			m.text[0] = '\0';
			m.size = 1;
		}
		if (fdpass_send(sock, &m, w) < 0)
			return -1;
	}
	return 0;
}

/* Take the descriptors out of one control message; close what is too much. */
static void unpack_rights(struct fdpass *m, const struct cmsghdr *c, bool *lost)
{
	const unsigned char *data = CMSG_DATA(c);
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (size_t i = 0; i < n; i++) {
		memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
		if (c->cmsg_type == SCM_RIGHTS && m->n < FDPASS_MAX) {
			m->fds[m->n++] = fd;
			continue;
		}
		*lost = *lost || c->cmsg_type == SCM_RIGHTS;
		if (fd >= 0)
			fd_close(&fd);
	}
}

/* CMSG_NXTHDR, which musl has in signed numbers. */
static struct cmsghdr *next_header(struct msghdr *msg, struct cmsghdr *c)
{
	size_t at = (size_t)((char *)c - (char *)msg->msg_control);

	if (c->cmsg_len < CMSG_LEN(0))
		return NULL;
	at += CMSG_SPACE(c->cmsg_len - CMSG_LEN(0));
	if (at + CMSG_LEN(0) > msg->msg_controllen)
		return NULL;
	return (struct cmsghdr *)((char *)msg->msg_control + at);
}

/* Walk all control messages: even one that is not understood may hold a
 * descriptor which is ours by now. */
static void unpack_all(struct fdpass *m, struct msghdr *msg, bool *lost)
{
	struct cmsghdr *c;

	*lost = msg->msg_flags & MSG_CTRUNC;
	for (c = CMSG_FIRSTHDR(msg); c; c = next_header(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_len < CMSG_LEN(0))
			continue;
		if (c->cmsg_type == SCM_RIGHTS || c->cmsg_type == SCM_PIDFD)
			unpack_rights(m, c, lost);
	}
}

static ssize_t receive_some(int sock, struct msghdr *msg,
			    const struct deadline *w)
{
	const struct msghdr fresh = *msg;
	ssize_t n;

	for (;;) {
		*msg = fresh;
		n = recvmsg(sock, msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN && wait_fd(w, sock, POLLIN) < 0)
			return -1;
	}
}

int fdpass_take(int sock, struct fdpass *m, const struct deadline *w)
{
	union control control;
	struct iovec iov = { m->text, FDPASS_TEXT };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.all,
		.msg_controllen = sizeof(control.all),
	};
	ssize_t n;
	bool lost;

	m->n = 0;
	m->size = 0;
	m->text[0] = '\0';
	n = receive_some(sock, &msg, w);
	if (n < 0)
		return -1;
	unpack_all(m, &msg, &lost);
	if (lost || (msg.msg_flags & MSG_TRUNC)) {
		errno = lost ? EMFILE : EMSGSIZE;
		return -1;
	}
	m->size = (size_t)n;
	m->text[n] = '\0';
	/* Nothing at all is the end, but for a datagram, which may be empty. */
	return n > 0 || m->n > 0 || unix_type(sock) == SOCK_DGRAM;
}

int fdpass_recv(int sock, struct fdpass *m, const struct deadline *w)
{
	int got = fdpass_take(sock, m, w);

	if (got < 0)
		fdpass_close(m);
	return got;
}
