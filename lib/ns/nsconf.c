/* nsconf - what is set in namespaces before anything runs in them */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "ns/nsconf.h"
#include "proc/procdir.h"

/* Room for the longest name of a sysctl there is. */
#define NAME_ROOM 256

/* Which settings are a namespace's own. Source: ipc_namespaces(7),
 * network_namespaces(7), uts_namespaces(7), namespaces(7). */
static const struct {
	const char *name; /* with a slash at its end: all below */
	uint64_t flag;
	const char *type;
} kinds[] = {
	{ "fs/mqueue/", CLONE_NEWIPC, "ipc" },
	{ "kernel/domainname", CLONE_NEWUTS, "uts" },
	{ "kernel/msg_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmnb", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/sem", CLONE_NEWIPC, "ipc" },
	{ "kernel/sem_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/shm_next_id", CLONE_NEWIPC, "ipc" },
	{ "kernel/shm_rmid_forced", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmall", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmni", CLONE_NEWIPC, "ipc" },
	{ "net/", CLONE_NEWNET, "net" },
};

void nsconf_init(struct nsconf *c)
{
	*c = (struct nsconf){ .proc_sys = -1 };
}

static int refuse_setting(struct errmsg *f, const char *word, const char *why)
{
	(void)errmsg(f, 0, "cannot set %s: %s", Q(word), why);
	errno = EINVAL;
	return -1;
}

/* The name as a path below /proc/sys; returns the value, or NULL. */
static const char *cut_sysctl(const char *word, char path[NAME_ROOM])
{
	size_t n = strcspn(word, "="), first = strcspn(word, "./");

	if (n == 0 || !word[n] || n >= NAME_ROOM)
		return NULL;
	memcpy(path, word, n);
	path[n] = '\0';
	if (word[first] != '.')
		return word + n + 1;
	for (char *c = path; *c; c++) {
		if (*c == '.' || *c == '/')
			*c = *c == '.' ? '/' : '.';
	}
	return word + n + 1;
}

/* Does a part of it lead up, or nowhere? */
static bool is_plain_path(const char *path)
{
	size_t n;

	for (bool more = true; more; path += n + 1) {
		n = strcspn(path, "/");
		more = path[n];
		if (n == 0 || strncmp(path, ".", n) == 0 ||
		    strncmp(path, "..", n) == 0)
			return false;
	}
	return true;
}

static bool is_kind(const char *path, const char *name)
{
	size_t n = strlen(name);

	return name[n - 1] == '/' ? strncmp(path, name, n) == 0
				  : strcmp(path, name) == 0;
}

static int check_sysctl(const char *word, uint64_t flags, struct errmsg *f)
{
	char path[NAME_ROOM], why[64];

	if (!cut_sysctl(word, path))
		return refuse_setting(f, word, "want NAME=VALUE");
	if (strcmp(path, "kernel/hostname") == 0)
		return refuse_setting(f, word, "that is for --hostname");
	for (size_t i = 0;
	     is_plain_path(path) && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!is_kind(path, kinds[i].name))
			continue;
		if (flags & kinds[i].flag)
			return 0;
		(void)snprintf(why, sizeof(why),
			       "it is of the caller's own %s namespace",
			       kinds[i].type);
		return refuse_setting(f, word, why);
	}
	return refuse_setting(f, word, "it is no setting of a namespace");
}

int nsconf_sysctl(struct nsconf *c, const char **words, int n, uint64_t flags,
		  struct errmsg *f)
{
	for (int i = 0; i < n; i++) {
		if (check_sysctl(words[i], flags, f) < 0)
			return -1;
	}
	c->sysctls = n;
	c->sysctl = words;
	if (n == 0)
		return 0;
	/* Before a mount namespace is joined that has another one. */
	autofd proc = procdir_root();
	if (proc >= 0)
		c->proc_sys = procdir_file(proc, "sys", O_PATH | O_DIRECTORY);
	return c->proc_sys < 0 ? errmsg(f, errno, "cannot open '/proc/sys'")
			       : 0;
}

/* An offset with its sign; longer than the kernel has room for is refused. */
static int parse_seconds(const char *text, long long *seconds)
{
	bool minus = *text == '-';

	if (text_number(text + minus, 0, LLONG_MAX, seconds) < 0)
		return -1;
	*seconds = minus ? -*seconds : *seconds;
	return 0;
}

int nsconf_offset(struct nsconf *c, const char *word, struct errmsg *f)
{
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value - word) : 0;
	bool boot = n == strlen("boottime") && !strncmp(word, "boottime", n);
	char seconds[24] = "";
	const char *colon = value ? strchr(value, ':') : NULL;
	int nanoseconds = 0;
	long long s;

	if (!boot &&
	    (n != strlen("monotonic") || strncmp(word, "monotonic", n)))
		return refuse_setting(f, word,
				      "want monotonic=SECS or boottime=SECS");
	n = colon ? (size_t)(colon - value - 1) : strlen(value + 1);
	if (n < sizeof(seconds))
		memcpy(seconds, value + 1, n);
	if (parse_seconds(seconds, &s) < 0 ||
	    (colon && text_int(colon + 1, 0, 999999999, &nanoseconds) < 0))
		return refuse_setting(f, word, "want SECS or SECS:NANOSECS");
	c->clocks = true;
	*(boot ? &c->boottime : &c->monotonic) = (struct nsconf_clock){
		true, s, (unsigned)nanoseconds
	};
	return 0;
}

static int set_sysctls(const struct nsconf *c, struct errmsg *f)
{
	const struct sys_open_how how = {
		.flags = O_WRONLY | O_CLOEXEC,
		.resolve = SYS_RESOLVE_BENEATH | SYS_RESOLVE_NO_SYMLINKS,
	};
	char path[NAME_ROOM];

	for (int i = 0; i < c->sysctls; i++) {
		const char *value = cut_sysctl(c->sysctl[i], path);
		autofd fd = sys_openat2(c->proc_sys, path, &how);

		/* Before Linux 5.6: what is_plain_path() let pass has no links.
		 */
		if (fd < 0 && errno == ENOSYS)
			fd = openat(c->proc_sys, path, (int)how.flags);
		if (fd < 0 || fd_write(fd, value, strlen(value)) < 0)
			return errmsg_q(f, errno, "cannot set %s",
					c->sysctl[i]);
	}
	return 0;
}

static int set_clocks(const struct nsconf *c, struct errmsg *f)
{
	autofd self = procdir_open(getpid(), NULL);
	autofd fd = self < 0 ? -1
			     : procdir_file(self, "timens_offsets", O_WRONLY);
	char text[160];
	int n = 0;

	if (fd < 0)
		return errmsg(f, errno, "cannot set the clocks");
	if (c->monotonic.given)
		n += snprintf(text, sizeof(text), "monotonic %lld %u\n",
			      c->monotonic.seconds, c->monotonic.nanoseconds);
	if (c->boottime.given)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "boottime %lld %u\n", c->boottime.seconds,
			      c->boottime.nanoseconds);
	if (fd_write(fd, text, (size_t)n) < 0)
		return errmsg(f, errno, "cannot set the clocks");
	return 0;
}

/* A network without it cannot even reach itself, as lo is down in a new one. */
static int raise_loopback(struct errmsg *f)
{
	struct ifreq lo = { .ifr_name = "lo" };
	autofd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* A kernel that has no IPv4 has no such calls either. */
	if (fd < 0 && errno == EAFNOSUPPORT)
		return 0;
	lo.ifr_flags = IFF_UP;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		return errmsg(f, errno, "cannot bring up the interface lo");
	return 0;
}

int nsconf_apply(const struct nsconf *c, uint64_t created, struct errmsg *f)
{
	if ((created & CLONE_NEWNET) && raise_loopback(f) < 0)
		return -1;
	if (c->clocks && set_clocks(c, f) < 0)
		return -1;
	return set_sysctls(c, f);
}
