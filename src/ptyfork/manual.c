/* manual - what the manual of ptyfork says of terminals, input and prompts */
#include <stddef.h>

#include "cli/applet.h"
#include "ptyfork/manual.h"

static const char *const terminal[] = {
	"While ptyfork reads keys from the caller's terminal that terminal is "
	"in raw mode: every key, ^C and ^Z included, goes to COMMAND's "
	"terminal. Where standard output is not a terminal (ptyfork ls | less) "
	"the caller's terminal is left alone until COMMAND wants single keys or "
	"turns echo off, or a line is typed that no other program reads.",
	"Several commands may run under ptyfork on one terminal at once. "
	"The last one to end puts back the modes from before the first.",
	"With --tty 1,2 COMMAND reads the caller's standard input itself. Where "
	"that is not a terminal, keys from the terminal of standard output, "
	"else from /dev/tty, go to COMMAND's terminal, so that a pager or a "
	"menu can be used on data.",
	"Output of other jobs on a raw terminal makes a staircase, as its "
	"newlines return no carriage. Redirect it to a file.",
	NULL
};

static const char *const input[] = {
	"COMMAND's input is read as soon as it is there, whether COMMAND asks "
	"for it or not. In a loop that reads lines itself (while read -r x) "
	"give ptyfork </dev/null, or it takes the rest of the lines.",
	"Standard input of COMMAND is a terminal even where ptyfork's is a pipe. "
	"Programs that refuse to read data from a terminal (tar, gzip) "
	"want --tty 1,2.",
	"A terminal in raw mode has no end of file. A command that sets raw "
	"mode gets ^D at the end of data, which it may take as it likes, and "
	"nothing where ptyfork was given --raw.",
	"A program that finds a terminal may start a pager, which waits for a "
	"key that no user is there to press. In CI and in cron set PAGER=cat or "
	"the variable of that program (GIT_PAGER), and redirect input from "
	"/dev/null.",
	NULL
};

static const char *const prompts[] = {
	"A program that asks for a password opens its terminal, discards what "
	"was typed before (TCSAFLUSH in termios(3)), and reads a line. What was "
	"typed at ptyfork by hand is discarded as ever. Data from a pipe or a "
	"file is not lost: what was discarded before it was read is typed again, "
	"one line for each prompt, and end of file comes behind the last byte.",
	"Linux tells of a read from /dev/tty since version 6.3. Before that, "
	"only what the first prompt discards is certain to be typed again.",
	"Where output goes to a file or a pipe, so does the text of the prompt, "
	"unless --tty leaves it out.",
	NULL
};

const struct part ptyfork_parts[] = { { "The caller's terminal", terminal },
				      { "Input and its end", input },
				      { "Prompts and passwords", prompts },
				      { NULL, NULL } };

const char *const ptyfork_environment[] = {
	"LINES, COLUMNS",
	"the terminal's size where no terminal and no --size tells it; "
	"COMMAND does not get them, as its terminal has a size of its own",
	"TERM",
	"passed on as it is; cron and many CI systems set none, or dumb: "
	"set one that the output's reader understands (TERM=xterm-256color)",
	NULL
};
