/* init - a process 1 that does nothing but its duty */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "ns/nsfork.h"
#include "ns/sync.h"
#include "ptyfork/init.h"
#include "root/mounts.h"

/*
 * No process in the container is to read there how it was made. The words of a
 * command line and those of its environment are one piece of memory, which the
 * kernel shows in /proc.
 */
static void wipe_words(char **words)
{
	char *start = *words, *end = start;

	for (; *words; words++)
		end = *words;
	for (char **name = environ; *name; name++)
		end = *name > end ? *name : end;
	memset(start, 0, (size_t)(end - start) + strlen(end));
}

/* Take the status of all that ended; true if the command did. */
static bool reap_zombies(pid_t command, int *status)
{
	int other;
	pid_t pid;

	do {
		pid = waitpid(-1, &other, WNOHANG);
		if (pid == command) {
			*status = other;
			return true;
		}
	} while (pid > 0 || (pid < 0 && errno == EINTR));
	/* No child is left, and with it no status of the command. */
	if (pid < 0)
		*status = EXIT_UNKNOWN;
	return pid < 0;
}

static int serve_as_init(pid_t command, const sigset_t *all)
{
	int status = 0, sig;

	while (!reap_zombies(command, &status)) {
		sig = sigwaitinfo(all, NULL);
		/* A command that leads no group yet is on its way to. */
		if (sig > 0 && sig != SIGCHLD && kill(-command, sig) < 0)
			(void)kill(command, sig);
	}
	return exit_status(status);
}

/* An empty directory with nothing above it, attached nowhere. */
static int open_nowhere(void)
{
	struct errmsg ignored;

	return mounts_make("tmpfs", "nowhere", "ro,nosuid,nodev,noexec",
			   &ignored);
}

/*
 * A command that enters a root leaves this process where it was: with the
 * caller's working directory, and maybe the caller's root. The links in
 * /proc/1 lead there, past every wall. A kernel without fsopen(2) is none that
 * newroot runs on.
 */
static int leave_root(void)
{
	autofd nowhere = open_nowhere();

	/* In the mount namespace of another user. */
	if (nowhere < 0 && errno == EPERM && unshare(CLONE_NEWNS) == 0)
		nowhere = open_nowhere();
	if (nowhere < 0)
		return errno == ENOSYS ? chdir("/") : -1;
	return fchdir(nowhere) < 0 ? -1 : chroot(".");
}

static int become_init(const struct init *how, struct errmsg *f)
{
	if (leave_root() < 0)
		return errmsg(f, errno, "cannot leave the root as process 1");
	if (prctl(PR_SET_PDEATHSIG, how->kill) < 0)
		return errmsg(f, errno, "cannot set the parent-death signal");
	if (how->kill && sync_orphan(how->sync))
		_exit(EXIT_CANCELED);
	/* A group of its own, for kill(2) with the negative pid of this
	 * child. */
	(void)setsid();
	(void)prctl(PR_SET_NAME, "init");
	wipe_words(how->words);
	return 0;
}

/* ready ends when nothing is left here for a command to find. */
static void stay_behind(const struct init *how, pid_t command,
			const sigset_t *all, int ready)
{
	struct errmsg f;

	if (become_init(how, &f) < 0)
		sync_failed(how->sync, EXIT_CANCELED, &f);
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	if (fd_close_rest(0, ready) < 0)
		_exit(SYNC_MUTE);
	/* A command that has died by now has a status to be taken. */
	(void)fd_write(ready, "", 1);
	(void)close(ready);
	_exit(serve_as_init(command, all));
}

int init_fork(const struct init *how, struct errmsg *f)
{
	sigset_t all, before;
	int ends[2];
	char byte;
	pid_t command;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errmsg(f, errno, "cannot make a pipe");
	autofd ready = ends[0], tell = ends[1];
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	command = nsfork(0, -1);
	if (command > 0)
		stay_behind(how, command, &all, tell);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (command < 0)
		return errmsg(f, errno, "cannot fork");
	fd_close(&tell);
	/* A byte and the end: without a process 1 there is no init to tell. */
	if (fd_read(ready, &byte, 1) != 1 || fd_read(ready, &byte, 1) != 0)
		_exit(EXIT_CANCELED);
	return 0;
}
