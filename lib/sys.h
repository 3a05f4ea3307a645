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
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers of calls since 5.1 are the same on every architecture but alpha.
 */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define SYS_CLONE_INTO_CGROUP 0x200000000ULL /* 5.7 */

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441 /* 4.13 */
#endif
#define SYS_NS_GET_NSTYPE 0xb703 /* 4.11, ioctl_ns(2) */
#define SYS_DEVPTS_MAGIC  0x1cd1
#define SYS_CGROUP2_MAGIC 0x63677270
#define SYS_PROC_MAGIC	  0x9fa0

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

/* 5.3 */
static inline long sys_clone3(struct sys_clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

/* 5.3 */
static inline int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

/* 5.6 */
static inline int sys_pidfd_getfd(int pidfd, int fd, unsigned flags)
{
	return syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}

/* 5.1 */
static inline int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info,
					unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}

/* 5.9 */
static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return syscall(SYS_close_range, first, last, flags);
}

#endif
