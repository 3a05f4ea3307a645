/*
 * command - the steps of a child from its fork to the command that it becomes.
 *
 * The library never prints: what fails is told to the parent (child.h), but by
 * a tool that is the command (chain.h).
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "ptyfork/start.h"

/* How a child is to become the command. */
struct command_plan {
	bool leads; /* as the leader of a session on the terminal; else as a
		     * job of the session that the parent leads there */
	bool early; /* not a tool of its before child_go */
	bool held;  /* not before child_go */
};

/*
 * become - take names, the terminal and the descriptors of a launch, execute
 *
 * r  its terminals are open, or to be opened here and given to the parent
 * c  of child_start; told when the command runs, or why it does not
 */
void command_run(struct spawn *r, const struct child *c,
		 const struct command_plan *how) __attribute__((noreturn));

#endif
