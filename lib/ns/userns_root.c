/* userns_root - become the root of a user namespace */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "ns/userns_root.h"
#include "proc/caps.h"
#include "proc/procdir.h"

/*
 * Whether no process in this user namespace may drop groups: setgroups(2) was
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

bool userns_privileged(void)
{
	return geteuid() == 0 || caps_effective() != 0;
}

/* To set an id to what it is takes no right, but it has to have a name here.
 * Where 65534, which stands for ids without a name, is mapped as well, this
 * process gets that id. */
static int keep_ids(struct errmsg *f)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresgid(&gid[0], &gid[1], &gid[2]) < 0 ||
	    sys_setresgid(gid[0], gid[1], gid[2]) < 0)
		return errmsg(f, errno,
			      "cannot stay group %u in a user namespace that "
			      "does not map it",
			      getegid());
	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 ||
	    sys_setresuid(uid[0], uid[1], uid[2]) < 0)
		return errmsg(f, errno,
			      "cannot stay user %u in a user namespace that "
			      "does not map it",
			      geteuid());
	return 0;
}

/* The kernel's name for what has none here. */
#define OVERFLOW_ID 65534

static int drop_unmapped(struct errmsg *f)
{
	gid_t groups[NGROUPS_MAX];
	int n = getgroups(NGROUPS_MAX, groups), kept = 0;

	if (n < 0)
		return errmsg(f, errno, "cannot read the groups");
	for (int i = 0; i < n; i++) {
		if (groups[i] != OVERFLOW_ID)
			groups[kept++] = groups[i];
	}
	/* A user namespace of an unprivileged user denies it. */
	if (kept < n && sys_setgroups((size_t)kept, groups) < 0 &&
	    errno != EPERM)
		return errmsg(f, errno, "cannot drop supplementary groups");
	return 0;
}

static int become_gid(bool *missing, struct errmsg *f)
{
	gid_t gid[3] = { 0 };

	if (sys_setresgid(0, 0, 0) == 0)
		(void)getresgid(&gid[0], &gid[1], &gid[2]);
	else if (errno == EINVAL)
		*missing = true;
	else
		return errmsg(f, errno, "cannot become group 0");
	/* Never go on with the old ids because a call did not do its work. */
	return gid[0] | gid[1] | gid[2]
		       ? errmsg(f, EPERM, "cannot become group 0")
		       : 0;
}

static int become_uid(bool *missing, struct errmsg *f)
{
	uid_t uid[3] = { 0 };

	if (sys_setresuid(0, 0, 0) == 0)
		(void)getresuid(&uid[0], &uid[1], &uid[2]);
	else if (errno == EINVAL)
		*missing = true;
	else
		return errmsg(f, errno, "cannot become user 0");
	return uid[0] | uid[1] | uid[2]
		       ? errmsg(f, EPERM, "cannot become user 0")
		       : 0;
}

static int drop_groups(int self, struct errmsg *f)
{
	if (sys_setgroups(0, NULL) == 0 ||
	    (errno == EPERM && groups_stay(self)))
		return 0;
	return errmsg(f, errno, "cannot drop the supplementary groups");
}

int userns_settle(int self, const struct userns_ids *ids, struct errmsg *f)
{
	bool missing = false;
	int done = ids->user && ids->group
			   ? (ids->strict ? drop_unmapped(f) : 0)
			   : drop_groups(self, f);

	if (done < 0 || (!ids->group && become_gid(&missing, f) < 0) ||
	    (!ids->user && become_uid(&missing, f) < 0))
		return -1;
	return missing && ids->strict ? keep_ids(f) : 0;
}
