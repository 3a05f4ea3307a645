/*
 * userns_root - be someone in the user namespace that this process has entered,
 * its root where nothing else is known.
 */
#ifndef USERNS_ROOT_H
#define USERNS_ROOT_H

#include <stdbool.h>

struct errmsg;

/*
 * userns_privileged - does this process have rights that it must not keep
 * inside of a user namespace that does not have its ids?
 *
 * To be asked before that is entered: inside it has all capabilities.
 */
bool userns_privileged(void);

/* What of this process the user namespace that it has entered knows. */
struct userns_ids {
	bool user, group; /* its ids are mapped there */
	bool strict;	  /* from userns_privileged */
};

/*
 * userns_settle - be someone that the user namespace knows
 *
 * self  from procdir_open of this process, before it entered any namespace:
 *       the /proc of a mount namespace that was joined is not to be believed
 *
 * An id that is not mapped becomes 0, and supplementary groups are dropped: all
 * of them, or those that are not mapped where both ids are. Where the namespace
 * has no 0 the id stays as it is; outside of the namespace it is what it was,
 * and the root of the host is that still, whatever it is called inside. So with
 * strict that is an error. Groups stay where the namespace denies setgroups(2)
 * or has no groups. The ids are read back and compared.
 *
 * Returns 0; -1 and errno with f filled in: EINVAL (an id is not mapped).
 * Source: user_namespaces(7), setresuid(2), setgroups(2).
 */
int userns_settle(int self, const struct userns_ids *ids, struct errmsg *f);

#endif
