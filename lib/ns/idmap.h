/*
 * idmap - which ids of a new user namespace are which ids outside.
 */
#ifndef IDMAP_H
#define IDMAP_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;

#define IDMAP_MAX 340 /* lines, Linux 4.15; 5 before that */

struct idmap_range {
	unsigned inside, outside, count; /* 0..4294967294; count >= 1 */
};

struct idmap {
	int n;
	struct idmap_range v[IDMAP_MAX];
};

/*
 * idmap_add - add ranges written INSIDE:OUTSIDE:COUNT[,...]
 *
 * Returns 0; -1 and errno with the map as it was: EINVAL (not of that form),
 * ERANGE (an id above 4294967294 or a range that passes it, count 0), E2BIG
 * (too many), EEXIST (overlaps a range that is there, inside or outside).
 */
int idmap_add(struct idmap *map, const char *text);

/* idmap_one - map a single id; errors as idmap_add */
int idmap_one(struct idmap *map, unsigned inside, unsigned outside);

/*
 * idmap_auto - add the ranges of /etc/subuid or /etc/subgid that belong to the
 * user, at the lowest inside ids that are free, in parts where need be; a range
 * with an outside id that is mapped already is passed over
 *
 * groups  whether it is /etc/subgid
 * uid     whose; matched by number and by the names in /etc/passwd (subid.h)
 *
 * Returns 0; -1 and errno with f filled in and the map as it was: ENOENT (none
 * belong to the user), E2BIG, ERANGE (no inside ids left), else from open(2).
 * Source: subuid(5).
 */
int idmap_auto(struct idmap *map, bool groups, uid_t uid, struct errmsg *f);

/* idmap_maps - is that outside id in the map? */
bool idmap_maps(const struct idmap *map, unsigned outside);

/*
 * idmap_write - give the maps to a process in a new user namespace
 *
 * pid       a child whose user namespace is a child of ours and has no map yet
 * uid, gid  n = 0: leave that map alone
 *
 * What this process may write itself it writes; else newuidmap(1) and
 * newgidmap(1) are run, found in PATH. setgroups is denied first where the
 * kernel asks for that (no CAP_SETGID over the parent namespace) and newgidmap
 * is not used. The files are those of that process alone (procdir.h).
 *
 * Returns 0; -1 and errno with f filled in: ESRCH, ENOENT (also: a helper is
 * not installed), EPERM (also: a helper refused and said why on stderr), E2BIG
 * (a page or more of text), EINVAL (more ranges than this kernel takes), EXDEV
 * (/proc is something else). Source: user_namespaces(7).
 */
int idmap_write(pid_t pid, const struct idmap *uid, const struct idmap *gid,
		struct errmsg *f);

/*
 * idmap_namespace - a user namespace that has these maps, and no process
 *
 * words  "u:INSIDE:OUTSIDE:COUNT", g: for groups, b: for both, separated by
 *        blanks, as mount(8) has them in X-mount.idmap
 *
 * Returns a close-on-exec descriptor of it, the caller's to close; -1 and errno
 * with f filled in. Source: user_namespaces(7).
 */
int idmap_namespace(const char *words, struct errmsg *f);

#endif
