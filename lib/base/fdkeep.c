/* fdkeep - the descriptors above 2 that a command is to have */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/fdkeep.h"
#include "base/text.h"

/* The first number of *text, of 3 to INT_MAX; moves behind it. */
static int read_number(const char **text, int *fd)
{
	char digits[12];
	size_t n = strspn(*text, "0123456789");

	if (n == 0 || n >= sizeof(digits))
		return -1;
	memcpy(digits, *text, n);
	digits[n] = '\0';
	*text += n;
	return text_int(digits, 3, INT_MAX, fd);
}

static int compare_ranges(const void *a, const void *b)
{
	int x = ((const struct fdrange *)a)->first;
	int y = ((const struct fdrange *)b)->first;

	return (x > y) - (x < y);
}

static void sort_ranges(struct fdkeep *k)
{
	int n = 0;

	qsort(k->at, (size_t)k->n, sizeof(*k->at), compare_ranges);
	for (int i = 1; i < k->n; i++) {
		/* Of what touches one range is made. */
		if (k->at[i].first - 1 > k->at[n].last)
			k->at[++n] = k->at[i];
		else if (k->at[i].last > k->at[n].last)
			k->at[n].last = k->at[i].last;
	}
	k->n = n + 1;
}

static int fdkeep_read_list(struct fdkeep *k, const char *text)
{
	while (*text) {
		struct fdrange *r = &k->at[k->n];

		if (k->n == FDKEEP_MAX || read_number(&text, &r->first) < 0)
			return -1;
		r->last = r->first;
		if (*text == '-' && (text++, read_number(&text, &r->last) < 0 ||
						     r->last < r->first))
			return -1;
		k->n++;
		if (*text && *text++ != ',')
			return -1;
	}
	sort_ranges(k);
	return 0;
}

static int first_missing(const struct fdkeep *k)
{
	for (int i = 0; i < k->n; i++)
		for (int fd = k->at[i].first; fd <= k->at[i].last; fd++)
			if (!fd_passed(fd))
				return fd;
	return -1;
}

void fdkeep_count(struct fdkeep *k, int n)
{
	if (n <= 0 || k->n == FDKEEP_MAX)
		return;
	k->at[k->n++] = (struct fdrange){ 3, n + 2 };
	sort_ranges(k);
}

int fdkeep_listen(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	struct fdkeep k = { 0 };
	int named, n;

	if (!pid || !fds || text_int(pid, 1, INT_MAX, &named) < 0 ||
	    named != getpid() || text_int(fds, 0, 65535, &n) < 0)
		return 0;
	fdkeep_count(&k, n);
	return first_missing(&k) < 0 ? n : 0;
}

static int fdkeep_read_word(struct fdkeep *k, const char *word)
{
	int count;

	if (strcmp(word, "all") == 0) {
		k->all = true;
		return 0;
	}
	if (strpbrk(word, ",-"))
		return fdkeep_read_list(k, word);
	if (text_int(word, 0, INT_MAX - 2, &count) < 0)
		return -1;
	fdkeep_count(k, count);
	return 0;
}

int fdkeep_read(struct fdkeep *k, const char *word, struct errmsg *f)
{
	int missing;

	*k = (struct fdkeep){ 0 };
	if (fdkeep_read_word(k, word) < 0) {
		(void)errmsg_q(
			f, 0,
			"bad --preserve-fds %s: want a count, a list such "
			"as 5,63 or all",
			word);
		errno = EINVAL;
		return -1;
	}
	missing = first_missing(k);
	if (missing < 0)
		return 0;
	(void)errmsg(f, 0, "cannot preserve fd %d: it was not passed on",
		     missing);
	errno = EBADF;
	return -1;
}

bool fdkeep_has(const struct fdkeep *k, int fd)
{
	for (int i = 0; i < k->n; i++)
		if (fd >= k->at[i].first && fd <= k->at[i].last)
			return true;
	return k->all;
}

int fdkeep_beyond(const struct fdkeep *k, const struct fdkeep *other)
{
	for (int i = 0; i < k->n; i++)
		for (int fd = k->at[i].first; fd <= k->at[i].last; fd++)
			if (!fdkeep_has(other, fd))
				return fd;
	return -1;
}

/* From first to last but for one in between. */
static int close_but(int first, int last, int but)
{
	if (but < first || but > last)
		return fd_close_range(first, last);
	if (fd_close_range(first, but - 1) < 0)
		return -1;
	return but == INT_MAX ? 0 : fd_close_range(but + 1, last);
}

int fdkeep_close_rest(const struct fdkeep *k, int last)
{
	int first = 3;

	if (k->all)
		return 0;
	for (int i = 0; i < k->n; i++) {
		if (close_but(first, k->at[i].first - 1, last) < 0)
			return -1;
		if (k->at[i].last == INT_MAX)
			return 0;
		first = k->at[i].last + 1;
	}
	return close_but(first, INT_MAX, last);
}
