/*
 * oracle - the seccomp compiler against libseccomp, over the same profiles
 *
 * oracle FILE...         the profiles in these config.json
 * oracle --random SEED N N profiles made up from SEED
 * oracle --kernel SEED N the same on the kernel itself (x86_64)
 * oracle --cost FILE...  of each architecture the length of our program and the
 *			  mean instructions of a call, and the same of
 *			  libseccomp's as a list and as a tree
 * oracle --time FILE...  ns of two calls on the kernel: see time_file()
 *
 * Both programs, and the rules of seccomp.h read word by word, are run over
 * every number and the boundary values of every argument. libseccomp's filter
 * is made as runc makes it. Ours must always do what the rules say; libseccomp
 * 2.5 must, but that
 * - of several rules that hold it takes one by an order of its own;
 * - it merges rules that compare one argument by order (LT, LE, GT, GE)
 *   wrongly, so that it is asked about each rule alone;
 * - it cuts x32's arguments, and 32-bit architectures' values that are compared
 *   by order, to 32 bits;
 * - it has other rules for i386's socketcall, ipc and what goes through these:
 *   the conditions on what is in memory, and no version of ipc;
 * - these calls have no number for runc, where it looks for the newest one.
 */
#if __has_include(<seccomp.h>)
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "ocispec/seccomp.h"
#include "oracle.h"

#define X32 0x40000000U

/* What came of it all. */
struct count {
	unsigned long points, overlaps, young, narrow, merged, multiplexed;
};

/* The two programs of a profile for one kernel, and its tables. */
struct trial {
	const char *name;
	struct profile p;
	struct filter theirs;
	struct seccomp_insn code[SECCOMP_INSNS_MAX];
	int n;
	struct table table[ARCHES];
	struct count count;
	uint64_t dice;
	unsigned failures;
};

static void complain(struct trial *t, const struct arch *arch,
		     const struct seccomp_data *d, uint32_t want, uint32_t ours,
		     uint32_t theirs)
{
	if (t->failures++ > 20)
		return;
	printf("%s: %s call %u (", t->name, arch->name, (uint32_t)d->nr);
	for (int i = 0; i < 6; i++)
		printf("%s%#llx", i ? ", " : "",
		       (unsigned long long)d->args[i]);
	printf("): rules %#x, ours %#x, libseccomp %#x\n", want, ours, theirs);
}

/* Is libseccomp of one mind with us about each rule by itself? */
static bool agreed(struct trial *t, const struct arch *arch,
		   const struct seccomp_data *d, const struct table *table,
		   bool *narrow)
{
	unsigned at = slot(arch, (uint32_t)d->nr);
	struct seccomp_data cut = *d;

	for (int i = 0; i < 6; i++)
		cut.args[i] = (uint32_t)d->args[i];
	for (unsigned i = 0; i < table->n[at]; i++) {
		const struct rule *r = &t->p.rule[table->rule[at][i]];
		bool theirs = holds_alone(arch, r, d);

		if (theirs == all_hold(r, d, width(arch)))
			continue;
		*narrow = arch->ours == SECCOMP_X32 || width(arch) == 32;
		if (!*narrow || theirs != all_hold(r, &cut, 0))
			return false;
	}
	return true;
}

static bool among(const struct verdict *v, uint32_t theirs)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (v->all[i] == theirs)
			return true;
	}
	return false;
}

/* Is that call of i386 socketcall, ipc, or one that goes through these? */
static bool multiplexed(int nr)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, nr);
	int call = name ? seccomp_call(name) : -1;
	uint64_t n;

	free(name);
	return nr == 102 || nr == 117 ||
	       (call >= 0 && seccomp_multiplexed(call, &n) >= 0);
}

static bool excused(struct trial *t, const struct arch *arch,
		    const struct seccomp_data *d, const struct verdict *v,
		    uint32_t theirs)
{
	const struct table *table = &t->table[arch - arches];
	bool narrow = false;

	if (among(v, theirs)) {
		t->count.overlaps++;
		return true;
	}
	if (arch->ours == SECCOMP_I386 && multiplexed(d->nr)) {
		t->count.multiplexed++;
		return true;
	}
	if (table->theirs < table->newest && (uint32_t)d->nr > table->theirs) {
		t->count.young++;
		return theirs == (table->theirs ? SCMP_ACT_ERRNO(ENOSYS)
						: t->p.otherwise);
	}
	if (!agreed(t, arch, d, table, &narrow))
		return false;
	if (narrow)
		t->count.narrow++;
	else
		t->count.merged++;
	return true;
}

static void try_point(struct trial *t, const struct arch *arch,
		      struct seccomp_data *d)
{
	const struct table *table = &t->table[arch - arches];
	static struct verdict v;
	uint32_t ours, theirs;
	unsigned steps = 0;

	judge(&t->p, arch, table, d, &v);
	ours = interpret((const struct sock_filter *)t->code, (size_t)t->n, d,
			 &steps);
	theirs = ask_theirs(&t->theirs, &t->p, table, d);
	t->count.points++;
	if (ours != v.action ||
	    (theirs != v.action && !excused(t, arch, d, &v, theirs)))
		complain(t, arch, d, v.action, ours, theirs);
}

/* Values about the edges of a condition. */
static uint64_t edge(uint64_t *dice, const struct scmp_arg_cmp *c)
{
	uint64_t v = c->op == SCMP_CMP_MASKED_EQ ? c->datum_b : c->datum_a;

	switch (chance(dice, 12)) {
	case 0:
		return v + 1;
	case 1:
		return v - 1;
	case 2:
		return v + (1ULL << 32);
	case 3:
		return v - (1ULL << 32);
	case 4:
		return v ^ (1ULL << chance(dice, 64));
	case 5:
		return v >> 32 | v << 32;
	case 6:
		return (uint32_t)v;
	case 7:
		return c->op == SCMP_CMP_MASKED_EQ ? v | ~c->datum_a : ~v;
	case 8:
		return 0;
	case 9:
		return UINT64_MAX;
	default:
		return v;
	}
}

static void set_args(uint64_t *dice, const struct rule *r,
		     const struct arch *arch, struct seccomp_data *d)
{
	for (unsigned i = 0; i < r->n; i++)
		d->args[r->cond[i].arg] = edge(dice, &r->cond[i]);
	for (unsigned i = 0; width(arch) == 32 && i < 6; i++)
		d->args[i] = (uint32_t)d->args[i];
}

static void try_number(struct trial *t, const struct arch *arch, uint32_t nr,
		       unsigned each)
{
	const struct table *table = &t->table[arch - arches];
	unsigned at = slot(arch, nr);
	uint64_t *dice = &t->dice;
	struct seccomp_data d = { .nr = (int)nr, .arch = arch->audit };

	try_point(t, arch, &d);
	for (unsigned i = 0; i < table->n[at]; i++) {
		const struct rule *r = &t->p.rule[table->rule[at][i]];

		for (unsigned n = 0; r->n > 0 && n < each * r->n; n++) {
			const struct rule *other =
				&t->p.rule[table->rule[at][chance(
					dice, table->n[at])]];

			for (int k = 0; k < 6; k++)
				d.args[k] = chance(dice, 4);
			set_args(dice, other, arch, &d);
			set_args(dice, r, arch, &d);
			try_point(t, arch, &d);
		}
	}
}

static void try_arch(struct trial *t, const struct arch *arch, unsigned each)
{
	uint32_t base = arch->ours == SECCOMP_X32 ? X32 : 0;

	for (uint32_t nr = 0; nr < 480; nr++)
		try_number(t, arch, base + nr, each);
	for (uint32_t nr = 0x0f0000; nr < 0x0f0008; nr++)
		try_number(t, arch, base + nr, each);
	try_number(t, arch, base + 0x3fffffff, each);
}

static void try_family(struct trial *t, const struct json_node *node,
		       enum seccomp_arch native, unsigned each)
{
	struct seccomp_policy policy;
	struct errmsg e;
	unsigned flags;

	if (seccomp_read_policy(node, &policy, &flags, &e) < 0)
		errx(1, "%s: %s", t->name, e.what);
	policy.arches |= 1U << native;
	read_profile(node, &t->p);
	for (size_t i = 0; i < ARCHES; i++)
		t->p.arch[i] |= arches[i].ours == native;
	t->n = seccomp_generate(&policy, native, t->code);
	if (t->n < 0)
		err(1, "%s: cannot generate", t->name);
	build_theirs(&t->p, native, false, &t->theirs);
	for (size_t i = 0; i < ARCHES; i++) {
		if (arches[i].native != native || !t->p.arch[i])
			continue;
		fill_table(&t->p, &arches[i], &t->table[i]);
		try_arch(t, &arches[i], each);
	}
	seccomp_policy_free(&policy);
}

#define KERNEL_POINTS 2000

/* 335 and 336 are those of uprobes, which no filter sees: Linux 6.14. */
static bool may_ask(int nr)
{
	return nr != SYS_exit_group && nr != 335 && nr != 336;
}

/* Calls about whose arguments there are rules, and others. */
static void take_points(struct trial *t, struct seccomp_data *d, bool with_32)
{
	uint64_t *dice = &t->dice;

	for (int i = 0; i < KERNEL_POINTS; i++) {
		const struct arch *arch = &arches[chance(dice, 3)];
		const struct table *table = &t->table[arch - arches];
		unsigned at = chance(dice, 460);

		if (arch->ours == SECCOMP_I386 && !with_32)
			arch = arches;
		while (t->p.arch[arch - arches] && chance(dice, 4) &&
		       table->n[at] == 0 && at < 460)
			at++;
		d[i] = (struct seccomp_data){ .nr = (int)at,
					      .arch = arch->audit };
		if (arch->ours == SECCOMP_X32)
			d[i].nr |= (int)X32;
		if (!may_ask(d[i].nr))
			d[i].nr = 0;
		for (int k = 0; k < 6; k++)
			d[i].args[k] = chance(dice, 4);
		if (t->p.arch[arch - arches] && table->n[at])
			set_args(dice,
				 &t->p.rule[table->rule[at][chance(
					 dice, table->n[at])]],
				 arch, &d[i]);
	}
}

static unsigned try_kernel(struct trial *t)
{
	static struct seccomp_data d[KERNEL_POINTS];
	const struct sock_filter *code = (const struct sock_filter *)t->code;
	int wrong;

	take_points(t, d, runs_32());
	wrong = ask_kernel(code, (size_t)t->n, d, KERNEL_POINTS);
	if (wrong >= 0)
		printf("%s: the kernel does something else with call %#x\n",
		       t->name, (unsigned)d[wrong].nr);
	return wrong >= 0;
}

static void print_count(const char *name, const struct count *c)
{
	printf("%s: %lu points; libseccomp differs: %lu another rule that "
	       "holds, %lu rules merged wrongly, %lu arguments cut to 32 bits, "
	       "%lu multiplexed, %lu young\n",
	       name, c->points, c->overlaps, c->merged, c->narrow,
	       c->multiplexed, c->young);
}

static void add_count(struct count *sum, const struct count *c)
{
	sum->points += c->points;
	sum->overlaps += c->overlaps;
	sum->merged += c->merged;
	sum->narrow += c->narrow;
	sum->multiplexed += c->multiplexed;
	sum->young += c->young;
}

static const struct json_node *find_profile(const struct json *doc)
{
	const struct json_node *root = json_root(doc);
	const struct json_node *p = json_get(json_get(root, "linux"),
					     "seccomp");

	return p ? p : root;
}

static struct json *read_file(const char *file)
{
	struct errmsg e;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct json *doc = fd < 0 ? NULL : json_read(fd, &e);

	if (fd < 0)
		err(1, "%s", file);
	if (!doc)
		errx(1, "%s: %s", file, e.what);
	(void)close(fd);
	return doc;
}

static unsigned try_file(const char *file)
{
	static struct trial t;
	struct json *doc = read_file(file);

	t.name = file;
	t.failures = 0;
	t.count = (struct count){ 0 };
	try_family(&t, find_profile(doc), SECCOMP_X86_64, 200);
	try_family(&t, find_profile(doc), SECCOMP_AARCH64, 200);
	print_count(file, &t.count);
	json_free(doc);
	return t.failures > 0;
}

/* ns of a call that has conditions and of one that is refused: with no filter,
 * with ours, with libseccomp's list and its tree. */
static void time_file(const char *file)
{
	static const int calls[] = { SYS_personality, SYS_init_module };
	static struct trial t;
	static struct filter f[4];
	struct json *doc = read_file(file);

	t.name = file;
	try_family(&t, find_profile(doc), SECCOMP_X86_64, 0);
	memcpy(f[1].code, t.code, (size_t)t.n * sizeof(*f[1].code));
	f[1].n = (size_t)t.n;
	build_theirs(&t.p, SECCOMP_X86_64, false, &f[2]);
	build_theirs(&t.p, SECCOMP_X86_64, true, &f[3]);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		printf("%d", calls[i]);
		for (int k = 0; k < 4; k++)
			printf(" %.0f", time_filter(&f[k], calls[i]));
		printf("\n");
	}
	json_free(doc);
}

/* The length of each program, and how many instructions a call runs in the
 * mean: ours, libseccomp's list and its tree. */
static void cost_arch(struct trial *t, const struct arch *arch)
{
	static struct filter f[3];
	unsigned long steps[3] = { 0 }, n = 0;

	memcpy(f[0].code, t->code, (size_t)t->n * sizeof(*f[0].code));
	f[0].n = (size_t)t->n;
	build_theirs(&t->p, arch->native, false, &f[1]);
	build_theirs(&t->p, arch->native, true, &f[2]);
	for (uint32_t nr = 0; nr < SLOTS; nr++) {
		struct seccomp_data d = { .arch = arch->audit };
		char *name;

		d.nr = (int)(nr | (arch->ours == SECCOMP_X32 ? X32 : 0));
		name = seccomp_syscall_resolve_num_arch(arch->scmp, d.nr);
		for (int i = 0; name && i < 3; i++) {
			unsigned one = 0;

			(void)interpret(f[i].code, f[i].n, &d, &one);
			steps[i] += one;
		}
		n += name != NULL;
		free(name);
	}
	printf("%s %s", t->name, arch->name);
	for (int i = 0; i < 3; i++)
		printf(" %zu %.1f", f[i].n, (double)steps[i] / (double)n);
	printf("\n");
}

static void cost_file(const char *file)
{
	static struct trial t;
	struct json *doc = read_file(file);

	t.name = file;
	for (size_t i = 0; i < ARCHES; i++) {
		if (i == 0 || arches[i].native != arches[i - 1].native)
			try_family(&t, find_profile(doc), arches[i].native, 0);
		if (t.p.arch[i])
			cost_arch(&t, &arches[i]);
	}
	json_free(doc);
}

static unsigned try_seed(uint64_t seed, bool kernel, struct count *sum)
{
	static struct trial t;
	static char buf[65536], name[32];
	struct errmsg e;
	struct json *doc;
	size_t n;

	(void)snprintf(name, sizeof(name), "seed %llu",
		       (unsigned long long)seed);
	t.name = name;
	t.failures = 0;
	t.count = (struct count){ 0 };
	t.dice = seed * 2654435761U + 12345;
	n = make_up(&t.dice, buf, sizeof(buf));
	doc = json_parse(buf, n, &e);
	if (!doc)
		errx(1, "%s: %s", buf, e.what);
	try_family(&t, json_root(doc), SECCOMP_X86_64, kernel ? 0 : 4);
	if (kernel)
		t.failures += try_kernel(&t);
	else
		try_family(&t, json_root(doc), SECCOMP_AARCH64, 4);
	json_free(doc);
	if (t.failures)
		printf("%s\n", buf);
	add_count(sum, &t.count);
	return t.failures > 0;
}

static unsigned try_random(uint64_t seed, unsigned long n, bool kernel)
{
	struct count sum = { 0 };
	unsigned failures = 0;

	for (; n > 0 && failures < 5; n--)
		failures += try_seed(seed++, kernel, &sum);
	print_count("random", &sum);
	return failures;
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";
	bool kernel = strcmp(how, "--kernel") == 0;
	unsigned failures = 0;

	if (argc == 4 && (kernel || strcmp(how, "--random") == 0))
		return try_random(strtoull(argv[2], NULL, 10),
				  strtoul(argv[3], NULL, 10), kernel) > 0;
	if (strcmp(how, "--cost") == 0 || strcmp(how, "--time") == 0) {
		for (int i = 2; i < argc; i++)
			(how[2] == 'c' ? cost_file : time_file)(argv[i]);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		failures += try_file(argv[i]);
	return failures > 0;
}
#else
typedef int oracle_needs_libseccomp;
#endif
