/* chain - the tools of one command line, run one after another */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exec.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "chain/chain.h"
#include "chain/selfexe.h"
#include "cli/applet.h"
#include "cred/seccomp.h"
#include "ns/sync.h"

void chain_init(struct chain *c)
{
	*c = (struct chain){ .stdio = { -1, -1, -1 },
			     .devpts = -1,
			     .hold = -1 };
}

static int call_applet(const struct applet *self, char **argv, struct chain *c)
{
	argv[0] = program_invocation_short_name = (char *)self->name;
	return self->step ? self->step(self, argv, c) : self->run(self, argv);
}

int chain_start(const struct applet *self, char **argv)
{
	struct chain c;

	chain_init(&c);
	return call_applet(self, argv, &c);
}

/* After "--" and a command that is none of ours the words are its own. Where
 * "--" may be the value of an option, what follows is looked at. */
static bool ends_chain(char *const *words)
{
	return strcmp(words[0], "--") == 0 && words[1] && *words[1] != '-' &&
	       !applet_find(words[1]);
}

bool chain_enters(char *const *words)
{
	for (; *words && !ends_chain(words); words++) {
		const struct applet *a = applet_find(*words);

		if (a && a->enters)
			return true;
	}
	return false;
}

int chain_preserve(struct chain *c, const char *word, struct errmsg *f)
{
	struct fdkeep keep = { 0 };
	int beyond;

	if (!c->sync)
		c->listen = fdkeep_listen();
	if (!word && !c->loose) {
		fdkeep_count(&c->keep, c->sync ? 0 : c->listen);
		return 0;
	}
	if (word && fdkeep_read(&keep, word, f) < 0)
		return -1;
	beyond = c->sync ? fdkeep_beyond(&keep, &c->keep) : -1;
	c->loose = false;
	c->keep = keep;
	if (beyond < 0)
		return 0;
	(void)errmsg(f, 0, "cannot preserve fd %d: it was not passed on",
		     beyond);
	errno = EBADF;
	return -1;
}

/* The parent was notified or is gone: close the report socket. */
static int tell_runs(struct chain *c)
{
	if (sync_runs(c->sync) < 0)
		return -1;
	(void)close(c->sync->report);
	c->sync = NULL;
	return 0;
}

/* Is it to wait for a byte, and not to outlive its parent in that time? */
static bool is_bound(const struct chain *c)
{
	return c->hold >= 0 && c->attended;
}

static int set_death_signal(int sig, struct errmsg *f)
{
	if (prctl(PR_SET_PDEATHSIG, sig) < 0)
		return errmsg(f, errno, "cannot set the parent-death signal");
	return 0;
}

/* Set late: a change of credentials, as by confine, takes it away. */
static int ask_death_signal(const struct chain *c, struct errmsg *f)
{
	int sig = is_bound(c) ? SIGKILL : c->kill;

	/* A child of ours has one for its start, see child_start(). */
	if (!sig && !c->sync)
		return 0;
	if (set_death_signal(sig, f) < 0)
		return -1;
	/* It does not come for a parent that is dead already. */
	if (sig && c->sync && sync_orphan(c->sync))
		_exit(EXIT_CANCELED);
	return 0;
}

#define NULL_MASK (0x1 | 0x2 | SYS_STATX_MNT_ID) /* type, mode, mount */

static bool is_null(const struct sys_statx *st)
{
	return S_ISCHR(st->mode) && st->rdev_major == 1 && st->rdev_minor == 3;
}

/*
 * A /dev/null that is not the one of the present root is another root's, whose
 * mode and owner could be changed by way of the descriptor: the own one takes
 * its place. Where there is none, or it cannot be opened, nothing changes.
 */
static int own_null(int fd)
{
	const int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	struct sys_statx is = { 0 }, here = { 0 };
	autofd own = -1;

	if (sys_statx(fd, "", AT_EMPTY_PATH, NULL_MASK, &is) < 0 ||
	    !is_null(&is) ||
	    sys_statx(AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW, NULL_MASK,
		      &here) < 0 ||
	    !is_null(&here) || is.mnt_id == here.mnt_id)
		return 0;
	/* By now it may be another file there, which is not to be waited for.
	 */
	own = open("/dev/null",
		   mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0 ||
	    sys_statx(own, "", AT_EMPTY_PATH, NULL_MASK, &here) < 0 ||
	    !is_null(&here) || fcntl(own, F_SETFL, mode) < 0)
		return 0;
	return dup2(own, fd);
}

static int fdmap_stdio(const struct chain *c, struct errmsg *f)
{
	for (int fd = 0; fd < 3; fd++) {
		if ((c->stdio[fd] >= 0 && dup2(c->stdio[fd], fd) < 0) ||
		    own_null(fd) < 0)
			return errmsg(f, errno, "cannot set up fd %d", fd);
	}
	return 0;
}

/* Where nothing was closed yet, what an exec closes is closed before: the
 * master of the terminal, which would not hang up, and whatever the caller
 * waits for the end of. */
static int await_hold(const struct chain *c, struct errmsg *f)
{
	char byte;
	ssize_t n;

	if (c->keep.all)
		(void)fd_close_marked(true, c->hold);
	n = fd_read(c->hold, &byte, 1);
	if (n < 0)
		return errmsg(f, errno, "cannot wait on fd %d", c->hold);
	if (n == 0)
		return errmsg(f, 0, "cannot go on: fd %d ended without a byte",
			      c->hold);
	if (c->keep.all || !fdkeep_has(&c->keep, c->hold))
		(void)close(c->hold);
	return is_bound(c) ? set_death_signal(c->kill, f) : 0;
}

/* Descriptors that were announced to the process that was called are the
 * command's, if it gets them all. Source: sd_listen_fds(3). */
static void listen_for(const struct chain *c)
{
	struct fdkeep announced = { 0 };
	char number[16];

	/* A tool of the chain may have changed the environment. */
	if (c->listen == 0 || !getenv("LISTEN_PID"))
		return;
	fdkeep_count(&announced, c->listen);
	(void)snprintf(number, sizeof(number), "%d", (int)getpid());
	if (fdkeep_beyond(&announced, &c->keep) < 0 &&
	    setenv("LISTEN_PID", number, 1) == 0)
		return;
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

static void set_signals(const struct chain *c)
{
	if (c->default_signals) {
		exec_defaults();
		return;
	}
	(void)signal(SIGPIPE, c->sigpipe);
	exec_signals(c->keyboard);
}

/* What is left once the terminal is in its place. A parent is told that the
 * command runs before a hold, which may last. */
static int finish(struct chain *c, struct errmsg *f)
{
	bool fresh = c->sync;
	int last;

	if (c->hold >= 0 && c->sync && tell_runs(c) < 0)
		return errmsg(f, errno,
			      "cannot report that the command started");
	last = c->sync ? c->sync->report : c->hold;
	if (fdkeep_close_rest(&c->keep, last) < 0)
		return errmsg(f, errno, "cannot close inherited descriptors");
	if (fresh)
		set_signals(c);
	listen_for(c);
	if (c->hold >= 0 && await_hold(c, f) < 0)
		return -1;
	/* A parent that was not told would take this process for dead. */
	if (c->sync && sync_runs(c->sync) < 0)
		return errmsg(f, errno,
			      "cannot report that the command started");
	return 0;
}

/* A tool by its path, from the view that runs here. */
static void execute_sealed(const struct chain *c, char **command)
{
	char *path = command[0];

	if (c->argv0)
		command[0] = (char *)c->argv0;
	selfexe_run(command);
	command[0] = path;
}

static int execute_last(struct chain *c, char **command, struct errmsg *f)
{
	int status, error;
	bool missing;

	if (c->filter && seccomp_load(c->filter) < 0) {
		(void)errmsg(f, errno, "cannot load the seccomp filter");
		return EXIT_CANCELED;
	}
	if (strchr(command[0], '/') && selfexe_is(command[0]))
		execute_sealed(c, command);
	status = exec_command(command, c->argv0);
	error = errno;
	/* The file is there, so what is missing is what it names. */
	missing = error == ENOENT && exec_lookup(command) == 0;
	(void)errmsg(f, error, "cannot execute %s%s", Q(command[0]),
		     missing ? " (its interpreter or loader is missing)" : "");
	return status;
}

/* Without a PATH there is a default one, which may not be meant. */
static bool is_pathless(const struct chain *c, const char *name)
{
	const char *path = getenv("PATH");

	return c->no_default_path && !strchr(name, '/') && !(path && *path);
}

/* A process that is held will be let go as one that can run its command. */
static int look_up(const struct chain *c, const struct applet *next,
		   char **command, struct errmsg *f)
{
	int status = 0;

	if (!next && is_pathless(c, command[0])) {
		errno = ENOENT;
		status = EXIT_ENOENT;
	} else if (!next && (c->held || c->hold >= 0)) {
		status = exec_lookup(command);
	}
	if (status)
		(void)errmsg_q(f, errno, "cannot execute %s", command[0]);
	return status;
}

static void start_applet(const struct applet *next, char **command)
{
	/* What an exec would close. */
	(void)fd_close_marked(true, -1);
	(void)prctl(PR_SET_NAME, next->name);
	applet_exit(chain_start(next, command));
}

int chain_run(struct chain *c, char **command, struct errmsg *f)
{
	const struct applet *next = c->no_tools || strchr(*command, '/')
					    ? NULL
					    : applet_find(*command);
	int status;

	if (next && next->step)
		applet_exit(call_applet(next, command, c));
	status = look_up(c, next, command, f);
	/* As what only the exec finds out, it is the first tool's to say. */
	if (status && c->sync)
		sync_failed(c->sync, status, f);
	if (status)
		return status;
	if (c->held && sync_hold(c->sync) < 0) {
		(void)errmsg(f, errno, "cannot report that all is ready");
		sync_failed(c->sync, EXIT_CANCELED, f);
	}
	if (ask_death_signal(c, f) < 0 || fdmap_stdio(c, f) < 0)
		return EXIT_CANCELED;
	if (next && !c->filter && exec_forget(command) < 0) {
		(void)errmsg(f, errno, "cannot get memory");
		return EXIT_CANCELED;
	}
	if (finish(c, f) < 0) {
		if (c->sync)
			sync_failed(c->sync, EXIT_CANCELED, f);
		return EXIT_CANCELED;
	}
	/* What is an applet need not be executed, unless a filter has to see
	 * that happen. */
	if (next && !c->filter)
		start_applet(next, command);
	status = execute_last(c, command, f);
	if (!c->sync)
		return status;
	/* The parent was told that the command runs, and has no other way to
	 * hear that it does not. */
	if (sync_tell(c->sync, status, f) < 0)
		applet_warn(f);
	_exit(status);
}
