/*
 * example - documents that need no config.json: one to begin with, and what
 * the tools can do.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdbool.h>

/*
 * example_print - print a config.json for a shell in ./rootfs
 *
 * rootless  for the caller as an unprivileged user: a user namespace, no
 *	     network of its own, nothing that needs cgroups
 */
void example_print(bool rootless);

/*
 * features_print - print what is supported, as "runc features" does
 *
 * Source: OCI runtime specification, features.md, features-linux.md.
 */
void features_print(void);

#endif
