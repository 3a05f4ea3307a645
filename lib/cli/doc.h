/*
 * doc - every text that comes out of an applet's table: help, man page and
 * completions.
 *
 * All of it goes to stdout, unflushed; nothing here fails or exits. The program
 * itself, which holds the applets, is described by a struct applet that is not
 * in the table.
 */
#ifndef DOC_H
#define DOC_H

#include <stdbool.h>

#include "cli/applet.h"

/* doc_help - what NAME --help says, at most 80 columns wide */
void doc_help(const struct applet *self);

/* doc_version - what NAME --version says: "NAME (ptybox) VERSION" */
void doc_version(const struct applet *self);

/* doc_man - the man page, mdoc(7) */
void doc_man(const struct applet *self);

/*
 * doc_completion - the completion of all applets and of the program
 *
 * shell  "bash", "zsh" or "fish"
 * box    the program: its own options, and applets as its operands
 *
 * Returns 0; -1 and errno EINVAL for a shell unknown here.
 */
int doc_completion(const char *shell, const struct applet *box);

/* doc_zsh, doc_fish - that of one shell */
void doc_zsh(const struct applet *box);
void doc_fish(const struct applet *box);

/* doc_names - the names of an option, each with a space before it */
void doc_names(const struct opt *o);

/*
 * doc_valued - the names of all options of a table that take values, each with
 * a space before it, and as often as the option takes one
 */
void doc_valued(const struct applet *self);

/* doc_list - the names of the applets, each with a space before it */
void doc_list(void);

/* doc_is_box - is that the program and no applet? */
bool doc_is_box(const struct applet *self);

/*
 * doc_exits - call row for each exit status of an applet, in order
 *
 * What all applets have in common is left out where the applet has words of
 * its own for that status.
 */
void doc_exits(const struct applet *self,
	       void (*row)(const char *status, const char *meaning));

/* doc_runs - does the applet run a command, or become one? */
bool doc_runs(const struct applet *self);

/*
 * doc_before - how many operands come before the command that an applet runs
 *
 * self  one for which doc_runs() is true
 */
int doc_before(const struct applet *self);

#endif
