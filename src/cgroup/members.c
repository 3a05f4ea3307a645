/* members - the processes of a cgroup, and its end */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "cgroup/cgfile.h"
#include "cgroup/groups.h"
#include "cgroup/members.h"
#include "cgroup/tree.h"

/* So many are held at a time, for want of descriptors. */
#define BATCH 256
#define SPARE 5 /* enough for a list of the members */

/* How long a freezer may take before the signal is sent all the same. */
#define FREEZE_MS 500

/* So many processes that were sent KILL are waited for, and so long, before
 * others are looked for that they have left. */
#define WATCHED 8
#define END_MS	100

/* A pause that begins short and grows, as most ends take no time. */
struct pause {
	int us;
};

static void take_pause(struct pause *p, long long deadline)
{
	int left = wait_left(deadline);

	p->us = p->us ? p->us * 2 : 200;
	if (p->us > 10000)
		p->us = 10000;
	if (left >= 0 && left * 1000LL < p->us)
		p->us = left * 1000 + 100;
	(void)usleep((useconds_t)p->us);
}

static bool is_over(long long deadline)
{
	return wait_left(deadline) == 0;
}

static int add_pid(struct pids *p, pid_t pid)
{
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		pid_t *at = realloc(p->at, room * sizeof(*at));

		if (!at)
			return -1;
		p->at = at;
		p->room = room;
	}
	p->at[p->n++] = pid;
	return 0;
}

/* Of a line for each, where 0 is a process of another pid namespace, which has
 * no number here. */
static int read_members(struct pids *pids, int fd)
{
	char text[4096];
	pid_t pid = 0;
	ssize_t n;

	while ((n = fd_read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (text[i] != '\n') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			if (pid > 0 && add_pid(pids, pid) < 0)
				return -1;
			pid = 0;
		}
	return n < 0 ? -1 : 0;
}

/* It may have vanished, also while it is read, or have threads and no
 * processes. */
static int add_members(int dir, void *pids)
{
	autofd fd = openat(dir, "cgroup.procs",
			   O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && read_members(pids, fd) == 0)
		return 0;
	return errno == ENOENT || errno == ENODEV || errno == EOPNOTSUPP ? 0
									 : -1;
}

static int compare_pids(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static void sort_pids(struct pids *p)
{
	size_t n = 0;

	if (p->n == 0)
		return;
	qsort(p->at, p->n, sizeof(*p->at), compare_pids);
	for (size_t i = 1; i < p->n; i++)
		if (p->at[i] != p->at[n])
			p->at[++n] = p->at[i];
	p->n = n + 1;
}

bool members_has(const struct pids *p, pid_t pid)
{
	return p->n && bsearch(&pid, p->at, p->n, sizeof(pid), compare_pids);
}

int members_list(const struct groups *g, struct pids *pids, struct errmsg *e)
{
	pids->n = 0;
	for (int i = 0; i < g->n; i++) {
		if (g->at[i].fd >= 0 &&
		    tree_walk(g->at[i].fd, add_members, NULL, pids) < 0 &&
		    errno != ENOENT && errno != ENODEV && errno != EAGAIN)
			return errmsg_q(e, errno,
					"cannot list the processes of "
					"%s",
					g->at[i].dir);
	}
	sort_pids(pids);
	return 0;
}

/* A process that froze itself would wait for ever, and one that killed itself
 * would do half. */
static int list_others(const struct groups *g, struct pids *pids,
		       struct errmsg *e)
{
	if (members_list(g, pids, e) < 0)
		return -1;
	if (!members_has(pids, getpid()))
		return 0;
	(void)errmsg_q(e, 0, "cannot act on cgroup %s: this process is in it",
		       g->at[0].dir);
	errno = EDEADLK;
	return -1;
}

/* The one of version 1, or of version 2. */
struct freezer {
	const struct group *group;
	const char *file, *frozen, *thawed;
};

static bool find_freezer(const struct groups *g, struct freezer *f)
{
	*f = (struct freezer){ groups_with(g, "freezer"), "freezer.state",
			       "FROZEN", "THAWED" };
	if (f->group)
		return true;
	*f = (struct freezer){ groups_with(g, "unified"), "cgroup.freeze", "1",
			       "0" };
	return f->group && faccessat(f->group->fd, f->file, F_OK, 0) == 0;
}

bool members_frozen(const struct groups *g)
{
	struct freezer f;
	char text[16];

	return find_freezer(g, &f) &&
	       cgfile_read(f.group->fd, f.file, text, sizeof(text)) == 0 &&
	       (*text == 'F' || *text == '1');
}

/* Is all as it should be? Version 2 tells that in another file. */
static bool has_settled(const struct freezer *f, const char *word)
{
	char text[256];

	if (f->file[0] == 'f')
		return cgfile_read(f->group->fd, f->file, text, sizeof(text)) ==
			       0 &&
		       strncmp(text, word, strlen(word)) == 0;
	return cgfile_read(f->group->fd, "cgroup.events", text, sizeof(text)) ==
		       0 &&
	       strstr(text, *word == '1' ? "frozen 1" : "frozen 0");
}

/* Version 1 wants to be told again where some were not ready. */
static int settle(const struct freezer *f, const char *word, long long deadline)
{
	struct pause p = { 0 };

	for (;;) {
		if (cgfile_write(f->group->fd, f->file, word) < 0)
			return -1;
		if (has_settled(f, word))
			return 0;
		if (is_over(deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
		take_pause(&p, deadline);
	}
}

int members_freeze(const struct groups *g, bool frozen, int ms,
		   struct errmsg *e)
{
	struct freezer f;
	struct pids pids = { 0 };
	int failed = frozen ? list_others(g, &pids, e) : 0, error;

	free(pids.at);
	if (failed)
		return -1;
	if (!find_freezer(g, &f))
		return errmsg(e, ENOENT, "cannot find a freezer");
	if (settle(&f, frozen ? f.frozen : f.thawed, wait_until(ms)) == 0)
		return 0;
	error = errno;
	if (frozen)
		(void)cgfile_write(f.group->fd, f.file, f.thawed);
	return errmsg(e, error, "cannot %s cgroup %s",
		      frozen ? "freeze" : "thaw", Q(f.group->dir));
}

struct batch {
	const pid_t *pid;
	size_t n;
	int fd[BATCH]; /* a pidfd; -1: it has ended */
};

static void close_batch(struct batch *b, size_t first)
{
	for (size_t i = first; i < b->n; i++)
		fd_close(&b->fd[i]);
	b->n = first;
}

/* Fewer than BATCH where descriptors run out. */
static int open_batch(struct batch *b, const pid_t *pid, size_t n,
		      struct errmsg *e)
{
	b->pid = pid;
	for (b->n = 0; b->n < n && b->n < BATCH; b->n++) {
		b->fd[b->n] = sys_pidfd_open(pid[b->n], 0);
		if (b->fd[b->n] >= 0 || errno == ESRCH)
			continue;
		if (errno == EMFILE && b->n > 0)
			break;
		return errmsg(e, errno, "cannot signal process %d",
			      (int)pid[b->n]);
	}
	return 0;
}

/* Who is a member now. Where that takes the descriptors that the batch has,
 * some of it is left for the next one. */
static int list_beside(const struct groups *g, struct batch *b,
		       struct pids *now, struct errmsg *e)
{
	if (members_list(g, now, e) == 0)
		return 0;
	if (e->error != EMFILE || b->n <= SPARE)
		return -1;
	close_batch(b, b->n - SPARE);
	return members_list(g, now, e);
}

/* Those that are members still after a pidfd of them was opened: the number can
 * have been given to another before. */
static int signal_batch(const struct groups *g, struct batch *b, int signal,
			struct errmsg *e)
{
	struct pids now = { 0 };
	int failed = list_beside(g, b, &now, e);

	for (size_t i = 0; i < b->n && !failed; i++)
		if (b->fd[i] >= 0 && members_has(&now, b->pid[i]) &&
		    sys_pidfd_send_signal(b->fd[i], signal, NULL, 0) < 0 &&
		    errno != ESRCH)
			failed = errmsg(e, errno, "cannot signal process %d",
					(int)b->pid[i]);
	free(now.at);
	return failed;
}

/* All that are there; how many there were. */
static int signal_all(const struct groups *g, int signal, struct errmsg *e)
{
	struct pids pids = { 0 };
	int n = list_others(g, &pids, e);
	size_t done = 0;
	struct batch b;

	while (n == 0 && done < pids.n) {
		n = open_batch(&b, pids.at + done, pids.n - done, e);
		if (n == 0)
			n = signal_batch(g, &b, signal, e);
		done += b.n;
		close_batch(&b, 0);
	}
	n = n < 0 ? -1 : pids.n > 0;
	free(pids.at);
	return n;
}

/* Frozen for it, if that can be had soon, so that none is new. */
static int signal_frozen(const struct groups *g, int signal, struct errmsg *e)
{
	bool was = members_frozen(g);
	struct pids pids = { 0 };
	struct freezer f;
	int n = list_others(g, &pids, e), error;

	free(pids.at);
	if (n < 0 || pids.n == 0)
		return n;
	if (find_freezer(g, &f))
		(void)settle(&f, f.frozen, wait_until(FREEZE_MS));
	n = signal_all(g, signal, e);
	error = errno;
	if (f.group && (!was || signal == SIGKILL) &&
	    cgfile_write(f.group->fd, f.file, f.thawed) < 0 && n >= 0)
		return errmsg_q(e, errno, "cannot thaw cgroup %s",
				f.group->dir);
	errno = error;
	return n;
}

/* Is there none left, by then at the latest? */
static bool await_none(const struct groups *g, long long deadline)
{
	struct pids pids = { 0 };
	struct pause p = { 0 };
	struct errmsg ignored;
	bool none = false;

	for (;;) {
		none = members_list(g, &pids, &ignored) == 0 && pids.n == 0;
		if (none || is_over(deadline))
			break;
		take_pause(&p, deadline);
	}
	free(pids.at);
	return none;
}

/* Version 2 ends all of its own at once, where none can escape. */
static void kill_unified(const struct groups *g)
{
	const struct group *unified = groups_with(g, "unified");

	if (unified)
		(void)cgfile_write(unified->fd, "cgroup.kill", "1");
}

/* Processes that are about to be killed. */
struct ends {
	size_t n;
	int fd[WATCHED]; /* a pidfd, or -1 */
};

static void watch_ends(struct ends *w, const struct pids *pids)
{
	w->n = pids->n < WATCHED ? pids->n : WATCHED;
	for (size_t i = 0; i < w->n; i++)
		w->fd[i] = sys_pidfd_open(pids->at[i], 0);
}

/* A process is not listed any more as soon as it begins to end, but its cgroup
 * cannot be removed before it is through. */
static void await_ends(struct ends *w, long long deadline)
{
	int left = wait_left(deadline);
	struct deadline limit = {
		wait_until(left >= 0 && left < END_MS ? left : END_MS), -1
	};

	for (size_t i = 0; i < w->n; i++) {
		if (w->fd[i] >= 0)
			(void)wait_fd(&limit, w->fd[i], POLLIN);
		fd_close(&w->fd[i]);
	}
}

static int end_all(const struct groups *g, int ms, struct errmsg *e)
{
	long long deadline = wait_until(ms);
	struct pids pids = { 0 };
	struct ends ends;
	struct freezer f;
	int n = list_others(g, &pids, e), round = 0;

	if (n == 0)
		watch_ends(&ends, &pids);
	free(pids.at);
	if (n < 0 || pids.n == 0)
		return n;
	kill_unified(g);
	if (members_frozen(g) && find_freezer(g, &f))
		(void)cgfile_write(f.group->fd, f.file, f.thawed);
	/* Nearly always that is all; what forks faster is frozen for it. */
	n = groups_with(g, "unified") ? 0 : signal_all(g, SIGKILL, e);
	await_ends(&ends, n < 0 ? 0 : deadline);
	if (n < 0)
		return -1;
	if (await_none(g, wait_until(20)))
		return 0;
	for (;;) {
		n = signal_frozen(g, SIGKILL, e);
		if (n <= 0 || await_none(g, wait_until(round++ ? 50 : 10)))
			return n < 0 ? -1 : 0;
		if (is_over(deadline))
			return errmsg_q(e, ETIMEDOUT,
					"cannot end the processes of %s",
					g->at[0].dir);
	}
}

int members_kill(const struct groups *g, int signal, int ms, struct errmsg *e)
{
	if (signal == SIGKILL)
		return end_all(g, ms, e);
	return signal_frozen(g, signal, e) < 0 ? -1 : 0;
}

static int remove_below(int parent, const char *name, void *arg)
{
	(void)arg;
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -1
									   : 0;
}

/* The name is still that of the directory that was opened? */
static int remove_one(const struct group *g)
{
	autofd parent = openat(g->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *name = strrchr(g->dir, '/') + 1;
	struct stat ours, st;

	/* The kernel has no way up from what has been removed. */
	if (parent < 0 || fstat(g->fd, &ours) < 0 ||
	    fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -1;
	if (st.st_ino != ours.st_ino)
		return 0;
	return remove_below(parent, name, NULL);
}

static int remove_group(const struct group *g)
{
	if (remove_one(g) == 0)
		return 0;
	if (errno != EBUSY)
		return -1;
	if (tree_walk(g->fd, NULL, remove_below, NULL) < 0 && errno != EAGAIN &&
	    errno != ENOENT)
		return -1;
	return remove_one(g);
}

/* One, where a process that ends keeps it busy for a while. */
static int await_removal(const struct groups *g, const struct group *one,
			 bool kill, long long deadline, struct errmsg *e)
{
	struct pause p = { 0 };

	while (remove_group(one) < 0) {
		if (errno != EBUSY)
			return errmsg_q(e, errno, "cannot remove cgroup %s",
					one->dir);
		if (is_over(deadline)) {
			(void)errmsg_q(e, 0,
				       "cannot remove cgroup %s: it has "
				       "processes still",
				       one->dir);
			errno = ETIMEDOUT;
			return -1;
		}
		if (kill &&
		    members_kill(g, SIGKILL, wait_left(deadline), e) < 0)
			return -1;
		take_pause(&p, deadline);
	}
	return 0;
}

/* All that can be removed are; the first error is told. */
int members_remove(struct groups *g, bool made, bool kill, int ms,
		   struct errmsg *e)
{
	long long deadline = wait_until(ms);
	struct errmsg other;
	int error = 0;

	for (int i = 0; i < g->n; i++) {
		const struct group *one = &g->at[i];

		if (one->fd < 0 || (made && !one->made))
			continue;
		if (await_removal(g, one, kill, deadline, error ? &other : e) <
			    0 &&
		    !error)
			error = errno;
	}
	errno = error;
	return error ? -1 : 0;
}
