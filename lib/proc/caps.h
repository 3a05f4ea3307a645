/*
 * caps - the capability sets of this process.
 *
 * A set is a mask with bit N for capability N.
 */
#ifndef CAPS_H
#define CAPS_H

#include <stdint.h>

struct errmsg;

/* Of which others need to know the number, linux/capability.h. */
#define CAPS_SETGID    (1ULL << 6)
#define CAPS_SETUID    (1ULL << 7)
#define CAPS_SYS_ADMIN (1ULL << 21)

struct caps {
	uint64_t inheritable, permitted, effective, bounding, ambient;
};

/* caps_known - those that the kernel has */
uint64_t caps_known(void);

/*
 * caps_parse - the set that a list of names makes
 *
 * list  words with commas between them: a name as in capabilities(7), in upper
 *       or lower case, with cap_ or without; cap_N, a number; all; none. With
 *       + or - before it a word adds or removes.
 * now   the set to start from; it is nothing where the first word has no sign
 * set   set on success alone
 *
 * Returns 0; -1, EINVAL and f filled in with what is wrong about which word.
 */
int caps_parse(const char *list, uint64_t now, uint64_t *set, struct errmsg *f);

/* caps_name - the name of a capability, "chown" for 0; NULL after the last */
const char *caps_name(int number);

/* Room for all names there are or will be. */
#define CAPS_TEXT_MAX 2048

/* caps_text - names with commas between them, "none" or "all"; returns buf */
const char *caps_text(char buf[CAPS_TEXT_MAX], uint64_t set);

/* CAPS_TEXT - caps_text() into a buffer that lives to the end of the block. */
#define CAPS_TEXT(set_) caps_text((char[CAPS_TEXT_MAX]){ 0 }, set_)

/* caps_effective - what this process has now; nothing where that cannot be
 * told */
uint64_t caps_effective(void);

/*
 * caps_get - all five of this process
 *
 * bounds  those of the bounding set that are asked for, a call for each; the
 *         others are left out. UINT64_MAX: all
 *
 * Returns 0, or -1 and errno from capget(2).
 */
int caps_get(struct caps *c, uint64_t bounds);

/*
 * caps_set - the inheritable, permitted and effective sets; the others of c are
 * not looked at
 *
 * Returns 0; -1 and errno EPERM. Source: capset(2), capabilities(7).
 */
int caps_set(const struct caps *c);

/*
 * caps_inherit_none - empty the inheritable set, and with it the ambient one
 *
 * Returns 0; -1 and errno from capget(2) or capset(2).
 */
int caps_inherit_none(void);

/*
 * caps_bound - drop from the bounding set what is not in keep
 *
 * Returns 0; -1 and errno EPERM (no CAP_SETPCAP).
 */
int caps_bound(uint64_t keep);

/*
 * caps_surround - make the ambient set what set says
 *
 * Returns 0; -1 and errno EPERM (one of them is not permitted, or not
 * inheritable, or the securebits forbid it).
 */
int caps_surround(uint64_t set);

#endif
