/* seccomp_calls - system calls by name (seccomp_bpf.h) */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ocispec/seccomp_bpf.h"
#include "ocispec/syscalls.h"

#define X32_BIT	 0x40000000L
#define ARM_BASE 0x0f0000L

/* The names one after another, each with its NUL, as a struct of arrays: what
 * says where a name is takes two bytes then, and not a pointer's eight. */
static const struct names {
#define X(name_, ...) char name_##_[sizeof(#name_)];
	SYSCALLS
#undef X
} names = {
#define X(name_, ...) #name_,
	SYSCALLS
#undef X
};

/* A call is one word: where its name is, and above that its numbers. */
#define NAME_BITS   14
#define NUMBER_BITS 10
#define NAME_MASK   ((1U << NAME_BITS) - 1)
#define NUMBER_MASK ((1U << NUMBER_BITS) - 1)

/* A number that is -1 in the table; no call has it. */
#define NO_NUMBER NUMBER_MASK

#define NAME_AT(name_) offsetof(struct names, name_##_)
#define NUMBER(number_, arch_)                                                 \
	(((uint64_t)(number_)&NUMBER_MASK)                                     \
	 << (NAME_BITS + NUMBER_BITS * (arch_)))

static const uint64_t calls[] = {
#define X(name_, x86_64_, i386_, x32_, aarch64_, arm_)                         \
	NAME_AT(name_) | NUMBER(x86_64_, SECCOMP_X86_64) |                     \
		NUMBER(i386_, SECCOMP_I386) | NUMBER(x32_, SECCOMP_X32) |      \
		NUMBER(aarch64_, SECCOMP_AARCH64) | NUMBER(arm_, SECCOMP_ARM),
	SYSCALLS
#undef X
};

_Static_assert(sizeof(names) <= NAME_MASK, "the place of a name fits");
_Static_assert(NAME_BITS + NUMBER_BITS * SECCOMP_ARCHES <= 64, "a word fits");

static const char *call_name(uint64_t call)
{
	return (const char *)&names + (call & NAME_MASK);
}

static int compare_name(const void *name, const void *call)
{
	return strcmp(name, call_name(*(const uint64_t *)call));
}

int seccomp_call(const char *name)
{
	const uint64_t *found = bsearch(name, calls,
					sizeof(calls) / sizeof(*calls),
					sizeof(*calls), compare_name);

	return found ? (int)(found - calls) : -1;
}

long seccomp_number(int call, enum seccomp_arch arch)
{
	long number = calls[call] >> (NAME_BITS + NUMBER_BITS * arch) &
		      NUMBER_MASK;

	if (number == NO_NUMBER)
		return SECCOMP_CALL_NONE;
	if (arch == SECCOMP_X32)
		return number | X32_BIT;
	if (number >= SYSCALLS_ARM)
		return number - SYSCALLS_ARM + ARM_BASE;
	return number;
}

struct multiplexed {
	unsigned short name;
	unsigned short through;
	unsigned n;
};

static const struct multiplexed multiplexed[] = {
#define X(name_, through_, n_) { NAME_AT(name_), NAME_AT(through_), n_ },
	SYSCALLS_MULTIPLEXED
#undef X
};

int seccomp_multiplexed(int call, uint64_t *n)
{
	unsigned name = calls[call] & NAME_MASK;

	for (size_t i = 0; i < sizeof(multiplexed) / sizeof(*multiplexed);
	     i++) {
		if (multiplexed[i].name == name) {
			*n = multiplexed[i].n;
			return seccomp_call(call_name(multiplexed[i].through));
		}
	}
	return -1;
}
