/* seccomp - profiles as JSON, and the programs of rules */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "fuzz.h"
#include "json/json.h"
#include "ocispec/seccomp.h"
#include "ocispec/seccomp_bpf.h"

/* struct seccomp_data, linux/seccomp.h. */
struct data {
	uint32_t nr, arch;
	uint64_t ip, args[6];
};

/* Classic BPF, as the kernel checks it before it takes it. */
static void check_program(const struct seccomp_insn *code, size_t n)
{
	assert(n > 0 && n <= SECCOMP_INSNS_MAX && code[n - 1].code == 0x06);
	for (size_t i = 0; i < n; i++) {
		size_t left = n - i - 1;

		if (code[i].code == 0x20)
			assert(code[i].k % 4 == 0 && code[i].k < 64);
		else if (code[i].code == 0x05)
			assert(code[i].k < left);
		else if ((code[i].code & 7) == 5)
			assert(code[i].jt < left && code[i].jf < left);
		else
			assert(code[i].code == 0x06 || code[i].code == 0x54);
	}
}

static bool compare(unsigned code, uint32_t a, uint32_t k)
{
	switch (code) {
	case 0x15:
		return a == k;
	case 0x25:
		return a > k;
	case 0x35:
		return a >= k;
	default:
		return a & k;
	}
}

static uint32_t run_program(const struct seccomp_insn *code,
			    const struct data *d)
{
	uint32_t a = 0;

	for (const struct seccomp_insn *i = code;; i++) {
		if (i->code == 0x06)
			return i->k;
		if (i->code == 0x20)
			memcpy(&a, (const char *)d + i->k, sizeof(a));
		else if (i->code == 0x54)
			a &= i->k;
		else if (i->code == 0x05)
			i += i->k;
		else
			i += compare(i->code, a, i->k) ? i->jt : i->jf;
	}
}

static bool holds(const struct seccomp_cond *c, uint64_t arg)
{
	switch ((enum seccomp_op)c->op) {
	case SECCOMP_NE:
		return arg != c->value;
	case SECCOMP_LT:
		return arg < c->value;
	case SECCOMP_LE:
		return arg <= c->value;
	case SECCOMP_EQ:
		return arg == c->value;
	case SECCOMP_GE:
		return arg >= c->value;
	case SECCOMP_GT:
		return arg > c->value;
	case SECCOMP_MASKED_EQ:
		break;
	}
	return (arg & c->value) == (c->two & c->value);
}

static bool all_hold(const struct seccomp_rule *r, const struct data *d)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (!holds(&r->cond[i], d->args[r->cond[i].arg]))
			return false;
	}
	return true;
}

/* What the rules say of a call of x86_64 that they name. */
static uint32_t judge(const struct seccomp_policy *p, const struct data *d)
{
	const struct seccomp_rule *found = NULL;

	for (size_t i = 0; i < p->uses; i++) {
		const struct seccomp_rule *r = &p->rule[p->use[i].rule];

		if (seccomp_number(p->use[i].call, SECCOMP_X86_64) !=
			    (long)d->nr ||
		    r->action == p->otherwise)
			continue;
		if (r->n == 0)
			return r->action;
		if (!found && all_hold(r, d))
			found = r;
	}
	return found ? found->action : p->otherwise;
}

/* Few values, so that conditions meet. */
static uint64_t take_value(struct fuzz *in)
{
	static const uint64_t some[] = { 0,	     1,		  2,
					 0xffffffff, 0x100000000, 0x100000001,
					 UINT64_MAX };
	unsigned which = fuzz_byte(in) % 8;
	uint64_t value = 0;

	if (which < 7)
		return some[which];
	for (int i = 0; i < 8; i++)
		value = value << 8 | fuzz_byte(in);
	return value;
}

static void take_rule(struct fuzz *in, struct seccomp_rule *r)
{
	r->action = SECCOMP_ERRNO | fuzz_byte(in) % 8;
	for (unsigned n = fuzz_byte(in) % 4; r->n < n; r->n++) {
		struct seccomp_cond *c = &r->cond[r->n];

		c->arg = (unsigned char)(fuzz_byte(in) % 6);
		c->op = (unsigned char)(fuzz_byte(in) %
					(SECCOMP_MASKED_EQ + 1));
		c->value = take_value(in);
		c->two = take_value(in);
	}
}

#define RULES 8
#define USES  64

static void check_policy(struct fuzz *in)
{
	static struct seccomp_insn code[SECCOMP_INSNS_MAX];
	struct seccomp_rule rule[RULES] = { { .n = 0 } };
	struct seccomp_use use[USES];
	struct seccomp_policy p = { .otherwise = SECCOMP_ERRNO,
				    .arches = fuzz_byte(in) |
					      1U << SECCOMP_X86_64,
				    .rules = RULES,
				    .rule = rule,
				    .use = use };
	int first = seccomp_call("socket") - 2, n;

	for (int i = 0; i < RULES; i++)
		take_rule(in, &rule[i]);
	for (unsigned left = fuzz_byte(in) % USES; p.uses < left; p.uses++)
		use[p.uses] = (struct seccomp_use){
			first + (int)(fuzz_byte(in) % 8), fuzz_byte(in) % RULES
		};
	n = seccomp_generate(&p, SECCOMP_X86_64, code);
	assert(n > 0);
	check_program(code, (size_t)n);
	for (size_t i = 0; i < p.uses; i++) {
		long nr = seccomp_number(use[i].call, SECCOMP_X86_64);
		struct data d = { .nr = (uint32_t)nr, .arch = 0xc000003e };

		for (int k = 0; k < 6; k++)
			d.args[k] = take_value(in);
		assert(nr < 0 || run_program(code, &d) == judge(&p, &d));
	}
}

static void check_text(const char *text, size_t size)
{
	struct errmsg e;
	struct json *doc = json_parse(text, size, &e);
	struct seccomp_prog prog = { .insns = NULL };

	if (!doc)
		return;
	if (seccomp_compile(json_root(doc), &prog, &e) == 0)
		check_program(prog.insns, prog.n);
	else
		fuzz_fault(&e);
	free(prog.insns);
	json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };

	if (size > 0 && *data == '{')
		check_text((const char *)data, size);
	else
		check_policy(&in);
	return 0;
}
