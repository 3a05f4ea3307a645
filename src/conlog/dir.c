/* dir - the directory by which a terminal that conlog reads is reached */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "conlog/dir.h"
#include "conlog/say.h"

#define FREE_MS 2000 /* for a directory in use to be free */

/* Everything that is made here; hidden until it is what it is to be. */
static const char *const names[] = { "control", "keys", ".control", ".keys",
				     ".exit" };

/* Those that stay are reported if that is asked for. */
static void remove_names(const struct dir *d, bool says)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (unlinkat(d->fd, names[i], 0) < 0 && errno != ENOENT && says)
			say(errno, "cannot remove %s in %s", names[i],
			    Q(d->path));
}

/* No user but this one and root may put anything there. */
static int check_owner(const struct dir *d, struct errmsg *f)
{
	struct stat st;

	if (fstat(d->fd, &st) < 0)
		return errmsg_q(f, errno, "cannot look at %s", d->path);
	if (st.st_uid != geteuid() || (st.st_mode & 022))
		return errmsg_q(f, EPERM,
				"cannot use %s: others may write to it",
				d->path);
	return 0;
}

static int open_dir(struct dir *d, struct errmsg *f)
{
	d->made = mkdir(d->path, 0700) == 0;
	if (!d->made && errno != EEXIST)
		return errmsg_q(f, errno, "cannot make directory %s", d->path);
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return errmsg_q(f, errno, "cannot open directory %s", d->path);
	return check_owner(d, f);
}

/* One that is just being killed has its lock for a moment. */
static int open_spool(struct dir *d, struct errmsg *f)
{
	long long deadline = wait_until(FREE_MS);

	while (spool_create(d->fd, "spool", &d->spool) < 0) {
		d->spool.fd = -1;
		if (errno != EWOULDBLOCK || wait_left(deadline) == 0)
			break;
		(void)poll(NULL, 0, 10);
		errno = EWOULDBLOCK;
	}
	if (d->spool.fd >= 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return errmsg_q(f, errno, "cannot make a spool in %s", d->path);
	(void)errmsg_q(f, 0, "cannot use %s: it is in use", d->path);
	errno = EWOULDBLOCK;
	return -1;
}

/* A FIFO that has a reader as soon as it has its name. */
static int make_fifo(const struct dir *d, const char *hidden, const char *name)
{
	struct stat st;
	autofd fd = -1;

	if (mkfifoat(d->fd, hidden, 0600) < 0)
		return -1;
	fd = openat(d->fd, hidden,
		    O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISFIFO(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (renameat(d->fd, hidden, d->fd, name) < 0)
		return -1;
	return fd_take(&fd);
}

/* The block that the status will take, while there is room for it. */
static int reserve_exit(struct dir *d)
{
	d->exit = openat(d->fd, ".exit",
			 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			 0600);
	return d->exit < 0 ? -1 : fd_write(d->exit, "---", 3);
}

static int make_rest(struct dir *d, struct errmsg *f)
{
	remove_names(d, false);
	if (unlinkat(d->fd, "exit", 0) < 0 && errno != ENOENT)
		return errmsg_q(f, errno, "cannot remove the old exit in %s",
				d->path);
	if (reserve_exit(d) < 0)
		return errmsg_q(f, errno, "cannot write to %s", d->path);
	d->keys = make_fifo(d, ".keys", "keys");
	if (d->keys < 0)
		return errmsg_q(f, errno, "cannot make keys in %s", d->path);
	return 0;
}

int dir_open(struct dir *d, const char *path, struct errmsg *f)
{
	*d = (struct dir){ .path = path,
			   .fd = -1,
			   .spool.fd = -1,
			   .keys = -1,
			   .control = -1,
			   .exit = -1 };
	if (open_dir(d, f) == 0 && open_spool(d, f) == 0 &&
	    make_rest(d, f) == 0)
		return 0;
	dir_abandon(d);
	return -1;
}

int dir_ready(struct dir *d, struct errmsg *f)
{
	d->control = make_fifo(d, ".control", "control");
	if (d->control < 0)
		return errmsg_q(f, errno, "cannot make control in %s", d->path);
	return 0;
}

static void dir_close_all(struct dir *d)
{
	fd_close(&d->keys);
	fd_close(&d->control);
	fd_close(&d->exit);
	fd_close(&d->fd);
}

void dir_abandon(struct dir *d)
{
	int saved = errno;

	/* What another process has locked is not ours. */
	if (d->spool.fd >= 0) {
		remove_names(d, false);
		(void)unlinkat(d->fd, "spool", 0);
		fd_close(&d->spool.fd);
	}
	if (d->made)
		(void)rmdir(d->path);
	dir_close_all(d);
	errno = saved;
}

static int write_exit(const struct dir *d, int status)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", status);

	if (lseek(d->exit, 0, SEEK_SET) < 0 ||
	    fd_write(d->exit, text, (size_t)n) < 0 ||
	    fd_truncate(d->exit, n) < 0)
		return -1;
	return renameat(d->fd, ".exit", d->fd, "exit");
}

int dir_close(struct dir *d, int status, struct errmsg *f)
{
	int result = 0;

	spool_end(&d->spool);
	if (status >= 0 && write_exit(d, status) < 0)
		result = errmsg_q(f, errno, "cannot write the status to %s",
				  d->path);
	remove_names(d, true);
	/* Last: the names of the next one that has the lock are its own. */
	spool_close(&d->spool);
	dir_close_all(d);
	return result;
}
