/* gate - let a command go on that waits at a FIFO, or make such a FIFO, or
 * remove it */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"

#define LOOK_MS	     10 /* between two looks at the lock of another one */
#define REMOVE_TRIES 16 /* against files that are made just then */

struct args {
	bool directory;
	bool make;
	bool once;
	bool remove;
	struct duration timeout;
};

static const struct opt opts[] = {
	OPT('d', directory, NULL,
	    "with --make, make its directory, which must be new; with "
	    "--remove, remove its directory and the files in it"),
	OPT('m', make, NULL, "make FIFO, with mode 0600"),
	OPT('o', once, NULL, "remove FIFO when the command has gone on"),
	OPT('r', remove, NULL, "remove FIFO"),
	OPT('t', timeout, "SECS", "give up after SECS seconds (default 10)"),
	OPT_END
};

static void none_waits(const char *path) __attribute__((noreturn));

static void none_waits(const char *path)
{
	errx(EXIT_FAILURE, "cannot open gate %s: no process waits there",
	     Q(path));
}

/* Only a FIFO is written to: no file, and none that a link leads to. */
static int open_fifo_gate(const char *path)
{
	autofd fd = fd_open_as(AT_FDCWD, path, O_WRONLY | O_NOFOLLOW, S_IFIFO);

	if (fd < 0 && errno == ENXIO)
		none_waits(path);
	if (fd < 0 && errno == EINVAL)
		errx(EXIT_CANCELED, "cannot open gate %s: it is no FIFO",
		     Q(path));
	if (fd < 0)
		err(EXIT_CANCELED, "cannot open gate %s", Q(path));
	return fd_take(&fd);
}

static void stays(const char *path) __attribute__((noreturn));

static void stays(const char *path)
{
	errx(EXIT_TIMEDOUT,
	     "cannot open gate %s: the process that waits there does not go on",
	     Q(path));
}

/* One at a time: of two bytes one would be left, as if the command had died. A
 * lock that cannot be had is done without. */
static void lock_gate(int fd, const char *path, const struct deadline *w)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct deadline nap = { wait_until(LOOK_MS), -1 };

		if (errno != EWOULDBLOCK && errno != EINTR)
			return;
		if (wait_left(w->deadline) == 0)
			stays(path);
		(void)wait_fd(&nap, -1, 0);
	}
	/* It may have gone on for the one that had the lock before. */
	if (fd_ready(fd, 0) > 0)
		none_waits(path);
}

/* Is there a byte already, of one that was killed? It is as good as ours. */
static bool has_byte(int fd)
{
	int left;

	return ioctl(fd, FIONREAD, &left) == 0 && left > 0;
}

/* The command that waits has closed its end: it has gone on if it took the
 * byte, and has died if it did not. */
static void await_passage(int fd, const char *path, const struct deadline *w)
{
	int left;

	if (wait_fd(w, fd, 0) < 0 && errno == ETIMEDOUT)
		stays(path);
	if (ioctl(fd, FIONREAD, &left) < 0)
		err(EXIT_CANCELED, "cannot open gate %s", Q(path));
	if (left)
		errx(EXIT_FAILURE,
		     "cannot open gate %s: the process that waited there has died",
		     Q(path));
}

static void name_directory(const char *path, char dir[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path) : 0;

	if (n == 0 || n >= PATH_MAX)
		errx(EXIT_CANCELED,
		     "cannot find the directory of gate %s: want DIR/NAME",
		     Q(path));
	(void)snprintf(dir, PATH_MAX, "%.*s", n, path);
}

/* The directory is made by one caller alone: it is a lock as well. */
static void make_directory(const char *dir)
{
	if (mkdir(dir, 0700) == 0)
		return;
	err(errno == EEXIST ? EXIT_FAILURE : EXIT_CANCELED,
	    "cannot make directory %s", Q(dir));
}

static int make_gate(const char *path, bool directory)
{
	char dir[PATH_MAX];
	int error;

	if (directory) {
		name_directory(path, dir);
		make_directory(dir);
	}
	if (mkfifo(path, 0600) == 0)
		return 0;
	error = errno;
	if (directory)
		(void)rmdir(dir);
	errno = error;
	err(EXIT_CANCELED, "cannot make gate %s", Q(path));
}

/* The files of a directory that is not a link; it has no others in it. */
static void empty_directory(const char *path)
{
	autofd fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir && errno == ENOENT)
		return;
	if (!dir)
		err(EXIT_CANCELED, "cannot open directory %s", Q(path));
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    unlinkat(fd, name, 0) < 0 && errno != ENOENT)
			err(EXIT_CANCELED, "cannot remove %s in %s", Q(name),
			    Q(path));
	}
	(void)closedir(dir);
	fd = -1;
}

/* What is not there need not be removed: another may do the same. A command
 * that has not heard of it may put one more file there. */
static void remove_directory(const char *dir)
{
	int tries = REMOVE_TRIES;

	do {
		empty_directory(dir);
		if (rmdir(dir) == 0 || errno == ENOENT)
			return;
	} while ((errno == ENOTEMPTY || errno == EEXIST) && --tries > 0);
	err(EXIT_CANCELED, "cannot remove directory %s", Q(dir));
}

static int remove_gate(const char *path, bool directory)
{
	char dir[PATH_MAX];
	struct stat st;

	if (directory) {
		name_directory(path, dir);
		remove_directory(dir);
		return 0;
	}
	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		err(EXIT_CANCELED, "cannot remove gate %s", Q(path));
	}
	if (!S_ISFIFO(st.st_mode))
		errx(EXIT_CANCELED, "cannot remove gate %s: it is no FIFO",
		     Q(path));
	if (unlink(path) < 0 && errno != ENOENT)
		err(EXIT_CANCELED, "cannot remove gate %s", Q(path));
	return 0;
}

static void open_gate(const char *path, int ms)
{
	struct deadline w = { wait_until(ms), -1 };
	autofd fd = -1;

	(void)signal(SIGPIPE, SIG_IGN);
	fd = open_fifo_gate(path);
	lock_gate(fd, path, &w);
	if (!has_byte(fd) && fd_write(fd, "\n", 1) < 0 && errno == EPIPE)
		errx(EXIT_FAILURE,
		     "cannot open gate %s: the process that waited there has died",
		     Q(path));
	await_passage(fd, path, &w);
}

static int run_gate(const struct applet *self, char **argv)
{
	struct args a = { 0 };
	char **operands = applet_args(self, argv, &a);

	if (a.make && a.remove)
		applet_usage(self, "--make and --remove exclude each other");
	if ((a.make || a.remove) && (a.timeout.given || a.once))
		applet_usage(self, "--once and --timeout are for opening a "
				   "gate");
	if (a.directory && !a.make && !a.remove)
		applet_usage(self, "--directory needs --make or --remove");
	if (a.make)
		return make_gate(operands[0], a.directory);
	if (a.remove)
		return remove_gate(operands[0], a.directory);
	open_gate(operands[0], a.timeout.given ? a.timeout.ms : 10000);
	return a.once ? remove_gate(operands[0], false) : 0;
}

static const char *const about[] = {
	"Writes the byte to FIFO that a command under confine --hold waits for, "
	"and ends when that command has gone on. It does not wait for a "
	"command to come: a FIFO without a reader is status 1.",
	"Every process that has the FIFO open has to close it before gate ends. "
	"confine does so when it executes its command.",
	NULL
};

static const struct example examples[] = { { "gate --make go", "make a gate" },
					   { "confine --hold 3 -- sh 3<>go",
					     "wait there before the command" },
					   { "gate go", "let it go on" },
					   { NULL, NULL } };

static const char *const exits[] = {
	"0",   "the command was released, or the FIFO was made or removed",
	"1",   "no command waits there, or it has died; the directory exists",
	"124", "a time limit ran out",
	NULL
};

const struct applet gate_applet = {
	.name = "gate",
	.brief = "release a command that waits at a FIFO",
	.operands = "FIFO",
	.least = 1,
	.most = 1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "confine(1), mkfifo(1), fifo(7)",
	.run = run_gate,
};
