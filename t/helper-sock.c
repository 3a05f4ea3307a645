/* helper-sock - the other ends of fdsend that no tool of ours can be */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "helper.h"
#include "sock/fdpass.h"
#include "sock/sock.h"

/* Linux 6.5 */
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 2000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* From now on only that many descriptors more may be opened. */
static void leave_room(int room)
{
	struct rlimit limit = { 0, 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(EXIT_CANCELED, "cannot get the limit");
	for (limit.rlim_cur = 0; room > 0; limit.rlim_cur++)
		room -= fcntl((int)limit.rlim_cur, F_GETFD) < 0;
	while (fcntl((int)limit.rlim_cur, F_GETFD) >= 0)
		limit.rlim_cur++;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(EXIT_CANCELED, "cannot set the limit");
}

static const char *error_name(void)
{
	switch (errno) {
	case EMFILE:
		return "EMFILE";
	case EMSGSIZE:
		return "EMSGSIZE";
	case EINVAL:
		return "EINVAL";
	case ETIMEDOUT:
		return "ETIMEDOUT";
	case EPIPE:
		return "EPIPE";
	default:
		return "another errno";
	}
}

/* Send FDS descriptors and BYTES, by our own means where they can do that. */
static int send_message(int sock, int fds, int bytes)
{
	static struct fdpass m;
	static char text[FDPASS_TEXT * 2];
	const struct deadline w = { wait_until(0), -1 };

	memset(text, 'x', sizeof(text));
	if (fds == 0)
		return (int)send(sock, text, (size_t)bytes, 0);
	m.n = fds;
	m.size = (size_t)bytes;
	for (int i = 0; i < fds && i < FDPASS_MAX; i++)
		m.fds[i] = STDIN_FILENO;
	memcpy(m.text, text, FDPASS_TEXT);
	return fdpass_send(sock, &m, &w);
}

static void pass_options(int sock, const char *how)
{
	static const int options[] = { SO_PASSCRED, SO_PASSPIDFD,
				       SO_TIMESTAMP };
	int on = 1;

	/* A kernel that has not all of them attaches the less. */
	for (int i = 0; i < 3 && strcmp(how, "beside") == 0; i++)
		(void)setsockopt(sock, SOL_SOCKET, options[i], &on, sizeof(on));
}

/*
 * Pass a message through a pair of sockets, with room for that many
 * descriptors more at the receiver's (-1: enough), and say what came out.
 */
int helper_pass(char **argv)
{
	static struct fdpass m;
	const struct deadline w = { wait_until(0), -1 };
	int before, r, sv[2], bare = 0, room = atoi(argv[4]);
	const char *outcome;

	if (socketpair(AF_UNIX, sock_type(argv[1]) | SOCK_CLOEXEC, 0, sv) < 0)
		err(EXIT_CANCELED, "cannot make sockets");
	pass_options(sv[1], argv[5]);
	if (send_message(sv[0], atoi(argv[2]), atoi(argv[3])) < 0) {
		printf("not sent: %s\n", error_name());
		return 1;
	}
	if (strcmp(argv[5], "end") == 0 && shutdown(sv[0], SHUT_WR) < 0)
		err(EXIT_CANCELED, "cannot shut down");
	before = open_fds();
	if (room >= 0)
		leave_room(room);
	r = fdpass_recv(sv[1], &m, &w);
	outcome = r < 0 ? error_name() : r == 0 ? "end" : "message";
	for (int i = 0; i < m.n; i++)
		bare += !(fcntl(m.fds[i], F_GETFD) & FD_CLOEXEC);
	printf("%s: %d fds, %zu bytes, %d without close-on-exec, %d more open\n",
	       outcome, m.n, m.size, bare, open_fds() - before);
	return r < 0;
}

/* Execute a command with a connection at 3 whose other end is closed. */
int helper_orphan(char **argv)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0 || close(sv[1]) < 0 ||
	    dup2(sv[0], 3) < 0)
		err(EXIT_CANCELED, "cannot make sockets");
	execvp(argv[1], argv + 1);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[1]);
}

/* Execute a command with a connection at 3 that takes no further byte, and
 * whose other end it has as 4. */
int helper_stuffed(char **argv)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		err(EXIT_CANCELED, "cannot make sockets");
	while (send(sv[0], "x", 1, MSG_DONTWAIT) == 1)
		;
	if (errno != EAGAIN || dup2(sv[0], 63) < 0 || dup2(sv[1], 4) < 0 ||
	    dup2(63, 3) < 0 || close(63) < 0)
		err(EXIT_CANCELED, "cannot fill the queue");
	execvp(argv[1], argv + 1);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[1]);
}

static int bind_new(const char *path, int type, struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(addr->sun_path, sizeof(addr->sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)addr, sizeof(*addr)) < 0)
		err(EXIT_CANCELED, "cannot bind to '%s'", path);
	return fd;
}

/* Listen at SOCKET, which appears when no further connection finds room. */
int helper_full(char **argv)
{
	struct sockaddr_un addr;
	int server = bind_new("full.tmp", SOCK_STREAM, &addr), fd;

	if (listen(server, 0) < 0)
		err(EXIT_CANCELED, "cannot listen");
	do {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	} while (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	if (errno != EAGAIN || rename("full.tmp", argv[1]) < 0)
		err(EXIT_CANCELED, "cannot fill the queue");
	(void)pause();
	return 0;
}

/*
 * Be the service manager at SOCKET: print what comes, with a space for each
 * newline, until a barrier; HOW says whether it "passes" or "holds".
 */
int helper_manager(char **argv)
{
	const struct deadline w = { WAIT_FOREVER, -1 };
	static struct fdpass m;
	struct sockaddr_un addr;
	int fd = bind_new(argv[1], SOCK_DGRAM, &addr);

	while (fdpass_recv(fd, &m, &w) > 0) {
		for (char *c = m.text; *c; c++)
			*c = *c == '\n' ? ' ' : *c;
		printf("%d %s\n", m.n, m.text);
		(void)fflush(stdout);
		if (strcmp(m.text, "BARRIER=1") == 0)
			break;
		fdpass_close(&m);
	}
	if (strcmp(argv[2], "holds") == 0)
		(void)pause();
	return unlink(argv[1]);
}

/* The inode of a process's pidfd. */
int helper_pidfd(char **argv)
{
	int fd = sys_pidfd_open(atoi(argv[1]), 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(EXIT_CANCELED, "cannot open process %s", argv[1]);
	printf("%llu\n", (unsigned long long)st.st_ino);
	return 0;
}

int helper_sock_name(char **argv)
{
	static const char *const kinds[] = { "path", "abstract", "fd" };
	struct sock_name name;

	if (sock_parse(argv[1], strcmp(argv[2], "abstract") == 0, &name) < 0)
		return 1;
	if (name.kind == SOCK_FD)
		return printf("fd %d\n", name.fd) < 0;
	return printf("%s %s\n", kinds[name.kind], name.name) < 0;
}

/* Execute a command with a socket at 3 that listens at SOCKET. */
int helper_listening(char **argv)
{
	struct sockaddr_un addr;
	int server = bind_new(argv[1], SOCK_STREAM, &addr);

	if (listen(server, 1) < 0 || fcntl(server, F_SETFL, 0) < 0 ||
	    dup3(server, 9, 0) < 0 || dup2(9, 3) < 0 || close(9) < 0)
		err(EXIT_CANCELED, "cannot listen");
	(void)fcntl(3, F_SETFD, 0);
	execvp(argv[2], argv + 2);
	err(EXIT_CANNOT_INVOKE, "cannot execute '%s'", argv[2]);
}
