/* helper-peer - peers that mean harm, and go on with it */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/wait.h"
#include "cli/applet.h"
#include "helper.h"
#include "sock/fdpass.h"
#include "tty/pty.h"

struct peer {
	const char *socket;
	int type;
	long n;
};

/* Connect; as often as it takes where somebody has too much to do, but not for
 * ever where nothing listens any more. */
static int connect_peer(const struct peer *p)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t n = strlen(p->socket), head = sizeof(sa_family_t);
	int sock = socket(AF_UNIX, p->type | SOCK_CLOEXEC, 0), tries = 2000;

	strncpy(addr.sun_path, p->socket, sizeof(addr.sun_path) - 1);
	if (addr.sun_path[0] == '@')
		addr.sun_path[0] = '\0';
	/* An abstract name ends where the address does. */
	n += addr.sun_path[0] ? 1 : 0;
	while (sock >= 0 && connect(sock, (struct sockaddr *)&addr,
				    (socklen_t)(head + n)) < 0) {
		if (tries-- == 0 || (errno != ENOENT && errno != ECONNREFUSED))
			err(EXIT_CANCELED, "cannot connect to '%s'", p->socket);
		(void)poll(NULL, 0, 10);
	}
	return sock;
}

static void give(int sock, int fd)
{
	const struct deadline w = { WAIT_FOREVER, -1 };
	struct fdpass m = { .n = 1, .fds = { fd }, .size = 1 };

	if (fdpass_send(sock, &m, &w) < 0)
		err(EXIT_CANCELED, "cannot send");
}

/* N connections that each say a byte and nothing more. */
static void flood(const struct peer *p)
{
	for (long i = 0; i < p->n; i++) {
		int sock = connect_peer(p);

		/* Refused is well, too. */
		(void)send(sock, "x", 1, MSG_NOSIGNAL);
		(void)close(sock);
	}
}

/* N connections, each of which sends its own end: a cycle. */
static void cycle(const struct peer *p)
{
	for (long i = 0; i < p->n; i++) {
		int sock = connect_peer(p);

		give(sock, sock);
		(void)close(sock);
	}
}

/* A byte every N ms, in band or out of it, as long as somebody listens. */
static void dribble(const struct peer *p, int flags)
{
	int sock = connect_peer(p);

	while (send(sock, "x", 1, MSG_NOSIGNAL | flags) == 1)
		(void)poll(NULL, 0, (int)p->n);
}

/* What system call the peer waits in, of which /proc tells. */
static int open_call(int sock)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	char path[32];
	int fd;

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		err(EXIT_CANCELED, "cannot tell who listens");
	(void)snprintf(path, sizeof(path), "/proc/%d/syscall", who.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(EXIT_CANCELED, "cannot open '%s'", path);
	return fd;
}

/* Does it wait in a read(2), and still a little later? */
static bool is_caught(int call)
{
	for (int ms = 0; ms < 20; ms += 10) {
		char word[16] = "";

		if (pread(call, word, sizeof(word) - 1, 0) < 0)
			err(EXIT_CANCELED, "cannot see what the peer does");
		/* One that runs has no number, but a word there. */
		if (word[0] == 'r' || strtol(word, NULL, 10) != SYS_read)
			return false;
		(void)poll(NULL, 0, 10);
	}
	return true;
}

/* One byte, taken back when the peer may just have been told of it: a read that
 * comes too late waits then. Returns whether it was. */
static bool bait(const struct pty *p, long pause)
{
	const struct timespec moment = { .tv_nsec = 20000 };
	char byte;
	bool stolen;

	if (fcntl(p->master, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
	    write(p->slave, "x", 1) < 0)
		err(EXIT_CANCELED, "cannot write");
	for (volatile long i = 0; i < pause; i++)
		continue;
	stolen = read(p->master, &byte, 1) == 1;
	if (fcntl(p->master, F_SETFL, O_RDWR) < 0)
		err(EXIT_CANCELED, "cannot set flags");
	(void)nanosleep(&moment, NULL);
	return stolen;
}

/* Send a terminal, and make the peer wait in a read of it; give up after N
 * times. It is ours to make it wait: we share the description. */
static void steal(const struct peer *p)
{
	int sock = connect_peer(p), call = open_call(sock);
	bool caught = false;
	struct pty pty;

	if (pty_open(-1, &pty) < 0)
		err(EXIT_CANCELED, "cannot open a terminal");
	give(sock, pty.master);
	for (long i = 0; i < p->n && !caught; i++)
		caught = bait(&pty, i % 64 * 256) && is_caught(call);
	puts(caught ? "caught" : "not caught");
	(void)fflush(stdout);
	(void)pause();
}

/* Lines 1 to N on a terminal whose flags change all the time. */
static void toggle(const struct peer *p)
{
	int sock = connect_peer(p);
	struct pty pty;

	if (pty_open(-1, &pty) < 0)
		err(EXIT_CANCELED, "cannot open a terminal");
	give(sock, pty.master);
	for (long i = 1; i <= p->n; i++) {
		int flags = i % 2 ? O_NONBLOCK : 0;

		if (fcntl(pty.master, F_SETFL, O_RDWR | flags) < 0 ||
		    dprintf(pty.slave, "%ld\n", i) < 0)
			err(EXIT_CANCELED, "cannot write");
	}
}

/* Do harm at SOCKET: what HOW says, N times or every N ms. */
int helper_peer(char **argv)
{
	struct peer p = { argv[1], SOCK_STREAM, atol(argv[3]) };
	const char *how = argv[2];

	if (strcmp(how, "datagrams") == 0)
		p.type = SOCK_DGRAM;
	if (strcmp(how, "flood") == 0 || strcmp(how, "datagrams") == 0)
		flood(&p);
	else if (strcmp(how, "cycle") == 0)
		cycle(&p);
	else if (strcmp(how, "dribble") == 0)
		dribble(&p, 0);
	else if (strcmp(how, "urgent") == 0)
		dribble(&p, MSG_OOB);
	else if (strcmp(how, "steal") == 0)
		steal(&p);
	else if (strcmp(how, "toggle") == 0)
		toggle(&p);
	else
		errx(EXIT_CANCELED, "no harm '%s'", how);
	return 0;
}
