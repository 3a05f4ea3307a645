/* ending - how the end of what is kept becomes known */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "conlog/ending.h"

void ending_init(struct ending *e, int told, bool session)
{
	*e = (struct ending){ .told.fd = -1,
			      .status = -1,
			      .leader = -1,
			      .session = session,
			      .looking = session && told < 0 };
	if (told >= 0)
		nbio_open(&e->told, told, O_RDONLY);
}

static void hear_end(struct ending *e)
{
	e->over = e->n > 0;
	e->looking = e->session && !e->over;
	e->text[e->n] = '\0';
	if (!e->over || text_int(e->text, 0, 255, &e->status) < 0)
		e->status = -1;
	nbio_close(&e->told);
}

void ending_hear(struct ending *e)
{
	char byte;
	ssize_t got;

	for (;;) {
		got = nbio_read(&e->told, &byte, 1);
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0 || byte == '\n')
			break;
		if (e->n < sizeof(e->text) - 1)
			e->text[e->n++] = byte;
	}
	/* An empty line is no status, and the end all the same. */
	if (got > 0 && e->n == 0)
		e->text[e->n++] = '\n';
	hear_end(e);
}

/* In a pid namespace that we cannot see the leader is 0; then its end is seen
 * by the hang-up. */
void ending_look(struct ending *e, int master)
{
	pid_t leader;

	if (!e->looking || master < 0 || ioctl(master, TIOCGSID, &leader) < 0)
		return;
	e->looking = false;
	e->leader = leader > 0 ? sys_pidfd_open(leader, 0) : -1;
}

bool ending_gone(const struct ending *e, int master)
{
	pid_t leader;

	return e->session && e->told.fd < 0 && master >= 0 &&
	       ioctl(master, TIOCGSID, &leader) < 0;
}

void ending_close(struct ending *e)
{
	nbio_close(&e->told);
	fd_close(&e->leader);
}
