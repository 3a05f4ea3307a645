/*
 * rlimit - what a process may use: resource limits, and its place among those
 * that the kernel kills for want of memory.
 */
#ifndef RLIMIT_H
#define RLIMIT_H

#include <sys/resource.h>

struct errmsg;

struct limit {
	int resource; /* RLIMIT_* */
	struct rlimit value;
};

/*
 * rlimit_parse - a limit from a word: NAME=SOFT, for both, or NAME=SOFT:HARD
 *
 * word   a name as in getrlimit(2), "nofile"; whole numbers, or "unlimited"
 * limit  set on success alone
 *
 * Returns 0; -1, EINVAL and f filled in with what is wrong.
 */
int rlimit_parse(const char *word, struct limit *limit, struct errmsg *f);

/* rlimit_set - set one; 0, or -1 and errno from setrlimit(2), f filled in */
int rlimit_set(const struct limit *limit, struct errmsg *f);

/* rlimit_name - the names in order, the i-th from 0, NULL after the last */
const char *rlimit_name(int i, int *resource);

/* Room for a limit as text. */
#define RLIMIT_TEXT_MAX 24

/* rlimit_text - a number or "unlimited", as rlimit_parse takes it; buf */
const char *rlimit_text(char buf[RLIMIT_TEXT_MAX], rlim_t value);

/* rlimit_parse_oom - -1000..1000 from a word; 0, or -1, EINVAL or ERANGE */
int rlimit_parse_oom(const char *word, int *score);

/*
 * rlimit_set_oom - set oom_score_adj of this process
 *
 * Returns 0; -1 with f filled in: EACCES (lower, without CAP_SYS_RESOURCE),
 * else as procdir_open. Source: proc(5).
 */
int rlimit_set_oom(int score, struct errmsg *f);

/* rlimit_get_oom - read it; 0, or -1 and errno */
int rlimit_get_oom(int *score);

#endif
