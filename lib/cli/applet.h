/*
 * applet - what an applet declares, and the parser that its table drives.
 *
 * One table of options feeds the parser, --help, the man page and the
 * completions (doc.h), so that none of them can differ from the others.
 * This module and nothing else in lib prints and exits: it speaks for the
 * dispatcher when a command line is wrong.
 */
#ifndef APPLET_H
#define APPLET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/exit.h"
#include "cli/opt.h"

struct chain;
struct errmsg;

/* A line of the example section: a command and what it is good for. */
struct example {
	const char *command;
	const char *text;
};

/* A part of the manual that has a heading of its own. */
struct part {
	const char *title;	 /* "Prompts and passwords" */
	const char *const *text; /* paragraphs, ends in NULL */
};

struct applet {
	const char *name;
	const char *brief;		/* one line, for --help, --list, man */
	const char *operands;		/* "[--] COMMAND [ARG]...", or "" */
	int least, most;		/* operands wanted; most < 0: any */
	bool command;			/* operands end in a command to run */
	bool judges;			/* its status is not the command's */
	bool enters;			/* enters a root, see selfexe.h */
	const struct opt *opts;		/* sorted by letter, ends in OPT_END */
	const char *const *about;	/* paragraphs, ends in NULL; NULL */
	const struct part *parts;	/* man only; ends in { NULL, NULL } */
	const char *const *environment; /* pairs "NAME", "meaning"; NULL */
	const struct example *examples; /* ends in { NULL, NULL } */
	const char *const *exits;	/* pairs "STATUS", "meaning"; NULL */
	const char *see;		/* "unshare(1), pty(7)", sorted */

	/*
	 * One of the two; argv[0] is the applet's name. Returns the exit
	 * status. A step is a tool that becomes its command (chain.h): chain
	 * is what the tools before it have left to the last one.
	 */
	int (*run)(const struct applet *self, char **argv);
	int (*step)(const struct applet *self, char **argv,
		    struct chain *chain);
	/*
	 * Of a step, or NULL: open what its words name by path, in a process
	 * that has still the ids by which its caller gets there. What it
	 * returns comes to the step in chain->early. What that process may not
	 * reach a process outside may, see opener_open().
	 */
	void *(*early)(const struct applet *self, char **argv, int opener);
};

/* The table of applets (table.c), sorted by name, ends in NULL. */
extern const struct applet *const applets[];

/* applet_find - the applet of that name, or NULL */
const struct applet *applet_find(const char *name);

/*
 * applet_options - parse options up to the first operand or "--"
 *
 * self   whose table is used
 * words  the words to parse, NULL at the end
 * args   the applet's struct args; fields of options not met stay as they are;
 *        NULL: an applet that has no options of its own needs no such struct,
 *        which C does not let be empty
 *
 * Returns the first word that is no option ("--" itself is skipped). --help
 * prints and exits 0; a bad option prints one line and exits EXIT_CANCELED.
 */
char **applet_options(const struct applet *self, char **words, void *args);

/*
 * applet_args - parse a whole command line: options, then operands
 *
 * argv  argv[0] is the applet's name
 *
 * Returns the operands, at least self->least and at most self->most of them;
 * else prints one line and exits EXIT_CANCELED.
 */
char **applet_args(const struct applet *self, char **argv, void *args);

/*
 * applet_alloc - room for n things of a size, for as long as the applet runs
 *
 * Returns it, zeroed; ends with one line where there is no memory.
 */
void *applet_alloc(size_t n, size_t size);

/*
 * applet_exit - write what stdout still holds, and exit
 *
 * Exits with status, or prints one line and exits EXIT_CANCELED where stdout
 * could not be written. What an applet's run() returns comes here.
 */
void applet_exit(int status) __attribute__((noreturn));

/*
 * applet_usage - end with a line that says how the call was wrong
 *
 * Prints "NAME: TEXT; try 'NAME --help'" and exits EXIT_CANCELED.
 */
void applet_usage(const struct applet *self, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* applet_usage_q - the same, where each %s is foreign text, and comes quoted */
void applet_usage_q(const struct applet *self, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/*
 * applet_bad - end over a value that could not be parsed
 *
 * option  as it is typed: "--wait"
 * wanted  what it should be; where errno is ERANGE, it is too large instead
 */
void applet_bad(const struct applet *self, const char *option,
		const char *value, const char *wanted)
	__attribute__((noreturn));

/* applet_fail - print an errmsg as one line and exit with that status */
void applet_fail(int status, const struct errmsg *f) __attribute__((noreturn));

/*
 * applet_refuse - end over an errmsg: as applet_usage where errno is EINVAL,
 * that is where the command line is wrong, else as applet_fail
 */
void applet_refuse(const struct applet *self, const struct errmsg *f)
	__attribute__((noreturn));

/* applet_warn - print an errmsg as one line */
void applet_warn(const struct errmsg *f);

/* applet_given - was the option given, bare or with a value? */
bool applet_given(const struct optarg *m);

/*
 * applet_uid - the user that an option such as --peer-uid names: a number, or a
 * name in /etc/passwd
 *
 * Returns 0..4294967294, -1 where text is NULL. A bad one ends as applet_usage.
 */
long long applet_uid(const struct applet *self, const char *option,
		     const char *text);

/*
 * applet_millis - the time limit in ms that an optional value gives
 *
 * option    as it is typed, for the message: "--wait"
 * m         its value
 * fallback  what the bare option means, ms, or -1 for no limit
 *
 * Returns ms, fallback when m has no value. A bad value ends as applet_usage.
 */
int applet_millis(const struct applet *self, const char *option,
		  const struct optarg *m, int fallback);

#endif
