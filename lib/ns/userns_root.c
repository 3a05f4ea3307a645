/* userns_root - become the root of a user namespace */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "ns/userns_root.h"
#include "proc/procdir.h"

/*
 * Whether the kernel lets nobody in this user namespace drop groups: it was
 * denied, or the namespace has no groups. user_namespaces(7).
 */
static bool groups_stay(int self)
{
	autofd map = procdir_file(self, "gid_map", O_RDONLY);
	autofd policy = procdir_file(self, "setgroups", O_RDONLY);
	char text[8];

	if (map >= 0 && fd_read(map, text, 1) == 0)
		return true;
	return policy >= 0 && fd_read(policy, text, 4) == 4 &&
	       memcmp(text, "deny", 4) == 0;
}

int userns_root_become(int self, struct errmsg *f)
{
	uid_t uid[3] = { 0 };
	gid_t gid[3] = { 0 };
	int error = setgroups(0, NULL) < 0 ? errno : 0;
	int got;

	if (error && (error != EPERM || !groups_stay(self)))
		return errmsg(f, error, "cannot drop the supplementary groups");
	got = setresgid(0, 0, 0);
	if (got == 0)
		got = getresgid(&gid[0], &gid[1], &gid[2]);
	/* EINVAL: the namespace has no such id, and so no root. */
	if (got < 0 && errno != EINVAL)
		return errmsg(f, errno, "cannot become group 0");
	got = setresuid(0, 0, 0);
	if (got == 0)
		got = getresuid(&uid[0], &uid[1], &uid[2]);
	if (got < 0 && errno != EINVAL)
		return errmsg(f, errno, "cannot become user 0");
	/* Never go on as who we were because a call did not do its work. */
	if (uid[0] | uid[1] | uid[2] | gid[0] | gid[1] | gid[2])
		return errmsg(f, EPERM, "cannot become root");
	return 0;
}
