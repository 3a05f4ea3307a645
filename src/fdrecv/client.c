/* client - what came over a connection, and whether it is what was asked for */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "fdrecv/client.h"
#include "tty/pty.h"
#include "tty/tty.h"

/* How many descriptors may come. One message may have as many more. */
static int room_of(const struct server *s)
{
	return s->count ? s->count : FDPASS_MAX;
}

static struct client *client_init(struct client *g, const struct server *s,
				  const struct ucred *who, bool lent)
{
	g->lent = lent;
	g->sock = -1;
	g->who = *who;
	g->room = room_of(s);
	g->n = 0;
	g->size = 0;
	g->text[0] = '\0';
	return g;
}

struct client *client_new(const struct server *s, const struct ucred *who)
{
	size_t most = (size_t)room_of(s) + FDPASS_MAX;
	struct client *g = malloc(sizeof(*g) + most * sizeof(g->fds[0]));

	return g ? client_init(g, s, who, false) : NULL;
}

struct client *client_lent(struct client_room *room, const struct server *s,
			   const struct ucred *who)
{
	return client_init((struct client *)room->bytes, s, who, true);
}

void client_refuse(const struct ucred *who, struct errmsg *f, int error,
		   const char *why)
{
	char name[64] = "a sender";

	if (who->pid > 0)
		snprintf(name, sizeof(name), "pid %d of user %u", who->pid,
			 who->uid);
	(void)errmsg(f, error, "cannot receive from %s%s%s", name,
		     *why ? ": " : "", why);
}

static void early_end(const struct client *g, struct errmsg *f)
{
	char why[QUOTE_MAX + 64];

	if (g->n > 0)
		snprintf(why, sizeof(why),
			 "it closed after %d of %d descriptors", g->n, g->room);
	else if (g->size > 0)
		snprintf(why, sizeof(why), "it closed, and only said %s",
			 Q(g->text));
	else
		snprintf(why, sizeof(why), "it closed without a descriptor");
	client_refuse(&g->who, f, 0, why);
}

/* Is that more than this client may send? Says why, or NULL. */
static const char *excess(const struct server *s, const struct client *g,
			  const struct fdpass *m)
{
	if (m->n > g->room - g->n)
		return "it sent more descriptors than were asked for";
	if (m->n > 0 || g->n > 0)
		return NULL;
	if (!s->talk)
		return "its message has no descriptor";
	if (g->size + m->size > FDPASS_TEXT)
		return "it talks and sends no descriptor";
	return NULL;
}

static void add_message(struct client *g, const struct fdpass *m)
{
	size_t room = FDPASS_TEXT - g->size;
	size_t size = m->size < room ? m->size : room;

	memcpy(g->text + g->size, m->text, size);
	g->size += size;
	g->text[g->size] = '\0';
	memcpy(g->fds + g->n, m->fds, (size_t)m->n * sizeof(m->fds[0]));
	g->n += m->n;
}

/* Why a message is none, for the errno of fdpass_take, or NULL. */
static const char *trouble(int error)
{
	return error == EMFILE ? "a descriptor is lost" : error ? "" : NULL;
}

int client_read(const struct server *s, struct client *g,
		const struct deadline *w, struct errmsg *f)
{
	struct fdpass m;
	const char *why;
	int got = fdpass_take(g->sock, &m, w), error = got < 0 ? errno : 0;

	if (error == ETIMEDOUT)
		return 0;
	if (got == 0) {
		early_end(g, f);
		return -1;
	}
	why = error ? trouble(error) : excess(s, g, &m);
	/* What is refused is the client's as well: that is how it is found. */
	add_message(g, &m);
	if (why) {
		client_refuse(&g->who, f, error, why);
		return -1;
	}
	return g->n > 0 && g->n >= s->count;
}

int client_judge(const struct server *s, const struct client *g,
		 struct errmsg *f)
{
	if (s->terms.terminal && (g->n != 1 || !pty_is_master(g->fds[0])))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "it is not one master of a terminal");
	if (g->n < s->terms.least || (s->terms.exact && g->n > s->terms.least))
		return errmsg(f, 0,
			      "cannot take what came: "
			      "%d descriptors for %d places",
			      g->n, s->terms.least);
	for (int i = 0; s->terms.newlines && i < g->n; i++) {
		if (pty_is_master(g->fds[i]))
			tty_newlines(g->fds[i]);
	}
	return 0;
}

/*
 * One that left already wants no answer. Where none can be sent at all neither
 * side is to believe that the descriptors have changed hands.
 */
int client_acknowledge(const struct client *g, struct errmsg *f)
{
	ssize_t n;

	do {
		n = send(g->sock, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n == 1 || errno == EPIPE || errno == ECONNRESET)
		return 0;
	return errmsg(f, errno, "cannot acknowledge what came");
}

void client_abandon(void)
{
	pid_t self = getpid();

	if (sys_clone(CLONE_FILES) != 0)
		return;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != self)
		_exit(EXIT_FAILURE);
	for (;;)
		(void)pause();
}

void client_free(struct client *g)
{
	for (int i = 0; i < g->n; i++)
		fd_close(&g->fds[i]);
	if (!g->lent)
		free(g);
}
