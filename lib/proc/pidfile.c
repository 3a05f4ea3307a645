/* pidfile - a file with the pid of a process */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc/pidfile.h"
#include "proc/procdir.h"

/* The name of the new file, beside path and hidden: ".NAME.OUR-PID". */
static int temporary(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) + 1 : 0;
	int n = snprintf(name, size, "%.*s.%s.%d", dir, path, path + dir,
			 (int)getpid());

	if (n > 0 && (size_t)n < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* A full disk may be told as late as by close(2). */
static int fill_file(struct pidfile *p, int fd, const char *text)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || fd_write(fd, text, strlen(text)) < 0)
		return -1;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	return 0;
}

/* With a name of its own, which KILL can leave behind. */
static int write_renamed(struct pidfile *p, const char *path, const char *text)
{
	char name[PATH_MAX];
	int saved, done;

	if (temporary(path, name, sizeof(name)) < 0)
		return -1;
	int fd = open(name,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0644);
	if (fd < 0)
		return -1;
	done = fill_file(p, fd, text);
	if (close(fd) < 0 && done == 0)
		done = -1;
	if (done == 0 && fd_replaceable(path) == 0 && rename(name, path) == 0)
		return 0;
	saved = errno;
	(void)unlink(name);
	errno = saved;
	return -1;
}

/* A name for a file that has none; in place of a file that has it. */
static int link_over(int fd, const char *path)
{
	char own[sizeof("/proc/self/fd/") + 11];

	(void)snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
	for (int tries = 0; tries < 100; tries++) {
		if (linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) ==
		    0)
			return 0;
		if (errno != EEXIST)
			return -1;
		if (fd_replaceable(path) < 0 ||
		    (unlink(path) < 0 && errno != ENOENT))
			return -1;
	}
	errno = EEXIST;
	return -1;
}

static int open_nameless(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";

	if (slash && (size_t)(slash - path) + 2 > sizeof(dir))
		return -1;
	if (slash)
		(void)snprintf(dir, sizeof(dir), "%.*s",
			       (int)(slash - path) + 1, path);
	return open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
}

static int write_whole(struct pidfile *p, const char *path)
{
	const char *text = p->text;
	autofd fd = -1;

	p->there = false;
	fd = access("/proc/self/fd", X_OK) == 0 ? open_nameless(path) : -1;
	if (fd < 0) {
		p->there = write_renamed(p, path, text) == 0;
		return p->there ? 0 : -1;
	}
	if (fill_file(p, fd, text) < 0 || link_over(fd, path) < 0)
		return -1;
	p->there = true;
	return 0;
}

/* 1, 0; -1 and errno where that cannot be told. A number of an inode is used
 * again at once: the text tells as well. */
static int is_as_written(const struct pidfile *p, const char *path)
{
	autofd fd = fd_open_as(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, S_IFREG);
	char text[sizeof(p->text) + 1];
	struct stat st;
	ssize_t n;

	if (fd < 0 && errno == EINVAL)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (p->ino && (st.st_dev != p->dev || st.st_ino != p->ino))
		return 0;
	n = fd_read(fd, text, sizeof(text));
	if (n < 0)
		return -1;
	return n == (ssize_t)strlen(p->text) &&
	       memcmp(text, p->text, (size_t)n) == 0;
}

int pidfile_remove(struct pidfile *p, const char *path)
{
	int ours = p->there ? is_as_written(p, path) : 0;

	p->there = false;
	/* Nothing there, or a link: not what was written. */
	if (ours < 0)
		return errno == ENOENT || errno == ELOOP ? 0 : -1;
	return ours ? unlink(path) : 0;
}

void pidfile_expect(struct pidfile *p, pid_t pid)
{
	*p = (struct pidfile){ .there = true };
	(void)snprintf(p->text, sizeof(p->text), "%d", (int)pid);
}

int pidfile_expect_start(struct pidfile *p, pid_t pid)
{
	autofd dir = procdir_open(pid, NULL);
	unsigned long long start;

	if (dir < 0 || procdir_start_time(dir, &start) < 0)
		return -1;
	*p = (struct pidfile){ .there = true };
	(void)snprintf(p->text, sizeof(p->text), "%d %llu\n", (int)pid, start);
	return 0;
}

int pidfile_write(struct pidfile *p, const char *path, pid_t pid)
{
	pidfile_expect(p, pid);
	return write_whole(p, path);
}

int pidfile_write_start(struct pidfile *p, const char *path, pid_t pid)
{
	if (pidfile_expect_start(p, pid) < 0)
		return -1;
	return write_whole(p, path);
}
