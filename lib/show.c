/* show - copy what received descriptors give to standard output */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "applet.h"
#include "attach.h"
#include "copy.h"
#include "fault.h"
#include "pty.h"
#include "show.h"

/* Be at the outside of a terminal until its end. */
static int show_master(int master, const struct keys *keys, struct fault *f)
{
	struct attach a = { .master = master, .keys = *keys };
	int done;

	(void)signal(SIGPIPE, SIG_IGN);
	done = attach_run(&a, f);
	if (done < 0)
		return errno == EPIPE ? -SIGPIPE : EXIT_TOOL;
	return -done;
}

static int show_bytes(int fd, int number, struct fault *f)
{
	enum copy_side side;

	if (copy_all(fd, STDOUT_FILENO, &side) == 0)
		return 0;
	if (side == COPY_IN) {
		(void)fault(f, errno, "cannot read descriptor %d", number);
		return EXIT_NO;
	}
	(void)fault(f, errno, "cannot write to standard output");
	return EXIT_TOOL;
}

int show_fds(const int *fds, int n, const struct keys *keys, struct fault *f)
{
	int status = 0;

	if (copy_check(fds, n, STDOUT_FILENO, f) < 0)
		return EXIT_NO;
	for (int i = 0; i < n && status == 0; i++) {
		if (pty_is_master(fds[i]))
			status = show_master(fds[i], keys, f);
		else
			status = show_bytes(fds[i], 3 + i, f);
	}
	return status;
}
