/*
 * bare - what the least programs that give a command a terminal have in common.
 *
 * A child of theirs shares its parent's memory (CLONE_VM), so nothing here
 * calls exit(3).
 */
#ifndef BARE_H
#define BARE_H

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/sys.h"

#define BARE_PTY (O_RDWR | O_NOCTTY | O_CLOEXEC)

/* bare_must - the result of a call, which has to be a success */
static inline int bare_must(int result, const char *what)
{
	if (result < 0) {
		warn("%s", what);
		_exit(125);
	}
	return result;
}

/* bare_pty - a raw terminal of a devpts. Returns the master. */
static inline int bare_pty(int devpts, const char *ptmx, int *slave)
{
	int master = bare_must(openat(devpts, ptmx, BARE_PTY), "open ptmx");
	struct termios t;
	int unlock = 0;

	bare_must(ioctl(master, TIOCSPTLCK, &unlock), "unlock");
	*slave = bare_must(ioctl(master, TIOCGPTPEER, BARE_PTY), "open a pty");
	bare_must(tcgetattr(*slave, &t), "read the terminal's modes");
	cfmakeraw(&t);
	bare_must(tcsetattr(*slave, TCSANOW, &t), "make it raw");
	return master;
}

/* bare_exec - become a command on a terminal, with nothing else open */
static inline void bare_exec(int slave, char **argv)
{
	for (int fd = 0; fd < 3; fd++)
		bare_must(dup2(slave, fd), "put the terminal in place");
	bare_must(sys_close_range(3, ~0U, 0), "close the rest");
	execvp(argv[0], argv);
	_exit(127);
}

/*
 * bare_relay - copy a terminal's output to stdout, then wait for the child
 *
 * Returns the child's exit status. The end of the output is EIO: nobody has
 * the slave open any more.
 */
static inline int bare_relay(int master, pid_t pid)
{
	char buf[65536];
	ssize_t n, done;
	int status;

	while ((n = read(master, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; at += done) {
			done = write(STDOUT_FILENO, buf + at, (size_t)(n - at));
			bare_must((int)done, "write");
		}
	bare_must(waitpid(pid, &status, 0), "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

#endif
