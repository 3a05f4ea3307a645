/*
 * stats - what the processes of a cgroup use, as JSON.
 */
#ifndef STATS_H
#define STATS_H

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

#endif
