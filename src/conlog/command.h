/*
 * command - the command whose output is kept, and whose end is the end.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;

struct command {
	pid_t pid;  /* 0: there is none */
	int pidfd;  /* readable when it has ended; -1: it is looked after */
	int report; /* what it fails with before it is executed; -1: nothing */
	int status; /* once it has ended; -1 before */
};

/* What signals did that this process ignores. */
struct command_signals {
	void (*pipe)(int);
	void (*xfsz)(int);
};

/* command_ignore - ignore PIPE and XFSZ: a closed pipe or a full disk is an
 * error of that write */
struct command_signals command_ignore(void);

/*
 * command_start - run a command
 *
 * argv  looked up as chain_run does
 * out   pipes for its standard output and error; -1: they are ours
 * had   from command_ignore
 * loose pass on the descriptors above 2 that this process was given; else it
 *       has none
 *
 * It ignores what our caller ignored, as nohup(1) wants it. Returns 0; -1 with
 * f filled in.
 */
int command_start(struct command *c, char **argv, const int out[2],
		  const struct command_signals *had, bool loose,
		  struct errmsg *f);

/*
 * command_failed - what the report says
 *
 * Returns true with f filled in where the command could not be executed; the
 * report is closed then, or when it was.
 */
bool command_failed(struct command *c, struct errmsg *f);

/* command_ended - take its status, if it has ended */
bool command_ended(struct command *c);

/*
 * command_pass_signals - have the signals USR1 and USR2 come to a signalfd as
 * well, to be passed on
 *
 * signals  from termsig_open. Those that the caller had ignored stay ignored.
 *
 * Returns 0; -1 and errno.
 */
int command_pass_signals(int signals);

/* command_kill - send it a signal */
void command_kill(const struct command *c, int sig);

/* command_close - forget it, whether it has ended or not */
void command_close(struct command *c);

#endif
