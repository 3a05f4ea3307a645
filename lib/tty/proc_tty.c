/* proc_tty - the terminal that belongs to another process */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "proc/procdir.h"
#include "tty/proc_tty.h"
#include "tty/pty.h"
#include "tty/tty.h"

struct process {
	pid_t pid;
	pid_t parent;
	pid_t session;
	dev_t tty; /* 0: none */
};

struct search {
	dev_t tty;
	int fd;	    /* what was found, or -1 */
	dev_t home; /* the file system it was found on */
	bool doubt; /* another one has the same number */
	int error;  /* why nothing was found */
};

static dev_t tty_number(unsigned n)
{
	return makedev((n >> 8) & 0xfff, (n & 0xff) | ((n >> 12) & 0xfff00));
}

static int read_process(pid_t pid, struct process *p)
{
	char path[32], stat[512];
	char *at;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	autofd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read(fd, stat, sizeof(stat) - 1);
	if (n < 0)
		return -1;
	stat[n] = '\0';
	/* The name may have spaces and parentheses; no number after it has. */
	at = strrchr(stat, ')');
	if (!at || strlen(at) < strlen(") S 0 0 0 0")) {
		errno = ESRCH;
		return -1;
	}
	at += strlen(") S");
	p->pid = pid;
	p->parent = (pid_t)strtol(at, &at, 10);
	/* The group is of no interest. */
	(void)strtol(at, &at, 10);
	p->session = (pid_t)strtol(at, &at, 10);
	p->tty = tty_number((unsigned)strtol(at, &at, 10));
	return 0;
}

/*
 * next_process - the next one of /proc; false at the end, with errno 0, and
 * where we have run out of something: any process may be missing then
 */
static bool next_process(DIR *proc, struct process *p)
{
	struct dirent *entry;
	int pid;

	while (errno = 0, (entry = readdir(proc))) {
		if (text_int(entry->d_name, 1, INT_MAX, &pid) < 0)
			continue;
		if (read_process(pid, p) == 0)
			return true;
		if (fd_exhausted(errno))
			return false;
	}
	return false;
}

/* Become the one child that leads a session on a terminal. */
static int proc_tty_follow_child(struct process *p)
{
	DIR *proc = opendir("/proc");
	struct process other, child;
	int n = 0, error;

	if (!proc)
		return -1;
	while (next_process(proc, &other)) {
		if (other.parent == p->pid && other.session == other.pid &&
		    other.tty) {
			child = other;
			n++;
		}
	}
	error = errno;
	(void)closedir(proc);
	if (n == 1)
		*p = child;
	errno = error;
	return error ? -1 : 0;
}

/*
 * Terminals of two devpts instances can have one number, and a process of the
 * session may hold both: then it cannot be told which one is its own. Elsewhere
 * the number is the terminal, whatever file leads to it.
 */
static void consider(struct search *s, int pin)
{
	char path[32];
	struct stat st;
	mode_t mode;
	dev_t rdev;

	/* A file of a file system in user space may never answer fstat(2). */
	if (fd_type(pin, &mode, &rdev) < 0 || !S_ISCHR(mode) ||
	    rdev != s->tty || fstat(pin, &st) < 0)
		return;
	if (s->fd >= 0 && (!pty_is_slave(s->tty) || st.st_dev == s->home))
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", pin);
	autofd fd = tty_open(path, O_RDWR);
	if (fd < 0) {
		s->error = errno;
		return;
	}
	if (s->fd >= 0) {
		s->doubt = true;
		return;
	}
	s->fd = fd_take(&fd);
	s->home = st.st_dev;
}

static void search_process(struct search *s, pid_t pid)
{
	char path[32];
	struct dirent *entry;
	DIR *fds;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	if (!fds) {
		/* It may have ended since. */
		if (errno != ENOENT && errno != ESRCH)
			s->error = errno;
		return;
	}
	/*
	 * What a foreign process has open may block, or act, when it is opened.
	 * O_PATH does not open it, and keeps it the same for the look and the
	 * open that follows.
	 */
	while ((entry = readdir(fds))) {
		autofd pin = openat(dirfd(fds), entry->d_name,
				    O_PATH | O_CLOEXEC);

		if (pin >= 0)
			consider(s, pin);
		else if (fd_exhausted(errno))
			s->error = errno;
	}
	(void)closedir(fds);
}

/* search_session - open the terminal of p through a process that shares it */
static int search_session(const struct process *p)
{
	struct search s = { .tty = p->tty, .fd = -1, .error = ENOTTY };
	DIR *proc = opendir("/proc");
	struct process other;

	if (!proc)
		return -1;
	while (next_process(proc, &other)) {
		if (other.session == p->session && other.tty == p->tty)
			search_process(&s, other.pid);
	}
	if (errno)
		s.error = errno;
	(void)closedir(proc);
	if (s.fd >= 0 && !s.doubt)
		return s.fd;
	fd_close(&s.fd);
	errno = s.doubt ? ENOTTY : s.error;
	return -1;
}

int proc_tty_open(pid_t pid)
{
	struct process p;
	pid_t shown;

	/* Held open, so that its pid is not reused in between. */
	autofd held = procdir_open(pid, &shown);
	if (held < 0 || read_process(shown, &p) < 0 ||
	    proc_tty_follow_child(&p) < 0)
		return -1;
	if (!p.tty) {
		errno = ENOTTY;
		return -1;
	}
	return search_session(&p);
}
