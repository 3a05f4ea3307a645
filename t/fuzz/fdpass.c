/* fdpass - messages with descriptors, as any program may send them */
#include <assert.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/wait.h"
#include "fuzz.h"
#include "sock/fdpass.h"

#define FD_SPAN 600 /* no descriptor has a higher number */

static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };

/* What a receiver's socket may ask to have beside the descriptors. */
static const int besides[] = { SO_PASSCRED, SO_TIMESTAMP, SO_PASSSEC,
			       76 /* SO_PASSPIDFD, Linux 6.5 */ };

static int count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < FD_SPAN; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Control data as the kernel takes it, with descriptor 0 so many times. */
static size_t put_rights(char *control, unsigned n)
{
	struct cmsghdr *c = (void *)control;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = (socklen_t)CMSG_LEN(n * sizeof(int));
	memset(CMSG_DATA(c), 0, n * sizeof(int));
	return CMSG_SPACE(n * sizeof(int));
}

static size_t put_creds(char *control)
{
	struct ucred who = { getpid(), getuid(), getgid() };
	struct cmsghdr *c = (void *)control;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = (socklen_t)CMSG_LEN(sizeof(who));
	memcpy(CMSG_DATA(c), &who, sizeof(who));
	return CMSG_SPACE(sizeof(who));
}

/* One message out of the input; what the kernel refuses is not sent. */
static void send_one(int sock, struct fuzz *in)
{
	static char text[3 * FDPASS_TEXT];
	static union {
		struct cmsghdr align;
		char all[8192];
	} control;
	unsigned kind = fuzz_byte(in), n = fuzz_byte(in);
	struct iovec iov = { text, fuzz_byte(in) * (kind & 1 ? 64UL : 1) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.all };

	memset(&control, 0, sizeof(control));
	if (kind & 2)
		msg.msg_controllen += (socklen_t)put_creds(control.all);
	if (kind & 4)
		msg.msg_controllen += (socklen_t)put_rights(
			control.all + msg.msg_controllen, n);
	if (kind & 8)
		msg.msg_controllen += (socklen_t)put_rights(
			control.all + msg.msg_controllen, n);
	/* Bytes of the input in place of what is well formed. */
	for (size_t i = 0; (kind & 16) && i < n && i < sizeof(control); i++)
		control.all[i] ^= (char)fuzz_byte(in);
	(void)syscall(SYS_sendmsg, sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void check(struct fdpass *m, int got)
{
	assert(m->n >= 0 && m->n <= FDPASS_MAX && m->size <= FDPASS_TEXT);
	assert(got >= 0 || m->n == 0);
	assert(m->text[m->size] == '\0' || got < 0);
	for (int i = 0; i < m->n; i++)
		assert(fcntl(m->fds[i], F_GETFD) == FD_CLOEXEC);
	fdpass_close(m);
}

static void limit(unsigned some)
{
	struct rlimit files = { FD_SPAN, FD_SPAN };

	if (some)
		files.rlim_cur = 10 + some;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		err(1, "cannot set a limit");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	unsigned how = fuzz_byte(&in);
	struct fdpass *m = malloc(sizeof(*m));
	struct deadline now = { .deadline = 0, .signals = -1 };
	int ends[2], got = 1, before, on = 1;

	if (socketpair(AF_UNIX, types[how % 3] | SOCK_CLOEXEC, 0, ends) < 0)
		err(1, "cannot make a pair");
	for (int i = 0; i < 4; i++)
		if (how & (8U << i))
			(void)setsockopt(ends[1], SOL_SOCKET, besides[i], &on,
					 sizeof(on));
	before = count_open();
	limit(how & 128 ? fuzz_byte(&in) : 0);
	for (int i = 0; i < 4 && in.at < in.end; i++)
		send_one(ends[0], &in);
	(void)close(ends[0]);
	while (got > 0) {
		got = fdpass_recv(ends[1], m, &now);
		check(m, got);
	}
	assert(count_open() == before - 1);
	limit(0);
	(void)close(ends[1]);
	free(m);
	return 0;
}
