/* helper-unclosable - descriptors whose close(2) does not return */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The kernel's, which musl has no directory for; it needs libc's own alone. */
#include "/usr/include/linux/fuse.h"

#include "base/wait.h"
#include "cli/applet.h"
#include "helper.h"
#include "sock/fdpass.h"

/* A TCP socket with a full queue that lingers for an hour. */
static int lingering(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	const struct linger hour = { 1, 3600 };
	static const char data[65536];
	socklen_t size = sizeof(addr);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(l, (struct sockaddr *)&addr, size) < 0 || listen(l, 1) < 0 ||
	    getsockname(l, (struct sockaddr *)&addr, &size) < 0 ||
	    connect(fd, (struct sockaddr *)&addr, size) < 0 ||
	    accept4(l, NULL, NULL, SOCK_CLOEXEC) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hour, sizeof(hour)) < 0)
		err(EXIT_CANCELED, "cannot make a TCP socket");
	while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		continue;
	return fd;
}

static void answer(int fuse, const struct fuse_in_header *in, const void *data,
		   size_t size)
{
	char reply[256];
	struct fuse_out_header out = { (unsigned)(sizeof(out) + size), 0,
				       in->unique };

	memcpy(reply, &out, sizeof(out));
	memcpy(reply + sizeof(out), data, size);
	if (write(fuse, reply, sizeof(out) + size) < 0)
		err(EXIT_CANCELED, "cannot answer");
}

/* A file system that is one file, and never answers a FLUSH. */
static void serve_fuse(int fuse)
{
	static char buf[FUSE_MIN_READ_BUFFER + 65536];
	const struct fuse_in_header *in = (const void *)buf;
	const struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
					    .minor = 31,
					    .max_write = 4096 };
	const struct fuse_open_out opened = { .fh = 1 };
	const struct fuse_attr_out attr = {
		.attr = { .ino = 1, .mode = S_IFREG | 0666, .nlink = 1 }
	};

	while (read(fuse, buf, sizeof(buf)) > 0) {
		if (in->opcode == FUSE_INIT)
			answer(fuse, in, &init, sizeof(init));
		else if (in->opcode == FUSE_OPEN)
			answer(fuse, in, &opened, sizeof(opened));
		else if (in->opcode == FUSE_GETATTR)
			answer(fuse, in, &attr, sizeof(attr));
	}
}

/* The server of the file is this process, so that its end is the file's; the
 * file is open in a child, which goes on. */
static int unflushed(const char *at)
{
	char options[80];
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), fd;

	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=0100000,user_id=0,group_id=0", fuse);
	if (fuse < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("stuck", at, "fuse", 0, options) < 0)
		err(EXIT_CANCELED, "cannot mount");
	if (fork() != 0) {
		serve_fuse(fuse);
		err(EXIT_CANCELED, "the file system ended");
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)close(fuse);
	fd = open(at, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(EXIT_CANCELED, "cannot open the file");
	return fd;
}

/*
 * unclosable SOCKET KIND HOW N - connect to SOCKET, and send N descriptors of a
 * kind: linger, flush (a file called "file" is mounted over). HOW is "stay" to
 * keep the connection, "leave" to close it at once, "behind" to keep it and to
 * send standard input first. Prints a line when that is
 * done, and waits to be killed: the other end of what it sent is its own.
 */
int helper_unclosable(char **argv)
{
	const struct deadline w = { WAIT_FOREVER, -1 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct fdpass m = { .size = 1 };
	bool linger = strcmp(argv[2], "linger") == 0, sent;
	int fd = linger ? lingering() : unflushed("file");
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strncpy(addr.sun_path, argv[1], sizeof(addr.sun_path) - 1);
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		err(EXIT_CANCELED, "cannot connect to '%s'", argv[1]);
	m.n = 1;
	m.fds[0] = STDIN_FILENO;
	if (strcmp(argv[3], "behind") == 0 && fdpass_send(sock, &m, &w) < 0)
		err(EXIT_CANCELED, "cannot send");
	for (m.n = 0; m.n < atoi(argv[4]); m.n++)
		m.fds[m.n] = fd;
	/* EPERM: the peer takes none. EPIPE: it is done with us already. */
	sent = fdpass_send(sock, &m, &w) == 0;
	if (!sent && errno != EPERM && errno != EPIPE && errno != ECONNRESET)
		err(EXIT_CANCELED, "cannot send");
	if (strcmp(argv[3], "leave") == 0)
		(void)close(sock);
	if (puts("sent") < 0 || fflush(stdout) != 0)
		err(EXIT_CANCELED, "cannot write");
	/* Hardly the last one: what was sent is on its way, or there. That of
	 * a file would not return. */
	if (sent && linger)
		(void)close(fd);
	for (;;)
		(void)pause();
}
