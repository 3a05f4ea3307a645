/*
 * subid - the ids that /etc/subuid and /etc/subgid lend to a user.
 */
#ifndef SUBID_H
#define SUBID_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Room for the number and the names of a user, with colons around each. */
#define SUBID_OWNERS 512

struct subid {
	FILE *file;
	char owners[SUBID_OWNERS];
};

/* subid_file - "/etc/subuid", or "/etc/subgid" for groups */
const char *subid_file(bool groups);

/*
 * subid_open - start to read the ranges of a user
 *
 * uid  whose; its lines begin with the number or with a name that /etc/passwd
 *      has for it (users.h)
 *
 * Returns 0; -1 and errno from open(2), with nothing to close.
 * Source: subuid(5), subgid(5), passwd(5).
 */
int subid_open(struct subid *s, bool groups, uid_t uid);

/*
 * subid_next - the next range of the user
 *
 * first, count  ids from first to first+count-1, count >= 1, none above
 *               4294967294; lines that are not of this form are passed over
 *
 * Returns 1; 0 at the end; -1 and errno from read(2).
 */
int subid_next(struct subid *s, unsigned *first, unsigned *count);

/* subid_close - end reading, keep errno */
void subid_close(struct subid *s);

#endif
