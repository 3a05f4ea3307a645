/* manual - what the manual of ptyfork says of terminals, input and prompts. */
#ifndef MANUAL_H
#define MANUAL_H

struct part;

extern const struct part ptyfork_parts[];

/* Pairs of a variable and its meaning. */
extern const char *const ptyfork_environment[];

#endif
