/*
 * ns - namespaces to create and to join.
 */
#ifndef NS_H
#define NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct errmsg;

/* The types, in the order in which they are joined: what gives the right to
 * join the others first (but see ns_join), what changes where paths lead last.
 */
enum ns_type {
	NS_USER,
	NS_CGROUP,
	NS_IPC,
	NS_UTS,
	NS_NET,
	NS_PID,
	NS_TIME,
	NS_MOUNT,
	NS_COUNT
};

/*
 * ns_type_of - the type by the name that /proc/PID/ns and nsenter(1) use:
 * "user", "cgroup", "ipc", "uts", "net", "pid", "time", "mnt" (or "mount")
 *
 * Returns the type, or -1 and errno EINVAL.
 */
int ns_type_of(const char *name);

/*
 * Namespaces to join: a descriptor of each, -1 for none. One that this process
 * is in already (for pid and time: its children) is never put into a set.
 */
struct ns_set {
	int fd[NS_COUNT];
};

/* ns_none - an empty set */
void ns_none(struct ns_set *set);

/*
 * ns_of_process - the namespaces of a process
 *
 * dir    of that process, from procdir_open
 * pid    for messages
 * flags  CLONE_NEW* of the wanted types; 0: all that this kernel has
 *
 * All are of one process, even if its pid is reused in between.
 *
 * Returns 0 with close-on-exec descriptors in set, in the place of what was
 * there for their types; -1 and errno with f filled in, some of them in set:
 * ESRCH (no such process), EACCES, ENOENT (no /proc, a type that this kernel
 * does not have, or a zombie). Source: namespaces(7), proc(5).
 */
int ns_of_process(struct ns_set *set, int dir, pid_t pid, uint64_t flags,
		  struct errmsg *f);

/*
 * ns_open - open the file of a namespace
 *
 * is_one  filled in: false where it is something else
 *
 * In two steps: a FIFO or a device in its place is never opened for more than
 * its path, which does not block and starts nothing.
 *
 * Returns a close-on-exec descriptor, the caller's to close; -1 and errno:
 * EINVAL where it is no namespace, else from open(2).
 */
int ns_open(const char *file, bool *is_one);

/*
 * ns_of_file - one namespace by a file: "TYPE=FILE" as --join takes it
 *
 * What FILE leads to is opened only when it is known to be a namespace, so a
 * FIFO does not block; it must be of that type (NS_GET_NSTYPE, Linux 4.11).
 *
 * Returns 0 with a close-on-exec descriptor in set, in the place of what was
 * there for its type; -1 and errno with f filled in: EINVAL (no such type, no
 * '=', a file of another kind), else from open(2).
 */
int ns_of_file(struct ns_set *set, const char *word, struct errmsg *f);

/*
 * ns_join - enter the namespaces of a set and close its descriptors
 *
 * Entering a pid namespace takes effect for children alone; after entering a
 * mount namespace the root and the working directory are its root. After
 * entering a user namespace this process becomes its root (userns_root.h), or
 * stays the user it is where there is no root. What can be entered only from
 * outside of that user namespace is entered before it, what belongs to one
 * between ours and that one from there, the rest after. To be called with a
 * single thread.
 *
 * Returns 0; -1 and errno with f filled in: EINVAL (the user namespace has
 * neither a root nor the user of a privileged process). Source: setns(2).
 */
int ns_join(struct ns_set *set, struct errmsg *f);

/*
 * ns_used_up - a hint where errno is ENOSPC, which is no disk's: how many
 * namespaces a user may have is limited, and a mount that is attached nowhere
 * has one of its own
 *
 * Returns text to put behind a message, "" for another error.
 * Source: namespaces(7), /proc/sys/user.
 */
const char *ns_used_up(int error);

/* ns_flags - CLONE_NEW* of the types that are in a set */
uint64_t ns_flags(const struct ns_set *set);

/* ns_drop - close the descriptors of a set */
void ns_drop(struct ns_set *set);

/*
 * ns_propagate - say what the mounts of this mount namespace have to do with
 * those that they were copied from
 *
 * how  MS_PRIVATE: nothing; MS_SLAVE: what is mounted there appears here, and
 *      not the other way; MS_SHARED: both ways
 *
 * Returns 0; -1 and errno with f filled in, from mount(2). Source:
 * mount_namespaces(7).
 */
int ns_propagate(unsigned long how, struct errmsg *f);

/*
 * ns_proc - mount a new proc at dir, for a new pid namespace
 *
 * Returns 0; -1 and errno with f filled in, from open(2), fsmount(2) and
 * move_mount(2), Linux 5.2, or from mount(2) where there is none.
 */
int ns_proc(const char *dir, struct errmsg *f);

#endif
