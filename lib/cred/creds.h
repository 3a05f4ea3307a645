/*
 * creds - give this process other ids, fewer capabilities, and the place they
 * work in.
 */
#ifndef CREDS_H
#define CREDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct errmsg;

/* The kernel has room for 65536; no user is in that many. */
#define CREDS_GROUPS_MAX 1024

struct creds {
	bool has_uid, has_gid, has_groups; /* is it to be changed? */
	bool has_bounding, has_inheritable, has_ambient;
	bool no_new_privs;
	bool filter; /* a seccomp filter is loaded afterwards */
	uid_t uid;   /* real, effective and saved; also of terminals */
	gid_t gid;   /* real, effective and saved */
	int n;	     /* how many groups */
	gid_t groups[CREDS_GROUPS_MAX];
	uint64_t bounding, inheritable, ambient; /* the whole sets, caps.h */
	const char *chdir;			 /* where to go, or NULL */
	const int *stdio;			 /* what will be 0, 1 and 2 */
};

/* What a command line says, in setpriv(1)'s words; NULL or false: nothing. */
struct creds_words {
	const char *reuid, *regid; /* numbers or names */
	const char *groups;	   /* some of them, with commas between */
	bool clear_groups, init_groups;
	const char *bounding_set, *inh_caps, *ambient_caps; /* caps_parse */
};

/*
 * creds_parse - what the words mean, in this root and for this process
 *
 * c  changed where there are words for it
 *
 * Returns 0; -1 and errno EINVAL with f filled in: a word is wrong in itself;
 * another errno: a name is not there, see users.h. In credwords.c.
 */
int creds_parse(const struct creds_words *w, struct creds *c, struct errmsg *f);

/*
 * creds_check - can capabilities become what is asked for?
 *
 * Changes nothing. Returns 0; -1 with f filled in.
 */
int creds_check(const struct creds *c, struct errmsg *f);

/*
 * creds_apply - change all that is asked for, in an order in which the rights
 * that a step needs are still there
 *
 * A terminal that becomes 0, 1 or 2 is given to the user first: each of stdio
 * that is not -1; where all are, each of 0, 1 and 2 that is the terminal of a
 * session that this process leads. Nothing but a pty's slave is touched.
 *
 * The permitted and effective sets end up as after the exec of a program
 * without capabilities of its own, so that a tool called in this process has no
 * more than one executed. CAP_SYS_ADMIN is kept for a filter that needs it: the
 * exec takes it away.
 *
 * Ids are read back. The directory is entered with the rights of before, or
 * those of after where they do better, and has a path under the root.
 *
 * Returns 0; -1 with f filled in, part of it done.
 * Source: credentials(7), capabilities(7), getcwd(2).
 */
int creds_apply(const struct creds *c, struct errmsg *f);

#endif
