/* pidfiles - the process that keeps the pid files */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "cli/applet.h"
#include "ns/nsfork.h"
#include "proc/outlive.h"
#include "proc/pidfile.h"
#include "ptyfork/pidfiles.h"
#include "ptyfork/spawn.h"

#define END_MS 1000 /* for a process that was killed */

/* A byte says that all is done; the end, that the parent was killed: then the
 * files are of use for as long as the command runs. */
static void await_command_end(int link, int command)
{
	struct deadline forever = { WAIT_FOREVER, -1 };
	char byte;

	if (fd_read(link, &byte, 1) != 0 ||
	    wait_fd(&forever, command, POLLIN) < 0)
		_exit(0);
}

/* The process itself. Of the parent's it has nothing open, least of all the
 * ends of pipes by which others learn that the parent has died. */
static void keep_files(struct pidfiles *p, int link, int command, pid_t pid)
{
	outlive();
	(void)prctl(PR_SET_NAME, "pidfiles");
	if (dup2(link, 0) < 0 || dup2(command, 1) < 0)
		_exit(1);
	(void)close(2);
	(void)fd_close_rest(0, -1);
	if (p->l->pid_file)
		pidfile_expect(&p->pid, pid);
	if (p->l->pid_start && pidfile_expect_start(&p->start, pid) < 0)
		_exit(1);
	if (fd_write(0, "", 1) < 0)
		_exit(1);
	await_command_end(0, 1);
	(void)pidfile_remove(&p->pid, p->l->pid_file);
	(void)pidfile_remove(&p->start, p->l->pid_start);
	_exit(0);
}

/* Before there is a file to keep, nothing may reach the keeper any more that
 * ends this process's group. */
static int await_keeper(const struct pidfiles *p)
{
	char byte;
	ssize_t n = fd_read(p->link, &byte, 1);

	if (n == 0)
		errno = ECHILD;
	return n == 1 ? 0 : -1;
}

static int start_keeper(struct pidfiles *p, pid_t command)
{
	autofd pidfd = sys_pidfd_open(command, 0);
	int ends[2];

	/* Before Linux 5.3. */
	if (pidfd < 0 && errno == ENOSYS)
		return 0;
	if (pidfd < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	p->link = ends[1];
	p->keeper = nsfork(0, -1);
	if (p->keeper == 0)
		keep_files(p, ends[0], pidfd, command);
	fd_close(&ends[0]);
	if (p->keeper > 0)
		return await_keeper(p);
	p->keeper = 0;
	fd_close(&p->link);
	return -1;
}

static void end_keeper(struct pidfiles *p)
{
	if (p->keeper <= 0)
		return;
	(void)fd_write(p->link, "", 1);
	(void)kill(p->keeper, SIGKILL);
	fd_close(&p->link);
	(void)nsfork_reap_within(p->keeper, NULL, END_MS);
	p->keeper = 0;
}

static int unwritable(const char *path, struct errmsg *f)
{
	if (errno == EEXIST)
		return errmsg_q(f, 0, "cannot write %s: it is no regular file",
				path);
	return errmsg_q(f, errno, "cannot write %s", path);
}

int pidfiles_write(struct pidfiles *p, const struct launch *l, pid_t command,
		   struct errmsg *f)
{
	if (!l->pid_file && !l->pid_start)
		return 0;
	p->l = l;
	if (!l->keep_pid_file && start_keeper(p, command) < 0)
		return errmsg(f, errno, "cannot watch over the pid file");
	if (l->pid_file && pidfile_write(&p->pid, l->pid_file, command) < 0)
		return unwritable(l->pid_file, f);
	if (l->pid_start &&
	    pidfile_write_start(&p->start, l->pid_start, command) < 0)
		return unwritable(l->pid_start, f);
	return 0;
}

static void remove_file(struct pidfile *file, const char *path)
{
	struct errmsg f;

	if (pidfile_remove(file, path) == 0)
		return;
	(void)errmsg_q(&f, errno, "cannot remove %s", path);
	applet_warn(&f);
}

void pidfiles_remove(struct pidfiles *p)
{
	if (p->l) {
		remove_file(&p->pid, p->l->pid_file);
		remove_file(&p->start, p->l->pid_start);
	}
	end_keeper(p);
}

void pidfiles_end(struct pidfiles *p)
{
	if (p->l && p->l->keep_pid_file)
		return;
	pidfiles_remove(p);
}

void pidfiles_leave(struct pidfiles *p)
{
	end_keeper(p);
}
