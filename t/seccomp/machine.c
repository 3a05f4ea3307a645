/* machine - classic BPF, as seccomp(2) runs it (oracle.h) */
#if __has_include(<seccomp.h>)
#include <err.h>
#include <string.h>

#include "oracle.h"

/* A small BPF machine; *steps counts instructions. */
uint32_t interpret(const struct sock_filter *code, size_t n,
		   const struct seccomp_data *d, unsigned *steps)
{
	uint32_t a = 0;
	bool yes;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &code[pc];

		++*steps;
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k % 4 || i->k >= sizeof(*d))
				errx(1, "loads from %u", i->k);
			memcpy(&a, (const char *)d + i->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = a & i->k;
			break;
		default:
			errx(1, "instruction %#x at %zu", i->code, pc);
		}
		pc += yes ? i->jt : i->jf;
	}
	errx(1, "runs over the end");
}

#else
typedef int machine_needs_libseccomp;
#endif
