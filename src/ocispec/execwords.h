/*
 * execwords - what a command line says of a process that joins a container.
 */
#ifndef EXECWORDS_H
#define EXECWORDS_H

#include <stdbool.h>

#include "cli/applet.h"

struct spec_exec;

/* The options of --exec, as runc's exec has them. */
struct execwords {
	bool exec;
	const char *target, *process; /* PID[:STARTTIME], a file */
	const char *apparmor, *cwd, *process_label, *user;
	bool no_new_privs, tty;
	struct strlist additional_gids, cap, env;
};

/* execwords_check - end with a usage error where one needs another */
void execwords_check(const struct applet *self, const struct execwords *e);

/*
 * execwords_read - read the words, or end with a usage error
 *
 * e        outlives out
 * command  the operands behind CONFIG, of which one may be "--"; unused with
 *          --process
 * out      filled in
 */
void execwords_read(const struct applet *self, const struct execwords *e,
		    char **command, struct spec_exec *out);

#endif
