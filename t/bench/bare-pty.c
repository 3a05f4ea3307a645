/* bare-pty - the least that running a command on a new terminal takes */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/sys.h"

struct child {
	int slave;
	bool private;
	char **argv;
};

/* Runs in the parent's memory (CLONE_VM): it may call, but not return. */
static int child(void *arg)
{
	const struct child *c = arg;

	if (setsid() < 0 || ioctl(c->slave, TIOCSCTTY, 0) < 0)
		_exit(125);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(c->slave, fd) < 0)
			_exit(125);
	if (c->private && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		_exit(125);
	execvp(c->argv[0], c->argv);
	_exit(127);
}

static int open_pty(int *slave)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;
	int unlock = 0;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		err(125, "cannot open a terminal");
	*slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0 || tcgetattr(*slave, &t) < 0)
		err(125, "cannot open the other end");
	cfmakeraw(&t);
	if (tcsetattr(*slave, TCSANOW, &t) < 0)
		err(125, "cannot make the terminal raw");
	return master;
}

/* What a read says at the end is EIO: nobody has the slave open any more. */
static void copy(int from, int to)
{
	char buf[65536];
	ssize_t n, done;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; at += done) {
			done = write(to, buf + at, (size_t)(n - at));
			if (done < 0)
				err(125, "cannot write");
		}
}

static int flag_of(int letter)
{
	switch (letter) {
	case 'i':
		return CLONE_NEWIPC;
	case 'm':
		return CLONE_NEWNS;
	case 'p':
		return CLONE_NEWPID;
	case 'u':
		return CLONE_NEWUTS;
	}
	errx(125, "usage: bare-pty [-imPpu] COMMAND [ARG]...");
}

int main(int argc, char **argv)
{
	struct child c = { .slave = -1 };
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
	_Alignas(64) char stack[32768];
	int letter, master, status;
	pid_t pid;

	/* -P: stop mounts from spreading, as unshare(1) does with -m. */
	while ((letter = getopt(argc, argv, "+imPpu")) >= 0)
		if (letter == 'P')
			c.private = true;
		else
			flags |= flag_of(letter);
	c.argv = argv + optind;
	if (!*c.argv)
		flag_of('?');

	master = open_pty(&c.slave);
	pid = clone(child, stack + sizeof(stack), flags, &c);
	if (pid < 0)
		err(125, "cannot clone");
	close(c.slave);
	copy(master, STDOUT_FILENO);
	if (waitpid(pid, &status, 0) < 0)
		err(125, "cannot wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
