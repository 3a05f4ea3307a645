/*
 * limits - resources from words, as the update command of a runtime has them.
 */
#ifndef LIMITS_H
#define LIMITS_H

struct errmsg;
struct json_node;
struct strlist;

/*
 * limits_read - an object linux.resources that says what words do
 *
 * words  "NAME=VALUE" each: memory, memory-reservation, memory-swap (bytes, or
 *	  with b, k, m, g, t as unit, or -1), cpu-share, cpu-quota, cpu-period,
 *	  cpu-burst, cpu-idle, cpu-rt-period, cpu-rt-runtime, pids-limit,
 *	  blkio-weight (numbers), cpuset-cpus, cpuset-mems
 *
 * Returns its root, which lives to the exit; NULL, with e filled in.
 */
const struct json_node *limits_read(const struct strlist *words,
				    struct errmsg *e);

#endif
