/* procfd - descriptors of another process */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "proc/procfd.h"

/* PID[:INODE]; an inode that was not given is left as it is. */
static int parse_pid_inode(const char *text, int *pid, long long *inode)
{
	char digits[16];
	size_t n = strcspn(text, ":");

	errno = EINVAL;
	if (n >= sizeof(digits))
		return -1;
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (text_int(digits, 1, INT_MAX, pid) < 0)
		return -1;
	return text[n] ? text_number(text + n + 1, 0, LLONG_MAX, inode) : 0;
}

int procfd_process(const char *text, struct errmsg *f)
{
	long long inode = -1;
	int pid;
	struct stat st;
	autofd fd = -1;

	if (parse_pid_inode(text, &pid, &inode) < 0)
		return errmsg_q(f, EINVAL, "cannot find process %s", text);
	fd = sys_pidfd_open(pid, 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		return errmsg(f, errno, "cannot open process %d", pid);
	if (inode < 0 || st.st_ino == (ino_t)inode)
		return fd_take(&fd);
	(void)errmsg(f, 0, "cannot open process %d: it is another one by now",
		     pid);
	errno = ESRCH;
	return -1;
}

/* Thousands of descriptors may be more than the soft limit allows. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	/* If it fails, so will the one descriptor too many, and be reported. */
	(void)sys_setrlimit(RLIMIT_NOFILE, &limit);
}

static int check_ours(const int *fds, int n, struct errmsg *f)
{
	for (int i = 0; i < n; i++) {
		if (fcntl(fds[i], F_GETFD) >= 0)
			continue;
		(void)errmsg(f, 0, "cannot send fd %d: it is not open", fds[i]);
		errno = EBADF;
		return -1;
	}
	return 0;
}

int procfd_get(const char *process, int *fds, int n, struct errmsg *f)
{
	autofd pidfd = -1;
	int there;

	if (!process)
		return check_ours(fds, n, f);
	pidfd = procfd_process(process, f);
	if (pidfd < 0)
		return -1;
	raise_limit();
	for (int i = 0; i < n; i++) {
		there = fds[i];
		fds[i] = sys_pidfd_getfd(pidfd, there, 0);
		if (fds[i] >= 0)
			continue;
		(void)errmsg_q(f, errno, "cannot take fd %d of process %s",
			       there, process);
		while (i-- > 0)
			fd_close(&fds[i]);
		return -1;
	}
	return 0;
}
