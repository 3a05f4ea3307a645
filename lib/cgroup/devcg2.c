/* devcg2 - rules about devices for a cgroup of version 2: a program */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "cgroup/devcg2.h"
#include "cgroup/devrule.h"

/* bpf(2), linux/bpf.h, which musl does not have: commands, */
#define PROG_LOAD   5
#define PROG_ATTACH 8
#define PROG_DETACH 9
#define PROG_GET_FD 13
#define PROG_INFO   15
#define PROG_QUERY  16
/* types and flags. */
#define TYPE_CGROUP_DEVICE 15
#define AT_CGROUP_DEVICE   6
#define ALLOW_MULTI	   2U
#define REPLACE		   4U /* 5.6 */

/* Our programs are known by this. */
#define PROGRAM_NAME "cgdevice"

/* More than the kernel has in one cgroup: BPF_CGROUP_MAX_PROGS. */
#define PROGRAMS_MAX 128

/* An access is asked for once, so that a race with another caller is lost so
 * many times at most. */
#define TRIES 8

struct insn {
	uint8_t code;
	uint8_t registers; /* destination, source << 4 */
	int16_t offset;
	int32_t value;
};

struct load_attr {
	uint32_t type, n;
	uint64_t insns, license;
	uint32_t log_level, log_size;
	uint64_t log;
	uint32_t kernel, flags;
	char name[16];
};

struct attach_attr {
	uint32_t cgroup, program, type, flags, replaced;
};

struct query_attr {
	uint32_t cgroup, type, query_flags, flags;
	uint64_t ids;
	uint32_t n;
};

/* struct bpf_prog_info up to its name. */
struct info {
	uint32_t type, id;
	uint8_t tag[8];
	uint32_t jited_n, translated_n;
	uint64_t jited, translated, loaded;
	uint32_t uid, maps_n;
	uint64_t maps;
	char name[16];
};

struct info_attr {
	uint32_t program, size;
	uint64_t info;
};

static int sys_bpf(int command, void *attr, size_t size)
{
	return (int)syscall(SYS_bpf, command, attr, size);
}

/* eBPF, as much as is used of it. In the registers: what is allowed of the
 * device, the context, the access asked for, the device's type, major, minor.
 */
enum reg { ALLOWED, CONTEXT, ACCESS, TYPE, MAJOR, MINOR };

enum code {
	LOAD = 0x61, /* 32 bits of memory */
	AND = 0x57,
	AND_REG = 0x5f,
	OR = 0x47,
	XOR = 0xa7,
	SHIFT = 0x77, /* to the right */
	MOVE = 0xb7,
	MOVE_REG = 0xbf,
	JUMP_IF = 0x15,
	JUMP_UNLESS = 0x55,
	JUMP = 0x05,
	RETURN = 0x95,
};

struct program {
	struct insn *insns;
	size_t n;
};

static void devcg2_emit(struct program *p, enum code code, enum reg to,
			enum reg from, int offset, int value)
{
	p->insns[p->n++] = (struct insn){
		.code = (uint8_t)code,
		.registers = (uint8_t)((unsigned)to | (unsigned)from << 4),
		.offset = (int16_t)offset,
		.value = value,
	};
}

/* struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor. */
static void emit_start(struct program *p)
{
	devcg2_emit(p, LOAD, ACCESS, CONTEXT, 0, 0);
	devcg2_emit(p, MOVE_REG, TYPE, ACCESS, 0, 0);
	devcg2_emit(p, AND, TYPE, 0, 0, 0xffff);
	devcg2_emit(p, SHIFT, ACCESS, 0, 0, 16);
	devcg2_emit(p, LOAD, MAJOR, CONTEXT, 4, 0);
	devcg2_emit(p, LOAD, MINOR, CONTEXT, 8, 0);
	devcg2_emit(p, MOVE, ALLOWED, 0, 0, DEVRULE_ALL);
}

/* Go on behind the next n instructions unless the device is one of a rule's. */
static void emit_match(struct program *p, const struct devrule *r, int n)
{
	bool one_type = r->types == DEVRULE_BLOCK || r->types == DEVRULE_CHAR;

	n += one_type + (r->major >= 0) + (r->minor >= 0);
	if (one_type)
		devcg2_emit(p, JUMP_UNLESS, TYPE, 0, --n, (int)r->types);
	if (r->major >= 0)
		devcg2_emit(p, JUMP_UNLESS, MAJOR, 0, --n, r->major);
	if (r->minor >= 0)
		devcg2_emit(p, JUMP_UNLESS, MINOR, 0, --n, r->minor);
}

static void emit_rule(struct program *p, const struct devrule *r)
{
	emit_match(p, r, 1);
	if (r->allow)
		devcg2_emit(p, OR, ALLOWED, 0, 0, (int)r->access);
	else
		devcg2_emit(p, AND, ALLOWED, 0, 0,
			    (int)(DEVRULE_ALL & ~r->access));
}

static bool is_single(const struct devrule *r)
{
	return r->major >= 0 && r->minor >= 0 &&
	       r->types != (DEVRULE_BLOCK | DEVRULE_CHAR);
}

/* What n rules come to for the devices of one. */
static unsigned fold(const struct devrule *rule, size_t n,
		     const struct devrule *one)
{
	unsigned allowed = DEVRULE_ALL;

	for (size_t i = 0; i < n; i++) {
		if (devrule_covers(&rule[i], one))
			allowed = rule[i].allow ? allowed | rule[i].access
						: allowed & ~rule[i].access;
	}
	return allowed;
}

/*
 * A device that a rule names is decided about here and now; the others go
 * through the rules about many. To have all of them go through all rules would
 * be short, but the verifier follows each way, of which there are too many.
 */
static void emit_rules(struct program *p, const struct devrule *rule, size_t n)
{
	size_t start = p->n;

	for (size_t i = 0; i < n; i++) {
		if (!is_single(&rule[i]))
			continue;
		emit_match(p, &rule[i], 2);
		devcg2_emit(p, MOVE, ALLOWED, 0, 0,
			    (int)fold(rule, n, &rule[i]));
		devcg2_emit(p, JUMP, 0, 0, 0, 0);
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_single(&rule[i]))
			emit_rule(p, &rule[i]);
	}
	for (size_t i = start; i < p->n; i++) {
		if (p->insns[i].code == JUMP)
			p->insns[i].offset = (int16_t)(p->n - i - 1);
	}
}

/* 1 if nothing is asked for that is not allowed, else 0. */
static void emit_end(struct program *p)
{
	devcg2_emit(p, XOR, ALLOWED, 0, 0, DEVRULE_ALL);
	devcg2_emit(p, AND_REG, ACCESS, ALLOWED, 0, 0);
	devcg2_emit(p, MOVE, ALLOWED, 0, 0, 1);
	devcg2_emit(p, JUMP_IF, ACCESS, 0, 1, 0);
	devcg2_emit(p, MOVE, ALLOWED, 0, 0, 0);
	devcg2_emit(p, RETURN, 0, 0, 0, 0);
}

/* The first rule that counts: the last that is about everything. */
static size_t first_rule(const struct devrules *rules)
{
	size_t i = rules->n;

	while (i > 0 && !devrule_total(&rules->rule[i - 1]))
		i--;
	return i ? i - 1 : 0;
}

static bool allows_all(const struct devrules *rules)
{
	for (size_t i = first_rule(rules); i < rules->n; i++) {
		if (!rules->rule[i].allow && rules->rule[i].access)
			return false;
	}
	return true;
}

static int load(const struct devrules *rules, struct errmsg *e)
{
	struct program p = { .n = 0 };
	size_t first = first_rule(rules);
	struct load_attr attr = { .type = TYPE_CGROUP_DEVICE,
				  .license = (uintptr_t) "MIT",
				  .name = PROGRAM_NAME };
	int fd = -1;

	p.insns = calloc(5 * rules->n + 16, sizeof(*p.insns));
	if (!p.insns)
		return errmsg(e, errno, "cannot load a program");
	emit_start(&p);
	emit_rules(&p, &rules->rule[first], rules->n - first);
	emit_end(&p);
	attr.insns = (uintptr_t)p.insns;
	attr.n = (uint32_t)p.n;
	/* The verifier gives up where a signal comes. */
	for (int i = 0; i < TRIES; i++) {
		fd = sys_bpf(PROG_LOAD, &attr, sizeof(attr));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0)
		(void)errmsg(e, errno, "cannot load a program for devices");
	free(p.insns);
	return fd;
}

/*
 * Open the program of that id if it is ours; *ours is -1 if it is not, or gone.
 * One that cannot be looked at may be ours: to go on would leave two.
 */
static int open_ours(uint32_t id, int *ours, struct errmsg *e)
{
	struct info info = { .type = 0 };
	struct info_attr attr = { .size = sizeof(info),
				  .info = (uintptr_t)&info };
	autofd fd = sys_bpf(PROG_GET_FD, &id, sizeof(id));

	*ours = -1;
	if (fd < 0 && errno == ENOENT)
		return 0;
	attr.program = (uint32_t)fd;
	if (fd < 0 || sys_bpf(PROG_INFO, &attr, sizeof(attr)) < 0) {
		(void)errmsg(e, errno, "cannot look at program %u",
			     (unsigned)id);
		errno = EIO;
		return -1;
	}
	if (strcmp(info.name, PROGRAM_NAME) == 0)
		*ours = fd_take(&fd);
	return 0;
}

/* The programs of a cgroup itself. */
struct present {
	uint32_t id[PROGRAMS_MAX];
	uint32_t n, flags;
};

static int devcg2_query(int dir, const char *name, struct present *there,
			struct errmsg *e)
{
	struct query_attr attr = { .cgroup = (uint32_t)dir,
				   .type = AT_CGROUP_DEVICE,
				   .ids = (uintptr_t)there->id,
				   .n = PROGRAMS_MAX };

	if (sys_bpf(PROG_QUERY, &attr, sizeof(attr)) < 0)
		return errmsg_q(e, errno, "cannot list the programs of %s",
				name);
	there->n = attr.n;
	there->flags = attr.flags;
	return 0;
}

static int devcg2_attach(int dir, int program, int replaced)
{
	struct attach_attr attr = { .cgroup = (uint32_t)dir,
				    .program = (uint32_t)program,
				    .type = AT_CGROUP_DEVICE,
				    .flags = ALLOW_MULTI };

	if (replaced < 0)
		return sys_bpf(PROG_ATTACH, &attr, sizeof(attr));
	attr.flags |= REPLACE;
	attr.replaced = (uint32_t)replaced;
	return sys_bpf(PROG_ATTACH, &attr, sizeof(attr));
}

static int detach(int dir, int program)
{
	struct attach_attr attr = { .cgroup = (uint32_t)dir,
				    .program = (uint32_t)program,
				    .type = AT_CGROUP_DEVICE };

	/* Another caller may have taken it off. */
	if (sys_bpf(PROG_DETACH, &attr, sizeof(attr)) < 0 && errno != ENOENT)
		return -1;
	return 0;
}

static int attach_failed(const char *name, const struct present *there,
			 struct errmsg *e)
{
	int why = errno;

	if (why != EPERM || there->n == 0 || there->flags & ALLOW_MULTI)
		return errmsg_q(e, why, "cannot attach a program to %s", name);
	(void)errmsg_q(e, 0,
		       "cannot attach a program to %s: the one that is "
		       "there allows no other",
		       name);
	errno = EPERM;
	return -1;
}

/*
 * One attempt: the new program, or none, in the place of the first of ours;
 * further ones of ours, from two calls at once, are taken off. Before 5.6 a
 * kernel has no REPLACE: both are there for a moment.
 */
static int exchange(int dir, const char *name, int program,
		    struct present *there, struct errmsg *e)
{
	bool done = program < 0;

	for (uint32_t i = 0; i < there->n; i++) {
		autofd old = -1;

		if (open_ours(there->id[i], &old, e) < 0)
			return -1;
		if (old < 0)
			continue;
		if (!done && devcg2_attach(dir, program, old) == 0) {
			done = true;
			continue;
		}
		if (!done &&
		    (errno != EINVAL || devcg2_attach(dir, program, -1) < 0))
			return attach_failed(name, there, e);
		done = true;
		if (detach(dir, old) < 0)
			return errmsg_q(e, errno,
					"cannot detach a program from %s",
					name);
	}
	if (!done && devcg2_attach(dir, program, -1) < 0)
		return attach_failed(name, there, e);
	return 0;
}

int devcg2_set(int dir, const char *name, const struct devrules *rules,
	       struct errmsg *e)
{
	struct present there = { .n = 0 };
	autofd program = -1;

	if (!allows_all(rules)) {
		program = load(rules, e);
		if (program < 0)
			return -1;
	}
	for (int i = 0; i < TRIES; i++) {
		if (devcg2_query(dir, name, &there, e) < 0)
			return -1;
		if (exchange(dir, name, program, &there, e) == 0)
			return 0;
		/* Ours was taken off by another call since the query. */
		if (errno != ENOENT)
			return -1;
	}
	return -1;
}
