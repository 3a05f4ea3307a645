/*
 * sched - how the kernel schedules a process: its policy, CPUs, the priority of
 * its input and output; and the machine that it is told it runs on.
 */
#ifndef SCHED_H
#define SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct errmsg;

/* Of as many CPUs as any kernel is built for. */
#define SCHED_CPUS 8192

/* As on the command line; NULL: not given. */
struct sched_words {
	const char *policy;   /* other, batch, idle, fifo, rr, deadline */
	const char *priority; /* 1 to 99, of fifo and rr */
	const char *nice;     /* -20 to 19, of other and batch */
	const char *runtime, *deadline, *period; /* ns, of deadline */
	const char *flags;	 /* names, separated by commas */
	const char *ionice;	 /* none, idle, best-effort[:N], realtime[:N] */
	const char *personality; /* linux, linux32 */
	const char *cpus;	 /* "0-3,8" */
};

struct sched_cpus {
	unsigned long bits[SCHED_CPUS / 8 / sizeof(unsigned long)];
};

/* What they mean. */
struct sched {
	bool has_policy, has_nice, has_ionice, has_personality, has_cpus;
	unsigned policy, priority;
	int nice;
	uint64_t runtime, deadline, period, flags;
	int ionice;
	unsigned long personality;
	struct sched_cpus cpus;
};

/*
 * sched_parse - read the words, all of which are checked
 *
 * s  filled in on success alone
 *
 * Returns 0; -1, EINVAL and f filled in with what is wrong.
 */
int sched_parse(const struct sched_words *w, struct sched *s, struct errmsg *f);

/* sched_cpus_parse - a list of CPUs and ranges; 0, or -1 and EINVAL */
int sched_cpus_parse(const char *list, struct sched_cpus *cpus);

/* sched_cpus_set - have this process run on those alone; 0, or -1 and errno
 * from sched_setaffinity(2) */
int sched_cpus_set(const struct sched_cpus *cpus);

/*
 * sched_apply - set what was asked for, of this process
 *
 * Returns 0; -1 with f filled in and errno: EPERM (without CAP_SYS_NICE or the
 * limits that allow it), EINVAL (no such CPU), EBUSY (a deadline that cannot be
 * met). Source: sched_setattr(2), ioprio_set(2), personality(2).
 */
int sched_apply(const struct sched *s, struct errmsg *f);

#endif
