/*
 * command - the process that becomes the command, from its fork to its exec.
 *
 * What fails is told to the parent (sync.h), unless it fails in a tool that is
 * the command (chain.h), which prints it.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "ptyfork/spawn.h"

struct sync;

/* How it is to become the command. */
struct command_plan {
	bool leads; /* as the leader of a session on the terminal; else as a
		     * job of the session that the parent leads there */
	bool early; /* held before the first tool of its chain */
	bool held;  /* held before the end of the chain */
};

/*
 * command_forget_size - take LINES and COLUMNS out of the environment
 *
 * They would be believed before the size that the new terminal has. To be
 * called before a fork that shares the memory, else by command_run().
 */
int command_forget_size(const struct launch *l, struct errmsg *f);

/*
 * command_run - take names, terminal and descriptors of a launch, and execute
 *
 * r     its terminals are open, or to be opened here and given to the parent
 * sync  of child_start; told when the command runs, or why it does not
 */
void command_run(struct spawn *r, const struct sync *sync,
		 const struct command_plan *how) __attribute__((noreturn));

#endif
