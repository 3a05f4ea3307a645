/* tree - the cgroups below one, however deep and many */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cgroup/tree.h"

#define OPENED (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A directory on the way from the top to where the walk is. */
struct level {
	struct level *up;
	struct stat st;
	size_t n, next;
	char **names; /* of the directories in it */
};

struct walk {
	int (*enter)(int dir, void *arg);
	int (*leave)(int parent, const char *name, void *arg);
	void *arg;
	int fd;		     /* of the directory where it is */
	struct level *level; /* that one's */
	struct level top;    /* nearly always the only one */
};

static void free_level(struct walk *w)
{
	struct level *gone = w->level;

	w->level = gone->up;
	for (size_t i = 0; i < gone->n; i++)
		free(gone->names[i]);
	free(gone->names);
	if (gone != &w->top)
		free(gone);
}

static int add_name(struct level *l, const char *name)
{
	char **names = realloc(l->names, (l->n + 1) * sizeof(*names));

	if (!names)
		return -1;
	l->names = names;
	names[l->n] = strdup(name);
	return names[l->n] ? (l->n++, 0) : -1;
}

static int list_names(struct level *l, int fd)
{
	autofd again = openat(fd, ".", OPENED);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	int failed = 0;

	if (!dir)
		return -1;
	again = -1;
	while (!failed && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR &&
		    strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			failed = add_name(l, entry->d_name);
	(void)closedir(dir);
	return failed;
}

/* Begin with the directory that w->fd is. */
static int open_level(struct walk *w)
{
	struct level *l = w->level ? calloc(1, sizeof(*l)) : &w->top;

	if (!l)
		return -1;
	l->up = w->level;
	w->level = l;
	if (fstat(w->fd, &l->st) < 0 ||
	    (w->enter && w->enter(w->fd, w->arg) < 0))
		return -1;
	/* A directory of these file systems has a link for each in it. */
	return l->st.st_nlink == 2 ? 0 : list_names(l, w->fd);
}

/* Down to the next directory in this one. */
static int go_down(struct walk *w)
{
	const char *name = w->level->names[w->level->next++];
	int fd = openat(w->fd, name, OPENED);

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	fd_close(&w->fd);
	w->fd = fd;
	return open_level(w);
}

/* Up, to the very directory that the walk has come from. */
static int go_up(struct walk *w)
{
	struct level *up = w->level->up;
	int fd = openat(w->fd, "..", OPENED);
	struct stat st;

	if (fd < 0)
		return -1;
	fd_close(&w->fd);
	w->fd = fd;
	free_level(w);
	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_ino != up->st.st_ino || st.st_dev != up->st.st_dev) {
		errno = EAGAIN;
		return -1;
	}
	return w->leave ? w->leave(fd, up->names[up->next - 1], w->arg) : 0;
}

int tree_walk(int top, int (*enter)(int dir, void *arg),
	      int (*leave)(int parent, const char *name, void *arg), void *arg)
{
	struct walk w = { .enter = enter,
			  .leave = leave,
			  .arg = arg,
			  .fd = openat(top, ".", OPENED) };
	int failed = w.fd < 0 ? -1 : open_level(&w), error;

	while (!failed && (w.level->next < w.level->n || w.level->up))
		failed = w.level->next < w.level->n ? go_down(&w) : go_up(&w);
	error = errno;
	while (w.level)
		free_level(&w);
	fd_close(&w.fd);
	errno = error;
	return failed;
}
