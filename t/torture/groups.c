/*
 * groups - cgroups of a run's own
 *
 * In each hierarchy that a scenario names a run has a cgroup with its processes
 * in it. That is the root of its cgroup namespace, and at /sys/fs/cgroup it has
 * these hierarchies by their names, and no others. The cgroup that the tool is
 * to act on is "box" there.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "torture.h"

#define TOP "/sys/fs/cgroup"
#define OWN "torture-" /* and the pid of the process that removes it */

/* bpf(2): BPF_PROG_QUERY, and BPF_CGROUP_DEVICE. */
#define QUERY  16
#define DEVICE 6

struct query {
	uint32_t cgroup, type, query_flags, flags;
	uint64_t ids;
	uint32_t n;
};

struct text {
	char *text;
	size_t size;
};

static bool is_unified(const char *hierarchy)
{
	return strcmp(hierarchy, "unified") == 0;
}

/* In each hierarchy do something about its cgroup of that name, as long as that
 * succeeds. */
static bool in_each(const struct scenario *s, const char *name,
		    bool (*act)(const char *hierarchy, char *dir, void *arg),
		    void *arg)
{
	char words[64], dir[512], *rest;

	(void)snprintf(words, sizeof(words), "%s", s->groups ? s->groups : "");
	for (char *w = strtok_r(words, " ", &rest); w;
	     w = strtok_r(NULL, " ", &rest)) {
		bool top = is_unified(w) &&
			   access(TOP "/cgroup.procs", F_OK) == 0;

		(void)snprintf(dir, sizeof(dir), TOP "/%s%s%s", top ? "" : w,
			       top ? "" : "/", name);
		if (!act(w, dir, arg))
			return false;
	}
	return true;
}

static bool exists(const char *hierarchy, char *dir, void *arg)
{
	(void)hierarchy;
	(void)arg;
	return access(dir, F_OK) == 0;
}

bool groups_possible(const struct scenario *s)
{
	return in_each(s, "", exists, NULL);
}

static bool write_in(const char *dir, const char *name, const char *text)
{
	char path[900];
	bool good;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	good = fd >= 0 && write(fd, text, strlen(text)) > 0;
	if (fd >= 0)
		(void)close(fd);
	return good;
}

static bool make(const char *hierarchy, char *dir, void *arg)
{
	(void)hierarchy;
	(void)arg;
	return mkdir(dir, 0755) == 0 || errno == EEXIST;
}

static bool enter(const char *hierarchy, char *dir, void *arg)
{
	(void)hierarchy;
	(void)arg;
	return write_in(dir, "cgroup.procs", "0");
}

static bool thaw(const char *hierarchy, char *dir, void *arg)
{
	(void)hierarchy;
	(void)arg;
	(void)write_in(dir, "freezer.state", "THAWED");
	(void)write_in(dir, "cgroup.freeze", "0");
	return true;
}

/* A process that has just been killed is in it for a moment. */
static bool take_away(const char *hierarchy, char *dir, void *arg)
{
	char box[600];

	(void)snprintf(box, sizeof(box), "%s/box", dir);
	/* What is frozen in version 1 is not killed. */
	(void)thaw(hierarchy, box, arg);
	for (int i = 0; i < 2000; i++) {
		(void)rmdir(box);
		if (rmdir(dir) == 0 || errno != EBUSY)
			return true;
		(void)usleep(1000);
	}
	warnx("cannot remove '%s'", dir);
	return true;
}

static void name_own(char *name, size_t size, pid_t pid)
{
	(void)snprintf(name, size, OWN "%d", (int)pid);
}

void groups_make(const struct scenario *s)
{
	char name[32];

	name_own(name, sizeof(name), getpid());
	if (!in_each(s, name, make, NULL))
		err(125, "cannot make a cgroup");
}

void groups_remove(const struct scenario *s)
{
	char name[32];

	name_own(name, sizeof(name), getpid());
	(void)in_each(s, name, take_away, NULL);
}

static bool sweep(const char *hierarchy, char *dir, void *arg)
{
	DIR *all = opendir(dir);
	struct dirent *e;
	char path[900];

	while (all && (e = readdir(all))) {
		pid_t pid = strncmp(e->d_name, OWN, strlen(OWN)) == 0
				    ? atoi(e->d_name + strlen(OWN))
				    : 0;

		if (pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		(void)take_away(hierarchy, path, arg);
	}
	if (all)
		(void)closedir(all);
	return true;
}

/* groups_sweep - remove what a torture that was killed has left */
void groups_sweep(const struct scenario *s)
{
	(void)in_each(s, "", sweep, NULL);
}

static bool show(const char *hierarchy, char *dir, void *arg)
{
	(void)dir;
	(void)arg;
	if (mkdir(hierarchy, 0755) < 0)
		return false;
	if (is_unified(hierarchy))
		return mount("cgroup2", hierarchy, "cgroup2", 0, NULL) == 0;
	return mount("cgroup", hierarchy, "cgroup", 0, hierarchy) == 0;
}

static void show_all(const struct scenario *s)
{
	const char *next = "/mnt";

	must(mount("tmpfs", next, "tmpfs", 0, "mode=755"), "mount a tmpfs");
	must(chdir(next), "enter it");
	if (!in_each(s, "", show, NULL))
		err(125, "cannot mount a hierarchy of cgroups");
	must(mount(next, TOP, NULL, MS_BIND | MS_REC, NULL), "show it");
	must(umount2(next, MNT_DETACH), "take it away");
}

static bool freeze(const char *hierarchy, char *dir, void *arg)
{
	char path[600], state[64];

	(void)arg;
	if (is_unified(hierarchy))
		return write_in(dir, "cgroup.freeze", "1");
	(void)snprintf(path, sizeof(path), "%s/freezer.state", dir);
	do {
		if (!write_in(dir, "freezer.state", "FROZEN") ||
		    state_file(path, state, sizeof(state)) < 0)
			return false;
	} while (strcmp(state, "FROZEN\n") != 0);
	return true;
}

/* A process that is in the box. */
static void set_member(struct setup *g)
{
	int ready[2];
	char byte;

	must(pipe2(ready, O_CLOEXEC), "make a pipe");
	g->member = fork();
	must(g->member, "fork");
	if (g->member == 0) {
		if (!in_each(g->s, "box", enter, NULL) ||
		    write(ready[1], "r", 1) != 1)
			_exit(125);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(125, "cannot put a process into a cgroup");
	(void)close(ready[0]);
	if (g->s->box == BOX_FROZEN && !in_each(g->s, "box", freeze, NULL))
		err(125, "cannot freeze a cgroup");
}

/* groups_set - enter those that process REMOVER has made, and see no others */
void groups_set(struct setup *g)
{
	char name[32], dir[4096];

	if (!g->s->groups)
		return;
	name_own(name, sizeof(name), g->remover);
	if (!in_each(g->s, name, enter, NULL))
		err(125, "cannot enter a cgroup");
	must(unshare(CLONE_NEWCGROUP), "make a cgroup namespace");
	if (!getcwd(dir, sizeof(dir)))
		err(125, "cannot find the directory");
	show_all(g->s);
	must(chdir(dir), "go back");
	if (g->s->box && !in_each(g->s, "box", make, NULL))
		err(125, "cannot make a cgroup");
	if (g->s->box > BOX_EMPTY)
		set_member(g);
}

static void say_file(const struct text *t, const char *dir, const char *name)
{
	char path[1000], all[4096], *line, *rest;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (state_file(path, all, sizeof(all)) < 0)
		return;
	for (line = strtok_r(all, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		say(t->text, t->size, "%s: %s\n", path, line);
}

static void say_programs(const struct text *t, const char *dir)
{
	struct query q = { .type = DEVICE };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	q.cgroup = (uint32_t)fd;
	if (fd >= 0 && syscall(SYS_bpf, QUERY, &q, sizeof(q)) == 0)
		say(t->text, t->size, "%s/programs: %u\n", dir, (unsigned)q.n);
	if (fd >= 0)
		(void)close(fd);
}

static void say_group(const struct text *t, const char *dir)
{
	static const char *const files[] = { "cgroup.procs", "freezer.state",
					     "cgroup.freeze",
					     "cgroup.max.depth",
					     "devices.list" };

	say(t->text, t->size, "%s\n", dir);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		say_file(t, dir, files[i]);
	say_programs(t, dir);
}

static bool say_below(const char *hierarchy, char *dir, void *arg)
{
	DIR *all = opendir(dir);
	struct dirent *e;
	char path[900];

	(void)hierarchy;
	while (all && (e = readdir(all))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", dir, e->d_name);
		say_group(arg, path);
	}
	if (all)
		(void)closedir(all);
	return true;
}

/* groups_state - the cgroups below that of the run, a line each, and of what is
 * set in them */
void groups_state(const struct scenario *s, char *text, size_t size)
{
	struct text t = { text, size };

	text[0] = '\0';
	(void)in_each(s, "", say_below, &t);
}

/* groups_end - have nothing frozen when the world ends, which would wait */
void groups_end(const struct scenario *s)
{
	(void)in_each(s, "box", thaw, NULL);
}
