/* fdcat - copy what received descriptors give to standard output */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "cli/applet.h"
#include "fdrecv/copy.h"
#include "fdrecv/fdcat.h"
#include "relay/attach.h"
#include "tty/pty.h"

/* Be at the outside of a terminal until its end. */
static int show_master(int master, const struct detach_keys *keys,
		       struct errmsg *f)
{
	struct attach a = { .master = master, .keys = *keys };
	int done;

	(void)signal(SIGPIPE, SIG_IGN);
	done = attach_run(&a, f);
	/* For the person at the keys; the output may go to a file. */
	if (a.left && fd_ready(STDIN_FILENO, POLLOUT) == 1)
		(void)fd_write(STDIN_FILENO, "\r\n[detached]\r\n", 14);
	if (done < 0)
		return errno == EPIPE ? -SIGPIPE : EXIT_CANCELED;
	return -done;
}

static int show_bytes(int fd, int number, struct errmsg *f)
{
	enum copy_side side;

	if (copy_all(fd, STDOUT_FILENO, &side) == 0)
		return 0;
	if (side == COPY_IN) {
		(void)errmsg(f, errno, "cannot read descriptor %d", number);
		return EXIT_FAILURE;
	}
	(void)errmsg(f, errno, "cannot write to standard output");
	return EXIT_CANCELED;
}

int fdcat(const int *fds, int n, const struct detach_keys *keys,
	  struct errmsg *f)
{
	int status = 0;

	if (copy_check(fds, n, STDOUT_FILENO, f) < 0)
		return EXIT_FAILURE;
	for (int i = 0; i < n && status == 0; i++) {
		if (pty_is_master(fds[i]))
			status = show_master(fds[i], keys, f);
		else
			status = show_bytes(fds[i], 3 + i, f);
	}
	return status;
}
