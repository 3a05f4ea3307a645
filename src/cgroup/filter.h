/*
 * filter - the lines of ps(1) that are of certain processes.
 */
#ifndef FILTER_H
#define FILTER_H

struct errmsg;
struct pids;

/*
 * filter_list - copy such a list from standard input to standard output: its
 * first line, where a column is called PID, and those of the processes
 *
 * Returns 0; -1 and errno with e filled in: EINVAL (no such column), else from
 * read(2).
 */
int filter_list(const struct pids *pids, struct errmsg *e);

#endif
