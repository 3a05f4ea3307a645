/* seccomp - a seccomp profile of an OCI config.json, compiled to a filter */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "json/json.h"
#include "ocispec/seccomp.h"
#include "ocispec/seccomp_bpf.h"

/* An errno fits 12 bits, or libc takes it for a result. */
#define ERRNO_LIMIT 4095

/* Far more than a filter has room for, unless most are the same. */
#define USES_MAX (1U << 18)

struct word {
	const char *name;
	uint32_t value;
};

#define COUNT(array_) (sizeof(array_) / sizeof(*(array_)))

static const struct word actions[] = {
	{ "SCMP_ACT_ALLOW", SECCOMP_ALLOW },
	{ "SCMP_ACT_ERRNO", SECCOMP_ERRNO },
	{ "SCMP_ACT_KILL", SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_KILL_PROCESS },
	{ "SCMP_ACT_KILL_THREAD", SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_LOG", SECCOMP_LOG },
	{ "SCMP_ACT_TRACE", SECCOMP_TRACE },
	{ "SCMP_ACT_TRAP", SECCOMP_TRAP },
};

static const struct word operators[] = {
	{ "SCMP_CMP_EQ", SECCOMP_EQ },
	{ "SCMP_CMP_GE", SECCOMP_GE },
	{ "SCMP_CMP_GT", SECCOMP_GT },
	{ "SCMP_CMP_LE", SECCOMP_LE },
	{ "SCMP_CMP_LT", SECCOMP_LT },
	{ "SCMP_CMP_MASKED_EQ", SECCOMP_MASKED_EQ },
	{ "SCMP_CMP_NE", SECCOMP_NE },
};

/* Those that no kernel which runs this program has need no code. */
static const struct word architectures[] = {
	{ "SCMP_ARCH_AARCH64", 1U << SECCOMP_AARCH64 },
	{ "SCMP_ARCH_ARM", 1U << SECCOMP_ARM },
	{ "SCMP_ARCH_LOONGARCH64", 0 },
	{ "SCMP_ARCH_M68K", 0 },
	{ "SCMP_ARCH_MIPS", 0 },
	{ "SCMP_ARCH_MIPS64", 0 },
	{ "SCMP_ARCH_MIPS64N32", 0 },
	{ "SCMP_ARCH_MIPSEL", 0 },
	{ "SCMP_ARCH_MIPSEL64", 0 },
	{ "SCMP_ARCH_MIPSEL64N32", 0 },
	{ "SCMP_ARCH_PARISC", 0 },
	{ "SCMP_ARCH_PARISC64", 0 },
	{ "SCMP_ARCH_PPC", 0 },
	{ "SCMP_ARCH_PPC64", 0 },
	{ "SCMP_ARCH_PPC64LE", 0 },
	{ "SCMP_ARCH_RISCV64", 0 },
	{ "SCMP_ARCH_S390", 0 },
	{ "SCMP_ARCH_S390X", 0 },
	{ "SCMP_ARCH_SH", 0 },
	{ "SCMP_ARCH_SHEB", 0 },
	{ "SCMP_ARCH_X32", 1U << SECCOMP_X32 },
	{ "SCMP_ARCH_X86", 1U << SECCOMP_I386 },
	{ "SCMP_ARCH_X86_64", 1U << SECCOMP_X86_64 },
};

/* SECCOMP_FILTER_FLAG_*, linux/seccomp.h. */
static const struct word flag_words[] = {
	{ "SECCOMP_FILTER_FLAG_LOG", 2 },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4 },
	{ "SECCOMP_FILTER_FLAG_TSYNC", 1 },
};

static enum seccomp_arch native_arch(void)
{
#if defined(__x86_64__) && defined(__ILP32__)
	return SECCOMP_X32;
#elif defined(__x86_64__)
	return SECCOMP_X86_64;
#elif defined(__i386__)
	return SECCOMP_I386;
#elif defined(__aarch64__) && defined(__AARCH64EL__)
	return SECCOMP_AARCH64;
#elif defined(__arm__) && defined(__ARMEL__)
	return SECCOMP_ARM;
#else
	return SECCOMP_ARCHES;
#endif
}

/* The value of a word of a table; a node that is not there is an error. */
static int seccomp_read_word(const struct json_node *parent, const char *key,
			     const struct json_node *node,
			     const struct word *table, size_t n,
			     uint32_t *value, struct errmsg *e)
{
	const char *name = NULL;

	if (!node)
		return json_error(e, parent, "want a member \"%s\"", key);
	if (json_string(node, &name, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(table[i].name, name) == 0) {
			*value = table[i].value;
			return 0;
		}
	}
	return json_error(e, node, "%s is not known", Q(name));
}

/* The words of an array, as bits; an array that is not there has none. */
static int seccomp_read_set(const struct json_node *array,
			    const struct word *table, size_t n, unsigned *set,
			    struct errmsg *e)
{
	if (json_want(array, JSON_ARRAY, e) < 0)
		return -1;
	if (!array)
		return 0;
	for (const struct json_node *w = array->first; w; w = w->next) {
		uint32_t bits = 0;

		if (seccomp_read_word(array, "", w, table, n, &bits, e) < 0)
			return -1;
		*set |= bits;
	}
	return 0;
}

/* An action and the errno that it may have. */
static int read_action(const struct json_node *object, const char *key,
		       const char *errno_key, uint32_t *action,
		       struct errmsg *e)
{
	const struct json_node *node = json_get(object, key);
	const struct json_node *number = json_get(object, errno_key);
	uint64_t code = EPERM;
	const char *name = NULL;

	if (node && json_string(node, &name, e) < 0)
		return -1;
	if (name && strcmp(name, "SCMP_ACT_NOTIFY") == 0) {
		(void)json_error(e, node, "SCMP_ACT_NOTIFY is not supported");
		errno = ENOTSUP;
		return -1;
	}
	if (seccomp_read_word(object, key, node, actions, COUNT(actions),
			      action, e) < 0)
		return -1;
	if (*action != SECCOMP_ERRNO && *action != SECCOMP_TRACE)
		return number ? json_error(e, number, "%s takes no errno", name)
			      : 0;
	if (json_uint(number, ERRNO_LIMIT, &code, e) < 0)
		return -1;
	*action |= (uint32_t)code;
	return 0;
}

/* Room for one more of n things, whose number doubles each time. */
static int make_room(void **array, size_t n, size_t size, struct errmsg *e)
{
	void *more;

	if (n & (n - 1))
		return 0;
	more = reallocarray(*array, n ? 2 * n : 1, size);
	if (!more)
		return errmsg(e, errno, "cannot read a seccomp profile");
	*array = more;
	return 0;
}

static int read_cond(const struct json_node *node, struct seccomp_cond *c,
		     struct errmsg *e)
{
	uint64_t index = 0;
	uint32_t op = 0;

	*c = (struct seccomp_cond){ .value = 0 };
	if (json_want(node, JSON_OBJECT, e) < 0 ||
	    json_uint(json_get(node, "index"), 5, &index, e) < 0 ||
	    json_uint(json_get(node, "value"), UINT64_MAX, &c->value, e) < 0 ||
	    json_uint(json_get(node, "valueTwo"), UINT64_MAX, &c->two, e) < 0 ||
	    seccomp_read_word(node, "op", json_get(node, "op"), operators,
			      COUNT(operators), &op, e) < 0)
		return -1;
	c->arg = (unsigned char)index;
	c->op = (unsigned char)op;
	if (op != SECCOMP_MASKED_EQ)
		c->two = 0;
	return 0;
}

/* Does each condition of an array have an argument of its own? */
static int read_distinct(const struct json_node *args, bool *distinct,
			 struct errmsg *e)
{
	struct seccomp_cond c;
	unsigned seen = 0;

	*distinct = true;
	for (const struct json_node *a = args->first; a; a = a->next) {
		if (read_cond(a, &c, e) < 0)
			return -1;
		if (seen & 1U << c.arg)
			*distinct = false;
		seen |= 1U << c.arg;
	}
	return 0;
}

static struct seccomp_rule *seccomp_add_rule(struct seccomp_policy *p,
					     uint32_t action, struct errmsg *e)
{
	void *rules = p->rule;

	if (make_room(&rules, p->rules, sizeof(*p->rule), e) < 0)
		return NULL;
	p->rule = rules;
	p->rule[p->rules] = (struct seccomp_rule){ .action = action };
	return &p->rule[p->rules++];
}

/* The rules that one object of the profile makes. */
static int add_rules(const struct json_node *args, struct seccomp_policy *p,
		     uint32_t action, struct errmsg *e)
{
	struct seccomp_rule *rule = NULL;
	bool distinct;

	if (json_want(args, JSON_ARRAY, e) < 0)
		return -1;
	if (!args || !args->first)
		return seccomp_add_rule(p, action, e) ? 0 : -1;
	if (read_distinct(args, &distinct, e) < 0)
		return -1;
	for (const struct json_node *a = args->first; a; a = a->next) {
		if (!rule || !distinct)
			rule = seccomp_add_rule(p, action, e);
		if (!rule || read_cond(a, &rule->cond[rule->n], e) < 0)
			return -1;
		/* A mask of 0 is met by all values: no condition. */
		rule->n += rule->cond[rule->n].op != SECCOMP_MASKED_EQ ||
			   rule->cond[rule->n].value != 0;
	}
	return 0;
}

static int add_use(struct seccomp_policy *p, int call, size_t rule,
		   struct errmsg *e)
{
	void *uses = p->use;

	if (p->uses == USES_MAX)
		return errmsg(e, E2BIG,
			      "a seccomp profile names too many "
			      "system calls");
	if (make_room(&uses, p->uses, sizeof(*p->use), e) < 0)
		return -1;
	p->use = uses;
	p->use[p->uses++] = (struct seccomp_use){ call, rule };
	return 0;
}

/* Names that are not known are those of other kernels: skipped. */
static int add_uses(const struct json_node *name, struct seccomp_policy *p,
		    size_t first, struct errmsg *e)
{
	const char *text = NULL;
	int call;

	if (json_string(name, &text, e) < 0)
		return -1;
	call = seccomp_call(text);
	for (size_t rule = first; call >= 0 && rule < p->rules; rule++) {
		if (add_use(p, call, rule, e) < 0)
			return -1;
	}
	return 0;
}

static int read_syscall(const struct json_node *node, struct seccomp_policy *p,
			struct errmsg *e)
{
	const struct json_node *names = json_get(node, "names");
	size_t first = p->rules;
	uint32_t action = 0;

	if (json_want(node, JSON_OBJECT, e) < 0 ||
	    json_want(names, JSON_ARRAY, e) < 0 ||
	    read_action(node, "action", "errnoRet", &action, e) < 0 ||
	    add_rules(json_get(node, "args"), p, action, e) < 0)
		return -1;
	if (!names || !names->first)
		return json_error(e, names ? names : node,
				  "want the name of a system call");
	for (const struct json_node *n = names->first; n; n = n->next) {
		if (add_uses(n, p, first, e) < 0)
			return -1;
	}
	return 0;
}

static int read_syscalls(const struct json_node *array,
			 struct seccomp_policy *p, struct errmsg *e)
{
	if (json_want(array, JSON_ARRAY, e) < 0)
		return -1;
	if (!array)
		return 0;
	for (const struct json_node *s = array->first; s; s = s->next) {
		if (read_syscall(s, p, e) < 0)
			return -1;
	}
	return 0;
}

/* SCMP_ACT_NOTIFY is refused, so that nothing would listen. */
static int check_listener(const struct json_node *profile, struct errmsg *e)
{
	const struct json_node *path = json_get(profile, "listenerPath");
	const struct json_node *data = json_get(profile, "listenerMetadata");

	if (json_want(path, JSON_STRING, e) < 0 ||
	    json_want(data, JSON_STRING, e) < 0)
		return -1;
	if (data && *data->text && !path)
		return json_error(e, data, "want a listenerPath with it");
	return 0;
}

static int read_profile(const struct json_node *profile,
			struct seccomp_policy *p, unsigned *flags,
			struct errmsg *e)
{
	if (json_want(profile, JSON_OBJECT, e) < 0 ||
	    read_action(profile, "defaultAction", "defaultErrnoRet",
			&p->otherwise, e) < 0 ||
	    seccomp_read_set(json_get(profile, "architectures"), architectures,
			     COUNT(architectures), &p->arches, e) < 0 ||
	    seccomp_read_set(json_get(profile, "flags"), flag_words,
			     COUNT(flag_words), flags, e) < 0 ||
	    check_listener(profile, e) < 0)
		return -1;
	return read_syscalls(json_get(profile, "syscalls"), p, e);
}

int seccomp_read_policy(const struct json_node *profile,
			struct seccomp_policy *policy, unsigned *flags,
			struct errmsg *e)
{
	int why;

	*policy = (struct seccomp_policy){ .rules = 0 };
	*flags = 0;
	if (read_profile(profile, policy, flags, e) == 0)
		return 0;
	why = errno;
	seccomp_policy_free(policy);
	errno = why;
	return -1;
}

static int generate(const struct json_node *profile,
		    struct seccomp_policy *policy, struct seccomp_prog *prog,
		    struct errmsg *e)
{
	enum seccomp_arch native = native_arch();
	int n;

	if (native == SECCOMP_ARCHES) {
		(void)json_error(e, profile,
				 "the system calls of this machine are not "
				 "known");
		errno = ENOTSUP;
		return -1;
	}
	policy->arches |= 1U << native;
	prog->insns = calloc(SECCOMP_INSNS_MAX, sizeof(*prog->insns));
	n = prog->insns ? seccomp_generate(policy, native, prog->insns) : -1;
	if (n > 0) {
		prog->n = (size_t)n;
		return 0;
	}
	n = errno;
	free(prog->insns);
	prog->insns = NULL;
	if (n != E2BIG)
		return errmsg(e, n, "cannot compile a seccomp profile");
	(void)json_error(e, profile,
			 "the filter would have more than %d "
			 "instructions",
			 SECCOMP_INSNS_MAX);
	errno = E2BIG;
	return -1;
}

int seccomp_compile(const struct json_node *profile, struct seccomp_prog *prog,
		    struct errmsg *e)
{
	struct seccomp_policy policy;
	int status, why;

	if (seccomp_read_policy(profile, &policy, &prog->flags, e) < 0)
		return -1;
	status = generate(profile, &policy, prog, e);
	why = errno;
	seccomp_policy_free(&policy);
	errno = why;
	return status;
}
