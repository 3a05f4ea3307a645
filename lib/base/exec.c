/* exec - become a command, as the last step of a tool */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exec.h"
#include "base/exit.h"

/* Where to look without PATH, as confstr(_CS_PATH) and dash have it. */
#define DEFAULT_PATH                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* strings  NULL at the end; NULL where the environment was cleared */
static int copy_strings(char **strings)
{
	for (; strings && *strings; strings++) {
		*strings = strdup(*strings);
		if (!*strings)
			return -1;
	}
	return 0;
}

/*
 * The words of a command line, those of its environment and the name of the
 * program are one piece of memory, which the kernel shows in /proc. Source:
 * execve(2), getauxval(3); both libc's program_invocation_name is argv[0].
 */
int exec_forget(char **words)
{
	char *start = program_invocation_name;
	char *end = (char *)getauxval(AT_EXECFN);
	size_t size;

	if (copy_strings(words) < 0 || copy_strings(environ) < 0)
		return -1;
	if (!end || end <= start)
		return 0;
	memset(start, 0, (size_t)(end - start));
	for (; *words; words++) {
		size = strlen(*words) + 1;
		if (size > (size_t)(end - start))
			return 0;
		memcpy(start, *words, size);
		start += size;
	}
	return 0;
}

void exec_defaults(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		/* KILL and STOP refuse, as do the two that libc keeps. */
		(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

void exec_signals(bool keyboard)
{
	static const int keys[] = { SIGINT, SIGQUIT, SIGTSTP, SIGTTIN,
				    SIGTTOU };
	sigset_t none;

	for (size_t i = 0; keyboard && i < sizeof(keys) / sizeof(*keys); i++)
		(void)signal(keys[i], SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void exec_file(const char *path, char **argv)
{
	size_t n = 0;

	execve(path, argv, environ);
	if (errno != ENOEXEC)
		return;
	while (argv[n])
		n++;
	char **shell = calloc(n + 2, sizeof(*shell));

	if (!shell)
		return;
	shell[0] = (char *)"/bin/sh";
	shell[1] = (char *)path;
	memcpy(shell + 2, argv + 1, n * sizeof(*shell));
	execve(shell[0], shell, environ);
	free(shell);
	errno = ENOEXEC;
}

/* Is that a file that this process may execute? errno is set where not. */
static bool may_execute(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 ||
	    faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return false;
	errno = EACCES;
	return S_ISREG(st.st_mode);
}

static bool try(const char *path, char **argv, const char *name)
{
	char *file = argv[0];

	if (name)
		argv[0] = (char *)name;
	exec_file(path, argv);
	argv[0] = file;
	return false;
}

static bool look(const char *path, char **argv, const char *name)
{
	(void)argv;
	(void)name;
	return may_execute(path);
}

typedef bool (*step_fn)(const char *path, char **argv, const char *name);

/* Try each directory; a file that is there and not allowed is remembered, as
 * execvp(3) does. */
static bool search(char **argv, const char *name, step_fn step)
{
	const char *path = getenv("PATH"), *end;
	char file[PATH_MAX];
	bool denied = false;
	int n;

	if (!path)
		path = DEFAULT_PATH;
	for (bool more = true; more; path = end + 1) {
		end = strchrnul(path, ':');
		more = *end;
		n = snprintf(file, sizeof(file), "%.*s%s%s", (int)(end - path),
			     path, end > path ? "/" : "", argv[0]);
		if (n < 0 || (size_t)n >= sizeof(file))
			continue;
		if (step(file, argv, name))
			return true;
		if (errno == EACCES)
			denied = true;
		else if (errno != ENOENT && errno != ENOTDIR)
			return false;
	}
	errno = denied ? EACCES : ENOENT;
	return false;
}

static int find(char **argv, const char *name, step_fn step)
{
	bool done = false;

	if (!*argv[0])
		errno = ENOENT;
	else if (strchr(argv[0], '/'))
		done = step(argv[0], argv, name);
	else
		done = search(argv, name, step);
	if (done)
		return 0;
	return errno == ENOENT ? EXIT_ENOENT : EXIT_CANNOT_INVOKE;
}

int exec_command(char **argv, const char *name)
{
	return find(argv, name, try);
}

int exec_lookup(char *const *argv)
{
	return find((char **)argv, NULL, look);
}
