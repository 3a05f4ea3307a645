/* rules - what a profile says of a call, word by word (oracle.h) */
#if __has_include(<seccomp.h>)
#include <err.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

const struct arch arches[ARCHES] = {
	{ "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64,
	  SECCOMP_X86_64, SECCOMP_X86_64 },
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86, AUDIT_ARCH_I386, SECCOMP_I386,
	  SECCOMP_X86_64 },
	{ "SCMP_ARCH_X32", SCMP_ARCH_X32, AUDIT_ARCH_X86_64, SECCOMP_X32,
	  SECCOMP_X86_64 },
	{ "SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64,
	  SECCOMP_AARCH64, SECCOMP_AARCH64 },
	{ "SCMP_ARCH_ARM", SCMP_ARCH_ARM, AUDIT_ARCH_ARM, SECCOMP_ARM,
	  SECCOMP_AARCH64 },
};

const struct word words[WORDS] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
	{ "SCMP_CMP_LT", SCMP_CMP_LT },
	{ "SCMP_CMP_LE", SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};

static uint32_t value_of(const char *text)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (strcmp(words[i].name, text) == 0)
			return words[i].value;
	}
	errx(1, "no word %s", text);
}

static uint64_t number(const struct json_node *object, const char *name,
		       uint64_t none)
{
	const struct json_node *n = json_get(object, name);

	return n ? strtoull(n->text, NULL, 10) : none;
}

static uint32_t action(const struct json_node *object, const char *name,
		       const char *code)
{
	uint32_t a = value_of(json_get(object, name)->text);

	if (a == SCMP_ACT_ERRNO(0) || a == SCMP_ACT_TRACE(0))
		a |= (uint32_t)number(object, code, 1);
	return a;
}

static struct scmp_arg_cmp condition(const struct json_node *c)
{
	return (struct scmp_arg_cmp){
		.arg = (unsigned)number(c, "index", 0),
		.op = (enum scmp_compare)value_of(json_get(c, "op")->text),
		.datum_a = number(c, "value", 0),
		.datum_b = number(c, "valueTwo", 0),
	};
}

/* The rules of one object: one, or one a condition. */
static void read_rule(const struct json_node *s, struct profile *p)
{
	const struct json_node *args = json_get(s, "args");
	struct rule r = { .action = action(s, "action", "errnoRet"),
			  .names = json_get(s, "names") };
	unsigned seen = 0, twice = 0;

	for (const struct json_node *a = args ? args->first : NULL; a;
	     a = a->next) {
		twice |= seen & 1U << condition(a).arg;
		seen |= 1U << condition(a).arg;
	}
	for (const struct json_node *a = args ? args->first : NULL; a;
	     a = a->next) {
		r.cond[r.n++] = condition(a);
		if (r.cond[r.n - 1].op == SCMP_CMP_MASKED_EQ &&
		    r.cond[r.n - 1].datum_a == 0)
			r.n--;
		if (twice || !a->next) {
			p->rule[p->n++] = r;
			r.n = 0;
		}
	}
	if (!args || !args->first)
		p->rule[p->n++] = r;
}

void read_profile(const struct json_node *node, struct profile *p)
{
	const struct json_node *list = json_get(node, "architectures");

	*p = (struct profile){ .otherwise = action(node, "defaultAction",
						   "defaultErrnoRet") };
	for (list = list ? list->first : NULL; list; list = list->next) {
		for (size_t i = 0; i < ARCHES; i++)
			p->arch[i] |= strcmp(list->text, arches[i].name) == 0;
	}
	list = json_get(node, "syscalls");
	for (list = list ? list->first : NULL; list; list = list->next)
		read_rule(list, p);
	p->own = p->n;
}

/* With 32, values that are compared whole are read as 32 bits; with 0, all. */
static bool holds(const struct scmp_arg_cmp *c, const struct seccomp_data *d,
		  unsigned bits)
{
	uint64_t arg = d->args[c->arg], a = c->datum_a, b = c->datum_b;
	bool whole = c->op == SCMP_CMP_EQ || c->op == SCMP_CMP_NE ||
		     c->op == SCMP_CMP_MASKED_EQ;

	if (bits != 64 && (whole || bits == 0)) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (c->op) {
	case SCMP_CMP_NE:
		return arg != a;
	case SCMP_CMP_LT:
		return arg < a;
	case SCMP_CMP_LE:
		return arg <= a;
	case SCMP_CMP_EQ:
		return arg == a;
	case SCMP_CMP_GE:
		return arg >= a;
	case SCMP_CMP_GT:
		return arg > a;
	default:
		return (arg & a) == (b & a);
	}
}

bool all_hold(const struct rule *r, const struct seccomp_data *d, unsigned bits)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (!holds(&r->cond[i], d, bits))
			return false;
	}
	return true;
}

unsigned slot(const struct arch *arch, uint32_t nr)
{
	if (arch->ours == SECCOMP_X32)
		nr ^= 0x40000000U;
	if (arch->ours == SECCOMP_ARM && nr >= 0x0f0000 && nr < 0x0f0010)
		return 1050 + (nr & 15);
	return nr < 1050 ? nr : SLOTS - 1;
}

static void note(struct table *t, const struct arch *arch, long nr, size_t rule)
{
	unsigned at = slot(arch, (uint32_t)nr);

	if (nr < 0)
		return;
	t->rule[at][t->n[at]++] = (unsigned short)rule;
	if ((uint32_t)nr > t->newest && (nr < 0x0f0000 || nr > 0x40000000))
		t->newest = (uint32_t)nr;
}

static int32_t strict(uint32_t a)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL);
}

/* The rule for socketcall and ipc that a rule for one of theirs makes. */
static void note_multiplexed(struct table *t, struct profile *p,
			     const struct arch *arch, int call, size_t i)
{
	struct rule r = { .action = p->rule[i].action,
			  .names = p->rule[i].names,
			  .n = 1 };
	uint64_t n;
	int through = seccomp_multiplexed(call, &n);

	if (through < 0 || p->n == RULES ||
	    (p->rule[i].n > 0 && strict(r.action) >= strict(p->otherwise)))
		return;
	r.cond[0] = (struct scmp_arg_cmp){ 0, SCMP_CMP_MASKED_EQ, 0xffff, n };
	if (seccomp_number(through, SECCOMP_I386) == 102)
		r.cond[0] = (struct scmp_arg_cmp){ 0, SCMP_CMP_EQ, n, 0 };
	p->rule[p->n] = r;
	note(t, arch, seccomp_number(through, SECCOMP_I386), p->n++);
}

void fill_table(struct profile *p, const struct arch *arch, struct table *t)
{
	memset(t->n, 0, sizeof(t->n));
	t->newest = t->theirs = 0;
	for (size_t i = 0; i < p->own; i++) {
		const struct json_node *name = p->rule[i].names->first;

		for (; name; name = name->next) {
			int call = seccomp_call(name->text);
			int nr = seccomp_syscall_resolve_name_arch(arch->scmp,
								   name->text);

			if (call >= 0)
				note(t, arch, seccomp_number(call, arch->ours),
				     i);
			if (nr > (int)t->theirs)
				t->theirs = (uint32_t)nr;
			if (call >= 0 && arch->ours == SECCOMP_I386)
				note_multiplexed(t, p, arch, call, i);
		}
	}
}

unsigned width(const struct arch *arch)
{
	return arch->ours == SECCOMP_I386 || arch->ours == SECCOMP_ARM ? 32
								       : 64;
}

bool permits(uint32_t otherwise)
{
	return otherwise == SCMP_ACT_ALLOW || otherwise == SCMP_ACT_LOG ||
	       (otherwise & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE;
}

void judge(const struct profile *p, const struct arch *arch,
	   const struct table *t, const struct seccomp_data *d,
	   struct verdict *v)
{
	unsigned at = slot(arch, (uint32_t)d->nr);
	bool young = t->newest && (uint32_t)d->nr > t->newest &&
		     !permits(p->otherwise);

	v->n = 0;
	v->action = young ? SCMP_ACT_ERRNO(ENOSYS) : p->otherwise;
	for (unsigned i = 0; i < t->n[at]; i++) {
		const struct rule *r = &p->rule[t->rule[at][i]];

		if (r->action == p->otherwise)
			continue;
		if (r->n == 0) {
			v->action = r->action;
			v->n = 0;
			return;
		}
		if (all_hold(r, d, width(arch)))
			v->all[v->n++] = r->action;
	}
	if (v->n > 0)
		v->action = v->all[0];
}
#else
typedef int rules_needs_libseccomp;
#endif
