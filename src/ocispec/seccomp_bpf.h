/*
 * seccomp_bpf - rules about system calls, as a program for seccomp(2).
 */
#ifndef OCISPEC_SECCOMP_BPF_H
#define OCISPEC_SECCOMP_BPF_H

#include <stddef.h>
#include <stdint.h>

/* BPF_MAXINSNS, linux/bpf_common.h. */
#define SECCOMP_INSNS_MAX 4096

/* struct sock_filter, linux/filter.h, which musl does not have. */
struct seccomp_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

/* What a filter returns, linux/seccomp.h; the low 16 bits are its data. */
#define SECCOMP_ACTION	     0xffff0000U
#define SECCOMP_KILL_PROCESS 0x80000000U
#define SECCOMP_KILL_THREAD  0x00000000U
#define SECCOMP_TRAP	     0x00030000U
#define SECCOMP_ERRNO	     0x00050000U
#define SECCOMP_TRACE	     0x7ff00000U
#define SECCOMP_LOG	     0x7ffc0000U
#define SECCOMP_ALLOW	     0x7fff0000U

/* In the order of the columns of syscalls.h. */
enum seccomp_arch {
	SECCOMP_X86_64,
	SECCOMP_I386,
	SECCOMP_X32,
	SECCOMP_AARCH64,
	SECCOMP_ARM,
	SECCOMP_ARCHES
};

#define SECCOMP_CALL_NONE (-1L)

/*
 * seccomp_call - find a system call by name
 *
 * Returns its index in syscalls.h, or -1 where no architecture has it.
 */
int seccomp_call(const char *name);

/*
 * seccomp_number - the number of a call
 *
 * call  from seccomp_call
 *
 * Returns what seccomp_data.nr has, for x32 with its bit 30, or
 * SECCOMP_CALL_NONE where that architecture does not have the call.
 */
long seccomp_number(int call, enum seccomp_arch arch);

/*
 * seccomp_multiplexed - the call through which i386 makes another one as well
 *
 * n  set to the number that is its first argument then
 *
 * Returns socketcall or ipc, as seccomp_call(); -1 for all other calls.
 */
int seccomp_multiplexed(int call, uint64_t *n);

enum seccomp_op {
	SECCOMP_NE,
	SECCOMP_LT,
	SECCOMP_LE,
	SECCOMP_EQ,
	SECCOMP_GE,
	SECCOMP_GT,
	SECCOMP_MASKED_EQ, /* (argument & value) == (two & value) */
};

struct seccomp_cond {
	unsigned char arg; /* 0 to 5 */
	unsigned char op;  /* enum seccomp_op */
	uint64_t value;
	uint64_t two; /* of SECCOMP_MASKED_EQ */
};

/* All n conditions must hold. */
struct seccomp_rule {
	uint32_t action; /* what the filter returns */
	unsigned n;
	struct seccomp_cond cond[6];
};

/* One call of one rule. */
struct seccomp_use {
	int call;
	size_t rule;
};

struct seccomp_policy {
	uint32_t otherwise; /* where no rule holds */
	unsigned arches;    /* bit 1 << enum seccomp_arch; others are killed */
	size_t rules, uses;
	struct seccomp_rule *rule;
	struct seccomp_use *use; /* in the order of the profile */
};

/* seccomp_policy_free - free rules and uses */
void seccomp_policy_free(struct seccomp_policy *policy);

/*
 * seccomp_generate - write the program of a policy
 *
 * native  architectures that its kernel does not run are left out
 * code	   set to the program
 *
 * Returns its length, or -1 and errno: E2BIG, ENOMEM.
 */
int seccomp_generate(const struct seccomp_policy *policy,
		     enum seccomp_arch native,
		     struct seccomp_insn code[SECCOMP_INSNS_MAX]);

#endif
