/* creds - give this process other ids and fewer capabilities */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/sys.h"
#include "base/text.h"
#include "cred/creds.h"
#include "proc/caps.h"
#include "tty/pty.h"

/* linux/securebits.h */
#define SECURE_NOROOT 1

/* Does loading the filter take CAP_SYS_ADMIN? */
static bool needs_admin(const struct creds *c)
{
	return c->filter && !c->no_new_privs &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != 1;
}

static int missing(uint64_t wanted, uint64_t had, const char *set,
		   const char *why, struct errmsg *f)
{
	if (!(wanted & ~had))
		return 0;
	return errmsg(f, 0, "cannot add %s to the %s set: not in the %s set",
		      Q(CAPS_TEXT(wanted & ~had)), set, why);
}

int creds_check(const struct creds *c, struct errmsg *f)
{
	uint64_t inheritable, asked;
	struct caps now;

	if (!c->filter && !c->has_bounding && !c->has_inheritable &&
	    !c->has_ambient)
		return 0;
	asked = c->has_bounding ? c->bounding : 0;
	asked |= c->has_inheritable ? c->inheritable : 0;
	if (caps_get(&now, asked) < 0)
		return errmsg(f, errno, "cannot read capabilities");
	if (needs_admin(c) && !(now.effective & CAPS_SYS_ADMIN))
		return errmsg(f, 0,
			      "cannot load a seccomp filter without "
			      "--no-new-privs: no CAP_SYS_ADMIN");
	if (c->has_bounding && (c->bounding & ~now.bounding))
		return errmsg_q(f, 0,
				"cannot add %s to the bounding set: "
				"it can only be made smaller",
				CAPS_TEXT(c->bounding & ~now.bounding));
	inheritable = c->has_inheritable ? c->inheritable : now.inheritable;
	if (missing(inheritable, now.inheritable | now.bounding, "inheritable",
		    "bounding", f) < 0)
		return -1;
	if (!c->has_ambient)
		return 0;
	if (missing(c->ambient, inheritable, "ambient", "inheritable", f) < 0)
		return -1;
	return missing(c->ambient, now.permitted, "ambient", "permitted", f);
}

/* Is fd the terminal of a session that this process leads? */
static bool leads(int fd)
{
	pid_t leader = tcgetsid(fd);

	/* A leader outside of this pid namespace has no number in it. */
	return leader == 0 || leader == getpid();
}

/* Another file than a pty's slave stays whose it is. */
static bool is_slave(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISCHR(st->st_mode) &&
	       pty_is_slave(st->st_rdev);
}

static int give_terminals(const struct creds *c, struct errmsg *f)
{
	bool ours = c->stdio[0] < 0 && c->stdio[1] < 0 && c->stdio[2] < 0;
	struct stat st;

	for (int i = 0; i < 3; i++) {
		int fd = ours ? i : c->stdio[i];

		if (fd < 0 || !is_slave(fd, &st) || (ours && !leads(fd)))
			continue;
		if (st.st_uid == c->uid || fchown(fd, c->uid, (gid_t)-1) == 0)
			continue;
		/* The caller's own terminal may be another user's, seen from
		 * a user namespace: it is left as it is then. */
		if (!ours || (errno != EPERM && errno != EROFS))
			return errmsg(f, errno,
				      "cannot give the terminal to user %u",
				      c->uid);
	}
	return 0;
}

static int set_groups(const struct creds *c, struct errmsg *f)
{
	/* A user namespace may forbid it, and there may be nothing to do. */
	if (c->n == 0 && getgroups(0, NULL) == 0)
		return 0;
	if (sys_setgroups((size_t)c->n, c->groups) < 0)
		return errmsg(f, errno, "cannot set the groups");
	return 0;
}

static int set_gid(gid_t gid, struct errmsg *f)
{
	gid_t r, e, s;

	if (sys_setresgid(gid, gid, gid) < 0 || getresgid(&r, &e, &s) < 0)
		return errmsg(f, errno, "cannot become group %u", gid);
	if (r != gid || e != gid || s != gid)
		return errmsg(f, 0, "cannot become group %u: it is %u, %u, %u",
			      gid, r, e, s);
	return 0;
}

static int set_uid(uid_t uid, struct errmsg *f)
{
	uid_t r, e, s;

	if (sys_setresuid(uid, uid, uid) < 0 || getresuid(&r, &e, &s) < 0)
		return errmsg(f, errno, "cannot become user %u", uid);
	if (r != uid || e != uid || s != uid)
		return errmsg(f, 0, "cannot become user %u: it is %u, %u, %u",
			      uid, r, e, s);
	return 0;
}

/* Capabilities that are to outlive the change of ids have to be asked for. */
static int set_ids(const struct creds *c, struct errmsg *f)
{
	bool keep = c->has_uid && (c->ambient || needs_admin(c));

	if (c->has_groups && set_groups(c, f) < 0)
		return -1;
	if (c->has_gid && set_gid(c->gid, f) < 0)
		return -1;
	if (keep && prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) < 0)
		return errmsg(f, errno, "cannot keep capabilities");
	if (c->has_uid && set_uid(c->uid, f) < 0)
		return -1;
	if (keep && prctl(PR_SET_KEEPCAPS, 0L, 0L, 0L, 0L) < 0)
		return errmsg(f, errno, "cannot drop capabilities");
	return 0;
}

/* Raised before the bounding set is made smaller, which would forbid it. */
static int set_inheritable(const struct creds *c, struct errmsg *f)
{
	struct caps now;

	if (caps_get(&now, 0) < 0)
		return errmsg(f, errno, "cannot read capabilities");
	now.inheritable = c->inheritable;
	if (caps_set(&now) < 0)
		return errmsg(f, errno, "cannot set the inheritable set");
	return 0;
}

static bool is_root(void)
{
	int bits = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);

	return (getuid() == 0 || geteuid() == 0) && !(bits & SECURE_NOROOT);
}

/* Leave what an exec would leave, capabilities(7). */
static int settle_caps(const struct creds *c, struct errmsg *f)
{
	bool root = is_root();
	struct caps now;
	uint64_t left;

	if (caps_get(&now, root ? UINT64_MAX : 0) < 0)
		return errmsg(f, errno, "cannot read capabilities");
	left = now.ambient;
	if (root)
		left |= now.inheritable | now.bounding;
	if (needs_admin(c))
		left |= CAPS_SYS_ADMIN;
	now.effective = root ? now.effective & left : now.permitted & left;
	now.permitted &= left;
	if (caps_set(&now) < 0)
		return errmsg(f, errno, "cannot drop capabilities");
	return 0;
}

static int set_late(const struct creds *c, struct errmsg *f)
{
	bool any = c->has_uid || c->has_bounding || c->has_inheritable ||
		   c->has_ambient;

	if (c->has_ambient && caps_surround(c->ambient) < 0)
		return errmsg(f, errno, "cannot set the ambient set");
	if (any && settle_caps(c, f) < 0)
		return -1;
	if (c->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0)
		return errmsg(f, errno, "cannot set no_new_privs");
	return 0;
}

/*
 * A directory of another root has no path here; the kernel says so with a name
 * that does not begin with '/' (CVE-2024-21626). libc would hide that.
 */
static int check_directory(struct errmsg *f)
{
	char path[PATH_MAX];

	if (syscall(SYS_getcwd, path, sizeof(path)) < 0)
		return errmsg(f, errno, "cannot find the working directory");
	if (path[0] != '/')
		return errmsg(f, 0,
			      "cannot run here: the working directory is "
			      "outside of the root");
	return 0;
}

static int enter_directory(const char *dir, struct errmsg *f)
{
	return chdir(dir) == 0 ? 0 : errmsg_q(f, errno, "cannot enter %s", dir);
}

int creds_apply(const struct creds *c, struct errmsg *f)
{
	bool again;

	if (c->has_uid && give_terminals(c, f) < 0)
		return -1;
	again = c->chdir && enter_directory(c->chdir, f) < 0;
	if (again && errno != EACCES)
		return -1;
	if (c->has_inheritable && set_inheritable(c, f) < 0)
		return -1;
	if (c->has_bounding && caps_bound(c->bounding) < 0)
		return errmsg(f, errno, "cannot drop from the bounding set");
	if (set_ids(c, f) < 0)
		return -1;
	/* Root may not be let in where the user is, as on NFS. */
	if (again && enter_directory(c->chdir, f) < 0)
		return -1;
	if (check_directory(f) < 0)
		return -1;
	return set_late(c, f);
}
