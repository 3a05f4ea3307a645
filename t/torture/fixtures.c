/* fixtures - what the command found when it started, and what a run left */
#include <errno.h>
#include <stdio.h>

#include "base/sys.h"
#include "judge.h"

/* Names are what a killed process cannot take away, or one that may not, which
 * says why unless it was on its way out. */
static bool is_stuck(const struct trial *t)
{
	return trial_signal(t, SIGKILL) ||
	       (t->m && t->m->how != SIGNAL &&
		(t->o->err[0] || t->wanted == 128 + SIGTERM) &&
		(t->m->nr == SYS_newfstatat || t->m->nr == SYS_unlink ||
		 t->m->nr == SYS_unlinkat));
}

/* A pid file that cannot be looked at is not known to be ours to remove. */
static bool is_unseen_pid(const struct trial *t)
{
	return t->m && t->m->how != SIGNAL &&
	       (t->m->nr == SYS_open || t->m->nr == SYS_openat ||
		t->m->nr == SYS_fstat || t->m->nr == SYS_newfstatat ||
		t->m->nr == SYS_read) &&
	       (t->o->err[0] || t->m->value == ENOENT || t->m->value == ELOOP);
}

/* A directory of conlog's stays once something was kept in it, and what may not
 * be removed; all of it stays where conlog is killed. */
static bool is_kept(const struct trial *t, const char *line)
{
	static const long before[] = { SYS_fstat, SYS_flock, SYS_poll };
	bool said = strstr(t->o->after, "./d/exit ") ||
		    begins(line, "./d/.exit ") || is_stuck(t);

	if (!begins(line, "./d ") && !begins(line, "./d/"))
		return false;
	for (int i = 0; i < 3 && t->m && t->m->how != SIGNAL; i++)
		said = said || t->m->nr == before[i];
	/* One that has no status to tell. */
	said = said || !strstr(t->base->after, "./d/exit ");
	return trial_signal(t, SIGKILL) ||
	       (said && (is_stuck(t) || !begins(line, "./d/.")));
}

static bool allowed_file(const struct trial *t, const char *line)
{
	bool other = trial_killed(t) && strcmp(t->m->who, "0") != 0;
	char whole[600];

	(void)snprintf(whole, sizeof(whole), "%s\n", line);
	if (strstr(t->o->before, whole) || is_kept(t, line))
		return true;
	if ((trial_right(t) || t->o->commands || begins(line, "./img/") ||
	     other) &&
	    strstr(t->base->after, whole))
		return true;
	if (begins(line, "./pid ") && is_unseen_pid(t))
		return true;
	/* The list of what cgroup is about to make is there before, and stays;
	 * gate has done its part by the time that it closes its output. */
	if (begins(line, "./list ") && strstr(t->base->after, "./list "))
		return true;
	if (begins(t->base->run, "gate --make") &&
	    (trial_killed(t) || (t->m && t->m->nr == SYS_close)) &&
	    strstr(t->base->after, whole))
		return true;
	return is_stuck(t) && !other &&
	       (begins(line, "./" SOCKET " ") || begins(line, "./.p") ||
		begins(line, "./pid "));
}

bool fixtures_files(const struct trial *t)
{
	char after[sizeof(t->o->after)], *line, *rest;

	memcpy(after, t->o->after, sizeof(after));
	for (line = strtok_r(after, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (!allowed_file(t, line)) {
			say(t->why, t->size, "left: file %s", line);
			return false;
		}
	return true;
}

/* Where two texts part, for whoever has to find out. */
static void say_difference(const struct trial *t, const char *now,
			   const char *base)
{
	size_t same = 0, line = 0;

	for (; now[same] && now[same] == base[same]; same++)
		if (now[same] == '\n')
			line = same + 1;
	say(t->why, t->size, "unconfined: '%.*s', not '%.*s'",
	    (int)strcspn(now + line, "\n"), now + line,
	    (int)strcspn(base + line, "\n"), base + line);
}

/* Take out the lines that begin and contain this. */
static void leave_out(char *state, const char *begin, const char *contain)
{
	char *line = state, *end;

	for (; (end = strchr(line, '\n')); line = end) {
		*end = '\0';
		bool out = begins(line, begin) && strstr(line, contain);

		*end++ = '\n';
		if (!out)
			continue;
		memmove(line, end, strlen(end) + 1);
		end = line;
	}
}

/* Take this out wherever it is. */
static void cut(char *state, const char *text)
{
	size_t n = strlen(text);

	for (char *at = state; (at = strstr(at, text));)
		memmove(at, at + n, strlen(at + n) + 1);
}

/* What is there only if it can be: the value 0 stands for any. */
static const struct {
	long nr;
	int value;
	const char *line, *contains;
} optional[] = {
	/* A kernel without detached mounts, or a filter that knows none, means
	 * no devpts of the command's own; a user namespace without the group
	 * tty has no such gid. */
	{ SYS_fsopen, ENOSYS, "mount ", " devpts " },
	{ SYS_fsopen, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsopen, EPERM, "mount ", " devpts " },
	{ SYS_fsopen, EPERM, "fd ", "/pts/" },
	{ SYS_fsconfig, 0, "mount ", " devpts " },
	{ SYS_fsconfig, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsmount, ENOSYS, "mount ", " devpts " },
	{ SYS_fsmount, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsmount, EPERM, "mount ", " devpts " },
	{ SYS_fsmount, EPERM, "fd ", "/pts/" },
	/* Whoever may make no devices binds them. */
	{ SYS_mknodat, EPERM, "mount ", " devtmpfs " },
	/* Part of --dev where it is part of the kernel. */
	{ SYS_fsopen, 0, "mount ", " mqueue " },
	{ SYS_fsconfig, 0, "mount ", " mqueue " },
	{ SYS_fsmount, 0, "mount ", " mqueue " },
	/* --mask hides what is there. */
	{ SYS_openat2, ENOENT, "mount ", " /etc/secret " },
	{ SYS_openat2, ENOTDIR, "mount ", " /etc/secret " },
};

/* The terminal of a command that is about to run goes when the tool dies. */
static void leave_out_allowed(const struct trial *t, char *state)
{
	const struct mishap *m = t->m;

	if (!trial_right(t)) {
		cut(state, " (deleted)");
		leave_out(state, "leads ", "");
		leave_out(state, "fd ", "/pts/");
		leave_out(state, "mount ", " /dev/console ");
	}
	for (size_t i = 0; i < sizeof(optional) / sizeof(*optional); i++)
		if (m && m->how != SIGNAL && m->nr == optional[i].nr &&
		    (!optional[i].value || m->value == optional[i].value))
			leave_out(state, optional[i].line,
				  optional[i].contains);
}

bool fixtures_state(const struct trial *t)
{
	char now[sizeof(t->o->state)], base[sizeof(t->o->state)];

	memcpy(now, t->o->state, sizeof(now));
	memcpy(base, t->base->state, sizeof(base));
	leave_out_allowed(t, now);
	leave_out_allowed(t, base);
	if (begins(base, now))
		return true;
	say_difference(t, now, base);
	return false;
}

/* A cgroup, or that one is frozen, which was not so before, nor would be. */
static bool is_stray(const struct trial *t, const char *line)
{
	char whole[1000];

	if (strstr(line, ": ") && !strstr(line, "freeze: 1") &&
	    !strstr(line, ": FR"))
		return false;
	(void)snprintf(whole, sizeof(whole), "%s\n", line);
	return !strstr(t->o->groups_before, whole) &&
	       !strstr(t->base->groups, whole);
}

/* One that cannot be opened or looked at is not removed, nor thawed. */
static bool is_unseen_group(const struct trial *t)
{
	return t->m && t->m->how != SIGNAL && t->o->err[0] &&
	       (t->m->nr == SYS_openat || t->m->nr == SYS_fstat ||
		t->m->nr == SYS_read || t->m->nr == SYS_write);
}

/* A success has done all; a failure leaves nothing that was not there. */
bool fixtures_groups(const struct trial *t)
{
	char now[sizeof(t->o->groups)], *line, *rest;
	bool right = trial_right(t);

	if ((right && strcmp(t->o->groups, t->base->groups) == 0) ||
	    trial_unmounted(t))
		return true;
	memcpy(now, t->o->groups, sizeof(now));
	for (line = strtok_r(now, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (!is_stuck(t) && !is_unseen_group(t) && !trial_killed(t) &&
		    is_stray(t, line)) {
			say(t->why, t->size, "left: cgroup %s", line);
			return false;
		}
	if (!right)
		return true;
	say(t->why, t->size, "cgroups differ: %.200s", t->o->groups);
	return false;
}
