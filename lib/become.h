/*
 * become - the steps of a child from its fork to the command that it becomes.
 *
 * The library never prints: what fails is told to the parent (child.h).
 */
#ifndef BECOME_H
#define BECOME_H

#include "child.h"
#include "launch.h"

/*
 * become - take names, the terminal and the descriptors of a launch, execute
 *
 * l       what to do
 * c       of child_start; told when the command runs, or why it does not
 * slaves  the terminal and that of stderr alone; -1 where there is none
 * guarded whether the parent leads a session on the terminal: then this
 *         process becomes a job of it instead of a leader of its own
 * held    whether to wait for child_go first
 */
void become(const struct launch *l, const struct child *c, const int slaves[2],
	    bool guarded, bool held) __attribute__((noreturn));

#endif
