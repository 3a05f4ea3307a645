/*
 * nsroot - become the root of the user namespace that this process has entered.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef NSROOT_H
#define NSROOT_H

struct fault;

/*
 * nsroot_become - become uid 0 and gid 0, without supplementary groups
 *
 * self  from procdir_open of this process, before it entered any namespace:
 *       the /proc of a mount namespace that was joined is not to be believed
 *
 * An id that the namespace does not have is left as it is, and so are the
 * supplementary groups where the namespace denies setgroups(2) or has no
 * groups. The ids are read back and compared.
 *
 * Returns 0; -1 and errno with f filled in.
 * Source: user_namespaces(7), setresuid(2), setgroups(2).
 */
int nsroot_become(int self, struct fault *f);

#endif
