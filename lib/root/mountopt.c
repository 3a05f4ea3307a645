/* mountopt - mount options by name, as mount(8) has them */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

#include "base/sys.h"
#include "root/mountopt.h"

/* Words that set an attribute or take it away. */
static const struct {
	const char *on, *off;
	uint64_t bit;
} attributes[] = {
	{ "ro", "rw", SYS_MOUNT_ATTR_RDONLY },
	{ "nosuid", "suid", SYS_MOUNT_ATTR_NOSUID },
	{ "nodev", "dev", SYS_MOUNT_ATTR_NODEV },
	{ "noexec", "exec", SYS_MOUNT_ATTR_NOEXEC },
	{ "nodiratime", "diratime", SYS_MOUNT_ATTR_NODIRATIME },
	{ "nosymfollow", "symfollow", SYS_MOUNT_ATTR_NOSYMFOLLOW },
};

/* Words that choose one of three ways to note when a file was read. */
static const struct {
	const char *on, *off;
	uint64_t way;
} times[] = {
	{ "noatime", "atime", SYS_MOUNT_ATTR_NOATIME },
	{ "strictatime", "nostrictatime", SYS_MOUNT_ATTR_STRICTATIME },
	{ "relatime", "norelatime", SYS_MOUNT_ATTR_RELATIME },
};

static const struct {
	const char *name;
	uint64_t propagation;
} propagations[] = {
	{ "private", MS_PRIVATE },
	{ "shared", MS_SHARED },
	{ "slave", MS_SLAVE },
	{ "unbindable", MS_UNBINDABLE },
};

#define IDMAP "X-mount.idmap="

#define COUNT(array_) (sizeof(array_) / sizeof(*(array_)))

static void put_bits(struct mountopt_set *s, uint64_t set, uint64_t clear)
{
	s->set = (s->set & ~clear) | set;
	s->clear = (s->clear & ~set) | clear;
}

static bool put_attribute(struct mountopt_set *s, const char *word)
{
	for (size_t i = 0; i < COUNT(attributes); i++) {
		if (strcmp(word, attributes[i].on) == 0)
			put_bits(s, attributes[i].bit, 0);
		else if (strcmp(word, attributes[i].off) == 0)
			put_bits(s, 0, attributes[i].bit);
		else
			continue;
		return true;
	}
	return false;
}

/* mount_setattr(2) wants all bits of the old way cleared for a new one. */
static void put_way(struct mountopt_set *s, uint64_t way)
{
	s->set = (s->set & ~(uint64_t)SYS_MOUNT_ATTR__ATIME) | way;
	s->clear |= SYS_MOUNT_ATTR__ATIME;
}

/*
 * "Not this way" changes nothing where another one was asked for, else it
 * means relatime, which is what the kernel does when nothing is said.
 */
static bool put_time(struct mountopt_set *s, const char *word)
{
	bool chosen = s->clear & SYS_MOUNT_ATTR__ATIME;
	uint64_t now = s->set & SYS_MOUNT_ATTR__ATIME;

	for (size_t i = 0; i < COUNT(times); i++) {
		if (strcmp(word, times[i].on) == 0) {
			put_way(s, times[i].way);
			return true;
		}
		if (strcmp(word, times[i].off) != 0)
			continue;
		if (!chosen || now == times[i].way)
			put_way(s, SYS_MOUNT_ATTR_RELATIME);
		return true;
	}
	return false;
}

/* The last one counts, be it for one mount or for all. */
static bool put_propagation(struct mountopt *o, struct mountopt_set *s,
			    const char *word)
{
	for (size_t i = 0; i < COUNT(propagations); i++) {
		if (strcmp(word, propagations[i].name) != 0)
			continue;
		o->flat.propagation = o->deep.propagation = 0;
		s->propagation = propagations[i].propagation;
		return true;
	}
	return false;
}

static bool put_flags(struct mountopt *o, struct mountopt_set *s,
		      const char *word)
{
	return put_attribute(s, word) || put_time(s, word) ||
	       put_propagation(o, s, word);
}

/* "relatime" and "ro" begin with an r of their own: they are tried first. */
static bool take_word(struct mountopt *o, const char *word)
{
	if (strcmp(word, "bind") == 0)
		o->bind = true;
	else if (strcmp(word, "rbind") == 0)
		o->rbind = true;
	else if (strncmp(word, IDMAP, strlen(IDMAP)) == 0)
		o->idmap = word + strlen(IDMAP);
	else if (strcmp(word, "idmap") == 0 || strcmp(word, "ridmap") == 0)
		o->idmap_deep = *word == 'r';
	else if (strcmp(word, "tmpcopyup") == 0)
		o->copy_up = true;
	else if (*word && strcmp(word, "defaults") != 0)
		return put_flags(o, &o->flat, word) ||
		       (*word == 'r' && put_flags(o, &o->deep, word + 1));
	return true;
}

/* The next word of a list, cut off; a comma after a backslash is one of it, and
 * the backslash goes. */
static char *cut_word(char **rest)
{
	char *word = *rest, *to = word;

	if (!word)
		return NULL;
	for (char *c = word;; c++) {
		if (c[0] == '\\' && c[1] == ',')
			c++;
		else if (*c == ',' || *c == '\0') {
			*rest = *c ? c + 1 : NULL;
			*to = '\0';
			return word;
		}
		*to++ = *c;
	}
}

int mountopt_parse(struct mountopt *o, const char *words)
{
	char *rest = o->text;

	memset(o, 0, sizeof(*o));
	if (strlen(words) >= sizeof(o->text)) {
		errno = E2BIG;
		return -1;
	}
	memcpy(o->text, words, strlen(words) + 1);
	for (const char *word; (word = cut_word(&rest));) {
		if (take_word(o, word))
			continue;
		if (*word == '=' || o->n == MOUNTOPT_MAX) {
			errno = *word == '=' ? EINVAL : E2BIG;
			return -1;
		}
		o->data[o->n++] = word;
	}
	return 0;
}

uint64_t mountopt_attributes(const struct mountopt *o)
{
	return (o->flat.set & ~o->deep.clear) | o->deep.set;
}
