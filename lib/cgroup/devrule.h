/*
 * devrule - rules about devices: which may be opened, and made.
 */
#ifndef DEVRULE_H
#define DEVRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct errmsg;

/* BPF_DEVCG_*, linux/bpf.h. */
#define DEVRULE_BLOCK 1U
#define DEVRULE_CHAR  2U
#define DEVRULE_MKNOD 1U
#define DEVRULE_READ  2U
#define DEVRULE_WRITE 4U
#define DEVRULE_ALL   7U

#define DEVRULE_ANY (-1) /* as a major or minor number */

#define DEVRULE_MAX 1000

struct devrule {
	bool allow;
	unsigned types;	 /* DEVRULE_BLOCK, DEVRULE_CHAR or both */
	unsigned access; /* DEVRULE_MKNOD and so on */
	int major, minor;
};

/* The last rule that is about a device and an access decides about it; where
 * none is, it is allowed. */
struct devrules {
	size_t n;
	struct devrule rule[DEVRULE_MAX];
};

/*
 * devrule_add_words - add the rules that words make
 *
 * words  NULL at the end; each has one or more words of "allow|deny TYPE
 *	  [MAJOR:MINOR] [ACCESS]", and a rule begins with allow or deny
 *
 * Returns 0; -1 and errno with e filled in: EINVAL, E2BIG (over DEVRULE_MAX).
 */
int devrule_add_words(struct devrules *rules, char **words, struct errmsg *e);

/*
 * devrule_add_file - add the rules of a file, one a line
 *
 * file  "-": standard input. Empty lines and those that begin with # do not
 *	 count
 *
 * Returns 0; -1 and errno with e filled in: as above, else from open(2),
 *read(2).
 */
int devrule_add_file(struct devrules *rules, const char *file,
		     struct errmsg *e);

/* Room for a rule as text. */
#define DEVRULE_TEXT_MAX 48

/* devrule_text - "c 1:3 rwm", as devices.allow of cgroups version 1 has it */
const char *devrule_text(char buf[DEVRULE_TEXT_MAX], const struct devrule *r);

/* DEVRULE_TEXT - into a buffer that lives to the end of the block. */
#define DEVRULE_TEXT(rule_) devrule_text((char[DEVRULE_TEXT_MAX]){ 0 }, rule_)

/*
 * devrule_parse - the same text, or one of a rule's words, read back
 *
 * words  of a rule after allow or deny, blanks between them
 *
 * Returns 0, or -1 and errno EINVAL; r->allow stays.
 */
int devrule_parse(const char *words, struct devrule *r);

/* devrule_covers - is every device of b one of a? */
bool devrule_covers(const struct devrule *a, const struct devrule *b);

/* devrule_overlaps - is there a device of both? */
bool devrule_overlaps(const struct devrule *a, const struct devrule *b);

/* devrule_total - is it about all devices and accesses? */
bool devrule_total(const struct devrule *r);

#endif
