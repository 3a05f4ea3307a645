/*
 * seccomp - a seccomp profile of an OCI config.json, compiled to a filter.
 */
#ifndef OCISPEC_SECCOMP_H
#define OCISPEC_SECCOMP_H

#include <stddef.h>

struct errmsg;
struct json_node;
struct seccomp_insn;
struct seccomp_policy;

/* A filter and how seccomp(2) is to load it. */
struct seccomp_prog {
	struct seccomp_insn *insns; /* n of them, as confine(1) loads them */
	size_t n;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
};

/*
 * seccomp_compile - compile a profile for this machine
 *
 * profile  the object linux.seccomp
 * prog	    set on success; insns is the caller's, for free(3)
 *
 * The filter does what runc and crun make of the profile with libseccomp:
 * - A rule without conditions decides alone about its system calls; else the
 *   first rule does all of whose conditions hold. A rule that says what
 *   defaultAction says is as if it were not there.
 * - Conditions are and; but where one has the argument of another in its rule,
 *   each is a rule of its own.
 * - Names that are not known are skipped. A call that is younger than the
 *   newest one that the profile names fails with ENOSYS, unless defaultAction
 *   lets calls through: libc tries an older call then.
 * - On 32-bit architectures values of EQ, NE and MASKED_EQ are taken as 32
 * bits.
 * - An architecture that the profile does not list ends the thread; this
 *   machine's own is always listed.
 * - On i386, rules about the calls of socketcall(2) and ipc(2) hold for these
 *   too. Conditions cannot be checked there: such a rule holds for all
 *   arguments if it is stricter than defaultAction, else not at all.
 *
 * Returns 0; -1 and errno with e filled in: EINVAL or ERANGE (the profile is
 * wrong: e begins with the JSON path), ENOTSUP (SCMP_ACT_NOTIFY; a machine
 * whose calls are not known), E2BIG (over SECCOMP_INSNS_MAX), ENOMEM. Source:
 * OCI runtime-spec, config-linux.md, "Seccomp"; seccomp(2).
 */
int seccomp_compile(const struct json_node *profile, struct seccomp_prog *prog,
		    struct errmsg *e);

/*
 * seccomp_read_policy - what a profile says, before it becomes a program
 *
 * policy, flags  set on success; policy is for seccomp_policy_free()
 *
 * Returns 0; -1 and errno with e filled in, as seccomp_compile().
 */
int seccomp_read_policy(const struct json_node *profile,
			struct seccomp_policy *policy, unsigned *flags,
			struct errmsg *e);

#endif
