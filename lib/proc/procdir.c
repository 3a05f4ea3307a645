/* procdir - the directory of a process in /proc, and of no other */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "proc/procdir.h"

/* The inode of the root of a proc file system, linux/proc_ns.h. */
#define PROC_ROOT 1

static int procdir_error(int why)
{
	errno = why;
	return -1;
}

static bool on_proc(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == SYS_PROC_MAGIC;
}

int procdir_root(void)
{
	autofd fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	/* A bind mount of a part of proc has other numbers in it, or ours. */
	if (!on_proc(fd) || fstat(fd, &st) < 0 || st.st_ino != PROC_ROOT)
		return procdir_error(EXDEV);
	return fd_take(&fd);
}

/* Does proc number its processes as getpid(2) does? */
static bool is_our_proc(int proc)
{
	char text[16] = "";

	return readlinkat(proc, "self", text, sizeof(text) - 1) > 0 &&
	       atoi(text) == getpid();
}

/*
 * The number that proc has for what pidfd refers to, 0 for none. A process that
 * is not dumpable may not look into its own fdinfo before Linux 5.14.
 */
static pid_t number_of(int proc, int pidfd, pid_t pid)
{
	char name[40], text[512];
	const char *line;
	ssize_t n;

	(void)snprintf(name, sizeof(name), "self/fdinfo/%d", pidfd);
	autofd fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (n = fd_read(fd, text, sizeof(text) - 1)) < 0)
		return is_our_proc(proc) ? pid : 0;
	text[n] = '\0';
	line = strstr(text, "\nPid:\t");
	/* It is -1 when the process is gone. */
	return line ? atoi(line + strlen("\nPid:\t")) : 0;
}

/* Is it there still? A zombie is, and so is what we may not send a signal. */
static bool lives(int pidfd)
{
	return sys_pidfd_send_signal(pidfd, 0, NULL, 0) == 0 || errno != ESRCH;
}

static int open_number(int proc, pid_t pid)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", pid);
	autofd fd = openat(proc, name,
			   O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	return on_proc(fd) ? fd_take(&fd) : procdir_error(EXDEV);
}

/* Before Linux 5.3 there is only the number, and a check that it means us. */
static int open_unpinned(int proc, pid_t pid, pid_t *shown)
{
	int fd;

	if (!is_our_proc(proc))
		return procdir_error(ENOENT);
	*shown = pid;
	fd = open_number(proc, pid);
	return fd < 0 && errno == ENOENT ? procdir_error(ESRCH) : fd;
}

int procdir_open(pid_t pid, pid_t *shown)
{
	autofd proc = procdir_root();
	pid_t number;
	int why;

	if (pid <= 0)
		return procdir_error(ESRCH);
	if (proc < 0)
		return -1;
	if (!shown)
		shown = &number;
	autofd pidfd = sys_pidfd_open(pid, 0);
	/* EPERM: a seccomp(2) filter that is older than the call. */
	if (pidfd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_unpinned(proc, pid, shown);
	/* It is a thread: no process has that number. */
	if (pidfd < 0 && (errno == EINVAL || errno == ENOENT))
		return procdir_error(ESRCH);
	if (pidfd < 0)
		return -1;
	*shown = number_of(proc, pidfd, pid);
	autofd fd = *shown > 0 ? open_number(proc, *shown)
			       : procdir_error(ENOENT);
	why = errno;
	/* The number was its own all the time if it is there now. */
	if (!lives(pidfd))
		return procdir_error(ESRCH);
	return fd >= 0 ? fd_take(&fd) : procdir_error(why);
}

int procdir_fault(pid_t pid, struct errmsg *f)
{
	if (errno != EXDEV)
		return errmsg(f, errno, "cannot find process %d", pid);
	(void)errmsg(f, 0, "cannot find process %d: /proc is something else",
		     pid);
	return procdir_error(EXDEV);
}

int procdir_file(int dir, const char *name, int flags)
{
	autofd fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return on_proc(fd) ? fd_take(&fd) : procdir_error(EXDEV);
}

/* The second field is a name in brackets, with any bytes in it. */
static const char *skip_fields(const char *stat, int n)
{
	const char *at = strrchr(stat, ')');

	for (int i = 2; at && i < n; i++) {
		at = strchr(at, ' ');
		at += at != NULL;
	}
	return at;
}

int procdir_start_time(int dir, unsigned long long *ticks)
{
	autofd fd = procdir_file(dir, "stat", O_RDONLY);
	char text[1024], *end;
	const char *at;
	ssize_t n = fd < 0 ? -1 : fd_read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return -1;
	text[n] = '\0';
	at = skip_fields(text, 22);
	if (!at || *at < '0' || *at > '9')
		return procdir_error(EPROTO);
	*ticks = strtoull(at, &end, 10);
	return *end == ' ' ? 0 : procdir_error(EPROTO);
}

int procdir_parse(const char *word, pid_t *pid, long long *start)
{
	size_t n = strcspn(word, ":");
	long long began = -1;
	char number[16];
	int value;

	if (n >= sizeof(number))
		return procdir_error(EINVAL);
	(void)snprintf(number, sizeof(number), "%.*s", (int)n, word);
	if (text_int(number, 1, INT_MAX, &value) < 0 ||
	    (word[n] && text_number(word + n + 1, 0, LLONG_MAX, &began) < 0))
		return procdir_error(EINVAL);
	*pid = value;
	*start = began;
	return 0;
}

int procdir_open_started(pid_t pid, long long start)
{
	autofd dir = procdir_open(pid, NULL);
	unsigned long long began;

	if (dir < 0)
		return -1;
	if (start >= 0 && procdir_start_time(dir, &began) < 0)
		return -1;
	if (start >= 0 && began != (unsigned long long)start)
		return procdir_error(ESRCH);
	return fd_take(&dir);
}
