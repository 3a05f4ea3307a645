/*
 * runner - a command in a cgroup.
 */
#ifndef RUNNER_H
#define RUNNER_H

struct errmsg;
struct groups;

/*
 * runner_become - enter the cgroup, and become the command
 *
 * Returns the status to end with, and has said why.
 */
int runner_become(const struct groups *g, char **command);

/*
 * runner_run - run the command in the cgroup, and wait for it
 *
 * Signals are passed on to it, but those of a terminal, which it has got.
 *
 * Returns its status, 128+N when signal N killed it; -1 and errno with e filled
 * in: it could not be run, or there is no status of it.
 */
int runner_run(const struct groups *g, char **command, struct errmsg *e);

#endif
