/* sock - unix sockets by the names that users give them */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "proc/outlive.h"
#include "sock/sock.h"

/* Pauses between two attempts, ms: the first, and what doubling it leads to. */
#define NAP_FIRST 10
#define NAP_LAST  100

/* Linux 6.16; asm-generic/socket.h. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

void sock_refuse_fds(int fd)
{
	const int no = 0;

	/* Where it is not known, sock_discard has to do. */
	(void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof(no));
}

static bool takes_fds(int fd)
{
	int value = 1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &value, &size) < 0 ||
	       value != 0;
}

/* Keep a socket open, and nothing else of ours, until the other end of the pipe
 * is closed. An exit does not linger. */
static void hold_open(int fd, const int ends[2])
{
	char byte;

	(void)close(ends[1]);
	(void)fd_keep(fd);
	(void)fd_close_marked(true, ends[0]);
	(void)fd_read(ends[0], &byte, 1);
	_exit(0);
}

void sock_discard(int *fd)
{
	int saved = errno, ends[2];

	if (*fd < 0)
		return;
	if (!takes_fds(*fd) || pipe2(ends, O_CLOEXEC) < 0) {
		fd_close(fd);
		errno = saved;
		return;
	}
	if (outlive_fork() == 0)
		hold_open(*fd, ends);
	fd_close(fd);
	fd_close(&ends[0]);
	fd_close(&ends[1]);
	errno = saved;
}

/*
 * Has all been read that is ever sent to it? Linux net/unix/af_unix.c: a sender
 * sees the shutdown, or has queued its message, before the look at the queue.
 * Of other types an empty message looks like none.
 */
static bool is_read(int fd)
{
	int type;
	socklen_t size = sizeof(type);
	char byte;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_STREAM && shutdown(fd, SHUT_RD) == 0 &&
	       recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void sock_hang_up(int *fd)
{
	int saved = errno;

	if (*fd >= 0 && is_read(*fd))
		fd_close(fd);
	else
		sock_discard(fd);
	errno = saved;
}

int sock_parse(const char *text, bool abstract, struct sock_name *name)
{
	*name = (struct sock_name){ SOCK_PATH, text, text, .fd = -1 };
	if (!abstract && strncmp(text, "fd:", 3) == 0) {
		name->kind = SOCK_FD;
		if (text_int(text + 3, 0, INT_MAX, &name->fd) == 0)
			return 0;
		errno = EINVAL;
		return -1;
	}
	if (abstract || text[0] == '@')
		name->kind = SOCK_ABSTRACT;
	if (text[0] == '@')
		name->name = text + 1;
	/* The kernel would take an empty name as a wish for any free one. */
	if (name->name[0] != '\0')
		return 0;
	errno = EINVAL;
	return -1;
}

int sock_type(const char *text)
{
	if (strcmp(text, "stream") == 0)
		return SOCK_STREAM;
	if (strcmp(text, "seqpacket") == 0)
		return SOCK_SEQPACKET;
	if (strcmp(text, "dgram") == 0)
		return SOCK_DGRAM;
	errno = EINVAL;
	return -1;
}

int sock_address(const struct sock_name *name, struct sockaddr_un *addr,
		 int *hold)
{
	size_t n = strlen(name->name);
	bool path = name->kind == SOCK_PATH;

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (n < sizeof(addr->sun_path)) {
		/* One byte more either way: the last NUL, or the first. */
		memcpy(addr->sun_path + !path, name->name, n);
		return (int)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
	}
	if (!path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	*hold = open(name->name, O_PATH | O_CLOEXEC);
	if (*hold < 0)
		return -1;
	snprintf(addr->sun_path, sizeof(addr->sun_path), "/proc/self/fd/%d",
		 *hold);
	return sizeof(*addr);
}

int sock_inherited(const struct sock_name *name, struct errmsg *f)
{
	int domain, fd;
	socklen_t size = sizeof(domain);

	if (getsockopt(name->fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
		return errmsg(f, errno, "cannot use %s", Q(name->text));
	if (domain != AF_UNIX)
		return errmsg(f, EAFNOSUPPORT, "cannot use %s", Q(name->text));
	fd = fcntl(name->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return errmsg(f, errno, "cannot use %s", Q(name->text));
	return fd;
}

static int connect_once(int fd, const struct sock_name *name)
{
	struct sockaddr_un addr;
	struct stat st;
	autofd hold = -1;
	int size = sock_address(name, &addr, &hold), r;

	if (size < 0)
		return -1;
	do {
		r = connect(fd, (struct sockaddr *)&addr, (socklen_t)size);
	} while (r < 0 && errno == EINTR);
	if (r == 0)
		return 0;
	/* Of anything that is no socket connect(2) says the same as of a
	 * socket without a listener. */
	if (errno == ECONNREFUSED && name->kind == SOCK_PATH &&
	    stat(name->name, &st) == 0 && !S_ISSOCK(st.st_mode))
		errno = ENOTSOCK;
	return -1;
}

/* May an attempt that failed so succeed a little later? */
static bool passing(int error, bool appear)
{
	if (error == EAGAIN)
		return true;
	return appear && (error == ENOENT || error == ECONNREFUSED);
}

/* Connect within the time; *last is why the last attempt failed. */
static int connect_within(int fd, const struct sock_name *name, bool appear,
			  const struct deadline *w, int *last)
{
	struct deadline nap = *w;
	long long ms = NAP_FIRST;

	while (connect_once(fd, name) < 0) {
		*last = errno;
		if (!passing(errno, appear))
			return -1;
		if (wait_left(w->deadline) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		nap.deadline = wait_now() + ms;
		if (w->deadline != WAIT_FOREVER && w->deadline < nap.deadline)
			nap.deadline = w->deadline;
		if (wait_fd(&nap, -1, 0) < 0 && errno != ETIMEDOUT)
			return -1;
		ms = ms * 2 > NAP_LAST ? NAP_LAST : ms * 2;
	}
	return 0;
}

/* Refuse a peer that is not root, this user or uid. */
static int check_peer(int fd, const struct sock_name *name, long long uid,
		      struct errmsg *f)
{
	struct ucred who;

	if (sock_peer(fd, &who) < 0)
		return errmsg(f, errno,
			      "cannot get the user of the listener at %s",
			      Q(name->text));
	if (sock_peer_ok(&who, uid))
		return 0;
	(void)errmsg(f, 0,
		     "cannot trust %s: user %u listens there (see --peer-uid)",
		     Q(name->text), who.uid);
	errno = EACCES;
	return -1;
}

static int connect_fault(const struct sock_name *name, int last,
			 struct errmsg *f)
{
	if (errno != ETIMEDOUT)
		return errmsg(f, errno, "cannot connect to %s", Q(name->text));
	(void)errmsg(f, 0, "cannot connect to %s: %s", Q(name->text),
		     last == EAGAIN ? "its queue stayed full"
				    : "no process listened there in time");
	errno = ETIMEDOUT;
	return -1;
}

int sock_connect(const struct sock_name *name, int type, bool appear,
		 long long uid, const struct deadline *w, struct errmsg *f)
{
	autofd fd = -1;
	int last = 0;

	if (name->kind == SOCK_FD)
		return sock_inherited(name, f);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && name->no_fds)
		sock_refuse_fds(fd);
	if (fd < 0 || connect_within(fd, name, appear, w, &last) < 0)
		return connect_fault(name, last, f);
	/* A datagram socket has no one peer. */
	if (type == SOCK_DGRAM || check_peer(fd, name, uid, f) == 0)
		return fd_take(&fd);
	sock_discard(&fd);
	return -1;
}

int sock_accept(const struct sock_server *server, const struct deadline *w)
{
	int fd;

	for (;;) {
		if (wait_fd(w, server->fd, POLLIN) < 0)
			return -1;
		fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return fd;
		/* Another process that shares the socket may be faster. */
		if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED)
			return -1;
	}
}

int sock_peer(int fd, struct ucred *who)
{
	socklen_t size = sizeof(*who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, who, &size);
}

/* In a user namespace all ids that it does not map read as 65534: a peer with
 * that id too may be another user. To set it takes that it is mapped. */
static bool is_self(uid_t uid)
{
	return uid == geteuid() &&
	       sys_setresuid((uid_t)-1, uid, (uid_t)-1) == 0;
}

bool sock_peer_ok(const struct ucred *who, long long uid)
{
	return who->uid == 0 || is_self(who->uid) || uid == -2 ||
	       (long long)who->uid == uid;
}

int sock_status(int error)
{
	switch (error) {
	case ETIMEDOUT:
		return EXIT_TIMEDOUT;
	case ENOENT:
	case ECONNREFUSED:
	case ECONNRESET:
	case EPIPE:
	case EACCES:
		return EXIT_FAILURE;
	default:
		return EXIT_CANCELED;
	}
}
