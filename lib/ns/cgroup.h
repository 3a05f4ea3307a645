/*
 * cgroup - put a process into cgroups before it runs anything.
 *
 * A directory of the unified hierarchy goes to clone3(2), which starts the
 * child in it. Where that cannot be (cgroups version 1, a kernel before 5.7:
 * see ENOSYS, EINVAL and E2BIG) the child enters by itself, or the parent
 * writes the pid of the waiting child where that one has lost its rights in a
 * user namespace.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;

/* A host has a dozen hierarchies of version 1 at most, and one of version 2. */
#define CGROUPS_MAX 32

struct cgroups {
	int n;
	int fd[CGROUPS_MAX]; /* O_PATH, close-on-exec, left to the exit */
	int unified;	     /* which of them is of version 2, or -1 */
	int started;	     /* which of them clone3(2) starts in, or -1 */
};

/* cgroups_init - none */
void cgroups_init(struct cgroups *c);

/*
 * cgroups_add - open the directory of a cgroup
 *
 * One of version 2 is fit for SYS_CLONE_INTO_CGROUP (sys.h).
 *
 * Returns 0; -1 and errno with f filled in: EINVAL (no cgroup, or a second one
 * of its hierarchy), E2BIG, else from open(2). Source: cgroups(7), clone(2).
 */
int cgroups_add(struct cgroups *c, const char *dir, struct errmsg *f);

/*
 * cgroups_read_list - the text of a file that lists cgroups: a line CONTROLLERS
 * DIR for each, as cgroup(1) writes it; one without a newline was cut off
 *
 * Returns it, allocated, the caller's to free; NULL and errno: E2BIG (64 KiB or
 * more), ENOMEM, else from open(2) or read(2).
 */
char *cgroups_read_list(const char *file);

/*
 * cgroups_of_process - add those that another process is in and this one is not
 *
 * dir  of that process, from procdir_open
 * pid  for messages
 *
 * All hierarchies are joined, of version 1 and 2, by their mounts here. In
 * cgroup_find.c.
 *
 * Returns 0; -1 and errno with f filled in: ENOENT (mounted nowhere, or above
 * the root of our cgroup namespace), ESRCH, else as cgroups_add. Source:
 * proc(5), cgroups(7), cgroup_namespaces(7).
 */
int cgroups_of_process(struct cgroups *c, int dir, pid_t pid, struct errmsg *f);

/*
 * cgroup_lists - is a word one of a list with commas?
 *
 * word  ends at a comma, a colon or a NUL, so that a list stands for its first
 *       word
 *
 * In cgroup_find.c.
 */
bool cgroup_lists(const char *list, const char *word);

/*
 * cgroup_is_mount - split a line of mountinfo that is a mount of a hierarchy
 *
 * line         is changed; without a newline at its end, or with one
 * controllers  as /proc/PID/cgroup has them; "": version 2
 * top, place   in line: what of it is mounted, and where
 *
 * In cgroup_find.c. Source: proc(5): these are the fourth and the fifth word;
 * after a lone dash come the type, the source and the options.
 */
bool cgroup_is_mount(char *line, const char *controllers, char **top,
		     char **place);

/* cgroups_rest - how many of them have to be entered by cgroups_enter */
int cgroups_rest(const struct cgroups *c);

/*
 * cgroups_enter - move a process into all of them but the one that it was
 * started in
 *
 * pid  as seen from here; 0: this process, which has one thread
 *
 * Returns 0; -1 and errno with f filled in: EACCES, EBUSY (version 2: the
 * cgroup has controllers for its children and so no processes), EOPNOTSUPP
 * (version 2: its type does not allow it), ENOSPC (cpuset, version 1: it has
 * no cpus or no memory nodes yet), ESRCH, else from open(2).
 */
int cgroups_enter(const struct cgroups *c, pid_t pid, struct errmsg *f);

/*
 * cgroup_fault - say why a process cannot enter a cgroup
 *
 * error  errno of the write to cgroup.procs, or of a clone3(2) into the cgroup
 *
 * Returns -1 and errno error with f filled in.
 */
int cgroup_fault(int error, struct errmsg *f);

#endif
