/* sync - what a child tells its parent, and the other way */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "ns/child.h"
#include "sock/fdpass.h"

/* What the child tells. End of file after RUNS: the exec has happened. */
enum { GONE, GIVES, READY, RUNS, FAILED };

/* A line of the report: what alone, but all of it with FAILED. */
struct line {
	int what;
	int status;
	struct errmsg errmsg;
};

int child_await(const struct child *c)
{
	char told;

	return fd_read(c->go, &told, 1) == 1 ? 0 : -1;
}

static int tell(const struct child *c, int what)
{
	return fd_write(c->report, &what, sizeof(what));
}

int child_hold(const struct child *c)
{
	return tell(c, READY) < 0 ? -1 : child_await(c);
}

bool child_orphan(const struct child *c)
{
	return fd_ready(c->go, 0) > 0;
}

int child_runs(const struct child *c)
{
	return tell(c, RUNS);
}

int child_tell(const struct child *c, int status, const struct errmsg *f)
{
	struct line line = { FAILED, status, *f };

	return fd_write(c->report, &line, sizeof(line));
}

void child_failed(const struct child *c, int status, const struct errmsg *f)
{
	_exit(child_tell(c, status, f) < 0 ? CHILD_MUTE : status);
}

int child_give(const struct child *c, const int *fds, int n)
{
	struct fdpass m = { .n = n };
	struct deadline w = { WAIT_FOREVER, -1 };
	int what = GIVES;

	memcpy(m.fds, fds, (size_t)n * sizeof(*fds));
	memcpy(m.text, &what, sizeof(what));
	m.size = sizeof(what);
	return fdpass_send(c->report, &m, &w);
}

int child_take(struct child *c, const struct deadline *w, int *fds, int n)
{
	struct fdpass m;
	struct line line;
	int got = fdpass_recv(c->report, &m, w);

	if (got < 0)
		return -1;
	if (got == 1 && m.n == n) {
		memcpy(fds, m.fds, (size_t)n * sizeof(*fds));
		return 1;
	}
	if (got == 1 && m.size == sizeof(line)) {
		memcpy(&line, m.text, sizeof(line));
		c->status = line.status;
		c->errmsg = line.errmsg;
	}
	if (got == 1)
		fdpass_close(&m);
	return 0;
}

static int hear_why(struct child *c)
{
	/* Of what is cut off. */
	errno = EPROTO;
	if (fd_read(c->report, &c->status, sizeof(int)) != sizeof(int))
		return -1;
	if (fd_read(c->report, &c->errmsg, sizeof(c->errmsg)) !=
	    sizeof(c->errmsg))
		return -1;
	return 0;
}

/* Read the report until that line comes, or the end. */
static int hear(struct child *c, const struct deadline *w, int until)
{
	int what, last = GONE;
	ssize_t got;

	while (last != until && last != FAILED) {
		if (wait_fd(w, c->report, POLLIN) < 0)
			return -1;
		got = fd_read(c->report, &what, sizeof(what));
		if (got < 0)
			return -1;
		if (got != sizeof(what))
			break;
		last = what;
	}
	return last == FAILED && hear_why(c) < 0 ? -1 : last;
}

int child_ready(struct child *c, const struct deadline *w)
{
	int told = hear(c, w, READY);

	return told < 0 ? -1 : told == READY;
}

int child_go(const struct child *c)
{
	return fd_write(c->go, "g", 1);
}

int child_ran(struct child *c, const struct deadline *w)
{
	int told = hear(c, w, FAILED);

	return told < 0 ? -1 : told == RUNS;
}
