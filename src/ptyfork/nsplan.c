/* nsplan - what a command line asks of namespaces, made a plan for a child */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/cgroup.h"
#include "ptyfork/nsplan.h"

/* The namespaces that are named by their letters. */
static uint64_t named(const struct nsplan *a)
{
	const struct {
		bool given;
		uint64_t flag;
	} types[] = {
		{ a->cgroup.bare, CLONE_NEWCGROUP },
		{ a->ipc, CLONE_NEWIPC },
		{ a->mount, CLONE_NEWNS },
		{ a->net, CLONE_NEWNET },
		{ a->pid, CLONE_NEWPID },
		{ a->time, CLONE_NEWTIME },
		{ a->user, CLONE_NEWUSER },
		{ a->uts, CLONE_NEWUTS },
	};
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		flags |= types[i].given ? types[i].flag : 0;
	return flags;
}

static int read_map(struct idmap *map, const struct strlist *words,
		    const char *option, struct errmsg *f)
{
	for (int i = 0; i < words->n; i++) {
		if (idmap_add(map, words->v[i]) == 0)
			continue;
		(void)errmsg(f, 0, "bad %s %s: %s", option, Q(words->v[i]),
			     errno == EEXIST  ? "an id is mapped twice"
			     : errno == E2BIG ? "too many ranges"
					      : "want INSIDE:OUTSIDE:COUNT");
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* The caller, mapped to root or to itself. */
static int map_self(const struct nsplan *a, struct child_plan *plan,
		    struct errmsg *f)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (!a->map_root_user && !a->map_current_user)
		return 0;
	if (a->map_root_user && a->map_current_user)
		return errmsg(f, 0,
			      "--map-root-user and --map-current-user "
			      "exclude each other");
	if (idmap_one(&plan->uids, a->map_root_user ? 0 : uid, uid) == 0 &&
	    idmap_one(&plan->gids, a->map_root_user ? 0 : gid, gid) == 0)
		return 0;
	return errmsg(f, errno,
		      "cannot map the current user beside --uid-map and "
		      "--gid-map");
}

static int read_maps(const struct nsplan *a, struct child_plan *plan,
		     struct errmsg *f)
{
	if (read_map(&plan->uids, &a->uid_map, "--uid-map", f) < 0 ||
	    read_map(&plan->gids, &a->gid_map, "--gid-map", f) < 0 ||
	    map_self(a, plan, f) < 0)
		return -1;
	if (a->map_auto && (idmap_auto(&plan->uids, false, geteuid(), f) < 0 ||
			    idmap_auto(&plan->gids, true, geteuid(), f) < 0))
		return -1;
	if (plan->uids.n > 0 || plan->gids.n > 0)
		plan->create |= CLONE_NEWUSER;
	return 0;
}

static int plan_propagation(const struct nsplan *a, struct child_plan *plan,
			    struct errmsg *f)
{
	static const struct {
		const char *name;
		unsigned long how;
	} words[] = {
		{ "private", MS_PRIVATE },
		{ "slave", MS_SLAVE },
		{ "shared", MS_SHARED },
		{ "unchanged", 0 },
	};

	if (!a->propagation)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(a->propagation, words[i].name) != 0)
			continue;
		plan->propagation = words[i].how;
		return 0;
	}
	return errmsg_q(f, 0,
			"bad --propagation %s: want private, slave, shared or "
			"unchanged",
			a->propagation);
}

/* unshare(1) has an option for each clock, which has no fraction. */
static int read_clock(struct nsconf *c, const char *name, const char *value,
		      struct errmsg *f)
{
	char word[64];

	if (!value)
		return 0;
	(void)snprintf(word, sizeof(word), "%s=%s", name, value);
	return nsconf_offset(c, word, f);
}

static int read_clocks(const struct nsplan *a, struct child_plan *plan,
		       struct errmsg *f)
{
	struct nsconf *c = &plan->conf;

	for (int i = 0; i < a->time_offset.n; i++) {
		if (nsconf_offset(c, a->time_offset.v[i], f) < 0)
			return -1;
	}
	if (read_clock(c, "monotonic", a->monotonic, f) < 0 ||
	    read_clock(c, "boottime", a->boottime, f) < 0)
		return -1;
	if (c->clocks && (a->target >= 0 || plan->join.fd[NS_TIME] >= 0))
		return errmsg(f, 0,
			      "cannot set the clocks of a time namespace that "
			      "is joined");
	plan->create |= c->clocks ? CLONE_NEWTIME : 0;
	return 0;
}

/* Those of a process, or those of files beside new ones. */
static int read_joins(const struct nsplan *a, int dir, struct child_plan *plan,
		      struct errmsg *f)
{
	uint64_t flags = named(a);

	if (a->target < 0)
		plan->create = flags;
	else if (ns_of_process(&plan->join, dir, a->target, flags, f) < 0)
		return -1;
	for (int i = 0; i < a->join.n; i++)
		if (ns_of_file(&plan->join, a->join.v[i], f) < 0)
			return -1;
	plan->joins = a->target >= 0 || a->join.n > 0;
	return 0;
}

/* A user namespace that is joined could have no new one below it, and of any
 * other type only the last would be seen. */
static int check_both(const struct child_plan *plan, struct errmsg *f)
{
	uint64_t both = plan->create & ns_flags(&plan->join);

	if (both & CLONE_NEWUSER)
		return errmsg(f, EINVAL,
			      "cannot create a user namespace below "
			      "one that is joined");
	if (both)
		return errmsg(f, 0,
			      "cannot create a namespace of a type that is "
			      "joined");
	return 0;
}

/* A line CONTROLLERS DIR for each, as cgroup(1) lists them. */
static int read_cgroup_file(const char *file, struct cgroups *c,
			    struct errmsg *f)
{
	char *list = cgroups_read_list(file), *rest = list, *line, *dir;
	int failed = 0;

	if (!list)
		return errmsg_q(f, errno, "cannot read %s", file);
	while (!failed && (line = strsep(&rest, "\n"))) {
		if (!rest && !*line)
			break;
		dir = rest ? strstr(line, " /") : NULL;
		failed = dir ? cgroups_add(c, dir + 1, f)
			     : errmsg_q(f, EINVAL, "cannot read %s", file);
	}
	free(list);
	return failed;
}

static int read_cgroups(const struct nsplan *a, int dir, struct cgroups *c,
			struct errmsg *f)
{
	if (a->cgroup_file && read_cgroup_file(a->cgroup_file, c, f) < 0)
		return -1;
	for (int i = 0; i < a->cgroup.dirs.n; i++) {
		if (cgroups_add(c, a->cgroup.dirs.v[i], f) < 0)
			return -1;
	}
	return a->join_cgroup ? cgroups_of_process(c, dir, a->target, f) : 0;
}

int nsplan_make(const struct nsplan *a, int dir, struct child_plan *plan,
		struct errmsg *f)
{
	uint64_t others;

	if (read_joins(a, dir, plan, f) < 0 ||
	    plan_propagation(a, plan, f) < 0 || read_maps(a, plan, f) < 0 ||
	    read_clocks(a, plan, f) < 0 || check_both(plan, f) < 0)
		return -1;
	others = plan->create | ns_flags(&plan->join);
	if (nsconf_sysctl(&plan->conf, a->sysctl.v, a->sysctl.n, others, f) < 0)
		return -1;
	return read_cgroups(a, dir, &plan->cgroups, f);
}

bool nsplan_asks(const struct nsplan *a)
{
	return named(a) || a->target >= 0 || a->join.n > 0 ||
	       a->map_root_user || a->map_current_user || a->map_auto ||
	       a->uid_map.n > 0 || a->gid_map.n > 0 || a->time_offset.n > 0 ||
	       a->monotonic || a->boottime;
}
