/* helper-console - receivers of a terminal, good ones and bad ones */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/wait.h"
#include "cli/applet.h"
#include "helper.h"
#include "sock/fdpass.h"

/* A listener that appears at path when it listens. */
static int listen_at(const char *path, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
				    .sun_path = "new.tmp" };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    (type != SOCK_DGRAM && listen(fd, 8) < 0) ||
	    rename(addr.sun_path, path) < 0)
		err(EXIT_CANCELED, "cannot listen at '%s'", path);
	return fd;
}

/* Say what came, in one message, and keep it. */
static void receive(int sock)
{
	const struct deadline w = { WAIT_FOREVER, -1 };
	static struct fdpass m;
	int came = fdpass_recv(sock, &m, &w);

	if (came > 0)
		printf("%d fds, %zu bytes '%.*s'\n", m.n, m.size, (int)m.size,
		       m.text);
	else
		puts(came == 0 ? "nothing" : "an error");
	(void)fflush(stdout);
}

static void serve(int server, const char *how)
{
	int sock = accept(server, NULL, NULL);

	if (sock < 0)
		err(EXIT_CANCELED, "cannot accept");
	puts("connected");
	(void)fflush(stdout);
	if (strcmp(how, "close") == 0)
		return;
	if (strcmp(how, "hold") != 0)
		receive(sock);
	if (strcmp(how, "read") == 0)
		return;
	if (strcmp(how, "ack") == 0 && write(sock, "", 1) < 0)
		err(EXIT_CANCELED, "cannot acknowledge");
	/* Whether more comes than it should. */
	if (strcmp(how, "twice") == 0)
		receive(sock);
	(void)pause();
}

/*
 * Listen at SOCKET and serve one connection, after which this process stays
 * with what it received: "ignore" does not accept, "hold" does not read,
 * "mute" does not answer, "ack" does, "twice" looks for a second message. But
 * "close" hangs up at once and "read" after the message. "dgram" and
 * "seqpacket" are sockets of the wrong type.
 */
int helper_console(char **argv)
{
	int type = strcmp(argv[2], "dgram") == 0       ? SOCK_DGRAM
		   : strcmp(argv[2], "seqpacket") == 0 ? SOCK_SEQPACKET
						       : SOCK_STREAM;
	int server = listen_at(argv[1], type);

	if (type != SOCK_STREAM || strcmp(argv[2], "ignore") == 0)
		(void)pause();
	serve(server, argv[2]);
	return 0;
}
