/* maskpaths - paths masked, paths made read-only */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/maskpaths.h"
#include "newroot/node.h"
#include "newroot/setup.h"
#include "root/mounts.h"
#include "root/root.h"

#define EMPTY_OPTIONS "ro,nosuid,nodev,noexec,mode=0755"

/* An empty directory: one file system for all of them, however many. */
static int open_empty(const struct setup_target *t, const char *path,
		      struct errmsg *f)
{
	int again = -1;

	if (t->empty >= 0)
		again = sys_open_tree(t->empty, "",
				      AT_EMPTY_PATH | SYS_OPEN_TREE_CLONE |
					      SYS_OPEN_TREE_CLOEXEC);
	return again >= 0 ? again
			  : mounts_make("tmpfs", path, EMPTY_OPTIONS, f);
}

int mask_path(struct setup_target *t, const char *path, struct errmsg *f)
{
	autofd place = setup_find(t, path, f);
	autofd mask = -1;
	struct stat st;

	/* What is not there is not seen. A file in the place of a directory, as
	 * the FILE of "FILE/", is there. */
	if (place < 0)
		return errno == ENOENT ? 0 : -1;
	/* A mask on top of the root would not be seen from within that root. */
	if (root_is(&t->root, place))
		return errmsg_q(f, 0, "cannot mask %s: it is the root", path);
	if (fstat(place, &st) < 0)
		return errmsg_q(f, errno, "cannot look at %s", path);
	mask = S_ISDIR(st.st_mode) ? open_empty(t, path, f) : node_null(f);
	if (mask < 0)
		return -1;
	if (root_attach(mask, place) < 0)
		return errmsg_q(f, errno, "cannot mask %s", path);
	if (S_ISDIR(st.st_mode) && t->empty < 0)
		t->empty = fd_take(&mask);
	return 0;
}

/* The place as a mount of its own, with what is mounted below it. */
static int cover_readonly(int place)
{
	autofd clone = sys_open_tree(place, "",
				     AT_EMPTY_PATH | SYS_OPEN_TREE_CLONE |
					     SYS_OPEN_TREE_CLOEXEC |
					     SYS_AT_RECURSIVE);

	if (clone < 0 || root_lock(clone, true) < 0)
		return -1;
	return root_attach(clone, place);
}

int readonly_path(const struct setup_target *t, const char *path,
		  struct errmsg *f)
{
	autofd place = setup_find(t, path, f);
	int got;

	if (place < 0)
		return errno == ENOENT ? 0 : -1;
	got = root_is(&t->root, place) ? root_lock(place, true)
				       : cover_readonly(place);
	if (got < 0)
		return errmsg_q(f, errno, "cannot make %s read-only", path);
	return 0;
}
