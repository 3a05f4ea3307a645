/*
 * sys - system calls and constants that a libc we build with may not have.
 *
 * Own prefix, so that nothing collides when a libc gains the name; ENOSYS where
 * the headers have no number. The kernel version is the first that has it.
 */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* The numbers of calls since 5.1 are the same on every architecture but alpha.
 */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_fsconfig
#define SYS_fsconfig 431
#endif
#ifndef SYS_fsmount
#define SYS_fsmount 432
#endif
#ifndef SYS_fspick
#define SYS_fspick 433
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/* Where a long is 64 bits wide the call of old has such times, else that of
 * 5.1. */
#if __SIZEOF_LONG__ == 8
#define SYS_TIMER_SETTIME SYS_timer_settime
#else
#define SYS_TIMER_SETTIME 409
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define SYS_CLOSE_RANGE_CLOEXEC 4	       /* 5.11 */
#define SYS_CLONE_INTO_CGROUP	0x200000000ULL /* 5.7 */

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441 /* 4.13 */
#endif
#define SYS_NS_GET_PARENT 0xb702 /* 4.9, ioctl_ns(2) */
#define SYS_NS_GET_NSTYPE 0xb703 /* 4.11, ioctl_ns(2) */
#define SYS_DEVPTS_MAGIC  0x1cd1
#define SYS_CGROUP2_MAGIC 0x63677270
#define SYS_PROC_MAGIC	  0x9fa0
#define SYS_SYSFS_MAGIC	  0x62656572

/* linux/openat2.h */
#define SYS_RESOLVE_NO_XDEV	  0x01
#define SYS_RESOLVE_NO_MAGICLINKS 0x02
#define SYS_RESOLVE_NO_SYMLINKS	  0x04
#define SYS_RESOLVE_BENEATH	  0x08
#define SYS_RESOLVE_IN_ROOT	  0x10

/* linux/mount.h */
#define SYS_OPEN_TREE_CLONE	     1
#define SYS_OPEN_TREE_CLOEXEC	     O_CLOEXEC
#define SYS_AT_RECURSIVE	     0x8000
#define SYS_MOVE_MOUNT_F_EMPTY_PATH  0x04
#define SYS_MOVE_MOUNT_T_EMPTY_PATH  0x40
#define SYS_FSOPEN_CLOEXEC	     1
#define SYS_FSMOUNT_CLOEXEC	     1
#define SYS_FSCONFIG_SET_FLAG	     0
#define SYS_FSCONFIG_SET_STRING	     1
#define SYS_FSCONFIG_CMD_CREATE	     6
#define SYS_FSCONFIG_CMD_RECONFIGURE 7
#define SYS_FSPICK_CLOEXEC	     0x01
#define SYS_FSPICK_EMPTY_PATH	     0x08
#define SYS_MOUNT_ATTR_RDONLY	     0x001
#define SYS_MOUNT_ATTR_NOSUID	     0x002
#define SYS_MOUNT_ATTR_NODEV	     0x004
#define SYS_MOUNT_ATTR_NOEXEC	     0x008
#define SYS_MOUNT_ATTR__ATIME	     0x070
#define SYS_MOUNT_ATTR_RELATIME	     0x000
#define SYS_MOUNT_ATTR_NOATIME	     0x010
#define SYS_MOUNT_ATTR_STRICTATIME   0x020
#define SYS_MOUNT_ATTR_NODIRATIME    0x080
#define SYS_MOUNT_ATTR_IDMAP	     0x00100000
#define SYS_MOUNT_ATTR_NOSYMFOLLOW   0x00200000

/* openat2(2), Linux 5.6 */
struct sys_open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

/* mount_setattr(2), Linux 5.12 */
struct sys_mount_attr {
	uint64_t attr_set;
	uint64_t attr_clr;
	uint64_t propagation;
	uint64_t userns_fd;
};

/* statx(2), Linux 4.11, which musl 1.2.3 has not; mnt_id since 5.8. */
#define SYS_STATX_TYPE	       0x0001
#define SYS_STATX_MNT_ID       0x1000
#define SYS_AT_STATX_DONT_SYNC 0x4000

struct sys_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad;
	uint64_t ino, size, blocks, attributes_mask;
	uint64_t times[8];
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t mnt_id;
	uint64_t rest[13];
};

/* getdents64(2), Linux 2.4; no libc that we build with declares its entry. */
struct sys_dirent {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

#define SYS_RENAME_NOREPLACE 1

/* 3.15 */
static inline int sys_renameat2(int from_dir, const char *from, int to_dir,
				const char *to, unsigned flags)
{
	return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

/* clone3(2), Linux 5.3; cgroup since 5.7. */
struct sys_clone_args {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

/* As fork(2) with the CLONE_* of flags; s390 has its arguments the other way.
 */
static inline long sys_clone(uint64_t flags)
{
#ifdef __s390__
	return syscall(SYS_clone, 0, flags, 0, 0, 0);
#else
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

/* 2.4 */
static inline long sys_getdents(int fd, void *entries, size_t size)
{
	return syscall(SYS_getdents64, fd, entries, size);
}

/* 5.3 */
static inline long sys_clone3(struct sys_clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

/* 5.3 */
static inline int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

/* 5.6 */
static inline int sys_pidfd_getfd(int pidfd, int fd, unsigned flags)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}

/* 5.1 */
static inline int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info,
					unsigned flags)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}

/* 5.9 */
static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* 5.2 */
static inline int sys_open_tree(int dir, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, dir, path, flags);
}

/* 5.2 */
static inline int sys_move_mount(int from, const char *from_path, int to,
				 const char *to_path, unsigned flags)
{
	return (int)syscall(SYS_move_mount, from, from_path, to, to_path,
			    flags);
}

/* 5.2 */
static inline int sys_fsopen(const char *type, unsigned flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

/* 5.2 */
static inline int sys_fsconfig(int fs, unsigned command, const char *key,
			       const void *value, int aux)
{
	return (int)syscall(SYS_fsconfig, fs, command, key, value, aux);
}

/* 5.2 */
static inline int sys_fsmount(int fs, unsigned flags, unsigned attributes)
{
	return (int)syscall(SYS_fsmount, fs, flags, attributes);
}

/* 5.2 */
static inline int sys_fspick(int dir, const char *path, unsigned flags)
{
	return (int)syscall(SYS_fspick, dir, path, flags);
}

/* 6.6; by then fchmodat(3) of a libc may have it as well */
static inline int sys_fchmodat2(int dir, const char *path, unsigned mode,
				int flags)
{
	return (int)syscall(SYS_fchmodat2, dir, path, mode, flags);
}

/* 5.6 */
static inline int sys_openat2(int dir, const char *path,
			      const struct sys_open_how *how)
{
	return (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
}

/* 5.12 */
static inline int sys_mount_setattr(int dir, const char *path, unsigned flags,
				    const struct sys_mount_attr *attr)
{
	return (int)syscall(SYS_mount_setattr, dir, path, flags, attr,
			    sizeof(*attr));
}

/* 4.11 */
static inline int sys_statx(int dir, const char *path, int flags, unsigned mask,
			    struct sys_statx *st)
{
	return (int)syscall(SYS_statx, dir, path, flags, mask, st);
}

/* 2.3.41 */
static inline int sys_pivot_root(const char *root, const char *old)
{
	return (int)syscall(SYS_pivot_root, root, old);
}

/* 3.19 */
static inline int sys_execveat(int dir, const char *path, char **argv,
			       char **envp, int flags)
{
	return (int)syscall(SYS_execveat, dir, path, argv, envp, flags);
}

/*
 * To set ids a libc looks for threads, and to make a timer it brings all that
 * starts one. Here there is one thread. i386 and arm have 16 bits in the calls
 * of old.
 */
#ifdef SYS_setresuid32
#define SYS_SETRESUID SYS_setresuid32
#define SYS_SETRESGID SYS_setresgid32
#define SYS_SETGROUPS SYS_setgroups32
#else
#define SYS_SETRESUID SYS_setresuid
#define SYS_SETRESGID SYS_setresgid
#define SYS_SETGROUPS SYS_setgroups
#endif

static inline int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)syscall(SYS_SETRESUID, real, effective, saved);
}

static inline int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)syscall(SYS_SETRESGID, real, effective, saved);
}

static inline int sys_setgroups(size_t n, const gid_t *groups)
{
	return (int)syscall(SYS_SETGROUPS, n, groups);
}

struct sys_itimerspec {
	int64_t interval_s, interval_ns, value_s, value_ns;
};

/* A timer that sends sig to this process, each time. */
static inline int sys_timer_signal(clockid_t clock, int sig,
				   const struct sys_itimerspec *when)
{
	struct sigevent by = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = sig };
	int timer;

	if (syscall(SYS_timer_create, clock, &by, &timer) < 0)
		return -1;
	return (int)syscall(SYS_TIMER_SETTIME, timer, 0, when, NULL);
}

/* To glibc a resource is an enumeration, to musl an int. */
#ifdef __GLIBC__
typedef enum __rlimit_resource sys_rlimit_resource;
#else
typedef int sys_rlimit_resource;
#endif

static inline int sys_getrlimit(int resource, struct rlimit *limit)
{
	return getrlimit((sys_rlimit_resource)resource, limit);
}

static inline int sys_setrlimit(int resource, const struct rlimit *limit)
{
	/* musl's setrlimit(3) would bring what looks for threads. */
	return prlimit(0, (sys_rlimit_resource)resource, limit, NULL);
}

#endif
