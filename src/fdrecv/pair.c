/* pair - a program that answers on a socket which it inherits */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "fdrecv/pair.h"
#include "proc/outlive.h"

static void be_program(int sock, const char *command)
{
	/* dup2 of a descriptor onto itself would leave it close-on-exec. */
	if (sock == PAIR_FD ? fd_keep(sock) < 0 : dup2(sock, PAIR_FD) < 0)
		_exit(EXIT_CANCELED);
	(void)fd_close_rest(1, -1);
	(void)execl("/bin/sh", "sh", "-c", "--", command, (char *)NULL);
	_exit(EXIT_ENOENT);
}

int pair_run(int type, const char *command, struct errmsg *f)
{
	int ends[2];
	pid_t child;

	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) < 0)
		return errmsg(f, errno, "cannot make a pair of sockets");
	child = outlive_fork();
	if (child == 0)
		be_program(ends[1], command);
	if (child < 0)
		(void)errmsg(f, errno, "cannot start a process");
	fd_close(&ends[1]);
	if (child < 0)
		fd_close(&ends[0]);
	return ends[0];
}
