/* cgroup_find - the cgroups that another process is in */
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
#include "base/text.h"
#include "ns/cgroup.h"
#include "proc/procdir.h"

/* A dozen hierarchies, each with a path that may be long. */
#define LIST_MAX (64 << 10)

/* A hierarchy and the cgroup of it that is looked for. */
struct wanted {
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; "": v2 */
	const char *path;	 /* as our cgroup namespace has it */
};

static int read_memberships(int dir, char text[LIST_MAX])
{
	autofd fd = procdir_file(dir, "cgroup", O_RDONLY);

	return fd_read_text(fd, text, LIST_MAX) < 0 ? -1 : 0;
}

/* Is that whole line in the text, line by line? */
static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	while (text) {
		if (strncmp(text, line, n) == 0 && text[n] == '\n')
			return true;
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return false;
}

bool cgroup_lists(const char *list, const char *word)
{
	size_t n = strcspn(word, ",:");

	for (; list; list = strchr(list, ',')) {
		list += *list == ',';
		if (strncmp(list, word, n) == 0 &&
		    (list[n] == ',' || list[n] == '\0'))
			return true;
	}
	return false;
}

/* Blanks and backslashes of a path are \040 and the like, proc(5). */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; to++) {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to = (char)((text[1] - '0') << 6 |
				     (text[2] - '0') << 3 | (text[3] - '0'));
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
}

bool cgroup_is_mount(char *line, const char *controllers, char **top,
		     char **place)
{
	char *type = strstr(line, *controllers ? " - cgroup " : " - cgroup2 ");
	char *options;

	if (!type)
		return false;
	options = strrchr(type, ' ') + 1;
	options[strcspn(options, "\n")] = '\0';
	if (*controllers && !cgroup_lists(options, controllers))
		return false;
	*type = '\0';
	for (int i = 0; i < 3; i++)
		(void)strsep(&line, " ");
	*top = strsep(&line, " ");
	*place = strsep(&line, " ");
	if (!*place)
		return false;
	unescape(*top);
	unescape(*place);
	return true;
}

/* What is left of the path below what is mounted; NULL: it is not there. What
 * is above the root of our cgroup namespace has a path that leads up. */
static const char *rest_below(const char *path, const char *top)
{
	size_t n = strcmp(top, "/") == 0 ? 0 : strlen(top);

	if (strncmp(path, top, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	path += n;
	return strncmp(path, "/..", 3) == 0 ? NULL : path;
}

/* Add the cgroup from a mount where it can be seen; 1 if there is none. */
static int add_from(struct cgroups *c, FILE *mounts, const struct wanted *w,
		    struct errmsg *f)
{
	char path[PATH_MAX], *line = NULL, *top, *place;
	size_t room = 0;
	int added = 1;

	while (added == 1 && getline(&line, &room, mounts) > 0) {
		const char *rest = cgroup_is_mount(line, w->controllers, &top,
						   &place)
					   ? rest_below(w->path, top)
					   : NULL;

		if (rest && snprintf(path, sizeof(path), "%s%s", place, rest) <
				    (int)sizeof(path))
			added = cgroups_add(c, path, f);
	}
	free(line);
	return added;
}

static int add_wanted(struct cgroups *c, int self, const struct wanted *w,
		      struct errmsg *f)
{
	autofd fd = procdir_file(self, "mountinfo", O_RDONLY);
	FILE *mounts = fd < 0 ? NULL : fdopen(fd, "re");
	int added;

	if (!mounts)
		return errmsg(f, errno, "cannot read mountinfo");
	(void)fd_take(&fd);
	added = add_from(c, mounts, w, f);
	(void)fclose(mounts);
	if (added <= 0)
		return added;
	(void)errmsg_q(f, 0,
		       "cannot join cgroup %s: it is mounted nowhere here",
		       w->path);
	errno = ENOENT;
	return -1;
}

/* Where this process is as well there is nothing to join. */
static int add_all(struct cgroups *c, int self, char *theirs, const char *ours,
		   struct errmsg *f)
{
	struct wanted w;
	char *line;

	while ((line = strsep(&theirs, "\n"))) {
		char *at = line;

		if (!*line || has_line(ours, line))
			continue;
		(void)strsep(&at, ":");
		w.controllers = strsep(&at, ":");
		w.path = at;
		if (at && add_wanted(c, self, &w, f) < 0)
			return -1;
	}
	return 0;
}

int cgroups_of_process(struct cgroups *c, int dir, pid_t pid, struct errmsg *f)
{
	char theirs[LIST_MAX], ours[LIST_MAX];
	autofd self = procdir_open(getpid(), NULL);

	if (self < 0 || read_memberships(self, ours) < 0)
		return errmsg(f, errno, "cannot read our cgroups");
	if (read_memberships(dir, theirs) < 0)
		return errmsg(f, errno, "cannot read the cgroups of process %d",
			      pid);
	return add_all(c, self, theirs, ours, f);
}
