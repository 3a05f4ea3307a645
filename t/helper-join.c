/* helper-join - watch, from inside a container, who joins it */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper.h"

static void see(int process, const char *name)
{
	char to[4096];
	ssize_t n = readlinkat(process, name, to, sizeof(to) - 1);

	if (n < 0)
		return;
	to[n] = '\0';
	printf("%s %s\n", name, to);
}

static void see_files(int process)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	char name[300];

	while (files && (e = readdir(files))) {
		(void)snprintf(name, sizeof(name), "fd/%s", e->d_name);
		see(process, name);
	}
	if (files)
		(void)closedir(files);
}

/* To open its memory takes the same right as ptrace(2) does, and does not hold
 * it up. Which program that was the link tells, if it is to be seen then. */
static void touch(int process)
{
	int fd = openat(process, "mem", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)close(fd);
	see(process, "exe");
}

static void look_at(int proc, const char *pid)
{
	int process = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (process < 0)
		return;
	puts("seen");
	see_files(process);
	see(process, "root");
	see(process, "cwd");
	touch(process);
	(void)close(process);
}

/* Print, for ever, all that can be seen of all processes but this one and the
 * first. */
int helper_spy(char **argv)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	char self[16];

	(void)argv;
	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	while (proc) {
		rewinddir(proc);
		while ((e = readdir(proc))) {
			if (isdigit(*e->d_name) && strcmp(e->d_name, "1") &&
			    strcmp(e->d_name, self))
				look_at(dirfd(proc), e->d_name);
		}
		(void)fflush(stdout);
	}
	return 1;
}

/* Print, for ever, mode and owner of the terminals that processes have in a
 * /dev/pts of their own. */
/* Mode and owner of the terminal 0 of a process, if its root is that. */
static void print_slave(const char *root, const struct stat *dir)
{
	char path[64];
	struct stat st;

	if (stat(root, &st) < 0 || st.st_dev != dir->st_dev ||
	    st.st_ino != dir->st_ino)
		return;
	snprintf(path, sizeof(path), "%s/dev/pts/0", root);
	if (stat(path, &st) == 0 && S_ISCHR(st.st_mode))
		printf("%03o %d %d\n", st.st_mode & 07777, (int)st.st_uid,
		       (int)st.st_gid);
}

/* Print them for ever, of all processes in the root DIR. */
int helper_slaves(char **argv)
{
	struct stat dir;
	glob_t g;

	if (stat(argv[1], &dir) < 0)
		return 1;
	while (glob("/proc/[0-9]*/root", 0, NULL, &g) != GLOB_NOSPACE) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			print_slave(g.gl_pathv[i], &dir);
		globfree(&g);
		(void)fflush(stdout);
	}
	return 1;
}
