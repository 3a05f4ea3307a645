/* descendants - an end for everything that this process has started */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "proc/descendants.h"
#include "proc/procdir.h"

#define LOOK_MS 5 /* between two looks at what is left */

/* A number that belongs to a child is that child's until it is waited for; in
 * the /proc of another pid namespace it may be any process's. */
static void kill_child(pid_t pid)
{
	siginfo_t info;

	if (pid > 0 &&
	    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
		(void)kill(pid, SIGKILL);
}

/* The file is "PID PID ", and may miss some while others end. */
static void kill_listed(const char *list)
{
	char *end;
	long pid = strtol(list, &end, 10);

	for (; end != list; pid = strtol(list, &end, 10)) {
		kill_child((pid_t)pid);
		list = end;
	}
}

static int kill_children(void)
{
	char name[40], list[4096];
	pid_t shown;
	ssize_t n;
	autofd dir = procdir_open(getpid(), &shown);

	if (dir < 0)
		return -1;
	(void)snprintf(name, sizeof(name), "task/%d/children", (int)shown);
	autofd fd = procdir_file(dir, name, O_RDONLY);
	if (fd < 0 || (n = fd_read(fd, list, sizeof(list) - 1)) < 0)
		return -1;
	/* A number that the end of the room cuts is left to the next look. */
	while (n == (ssize_t)sizeof(list) - 1 && list[n - 1] != ' ')
		n--;
	list[n] = '\0';
	kill_listed(list);
	return 0;
}

/* Take the status of all that have ended; is there a child left? */
static bool reap_ended(void)
{
	pid_t pid;

	do {
		pid = waitpid(-1, NULL, WNOHANG);
	} while (pid > 0 || (pid < 0 && errno == EINTR));
	return pid == 0;
}

int descendants_kill(int ms)
{
	long long deadline = wait_until(ms);

	while (reap_ended()) {
		if (wait_left(deadline) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (kill_children() < 0)
			return -1;
		(void)poll(NULL, 0, LOOK_MS);
	}
	return 0;
}
