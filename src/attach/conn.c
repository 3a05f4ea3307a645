/* conn - the way to a terminal that conlog keeps */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/conn.h"
#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"

#define START_MS 1000 /* for a conlog that starts to make its FIFOs */
#define EXIT_MS	 1500 /* for a status to be written once conlog has ended */
#define PAUSE_MS 10   /* between two looks */

static void pause_ms(int ms)
{
	const struct deadline w = { wait_until(ms), -1 };

	(void)wait_fd(&w, -1, 0);
}

/* The writing end of a FIFO that has a reader. */
static int conn_open_fifo(int dir, const char *name)
{
	return fd_open_as(dir, name, O_WRONLY | O_NOFOLLOW, S_IFIFO);
}

/*
 * Both FIFOs, or neither. conlog makes control last; one that was killed leaves
 * FIFOs without a reader, one that has ended leaves none, and says so.
 */
static int open_fifos(struct conn *c, struct errmsg *f)
{
	long long deadline = wait_until(START_MS);

	do {
		c->control = conn_open_fifo(c->dir, "control");
		c->keys = c->control < 0 ? -1 : conn_open_fifo(c->dir, "keys");
		if (c->keys >= 0)
			return 0;
		fd_close(&c->control);
		if (errno == ENXIO)
			return 0;
		if (errno != ENOENT)
			return errmsg_q(f, errno, "cannot attach to %s",
					c->path);
		if (spool_look(c->spool, &c->head) < 0)
			return errmsg_q(f, errno, "cannot read the spool in %s",
					c->path);
		if (c->head.ended)
			return 0;
		pause_ms(PAUSE_MS);
	} while (wait_left(deadline) > 0);
	return 0;
}

/* Without an instance (fs.inotify.max_user_instances) it is looked often. */
static int open_news(int spool)
{
	char path[sizeof("/proc/self/fd/") + 11];
	autofd news = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", spool);
	if (news < 0 || inotify_add_watch(news, path, IN_MODIFY) < 0)
		return -1;
	return fd_take(&news);
}

/* A spool that conlog is just making is none yet. */
static int look_first(struct conn *c, struct errmsg *f)
{
	long long deadline = wait_until(START_MS);

	while (spool_look(c->spool, &c->head) < 0) {
		if ((errno != EINVAL && errno != EAGAIN) ||
		    wait_left(deadline) == 0)
			return errmsg_q(f, errno, "cannot read the spool in %s",
					c->path);
		pause_ms(PAUSE_MS);
	}
	return 0;
}

static int open_rest(struct conn *c, struct errmsg *f)
{
	c->dir = open(c->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->dir >= 0)
		c->spool = spool_open(c->dir, "spool");
	if (c->spool < 0)
		return errmsg_q(f, errno, "cannot attach to %s", c->path);
	if (look_first(c, f) < 0 || open_fifos(c, f) < 0)
		return -1;
	if (conn_lives(c))
		c->news = open_news(c->spool);
	/* After the watch: what is newer is heard. */
	if (spool_look(c->spool, &c->head) < 0)
		return errmsg_q(f, errno, "cannot read the spool in %s",
				c->path);
	return 0;
}

int conn_open(struct conn *c, const char *path, struct errmsg *f)
{
	*c = (struct conn){ path, -1, -1, -1, -1, -1, { 0 } };
	if (open_rest(c, f) == 0)
		return 0;
	conn_close(c);
	return -1;
}

bool conn_lives(const struct conn *c)
{
	return c->keys >= 0;
}

void conn_ended(struct conn *c)
{
	fd_close(&c->keys);
	fd_close(&c->control);
}

void conn_size(const struct conn *c, int rows, int cols, bool redraw)
{
	char line[32];
	int n = snprintf(line, sizeof(line), "%d %d %d\n", redraw ? 3 : 1, rows,
			 cols);

	/* A FIFO that is full of sizes gets none the better for this one. */
	if (c->control >= 0)
		(void)!write(c->control, line, (size_t)n);
}

void conn_heard(const struct conn *c)
{
	char events[4096];

	while (c->news >= 0 &&
	       read(c->news, events, sizeof(events)) == sizeof(events))
		;
}

/* The status that is written, -1 with errno ENOENT where there is none yet. */
static int read_status(int dir)
{
	char text[16];
	int status;
	ssize_t got;
	autofd fd = fd_open_as(dir, "exit", O_RDONLY | O_NOFOLLOW, S_IFREG);

	if (fd < 0)
		return -1;
	got = fd_read(fd, text, sizeof(text) - 1);
	if (got < 0)
		return -1;
	text[got] = '\0';
	return text_int(text, 0, 255, &status) < 0 ? -1 : status;
}

int conn_status(const struct conn *c, struct errmsg *f)
{
	long long deadline = wait_until(EXIT_MS);
	int status = read_status(c->dir);

	/* Another process may write it, once conlog has ended in order. */
	while (status < 0 && errno == ENOENT && c->head.ended &&
	       wait_left(deadline) > 0) {
		pause_ms(PAUSE_MS);
		status = read_status(c->dir);
	}
	if (status < 0 && errno == ENOENT && c->head.ended)
		return errmsg_q(
			f, 0,
			"cannot tell the status of %s: conlog was not told",
			c->path);
	if (status < 0 && errno == ENOENT)
		return errmsg_q(
			f, 0,
			"cannot tell the status of %s: what kept it was "
			"killed",
			c->path);
	if (status < 0)
		return errmsg_q(f, errno, "cannot read the status of %s",
				c->path);
	return status;
}

void conn_close(struct conn *c)
{
	int saved = errno;

	conn_ended(c);
	fd_close(&c->news);
	fd_close(&c->spool);
	fd_close(&c->dir);
	errno = saved;
}
