/*
 * seccomp - a seccomp filter from a file.
 */
#ifndef SECCOMP_H
#define SECCOMP_H

struct errmsg;
struct seccomp;

/*
 * seccomp_read - read a compiled filter: struct sock_filter, one after another
 *
 * file  as `bwrap --seccomp` takes it, and seccomp_export_bpf(3) writes it
 *
 * Returns it, to be kept until the exec; NULL and errno with f filled in:
 * EINVAL (empty, no whole number of instructions, more than 4096 of them).
 */
struct seccomp *seccomp_read(const char *file, struct errmsg *f);

/*
 * seccomp_flags - load it with these flags of seccomp(2)
 *
 * list  of "log", "spec-allow", "tsync", with commas between
 *
 * Returns 0; -1 and errno EINVAL.
 */
int seccomp_flags(struct seccomp *filter, const char *list);

/*
 * seccomp_load - put it on this process and what it executes
 *
 * Either no_new_privs is set or CAP_SYS_ADMIN is held.
 *
 * Returns 0; -1 and errno. Source: seccomp(2), prctl(2).
 */
int seccomp_load(const struct seccomp *filter);

#endif
