/*
 * oracle - the seccomp compiler against libseccomp, over the same profiles.
 *
 * rules.c reads a profile and says word by word what becomes of a call; peer.c
 * makes libseccomp's filter of it, as runc does; machine.c runs programs;
 * made.c makes profiles up; kernel.c asks the kernel; oracle.c compares.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"
#include "ocispec/seccomp_bpf.h"

#define RULES 1000

struct arch {
	const char *name;
	uint32_t scmp;
	uint32_t audit;
	enum seccomp_arch ours;
	enum seccomp_arch native; /* of the kernel that runs it */
};

#define ARCHES 5
extern const struct arch arches[ARCHES];

/* The words of a profile; the actions come first. */
struct word {
	const char *name;
	uint32_t value;
};

#define ACTIONS 8
#define WORDS	15
extern const struct word words[WORDS];

/* A profile as this program reads it. */
struct rule {
	uint32_t action;
	unsigned n;
	struct scmp_arg_cmp cond[6];
	const struct json_node *names;
};

struct profile {
	uint32_t otherwise;
	bool arch[ARCHES];
	struct rule rule[RULES];
	size_t n, own; /* with those of multiplexed calls, and without */
};

struct filter {
	struct sock_filter code[65536];
	size_t n;
};

/* Which rules name which number: slots by number, those of ARM alone last. */
#define SLOTS 1100

struct table {
	unsigned short n[SLOTS];
	unsigned short rule[SLOTS][RULES];
	uint32_t newest; /* as the headers number them; 0: none named */
	uint32_t theirs; /* the newest that runc finds with libseccomp */
};

/* What the rules say: the action, and what the others say that hold as well. */
struct verdict {
	uint32_t action;
	uint32_t all[RULES];
	unsigned n;
};

/* read_profile - read an object linux.seccomp */
void read_profile(const struct json_node *node, struct profile *p);

/* fill_table - which rules are about which number of an architecture */
void fill_table(struct profile *p, const struct arch *arch, struct table *t);

/* slot - where a number is in a table; SLOTS - 1: none */
unsigned slot(const struct arch *arch, uint32_t nr);

/* all_hold - do all conditions of a rule hold? Values are read as 64 bits; with
 * 32, those of EQ, NE and MASKED_EQ as 32 bits, with 0 all of them. */
bool all_hold(const struct rule *r, const struct seccomp_data *d,
	      unsigned bits);

/* width - that of the arguments of an architecture, 64 or 32 */
unsigned width(const struct arch *arch);

/* permits - does a default action let calls through? */
bool permits(uint32_t otherwise);

/* judge - what becomes of a call */
void judge(const struct profile *p, const struct arch *arch,
	   const struct table *t, const struct seccomp_data *d,
	   struct verdict *v);

/* build_theirs - libseccomp's filter; tree: its binary tree, not its list */
void build_theirs(const struct profile *p, enum seccomp_arch native, bool tree,
		  struct filter *f);

/* ask_theirs - what runc's filter returns: libseccomp's, with ENOSYS before it
 */
uint32_t ask_theirs(const struct filter *f, const struct profile *p,
		    const struct table *t, const struct seccomp_data *d);

/* holds_alone - does libseccomp find that a rule holds, where it is the only
 * one of its profile? */
bool holds_alone(const struct arch *arch, const struct rule *r,
		 const struct seccomp_data *d);

/* interpret - run a program; *steps counts its instructions */
uint32_t interpret(const struct sock_filter *code, size_t n,
		   const struct seccomp_data *d, unsigned *steps);

/*
 * ask_kernel - load a program, and make calls under it (x86_64)
 *
 * All actions become errnos of their own, so that nothing is really called.
 * exit_group(2) is not asked about.
 *
 * Returns -1 where the kernel does with each of them what interpret() says,
 * else the first where it does not.
 */
int ask_kernel(const struct sock_filter *code, size_t n,
	       const struct seccomp_data *d, int points);

/* time_filter - the ns that a call, with an argument of 32 ones, takes under a
 * filter; none: n is 0 */
double time_filter(const struct filter *f, int nr);

/* runs_32 - does the kernel take calls of i386? */
bool runs_32(void);

/* chance - 0 to n - 1, after the last one */
uint32_t chance(uint64_t *dice, uint32_t n);

/* make_up - write a profile as JSON; returns its length */
size_t make_up(uint64_t *dice, char *buf, size_t size);

#endif
