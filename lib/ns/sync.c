/* sync - the child's end of what connects it with its parent */
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/wait.h"
#include "ns/sync.h"
#include "sock/fdpass.h"

static int tell(const struct sync *s, int what)
{
	return fd_write(s->report, &what, sizeof(what));
}

int sync_give(const struct sync *s, const int *fds, int n)
{
	struct fdpass m = { .n = n };
	struct deadline w = { WAIT_FOREVER, -1 };
	int what = SYNC_GIVES;

	memcpy(m.fds, fds, (size_t)n * sizeof(*fds));
	memcpy(m.text, &what, sizeof(what));
	m.size = sizeof(what);
	return fdpass_send(s->report, &m, &w);
}

int sync_await(const struct sync *s)
{
	char told;

	return fd_read(s->go, &told, 1) == 1 ? 0 : -1;
}

int sync_hold(const struct sync *s)
{
	return tell(s, SYNC_READY) < 0 ? -1 : sync_await(s);
}

bool sync_orphan(const struct sync *s)
{
	return fd_ready(s->go, 0) > 0;
}

int sync_runs(const struct sync *s)
{
	return tell(s, SYNC_RUNS);
}

int sync_tell(const struct sync *s, int status, const struct errmsg *f)
{
	struct sync_line line = { SYNC_FAILED, status, *f };

	return fd_write(s->report, &line, sizeof(line));
}

void sync_failed(const struct sync *s, int status, const struct errmsg *f)
{
	_exit(sync_tell(s, status, f) < 0 ? SYNC_MUTE : status);
}
