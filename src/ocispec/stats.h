/*
 * stats - what the processes of a cgroup use, as JSON.
 */
#ifndef STATS_H
#define STATS_H

struct resources;

/*
 * stats_print - print {"type":"stats","id":ID,"data":{...}} in one line
 *
 * dirs  the cgroup's directories, NULL at the end: one of v2, or some of v1;
 *	 what is not there is left out
 *
 * Source: "events" of https://github.com/opencontainers/runc, man/runc-events;
 * cgroup-v2.rst, cgroup-v1/memory.rst and cpuacct.rst of Linux.
 */
void stats_print(const char *id, char *const *dirs);

/* stats_read_dirs - those of a list, a line CONTROLLERS DIR for each, NULL at
 * the end */
char **stats_read_dirs(const char *file);

/* stats_read_before - the limits that they have now, which an update depends
 * on, where they have any */
void stats_read_before(char *const *dirs, struct resources *out);

/* When to print them, and how long. */
struct stats_end {
	int pid; /* until it has ended */
	long long start;
	int ms; /* between two times */
};

/* stats_parse_end - read PID:STARTTIME and an interval; 0, or -1 */
int stats_parse_end(const char *process, const char *interval,
		    struct stats_end *end);

/*
 * stats_watch - print them now and at intervals, and {"type":"oom","id":ID}
 * where the kernel has killed more processes for want of memory than the last
 * time
 */
void stats_watch(const char *id, char *const *dirs,
		 const struct stats_end *end);

#endif
