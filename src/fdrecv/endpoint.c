/* endpoint - a SOCKET from which descriptors are received */
#include <errno.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "fdrecv/endpoint.h"
#include "sock/fdpass.h"

void endpoint_init(struct endpoint *in)
{
	in->server = (struct sock_server){ .fd = -1, .dir = -1 };
	in->serve.server = NULL;
	in->serve.datagrams = in->serve.talk = false;
	in->serve.n = 0;
	in->serve.gone.n = 0;
}

int endpoint_close(struct endpoint *in, struct errmsg *f)
{
	server_close(&in->serve);
	return sock_close(&in->server, f);
}

void endpoint_leave(struct endpoint *in)
{
	in->serve.n = 0;
	in->server.base[0] = '\0';
	fd_close(&in->server.fd);
	fd_close(&in->server.dir);
}

/* An option of a socket; 0 where it is none: sock.h refuses that. */
static int option(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);

	(void)getsockopt(fd, SOL_SOCKET, name, &value, &size);
	return value;
}

static int connect_endpoint(const struct endpoint *in,
			    const struct endpoint_plan *plan,
			    const struct deadline *w, struct errmsg *f)
{
	struct deadline both = *w;
	long long limit = wait_until(plan->appear_ms);

	if (limit != WAIT_FOREVER &&
	    (w->deadline == WAIT_FOREVER || limit < w->deadline))
		both.deadline = limit;
	return sock_connect(&in->name, plan->type, plan->appear, plan->uid,
			    &both, f);
}

/* What it says before the first descriptor is part of the message. */
static int open_connection(struct endpoint *in,
			   const struct endpoint_plan *plan,
			   const struct deadline *w, struct errmsg *f)
{
	int sock = connect_endpoint(in, plan, w, f);
	struct client *none;

	if (sock < 0)
		return -1;
	in->serve.talk = true;
	in->serve.datagrams = option(sock, SO_TYPE) == SOCK_DGRAM;
	if (plan->request &&
	    fdpass_say(sock, plan->request, strlen(plan->request), w) < 0) {
		(void)errmsg(f, errno, "cannot send the request to %s",
			     Q(in->name.text));
		sock_discard(&sock);
		return -1;
	}
	return server_add(&in->serve, sock, in->name.kind == SOCK_FD, &none, f);
}

static int open_server(struct endpoint *in, const struct endpoint_plan *plan,
		       struct errmsg *f)
{
	int type;

	if (plan->request)
		return errmsg(f, 0, "cannot send the request to %s: it listens",
			      Q(in->name.text));
	if (sock_listen(&in->name, plan->type, &in->server, f) < 0)
		return -1;
	in->serve.server = &in->server;
	type = option(in->server.fd, SO_TYPE);
	in->serve.datagrams = type == SOCK_DGRAM;
	/* A stream has no messages: what lies before a descriptor may come
	 * together with it or not, as it happens. */
	in->serve.talk = type == SOCK_STREAM;
	return 0;
}

int endpoint_open(struct endpoint *in, const struct endpoint_plan *plan,
		  const struct deadline *w, struct errmsg *f)
{
	bool connected = plan->connect;

	in->serve.count = plan->count;
	in->serve.patience = plan->patience;
	in->serve.uid = plan->uid;
	in->serve.terms = in->terms;
	if (in->name.kind == SOCK_FD)
		connected = !option(in->name.fd, SO_ACCEPTCONN);
	if (!connected)
		return open_server(in, plan, f);
	if (plan->keep)
		return errmsg(f, 0, "cannot serve on %s: it does not listen",
			      Q(in->name.text));
	return open_connection(in, plan, w, f);
}
