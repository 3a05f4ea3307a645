/* trace - the processes of a run, and the mishap that one of them has */
#ifndef TRACE_H
#define TRACE_H

#include <sys/types.h>
#include <time.h>

#include "torture.h"

#define NUMBERS	  512 /* of system calls */
#define PROCESSES 32

struct process {
	pid_t pid;
	char who[WHO]; /* empty while it is not known whose child it is */
	int children;
	int count[NUMBERS];
	long last;
	enum how how; /* what happens to the call that it is in */
	int value;
	uint64_t asked;
};

struct tracer {
	struct setup *g;
	const struct mishap *m;
	struct outcome *o;
	struct process processes[PROCESSES];
	struct call first; /* that the mishap fell on */
	dev_t dev;	   /* of the binary of ours */
	ino_t ino;
	bool ended; /* process 0 */
	bool busy;  /* something has happened since the last tick */
	int idle;   /* ticks at which nothing had, nor was about to */
	struct timespec begin;
};

/* inject_call - a process is at the start or the end of a system call */
void inject_call(struct tracer *t, struct process *p);

#endif
