/*
 * init - a process 1 that does nothing but its duty.
 *
 * The library never exits (but in its own process) and never prints; what fails
 * is said in an errmsg.
 */
#ifndef INIT_H
#define INIT_H

struct sync;
struct errmsg;

struct init {
	const struct sync *sync; /* whose parent it ends with */
	int kill;		 /* signal for when that dies, or 0 */
	char **words;		 /* main's argv from 1 on, which it forgets */
};

/*
 * init_fork - go on in a child, and stay behind as process 1
 *
 * Process 1 closes everything, forgets its command line and environment, takes
 * the status of every process that is left to it, passes signals on to the
 * child's group and ends with the child's status, 128+N if a signal killed it.
 *
 * Returns 0 in the child; -1 and errno with f filled in.
 * Source: pid_namespaces(7).
 */
int init_fork(const struct init *how, struct errmsg *f);

#endif
