/* pidfile - a file with the pid of a process */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
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

static int write_whole(const char *path, const char *text)
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
	done = fd_write(fd, text, strlen(text));
	/* A full disk may be told as late as here. */
	if (close(fd) < 0 && done == 0)
		done = -1;
	if (done == 0 && rename(name, path) == 0)
		return 0;
	saved = errno;
	(void)unlink(name);
	errno = saved;
	return -1;
}

int pidfile_write(const char *path, pid_t pid)
{
	char digits[16];

	(void)snprintf(digits, sizeof(digits), "%d", (int)pid);
	return write_whole(path, digits);
}

int pidfile_write_start(const char *path, pid_t pid)
{
	autofd dir = procdir_open(pid, NULL);
	unsigned long long start;
	char line[48];

	if (dir < 0 || procdir_start_time(dir, &start) < 0)
		return -1;
	(void)snprintf(line, sizeof(line), "%d %llu\n", (int)pid, start);
	return write_whole(path, line);
}
