/* target - what a command takes of the process whose namespaces it joins */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "ns/ns.h"
#include "proc/caps.h"
#include "proc/procdir.h"
#include "ptyfork/target.h"

/* For as many groups as struct creds has room for, and the rest. */
#define STATUS_MAX (16 << 10)

/* More than execve(2) lets a process have with the usual limit of its stack. */
#define ENVIRON_MAX (8 << 20)

/* All that a file of the process says, which must fit; n bytes and a 0. */
static ssize_t read_proc_file(int dir, const char *name, char *text,
			      size_t room)
{
	autofd fd = procdir_file(dir, name, O_RDONLY);

	return fd_read_text(fd, text, room);
}

/* The value of a field; the name of the process, which is the first one, has no
 * newline in it that could pass for another's beginning. */
static const char *field(const char *status, const char *name)
{
	char start[24];
	const char *at;

	(void)snprintf(start, sizeof(start), "\n%s:\t", name);
	at = strstr(status, start);
	return at ? at + strlen(start) : NULL;
}

static bool number_field(const char *status, const char *name, int base,
			 uint64_t *value)
{
	const char *at = field(status, name);
	char *end;

	if (!at)
		return false;
	*value = strtoull(at, &end, base);
	return end != at;
}

static bool three_numbers(const char *at, unsigned v[3])
{
	char *end;

	for (int i = 0; i < 3; i++, at = end) {
		v[i] = (unsigned)strtoul(at, &end, 10);
		if (end == at)
			return false;
	}
	return true;
}

/* An id of this user namespace, as one that is below it has it: the lines of
 * its map are INSIDE OUTSIDE COUNT. */
static bool map_id(const char *map, unsigned id, unsigned *inside)
{
	unsigned line[3];

	for (; map; map = strchr(map, '\n')) {
		map += *map == '\n';
		if (!three_numbers(map, line) || id < line[1] ||
		    id - line[1] >= line[2])
			continue;
		*inside = line[0] + (id - line[1]);
		return true;
	}
	return false;
}

/* The maps of the joined user namespace; NULL: ids are what they are here. */
struct maps {
	char *uid, *gid;
	bool fixed; /* groups may not be set there */
};

static bool translate(const char *map, unsigned id, unsigned *out)
{
	*out = id;
	return !map || map_id(map, id, out);
}

static void take_groups(struct creds *c, const char *status,
			const struct maps *m)
{
	const char *at = field(status, "Groups");
	unsigned inside;
	char *end;

	c->has_groups = !m->fixed;
	for (; at && c->n < CREDS_GROUPS_MAX; at = end) {
		unsigned long id = strtoul(at, &end, 10);

		/* The list ends with a blank and a newline. */
		if (end == at || memchr(at, '\n', (size_t)(end - at)))
			return;
		if (translate(m->gid, (unsigned)id, &inside))
			c->groups[c->n++] = inside;
	}
}

/* A program of root's gets the inheritable and bounding sets at its exec, which
 * may be more than the process has now. */
static void take_caps(struct creds *c, const struct caps *theirs)
{
	const uint64_t most = c->uid == 0 ? theirs->permitted : UINT64_MAX;

	c->has_bounding = c->has_inheritable = c->has_ambient = true;
	c->bounding = theirs->bounding & most;
	c->inheritable = theirs->inheritable & most;
	c->ambient = theirs->ambient;
}

static bool load_status(struct creds *c, const char *status,
			const struct maps *m)
{
	uint64_t uid, gid, strict;
	struct caps theirs;

	if (!number_field(status, "Uid", 10, &uid) ||
	    !number_field(status, "Gid", 10, &gid) ||
	    !number_field(status, "CapInh", 16, &theirs.inheritable) ||
	    !number_field(status, "CapPrm", 16, &theirs.permitted) ||
	    !number_field(status, "CapBnd", 16, &theirs.bounding) ||
	    !number_field(status, "CapAmb", 16, &theirs.ambient) ||
	    !number_field(status, "NoNewPrivs", 10, &strict) ||
	    !translate(m->uid, (unsigned)uid, &c->uid) ||
	    !translate(m->gid, (unsigned)gid, &c->gid))
		return false;
	c->has_uid = c->has_gid = true;
	c->no_new_privs = strict != 0;
	take_groups(c, status, m);
	take_caps(c, &theirs);
	return true;
}

/* Its user namespace: 1 if it is the one to be joined, 0 if it is ours. */
static int is_joined(int dir, int join)
{
	autofd self = procdir_open(getpid(), NULL);
	struct stat theirs, st;

	if (self < 0 || fstatat(dir, "ns/user", &theirs, 0) < 0 ||
	    (join < 0 ? fstatat(self, "ns/user", &st, 0) : fstat(join, &st)) <
		    0)
		return -1;
	if (theirs.st_ino == st.st_ino && theirs.st_dev == st.st_dev)
		return join >= 0;
	errno = EXDEV;
	return -1;
}

#define MAP_MAX (16 << 10)

static char *load_map(int dir, const char *name)
{
	char *map = malloc(MAP_MAX);

	if (map && read_proc_file(dir, name, map, MAP_MAX) >= 0)
		return map;
	free(map);
	return NULL;
}

/* Without a map of groups there is none to set, either. */
static bool load_maps(struct maps *m, int dir)
{
	char policy[16];

	m->uid = load_map(dir, "uid_map");
	m->gid = load_map(dir, "gid_map");
	if (!m->uid || !m->gid ||
	    read_proc_file(dir, "setgroups", policy, sizeof(policy)) < 0)
		return false;
	m->fixed = !*m->gid || strncmp(policy, "deny", 4) == 0;
	return true;
}

static int fault(pid_t pid, const char *what, struct errmsg *f)
{
	return errmsg(f, errno, "cannot take the %s of process %d", what, pid);
}

static int load_creds(struct target *t, int dir, pid_t pid,
		      const struct maps *m, struct errmsg *f)
{
	char status[STATUS_MAX];

	if (read_proc_file(dir, "status", status, sizeof(status)) < 0)
		return fault(pid, "user", f);
	if (!load_status(&t->creds, status, m))
		return errmsg(f, 0,
			      "cannot take the user of process %d: it has no "
			      "number in its user namespace",
			      pid);
	t->has_creds = true;
	return 0;
}

int target_creds(struct target *t, int dir, pid_t pid,
		 const struct ns_set *join, struct errmsg *f)
{
	int joined = is_joined(dir, join->fd[NS_USER]), taken;
	struct maps m = { NULL, NULL, false };

	if (joined < 0 && errno == EXDEV)
		return errmsg(f, 0,
			      "cannot take the user of process %d: its user "
			      "namespace is not joined (add --user)",
			      pid);
	if (joined < 0 || (joined && !load_maps(&m, dir)))
		taken = fault(pid, "user", f);
	else
		taken = load_creds(t, dir, pid, &m, f);
	free(m.uid);
	free(m.gid);
	return taken;
}

int target_environ(struct target *t, int dir, pid_t pid, struct errmsg *f)
{
	char *text = malloc(ENVIRON_MAX);
	ssize_t n = text ? read_proc_file(dir, "environ", text, ENVIRON_MAX)
			 : -1;

	if (n < 0) {
		(void)fault(pid, "environment", f);
		free(text);
		return -1;
	}
	t->has_environ = true;
	t->environ = text;
	t->size = (size_t)n;
	return 0;
}

static const char *const announced[] = { "LISTEN_FDS", "LISTEN_PID",
					 "LISTEN_FDNAMES" };

#define ANNOUNCED (sizeof(announced) / sizeof(*announced))

/* Put back what was there before; all are gone now. */
static int restore(const char *name, const char *value)
{
	return value ? setenv(name, value, 1) : unsetenv(name);
}

int target_use_environ(const struct target *t, bool tty, bool listen)
{
	const char *old[ANNOUNCED], *term = tty ? getenv("TERM") : NULL;
	int done = 0;

	for (size_t i = 0; i < ANNOUNCED; i++)
		old[i] = listen ? getenv(announced[i]) : NULL;
	if (clearenv() != 0)
		return -1;
	/* The program may have written there what is no variable. */
	for (char *at = t->environ; at < t->environ + t->size;
	     at += strlen(at) + 1)
		if (*at != '=' && strchr(at, '=') && putenv(at) != 0)
			return -1;
	for (size_t i = 0; i < ANNOUNCED && done == 0; i++)
		done = restore(announced[i], old[i]);
	return done == 0 && term ? setenv("TERM", term, 1) : done;
}

int target_become(const struct target *t, const int stdio[3], struct errmsg *f)
{
	struct creds c = t->creds;
	struct caps now;

	if (caps_get(&now, c.bounding | c.inheritable) < 0)
		return errmsg(f, errno, "cannot read capabilities");
	c.stdio = stdio;
	c.bounding &= now.bounding;
	c.inheritable &= now.inheritable | now.bounding;
	c.ambient &= now.permitted & c.inheritable;
	return creds_apply(&c, f);
}
