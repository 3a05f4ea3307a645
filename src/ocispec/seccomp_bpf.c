/* seccomp_bpf - rules about system calls, as a program for seccomp(2) */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ocispec/seccomp_bpf.h"

/*
 * A program is written from its end to its start: all jumps go forward, so the
 * target of each is there already. A place is a number of instructions from the
 * end.
 */
struct program {
	struct seccomp_insn *code; /* the last instruction first */
	size_t n;
	bool full;
};

/* linux/bpf_common.h: what is used of classic BPF. */
enum code {
	LD = 0x20,  /* a word of struct seccomp_data, at k */
	AND = 0x54, /* with k */
	JA = 0x05,  /* by k */
	JEQ = 0x15,
	JGT = 0x25,
	JGE = 0x35,
	JSET = 0x45,
	RET = 0x06,
};

/* How far a conditional jump goes, with room for what comes between. */
#define NEAR 250

/* Offsets in struct seccomp_data. */
#define DATA_NR	      0
#define DATA_ARCH     4
#define DATA_LOW(arg) (16U + 8U * (arg))

static size_t seccomp_bpf_emit(struct program *p, struct seccomp_insn insn)
{
	if (p->n == SECCOMP_INSNS_MAX) {
		p->full = true;
		return p->n - 1;
	}
	p->code[p->n] = insn;
	return p->n++;
}

static size_t emit_return(struct program *p, uint32_t action)
{
	size_t far = p->n > NEAR ? p->n - NEAR : 0;

	for (size_t at = p->n; at > far; at--) {
		if (p->code[at - 1].code == RET && p->code[at - 1].k == action)
			return at - 1;
	}
	return seccomp_bpf_emit(
		p, (struct seccomp_insn){ .code = RET, .k = action });
}

/* A place with the same effect that a conditional jump reaches. */
static size_t nearby(struct program *p, size_t at)
{
	if (p->n - at - 1 <= NEAR)
		return at;
	if (p->code[at].code == RET)
		return emit_return(p, p->code[at].k);
	return seccomp_bpf_emit(
		p, (struct seccomp_insn){ .code = JA,
					  .k = (uint32_t)(p->n - at - 1) });
}

static size_t emit_jump(struct program *p, enum code code, uint32_t k,
			size_t pass, size_t fail)
{
	if (pass == fail)
		return pass;
	pass = nearby(p, pass);
	fail = nearby(p, fail);
	return seccomp_bpf_emit(
		p, (struct seccomp_insn){ .code = (uint16_t)code,
					  .jt = (uint8_t)(p->n - pass - 1),
					  .jf = (uint8_t)(p->n - fail - 1),
					  .k = k });
}

/* An instruction that goes on at next, which need not be the last written. */
static size_t emit_before(struct program *p, enum code code, uint32_t k,
			  size_t next)
{
	if (p->n - next > 1)
		(void)seccomp_bpf_emit(
			p,
			(struct seccomp_insn){
				.code = JA, .k = (uint32_t)(p->n - next - 1) });
	return seccomp_bpf_emit(
		p, (struct seccomp_insn){ .code = (uint16_t)code, .k = k });
}

/* One comparison of one word. */
static size_t test_word(struct program *p, uint32_t offset, enum code code,
			uint32_t k, size_t pass, size_t fail)
{
	if (pass == fail)
		return pass;
	return emit_before(p, LD, offset, emit_jump(p, code, k, pass, fail));
}

static size_t test_mask(struct program *p, uint32_t offset, uint32_t mask,
			uint32_t value, size_t pass, size_t fail)
{
	size_t at;

	value &= mask;
	if (mask == 0 || pass == fail)
		return pass;
	if (value == 0)
		return test_word(p, offset, JSET, mask, fail, pass);
	at = emit_jump(p, JEQ, value, pass, fail);
	if (mask != UINT32_MAX)
		at = emit_before(p, AND, mask, at);
	return emit_before(p, LD, offset, at);
}

static uint32_t high(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

static uint32_t low(uint64_t value)
{
	return (uint32_t)value;
}

static size_t test_equal(struct program *p, const struct seccomp_cond *c,
			 bool wide, size_t pass, size_t fail)
{
	size_t at = test_word(p, DATA_LOW(c->arg), JEQ, low(c->value), pass,
			      fail);

	if (!wide)
		return at;
	return test_word(p, DATA_LOW(c->arg) + 4, JEQ, high(c->value), at,
			 fail);
}

static size_t test_masked(struct program *p, const struct seccomp_cond *c,
			  bool wide, size_t pass, size_t fail)
{
	size_t at = test_mask(p, DATA_LOW(c->arg), low(c->value), low(c->two),
			      pass, fail);

	if (!wide)
		return at;
	return test_mask(p, DATA_LOW(c->arg) + 4, high(c->value), high(c->two),
			 at, fail);
}

/* code: JGT, or JGE for equal as well; the high word decides unless equal. */
static size_t test_greater(struct program *p, const struct seccomp_cond *c,
			   enum code code, bool wide, size_t pass, size_t fail)
{
	uint32_t word = high(c->value);
	size_t at;

	if (!wide && word)
		return fail;
	at = test_word(p, DATA_LOW(c->arg), code, low(c->value), pass, fail);
	if (!wide)
		return at;
	if (word == 0)
		return test_word(p, DATA_LOW(c->arg) + 4, JEQ, 0, at, pass);
	at = emit_jump(p, JEQ, word, at, fail);
	at = emit_jump(p, JGT, word, pass, at);
	return emit_before(p, LD, DATA_LOW(c->arg) + 4, at);
}

/* wide: the architecture has arguments of 64 bits */
static size_t test_cond(struct program *p, const struct seccomp_cond *c,
			bool wide, size_t pass, size_t fail)
{
	switch ((enum seccomp_op)c->op) {
	case SECCOMP_EQ:
		return test_equal(p, c, wide, pass, fail);
	case SECCOMP_NE:
		return test_equal(p, c, wide, fail, pass);
	case SECCOMP_GT:
		return test_greater(p, c, JGT, wide, pass, fail);
	case SECCOMP_GE:
		return test_greater(p, c, JGE, wide, pass, fail);
	case SECCOMP_LE:
		return test_greater(p, c, JGT, wide, fail, pass);
	case SECCOMP_LT:
		return test_greater(p, c, JGE, wide, fail, pass);
	case SECCOMP_MASKED_EQ:
		break;
	}
	return test_masked(p, c, wide, pass, fail);
}

/* A rule for one number; without a rule, a note that the number is known. */
struct entry {
	uint32_t nr;
	const struct seccomp_rule *rule;
};

/* Numbers from first up to the next span, and what becomes of them: the first
 * of n rules that holds, then action. */
struct span {
	uint32_t first;
	uint32_t action;
	const struct entry *entry;
	size_t n;
	bool wide;
};

struct plan {
	const struct seccomp_policy *policy;
	struct entry *entry;
	struct entry *room;	    /* for as many, to sort them */
	struct seccomp_rule *extra; /* of multiplexed calls */
	struct span *span;
	size_t entries, extras, spans;
	struct program program;
};

/* An equal condition on a word that the previous rule has loaded: one load of
 * the high word, one of the low, then a comparison for each. */
static bool continues(const struct entry *a, const struct entry *b)
{
	const struct seccomp_cond *x = a->rule->cond, *y = b->rule->cond;

	return a->rule->n == 1 && b->rule->n == 1 && x->op == SECCOMP_EQ &&
	       y->op == SECCOMP_EQ && x->arg == y->arg &&
	       high(x->value) == high(y->value);
}

static size_t test_series(struct program *p, const struct entry *entry,
			  size_t n, bool wide, size_t next)
{
	const struct seccomp_cond *c = entry->rule->cond;
	size_t at = next;

	while (n-- > 0)
		at = emit_jump(p, JEQ, low(entry[n].rule->cond->value),
			       emit_return(p, entry[n].rule->action), at);
	if (at == next)
		return next;
	at = emit_before(p, LD, DATA_LOW(c->arg), at);
	if (!wide)
		return at;
	return test_word(p, DATA_LOW(c->arg) + 4, JEQ, high(c->value), at,
			 next);
}

static size_t test_rule(struct program *p, const struct seccomp_rule *rule,
			bool wide, size_t next)
{
	size_t at = emit_return(p, rule->action);

	for (unsigned i = rule->n; i > 0; i--)
		at = test_cond(p, &rule->cond[i - 1], wide, at, next);
	return at;
}

static size_t emit_span(struct program *p, const struct span *s)
{
	size_t at = emit_return(p, s->action);
	size_t end = s->n;

	while (end > 0 && !p->full) {
		size_t start = end - 1;

		while (start > 0 &&
		       continues(&s->entry[start - 1], &s->entry[start]))
			start--;
		if (end - start > 1)
			at = test_series(p, &s->entry[start], end - start,
					 s->wide, at);
		else
			at = test_rule(p, s->entry[start].rule, s->wide, at);
		end = start;
	}
	return at;
}

static bool same_constant(const struct span *a, const struct span *b)
{
	return a->n == 0 && b->n == 0 && a->action == b->action;
}

/* A binary search; a single number between two equal spans is one comparison.
 * n is at least 1. The depth is that of the tree. */
static size_t emit_tree(struct program *p, const struct span *s, size_t n)
{
	size_t half = n / 2, less, more;

	if (n == 1)
		return emit_span(p, s);
	if (n == 3 && same_constant(&s[0], &s[2]) &&
	    s[2].first - s[1].first == 1) {
		less = emit_span(p, s);
		more = emit_span(p, s + 1);
		return emit_jump(p, JEQ, s[1].first, more, less);
	}
	more = emit_tree(p, s + half, n - half);
	less = emit_tree(p, s, half);
	return emit_jump(p, JGE, s[half].first, more, less);
}

static void add_span(struct plan *plan, struct span s)
{
	if (plan->spans > 0 && plan->span[plan->spans - 1].first == s.first)
		plan->spans--;
	if (plan->spans > 0 && same_constant(&plan->span[plan->spans - 1], &s))
		return;
	plan->span[plan->spans++] = s;
}

/* Merge two sorted halves of n entries, the first of which is copied to room.
 */
static void merge_entries(struct entry *entry, size_t half, size_t n,
			  struct entry *room)
{
	size_t a = 0, b = half;

	memcpy(room, entry, half * sizeof(*entry));
	for (size_t to = 0; a < half; to++)
		entry[to] = b < n && entry[b].nr < room[a].nr ? entry[b++]
							      : room[a++];
}

/* By their numbers; those of one stay in the order of the profile. There are
 * many of them and they are small: qsort(3) of musl takes ten times as long. */
static void sort_entries(struct entry *entry, size_t n, struct entry *room)
{
	for (size_t width = 1; width < n; width *= 2)
		for (size_t at = 0; at + width < n; at += 2 * width)
			merge_entries(&entry[at], width,
				      n - at < 2 * width ? n - at : 2 * width,
				      room);
}

static bool same_conds(const struct seccomp_rule *a,
		       const struct seccomp_rule *b)
{
	const struct seccomp_cond *x = a->cond, *y = b->cond;

	for (unsigned i = 0; a->n == b->n && i < a->n; i++) {
		if (x[i].arg != y[i].arg || x[i].op != y[i].op ||
		    x[i].value != y[i].value || x[i].two != y[i].two)
			return false;
	}
	return a->n == b->n;
}

/* Will the rule never be reached, after those before it? */
static bool repeated(const struct entry *first, size_t n,
		     const struct seccomp_rule *rule)
{
	for (size_t i = n > 64 ? n - 64 : 0; i < n; i++) {
		if (same_conds(first[i].rule, rule))
			return true;
	}
	return false;
}

/* What n entries of one number come to; the rules that count move ahead. */
static struct span seccomp_bpf_judge(struct entry *entry, size_t n,
				     uint32_t otherwise, bool wide)
{
	struct span s = { entry->nr, otherwise, entry, 0, wide };

	for (size_t i = 0; i < n; i++) {
		const struct seccomp_rule *rule = entry[i].rule;

		if (!rule)
			continue;
		if (rule->n == 0) {
			s.action = rule->action;
			s.n = 0;
			return s;
		}
		if (!repeated(entry, s.n, rule))
			entry[s.n++].rule = rule;
	}
	return s;
}

/* A default that lets calls through does so with younger ones as well. */
static bool lets_through(uint32_t action)
{
	action &= SECCOMP_ACTION;
	return action == SECCOMP_ALLOW || action == SECCOMP_LOG ||
	       action == SECCOMP_TRACE;
}

#define NO_SUCH_CALL (SECCOMP_ERRNO | ENOSYS)
#define X32_FIRST    0x40000000U
#define ARM_FIRST    0x0f0000U

/* The newest call among sorted entries, those of ARM alone aside. */
static uint32_t newest_call(const struct entry *entry, size_t n)
{
	uint32_t newest = 0;

	for (size_t i = 0; i < n; i++) {
		if (entry[i].nr < ARM_FIRST || entry[i].nr >= X32_FIRST)
			newest = entry[i].nr;
	}
	return newest;
}

/* Spans from first up, of n sorted entries of one architecture. */
static void add_spans(struct plan *plan, uint32_t first, struct entry *entry,
		      size_t n, bool wide)
{
	uint32_t usual = plan->policy->otherwise;
	uint32_t newest = newest_call(entry, n);
	bool open = newest == 0 || lets_through(usual);
	uint32_t after = open ? usual : NO_SUCH_CALL;
	size_t end;

	add_span(plan, (struct span){ .first = first, .action = usual });
	for (size_t i = 0; i < n; i = end) {
		uint32_t nr = entry[i].nr;

		for (end = i + 1; end < n && entry[end].nr == nr;)
			end++;
		add_span(plan,
			 seccomp_bpf_judge(&entry[i], end - i, usual, wide));
		add_span(plan, (struct span){ .first = nr + 1,
					      .action = nr < newest ? usual
								    : after });
	}
}

/* As the kernel orders the actions of several filters: seccomp(2). */
static bool stricter(uint32_t action, uint32_t than)
{
	return (int32_t)(action & SECCOMP_ACTION) <
	       (int32_t)(than & SECCOMP_ACTION);
}

static void add_entry(struct plan *plan, long nr,
		      const struct seccomp_rule *rule)
{
	if (rule && rule->action == plan->policy->otherwise)
		rule = NULL;
	plan->entry[plan->entries++] = (struct entry){ (uint32_t)nr, rule };
}

/* socketcall(2) and ipc(2): the call is their first argument; ipc has a version
 * in the upper half of it. */
static void add_multiplexed(struct plan *plan, const struct seccomp_use *use)
{
	const struct seccomp_rule *rule = &plan->policy->rule[use->rule];
	struct seccomp_rule *extra = &plan->extra[plan->extras];
	struct seccomp_cond is = { .op = SECCOMP_MASKED_EQ, .value = 0xffff };
	int through = seccomp_multiplexed(use->call, &is.two);

	if (through < 0)
		return;
	if (rule->n > 0 && !stricter(rule->action, plan->policy->otherwise))
		return;
	if (through == seccomp_call("socketcall"))
		is = (struct seccomp_cond){ .op = SECCOMP_EQ, .value = is.two };
	*extra = (struct seccomp_rule){ .action = rule->action, .n = 1 };
	extra->cond[0] = is;
	plan->extras++;
	add_entry(plan, seccomp_number(through, SECCOMP_I386), extra);
}

static void add_arch(struct plan *plan, enum seccomp_arch arch, uint32_t first)
{
	const struct seccomp_policy *policy = plan->policy;
	size_t start = plan->entries;

	for (size_t i = 0; i < policy->uses; i++) {
		const struct seccomp_use *use = &policy->use[i];
		long nr = seccomp_number(use->call, arch);

		if (nr != SECCOMP_CALL_NONE)
			add_entry(plan, nr, &policy->rule[use->rule]);
		if (arch == SECCOMP_I386)
			add_multiplexed(plan, use);
	}
	sort_entries(&plan->entry[start], plan->entries - start, plan->room);
	add_spans(plan, first, &plan->entry[start], plan->entries - start,
		  arch != SECCOMP_I386 && arch != SECCOMP_ARM);
}

/* Numbers from bit 30 up are x32's. Where the profile does not have it, they
 * are like other calls that it does not know. */
static void add_x32(struct plan *plan)
{
	const struct span *last = &plan->span[plan->spans - 1];
	uint32_t action = last->action == NO_SUCH_CALL ? NO_SUCH_CALL
						       : SECCOMP_KILL_THREAD;

	if (plan->policy->arches & 1U << SECCOMP_X32)
		add_arch(plan, SECCOMP_X32, X32_FIRST);
	else
		add_span(plan,
			 (struct span){ .first = X32_FIRST, .action = action });
}

/* Before next: what a kernel calls by one AUDIT_ARCH_*. */
static size_t emit_arch(struct plan *plan, enum seccomp_arch arch,
			uint32_t audit, size_t next)
{
	unsigned bit = 1U << arch, both = bit;
	size_t at;

	if (arch == SECCOMP_X86_64)
		both |= 1U << SECCOMP_X32;
	if (!(plan->policy->arches & both))
		return next;
	plan->entries = plan->extras = plan->spans = 0;
	if (plan->policy->arches & bit)
		add_arch(plan, arch, 0);
	else
		add_span(plan, (struct span){ .action = SECCOMP_KILL_THREAD });
	if (arch == SECCOMP_X86_64)
		add_x32(plan);
	at = emit_tree(&plan->program, plan->span, plan->spans);
	at = emit_before(&plan->program, LD, DATA_NR, at);
	return emit_jump(&plan->program, JEQ, audit, at, next);
}

static void emit_all(struct plan *plan, enum seccomp_arch native)
{
	struct program *p = &plan->program;
	size_t at = emit_return(p, SECCOMP_KILL_THREAD);

	/* AUDIT_ARCH_*, linux/audit.h. The last one written is tested first. */
	if (native == SECCOMP_AARCH64 || native == SECCOMP_ARM) {
		at = emit_arch(plan, SECCOMP_ARM, 0x40000028, at);
		at = emit_arch(plan, SECCOMP_AARCH64, 0xc00000b7, at);
	} else {
		at = emit_arch(plan, SECCOMP_I386, 0x40000003, at);
		at = emit_arch(plan, SECCOMP_X86_64, 0xc000003e, at);
	}
	(void)emit_before(p, LD, DATA_ARCH, at);
}

static void reverse(struct seccomp_insn *code, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct seccomp_insn other = code[i];

		code[i] = code[n - 1 - i];
		code[n - 1 - i] = other;
	}
}

int seccomp_generate(const struct seccomp_policy *policy,
		     enum seccomp_arch native,
		     struct seccomp_insn code[SECCOMP_INSNS_MAX])
{
	/* x86_64 has x32's beside its own, i386 the multiplexed ones. */
	size_t room = 2 * policy->uses + 1;
	struct plan plan = { .policy = policy, .program = { .code = code } };

	plan.entry = calloc(room, sizeof(*plan.entry));
	plan.room = calloc(room, sizeof(*plan.room));
	plan.extra = calloc(room, sizeof(*plan.extra));
	plan.span = calloc(2 * room + 4, sizeof(*plan.span));
	if (plan.entry && plan.room && plan.extra && plan.span)
		emit_all(&plan, native);
	free(plan.entry);
	free(plan.room);
	free(plan.extra);
	free(plan.span);
	if (plan.program.n == 0 || plan.program.full) {
		errno = plan.program.full ? E2BIG : ENOMEM;
		return -1;
	}
	reverse(code, plan.program.n);
	return (int)plan.program.n;
}

void seccomp_policy_free(struct seccomp_policy *policy)
{
	free(policy->rule);
	free(policy->use);
	policy->rule = NULL;
	policy->use = NULL;
}
