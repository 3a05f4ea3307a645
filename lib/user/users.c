/* users - the users and groups of this root */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
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
#include "proc/procdir.h"
#include "user/users.h"

#define PASSWD "/etc/passwd"
#define GROUP  "/etc/group"

/* No file of real users is longer. */
#define TABLE_MAX (16 << 20)

/* A line of either file, cut up. */
struct entry {
	const char *name;
	unsigned id;
	unsigned gid;		  /* of a user */
	const char *home, *shell; /* of a user, or NULL */
	char *members;		  /* of a group, or NULL */
};

/* A file read whole, cut up as it is walked through. */
struct table {
	char *text, *next, *end;
	bool users;
};

static int users_error(int why)
{
	errno = why;
	return -1;
}

static int open_path(const char *path, int flags)
{
	const struct sys_open_how how = {
		.flags = (uint64_t)flags, .resolve = SYS_RESOLVE_NO_MAGICLINKS
	};
	int fd = sys_openat2(AT_FDCWD, path, &how);

	/* EPERM: a seccomp(2) filter that is older than the call. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open(path, flags | O_NOFOLLOW);
	return fd;
}

/* A file of real users is on no file system of the kernel's own, where to read
 * can be to take away (/proc/kmsg). */
static bool is_table(int fd, struct stat *st)
{
	struct statfs fs;

	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
	       fstatfs(fd, &fs) == 0 && fs.f_type != SYS_PROC_MAGIC &&
	       fs.f_type != SYS_SYSFS_MAGIC;
}

/* What fd has the path of, opened to be read. Without a proc it is found by
 * that path again. */
static int open_seen(int seen, const char *path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	autofd self = procdir_open(getpid(), NULL);
	char name[24];

	(void)snprintf(name, sizeof(name), "fd/%d", seen);
	return self < 0 ? open_path(path, flags) : openat(self, name, flags);
}

/*
 * A file that a hostile image has made must not block, become the controlling
 * terminal, or lead to what another process has open; so it is looked at before
 * it is opened for more than its path, and has to be the same then.
 */
static int open_table(const char *path)
{
	autofd seen = open_path(path, O_PATH | O_CLOEXEC);
	autofd fd = -1;
	struct stat st, now;

	if (seen < 0)
		return -1;
	if (!is_table(seen, &st))
		return users_error(ENOTSUP);
	fd = open_seen(seen, path);
	if (fd < 0)
		return -1;
	if (!is_table(fd, &now) || now.st_dev != st.st_dev ||
	    now.st_ino != st.st_ino)
		return users_error(ENOTSUP);
	return fd_take(&fd);
}

/* All bytes up to the end; what is said of the size is not relied upon. */
static int read_text(int fd, struct table *t)
{
	size_t room = 0, used = 0;
	ssize_t n = 1;

	while (n > 0) {
		if (room - used < 2) {
			char *more = realloc(t->text, room += 64 << 10);

			if (!more)
				return -1;
			t->text = more;
		}
		n = fd_read(fd, t->text + used, room - used - 1);
		used += n > 0 ? (size_t)n : 0;
		if (used > TABLE_MAX)
			return users_error(EFBIG);
	}
	t->text[used] = '\0';
	t->next = t->text;
	t->end = t->text + used;
	return (int)n;
}

static int table_open(struct table *t, bool users, struct errmsg *f)
{
	const char *path = users ? PASSWD : GROUP;
	autofd fd = open_table(path);

	*t = (struct table){ .users = users };
	if (fd >= 0 && read_text(fd, t) == 0)
		return 0;
	(void)errmsg(f, errno == ENOTSUP ? 0 : errno, "cannot read '%s'%s",
		     path, errno == ENOTSUP ? ": it is no regular file" : "");
	free(t->text);
	t->text = NULL;
	return -1;
}

static void table_close(struct table *t)
{
	free(t->text);
}

/* Cut a line at its colons: name, password, id, gid or members. */
static bool cut_entry(char *line, bool user, struct entry *e)
{
	char *number, *fourth;

	e->name = strsep(&line, ":");
	(void)strsep(&line, ":");
	number = strsep(&line, ":");
	fourth = strsep(&line, ":");
	e->members = user ? NULL : fourth;
	(void)strsep(&line, ":");
	e->home = strsep(&line, ":");
	e->shell = strsep(&line, ":");
	return *e->name && number && text_id(number, &e->id) == 0 &&
	       (!user || (fourth && text_id(fourth, &e->gid) == 0));
}

/* The next entry that is whole; false at the end. */
static bool table_next(struct table *t, struct entry *e)
{
	while (t->next < t->end) {
		char *line = t->next;
		char *stop = memchr(line, '\n', (size_t)(t->end - line));

		stop = stop ? stop : t->end;
		*stop = '\0';
		t->next = stop + 1;
		/* One with a NUL in it says two things to two readers. */
		if (strlen(line) == (size_t)(stop - line) &&
		    cut_entry(line, t->users, e))
			return true;
	}
	return false;
}

/*
 * What has a sign, a space or a digit first is a number gone wrong, whatever
 * the image's files say.
 */
static bool is_name(const char *word)
{
	if (!*word || strchr("+-0123456789", *word))
		return false;
	for (const char *c = word; *c; c++) {
		if ((unsigned char)*c <= ' ' || strchr(":,/\177", *c))
			return false;
	}
	return true;
}

/* The first with that name, or NULL for any, and id, where id is not NULL. */
static bool find_entry(struct table *t, const char *name, const unsigned *id,
		       struct entry *e)
{
	while (table_next(t, e)) {
		if ((!name || strcmp(e->name, name) == 0) &&
		    (!id || e->id == *id))
			return true;
	}
	return false;
}

/* A word of either kind, made a number. */
static int look_up_id(const char *word, bool user, unsigned *id,
		      struct errmsg *f)
{
	struct table t;
	struct entry e;
	bool found;

	if (text_id(word, id) == 0)
		return 0;
	if (errno == ERANGE || !is_name(word))
		return -1;
	if (table_open(&t, user, f) < 0)
		return -1;
	found = find_entry(&t, word, NULL, &e);
	table_close(&t);
	if (!found)
		return errmsg(f, 0, "cannot find %s %s in '%s'",
			      user ? "user" : "group", Q(word),
			      user ? PASSWD : GROUP);
	*id = e.id;
	return 0;
}

int users_uid(const char *word, uid_t *uid, struct errmsg *f)
{
	return look_up_id(word, true, uid, f);
}

int users_gid(const char *word, gid_t *gid, struct errmsg *f)
{
	return look_up_id(word, false, gid, f);
}

/* Is it one of the names with commas between them? */
static bool is_member(const char *name, char *members)
{
	char *one;

	while ((one = strsep(&members, ","))) {
		if (strcmp(one, name) == 0)
			return true;
	}
	return false;
}

/* Add to n groups what is not there yet; returns how many there are then. */
static int add_group(gid_t *groups, int n, int max, gid_t gid)
{
	for (int i = 0; i < n; i++) {
		if (groups[i] == gid)
			return n;
	}
	if (n < max)
		groups[n] = gid;
	return n + 1;
}

/* As users_groups, of a user by name; the primary group is there already. */
static int collect(const char *name, gid_t *groups, int max, struct errmsg *f)
{
	struct table t;
	struct entry e;
	int n = 1;

	if (table_open(&t, false, f) < 0)
		return -1;
	while (n <= max && table_next(&t, &e)) {
		if (is_member(name, e.members))
			n = add_group(groups, n, max, e.id);
	}
	table_close(&t);
	if (n > max)
		return errmsg(f, 0,
			      "cannot use '%s': user %s has more than %d "
			      "groups",
			      GROUP, Q(name), max);
	return n;
}

int users_groups(const char *word, const gid_t *gid, gid_t *groups, int max,
		 struct errmsg *f)
{
	unsigned uid;
	bool number = text_id(word, &uid) == 0;
	struct table t;
	struct entry e;
	int n;

	if (table_open(&t, true, f) < 0)
		return -1;
	if (find_entry(&t, number ? NULL : word, number ? &uid : NULL, &e)) {
		groups[0] = gid ? *gid : e.gid;
		n = collect(e.name, groups, max, f);
	} else {
		n = errmsg(f, 0, "cannot find user %s in '%s'", Q(word),
			   PASSWD);
	}
	table_close(&t);
	return n;
}

int users_names(uid_t uid, void (*name)(void *to, const char *text), void *to,
		struct errmsg *f)
{
	struct entry e;
	struct table t;

	if (table_open(&t, true, f) < 0)
		return -1;
	while (find_entry(&t, NULL, &uid, &e))
		name(to, e.name);
	table_close(&t);
	return 0;
}

static bool copy_field(char *out, size_t room, const char *text,
		       const char *fallback)
{
	int n = snprintf(out, room, "%s", text && *text ? text : fallback);

	return n >= 0 && (size_t)n < room;
}

int users_account(uid_t uid, struct users_account *a, struct errmsg *f)
{
	struct entry e;
	struct table t;
	bool found;

	if (table_open(&t, true, f) < 0)
		return -1;
	found = find_entry(&t, NULL, &uid, &e) &&
		copy_field(a->name, sizeof(a->name), e.name, "") &&
		copy_field(a->home, sizeof(a->home), e.home, "/") &&
		copy_field(a->shell, sizeof(a->shell), e.shell, "/bin/sh");
	table_close(&t);
	if (!found)
		return errmsg(f, 0, "cannot find user %u in '%s'", uid, PASSWD);
	return 0;
}

int users_home(uid_t uid, char home[PATH_MAX])
{
	struct users_account a;
	struct errmsg f;

	if (users_account(uid, &a, &f) < 0)
		return users_error(ENOENT);
	(void)strcpy(home, a.home);
	return 0;
}
