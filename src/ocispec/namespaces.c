/* namespaces - linux.namespaces, and what is set up in them */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "json/json.h"
#include "ns/ns.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"

/* In the order of enum spec_ns_type. */
static const struct kind {
	const char *type, *name, *file;
	int flag;
} kinds[] = {
	{ "pid", "pid", "pid", CLONE_NEWPID },
	{ "network", "net", "net", CLONE_NEWNET },
	{ "ipc", "ipc", "ipc", CLONE_NEWIPC },
	{ "uts", "uts", "uts", CLONE_NEWUTS },
	{ "mount", "mount", "mnt", CLONE_NEWNS },
	{ "user", "user", "user", CLONE_NEWUSER },
	{ "cgroup", "cgroup", "cgroup", CLONE_NEWCGROUP },
	{ "time", "time", "time", CLONE_NEWTIME },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static int find_kind(const char *type)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].type, type) == 0)
			return (int)i;
	return -1;
}

/* Is that the namespace that this process is in? Returns 1 or 0; -1 and errno
 * of stat(2). */
static int is_own_namespace(int fd, const struct kind *kind)
{
	const char *file = words_format("/proc/self/ns/%s", kind->file);
	struct stat ours, theirs;

	if (stat(file, &ours) < 0 || fstat(fd, &theirs) < 0)
		return -1;
	return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* A namespace is one whatever it is bound to; the path may be anything. */
static void join_namespace(struct spec *s, const struct json_node *path, int i)
{
	const struct kind *kind = &kinds[i];
	autofd fd = -1;
	bool is_one;
	int own;

	s->ns[i].is = NS_JOINED;
	if (*path->text != '/') {
		report_error(s->report, path,
			     "want an absolute path of a %s namespace, not %s",
			     kind->type, Q(path->text));
		return;
	}
	fd = ns_open(path->text, &is_one);
	if (!is_one ||
	    (fd >= 0 && ioctl(fd, SYS_NS_GET_NSTYPE) != kind->flag)) {
		report_error(s->report, path, "%s is no %s namespace",
			     Q(path->text), kind->type);
		return;
	}
	own = fd < 0 ? -1 : is_own_namespace(fd, kind);
	if (own < 0)
		report_error(s->report, path,
			     "cannot open the %s namespace %s: %s", kind->type,
			     Q(path->text), strerror(errno));
	else if (own)
		s->ns[i].is = NS_HOST;
	else
		words_option(&s->ptyfork, "--join", "%s=%s", kind->name,
			     path->text);
}

static void add_namespace(struct spec *s, const struct json_node *ns,
			  unsigned *seen)
{
	const struct json_node *path = json_get(ns, "path");
	const char *type = field_string(ns, "type", "");
	int i = find_kind(type);

	if (i < 0) {
		report_missing(s->report, ns, "type",
			       words_format("no such type: %s", Q(type)));
		return;
	}
	if (*seen & 1U << i)
		report_error(s->report, ns, "a second %s namespace", type);
	*seen |= 1U << i;
	if (path && path->type == JSON_STRING && *path->text) {
		join_namespace(s, path, i);
		return;
	}
	s->ns[i].is = NS_NEW;
	words_print(&s->ptyfork, "--%s", kinds[i].name);
}

/* Those that are made or joined, and are not the host's. */
static bool has(const struct spec *s, enum spec_ns_type type)
{
	return s->ns[type].is != NS_HOST;
}

static void name_host(struct spec *s)
{
	const struct json_node *host = json_get(s->config, "hostname"),
			       *domain = json_get(s->config, "domainname");
	const struct json_node *both[] = { host, domain };

	for (int i = 0; i < 2; i++) {
		const char *name = both[i] ? value_string(both[i]) : "";

		if (!*name)
			continue;
		if (strlen(name) > 64)
			report_error(s->report, both[i], "want up to 64 bytes");
		if (!has(s, SPEC_UTS))
			report_error(s->report, both[i],
				     "needs its own uts namespace");
		else if (i == 0)
			words_add2(&s->ptyfork, "--hostname", name);
		else
			words_option(&s->ptyfork, "--sysctl",
				     "kernel.domainname=%s", name);
	}
}

static void id_map_words(struct spec *s, const char *field, const char *option)
{
	const struct json_node *linux_ = json_get(s->config, "linux"),
			       *maps = field_array(linux_, field);
	const bool new = s->ns[SPEC_USER].is == NS_NEW;

	if (maps && maps->n > 0 && s->ns[SPEC_USER].is == NS_HOST)
		report_error(s->report, maps, "needs a user namespace");
	/* One that is joined has its maps already. */
	if (!new)
		return;
	if (!maps || maps->n == 0) {
		report_missing(s->report, linux_, field,
			       "a new user namespace needs it");
		return;
	}
	for (const struct json_node *m = maps->first; m; m = m->next) {
		uint64_t size = field_uint(m, "size", 0);

		if (size == 0)
			report_missing(s->report, m, "size",
				       "want a size above 0");
		words_option(&s->ptyfork, option,
			     "%" PRIu64 ":%" PRIu64 ":%" PRIu64,
			     field_uint(m, "containerID", 0),
			     field_uint(m, "hostID", 0), size);
	}
}

static void clock_words(struct spec *s)
{
	const struct json_node *clocks = json_get(json_get(s->config, "linux"),
						  "timeOffsets");

	if (!clocks || clocks->type != JSON_OBJECT)
		return;
	if (clocks->n > 0 && s->ns[SPEC_TIME].is != NS_NEW)
		report_error(s->report, clocks, "needs a new time namespace");
	for (const struct json_node *c = clocks->first; c; c = c->next) {
		if (strcmp(c->key, "monotonic") != 0 &&
		    strcmp(c->key, "boottime") != 0)
			report_error(s->report, c, "no such clock");
		else
			words_option(&s->ptyfork, "--time-offset",
				     "%s=%" PRId64 ":%" PRIu64, c->key,
				     field_int(c, "secs", 0),
				     field_uint(c, "nanosecs", 0));
	}
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/*
 * The namespace that a sysctl is of, or -1 where it is the host's. Those of
 * the ipc namespace: Linux ipc/ipc_sysctl.c, ipc/mq_sysctl.c.
 */
static int sysctl_kind(const char *name)
{
	static const char *const ipc[] = {
		"kernel.msgmax", "kernel.msgmnb",	   "kernel.msgmni",
		"kernel.sem",	 "kernel.shmall",	   "kernel.shmmax",
		"kernel.shmmni", "kernel.shm_rmid_forced",
	};

	for (size_t i = 0; i < sizeof(ipc) / sizeof(*ipc); i++)
		if (strcmp(name, ipc[i]) == 0)
			return SPEC_IPC;
	if (starts(name, "fs.mqueue."))
		return SPEC_IPC;
	if (starts(name, "net."))
		return SPEC_NET;
	return strcmp(name, "kernel.domainname") == 0 ? SPEC_UTS : -1;
}

/* With dots between its parts, as sysctl(8) does it: where a name has slashes
 * first, dots in it are parts of a name. */
static const char *dotted(const char *name)
{
	const bool slashes = name[strcspn(name, "./")] == '/';
	char *text = strdup(name);

	for (char *c = text; c && slashes && *c; c++)
		*c = *c == '/' ? '.' : *c == '.' ? '/' : *c;
	return text ? text : "";
}

/* No part of it leads elsewhere. */
static bool is_clean(const char *name)
{
	return *name && !strstr(name, "..") && !strstr(name, "//") &&
	       *name != '.' && *name != '/' && !strchr(name, '\n');
}

static void set_sysctl(struct spec *s, const struct json_node *value)
{
	const char *name = dotted(value->key);
	int kind = is_clean(value->key) && !strchr(value->key, '=')
			   ? sysctl_kind(name)
			   : -1;

	if (strcmp(name, "kernel.hostname") == 0)
		report_error(s->report, value, "hostname is what sets it");
	else if (kind < 0)
		report_error(s->report, value, "is no sysctl of a namespace");
	else if (!has(s, (enum spec_ns_type)kind))
		report_error(s->report, value, "needs its own %s namespace",
			     kinds[kind].type);
	else
		words_option(&s->ptyfork, "--sysctl", "%s=%s", value->key,
			     value_string(value));
}

void namespaces_words(struct spec *s)
{
	const struct json_node *linux_ = json_get(s->config, "linux"),
			       *list = field_array(linux_, "namespaces"),
			       *sysctl = json_get(linux_, "sysctl");
	unsigned seen = 0;

	for (size_t i = 0; i < KINDS; i++)
		s->ns[i] = (struct spec_ns){ kinds[i].type, kinds[i].name,
					     NS_HOST };
	for (const struct json_node *n = list ? list->first : NULL; n;
	     n = n->next)
		add_namespace(s, n, &seen);
	name_host(s);
	id_map_words(s, "uidMappings", "--uid-map");
	id_map_words(s, "gidMappings", "--gid-map");
	clock_words(s);
	for (const struct json_node *v = sysctl ? sysctl->first : NULL; v;
	     v = v->next)
		set_sysctl(s, v);
}
