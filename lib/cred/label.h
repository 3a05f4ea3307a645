/*
 * label - what a security module is to confine a command by.
 */
#ifndef LABEL_H
#define LABEL_H

struct errmsg;

/*
 * label_apparmor - have the next exec(2) change to an AppArmor profile
 *
 * Returns 0; -1 and errno with f filled in: EINVAL (no AppArmor, or an empty
 * name), ENOENT (no such profile, or no /proc), else from write(2).
 * Source: apparmor(7), the kernel's security/apparmor/lsm.c.
 */
int label_apparmor(const char *profile, struct errmsg *f);

/*
 * label_selinux - have the next exec(2) change to an SELinux context
 *
 * Returns as above. Source: selinux(8), setexeccon(3).
 */
int label_selinux(const char *context, struct errmsg *f);

#endif
