/* groups - one cgroup as it is in all hierarchies: a directory in each */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "cgroup/cgfile.h"
#include "cgroup/groups.h"
#include "ns/cgroup.h"

#define TOP    "/sys/fs/cgroup"
#define OPENED (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* CGROUP_SUPER_MAGIC of version 1, linux/magic.h. */
#define CGROUP1_MAGIC 0x27e0eb

/* STATX_ATTR_MOUNT_ROOT, Linux 5.8. */
#define MOUNT_ROOT 0x2000

static bool is_unified(const struct group *g)
{
	return strcmp(g->controllers, "unified") == 0;
}

/* Is that a directory of a cgroup file system? */
static bool is_cgroup(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == SYS_CGROUP2_MAGIC || fs.f_type == CGROUP1_MAGIC);
}

/* The memory is left to the exit. */
static char *join(const char *a, const char *b, const char *c)
{
	char *text = NULL;

	return asprintf(&text, "%s%s%s", a, b, c) < 0 ? NULL : text;
}

/* Only what is not there is left out: 0; -1: that cannot be told. What this
 * user may not see is an error of those that open it. */
static int is_there(const char *path)
{
	if (access(path, F_OK) == 0 || errno == EACCES)
		return 1;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
}

/* The place of a hierarchy, of which /proc/self/cgroup says CONTROLLERS, ""
 * for version 2. Returns as is_there; 0: it is not mounted. */
static int find_root(const char *controllers, const char **root)
{
	int there;

	if (*controllers) {
		if (strncmp(controllers, "name=", 5) == 0)
			controllers += 5;
		*root = join(TOP "/", controllers, "");
		return *root ? is_there(*root) : -1;
	}
	*root = TOP;
	there = is_there(TOP "/cgroup.controllers");
	if (there)
		return there;
	*root = TOP "/unified";
	return is_there(TOP "/unified/cgroup.controllers");
}

/* Without slashes at its end, but for the first characters. */
static char *strip(char *dir, size_t first)
{
	for (size_t n = dir ? strlen(dir) : 0; n > first && dir[n - 1] == '/';
	     n--)
		dir[n - 1] = '\0';
	return dir;
}

static int append_group(struct groups *g, const char *controllers, char *dir,
			size_t root)
{
	if (!dir || g->n == CGROUPS_MAX) {
		errno = dir ? E2BIG : ENOMEM;
		return -1;
	}
	dir = strip(dir, root);
	g->at[g->n++] = (struct group){ .controllers = controllers,
					.dir = dir,
					.path = root ? dir + root : NULL,
					.fd = -1 };
	return 0;
}

/* A line NUMBER:CONTROLLERS:OWN of /proc/self/cgroup. */
static int add_own_cgroup(struct groups *g, char *line, const char *path)
{
	char *controllers = strchr(line, ':'), *own;
	const char *root;
	int there;

	if (!controllers || !(own = strchr(controllers + 1, ':')))
		return 0;
	*controllers++ = *own++ = '\0';
	there = find_root(controllers, &root);
	if (there <= 0)
		return there;
	/* Outside of the cgroup namespace, or at its root. */
	if (*path == '/' || strcmp(own, "/") == 0 ||
	    strncmp(own, "/..", 3) == 0)
		own += strlen(own);
	return append_group(
		g, *controllers ? controllers : "unified",
		join(join(root, own, ""), *path == '/' ? "" : "/", path),
		strlen(root));
}

/* Is one of its components ".."? */
static bool has_dots(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at++)
		if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return true;
	return false;
}

/* Does the path lead elsewhere than to a cgroup below the root? */
static bool is_bad(const char *path)
{
	return strchr(path, '\n') || path[strspn(path, "/.")] == '\0' ||
	       has_dots(path);
}

/* What tells whether it is frozen is found in the first line of a list. */
static void move_first(struct groups *g, const char *controller)
{
	for (int i = 0; i < g->n; i++)
		if (cgroup_lists(g->at[i].controllers, controller)) {
			struct group one = g->at[i];

			memmove(g->at + 1, g->at, (size_t)i * sizeof(one));
			g->at[0] = one;
		}
}

int groups_find(struct groups *g, const char *path, struct errmsg *e)
{
	char *text = cgroups_read_list("/proc/self/cgroup"), *line;

	*g = (struct groups){ 0 };
	if (is_bad(path)) {
		(void)errmsg_q(e, 0,
			       "cannot use cgroup %s: it is no path below "
			       "the root",
			       path);
		errno = EINVAL;
		return -1;
	}
	if (!text)
		return errmsg(e, errno, "cannot read '/proc/self/cgroup'");
	while ((line = strsep(&text, "\n")))
		if (add_own_cgroup(g, line, path) < 0)
			return errmsg_q(e, errno, "cannot use cgroup %s", path);
	move_first(g, "unified");
	move_first(g, "freezer");
	return 0;
}

int groups_read(struct groups *g, const char *file, struct errmsg *e)
{
	/* Left to the exit. */
	char *text = cgroups_read_list(file), *line;

	*g = (struct groups){ 0 };
	if (!text)
		return errmsg_q(e, errno, "cannot read %s", file);
	while ((line = strsep(&text, "\n"))) {
		char *dir = strstr(line, " /");

		/* Without a newline behind it it is not whole. */
		if (!dir || !text || is_bad(dir + 1))
			continue;
		*dir++ = '\0';
		if (append_group(g, line, dir, 0) < 0)
			return errmsg_q(e, errno, "cannot use %s", file);
	}
	return 0;
}

int groups_write(const struct groups *g, const char *file, struct errmsg *e)
{
	autofd fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int failed = fd < 0 ? -1 : 0;

	/* A line that is cut off counts for nothing, and then no cgroup is
	 * made. */
	for (int i = 0; i < g->n && !failed; i++) {
		char *line = join(g->at[i].controllers, " ", g->at[i].dir),
		     *whole = line ? join(line, "\n", "") : NULL;

		failed = whole ? fd_write(fd, whole, strlen(whole)) : -1;
	}
	return failed ? errmsg_q(e, errno, "cannot write %s", file) : 0;
}

/* In words that engines look for. */
static int refuse_below(const char *why, struct errmsg *e)
{
	(void)errmsg(e, 0, "cannot go below the cgroup: %s", why ? why : "");
	errno = ENOENT;
	return -1;
}

/* Has it one of the controllers of a list, which ends at a colon? */
static bool is_named(const struct group *g, const char *list)
{
	for (; *list && *list != ':'; list += *list == ',') {
		if (cgroup_lists(g->controllers, list))
			return true;
		list += strcspn(list, ",:");
	}
	return false;
}

int groups_below(struct groups *g, const char *word, struct errmsg *e)
{
	const char *colon = strchr(word, ':'), *path = colon ? colon + 1 : word;
	int n = 0;

	if (has_dots(path))
		return refuse_below(join(path, " is not a sub cgroup path", ""),
				    e);
	for (int i = 0; i < g->n; i++) {
		struct group *one = &g->at[i];

		if (colon && !is_named(one, word))
			continue;
		n++;
		one->path = NULL;
		one->dir = strip(join(one->dir, "/", path), 1);
		if (access(join(one->dir, "/cgroup.procs", ""), F_OK) < 0)
			return refuse_below(join("adding pid to ", one->dir,
						 "/cgroup.procs: no such file "
						 "or directory"),
					    e);
	}
	return n ? 0 : refuse_below(join("unknown controller ", word, ""), e);
}

/* The directory at its root, or the whole of it where that is not known. */
static int open_top(const struct group *g)
{
	char *root = g->path ? strndup(g->dir, (size_t)(g->path - g->dir))
			     : NULL;
	/* The root may be a link: cpu is one to cpu,cpuacct. */
	int fd = root ? open(root, OPENED & ~O_NOFOLLOW) : open(g->dir, OPENED);

	free(root);
	return fd;
}

/* As cpuset_init of systemd: without these two it takes no process. */
static void fill_cpuset(int parent, int dir)
{
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	char text[4096];

	for (size_t i = 0; i < 2; i++)
		if (cgfile_read(dir, files[i], text, sizeof(text)) == 0 &&
		    (*text == '\n' || !*text) &&
		    cgfile_read(parent, files[i], text, sizeof(text)) == 0)
			(void)cgfile_write(dir, files[i], text);
}

/* The controller that FILE=VALUE is of; its length. */
static size_t controller_of(const char *set)
{
	return strcspn(set, "/.=");
}

/* All that there are: a limit may be set later, and what is used is counted by
 * them alone. Where that fails a limit's own error says it. */
static void enable_controllers(int dir)
{
	char text[4096], word[64], *rest = text, *name;

	if (cgfile_read(dir, "cgroup.controllers", text, sizeof(text)) < 0)
		return;
	while ((name = strsep(&rest, " \n"))) {
		(void)snprintf(word, sizeof(word), "+%s", name);
		if (*name)
			(void)cgfile_write(dir, "cgroup.subtree_control", word);
	}
}

/* Open one component, or make it. */
static int descend(struct group *g, int dir, const char *name, bool make)
{
	int fd = openat(dir, name, OPENED);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return -1;
	g->made = true;
	return openat(dir, name, OPENED);
}

/* Only by names, from the root on: no link is followed, and none of them leads
 * up. */
static int open_group(struct group *g, bool make)
{
	autofd dir = open_top(g);
	const char *at = g->path ? g->path : "";
	size_t n;

	for (; dir >= 0 && *at; at += n + (at[n] == '/')) {
		char name[NAME_MAX + 2]; /* one that is too long stays so */
		int below;

		n = strcspn(at, "/");
		(void)snprintf(name, sizeof(name), "%.*s", (int)n, at);
		if (!*name || strcmp(name, ".") == 0)
			continue;
		if (make && is_unified(g))
			enable_controllers(dir);
		g->made = false;
		below = descend(g, dir, name, make);
		if (make && below >= 0 && strstr(g->controllers, "cpuset"))
			fill_cpuset(dir, below);
		fd_close(&dir);
		dir = below;
	}
	g->fd = fd_take(&dir);
	return g->fd < 0 ? -1 : 0;
}

/* What was opened: a cgroup that is not the root of its hierarchy? */
static int check_group(const struct group *g, struct errmsg *e)
{
	struct sys_statx st = { 0 };
	const char *why = NULL;

	if (!is_cgroup(g->fd))
		why = "it is no cgroup";
	else if (sys_statx(g->fd, "", AT_EMPTY_PATH, SYS_STATX_TYPE, &st) ==
			 0 &&
		 st.attributes & MOUNT_ROOT)
		why = "it is the root of its hierarchy";
	if (!why)
		return 0;
	(void)errmsg(e, 0, "cannot use cgroup %s: %s", Q(g->dir), why);
	errno = EINVAL;
	return -1;
}

int groups_open(struct groups *g, struct errmsg *e)
{
	int n = 0;

	for (int i = 0; i < g->n; i++) {
		struct group *one = &g->at[i];

		if (open_group(one, false) < 0 && errno == ENOENT)
			continue;
		if (one->fd < 0)
			return errmsg_q(e, errno, "cannot open cgroup %s",
					one->dir);
		if (check_group(one, e) < 0)
			return -1;
		n++;
	}
	return n;
}

/* It has processes, or is frozen: a process that enters would stop. */
static const char *in_use(const struct group *g)
{
	char text[64];

	if (cgfile_read(g->fd, "cgroup.procs", text, sizeof(text)) == 0 &&
	    *text)
		return "it has processes already";
	if ((cgfile_read(g->fd, "freezer.state", text, sizeof(text)) == 0 &&
	     *text == 'F') ||
	    (cgfile_read(g->fd, "cgroup.freeze", text, sizeof(text)) == 0 &&
	     *text == '1'))
		return "the container's cgroup unexpectedly frozen";
	return NULL;
}

int groups_unused(const struct groups *g, struct errmsg *e)
{
	for (int i = 0; i < g->n; i++) {
		const char *why = g->at[i].fd < 0 ? NULL : in_use(&g->at[i]);

		if (!why)
			continue;
		(void)errmsg(e, 0, "cannot use %s: %s", Q(g->at[i].dir), why);
		errno = EBUSY;
		return -1;
	}
	return 0;
}

/* May this user not have it, as a user that is not root may not? */
static bool is_denied(const struct group *g)
{
	if (g->fd >= 0)
		return faccessat(g->fd, "cgroup.procs", W_OK, AT_EACCESS) < 0;
	return errno == EACCES || errno == EPERM || errno == EROFS;
}

int groups_make(struct groups *g, bool permitted, struct errmsg *e)
{
	int n = 0, all = g->n;

	for (int i = 0; i < all; i++) {
		struct group one = g->at[i];
		int failed;

		fd_close(&one.fd);
		failed = open_group(&one, true);
		/* What was left out is behind those that were not. */
		if (permitted && is_denied(&one)) {
			fd_close(&one.fd);
			continue;
		}
		g->at[n++] = one;
		g->n = n;
		if (failed)
			return errmsg_q(e, errno, "cannot make cgroup %s",
					one.dir);
		if (check_group(&one, e) < 0)
			return -1;
	}
	g->n = n;
	return 0;
}

const struct group *groups_with(const struct groups *g, const char *controller)
{
	for (int i = 0; i < g->n; i++)
		if (g->at[i].fd >= 0 &&
		    cgroup_lists(g->at[i].controllers, controller))
			return &g->at[i];
	return NULL;
}

/* A controller that is missing is what most often makes a file missing. */
static void cannot_set(const char *name, const char *value, struct errmsg *e)
{
	if (errno != ENOENT) {
		(void)errmsg_q(e, errno, "cannot set %s to %s", name, value);
		return;
	}
	(void)errmsg_q(e, 0,
		       "cannot set %s to %s: the cgroup has no such file, or "
		       "its controller is not enabled there",
		       name, value);
	errno = ENOENT;
}

/* One FILE=VALUE. */
static int set_value(const struct groups *g, const char *set, struct errmsg *e)
{
	size_t n = controller_of(set);
	const char *file = set[n] == '/' ? set + n + 1 : set,
		   *value = strchr(set, '=');
	char *controller = strndup(set, n), *name;
	const struct group *at;
	int failed = -1;

	if (!value || n == 0 || file >= value) {
		free(controller);
		(void)errmsg_q(e, 0, "cannot set %s: want FILE=VALUE", set);
		errno = EINVAL;
		return -1;
	}
	name = strndup(file, (size_t)(value - file));
	at = controller ? groups_with(g, controller) : NULL;
	if (!at)
		at = groups_with(g, "unified");
	errno = ENOENT;
	if (at && name && !strchr(name, '/'))
		failed = cgfile_write(at->fd, name, value + 1);
	if (failed)
		cannot_set(name ?: "", value + 1, e);
	free(controller);
	free(name);
	return failed;
}

int groups_set(const struct groups *g, const struct strlist *sets,
	       struct errmsg *e)
{
	bool *again = calloc((size_t)sets->n + 1, sizeof(*again));

	for (int i = 0; again && i < sets->n; i++)
		again[i] = set_value(g, sets->v[i], e) < 0;
	for (int i = 0; i < sets->n; i++)
		if ((!again || again[i]) && set_value(g, sets->v[i], e) < 0) {
			free(again);
			return -1;
		}
	free(again);
	return 0;
}

void groups_undo(struct groups *g)
{
	for (int i = 0; i < g->n; i++)
		if (g->at[i].made)
			(void)rmdir(g->at[i].dir);
}
