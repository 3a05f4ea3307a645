/*
 * exec - become a command, as the last step of a tool.
 *
 * The library never prints; it ends the process by becoming the command alone.
 */
#ifndef EXEC_H
#define EXEC_H

#include <stdbool.h>

/*
 * exec_defaults - give signals back as a new program expects them
 *
 * Every disposition is the default and no signal is blocked, whatever was
 * inherited: a command on a new terminal must be able to be interrupted.
 */
void exec_defaults(void);

/*
 * exec_signals - let all signals through, and those of a keyboard arrive
 *
 * keyboard  INT, QUIT, TSTP, TTIN and TTOU, which a background job of a shell
 *           may have ignored, are the default, as on a new terminal
 *
 * Every other disposition is as it was inherited, as nohup(1) wants it.
 */
void exec_signals(bool keyboard);

/*
 * exec_command - execute argv[0], looked up in PATH where it has no slash
 *
 * name  what argv[0] is to be for the command; NULL: as it is
 *
 * A file that is executable but of no known format is given to /bin/sh, with
 * either libc. On success the function does not return.
 *
 * Returns the exit status to end with and errno: 127 (ENOENT: not found), 126
 * (found, and cannot be executed). Source: POSIX, "Command Search and
 * Execution"; execve(2).
 */
int exec_command(char **argv, const char *name);

/*
 * exec_forget - leave nothing of what this process was called with, as an exec
 *
 * words  what it is called as from now on; they and the environment are copied
 *
 * For a tool that is run where a program would have been executed: others read
 * the command line of its caller, and an environment that was cleared, in
 * /proc. Returns 0; -1 and errno ENOMEM.
 */
int exec_forget(char **words);

/*
 * exec_lookup - would exec_command find argv[0], and be allowed to run it?
 *
 * To be asked before a wait for the permission to go on. What it finds can
 * still fail: the interpreter of a script is not looked for.
 *
 * Returns 0; else as exec_command, with errno.
 */
int exec_lookup(char *const *argv);

#endif
