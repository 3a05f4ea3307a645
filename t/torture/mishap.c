/* mishap - what goes wrong, in words */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

struct word {
	const char *name;
	int value;
};

#define W(name_)                                                               \
	{                                                                      \
#name_, name_                                                  \
	}
static const struct word errors[] = {
	W(E2BIG),      W(EACCES),      W(EADDRINUSE),	W(EAGAIN),
	W(EBUSY),      W(ECHILD),      W(ECONNABORTED), W(ECONNREFUSED),
	W(ECONNRESET), W(EDQUOT),      W(EEXIST),	W(EFBIG),
	W(EINTR),      W(EINVAL),      W(EIO),		W(ELOOP),
	W(EMFILE),     W(EMSGSIZE),    W(ENFILE),	W(ENOBUFS),
	W(ENODEV),     W(ENOENT),      W(ENOEXEC),	W(ENOLCK),
	W(ENOMEM),     W(ENOPROTOOPT), W(ENOSPC),	W(ENOSYS),
	W(ENOTCONN),   W(ENOTDIR),     W(ENOTEMPTY),	W(ENOTTY),
	W(ENXIO),      W(EOVERFLOW),   W(EPERM),	W(EPIPE),
	W(EROFS),      W(ESPIPE),      W(ESRCH),	W(ETOOMANYREFS),
	W(ETXTBSY),    W(EXDEV),       { NULL, 0 },
};
static const struct word signals[] = {
	W(SIGKILL),
	W(SIGTERM),
	W(SIGSTOP),
	{ NULL, 0 },
};

static int value_of(const struct word *list, const char *name)
{
	for (; list->name; list++)
		if (strcmp(list->name, name) == 0)
			return list->value;
	return -1;
}

static const char *name_of(const struct word *list, int value)
{
	for (; list->name; list++)
		if (list->value == value)
			return list->name;
	return "?";
}

int mishap_error(const char *name)
{
	return value_of(errors, name);
}

void mishap_print(const struct mishap *m, char *text, size_t size)
{
	const char *action = name_of(m->how == SIGNAL ? signals : errors,
				     m->value);

	(void)snprintf(text, size, "%s %s#%d %s%s%s", m->who, call_name(m->nr),
		       m->count, m->how == LATE ? "late:" : "",
		       m->how == SHORT ? "short" : action,
		       m->how == ON ? "+" : "");
}

/* What mishap_print printed: ERROR, ERROR+, late:ERROR, SIGNAL, short. */
static int parse_action(const char *action, struct mishap *m)
{
	char name[32];
	size_t n;

	m->how = ONCE;
	if (strncmp(action, "late:", 5) == 0) {
		m->how = LATE;
		action += 5;
	}
	(void)snprintf(name, sizeof(name), "%s", action);
	n = strlen(name);
	if (n && name[n - 1] == '+') {
		m->how = ON;
		name[n - 1] = '\0';
	}
	m->value = mishap_error(name);
	if (strcmp(name, "short") == 0) {
		m->how = SHORT;
	} else if (m->value < 0) {
		m->how = SIGNAL;
		m->value = value_of(signals, name);
	}
	return m->how == SHORT || m->value >= 0 ? 0 : -1;
}

/* PROCESS CALL#COUNT ACTION */
int mishap_parse(char **words, struct mishap *m)
{
	char name[32], *count;

	memset(m, 0, sizeof(*m));
	(void)snprintf(m->who, sizeof(m->who), "%s", words[0]);
	(void)snprintf(name, sizeof(name), "%s", words[1]);
	count = strchr(name, '#');
	if (!count)
		return -1;
	*count++ = '\0';
	m->nr = call_number(name);
	m->count = atoi(count);
	return m->nr < 0 || m->count < 1 ? -1 : parse_action(words[2], m);
}
