/*
 * listen - listen on a socket: sock_listen() and sock_close() of sock.h
 *
 * The socket is bound under a hidden name, and gets its own only when it
 * listens: by a rename(2) or link(2) that displaces nothing, or by a rename
 * over one that is dead. What SIGKILL leaves of the hidden ones the next
 * listener removes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "sock/sock.h"

#define BACKLOG 128
#define LOCK_MS 2000 /* how long others may hold the lock on the directory */

/* The beginning of hidden names, and the age from which a dead one is one that
 * its owner left: of a younger one it may be about to be bound. */
#define HIDDEN	    ".ptybox-"
#define LEFT_SECS   60
#define SWEEP_READS 64 /* of a directory, some 50 names each */

/* The name under which a socket is made ready before it is published. */
struct hidden {
	char name[32];
};

/* Take the name away, if it is still that of our socket. */
static int withdraw(const struct sock_server *s)
{
	struct stat st;

	if (s->base[0] == '\0')
		return 0;
	if (fstatat(s->dir, s->base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (st.st_dev != s->dev || st.st_ino != s->ino)
		return 0;
	return unlinkat(s->dir, s->base, 0);
}

/*
 * What connected and was never accepted, and the datagrams that were not read,
 * would be closed with the socket, and their descriptors with them.
 */
static void discard_waiting(struct sock_server *s)
{
	int type = SOCK_DGRAM, saved = errno, fd;
	socklen_t size = sizeof(type);

	(void)getsockopt(s->fd, SOL_SOCKET, SO_TYPE, &type, &size);
	if (type == SOCK_DGRAM) {
		sock_discard(&s->fd);
		return;
	}
	/* No one connects from now on; accept(2) gives those that did. */
	(void)shutdown(s->fd, SHUT_RDWR);
	do {
		fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		sock_discard(&fd);
	} while (fd >= 0 || errno == EINTR || errno == ECONNABORTED);
	errno = saved;
}

int sock_close(struct sock_server *s, struct errmsg *f)
{
	/* First the name, then the socket: as long as the name is there the
	 * socket is alive, so that no other replaces it. */
	int r = withdraw(s);

	if (r < 0)
		(void)errmsg(f, errno, "cannot remove socket %s", Q(s->text));
	s->base[0] = '\0';
	fd_close(&s->dir);
	if (s->ours && s->fd >= 0)
		discard_waiting(s);
	fd_close(&s->fd);
	return r;
}

static int start_listening(const struct sock_server *s, int type)
{
	return type == SOCK_DGRAM ? 0 : listen(s->fd, BACKLOG);
}

static int bind_masked(int fd, const struct sockaddr_un *addr, mode_t mode)
{
	mode_t mask = umask(0777 & ~mode);
	int r = bind(fd, (const struct sockaddr *)addr, sizeof(*addr));

	(void)umask(mask);
	return r;
}

/*
 * Bind under a hidden name in s->dir. The mode is right from the first moment:
 * bind(2) takes it from the socket and the umask, or from the socket alone
 * where the directory has a default ACL.
 */
static int bind_as(struct sock_server *s, const char *parent,
		   const struct hidden *h, mode_t mode)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int n;

	/* Through the directory itself: another one may be at its path by now,
	 * where the socket would be left. */
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s",
		 s->dir, h->name);
	if (bind_masked(s->fd, &addr, mode) == 0)
		return 0;
	/* There may be no proc. */
	if (errno != ENOENT && errno != ENOTDIR)
		return -1;
	n = snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s", parent,
		     h->name);
	if (n >= (int)sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return bind_masked(s->fd, &addr, mode);
}

/* Unless it was renamed, which leaves no name. Keeps errno but in failure. */
static int remove_hidden(const struct sock_server *s, const struct hidden *h)
{
	int saved = errno;

	if (h->name[0] && unlinkat(s->dir, h->name, 0) < 0 && errno != ENOENT)
		return -1;
	errno = saved;
	return 0;
}

static int bind_hidden(struct sock_server *s, const char *parent, mode_t mode,
		       struct hidden *h)
{
	unsigned long long id;
	struct stat st;

	if (fchmod(s->fd, mode) < 0)
		return -1;
	if (getrandom(&id, sizeof(id), 0) < 0)
		return -1;
	snprintf(h->name, sizeof(h->name), HIDDEN "%016llx", id);
	if (bind_as(s, parent, h, mode) < 0)
		return -1;
	if (fstatat(s->dir, h->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		(void)remove_hidden(s, h);
		return -1;
	}
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return 0;
}

/*
 * Does a process have this socket? One of another type is asked for: so even a
 * success is no connection, which would look like a peer that went away. A
 * socket that is not open refuses before types are compared (Linux
 * net/unix/af_unix.c, unix_find_bsd).
 */
static bool alive(const char *path)
{
	struct sock_name name = { .kind = SOCK_PATH, .name = path };
	struct sockaddr_un addr;
	autofd hold = -1;
	autofd probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = sock_address(&name, &addr, &hold);

	if (probe < 0 || size < 0)
		return true;
	return connect(probe, (struct sockaddr *)&addr, (socklen_t)size) == 0 ||
	       errno != ECONNREFUSED;
}

/* May what is at the path be replaced? 0 if so, or gone; else -1 and errno. */
static int stale(const struct sock_server *s, const char *path,
		 const char *base)
{
	struct stat st;

	if (fstatat(s->dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode))
		errno = EEXIST;
	else if (alive(path))
		errno = EADDRINUSE;
	else if (st.st_uid != geteuid())
		errno = EACCES;
	else
		return 0;
	return -1;
}

/* A lock on the directory: of several listeners that find a stale socket one
 * replaces it. */
static int lock_dir(const struct sock_server *s)
{
	struct deadline limit = { wait_until(LOCK_MS), -1 };
	autofd fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct deadline nap = { wait_until(10), -1 };

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (wait_left(limit.deadline) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		(void)wait_fd(&nap, -1, 0);
	}
	return fd_take(&fd);
}

/* Is that a hidden socket of this user which a listener left by SIGKILL? */
static bool is_left(const struct sock_server *s, const char *parent,
		    const char *name)
{
	char path[PATH_MAX + NAME_MAX + 2];
	struct stat st;

	if (strncmp(name, HIDDEN, strlen(HIDDEN)) != 0 ||
	    strspn(name + strlen(HIDDEN), "0123456789abcdef") != 16 ||
	    strlen(name) != strlen(HIDDEN) + 16)
		return false;
	if (fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISSOCK(st.st_mode) || st.st_uid != geteuid() ||
	    time(NULL) - st.st_mtime < LEFT_SECS)
		return false;
	(void)snprintf(path, sizeof(path), "%s/%.*s", parent, NAME_MAX, name);
	return !alive(path);
}

static void sweep_names(const struct sock_server *s, const char *parent,
			const char *at, const char *end)
{
	const struct sys_dirent *entry;

	for (; at < end; at += entry->size) {
		entry = (const void *)at;
		if (is_left(s, parent, entry->name))
			(void)unlinkat(s->dir, entry->name, 0);
	}
}

/* Remove what others of this user left. That it cannot be done is no reason not
 * to listen. opendir(3) would take memory. */
static void sweep_hidden(const struct sock_server *s, const char *parent)
{
	autofd dir = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct sys_dirent) char room[2048];
	long n;

	for (int i = 0; dir >= 0 && i < SWEEP_READS; i++) {
		n = sys_getdents(dir, room, sizeof(room));
		if (n <= 0)
			return;
		sweep_names(s, parent, room, room + n);
	}
}

/* Give the socket its name, or find that taken. Where the file system cannot
 * rename so, a link leaves the other name. */
static int name_socket(const struct sock_server *s, struct hidden *h,
		       const char *base)
{
	int r = sys_renameat2(s->dir, h->name, s->dir, base,
			      SYS_RENAME_NOREPLACE);

	if (r == 0)
		h->name[0] = '\0';
	if (r == 0 || errno == EEXIST)
		return r;
	return linkat(s->dir, h->name, s->dir, base, 0);
}

/* No live socket is ever displaced. */
static int listen_publish(const struct sock_server *s, struct hidden *h,
			  const char *path, const char *base)
{
	autofd held = -1;

	if (name_socket(s, h, base) == 0)
		return 0;
	if (errno != EEXIST || stale(s, path, base) < 0)
		return -1;
	held = lock_dir(s);
	if (held < 0)
		return -1;
	if (name_socket(s, h, base) == 0)
		return 0;
	/* The one that had the lock before may have replaced it. */
	if (errno != EEXIST || stale(s, path, base) < 0)
		return -1;
	return renameat(s->dir, h->name, s->dir, base);
}

/* The directory of a path; returns the name in it, or NULL and errno. */
static const char *split_path(const char *path, char parent[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	errno = ENAMETOOLONG;
	if (strlen(path) >= PATH_MAX || strlen(path + n) > NAME_MAX + !!slash)
		return NULL;
	memcpy(parent, path, n);
	parent[n] = '\0';
	if (!slash || slash == path)
		strcpy(parent, slash ? "/" : ".");
	errno = EISDIR;
	if (slash && slash[1] == '\0')
		return NULL;
	return slash ? slash + 1 : path;
}

static int listen_path(const struct sock_name *name, int type,
		       struct sock_server *s)
{
	const char *path = name->name;
	char parent[PATH_MAX];
	const char *base = split_path(path, parent);
	struct hidden h;
	int r;

	if (!base)
		return -1;
	s->dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0 ||
	    bind_hidden(s, parent, name->others ? 0666 : 0600, &h) < 0)
		return -1;
	r = start_listening(s, type) < 0 ? -1
					 : listen_publish(s, &h, path, base);
	if (r == 0)
		memcpy(s->base, base, strlen(base) + 1);
	if (remove_hidden(s, &h) < 0)
		return -1;
	if (r == 0)
		sweep_hidden(s, parent);
	return r;
}

static int listen_abstract(const struct sock_name *name, int type,
			   struct sock_server *s)
{
	struct sockaddr_un addr;
	int none = -1;
	int size = sock_address(name, &addr, &none);

	if (size < 0)
		return -1;
	if (bind(s->fd, (struct sockaddr *)&addr, (socklen_t)size) < 0)
		return -1;
	return start_listening(s, type);
}

static int listen_fault(const struct sock_name *name, struct errmsg *f)
{
	const char *why = NULL;
	int saved = errno;

	if (errno == EADDRINUSE)
		why = "another process listens there";
	else if (errno == EEXIST)
		why = "something that is no socket is there";
	else if (errno == ETIMEDOUT)
		why = "its directory stays locked";
	if (!why)
		return errmsg(f, errno, "cannot listen on %s", Q(name->text));
	(void)errmsg(f, 0, "cannot listen on %s: %s", Q(name->text), why);
	errno = saved;
	return -1;
}

/* An inherited socket that listens already, or has a name for datagrams. */
static int listen_inherited(const struct sock_name *name, int type,
			    struct sock_server *s, struct errmsg *f)
{
	int listens = 0;
	socklen_t size = sizeof(listens);

	s->fd = sock_inherited(name, f);
	if (s->fd < 0)
		return -1;
	if (type == SOCK_DGRAM || (getsockopt(s->fd, SOL_SOCKET, SO_ACCEPTCONN,
					      &listens, &size) == 0 &&
				   listens))
		return 0;
	(void)sock_close(s, f);
	(void)errmsg(f, 0, "cannot listen on %s: it does not listen",
		     Q(name->text));
	errno = EINVAL;
	return -1;
}

int sock_listen(const struct sock_name *name, int type,
		struct sock_server *server, struct errmsg *f)
{
	int r;

	*server = (struct sock_server){ name->text, .fd = -1, .dir = -1 };
	if (name->kind == SOCK_FD)
		return listen_inherited(name, type, server, f);
	server->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0)
		return listen_fault(name, f);
	server->ours = true;
	if (name->no_fds)
		sock_refuse_fds(server->fd);
	if (name->kind == SOCK_PATH)
		r = listen_path(name, type, server);
	else
		r = listen_abstract(name, type, server);
	if (r == 0)
		return 0;
	(void)sock_close(server, f);
	return listen_fault(name, f);
}
