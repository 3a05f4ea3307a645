/* root - a directory that becomes the root, and places below it */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "root/root.h"

/* How often openat2(2) may say EAGAIN: a rename went on at the same time. */
#define RETRIES 128

/* As many links to nothing are followed; the kernel follows 40, too. */
#define LINKS_MAX 40

/* Below dir, which no link and no ".." leads out of. */
static int open_beneath(int dir, const char *path, uint64_t flags,
			uint64_t resolve)
{
	const struct sys_open_how how = {
		.flags = flags | O_PATH | O_CLOEXEC,
		.resolve = SYS_RESOLVE_NO_MAGICLINKS | resolve,
	};
	int fd;

	for (int i = 0; i < RETRIES; i++) {
		fd = sys_openat2(dir, path, &how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

static int find_in_root(const struct root *r, const char *path,
			enum root_walk walk)
{
	uint64_t resolve = SYS_RESOLVE_IN_ROOT;

	if (walk == ROOT_PLAIN)
		resolve |= SYS_RESOLVE_NO_SYMLINKS;
	return open_beneath(r->fd, path, 0, resolve);
}

/* Say in f why a path is of no use; errno stays. */
static int refuse_path(const struct root *r, const char *path,
		       enum root_walk walk, struct errmsg *f)
{
	int error = errno;
	const char *why = NULL;

	if (error == ELOOP && walk == ROOT_PLAIN)
		why = "a symbolic link is on the way";
	if (error == EEXIST)
		why = "a symbolic link on the way leads nowhere";
	(void)errmsg(f, why ? 0 : error, "cannot use %s in root %s%s%s",
		     Q(path), Q(r->dir), why ? ": " : "", why ? why : "");
	errno = error;
	return -1;
}

int root_supported(struct errmsg *f)
{
	/* Where the call is known, it refuses this for its size. */
	if (sys_mount_setattr(-1, "", 0, NULL) == 0 || errno != ENOSYS)
		return 0;
	(void)errmsg(f, 0, "cannot enter a root: it takes Linux 5.12");
	errno = ENOSYS;
	return -1;
}

int root_open(struct root *r, const char *dir, int at, uint64_t propagation,
	      struct errmsg *f)
{
	const struct sys_mount_attr attr = { .propagation = propagation };
	autofd own = at >= 0 ? -1 : open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autofd tree = -1;

	at = at >= 0 ? at : own;
	if (at < 0)
		return errmsg_q(f, errno, "cannot open root %s", dir);
	tree = sys_open_tree(at, "",
			     AT_EMPTY_PATH | SYS_AT_RECURSIVE |
				     SYS_OPEN_TREE_CLONE |
				     SYS_OPEN_TREE_CLOEXEC);
	if (tree < 0 ||
	    sys_mount_setattr(tree, "", AT_EMPTY_PATH | SYS_AT_RECURSIVE,
			      &attr) < 0 ||
	    root_attach(tree, at) < 0)
		return errmsg_q(f, errno, "cannot make a mount of root %s",
				dir);
	*r = (struct root){ .fd = fd_take(&tree), .dir = dir };
	return 0;
}

int root_find(const struct root *r, const char *path, enum root_walk walk,
	      struct errmsg *f)
{
	int fd = find_in_root(r, path, walk);

	return fd < 0 ? refuse_path(r, path, walk, f) : fd;
}

int root_name(int dir, const char *name)
{
	return open_beneath(dir, name, O_NOFOLLOW, SYS_RESOLVE_BENEATH);
}

static int make_place(int dir, const char *name, mode_t type)
{
	const mode_t mode = type & 07777;

	if (S_ISDIR(type))
		return mkdirat(dir, name, mode ? mode : 0755);
	return mknodat(dir, name, S_IFREG | 0644, 0);
}

/*
 * The place that path leads to, the last part of which is name, made in dir
 * where it is missing. Another process may have made it just now; what is there
 * and yet not found is a link to nothing, EEXIST.
 */
static int find_or_make(const struct root *r, const char *path,
			enum root_walk walk, int dir, const char *name,
			mode_t type)
{
	int fd = find_in_root(r, path, walk);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (make_place(dir, name, type) == 0)
		return open_beneath(dir, name, 0,
				    SYS_RESOLVE_BENEATH |
					    SYS_RESOLVE_NO_SYMLINKS);
	if (errno != EEXIST)
		return -1;
	fd = find_in_root(r, path, walk);
	if (fd < 0 && errno == ENOENT)
		errno = EEXIST;
	return fd;
}

/* Put what the link that is the part of path from start to end names in the
 * place of it; path has room for PATH_MAX. */
static int follow_link(int dir, char *path, size_t start, size_t end)
{
	char target[PATH_MAX], whole[PATH_MAX], name[NAME_MAX + 1];
	size_t above = start;
	ssize_t got;

	(void)snprintf(name, sizeof(name), "%.*s", (int)(end - start),
		       path + start);
	got = readlinkat(dir, name, target, sizeof(target) - 1);
	if (got <= 0)
		return -1;
	target[got] = '\0';
	if (*target == '/')
		above = 0;
	if (snprintf(whole, sizeof(whole), "%.*s%s%s", (int)above, path, target,
		     path + end) >= (int)sizeof(whole)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(path, whole);
	return 0;
}

/*
 * From the root down, part by part. Returns -1 and EEXIST with path, which has
 * room for PATH_MAX, changed to what a link to nothing that is in it names, and
 * with *again set.
 */
static int make_parts(const struct root *r, char *path, enum root_walk walk,
		      mode_t type, bool *again)
{
	char upto[PATH_MAX];
	size_t start = strspn(path, "/"), end, next;
	autofd dir = find_in_root(r, "/", walk);

	for (; path[start] && dir >= 0; start = next) {
		end = start + strcspn(path + start, "/");
		next = end + strspn(path + end, "/");
		if (end >= sizeof(upto)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(upto, path, end);
		upto[end] = '\0';
		int part = find_or_make(r, upto, walk, dir, upto + start,
					path[next] ? S_IFDIR : type);
		if (part < 0 && errno == EEXIST && walk == ROOT_FOLLOW) {
			*again = follow_link(dir, path, start, end) == 0;
			errno = EEXIST;
		}
		fd_close(&dir);
		dir = part;
	}
	return fd_take(&dir);
}

/* The same, where links that lead nowhere are followed to what they name. */
static int make_whole(const struct root *r, const char *path,
		      enum root_walk walk, mode_t type)
{
	char whole[PATH_MAX];
	bool again = true;
	int fd = -1;

	if (strlen(path) >= sizeof(whole)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)strcpy(whole, path);
	for (int links = 0; again && links <= LINKS_MAX; links++) {
		again = false;
		fd = make_parts(r, whole, walk, type, &again);
	}
	if (again)
		errno = ELOOP;
	return fd;
}

/* Is what is there of use where a directory, or a file, is wanted? */
static int check_type(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (S_ISDIR(st.st_mode) == S_ISDIR(type))
		return 0;
	errno = S_ISDIR(type) ? ENOTDIR : EISDIR;
	return -1;
}

int root_make(const struct root *r, const char *path, enum root_walk walk,
	      mode_t type, struct errmsg *f)
{
	autofd fd = find_in_root(r, path, walk);

	if (fd < 0 && errno == ENOENT && *path)
		fd = make_whole(r, path, walk, type);
	if (fd < 0 || check_type(fd, type) < 0)
		return refuse_path(r, path, walk, f);
	return fd_take(&fd);
}

/* Does the link at name in dir say that already? */
static bool says(int dir, const char *name, const char *target)
{
	char there[PATH_MAX];
	ssize_t n = readlinkat(dir, name, there, sizeof(there));

	return n >= 0 && (size_t)n == strlen(target) &&
	       memcmp(there, target, (size_t)n) == 0;
}

int root_parent(const struct root *r, const char *path, const char **name,
		struct errmsg *f)
{
	char above[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash + 1 - path) : 0;

	*name = path + n;
	if (n >= sizeof(above) || !**name)
		return errmsg_q(f, **name ? ENAMETOOLONG : ENOENT,
				"cannot make %s", path);
	memcpy(above, path, n);
	above[n] = '\0';
	return root_make(r, n ? above : "/", ROOT_FOLLOW, S_IFDIR, f);
}

int root_link(const struct root *r, const char *target, const char *path,
	      struct errmsg *f)
{
	const char *name;
	autofd dir = root_parent(r, path, &name, f);

	if (dir < 0)
		return -1;
	if (symlinkat(target, dir, name) == 0)
		return 0;
	if (errno == EEXIST && says(dir, name, target))
		return 0;
	return errmsg_q(f, errno, "cannot make link %s in root %s", path,
			r->dir);
}

static int mount_number(int fd, uint64_t *number)
{
	struct sys_statx st = { 0 };

	if (sys_statx(fd, "", AT_EMPTY_PATH, SYS_STATX_MNT_ID, &st) < 0)
		return -1;
	*number = st.mnt_id;
	return 0;
}

bool root_one_mount(int a, int b)
{
	uint64_t first, second;

	return mount_number(a, &first) == 0 && mount_number(b, &second) == 0 &&
	       first == second;
}

bool root_is(const struct root *r, int fd)
{
	struct stat a, b;

	return fstat(r->fd, &a) == 0 && fstat(fd, &b) == 0 &&
	       a.st_ino == b.st_ino && root_one_mount(r->fd, fd);
}

int root_attach(int mount, int target)
{
	return sys_move_mount(mount, "", target, "",
			      SYS_MOVE_MOUNT_F_EMPTY_PATH |
				      SYS_MOVE_MOUNT_T_EMPTY_PATH);
}

int root_lock(int mount, bool deep)
{
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_RDONLY,
	};

	return sys_mount_setattr(mount, "",
				 AT_EMPTY_PATH | (deep ? SYS_AT_RECURSIVE : 0),
				 &attr);
}

int root_read_only(const struct root *r, struct errmsg *f)
{
	if (root_lock(r->fd, false) < 0)
		return errmsg_q(f, errno, "cannot make root %s read-only",
				r->dir);
	return 0;
}

/* Nothing that a command of ours could do from a wrong root is harmless. */
static int check_root(const struct root *r, struct errmsg *f)
{
	autofd now = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (now < 0 || !root_is(r, now)) {
		(void)errmsg_q(f, 0, "cannot enter root %s: it is another one",
			       r->dir);
		errno = EXDEV;
		return -1;
	}
	return 0;
}

int root_enter(struct root *r, struct errmsg *f)
{
	if (fchdir(r->fd) < 0 || sys_pivot_root(".", ".") < 0)
		return errmsg_q(f, errno, "cannot enter root %s", r->dir);
	/* The old root lies over the new one now, where "." looks first. */
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return errmsg(f, errno, "cannot leave the old root");
	if (check_root(r, f) < 0)
		return -1;
	fd_close(&r->fd);
	return 0;
}
