/* tool - start the tool that a scenario is about */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sys.h"
#include "torture.h"

/* The tool as a shell would start it, held until told; then process 0. */
#define WORDS 60

void tool_start(const struct setup *g, int hold)
{
	char words[1024], path[600], notify[300], *argv[WORDS + 1], *rest;
	char *env[] = { path, (char *)"LC_ALL=C", (char *)"TERM=vt100",
			g->s->notify ? notify : NULL, NULL };
	char file[600], byte;
	const struct rlimit files = { 256, 256 };
	int n = 0, data = open("data", O_RDONLY);

	(void)snprintf(words, sizeof(words), "%s", g->s->run);
	for (char *w = strtok_r(words, " ", &rest); w && n < WORDS;
	     w = strtok_r(NULL, " ", &rest))
		argv[n++] = w;
	argv[n] = NULL;
	(void)snprintf(path, sizeof(path), "PATH=%s:%s/bin:/bin", g->bin,
		       g->dir);
	(void)snprintf(notify, sizeof(notify), "NOTIFY_SOCKET=%s/" SOCKET,
		       g->dir);
	(void)snprintf(file, sizeof(file), "%s/%s", g->bin, argv[0]);
	must(setpgid(0, 0), "lead a group");
	/* To close them all one by one is quick then, traced or not. */
	must(setrlimit(RLIMIT_NOFILE, &files), "limit the descriptors");
	for (int i = 0; i < 3; i++)
		must(dup2(g->stdio[i], i), "give a descriptor");
	must(dup2(data, 3), "give a descriptor");
	if (data != 3)
		(void)close(data);
	if (g->s->nobody && (syscall(SYS_setgroups, 0, NULL) < 0 ||
			     setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
			     setresuid(NOBODY, NOBODY, NOBODY) < 0))
		err(125, "cannot be nobody");
	if (read(hold, &byte, 1) == 1)
		execve(file, argv, env);
	_exit(125);
}
