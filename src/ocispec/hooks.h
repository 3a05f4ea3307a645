/*
 * hooks - the hooks of a spec, as shell text that runs them.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdio.h>

struct spec;

/* hooks_name - the names of the times when hooks run, the i-th from 0, NULL
 * after the last */
const char *hooks_name(int i);

/* hooks_check - note what is wrong with them */
void hooks_check(const struct spec *s);

/*
 * hooks_write - the shell text that runs those of a time
 *
 * when  one of hooks_name()
 *
 * A line is a hook, which is run by hook(1) and reads the state from
 * "$hook_state"; the first that fails ends them, but all of poststop run, and
 * hook_failed is 1 then. Those that run in the container join "$hook_pid".
 */
void hooks_write(FILE *out, const struct spec *s, const char *when);

#endif
