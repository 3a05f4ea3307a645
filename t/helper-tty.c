/* helper-tty - lib/tty, where no applet shows it by itself */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cli/applet.h"
#include "helper.h"
#include "tty/pty.h"
#include "tty/tty.h"
#include "tty/typeahead.h"

/* Put the terminal on descriptor 0 into the modes "raw", "keys" or "data". */
int helper_modes(char **argv)
{
	struct termios modes;

	if (tcgetattr(0, &modes) < 0)
		err(EXIT_CANCELED, "cannot read modes");
	if (strcmp(argv[1], "data") == 0)
		tty_data(&modes);
	else
		tty_raw(&modes, strcmp(argv[1], "keys") == 0);
	if (tcsetattr(0, TCSANOW, &modes) < 0)
		err(EXIT_CANCELED, "cannot set modes");
	return 0;
}

/* Print width and height in pixels of the terminal on 0; with two words, set */
int helper_pixels(char **argv)
{
	struct winsize ws;

	if (tty_size(0, &ws) < 0)
		err(EXIT_CANCELED, "cannot read the size");
	if (!argv[1])
		return printf("%hu %hu\n", ws.ws_xpixel, ws.ws_ypixel) < 0;
	ws.ws_xpixel = (unsigned short)atoi(argv[1]);
	ws.ws_ypixel = (unsigned short)atoi(argv[2]);
	return tty_resize(0, &ws) < 0;
}

int helper_default_size(char **argv)
{
	struct winsize ws;

	(void)argv;
	tty_default_size(&ws);
	return printf("%hu %hu\n", ws.ws_row, ws.ws_col) < 0;
}

int helper_foreground(char **argv)
{
	return tty_foreground(atoi(argv[1])) ? 0 : 1;
}

/* One line, byte by byte; false at the end of file. */
static int read_line(int fd, char *line, size_t size)
{
	size_t n = 0;

	while (n < size - 1 && read(fd, &line[n], 1) == 1 && line[n++] != '\n')
		;
	line[n] = '\0';
	return n > 0;
}

/* Ask for N passwords at /dev/tty, as readpassphrase(3) does, and print each;
 * then print what is on 0. */
int helper_prompt(char **argv)
{
	int tty = open("/dev/tty", O_RDWR);
	struct termios modes, silent;
	char line[8192];

	if (tty < 0 || tcgetattr(tty, &modes) < 0)
		err(EXIT_CANCELED, "cannot open the terminal");
	silent = modes;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	for (int i = atoi(argv[1]); i > 0; i--) {
		(void)tcsetattr(tty, TCSAFLUSH, &silent);
		if (!read_line(tty, line, sizeof(line)))
			(void)strcpy(line, "(end)\n");
		(void)tcsetattr(tty, TCSAFLUSH, &modes);
		if (printf("password %s", line) < 0)
			return 1;
	}
	while (read_line(0, line, sizeof(line)))
		if (printf("line %s", line) < 0)
			return 1;
	return 0;
}

/* Is our parent stopped in a call by strace(1), and stays so? */
static bool parent_is_held_up(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	char path[sizeof("/proc//stat") + 11], state = 't';

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)getppid());
	for (int i = 0; i < 2 && state == 't'; i++) {
		FILE *f = fopen(path, "re");

		(void)nanosleep(&pause, NULL);
		if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		if (f)
			(void)fclose(f);
	}
	return state == 't';
}

/* Read a line of the terminal and flush what is behind it, where possible while
 * our parent is in the middle of a look. */
static void read_and_flush(int slave)
{
	char line[8];

	for (int i = 0; i < 50 && !parent_is_held_up(); i++)
		;
	_exit(read(slave, line, sizeof(line)) != 4 ||
	      tcflush(slave, TCIFLUSH) < 0);
}

/* Print what is told of a read and of the flush behind it: "read" or "unread"
 */
int helper_typeahead(char **argv)
{
	struct typeahead_seen seen = { 0 };
	struct typeahead t;
	bool was_read = false;
	struct pty pty;

	(void)argv;
	if (pty_open(-1, &pty) < 0 ||
	    fcntl(pty.master, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
	    typeahead_open(&t, pty.master, pty.slave) < 0 ||
	    write(pty.master, "one\ntwo\n", 8) != 8)
		err(EXIT_CANCELED, "cannot type at a terminal");
	if (t.blind)
		return puts("blind") < 0;
	if (fork() == 0)
		read_and_flush(pty.slave);
	for (int i = 0; i < 10000 && !seen.flushed; i++) {
		typeahead_look(&t, &seen);
		was_read |= seen.read;
		(void)poll(NULL, 0, 1);
	}
	return !seen.flushed || puts(was_read ? "read" : "unread") < 0;
}

/* Become COMMAND with a descriptor of a file system in user space that never
 * answers, mounted at DIR in a mount namespace of our own. */
int helper_frozen(char **argv)
{
	int fuse = open("/dev/fuse", O_RDWR), held;
	char options[128];

	(void)snprintf(options, sizeof(options),
		       "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (fuse < 0 || mount("stuck", argv[1], "fuse", 0, options) < 0)
		err(EXIT_CANCELED, "cannot mount");
	held = open(argv[1], O_PATH);
	if (held < 0 || umount2(argv[1], MNT_DETACH) < 0)
		err(EXIT_CANCELED, "cannot hold it");
	(void)execvp(argv[2], argv + 2);
	err(EXIT_CANCELED, "cannot execute");
}
