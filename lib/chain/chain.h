/*
 * chain - the tools of one command line, run one after another in one process.
 *
 * A step is an applet that changes the process it runs in and then becomes its
 * command: newroot, confine. Where that command is a step as well, by its bare
 * name, it is called, not executed. What has to come last of all is left to
 * the end of the chain: the terminal on 0, 1 and 2, the closing of everything
 * else, a filter. Until then the standard error is the caller's.
 *
 * Any other tool that is the last command runs in this process, too, and is
 * what an executed one would be: with the rights, the root, the environment
 * and the descriptors that the steps left it, and nothing in /proc of how they
 * were called. In a root it trusts that root as each of its programs does;
 * its program is not the root's to write to (selfexe.h), and it loads nothing.
 *
 * The library never prints; it ends the process by becoming the command, by
 * running the tool that the command is, or as said below.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdbool.h>

#include "base/fdkeep.h"

struct applet;
struct sync;
struct errmsg;
struct seccomp;

struct chain {
	int stdio[3];	      /* what becomes 0, 1, 2; -1: stays as it is */
	int devpts;	      /* root of the terminal's own devpts, or -1 */
	bool own_mounts;      /* the mount namespace is this command's alone */
	struct fdkeep keep;   /* descriptors above 2 to pass on */
	bool loose;	      /* that is all for want of a tool that isolates */
	int kill;	      /* signal for when the parent dies, or 0 */
	bool attended;	      /* the parent stays until the command has ended */
	bool keyboard;	      /* the signals of one are the default */
	bool default_signals; /* all are */
	void (*sigpipe)(int); /* the disposition that SIGPIPE is to have */
	int listen; /* so many descriptors from 3 on were announced to the
		       process that was called, see fdkeep_listen() */
	int hold;   /* to be read a byte from before the exec, or -1 */
	const struct seccomp
		*filter;	 /* to be put on last (seccomp.h), or NULL */
	const struct sync *sync; /* to tell the parent by, or NULL */
	bool held;		 /* wait for child_go before the end */
	bool no_tools;		 /* the command is none of our tools */
	bool no_default_path;	 /* and is not found without a PATH */
	const char *argv0;	 /* its argument 0, or NULL */
	const void *early;	 /* of the first step (applet.h), or NULL */
};

/* chain_init - a process of its own, with nothing left to do */
void chain_init(struct chain *c);

/*
 * chain_start - run an applet as the first of its chain
 *
 * argv  words after its name; argv[0] is set to that
 *
 * Returns its exit status.
 */
int chain_start(const struct applet *self, char **argv);

/*
 * chain_enters - may a tool among these words enter a root?
 *
 * words  a command line, NULL at the end
 */
bool chain_enters(char *const *words);

/*
 * chain_preserve - pass descriptors on to the command
 *
 * word  of --preserve-fds, see fdkeep_read; NULL: those that the tools before
 *       were asked to pass on
 *
 * To be called by every tool that isolates. Returns 0; -1 with f filled in and
 * errno: EINVAL (a bad word), EBADF (one of them was not passed to this tool:
 * it is not open, is ours, or a tool before does not pass it on).
 */
int chain_preserve(struct chain *c, const char *word, struct errmsg *f);

/*
 * chain_run - become a command, and do first what was left to do last
 *
 * command  words, the first of which is looked up: a step is called, another
 *          applet runs in this process after all that was left to do, anything
 *          else is executed
 *
 * Returns the status to end with and f filled in: EXIT_CANCELED, 126, 127. A
 * child whose terminal is in its place already tells its parent instead, and
 * exits: its own standard error would not be the caller's any more.
 */
int chain_run(struct chain *c, char **command, struct errmsg *f);

#endif
