/*
 * target - what a command takes of the process whose namespaces it joins: its
 * user and what that may do, its environment.
 *
 * Read before anything is joined, from the directory of one process
 * (procdir.h), which no other process can take the place of.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cred/creds.h"

struct errmsg;
struct ns_set;

struct target {
	bool has_creds, has_environ; /* what was taken */
	struct creds creds;	     /* ids as the joined namespace has them */
	char *environ;		     /* strings, each with its 0 byte */
	size_t size;		     /* of all of them */
};

/*
 * target_creds - take its user, groups, capabilities and no_new_privs
 *
 * dir   from procdir_open
 * pid   for messages
 * join  what is going to be joined: the process's user namespace, if it is not
 *       this process's own
 *
 * The ids are its real ones: it has them, whatever it has become for a moment.
 * A supplementary group that has no number in the namespace is left out, and
 * all of them where none may be set there.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int target_creds(struct target *t, int dir, pid_t pid,
		 const struct ns_set *join, struct errmsg *f);

/* target_environ - take its environment; returns as target_creds */
int target_environ(struct target *t, int dir, pid_t pid, struct errmsg *f);

/*
 * target_use_environ - have it as this process's own
 *
 * tty     keep our TERM, which is that of the terminal
 * listen  keep our LISTEN_FDS and its like; those of t are never taken, as its
 *         descriptors are not
 *
 * Returns 0; -1 and errno ENOMEM.
 */
int target_use_environ(const struct target *t, bool tty, bool listen);

/*
 * target_become - be what the process is, after the joining
 *
 * stdio  what will be 0, 1 and 2 (creds.h)
 *
 * What this process may not have it does not get: the result is never more than
 * the process has, and never more than this one had.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int target_become(const struct target *t, const int stdio[3], struct errmsg *f);

#endif
