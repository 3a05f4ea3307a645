/* copy - copy everything that one descriptor gives to another */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/wait.h"
#include "fdrecv/copy.h"
#include "fdrecv/describe.h"

#define BLOCK (64 * 1024)
#define CHUNK (1024 * 1024 * 1024)

/*
 * What the kernel can move itself. Each call ends at the end of the file, or
 * because it cannot do this pair, or with an error that read(2) or write(2)
 * will say again and then tell whose it is. None takes bytes that it does not
 * deliver: sendfile(2) wants a file that can seek.
 */
static void move(int in, int out)
{
	struct stat st;
	ssize_t n;

	/* A terminal's end of file is said once: a second look would wait. */
	if (fstat(in, &st) < 0 || S_ISCHR(st.st_mode))
		return;
	do {
		n = copy_file_range(in, NULL, out, NULL, CHUNK, 0);
	} while (n > 0 || (n < 0 && errno == EINTR));
	do {
		n = splice(in, NULL, out, NULL, CHUNK, 0);
	} while (n > 0 || (n < 0 && errno == EINTR));
	do {
		n = sendfile(out, in, NULL, CHUNK);
	} while (n > 0 || (n < 0 && errno == EINTR));
}

/* A process that shares the description may have made it non-blocking. */
static int wait_again(int fd, short events)
{
	const struct deadline w = { .deadline = WAIT_FOREVER, .signals = -1 };

	return errno == EAGAIN ? wait_fd(&w, fd, events) : -1;
}

static int put_all(int out, const char *data, size_t n)
{
	ssize_t written;

	for (; n > 0; data += written, n -= (size_t)written) {
		written = write(out, data, n);
		if (written >= 0)
			continue;
		if (errno != EINTR && wait_again(out, POLLOUT) < 0)
			return -1;
		written = 0;
	}
	return 0;
}

int copy_all(int in, int out, enum copy_side *side)
{
	char data[BLOCK];
	ssize_t n;

	move(in, out);
	for (;;) {
		n = fd_read(in, data, sizeof(data));
		*side = COPY_IN;
		if (n == 0)
			return 0;
		if (n < 0 && wait_again(in, POLLIN) < 0)
			return -1;
		*side = COPY_OUT;
		if (n > 0 && put_all(out, data, (size_t)n) < 0)
			return -1;
	}
}

/* Are both the same regular file? A copy would never end. */
static bool same(int in, int out)
{
	struct stat a, b;

	return fstat(in, &a) == 0 && fstat(out, &b) == 0 &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* A pipe or a device that is open for reading: no question. */
static bool surely_readable(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	mode_t mode;
	dev_t rdev;

	return flags >= 0 && !(flags & O_PATH) &&
	       (flags & O_ACCMODE) != O_WRONLY &&
	       fd_type(fd, &mode, &rdev) == 0 &&
	       (S_ISCHR(mode) || S_ISFIFO(mode));
}

int copy_check(const int *fds, int n, int out, struct errmsg *f)
{
	struct description d;

	for (int i = 0; i < n; i++) {
		if (surely_readable(fds[i]))
			continue;
		if (describe(fds[i], &d) < 0)
			return errmsg(f, errno, "cannot copy descriptor %d",
				      3 + i);
		if (!d.bytes || d.access[0] != 'r')
			return errmsg(f, 0,
				      "cannot copy descriptor %d: "
				      "its kind is %s, its access %s",
				      3 + i, d.kind, d.access);
		if (same(fds[i], out))
			return errmsg(f, 0,
				      "cannot copy descriptor %d: "
				      "it is the output",
				      3 + i);
	}
	return 0;
}
