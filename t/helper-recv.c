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
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "applet.h"
#include "helper.h"
#include "pty.h"
#include "sys.h"

#define FDS_MAX	 253
#define TEXT_MAX (1 << 20)

static int connect_to(const char *type, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int kind = strcmp(type, "stream") == 0	    ? SOCK_STREAM
		   : strcmp(type, "seqpacket") == 0 ? SOCK_SEQPACKET
						    : SOCK_DGRAM;
	int sock = socket(AF_UNIX, kind | SOCK_CLOEXEC, 0);

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	/* An abstract name ends where the address does. */
	if (sock < 0 || connect(sock, (struct sockaddr *)&addr,
				(socklen_t)(sizeof(sa_family_t) + strlen(path) +
					    (path[0] != '@'))) < 0)
		err(EXIT_TOOL, "cannot connect to '%s'", path);
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
		c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)n);
		memset(CMSG_DATA(c), 0, sizeof(int) * (size_t)n);
		length += CMSG_SPACE(sizeof(int) * (size_t)n);
	}
	if (length > 0) {
		msg.msg_control = control.all;
		msg.msg_controllen = length;
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) < 0)
		err(EXIT_TOOL, "cannot send");
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
				err(EXIT_TOOL, "cannot duplicate");
			send_message(sock, 1, 1, 1);
		} else {
			send_message(sock, n, 1 + (*comma == '+'),
				     (size_t)atoi(strchr(comma, ',') + 1));
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

	if (pty_open(&p) < 0)
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
	errx(EXIT_TOOL, "no kind '%s'", kind);
}

/* COMMAND with an object of that kind as standard input. */
int helper_with(char **argv)
{
	int fd = open_kind(argv[1]);

	if (fd < 0 || dup2(fd, 0) < 0)
		err(EXIT_TOOL, "cannot open a %s", argv[1]);
	(void)close(fd);
	execvp(argv[2], argv + 2);
	err(EXIT_CANNOT, "cannot execute '%s'", argv[2]);
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
