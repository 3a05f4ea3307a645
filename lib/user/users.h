/*
 * users - the users and groups of this root, out of its own files.
 *
 * /etc/passwd and /etc/group are read here and not by libc: a name service
 * would execute code of the root that is entered. Nothing in them is trusted:
 * they are regular files of a bounded size, a line that is not whole is not
 * there, and of several lines for a name the first counts.
 */
#ifndef USERS_H
#define USERS_H

#include <limits.h>
#include <sys/types.h>

struct errmsg;

/*
 * users_uid - the user that a word means
 *
 * word  a number, or a name that is in /etc/passwd; a word of digits is never
 *       a name
 * uid   0..4294967294, set on success alone
 *
 * Returns 0; -1 and errno: EINVAL, ERANGE (it can be neither); any other with f
 * filled in, 0 among them (there is no such user).
 */
int users_uid(const char *word, uid_t *uid, struct errmsg *f);

/* users_gid - the same for a group, which is in /etc/group */
int users_gid(const char *word, gid_t *gid, struct errmsg *f);

/*
 * users_groups - the groups of a user, as login(1) gives them
 *
 * word    as for users_uid, one that it found
 * gid     the primary group, or NULL for the one in /etc/passwd
 * groups  room for max, 1 <= max
 *
 * Returns how many there are, the primary one first, none twice; -1 with f
 * filled in: the user is not in /etc/passwd, or has too many.
 */
int users_groups(const char *word, const gid_t *gid, gid_t *groups, int max,
		 struct errmsg *f);

/*
 * users_names - each name that /etc/passwd has for a user
 *
 * name  called with to and the name, which is gone afterwards
 *
 * Returns 0; -1 with f filled in where the file cannot be read.
 */
int users_names(uid_t uid, void (*name)(void *to, const char *text), void *to,
		struct errmsg *f);

/* What /etc/passwd has about a user. */
struct users_account {
	char name[256], home[PATH_MAX], shell[PATH_MAX];
};

/*
 * users_account - the account of a user
 *
 * a  filled in on success alone; an empty home is /, an empty shell /bin/sh
 *
 * Returns 0; -1 and errno with f filled in: there is no line of that user that
 * is whole, or what it says does not fit.
 */
int users_account(uid_t uid, struct users_account *a, struct errmsg *f);

/*
 * users_home - the home directory of a user in /etc/passwd
 *
 * home  filled in on success alone
 *
 * Returns 0; -1 and errno where there is none: no such file, no line of that
 * user that is whole, no directory in it.
 */
int users_home(uid_t uid, char home[PATH_MAX]);

#endif
