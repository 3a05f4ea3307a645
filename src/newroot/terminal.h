/*
 * terminal - the terminal of the command that will run in a root, and the
 * devpts that it is of.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

struct chain;
struct errmsg;
struct mounts_plan;
struct root;

struct terminal {
	int devpts;  /* the root of it, or -1 */
	int tty;     /* a slave of it, or -1 */
	bool placed; /* it is in the root */
};

/*
 * terminal_find - the terminal that the command gets, or has, and the devpts
 * that it is of, if that is one of its own
 *
 * c  its devpts is taken
 */
struct terminal terminal_find(struct chain *c);

/*
 * terminal_mount - mount its devpts where a plan says, with these options; a
 * new one, where there is none or it is in the root already
 *
 * p        of type devpts
 * options  as mountopt.h has them
 *
 * Returns its root, the caller's to close; -1 and errno with f filled in.
 */
int terminal_mount(struct terminal *t, const struct root *r,
		   const struct mounts_plan *p, const char *options,
		   struct errmsg *f);

/*
 * terminal_console - a mount of the terminal itself, as one to be the console
 *
 * Returns it, detached, close-on-exec, the caller's to close; -1 and errno with
 * f filled in. Before Linux 6.15 the devpts has to be placed for that.
 */
int terminal_console(const struct terminal *t, struct errmsg *f);

/*
 * terminal_close - leave it to the chain, by a name in the root if it has one
 *
 * t's devpts is closed.
 */
void terminal_close(struct terminal *t, struct chain *c);

#endif
