/* node - device nodes and FIFOs in a root */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "newroot/node.h"
#include "root/root.h"

/*
 * The clone is looked at, not the path, so what was verified is what will be
 * attached. It is read-only, which is nothing to a device, but the mode and
 * the owner of the host's own node cannot be changed through it.
 */
static int host_device(const struct node *n, struct errmsg *f)
{
	struct stat st;
	autofd clone = sys_open_tree(AT_FDCWD, n->host,
				     SYS_OPEN_TREE_CLONE |
					     SYS_OPEN_TREE_CLOEXEC |
					     AT_SYMLINK_NOFOLLOW);

	if (clone < 0 || fstat(clone, &st) < 0)
		return errmsg_q(f, errno, "cannot bind-mount the host's %s",
				n->host);
	if ((st.st_mode & S_IFMT) != n->type || st.st_rdev != n->number)
		return errmsg_q(f, 0,
				"cannot bind-mount the host's %s: it is not "
				"device %u:%u",
				n->host, major(n->number), minor(n->number));
	if (root_lock(clone, false) < 0)
		return errmsg_q(f, errno, "cannot make the host's %s read-only",
				n->host);
	return fd_take(&clone);
}

int node_null(struct errmsg *f)
{
	const struct node null = {
		.type = S_IFCHR,
		.number = makedev(1, 3),
		.host = "/dev/null",
	};

	return host_device(&null, f);
}

/* What is at name that something can be mounted on, made where it is missing;
 * a link is taken away once. */
static int place_for(int dir, const char *name)
{
	autofd place = -1;
	struct stat st;

	for (int i = 0; i < 2; i++) {
		if (mknodat(dir, name, S_IFREG | 0644, 0) < 0 &&
		    errno != EEXIST)
			return -1;
		fd_close(&place);
		place = root_name(dir, name);
		if (place < 0 || fstat(place, &st) < 0)
			return -1;
		if (!S_ISLNK(st.st_mode))
			break;
		if (unlinkat(dir, name, 0) < 0)
			return -1;
	}
	if (!S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode))
		return fd_take(&place);
	errno = S_ISDIR(st.st_mode) ? EISDIR : ELOOP;
	return -1;
}

int node_cover(int dir, const char *name, int mount)
{
	autofd place = place_for(dir, name);

	return place < 0 ? -1 : root_attach(mount, place);
}

static int bind_host(int dir, const char *name, const struct node *n,
		     struct errmsg *f)
{
	autofd host = n->host ? host_device(n, f)
			      : errmsg_q(f, EPERM, "cannot make device %s",
					 name);

	if (host < 0)
		return -1;
	if (node_cover(dir, name, host) < 0)
		return errmsg_q(f, errno, "cannot bind-mount device %s", name);
	return 0;
}

/* What was found has to be what was made: the name may have changed hands. */
static int settle_node(int dir, const char *name, const struct node *n)
{
	autofd fd = root_name(dir, name);
	struct stat st;
	bool other;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if ((st.st_mode & S_IFMT) != n->type ||
	    (n->type != S_IFIFO && st.st_rdev != n->number)) {
		errno = EEXIST;
		return -1;
	}
	/* What is mounted there is the host's, and has its owner there too. */
	if (!n->exact || !root_one_mount(dir, fd))
		return 0;
	other = st.st_uid != n->uid || st.st_gid != n->gid;
	if (other && fchownat(fd, "", n->uid, n->gid, AT_EMPTY_PATH) < 0)
		return -1;
	/* Another owner takes bits of the mode away. */
	if ((other || (st.st_mode & 07777) != n->mode) &&
	    sys_fchmodat2(fd, "", n->mode, AT_EMPTY_PATH) < 0 &&
	    errno != ENOSYS)
		return -1;
	return 0;
}

static int make_node(int dir, const char *name, const struct node *n)
{
	/* A device that is of no use is worse than none. */
	if (mknodat(dir, name, n->type | n->mode, n->number) < 0 &&
	    errno != EEXIST)
		return -1;
	return settle_node(dir, name, n);
}

/*
 * A user namespace may make no device, and could open none on a file system of
 * its own: mknod(2) says EPERM, and the host's own is bound. What could be made
 * is of the initial user namespace, and can be opened.
 */
int node_put(int dir, const char *name, const struct node *n, struct errmsg *f)
{
	int made = make_node(dir, name, n);

	if (made < 0 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
		made = make_node(dir, name, n);
	if (made == 0)
		return 0;
	if (errno == EPERM)
		return bind_host(dir, name, n, f);
	return errmsg_q(f, errno, "cannot make device %s", name);
}

static int bad_device(const char *what, const char *word, const char *want,
		      struct errmsg *f)
{
	(void)errmsg(f, 0, "bad %s %s of a device: want %s", what, Q(word),
		     want);
	errno = EINVAL;
	return -1;
}

/* "A:B", both of them from 0 to max. */
static int parse_pair(const char *word, long long max, long long pair[2])
{
	const char *colon = strchr(word, ':');
	char first[24];

	if (!colon || (size_t)(colon - word) >= sizeof(first))
		return -1;
	memcpy(first, word, (size_t)(colon - word));
	first[colon - word] = '\0';
	if (text_number(first, 0, max, &pair[0]) < 0)
		return -1;
	return text_number(colon + 1, 0, max, &pair[1]);
}

int node_parse(struct node *n, char **v, struct errmsg *f)
{
	const char *type = v[0], *mode = v[2];
	size_t digits = strspn(mode, "01234567");
	long long pair[2];

	if (strlen(type) != 1 || !strchr("cubp", *type))
		return bad_device("type", type, "c, u, b or p", f);
	n->type = *type == 'b' ? S_IFBLK : *type == 'p' ? S_IFIFO : S_IFCHR;
	if (parse_pair(v[1], UINT32_MAX, pair) < 0)
		return bad_device("number", v[1], "MAJOR:MINOR", f);
	n->number = n->type == S_IFIFO
			    ? 0
			    : makedev((unsigned)pair[0], (unsigned)pair[1]);
	if (digits == 0 || digits > 5 || mode[digits] ||
	    strtoul(mode, NULL, 8) > 07777)
		return bad_device("mode", mode, "octal digits", f);
	n->mode = (mode_t)strtoul(mode, NULL, 8);
	if (parse_pair(v[3], UINT32_MAX - 1, pair) < 0)
		return bad_device("owner", v[3], "UID:GID", f);
	n->uid = (uid_t)pair[0];
	n->gid = (gid_t)pair[1];
	n->exact = true;
	return 0;
}
