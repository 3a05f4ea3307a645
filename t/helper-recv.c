/* helper-recv - senders that no tool of ours would be, and what they send */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sys.h"
#include "cli/applet.h"
#include "helper.h"
#include "tty/pty.h"

#define FDS_MAX	 253
#define TEXT_MAX (1 << 20)

/* Connect, once somebody listens there. */
static int connect_to(const char *type, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int kind = strcmp(type, "stream") == 0	    ? SOCK_STREAM
		   : strcmp(type, "seqpacket") == 0 ? SOCK_SEQPACKET
						    : SOCK_DGRAM;
	int sock = socket(AF_UNIX, kind | SOCK_CLOEXEC, 0), tries = 500;
	socklen_t size;

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	/* An abstract name ends where the address does. */
	size = (socklen_t)(sizeof(sa_family_t) + strlen(path) +
			   (path[0] != '@'));
	while (sock >= 0 && connect(sock, (struct sockaddr *)&addr, size) < 0) {
		if (tries-- == 0 || (errno != ENOENT && errno != ECONNREFUSED))
			err(EXIT_CANCELED, "cannot connect to '%s'", path);
		(void)poll(NULL, 0, 10);
	}
	return sock;
}

/* One sendmsg(2): n times descriptor 0 in so many control messages, and so
 * many bytes of text. */
static void send_message(int sock, int n, int parts, size_t size)
{
	static char text[TEXT_MAX];
	union {
		struct cmsghdr align;
		char all[4096];
	} control = { .all = "" };
	struct iovec iov = { text, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t length = 0;

	memset(text, 'x', sizeof(text));
	for (int part = 0; n > 0 && part < parts; part++) {
		struct cmsghdr *c = (void *)(control.all + length);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = (socklen_t)CMSG_LEN(sizeof(int) * (size_t)n);
		memset(CMSG_DATA(c), 0, sizeof(int) * (size_t)n);
		length += CMSG_SPACE(sizeof(int) * (size_t)n);
	}
	if (length > 0) {
		msg.msg_control = control.all;
		msg.msg_controllen = (socklen_t)length;
	}
	/* The call itself: musl's wrapper takes 1024 bytes of control data. */
	if (syscall(SYS_sendmsg, sock, &msg, MSG_NOSIGNAL) < 0)
		err(EXIT_CANCELED, "cannot send");
}

/* Wait until the peer closes, or for ever. */
static void linger(int sock)
{
	struct pollfd p = { .fd = sock, .events = 0 };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
}

/*
 * Connect and take steps: "N,BYTES" sends N descriptors with so many bytes,
 * "N+,BYTES" twice N in two control messages, "self" the socket itself, "hold"
 * waits until the peer closes.
 */
int helper_sender(char **argv)
{
	int sock = connect_to(argv[1], argv[2]), n;
	char *comma;

	for (char **step = argv + 3; *step; step++) {
		n = (int)strtol(*step, &comma, 10);
		if (strcmp(*step, "hold") == 0) {
			linger(sock);
		} else if (strcmp(*step, "self") == 0) {
			if (dup2(sock, 0) < 0)
				err(EXIT_CANCELED, "cannot duplicate");
			send_message(sock, 1, 1, 1);
		} else {
			send_message(
				sock, n, 1 + (*comma == '+'),
				(size_t)atoi(comma + strcspn(comma, ",") + 1));
		}
	}
	return 0;
}

/* N connections that say nothing, held until the peer closes them all. */
int helper_mute(char **argv)
{
	int n = atoi(argv[2]), socks[1024];

	for (int i = 0; i < n; i++)
		socks[i] = connect_to("stream", argv[1]);
	puts("connected");
	(void)fflush(stdout);
	for (int i = 0; i < n; i++)
		linger(socks[i]);
	return 0;
}

static int open_pty(bool slave)
{
	struct pty p;

	if (pty_open(-1, &p) < 0)
		return -1;
	return slave ? p.slave : p.master;
}

static int open_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	return signalfd(-1, &set, 0);
}

static int open_socket(bool listening)
{
	int sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	/* Linux gives it a name of its own. */
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (listening &&
	    (bind(sock, (struct sockaddr *)&addr, sizeof(sa_family_t)) < 0 ||
	     listen(sock, 1) < 0))
		return -1;
	return sock;
}

static int open_kind(const char *kind)
{
	static const char *const kinds[] = { "epoll",	 "eventfd", "timerfd",
					     "signalfd", "inotify", "pidfd",
					     "memfd",	 "path",    "master",
					     "slave",	 "socket",  "listening",
					     NULL };
	int i = 0;

	while (kinds[i] && strcmp(kinds[i], kind) != 0)
		i++;
	switch (i) {
	case 0:
		return epoll_create1(0);
	case 1:
		return eventfd(0, 0);
	case 2:
		return timerfd_create(CLOCK_MONOTONIC, 0);
	case 3:
		return open_signals();
	case 4:
		return inotify_init1(0);
	case 5:
		return sys_pidfd_open(getpid(), 0);
	case 6:
		return memfd_create("a name", 0);
	case 7:
		return open("/", O_PATH);
	case 8:
	case 9:
		return open_pty(i == 9);
	case 10:
	case 11:
		return open_socket(i == 11);
	}
	errx(EXIT_CANCELED, "no kind '%s'", kind);
}

/* COMMAND with an object of that kind as standard input. */
int helper_with(char **argv)
{
	int fd = open_kind(argv[1]);

	if (fd < 0 || dup2(fd, 0) < 0)
		err(EXIT_CANCELED, "cannot open a %s", argv[1]);
	(void)close(fd);
	execvp(argv[2], argv + 2);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[2]);
}

/* The numbers of all open descriptors, found without opening one. */
int helper_open_fds(char **argv)
{
	(void)argv;
	for (int fd = 0; fd < 4096; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%s%d", fd ? " " : "", fd);
	}
	return puts("") < 0;
}

/* FIRST... -- SECOND..., each with an end of a socket pair: FIRST as standard
 * output and input, SECOND as standard input. */
int helper_pair(char **argv)
{
	int ends[2];
	char **second = argv + 1;

	while (*second && strcmp(*second, "--") != 0)
		second++;
	if (!*second)
		errx(EXIT_CANCELED, "no --");
	*second++ = NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		err(EXIT_CANCELED, "cannot make a pair");
	if (fork() == 0) {
		if (dup2(ends[0], 0) < 0 || dup2(ends[0], 1) < 0)
			_exit(EXIT_CANCELED);
		execvp(argv[1], argv + 1);
		_exit(EXIT_CANNOT_INVOKE);
	}
	if (dup2(ends[1], 0) < 0)
		err(EXIT_CANCELED, "cannot duplicate");
	execvp(*second, second);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", *second);
}

int helper_nonblock(char **argv)
{
	if (fcntl(0, F_SETFL, O_NONBLOCK) < 0)
		err(EXIT_CANCELED, "cannot set flags");
	execvp(argv[1], argv + 1);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[1]);
}

/* Serve one client at SOCKET: it has to say REQUEST, is told TEXT, and then
 * gets descriptor FD, if there is one. */
int helper_server(char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), sock;
	char text[256];
	ssize_t n;

	strncpy(addr.sun_path, argv[1], sizeof(addr.sun_path) - 1);
	if (bind(listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(listener, 1) < 0)
		err(EXIT_CANCELED, "cannot listen on '%s'", argv[1]);
	sock = accept(listener, NULL, NULL);
	(void)unlink(argv[1]);
	n = read(sock, text, sizeof(text));
	if (n < 0 || (size_t)n != strlen(argv[2]) ||
	    memcmp(text, argv[2], (size_t)n) != 0)
		errx(EXIT_FAILURE, "another request came");
	if (write(sock, argv[3], strlen(argv[3])) < 0)
		err(EXIT_CANCELED, "cannot write");
	if (argv[4]) {
		if (dup2(atoi(argv[4]), 0) < 0)
			err(EXIT_CANCELED, "cannot duplicate");
		send_message(sock, 1, 1, 1);
	}
	return 0;
}
