/* rlimit - resource limits, and the score for the out-of-memory killer */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "cred/rlimit.h"
#include "proc/procdir.h"

static const struct {
	const char *name;
	int resource;
} table[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};
#define NAMES ((int)(sizeof(table) / sizeof(*table)))

const char *rlimit_name(int i, int *resource)
{
	if (i >= NAMES)
		return NULL;
	*resource = table[i].resource;
	return table[i].name;
}

/* The resource whose name is the first n bytes of the word. */
static int find_limit(const char *word, size_t n)
{
	for (int i = 0; i < NAMES; i++) {
		if (strlen(table[i].name) == n &&
		    memcmp(table[i].name, word, n) == 0)
			return table[i].resource;
	}
	return -1;
}

/* One value, n bytes long. */
static bool rlimit_value(const char *text, size_t n, rlim_t *out)
{
	char word[RLIMIT_TEXT_MAX];
	long long number;

	if (n >= sizeof(word))
		return false;
	(void)snprintf(word, sizeof(word), "%.*s", (int)n, text);
	if (strcmp(word, "unlimited") == 0) {
		*out = RLIM_INFINITY;
		return true;
	}
	if (text_number(word, 0, LLONG_MAX, &number) < 0)
		return false;
	*out = (rlim_t)number;
	/* Where rlim_t is short, or the number would mean no limit. */
	return (unsigned long long)*out == (unsigned long long)number &&
	       *out != RLIM_INFINITY;
}

int rlimit_parse(const char *word, struct limit *limit, struct errmsg *f)
{
	size_t n = strcspn(word, "="), soft;
	struct limit new = { .resource = find_limit(word, n) };
	const char *text = word + n + 1;
	bool ok;

	if (!word[n] || n == 0)
		return errmsg(f, EINVAL, "want NAME=SOFT[:HARD]");
	if (new.resource < 0)
		return errmsg(f, EINVAL, "no such limit");
	soft = strcspn(text, ":");
	ok = rlimit_value(text, soft, &new.value.rlim_cur);
	new.value.rlim_max = new.value.rlim_cur;
	if (text[soft])
		ok = ok &&
		     rlimit_value(text + soft + 1, strlen(text + soft + 1),
				  &new.value.rlim_max);
	if (!ok)
		return errmsg(f, EINVAL, "want numbers or 'unlimited'");
	if (new.value.rlim_cur > new.value.rlim_max)
		return errmsg(f, EINVAL,
			      "the soft limit is above the hard one");
	*limit = new;
	return 0;
}

static const char *name_of_rlimit(int resource)
{
	int i = 0;

	while (table[i].resource != resource)
		i++;
	return table[i].name;
}

const char *rlimit_text(char buf[RLIMIT_TEXT_MAX], rlim_t limit)
{
	if (limit == RLIM_INFINITY)
		(void)snprintf(buf, RLIMIT_TEXT_MAX, "unlimited");
	else
		(void)snprintf(buf, RLIMIT_TEXT_MAX, "%llu",
			       (unsigned long long)limit);
	return buf;
}

int rlimit_set(const struct limit *limit, struct errmsg *f)
{
	char soft[RLIMIT_TEXT_MAX], hard[RLIMIT_TEXT_MAX];

	if (sys_setrlimit(limit->resource, &limit->value) == 0)
		return 0;
	return errmsg(f, errno, "cannot set limit %s to %s:%s",
		      name_of_rlimit(limit->resource),
		      rlimit_text(soft, limit->value.rlim_cur),
		      rlimit_text(hard, limit->value.rlim_max));
}

int rlimit_parse_oom(const char *word, int *score)
{
	bool minus = *word == '-';

	if (text_int(word + minus, 0, 1000, score) < 0)
		return -1;
	*score = minus ? -*score : *score;
	return 0;
}

static int open_oom(int flags)
{
	autofd dir = procdir_open(getpid(), NULL);

	return dir < 0 ? -1 : procdir_file(dir, "oom_score_adj", flags);
}

int rlimit_set_oom(int score, struct errmsg *f)
{
	autofd fd = open_oom(O_WRONLY);
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", score);
	if (fd < 0 || fd_write(fd, text, strlen(text)) < 0)
		return errmsg(f, errno, "cannot set oom_score_adj to %d",
			      score);
	return 0;
}

int rlimit_get_oom(int *score)
{
	autofd fd = open_oom(O_RDONLY);
	char text[16] = "";

	if (fd < 0 || fd_read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	*score = atoi(text);
	return 0;
}
