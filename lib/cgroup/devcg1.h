/*
 * devcg1 - rules about devices for a cgroup of version 1: its files.
 */
#ifndef DEVCG1_H
#define DEVCG1_H

struct devrules;
struct errmsg;

/*
 * devcg1_set - let a cgroup use the devices that rules allow
 *
 * dir   open directory of a cgroup with the devices controller of version 1
 * name  of it, for messages
 *
 * The kernel has a default and exceptions from it. Where the default stays to
 * deny, what is new is allowed before what is old is denied, and nothing else
 * changes.
 *
 * Returns 0; -1 and errno with e filled in: ENOTSUP (an exception from an
 * exception), EPERM (the cgroup above does not allow as much), EINVAL (the
 * default cannot change, as there are cgroups below), else from open(2),
 * write(2).
 * Source: Documentation/admin-guide/cgroup-v1/devices.rst.
 */
int devcg1_set(int dir, const char *name, const struct devrules *rules,
	       struct errmsg *e);

#endif
