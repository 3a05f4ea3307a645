/* state - what a command was given, and what files there are */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "torture.h"

void say(char *text, size_t size, const char *format, ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, format);
	if (n < size)
		(void)vsnprintf(text + n, size - n, format, ap);
	va_end(ap);
}

ssize_t state_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t n = -1;

	text[0] = '\0';
	if (fd < 0)
		return -1;
	while (at + 1 < size && (n = read(fd, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	text[at] = '\0';
	(void)close(fd);
	return n < 0 ? -1 : (ssize_t)at;
}

struct about {
	pid_t pid;
	const struct setup *g;
	char *text;
	size_t size;
};

static ssize_t read_proc(const struct about *a, const char *name, char *text,
			 size_t size)
{
	char path[320];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)a->pid, name);
	return state_file(path, text, size);
}

static ssize_t read_link(pid_t pid, const char *name, char *text, size_t size)
{
	char path[320];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	n = readlink(path, text, size - 1);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

/* The lines of a file that begin with one of these words. */
static void add_lines(const struct about *a, const char *name,
		      const char *const *words)
{
	char text[8192], *line, *rest;

	(void)read_proc(a, name, text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		for (const char *const *w = words; *w; w++)
			if (strncmp(line, *w, strlen(*w)) == 0)
				say(a->text, a->size, "%s\n", line);
}

static void add_namespaces(const struct about *a)
{
	static const char *const names[] = { "cgroup", "ipc",  "mnt", "net",
					     "pid",    "user", "uts", "time" };
	char path[32], own[64], host[64], target[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "ns/%s", names[i]);
		(void)read_link(a->pid, path, own, sizeof(own));
		(void)read_link(1, path, host, sizeof(host));
		target[0] = '\0';
		if (a->g->target)
			(void)read_link(TARGET, path, target, sizeof(target));
		say(a->text, a->size, "%s %s\n", names[i],
		    strcmp(own, host) == 0     ? "as before"
		    : strcmp(own, target) == 0 ? "the target's"
					       : "new");
	}
}

/* Of each mount what is the same in each run: not the ids. */
static void add_mounts(const struct about *a)
{
	char text[16384], *line, *rest, root[256], point[256], options[512];

	(void)read_proc(a, "mountinfo", text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%*s %*s %*s %255s %255s %511[^\n]", root,
			   point, options) == 3)
			say(a->text, a->size, "mount %s %s %.*s\n", root, point,
			    (int)strcspn(options, ":"), options);
	}
}

static void add_fd(const struct about *a, const char *name)
{
	char path[280], link[256], flags[256], *line;

	(void)snprintf(path, sizeof(path), "fd/%s", name);
	(void)read_link(a->pid, path, link, sizeof(link));
	(void)snprintf(path, sizeof(path), "fdinfo/%s", name);
	(void)read_proc(a, path, flags, sizeof(flags));
	line = strstr(flags, "flags:");
	link[strcspn(link, "[")] = '\0';
	say(a->text, a->size, "fd %s %s %lo\n", name, link,
	    line ? strtoul(line + 6, NULL, 8) &
			    (O_ACCMODE | O_APPEND | O_NONBLOCK | O_PATH)
		 : 0);
}

static void add_fds(const struct about *a)
{
	struct dirent **list;
	char path[320];
	int n;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)a->pid);
	n = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			add_fd(a, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static void add_session(const struct about *a)
{
	char text[1024];
	const char *after;
	int group, session, tty, front;

	(void)read_proc(a, "stat", text, sizeof(text));
	after = strrchr(text, ')');
	if (after && sscanf(after + 1, " %*c %*d %d %d %d %d", &group, &session,
			    &tty, &front) == 4)
		say(a->text, a->size, "leads %d %d, front %d, tty %x\n",
		    group == a->pid, session == a->pid, front == group,
		    (unsigned)tty);
}

/* state_read - all that isolates a process that has just been executed; false
 * if it is dead already */
bool state_read(pid_t pid, const struct setup *g, char *text, size_t size)
{
	static const char *const status[] = { "Umask",	"Uid",	      "Gid",
					      "Groups", "SigBlk",     "SigIgn",
					      "Cap",	"NoNewPrivs", "Seccomp",
					      NULL };
	static const char *const all[] = { "", NULL };
	struct about a = { pid, g, text, size };
	char link[256];
	size_t n = strlen(text);

	say(text, size, "command\n");
	add_lines(&a, "status", status);
	add_namespaces(&a);
	add_lines(&a, "uid_map", all);
	add_lines(&a, "gid_map", all);
	add_lines(&a, "setgroups", all);
	add_lines(&a, "limits", all);
	add_lines(&a, "oom_score_adj", all);
	add_session(&a);
	add_fds(&a);
	if (read_link(pid, "cwd", link, sizeof(link)) < 0) {
		text[n] = '\0';
		return false;
	}
	say(text, size, "in %s\n", link);
	add_mounts(&a);
	return true;
}

static void add_files(const char *dir, char *text, size_t size)
{
	struct dirent **list;
	char path[512];
	struct stat st;
	int n = scandir(dir, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    lstat(path, &st) == 0) {
			say(text, size, "%s %o %lld\n", path, st.st_mode,
			    S_ISREG(st.st_mode) ? (long long)st.st_size : 0);
			if (S_ISDIR(st.st_mode))
				add_files(path, text, size);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/* state_files - the files of the run, a line each */
void state_files(char *text, size_t size)
{
	text[0] = '\0';
	add_files(".", text, size);
}
