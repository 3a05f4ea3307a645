/* caps - the capability sets of this process */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>

#include "base/errmsg.h"
#include "base/sys.h"
#include "base/text.h"
#include "proc/caps.h"

#define CAPS_MAX 64 /* capget(2) has room for no more */

/* Index: the number, linux/capability.h. */
static const char *const names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};
#define NAMES ((int)(sizeof(names) / sizeof(*names)))

const char *caps_name(int number)
{
	return number < NAMES ? names[number] : NULL;
}

/* capget(2), version 3; no libc declares it. */
#define CAPS_VERSION 0x20080522

struct caps_header {
	uint32_t version;
	int pid;
};

struct caps_half {
	uint32_t effective, permitted, inheritable;
};

static uint64_t bit(int n)
{
	return 1ULL << n;
}

/* Is a capability in the bounding set? -1: there is none of that number. */
static int is_bound(int n)
{
	return prctl(PR_CAPBSET_READ, (long)n, 0L, 0L, 0L);
}

/* They have their numbers in a row. */
uint64_t caps_known(void)
{
	int first = 0, past = CAPS_MAX;

	while (first < past) {
		int n = (first + past) / 2;

		if (is_bound(n) < 0)
			past = n;
		else
			first = n + 1;
	}
	return past < CAPS_MAX ? bit(past) - 1 : UINT64_MAX;
}

static uint64_t read_bounds(uint64_t asked)
{
	uint64_t bounding = 0;
	int in = 0;

	for (int n = 0; n < CAPS_MAX && in >= 0; n++) {
		if (!(asked & bit(n)))
			continue;
		in = is_bound(n);
		bounding |= in > 0 ? bit(n) : 0;
	}
	return bounding;
}

/* The number of a name; one that is not in the table is cap_N. */
static int caps_number(const char *name)
{
	int n;

	if (strncasecmp(name, "cap_", 4) == 0) {
		name += 4;
		if (text_int(name, 0, CAPS_MAX - 1, &n) == 0)
			return n;
	}
	for (n = 0; n < NAMES; n++) {
		if (strcasecmp(name, names[n]) == 0)
			return n;
	}
	return -1;
}

/* What a word without its sign stands for. */
static int mask(const char *word, uint64_t *set, struct errmsg *f)
{
	int n;

	*set = 0;
	if (strcasecmp(word, "all") == 0)
		*set = caps_known();
	if (*set || strcasecmp(word, "none") == 0)
		return 0;
	n = caps_number(word);
	if (n < 0)
		return errmsg_q(f, EINVAL, "no capability %s", word);
	if (is_bound(n) < 0)
		return errmsg_q(f, EINVAL, "this kernel has no capability %s",
				word);
	*set = bit(n);
	return 0;
}

int caps_parse(const char *list, uint64_t now, uint64_t *set, struct errmsg *f)
{
	uint64_t result = *list == '+' || *list == '-' ? now : 0, one;
	size_t n;

	for (bool more = true; more; list += n + 1) {
		char sign = *list == '-' ? '-' : '+', word[64];

		list += *list == '+' || *list == '-';
		n = strcspn(list, ",");
		more = list[n];
		/* Cut, it could be the name of another one. */
		if (n >= sizeof(word))
			return errmsg_q(f, EINVAL, "no capability %s", list);
		(void)snprintf(word, sizeof(word), "%.*s", (int)n, list);
		if (mask(word, &one, f) < 0)
			return -1;
		result = sign == '+' ? result | one : result & ~one;
	}
	*set = result;
	return 0;
}

const char *caps_text(char buf[CAPS_TEXT_MAX], uint64_t set)
{
	const char *comma = "";
	size_t used = 0;

	if (set == 0 || set == caps_known())
		return strcpy(buf, set ? "all" : "none");
	for (int n = 0; n < CAPS_MAX; n++) {
		char other[16];

		if (!(set & bit(n)))
			continue;
		(void)snprintf(other, sizeof(other), "cap_%d", n);
		used += (size_t)snprintf(buf + used, CAPS_TEXT_MAX - used,
					 "%s%s", comma,
					 n < NAMES ? names[n] : other);
		comma = ",";
	}
	return buf;
}

static bool in_ambience(int n)
{
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, (long)n, 0L, 0L) >
	       0;
}

/* The three sets that capget(2) knows; c's others stay as they are. */
static int read_sets(struct caps *c)
{
	struct caps_header header = { CAPS_VERSION, 0 };
	struct caps_half half[2] = { { 0 } };

	if (syscall(SYS_capget, &header, half) < 0)
		return -1;
	c->inheritable = half[0].inheritable | (uint64_t)half[1].inheritable
						       << 32;
	c->permitted = half[0].permitted | (uint64_t)half[1].permitted << 32;
	c->effective = half[0].effective | (uint64_t)half[1].effective << 32;
	return 0;
}

uint64_t caps_effective(void)
{
	struct caps c;

	return read_sets(&c) < 0 ? 0 : c.effective;
}

int caps_get(struct caps *c, uint64_t bounds)
{
	*c = (struct caps){ 0 };
	if (read_sets(c) < 0)
		return -1;
	c->bounding = read_bounds(bounds);
	for (int n = 0; n < CAPS_MAX; n++) {
		/* The kernel keeps no other in the ambient set. */
		if ((c->inheritable & c->permitted & bit(n)) && in_ambience(n))
			c->ambient |= bit(n);
	}
	return 0;
}

int caps_set(const struct caps *c)
{
	struct caps_header header = { CAPS_VERSION, 0 };
	struct caps_half half[2];

	for (int i = 0; i < 2; i++) {
		half[i].inheritable = (uint32_t)(c->inheritable >> 32 * i);
		half[i].permitted = (uint32_t)(c->permitted >> 32 * i);
		half[i].effective = (uint32_t)(c->effective >> 32 * i);
	}
	return (int)syscall(SYS_capset, &header, half);
}

int caps_inherit_none(void)
{
	struct caps c;

	if (read_sets(&c) < 0)
		return -1;
	c.inheritable = 0;
	return caps_set(&c);
}

int caps_bound(uint64_t keep)
{
	for (int n = 0; n < CAPS_MAX; n++) {
		if ((keep & bit(n)) ||
		    prctl(PR_CAPBSET_DROP, (long)n, 0L, 0L, 0L) == 0)
			continue;
		/* What is not in it needs no right to be dropped. */
		int error = errno, in = is_bound(n);

		if (in < 0)
			break;
		errno = error;
		if (in)
			return -1;
	}
	return 0;
}

int caps_surround(uint64_t set)
{
	for (int n = 0; n < CAPS_MAX; n++) {
		bool wanted = set & bit(n);
		long how = wanted ? PR_CAP_AMBIENT_RAISE : PR_CAP_AMBIENT_LOWER;

		if (in_ambience(n) != wanted &&
		    prctl(PR_CAP_AMBIENT, how, (long)n, 0L, 0L) < 0)
			return -1;
	}
	return 0;
}
