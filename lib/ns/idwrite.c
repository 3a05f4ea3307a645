/* idwrite - give the maps of idmap.h to a process */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/idmap.h"
#include "ns/nsfork.h"
#include "proc/caps.h"
#include "proc/procdir.h"

/* What differs between users and groups. */
static const struct kind {
	const char *name, *file, *helper;
} users = { "user", "uid_map", "newuidmap" },
  groups = { "group", "gid_map", "newgidmap" };

/* A lone id that is one's own needs no privilege. */
static bool is_own(const struct idmap *map, unsigned id)
{
	return map->n == 1 && map->v[0].count == 1 && map->v[0].outside == id;
}

/* The kernel takes a map in one write(2) of less than a page, and once. */
static int write_map(int dir, const struct kind *kind, const struct idmap *map,
		     struct errmsg *f)
{
	char text[IDMAP_MAX * sizeof("4294967295 4294967295 4294967295 ")];
	size_t used = 0;

	for (int i = 0; i < map->n; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%u %u %u\n", map->v[i].inside,
					 map->v[i].outside, map->v[i].count);
	/* Its own answer to more would be EINVAL. */
	if (used >= (size_t)getpagesize())
		return errmsg(f, E2BIG, "cannot write the %s id map",
			      kind->name);
	autofd fd = procdir_file(dir, kind->file, O_WRONLY);
	if (fd < 0 || fd_write(fd, text, used) < 0)
		return errmsg(f, errno, "cannot write the %s id map",
			      kind->name);
	return 0;
}

/*
 * Without it, dropping a group would be a way around a file that refuses that
 * group (CVE-2014-8989). There is nothing to deny before Linux 3.19.
 */
static int deny_setgroups(int dir, struct errmsg *f)
{
	autofd fd = procdir_file(dir, "setgroups", O_WRONLY);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fd_write(fd, "deny", strlen("deny")) < 0)
		return errmsg(f, errno, "cannot deny setgroups");
	return 0;
}

/* The command line of a helper: its name, the pid, three numbers a range. */
struct call {
	char number[1 + 3 * IDMAP_MAX][sizeof("4294967295")];
	char *argv[3 + 3 * IDMAP_MAX];
	int n;
};

static void push_number(struct call *call, unsigned number)
{
	char *word = call->number[call->n - 1];

	(void)snprintf(word, sizeof(call->number[0]), "%u", number);
	call->argv[call->n++] = word;
	call->argv[call->n] = NULL;
}

static void spell(struct call *call, const char *helper, pid_t pid,
		  const struct idmap *map)
{
	call->n = 1;
	call->argv[0] = (char *)helper;
	push_number(call, (unsigned)pid);
	for (int i = 0; i < map->n; i++) {
		push_number(call, map->v[i].inside);
		push_number(call, map->v[i].outside);
		push_number(call, map->v[i].count);
	}
}

/* In the child: become the helper, or say why not through fd. */
static void become_helper(char **argv, int fd)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd_close_rest(0, fd) == 0)
		(void)execvp(argv[0], argv);
	(void)fd_write(fd, &errno, sizeof(errno));
	_exit(127);
}

static int helper_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

/* Start argv; -1, and errno where it could not be executed. */
static pid_t start_helper(char **argv, int *error)
{
	int fds[2];
	pid_t pid;

	*error = 0;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	autofd in = fds[0], out = fds[1];
	pid = fork();
	if (pid == 0)
		become_helper(argv, out);
	if (pid < 0)
		return -1;
	fd_close(&out);
	if (fd_read(in, error, sizeof(*error)) < 0)
		*error = errno;
	return pid;
}

/* What the helper has against the map it says itself, on stderr. */
static int run_helper(const struct kind *kind, pid_t pid,
		      const struct idmap *map, struct errmsg *f)
{
	struct call call;
	int error, status;
	pid_t helper;

	spell(&call, kind->helper, pid, map);
	helper = start_helper(call.argv, &error);
	if (helper < 0)
		return errmsg(f, errno, "cannot start %s", kind->helper);
	status = helper_status(helper);
	if (error == ENOENT)
		return errmsg(f, error, "cannot run %s (package uidmap)",
			      kind->helper);
	if (error)
		return errmsg(f, error, "cannot run %s", kind->helper);
	if (status != 0) {
		(void)errmsg(f, 0, "cannot map %s ids: %s failed", kind->name,
			     kind->helper);
		errno = EPERM;
		return -1;
	}
	return 0;
}

int idmap_write(pid_t pid, const struct idmap *uid, const struct idmap *gid,
		struct errmsg *f)
{
	const uint64_t has = caps_effective();
	pid_t shown;
	autofd dir = procdir_open(pid, &shown);

	if (dir < 0)
		return procdir_fault(pid, f);
	if (uid->n && !(has & CAPS_SETUID) && !is_own(uid, geteuid())) {
		if (run_helper(&users, shown, uid, f) < 0)
			return -1;
	} else if (uid->n && write_map(dir, &users, uid, f) < 0) {
		return -1;
	}
	if (!gid->n)
		return 0;
	if (has & CAPS_SETGID)
		return write_map(dir, &groups, gid, f);
	if (!is_own(gid, getegid()))
		return run_helper(&groups, shown, gid, f);
	if (deny_setgroups(dir, f) < 0)
		return -1;
	return write_map(dir, &groups, gid, f);
}

/* One of the words, without its letter. */
static int add_range(struct idmap *uids, struct idmap *gids, const char *word,
		     size_t n, struct errmsg *f)
{
	char range[64];
	bool users_too = *word == 'u' || *word == 'b';
	bool groups_too = *word == 'g' || *word == 'b';
	int added = -1;

	if (n > 2 && n < sizeof(range) && word[1] == ':') {
		memcpy(range, word + 2, n - 2);
		range[n - 2] = '\0';
		added = users_too || groups_too ? 0 : -1;
	}
	if (added == 0 && users_too)
		added = idmap_add(uids, range);
	if (added == 0 && groups_too)
		added = idmap_add(gids, range);
	if (added == 0)
		return 0;
	(void)errmsg_q(
		f, 0,
		"bad id map %s: want u:INSIDE:OUTSIDE:COUNT, g:, b:", word);
	errno = EINVAL;
	return -1;
}

/* A child in a new user namespace, which stays until the other end of a pipe is
 * closed, be it by our death. */
static pid_t fork_mapped(int *stay)
{
	char byte;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	autofd hear = ends[0], tell = ends[1];
	pid = nsfork(CLONE_NEWUSER, -1);
	if (pid == 0) {
		fd_close(&tell);
		(void)fd_read(hear, &byte, 1);
		_exit(0);
	}
	*stay = pid < 0 ? -1 : fd_take(&tell);
	return pid;
}

/* Its namespace, which lives on in the descriptor. */
static int open_mapped(const struct idmap *uids, const struct idmap *gids,
		       struct errmsg *f)
{
	autofd stay = -1, dir = -1, fd = -1;
	pid_t pid = fork_mapped(&stay);

	if (pid < 0)
		return nsfork_fault(CLONE_NEWUSER, f);
	if (idmap_write(pid, uids, gids, f) == 0) {
		dir = procdir_open(pid, NULL);
		fd = dir < 0 ? -1
			     : openat(dir, "ns/user", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			(void)errmsg(f, errno, "cannot open a user namespace");
	}
	fd_close(&stay);
	nsfork_reap(pid, NULL);
	return fd_take(&fd);
}

int idmap_namespace(const char *words, struct errmsg *f)
{
	struct idmap uids = { 0 }, gids = { 0 };
	size_t n;

	for (; *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if (n > 0 && add_range(&uids, &gids, words, n, f) < 0)
			return -1;
	}
	return open_mapped(&uids, &gids, f);
}
