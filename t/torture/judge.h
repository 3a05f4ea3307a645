/* judge - a run that is judged, for those who look at a part of it each. */
#ifndef JUDGE_H
#define JUDGE_H

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/sys.h"
#include "torture.h"

struct trial {
	const struct mishap *m; /* NULL: nothing went wrong */
	const struct outcome *base, *o;
	int status, wanted;
	const char *err; /* but for remarks, see is_remark */
	char *why;
	size_t size;
};

static inline bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static inline bool trial_signal(const struct trial *t, int sig)
{
	return t->m && t->m->how == SIGNAL && t->m->value == sig;
}

static inline bool trial_killed(const struct trial *t)
{
	return trial_signal(t, SIGKILL) || trial_signal(t, SIGTERM);
}

/* A hierarchy of cgroups that is not there is one that the machine lacks, and a
 * cgroup one that is removed already. */
static inline bool trial_unmounted(const struct trial *t)
{
	return begins(t->base->run, "cgroup ") && t->m && t->m->how != SIGNAL &&
	       (t->m->nr == SYS_access || t->m->nr == SYS_open ||
		t->m->nr == SYS_openat) &&
	       (t->m->value == ENOENT || t->m->value == ENOTDIR ||
		(t->m->value == EACCES && t->m->nr == SYS_access));
}

static inline bool same_output(const struct trial *t)
{
	return strcmp(t->o->out, t->base->out) == 0 &&
	       strcmp(t->o->tty, t->base->tty) == 0 &&
	       strcmp(t->o->peer, t->base->peer) == 0;
}

/* What cannot be told from a run without a mishap. */
static inline bool trial_right(const struct trial *t)
{
	return t->status == t->wanted && same_output(t);
}

/* fixtures.c: Was the world as it should be, for the command as it started and
 * in the directory of the run afterwards? If not, why says where it differs. */
bool fixtures_state(const struct trial *t);
bool fixtures_files(const struct trial *t);
bool fixtures_groups(const struct trial *t);

#endif
