/*
 * nsplan - what a command line asks of namespaces, made a plan for a child.
 */
#ifndef NSPLAN_H
#define NSPLAN_H

#include <stdbool.h>

#include "cli/applet.h"
#include "ns/child.h"

struct errmsg;

/* Options as unshare(1) and nsenter(1) have them. */
struct nsplan {
	struct dirlist cgroup; /* bare: the namespace; and cgroups */
	bool ipc, mount, net, pid, time, user, uts;
	bool map_auto, map_current_user, map_root_user;
	struct strlist uid_map, gid_map, join, sysctl;
	struct strlist time_offset;
	const char *monotonic, *boottime; /* the same, a clock each */
	const char *propagation;
	int target;	  /* -1: none; the letters create then */
	bool join_cgroup; /* and its cgroups */
	const char *cgroup_file;
};

/*
 * nsplan_make - open what is to be joined, read the maps, choose the flags
 *
 * asked  from the command line
 * dir    of asked->target, from procdir_open; -1: there is none
 * plan   filled in, child_plan_init was called
 *
 * Returns 0; -1 with f filled in: a bad word (errno EINVAL), or what
 * ns_of_process, ns_of_file, idmap_auto and cgroups_add say.
 */
int nsplan_make(const struct nsplan *asked, int dir, struct child_plan *plan,
		struct errmsg *f);

/* nsplan_asks - does it ask for any namespace, new or joined? */
bool nsplan_asks(const struct nsplan *asked);

#endif
