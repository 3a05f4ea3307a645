/* peer - the other end of a scenario's socket, which does all as it should */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

#define FDS 300 /* that one message may bring */

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(FDS * sizeof(int))];
};

static int new_socket(const struct setup *g)
{
	int type = g->s->peer & PEER_SEQPACKET ? SOCK_SEQPACKET
		   : g->s->peer & PEER_DGRAM   ? SOCK_DGRAM
					       : SOCK_STREAM;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	must(fd, "make a socket");
	return fd;
}

static const struct sockaddr_un address = { AF_UNIX, SOCKET };

int peer_listen(const struct setup *g)
{
	int fd = new_socket(g);

	must(bind(fd, (const struct sockaddr *)&address, sizeof(address)),
	     "bind a socket");
	must(chmod(SOCKET, 0777), "let everybody in");
	if (!(g->s->peer & PEER_DGRAM))
		must(listen(fd, 5), "listen");
	return fd;
}

/* Until the tool listens; the run's end ends this, too. */
static int reach(const struct setup *g)
{
	const struct timespec moment = { 0, 100000 };
	int fd = new_socket(g);

	while (connect(fd, (const struct sockaddr *)&address, sizeof(address)) <
	       0)
		(void)nanosleep(&moment, NULL);
	return fd;
}

static int meet(const struct setup *g)
{
	int fd;

	if (g->s->peer & PEER_CONNECT)
		return reach(g);
	if (g->s->peer & PEER_DGRAM)
		return g->listener;
	do
		fd = accept(g->listener, NULL, NULL);
	while (fd < 0 && errno == EINTR);
	must(fd, "accept");
	return fd;
}

static void send_fd(int sock, int fd)
{
	struct iovec iov = { (char *)"hello", 5 };
	union control control;
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(&control, 0, sizeof(control));
	m.msg_control = control.room;
	m.msg_controllen = CMSG_SPACE(sizeof(int));
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	/* A tool that fails has closed it. */
	(void)sendmsg(sock, &m, MSG_NOSIGNAL);
}

/* A terminal that has something to show and whose other end then closes. */
static void send_terminal(int sock)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios modes;
	int slave, unlock = 0;

	must(master, "open a terminal");
	must(ioctl(master, TIOCSPTLCK, &unlock), "unlock the terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	must(slave, "open the terminal's slave");
	/* Nobody waits until the receiver has said how lines end. */
	must(tcgetattr(slave, &modes), "read the terminal's modes");
	modes.c_oflag &= ~(tcflag_t)OPOST;
	must(tcsetattr(slave, TCSANOW, &modes), "set the terminal's modes");
	send_fd(sock, master);
	(void)close(master);
	(void)!write(slave, "shown\n", 6);
	(void)close(slave);
}

static void hear(const struct setup *g, int sock)
{
	char text[64];
	ssize_t n = recv(sock, text, sizeof(text), 0);

	if (n > 0)
		(void)dprintf(g->peer_log, "heard %.*s\n", (int)n, text);
}

static void do_send(const struct setup *g, int sock)
{
	int file = open("data", O_RDONLY | O_CLOEXEC);

	must(file, "open the data");
	if (g->s->peer & PEER_SAYS)
		hear(g, sock);
	if (g->s->peer & PEER_TERMINAL)
		send_terminal(sock);
	else
		send_fd(sock, file);
	if ((g->s->peer & (PEER_TWICE | PEER_KILLS)) == PEER_TWICE)
		send_fd(sock, file);
	if (g->s->peer & PEER_ACK)
		hear(g, sock);
	(void)close(file);
}

static void show(const struct setup *g, int fd)
{
	char text[4096];
	ssize_t n;
	off_t at = 0;

	if (isatty(fd)) {
		while ((n = read(fd, text, sizeof(text))) > 0)
			(void)!write(g->peer_log, text, (size_t)n);
		return;
	}
	while ((n = pread(fd, text, sizeof(text), at)) > 0) {
		(void)!write(g->peer_log, text, (size_t)n);
		at += n;
	}
}

static int take(const struct setup *g, struct msghdr *m, int sock)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fds[FDS], n = 0;

	if (c && c->cmsg_type == SCM_RIGHTS)
		n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	if (n)
		memcpy(fds, CMSG_DATA(c), (size_t)n * sizeof(int));
	(void)dprintf(g->peer_log, "%d descriptors, '%.*s'\n", n,
		      (int)m->msg_iov->iov_len,
		      (const char *)m->msg_iov->iov_base);
	if (n && g->s->peer & PEER_ACK)
		(void)send(sock, "A", 1, MSG_NOSIGNAL);
	for (int i = 0; i < n; i++) {
		show(g, fds[i]);
		(void)close(fds[i]);
	}
	return n;
}

/* All messages of a connection, or as many datagrams as there should be. */
static void do_receive(const struct setup *g, int sock)
{
	int messages = !(g->s->peer & PEER_DGRAM) ? 99
		       : g->s->peer & PEER_TWICE  ? 2
						  : 1;
	char text[4096];
	union control control;
	ssize_t n;

	for (; messages > 0; messages--) {
		struct iovec iov = { text, sizeof(text) };
		struct msghdr m = { .msg_iov = &iov,
				    .msg_iovlen = 1,
				    .msg_control = control.room,
				    .msg_controllen = sizeof(control) };

		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
		if (n <= 0)
			break;
		iov.iov_len = (size_t)n;
		(void)take(g, &m, sock);
	}
}

void peer_run(const struct setup *g)
{
	int turns = g->s->peer & PEER_KILLS ? 1 + !!(g->s->peer & PEER_TWICE)
					    : 1;

	if (!(g->s->peer & (PEER_LISTEN | PEER_CONNECT)))
		turns = 0;
	while (turns-- > 0) {
		int sock = meet(g);

		if (g->s->peer & PEER_RECEIVE)
			do_receive(g, sock);
		else
			do_send(g, sock);
		(void)close(sock);
	}
	if (g->s->peer & PEER_KILLS) {
		/* What was acknowledged is about to be run. */
		(void)poll(NULL, 0, 100);
		(void)kill(g->tool, SIGTERM);
	}
	_exit(0);
}
