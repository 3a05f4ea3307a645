/* fdmap - put descriptors at the numbers at which a command expects them */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "fdrecv/fdmap.h"

/* Which of n numbers is that one? -1: none. */
static int find_number(const int *numbers, int n, int number)
{
	for (int i = 0; i < n; i++) {
		if (numbers[i] == number)
			return i;
	}
	return -1;
}

void fdmap_plan(int *at, int n, const int *slots, int nslots)
{
	int next = 3;

	for (int i = 0; i < n; i++) {
		if (i < nslots) {
			at[i] = slots[i];
			continue;
		}
		while (find_number(slots, nslots, next) >= 0)
			next++;
		at[i] = next++;
	}
}

static int set_number(const char *name, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	return setenv(name, text, 1);
}

static int clear_env(void)
{
	/* It fails only for names that could not be one. */
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDNAMES");
	return 0;
}

/* The names of those at 3..3+listed-1, joined by colons; to be freed. */
static char *join_names(const int *at, const char *const *names, int n,
			int listed)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < listed; i++) {
		const char *name = names[find_number(at, n, 3 + i)];

		fprintf(out, "%s%s", i ? ":" : "", name ? name : "unknown");
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

int fdmap_env(const int *at, const char *const *names, int n)
{
	int listed = 0, result;
	char *text;

	while (find_number(at, n, 3 + listed) >= 0)
		listed++;
	if (listed == 0)
		return clear_env();
	text = join_names(at, names, n, listed);
	if (!text)
		return -1;
	result = setenv("LISTEN_FDNAMES", text, 1);
	free(text);
	if (result < 0 || set_number("LISTEN_FDS", listed) < 0)
		return -1;
	return set_number("LISTEN_PID", getpid());
}

/*
 * Move each to its number. One that stands where another belongs steps aside
 * first, perhaps to where a third belongs; but one that is in place stays, so
 * that it ends after two moves each.
 */
static int shuffle(int *fds, const int *at, int n)
{
	for (int i = 0; i < n; i++) {
		int other = find_number(fds, n, at[i]);

		if (other == i)
			continue;
		if (other >= 0) {
			fds[other] = fd_above(at[i], 3);
			if (fds[other] < 0)
				return -1;
		}
		if (dup2(fds[i], at[i]) < 0)
			return -1;
		(void)close(fds[i]);
		fds[i] = at[i];
	}
	return 0;
}

int fdmap_fds(int *fds, const int *at, int n, int last)
{
	int *row = malloc((size_t)(n ? n : 1) * sizeof(*row));
	int result = -1;

	if (!row)
		return -1;
	/* Side by side from 3 up, the rest is one range to close; and then
	 * nothing is in the way of a second move. */
	for (int i = 0; i < n; i++)
		row[i] = 3 + i;
	if (shuffle(fds, row, n) == 0 && fd_close_rest(n, last) == 0)
		result = shuffle(fds, at, n);
	free(row);
	return result;
}
