/*
 * devcg2 - rules about devices for a cgroup of version 2: a program.
 */
#ifndef DEVCG2_H
#define DEVCG2_H

struct devrules;
struct errmsg;

/*
 * devcg2_set - let a cgroup use the devices that rules allow
 *
 * dir   open directory of a cgroup of version 2
 * name  of it, for messages
 *
 * The program replaces the one that an earlier call attached there, without a
 * moment between; programs that others attached stay, and must allow a device
 * as well. Rules that allow everything need none.
 *
 * Returns 0; -1 and errno with e filled in: EPERM (no right to, or a program is
 * there that allows no second one), else from bpf(2).
 * Source: bpf(2); Documentation/bpf/prog_cgroup_sysctl.rst has the flags; Linux
 * 4.15, replaced in one step since 5.6.
 */
int devcg2_set(int dir, const char *name, const struct devrules *rules,
	       struct errmsg *e);

#endif
