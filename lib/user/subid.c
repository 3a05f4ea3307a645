/* subid - the ids that /etc/subuid and /etc/subgid lend to a user */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "user/subid.h"
#include "user/users.h"

/*
 * The next line without its newline, empty where it is too long to be one that
 * matters. Returns as subid_next.
 */
static int next_line(FILE *file, char *line, int size)
{
	size_t n;
	int c;

	if (!fgets(line, size, file))
		return ferror(file) ? -1 : 0;
	n = strlen(line);
	if (n > 0 && line[n - 1] == '\n') {
		line[n - 1] = '\0';
	} else if (!feof(file)) {
		line[0] = '\0';
		do {
			c = getc(file);
		} while (c != '\n' && c != EOF);
	}
	return 1;
}

/* Cut a line into n fields at its colons; false if it has fewer. */
static bool cut_fields(char *line, char *fields[], int n)
{
	for (int i = 0; i < n; i++) {
		if (!line)
			return false;
		fields[i] = strsep(&line, ":");
	}
	return true;
}

static bool is_owner(const struct subid *s, const char *name)
{
	char word[SUBID_OWNERS];

	(void)snprintf(word, sizeof(word), ":%s:", name);
	return *name && strstr(s->owners, word);
}

/* Note another name; one that does not fit is as if it were not there. */
static void add_owner(void *to, const char *name)
{
	struct subid *s = to;
	size_t used = strlen(s->owners);

	if (used + strlen(name) + 2 <= sizeof(s->owners))
		(void)snprintf(s->owners + used, sizeof(s->owners) - used,
			       "%s:", name);
}

const char *subid_file(bool groups)
{
	return groups ? "/etc/subgid" : "/etc/subuid";
}

int subid_open(struct subid *s, bool groups, uid_t uid)
{
	struct errmsg f;

	s->file = fopen(subid_file(groups), "re");
	if (!s->file)
		return -1;
	(void)snprintf(s->owners, sizeof(s->owners), ":%u:", (unsigned)uid);
	/* A system without /etc/passwd has numbers alone. */
	(void)users_names(uid, add_owner, s, &f);
	return 0;
}

int subid_next(struct subid *s, unsigned *first, unsigned *count)
{
	char line[1024], *field[3];
	long long n;
	int got;

	while ((got = next_line(s->file, line, sizeof(line))) > 0) {
		if (!cut_fields(line, field, 3) || !is_owner(s, field[0]) ||
		    text_id(field[1], first) < 0 ||
		    text_number(field[2], 1, (long long)UINT32_MAX - *first,
				&n) < 0)
			continue;
		*count = (unsigned)n;
		return 1;
	}
	return got;
}

void subid_close(struct subid *s)
{
	int saved = errno;

	(void)fclose(s->file);
	errno = saved;
}
