/* opener - paths that a process in a new user namespace may not reach */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "ns/opener.h"
#include "proc/outlive.h"
#include "sock/fdpass.h"

#define LIMIT_S	 10
#define LIMIT_MS (LIMIT_S * 1000)

/* What comes with a path: where it is looked up, which are places in the mounts
 * of the process that asks. */
enum { ROOT, HERE, PLACES };

static bool enter(const struct fdpass *m)
{
	return fchdir(m->fds[ROOT]) == 0 && chroot(".") == 0 &&
	       fchdir(m->fds[HERE]) == 0;
}

/* A descriptor, or in its place the error's number. */
static int answer(int sock, int fd, int error)
{
	struct deadline w = { wait_until(LIMIT_MS), -1 };
	struct fdpass m = { .n = 1, .fds = { fd }, .size = 1 };

	if (fd >= 0)
		return fdpass_send(sock, &m, &w);
	return fdpass_say(sock, (const char *)&error, sizeof(error), &w);
}

static void serve(int sock)
{
	struct deadline w = { WAIT_FOREVER, -1 };
	struct fdpass m;

	/* All that it is asked for has that many, and a word before the path:
	 * d for a directory. */
	while (fdpass_recv(sock, &m, &w) == 1 && m.n == PLACES && m.size > 1) {
		int flags = m.text[0] == 'd' ? O_DIRECTORY : 0;
		autofd fd = -1;

		/* The server of a FUSE file system may not answer. */
		(void)alarm(LIMIT_S);
		if (enter(&m))
			fd = open(m.text + 1, O_PATH | O_CLOEXEC | flags);
		if (answer(sock, fd, errno) < 0)
			break;
		(void)alarm(0);
		fdpass_close(&m);
	}
	_exit(0);
}

/* What this process holds is for others to be the last of. */
static void be_opener(int sock)
{
	(void)signal(SIGALRM, SIG_DFL);
	for (int i = 0; i < 3; i++)
		(void)close(i);
	if (fd_close_rest(0, sock) < 0)
		_exit(1);
	serve(sock);
}

int opener_start(void)
{
	int ends[2];
	pid_t pid;

	if (geteuid() != 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	pid = outlive_fork();
	if (pid == 0)
		be_opener(ends[1]);
	fd_close(&ends[1]);
	if (pid < 0)
		fd_close(&ends[0]);
	return ends[0];
}

static int open_places(struct fdpass *m)
{
	/* By their names they may be what is not reached. */
	autofd root = open("/proc/self/root", O_PATH | O_CLOEXEC);
	autofd here = open("/proc/self/cwd", O_PATH | O_CLOEXEC);

	if (root < 0 || here < 0)
		return -1;
	m->n = PLACES;
	m->fds[ROOT] = fd_take(&root);
	m->fds[HERE] = fd_take(&here);
	return 0;
}

/* Returns as opener_open, with EACCES where there is no answer. */
static int ask(int opener, const char *path, int flags)
{
	struct deadline w = { wait_until(LIMIT_MS), -1 };
	size_t n = strlen(path);
	struct fdpass m = { .size = n + 1 };
	int fd = -1, error = EACCES, sent;

	if (n >= FDPASS_TEXT || open_places(&m) < 0) {
		errno = EACCES;
		return -1;
	}
	m.text[0] = flags & O_DIRECTORY ? 'd' : 'f';
	memcpy(m.text + 1, path, n);
	sent = fdpass_send(opener, &m, &w);
	fdpass_close(&m);
	if (sent == 0 && fdpass_recv(opener, &m, &w) == 1) {
		if (m.n == 1)
			fd = m.fds[0];
		else if (m.n == 0 && m.size == sizeof(error))
			memcpy(&error, m.text, sizeof(error));
		else
			fdpass_close(&m);
	}
	errno = error;
	return fd;
}

int opener_open(int opener, const char *path, int flags)
{
	int fd = open(path, O_PATH | O_CLOEXEC | flags);

	if (fd >= 0 || errno != EACCES || opener < 0)
		return fd;
	return ask(opener, path, flags);
}

void opener_end(int *opener)
{
	struct deadline w = { wait_until(0), -1 };

	if (*opener >= 0)
		(void)fdpass_say(*opener, "e", 1, &w);
	fd_close(opener);
}
