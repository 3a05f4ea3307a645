/* fd - file descriptors: owned by one block, kept from the child */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"

void fd_close(int *fd)
{
	int saved = errno;

	/* Linux frees the number whatever close(2) says: never retried. */
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int fd_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest free number is fd; commands are to inherit it. */
		if (open("/dev/null", O_RDWR) < 0)
			return -1;
	}
	return 0;
}

int fd_write(int fd, const void *data, size_t n)
{
	const char *next = data;

	while (n > 0) {
		ssize_t written = write(fd, next, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		next += written;
		n -= (size_t)written;
	}
	return 0;
}

int fd_truncate(int fd, off_t size)
{
	int done;

	do {
		done = ftruncate(fd, size);
	} while (done < 0 && errno == EINTR);
	return done;
}

ssize_t fd_read(int fd, void *data, size_t n)
{
	ssize_t got;

	do {
		got = read(fd, data, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t fd_read_all(int fd, void *data, size_t n)
{
	size_t used = 0;
	ssize_t got = 1;

	while (used < n && got > 0) {
		got = fd_read(fd, (char *)data + used, n - used);
		used += got > 0 ? (size_t)got : 0;
	}
	return got < 0 ? -1 : (ssize_t)used;
}

ssize_t fd_read_text(int fd, char *text, size_t size)
{
	ssize_t n = fd < 0 ? -1 : fd_read_all(fd, text, size - 1);

	if (n == (ssize_t)size - 1) {
		errno = E2BIG;
		n = -1;
	}
	text[n > 0 ? n : 0] = '\0';
	return n;
}

int fd_ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, 0);
	} while (n < 0 && errno == EINTR);
	/* A write to a terminal that is open nowhere and takes nothing more
	 * would wait for ever. */
	if (n > 0 && events == POLLOUT && p.revents == POLLHUP)
		n = 0;
	return n;
}

int fd_above(int fd, int low)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, low);
}

bool fd_passed(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}

int fd_first_closed(int n)
{
	for (int fd = 3; fd < 3 + n; fd++) {
		if (!fd_passed(fd))
			return fd;
	}
	return -1;
}

int fd_keep(int fd)
{
	return fcntl(fd, F_SETFD, 0);
}

/* What there is to do with each descriptor of some. */
struct sweep {
	void (*do_one)(int fd, void *data);
	void *data;
	int first, last;
};

static void sweep_entries(const struct sweep *s, int dir, const char *at,
			  const char *end)
{
	const struct sys_dirent *entry;
	int fd;

	for (; at < end; at += entry->size) {
		entry = (const void *)at;
		if (text_int(entry->name, s->first, s->last, &fd) == 0 &&
		    fd != dir)
			s->do_one(fd, s->data);
	}
}

/* opendir(3) would take memory, which is most of what that costs at a start.
 * proc lists by number, so closing on the way hides none. */
static int sweep_listed(const struct sweep *s)
{
	autofd dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct sys_dirent) char room[1024];
	long n;

	if (dir < 0)
		return -1;
	while ((n = sys_getdents(dir, room, sizeof(room))) > 0)
		sweep_entries(s, dir, room, room + n);
	return n < 0 ? -1 : 0;
}

/* How many are open, or -1: st_size of the list tells since Linux 6.2. */
static int count_open(void)
{
	struct stat st;

	if (stat("/proc/self/fd", &st) < 0 || !S_ISDIR(st.st_mode) ||
	    st.st_size < 3 || st.st_size > INT_MAX)
		return -1;
	return (int)st.st_size;
}

bool fd_alone(void)
{
	return count_open() == 3;
}

/* To be listed costs a descriptor more than ten such questions. */
#define ASKED 32

/* Ask for small numbers one by one, which are all as a rule. */
static bool sweep_asked(const struct sweep *s)
{
	int left = count_open() - 3;

	for (int fd = 3; fd < ASKED && left > 0; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			continue;
		left--;
		if (fd >= s->first && fd <= s->last)
			s->do_one(fd, s->data);
	}
	return left == 0;
}

static int sweep_counted(const struct sweep *s)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -1;
	for (int fd = s->first; fd <= s->last && (rlim_t)fd < limit.rlim_cur;
	     fd++)
		s->do_one(fd, s->data);
	return 0;
}

static void close_one(int fd, void *data)
{
	(void)data;
	(void)close(fd);
}

/* By the list or by numbers: before Linux 5.9, or where a seccomp filter knows
 * no close_range(2). */
int fd_close_range(int first, int last)
{
	struct sweep s = { close_one, NULL, first, last };

	if (first > last ||
	    sys_close_range((unsigned)first, (unsigned)last, 0) == 0 ||
	    sweep_listed(&s) == 0)
		return 0;
	return sweep_counted(&s);
}

/* Whether a descriptor is marked close-on-exec; -1: it is not open. */
static int mark_of(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags < 0 ? -1 : flags & FD_CLOEXEC ? 1 : 0;
}

/* Call do_one for each open descriptor from 3 up; where there is no list of
 * them, for each number that one may have. */
static int for_each_fd(void (*do_one)(int fd, void *data), void *data)
{
	struct sweep s = { do_one, data, 3, INT_MAX };

	if (sweep_asked(&s) || sweep_listed(&s) == 0)
		return 0;
	s.last = 65535;
	return sweep_counted(&s);
}

struct marked {
	int mark, but;
};

static void close_if_marked(int fd, void *data)
{
	const struct marked *m = data;

	if (fd != m->but && mark_of(fd) == m->mark)
		(void)close(fd);
}

int fd_close_marked(bool marked, int but)
{
	struct marked m = { marked, but };

	return for_each_fd(close_if_marked, &m);
}

struct such {
	bool (*is_such)(int fd);
};

static void mark_if_such(int fd, void *data)
{
	const struct such *s = data;

	if (mark_of(fd) == 0 && s->is_such(fd))
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void fd_mark_given(bool (*is_such)(int fd))
{
	struct such s = { is_such };

	(void)for_each_fd(mark_if_such, &s);
}

int fd_close_rest(int keep, int last)
{
	int first = 3 + keep;

	for (int fd = 3; fd < first; fd++) {
		if (fd_keep(fd) < 0)
			return -1;
	}
	if (last < first)
		return fd_close_range(first, INT_MAX);
	if (fd_close_range(first, last - 1) < 0)
		return -1;
	return fd_close_range(last + 1, INT_MAX);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* /dev/ptmx: another open(2) of the same node makes another terminal. */
static bool is_ptmx_fd(const struct stat *st)
{
	return major(st->st_rdev) == 5 && minor(st->st_rdev) == 2;
}

int fd_reopen(int fd, int flags)
{
	char path[sizeof("/proc/self/fd/") + 11];
	struct stat st, now;
	autofd own = -1;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISFIFO(st.st_mode) &&
	    (!S_ISCHR(st.st_mode) || is_ptmx_fd(&st) || !isatty(fd))) {
		errno = ENOTSUP;
		return -1;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0 || fstat(own, &now) < 0)
		return -1;
	/* Where /proc is no proc, it may lead anywhere. */
	if (!same_file(&st, &now)) {
		errno = ENOTSUP;
		return -1;
	}
	return fd_take(&own);
}

int fd_open_as(int dir, const char *path, int flags, mode_t type)
{
	autofd seen = openat(dir, path,
			     O_PATH | O_CLOEXEC | (flags & O_NOFOLLOW));
	char name[sizeof("/proc/self/fd/") + 11];
	struct stat st, now;
	autofd fd = -1;

	if (seen < 0 || fstat(seen, &st) < 0)
		return -1;
	errno = S_ISLNK(st.st_mode) ? ELOOP : EINVAL;
	if ((st.st_mode & S_IFMT) != type)
		return -1;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", seen);
	flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = open(name, flags & ~O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		fd = openat(dir, path, flags);
	if (fd < 0 || fstat(fd, &now) < 0)
		return -1;
	errno = EINVAL;
	return same_file(&st, &now) ? fd_take(&fd) : -1;
}

/* The directory that a path begins with may be named by a descriptor, as in
 * /proc/self/fd/3/name. */
static int open_directory(const char *path, const char *slash)
{
	char dir[PATH_MAX];

	if ((size_t)(slash - path) + 2 > sizeof(dir)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int fd_replaceable(const char *path)
{
	const struct sys_open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = SYS_RESOLVE_NO_MAGICLINKS
	};
	const char *slash = strrchr(path, '/');
	autofd dir = slash ? open_directory(path, slash) : -1;
	autofd fd = sys_openat2(slash ? dir : AT_FDCWD,
				slash ? slash + 1 : path, &how);
	bool magic = fd < 0 && errno == ELOOP;
	struct stat st;

	if (fd < 0 && !magic)
		fd = open(path, O_PATH | O_CLOEXEC);
	if (!magic && (fd < 0 || fstat(fd, &st) < 0 || S_ISREG(st.st_mode) ||
		       S_ISDIR(st.st_mode)))
		return 0;
	errno = EEXIST;
	return -1;
}

bool fd_exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

int fd_type(int fd, mode_t *mode, dev_t *rdev)
{
	struct sys_statx reply;
	struct stat st;

	if (sys_statx(fd, "", AT_EMPTY_PATH | SYS_AT_STATX_DONT_SYNC,
		      SYS_STATX_TYPE, &reply) == 0) {
		*mode = reply.mode;
		*rdev = makedev(reply.rdev_major, reply.rdev_minor);
		return 0;
	}
	/* An older kernel, or a filter that knows no statx(2). */
	if (errno == EBADF || fstat(fd, &st) < 0)
		return -1;
	*mode = st.st_mode;
	*rdev = st.st_rdev;
	return 0;
}
