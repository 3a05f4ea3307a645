/* ns - namespaces to create and to join */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/ns.h"
#include "ns/userns_root.h"
#include "proc/procdir.h"

/* What every file of a namespace is on, linux/magic.h. */
#define NSFS_MAGIC 0x6e736673

/* The kernel nests no more, user_namespaces(7). */
#define USERS_MAX 33

/*
 * A command is run by a child, so "ours" of pid and time is what our children
 * get, which after an unshare(2) or setns(2) is not where we are.
 */
static const struct {
	const char *name, *file, *ours;
	uint64_t flag;
} types[NS_COUNT] = {
	[NS_USER] = { "user", "ns/user", "ns/user", CLONE_NEWUSER },
	[NS_CGROUP] = { "cgroup", "ns/cgroup", "ns/cgroup", CLONE_NEWCGROUP },
	[NS_IPC] = { "ipc", "ns/ipc", "ns/ipc", CLONE_NEWIPC },
	[NS_UTS] = { "uts", "ns/uts", "ns/uts", CLONE_NEWUTS },
	[NS_NET] = { "net", "ns/net", "ns/net", CLONE_NEWNET },
	[NS_PID] = { "pid", "ns/pid", "ns/pid_for_children", CLONE_NEWPID },
	[NS_TIME] = { "time", "ns/time", "ns/time_for_children",
		      CLONE_NEWTIME },
	[NS_MOUNT] = { "mnt", "ns/mnt", "ns/mnt", CLONE_NEWNS },
};

int ns_type_of(const char *name)
{
	for (unsigned i = 0; i < NS_COUNT; i++) {
		if (strcmp(name, types[i].name) == 0)
			return (int)i;
	}
	if (strcmp(name, "mount") == 0)
		return NS_MOUNT;
	errno = EINVAL;
	return -1;
}

void ns_none(struct ns_set *set)
{
	for (unsigned i = 0; i < NS_COUNT; i++)
		set->fd[i] = -1;
}

uint64_t ns_flags(const struct ns_set *set)
{
	uint64_t flags = 0;

	for (unsigned i = 0; i < NS_COUNT; i++)
		flags |= set->fd[i] >= 0 ? types[i].flag : 0;
	return flags;
}

void ns_drop(struct ns_set *set)
{
	for (unsigned i = 0; i < NS_COUNT; i++)
		fd_close(&set->fd[i]);
}

/* Is fd the namespace that our children are in? self is our /proc/PID. */
static bool is_own_space(int self, enum ns_type type, int fd)
{
	struct stat theirs, ours;

	return fstat(fd, &theirs) == 0 &&
	       fstatat(self, types[type].ours, &ours, 0) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* Does this kernel have the type? Decided by us: they may be a zombie. */
static bool has_type(int self, enum ns_type type)
{
	struct stat st;

	return fstatat(self, types[type].file, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	       errno != ENOENT;
}

/* A reason of our own; errno is for callers that look at it. */
static int refuse_join(struct errmsg *f, const char *what, const char *why)
{
	(void)errmsg(f, 0, "cannot join %s: %s", what, why);
	errno = EINVAL;
	return -1;
}

/* What we are in is not joined: the kernel can refuse it, and need not. */
static void put_space(struct ns_set *set, enum ns_type type, int self, int *fd)
{
	fd_close(&set->fd[type]);
	if (!is_own_space(self, type, *fd))
		set->fd[type] = fd_take(fd);
}

struct source {
	pid_t pid;
	int dir, self; /* /proc/PID, and ours */
	bool all;      /* the types that this kernel has */
};

static int take_type(struct ns_set *set, enum ns_type type,
		     const struct source *s, struct errmsg *f)
{
	if (s->all && !has_type(s->self, type))
		return 0;
	autofd fd = openat(s->dir, types[type].file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errmsg(f, errno,
			      "cannot open the %s namespace of process %d",
			      types[type].name, s->pid);
	put_space(set, type, s->self, &fd);
	return 0;
}

int ns_of_process(struct ns_set *set, int dir, pid_t pid, uint64_t flags,
		  struct errmsg *f)
{
	autofd self = procdir_open(getpid(), NULL);
	if (self < 0)
		return procdir_fault(getpid(), f);
	struct source s = { pid, dir, self, !flags };
	for (unsigned i = 0; i < NS_COUNT; i++) {
		if (flags && !(flags & types[i].flag))
			continue;
		if (take_type(set, i, &s, f) < 0)
			return -1;
	}
	return 0;
}

int ns_open(const char *file, bool *is_one)
{
	autofd path = open(file, O_PATH | O_CLOEXEC);
	struct statfs fs;
	char again[40];

	*is_one = true;
	if (path < 0 || fstatfs(path, &fs) < 0)
		return -1;
	if (fs.f_type != NSFS_MAGIC) {
		*is_one = false;
		errno = EINVAL;
		return -1;
	}
	(void)snprintf(again, sizeof(again), "/proc/self/fd/%d", path);
	return open(again, O_RDONLY | O_CLOEXEC);
}

/* The type that the first n bytes of a word name, or -1. */
static int type_of(const char *word, size_t n)
{
	char name[8];

	if (n >= sizeof(name))
		return -1;
	memcpy(name, word, n);
	name[n] = '\0';
	return ns_type_of(name);
}

int ns_of_file(struct ns_set *set, const char *word, struct errmsg *f)
{
	size_t n = strcspn(word, "=");
	int type = type_of(word, n);
	bool is_one;

	if (!word[n])
		return refuse_join(f, Q(word), "want TYPE=FILE");
	if (type < 0)
		return refuse_join(
			f, Q(word),
			"the types are user, cgroup, ipc, uts, net, pid, "
			"time, mnt");
	autofd self = procdir_open(getpid(), NULL);
	if (self < 0)
		return procdir_fault(getpid(), f);
	autofd fd = ns_open(word + n + 1, &is_one);
	if (fd < 0 && is_one)
		return errmsg_q(f, errno, "cannot open %s", word + n + 1);
	if (fd < 0)
		return refuse_join(f, Q(word), "it is no namespace");
	if (ioctl(fd, SYS_NS_GET_NSTYPE) != (int)types[type].flag)
		return refuse_join(f, Q(word),
				   "it is a namespace of another type");
	put_space(set, (enum ns_type)type, self, &fd);
	return 0;
}

/* Enter a namespace if the set has it; it is out of the set then. */
static int enter_one(struct ns_set *set, enum ns_type type)
{
	if (set->fd[type] < 0)
		return 0;
	if (setns(set->fd[type], (int)types[type].flag) < 0)
		return -1;
	fd_close(&set->fd[type]);
	return 0;
}

/* Enter all but the user namespace; early: leave what we may not enter yet. */
static int enter_others(struct ns_set *set, bool early, const char *hint,
			struct errmsg *f)
{
	for (unsigned i = NS_USER + 1; i < NS_COUNT; i++) {
		if (enter_one(set, i) == 0 || (early && errno == EPERM))
			continue;
		return errmsg(f, errno, "cannot join the %s namespace%s",
			      types[i].name, errno == EPERM ? hint : "");
	}
	return 0;
}

/*
 * The user namespaces between this process's own and one below it, the lowest
 * last and as it is in the set. The parent of one that is not below ours cannot
 * be had; then there is that one alone.
 */
static int list_users(struct ns_set *set, int self, int users[USERS_MAX])
{
	int n = 1;

	users[0] = fd_take(&set->fd[NS_USER]);
	while (n < USERS_MAX) {
		autofd up = ioctl(users[n - 1], SYS_NS_GET_PARENT);

		if (up < 0 || is_own_space(self, NS_USER, up))
			break;
		(void)fcntl(up, F_SETFD, FD_CLOEXEC);
		users[n++] = fd_take(&up);
	}
	return n;
}

/* From the one next to ours down; each gives the right to join what is its. */
static int enter_users(struct ns_set *set, int self, struct errmsg *f)
{
	int users[USERS_MAX], n = list_users(set, self, users), entered = 0;

	while (n-- > 0) {
		autofd user = users[n];

		if (entered == 0)
			entered = enter_others(set, true, "", f);
		if (entered == 0 && setns(user, CLONE_NEWUSER) < 0)
			entered = errmsg(f, errno,
					 "cannot join the user namespace");
	}
	return entered;
}

/*
 * The right to join comes either from where we are (a container's network that
 * was made outside), or from its user namespace (a container of our own that we
 * are no root outside of), or from one in between (a sandbox that has made
 * another user namespace in its own). There is no way back out of a user
 * namespace, so whatever can be joined without it is.
 */
static int join_user(struct ns_set *set, struct errmsg *f)
{
	/* Before a mount namespace brings another /proc. */
	autofd self = procdir_open(getpid(), NULL);
	const struct userns_ids ids = { .strict = userns_privileged() };

	if (self < 0)
		return procdir_fault(getpid(), f);
	/*
	 * While we may: inside, it can be denied, and root's groups outside
	 * would be groups of a command inside. It is tried again below.
	 */
	(void)sys_setgroups(0, NULL);
	if (enter_users(set, self, f) < 0)
		return -1;
	return userns_settle(self, &ids, f);
}

int ns_join(struct ns_set *set, struct errmsg *f)
{
	const bool user = set->fd[NS_USER] >= 0;
	const char *hint = user ? ""
				: " (an unprivileged user joins the user "
				  "namespace that it belongs to as well)";
	int joined = user ? join_user(set, f) : 0;

	if (joined == 0)
		joined = enter_others(set, false, hint, f);
	ns_drop(set);
	return joined;
}

const char *ns_used_up(int error)
{
	return error == ENOSPC ? " (see max_*_namespaces in /proc/sys/user)"
			       : "";
}

int ns_propagate(unsigned long how, struct errmsg *f)
{
	if (mount(NULL, "/", NULL, MS_REC | how, NULL) == 0)
		return 0;
	return errmsg(f, errno, "cannot cut mounts off from others%s",
		      errno == EINVAL ? " (the present root is no mount "
					"point: a chroot?)"
				      : "");
}

/* A proc of the pid namespace that this process is in, attached nowhere. */
static int make_proc(void)
{
	autofd fs = sys_fsopen("proc", SYS_FSOPEN_CLOEXEC);

	if (fs < 0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, "source", "proc", 0) <
		    0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(fs, SYS_FSMOUNT_CLOEXEC,
			   SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NODEV |
				   SYS_MOUNT_ATTR_NOEXEC);
}

/* The place is looked up once: what is put there later is not mounted over. */
static int attach_proc(const char *dir)
{
	autofd place = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autofd proc = place < 0 ? -1 : make_proc();

	if (proc >= 0)
		return sys_move_mount(proc, "", place, "",
				      SYS_MOVE_MOUNT_F_EMPTY_PATH |
					      SYS_MOVE_MOUNT_T_EMPTY_PATH);
	/* Before Linux 5.2. */
	if (place >= 0 && errno == ENOSYS)
		return mount("proc", dir, "proc",
			     MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return -1;
}

int ns_proc(const char *dir, struct errmsg *f)
{
	if (attach_proc(dir) == 0)
		return 0;
	return errmsg(f, errno, "cannot mount proc at %s%s", Q(dir),
		      errno == EPERM ? " (in a user namespace it takes a pid "
				       "namespace of its own, and a proc that "
				       "nothing is mounted over)"
				     : "");
}
