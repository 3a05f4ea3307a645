/* wanted - where descriptors are to come from and to go */
#include <limits.h>
#include <string.h>
#include <sys/resource.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "cli/applet.h"
#include "fdrecv/receive.h"
#include "fdrecv/wanted.h"

int wanted_limit(void)
{
	struct rlimit limit;

	/* It fails for a bad pointer or a bad resource alone. */
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > INT_MAX)
		return INT_MAX;
	return (int)limit.rlim_cur;
}

static int add_slot(struct receive *r, const char *word, struct errmsg *f)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	int slot = -1;

	for (int i = 0; i < 3; i++) {
		if (strcmp(word, names[i]) == 0)
			slot = i;
	}
	if (slot < 0 && text_int(word, 0, wanted_limit() - 1, &slot) < 0)
		return errmsg_q(f, 0, "bad --fd %s: want a descriptor", word);
	for (int i = 0; i < r->nslots; i++) {
		if (r->slots[i] == slot)
			return errmsg(f, 0, "descriptor %d is given twice",
				      slot);
	}
	if (r->nslots == RECEIVE_MAX)
		return errmsg(f, 0, "more than %d places", RECEIVE_MAX);
	r->slots[r->nslots++] = slot;
	return 0;
}

int wanted_socket(struct receive *r, const char *name, bool abstract,
		  const struct strlist *slots, struct errmsg *f)
{
	if (r->n == RECEIVE_MAX)
		return errmsg(f, 0, "more than %d sockets", RECEIVE_MAX);
	if (sock_parse(name, abstract, &r->in[r->n].name) < 0)
		return errmsg_q(f, 0, "bad socket %s", name);
	for (int i = 0; i < slots->n; i++) {
		if (add_slot(r, slots->v[i], f) < 0)
			return -1;
	}
	r->places[r->n++] = slots->n;
	return 0;
}

const char *wanted_conflict(const struct receive *r)
{
	const struct endpoint_plan *p = &r->plan;
	enum sock_kind kind = r->in[0].name.kind;
	bool datagrams = p->type == SOCK_DGRAM && kind != SOCK_FD;

	if (p->connect && p->keep)
		return "--keep is for a socket that listens";
	if (p->appear && !p->connect)
		return "--wait needs --connect";
	if (p->request && !p->connect && kind != SOCK_FD)
		return "--request needs --connect";
	if (r->nslots > 0 && !r->command)
		return "a place for a descriptor needs COMMAND";
	if (r->n > 1 && (p->keep || !r->command))
		return "several sockets need COMMAND, and no --keep";
	if (datagrams && (p->connect || r->ack))
		return "datagrams are received and not answered";
	if (datagrams && (kind == SOCK_ABSTRACT || p->uid >= 0))
		return "a datagram does not name its sender";
	return NULL;
}
