/* calls - what may go wrong with a call, and what is the same call */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/sys.h"
#include "kinds.h"
#include "torture.h"

/* Calls of many meanings: which argument says what is wanted. */
static int request_at(long nr)
{
	return nr == SYS_ioctl || nr == SYS_fcntl ? 1
	       : nr == SYS_prctl || nr == SYS_bpf ? 0
						  : -1;
}

static bool fits(const struct kind *k, const struct call *c)
{
	int at = request_at(c->nr);

	if (k->nr != c->nr || (k->file && k->file != c->file))
		return false;
	if (!k->request && !k->zero)
		return true;
	return at >= 0 && k->request == (uint32_t)c->args[at] &&
	       (!k->second || k->second == (uint32_t)c->args[at + 1]);
}

static const struct kind *kind_of(const struct call *c)
{
	for (const struct kind *k = kinds; k->nr >= 0; k++)
		if (fits(k, c))
			return k;
	return NULL;
}

const char *call_name(long nr)
{
	for (const struct kind *k = kinds; k->nr >= 0; k++)
		if (k->nr == nr)
			return k->name;
	return NULL;
}

long call_number(const char *name)
{
	for (const struct kind *k = kinds; k->nr >= 0; k++)
		if (strcmp(k->name, name) == 0)
			return k->nr;
	return -1;
}

/* Reads and writes fail by the file, what asks for memory or descriptors fails
 * for all. */
bool call_same(const struct mishap *m, const struct call *first,
	       const struct call *now)
{
	int at = request_at(m->nr);

	if (now->nr != m->nr)
		return false;
	if (m->nr == SYS_read || m->nr == SYS_readv || m->nr == SYS_write ||
	    m->nr == SYS_writev)
		return now->args[0] == first->args[0] &&
		       now->file == first->file &&
		       strcmp(now->who, first->who) == 0;
	return at < 0 || now->args[at] == first->args[at];
}

static size_t add(struct mishap *list, size_t n, const struct call *c,
		  enum how how, int value)
{
	struct mishap *m = &list[n];

	memcpy(m->who, c->who, WHO);
	m->nr = c->nr;
	m->count = c->count;
	m->how = how;
	m->value = value;
	return n + 1;
}

static size_t add_errors(struct mishap *list, size_t n, const struct call *c,
			 const char *errors)
{
	enum how how = ONCE;
	char words[256], *word, *rest, *once;

	(void)snprintf(words, sizeof(words), "%s", errors);
	for (word = strtok_r(words, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		once = strchr(word, '!');
		if (once)
			*once = '\0';
		if (*word == ':') {
			how = LATE;
			continue;
		}
		n = add(list, n, c, how, mishap_error(word));
		if (how == ONCE && !once)
			n = add(list, n, c, ON, mishap_error(word));
	}
	return n;
}

size_t call_mishaps(const struct call *c, struct mishap *list)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSTOP };
	const struct kind *k = kind_of(c);
	size_t n = 0;

	if (!k)
		return 0;
	n = add_errors(list, n, c, k->errors);
	if (k->brief && c->args[2] > 1)
		n = add(list, n, c, SHORT, 0);
	for (int i = 0; i < 3 && !c->again; i++)
		n = add(list, n, c, SIGNAL, signals[i]);
	return n;
}

/* Its number may be that of a call of another meaning this time. */
bool call_may(const struct mishap *m, const struct call *c)
{
	struct mishap list[MISHAPS];
	size_t n = request_at(c->nr) < 0 ? 0 : call_mishaps(c, list);

	for (size_t i = 0; i < n; i++)
		if (list[i].how == m->how && list[i].value == m->value)
			return true;
	return request_at(c->nr) < 0;
}
