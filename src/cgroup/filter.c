/* filter - the lines of ps(1) that are of certain processes */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "cgroup/filter.h"
#include "cgroup/members.h"

#define BLANK " \t\n"

/* The word of that number in a line, from 0 on; NULL: it has less. */
static const char *find_word(const char *line, int number)
{
	const char *at = line + strspn(line, BLANK);

	for (; number > 0 && *at; number--) {
		at += strcspn(at, BLANK);
		at += strspn(at, BLANK);
	}
	return *at ? at : NULL;
}

static int find_column(const char *line)
{
	const char *word;

	for (int i = 0; (word = find_word(line, i)); i++)
		if (strcspn(word, BLANK) == 3 && strncmp(word, "PID", 3) == 0)
			return i;
	return -1;
}

int filter_list(const struct pids *pids, struct errmsg *e)
{
	char *line = NULL;
	const char *word;
	size_t size = 0;
	int column = -1;

	if (getline(&line, &size, stdin) > 0)
		column = find_column(line);
	if (column >= 0)
		(void)fputs(line, stdout);
	while (column >= 0 && getline(&line, &size, stdin) > 0)
		if ((word = find_word(line, column)) &&
		    members_has(pids, atoi(word)))
			(void)fputs(line, stdout);
	free(line);
	if (ferror(stdin))
		return errmsg(e, errno, "cannot read the list");
	return column < 0 ? errmsg(e, EINVAL, "cannot find the column PID") : 0;
}
