/*
 * termsig - signals that should end a tool, once it has cleaned up.
 */
#ifndef TERMSIG_H
#define TERMSIG_H

/*
 * termsig_open - a signalfd for TERM, INT, HUP and QUIT
 *
 * more  one more signal for it, or 0
 *
 * A signal that the caller had ignored, as nohup(1) and the shell's & do, is
 * left out and stays ignored.
 *
 * Returns a descriptor as wait_signals (wait.h), or -1 and errno.
 */
int termsig_open(int more);

/* termsig_open_pipe - the same with PIPE: what is written to a pipe that is not
 * read any more, a message too, does not end a tool that has to clean up */
int termsig_open_pipe(int more);

/* termsig_by - end by that signal, as if it had never been held back */
void termsig_by(int sig) __attribute__((noreturn));

/*
 * termsig_die - end by the signal that is waiting in the signalfd
 *
 * A process that waits for this one sees what really ended it. To be called
 * when everything is cleaned up. Returns only where no signal is waiting.
 */
void termsig_die(int signals);

#endif
