/*
 * privdump - what this process may do, as lines that a script can read.
 *
 * The library never exits.
 */
#ifndef PRIVDUMP_H
#define PRIVDUMP_H

#include <stdio.h>

/*
 * privdump_print - a line "KEY VALUE..." for each of: uid and gid (real,
 * effective and saved), groups, inheritable, permitted, effective, bounding,
 * ambient, no-new-privs, seccomp, securebits, umask, cwd, oom-score-adj and,
 * for each limit, "rlimit NAME SOFT HARD"
 *
 * What cannot be found out is "unknown"; \xNN stands for a byte of a path that
 * is not printable. Values are as the options of confine take them.
 */
void privdump_print(FILE *out);

#endif
