/*
 * userns_root - become the root of the user namespace that this process has
 * entered.
 *
 * The library never exits and never prints; what fails is said in an errmsg.
 */
#ifndef USERNS_ROOT_H
#define USERNS_ROOT_H

struct errmsg;

/*
 * userns_root_become - become uid 0 and gid 0, without supplementary groups
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
int userns_root_become(int self, struct errmsg *f);

#endif
