/* teardown - what is left when a run is over */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define KERNEL_NCCS 19 /* libc's array is longer, and its rest undefined */

int setup_ptys(void)
{
	DIR *dir = opendir("/dev/pts");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		(void)closedir(dir);
	return n;
}

static void read_all(int fd, char *text, size_t size)
{
	size_t at = 0;
	ssize_t n;

	/* Whoever still holds the other end is no longer to be waited for. */
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	while (fd >= 0 && at + 1 < size &&
	       (n = read(fd, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	text[at] = '\0';
}

static void read_log(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

static bool same_modes(const struct setup *g)
{
	struct termios t;

	if (g->tty < 0 || tcgetattr(g->tty, &t) < 0)
		return true;
	return t.c_iflag == g->modes.c_iflag && t.c_oflag == g->modes.c_oflag &&
	       t.c_cflag == g->modes.c_cflag && t.c_lflag == g->modes.c_lflag &&
	       memcmp(t.c_cc, g->modes.c_cc, KERNEL_NCCS) == 0;
}

static void look(const struct setup *g, struct outcome *o)
{
	char mounts[sizeof(g->mounts)];

	(void)state_file("/proc/self/mountinfo", mounts, sizeof(mounts));
	if (strcmp(mounts, g->mounts) != 0)
		say(o->left, sizeof(o->left), "mounts changed; ");
	for (int i = 0; i < 3; i++)
		if (fcntl(g->stdio[i], F_GETFL) != g->flags[i])
			say(o->left, sizeof(o->left), "flags of %d changed; ",
			    i);
	/* The typist's hang-up takes one away. */
	if (!o->late && setup_ptys() > g->ptys)
		say(o->left, sizeof(o->left), "a pty is left; ");
}

/* To be called once the run is over: what came of it. */
void teardown(struct setup *g, struct outcome *o)
{
	/* While somebody still holds its other side. */
	if (!same_modes(g))
		say(o->left, sizeof(o->left), "terminal modes changed; ");
	(void)close(g->quit);
	/* There is still a tick now and then. */
	while (g->typist > 0 && waitpid(g->typist, NULL, __WALL) < 0 &&
	       errno == EINTR)
		;
	read_all(g->out, o->out, sizeof(o->out));
	read_all(g->err, o->err, sizeof(o->err));
	read_log(g->tty_log, o->tty, sizeof(o->tty));
	read_log(g->peer_log, o->peer, sizeof(o->peer));
	look(g, o);
	state_files(o->after, sizeof(o->after));
	groups_state(g->s, o->groups, sizeof(o->groups));
	groups_end(g->s);
}

static bool is_cast(const struct setup *g, pid_t pid)
{
	return pid == 1 || pid == g->typist || pid == g->peer ||
	       pid == g->target || (g->target && pid == TARGET) ||
	       pid == g->program || pid == g->keeper || pid == g->member;
}

/* How many processes there are beside our own; who, if there is text. */
int setup_others(const struct setup *g, char *text, size_t size)
{
	char path[64], comm[64], call[64];
	DIR *dir = opendir("/proc");
	struct dirent *e;
	pid_t pid;
	int n = 0;

	while (dir && (e = readdir(dir))) {
		pid = atoi(e->d_name);
		if (pid <= 0 || is_cast(g, pid))
			continue;
		n++;
		(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
		if (!text || state_file(path, comm, sizeof(comm)) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/syscall",
			       (int)pid);
		(void)state_file(path, call, sizeof(call));
		comm[strcspn(comm, "\n")] = '\0';
		call[strcspn(call, "\n")] = '\0';
		say(text, size, "process %d %s in call %.24s; ", (int)pid, comm,
		    call);
	}
	if (dir)
		(void)closedir(dir);
	return n;
}
