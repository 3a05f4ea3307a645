/* seccomp_calls - system calls by name (seccomp_bpf.h) */
#include <stdlib.h>
#include <string.h>

#include "ocispec/seccomp_bpf.h"
#include "ocispec/syscalls.h"

#define X32_BIT	 0x40000000L
#define ARM_BASE 0x0f0000L

struct call {
	const char *name;
	short number[SECCOMP_ARCHES];
};

static const struct call calls[] = {
#define X(name_, ...) { #name_, { __VA_ARGS__ } },
	SYSCALLS
#undef X
};

static int compare_name(const void *name, const void *call)
{
	return strcmp(name, ((const struct call *)call)->name);
}

int seccomp_call(const char *name)
{
	const struct call *found = bsearch(name, calls,
					   sizeof(calls) / sizeof(*calls),
					   sizeof(*calls), compare_name);

	return found ? (int)(found - calls) : -1;
}

long seccomp_number(int call, enum seccomp_arch arch)
{
	long number = calls[call].number[arch];

	if (number < 0)
		return SECCOMP_CALL_NONE;
	if (arch == SECCOMP_X32)
		return number | X32_BIT;
	if (number >= SYSCALLS_ARM)
		return number - SYSCALLS_ARM + ARM_BASE;
	return number;
}

struct multiplexed {
	const char *name;
	const char *through;
	unsigned n;
};

static const struct multiplexed multiplexed[] = {
#define X(name_, through_, n_) { #name_, #through_, n_ },
	SYSCALLS_MULTIPLEXED
#undef X
};

int seccomp_multiplexed(int call, uint64_t *n)
{
	const char *name = calls[call].name;

	for (size_t i = 0; i < sizeof(multiplexed) / sizeof(*multiplexed);
	     i++) {
		if (strcmp(multiplexed[i].name, name) == 0) {
			*n = multiplexed[i].n;
			return seccomp_call(multiplexed[i].through);
		}
	}
	return -1;
}
