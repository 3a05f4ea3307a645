/*
 * cgroupdir - the cgroup file systems of a root.
 */
#ifndef CGROUPDIR_H
#define CGROUPDIR_H

struct errmsg;
struct mounts_plan;
struct root;

/*
 * cgroupdir_mount - mount what the host has at /sys/fs/cgroup where a plan says
 *
 * p        of type cgroup or cgroup2
 * options  flags of the mounts (mountopt.h), and the file system's, of cgroup2
 *
 * Where that is a cgroup2: a new mount of it, or, where the kernel does not
 * allow one, a bind of the host's. Else a tmpfs with a directory for each
 * hierarchy of version 1 that is mounted on the host, and links to it by the
 * names of its controllers. In it is the cgroup of this process and what is
 * below: so that of a cgroup namespace of its own as well.
 *
 * Returns its root, the caller's to close; -1 and errno with f filled in:
 * ENOENT (the host has none). Source: cgroups(7), cgroup_namespaces(7).
 */
int cgroupdir_mount(const struct root *r, const struct mounts_plan *p,
		    const char *options, struct errmsg *f);

#endif
