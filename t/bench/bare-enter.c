/* bare-enter - the least that a terminal in a running container takes */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bare.h"

struct entry {
	int slave;
	char **argv;
};

static const struct namespace
{
	const char *name;
	int flag;
}
namespaces[] = {
	{ "user", CLONE_NEWUSER }, { "cgroup", CLONE_NEWCGROUP },
	{ "ipc", CLONE_NEWIPC },   { "uts", CLONE_NEWUTS },
	{ "net", CLONE_NEWNET },   { "pid", CLONE_NEWPID },
	{ "mnt", CLONE_NEWNS },	   { "time", CLONE_NEWTIME },
};

static ino_t inode(const char *pid, const char *name)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, name);
	bare_must(stat(path, &st), path);
	return st.st_ino;
}

static void join(const char *pid)
{
	int pidfd = bare_must(sys_pidfd_open(atoi(pid), 0), pid), flags = 0;

	for (size_t i = 0; i < sizeof(namespaces) / sizeof(*namespaces); i++)
		if (inode(pid, namespaces[i].name) !=
		    inode("self", namespaces[i].name))
			flags |= namespaces[i].flag;
	bare_must(setns(pidfd, flags), "join");
	close(pidfd);
}

/* Runs in the parent's memory (CLONE_VM): it may call, but not return. */
static int child(void *arg)
{
	const struct entry *e = arg;

	bare_must(setsid(), "begin a session");
	bare_must(ioctl(e->slave, TIOCSCTTY, 0), "take the terminal");
	bare_exec(e->slave, e->argv);
	return 127;
}

int main(int argc, char **argv)
{
	static _Alignas(64) char stack[32768];
	struct entry e = { .argv = argv + 2 };
	int master;
	pid_t pid;

	if (argc < 3)
		errx(125, "usage: bare-enter PID COMMAND [ARG]...");
	join(argv[1]);
	master = bare_pty(AT_FDCWD, "/dev/pts/ptmx", &e.slave);
	pid = bare_must(clone(child, stack + sizeof(stack),
			      CLONE_VM | CLONE_VFORK | SIGCHLD, &e),
			"clone");
	close(e.slave);
	return bare_relay(master, pid);
}
