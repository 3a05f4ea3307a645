/* hide - paths masked, paths made read-only */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devdir.h"
#include "fault.h"
#include "fd.h"
#include "hide.h"
#include "newfs.h"
#include "root.h"
#include "sys.h"
#include "text.h"

#define MASK_ATTR                                                              \
	(SYS_MOUNT_ATTR_RDONLY | SYS_MOUNT_ATTR_NOSUID |                       \
	 SYS_MOUNT_ATTR_NODEV | SYS_MOUNT_ATTR_NOEXEC)

/* What is not there, nobody can see. */
static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static int empty_directory(const char *path, struct fault *f)
{
	static const char *const options[] = { "mode=0755", NULL };
	const int empty = newfs("tmpfs", options, MASK_ATTR);

	if (empty < 0)
		return fault(f, errno, "cannot make a mask for %s", Q(path));
	return empty;
}

int hide_mask(const struct root *r, const char *path, struct fault *f)
{
	autofd place = root_find(r, path, ROOT_FOLLOW, f);
	autofd mask = -1;
	struct stat st;

	if (place < 0)
		return is_absent(errno) ? 0 : -1;
	if (fstat(place, &st) < 0)
		return fault(f, errno, "cannot look at %s", Q(path));
	mask = S_ISDIR(st.st_mode) ? empty_directory(path, f) : devdir_null(f);
	if (mask < 0)
		return -1;
	if (root_attach(mask, place) < 0)
		return fault(f, errno, "cannot mask %s", Q(path));
	return 0;
}

int hide_writing(const struct root *r, const char *path, struct fault *f)
{
	const struct sys_mount_attr attr = {
		.attr_set = SYS_MOUNT_ATTR_RDONLY
	};
	autofd place = root_find(r, path, ROOT_FOLLOW, f);
	autofd clone = -1;

	if (place < 0)
		return is_absent(errno) ? 0 : -1;
	clone = sys_open_tree(place, "",
			      AT_EMPTY_PATH | SYS_OPEN_TREE_CLONE |
				      SYS_OPEN_TREE_CLOEXEC | SYS_AT_RECURSIVE);
	if (clone < 0 ||
	    sys_mount_setattr(clone, "", AT_EMPTY_PATH | SYS_AT_RECURSIVE,
			      &attr) < 0 ||
	    root_attach(clone, place) < 0)
		return fault(f, errno, "cannot make %s read-only", Q(path));
	return 0;
}
