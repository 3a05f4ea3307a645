/*
 * nsconf - what is set in namespaces before anything runs in them: sysctls, the
 * offsets of the clocks, the loopback interface.
 */
#ifndef NSCONF_H
#define NSCONF_H

#include <stdbool.h>
#include <stdint.h>

struct errmsg;

/* How far a clock is ahead of the one of the initial time namespace. */
struct nsconf_clock {
	bool given;
	long long seconds; /* may be negative */
	unsigned nanoseconds;
};

struct nsconf {
	int sysctls;	     /* how many */
	const char **sysctl; /* NAME=VALUE each, the caller's */
	int proc_sys;	     /* O_PATH of /proc/sys, close-on-exec; or -1 */
	bool clocks;	     /* whether an offset is given */
	struct nsconf_clock monotonic, boottime;
};

/* nsconf_init - nothing to set */
void nsconf_init(struct nsconf *c);

/*
 * nsconf_sysctl - a setting of the kernel, to be made in the namespaces
 *
 * words   n of NAME=VALUE, which live as long as c. NAME is one below
 *         /proc/sys, with dots or slashes between, whichever comes first in it;
 *         the other one stands for itself then, as sysctl(8) has it
 * flags   CLONE_NEW* of the namespaces that are not this process's own
 *
 * Returns 0; -1 and errno with f filled in: EINVAL (no NAME=VALUE, or a setting
 * that is of none of these namespaces, and so of the whole system), else from
 * opening /proc/sys. Nothing is set yet.
 */
int nsconf_sysctl(struct nsconf *c, const char **words, int n, uint64_t flags,
		  struct errmsg *f);

/*
 * nsconf_offset - how far ahead the clocks of a new time namespace are
 *
 * word  "monotonic=SECS", "boottime=SECS", or with SECS:NANOSECS; SECS may be
 *       negative, NANOSECS (0..999999999) are added to it
 *
 * Returns 0; -1 and errno EINVAL with f filled in.
 * Source: time_namespaces(7).
 */
int nsconf_offset(struct nsconf *c, const char *word, struct errmsg *f);

/*
 * nsconf_apply - in a process that is in the namespaces: set all of it, and
 * bring up the loopback interface of a new network
 *
 * created  CLONE_NEW* of those that are new. Clocks: by unshare(2), and with no
 *          exec or fork since
 *
 * Returns 0; -1 and errno with f filled in.
 */
int nsconf_apply(const struct nsconf *c, uint64_t created, struct errmsg *f);

#endif
