/* devcg1 - rules about devices for a cgroup of version 1: its files */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "cgroup/devcg1.h"
#include "cgroup/devrule.h"

/* What the kernel keeps: a default, and exceptions of one type each. */
struct set {
	bool allow;
	size_t n;
	struct devrule except[4 * DEVRULE_MAX];
};

#define SET_MAX (4 * DEVRULE_MAX)

/* devices.list of a cgroup with as many exceptions. */
#define LIST_MAX (SET_MAX * DEVRULE_TEXT_MAX)

static int too_many(struct errmsg *e)
{
	return errmsg(e, E2BIG, "cannot take more than %d exceptions", SET_MAX);
}

static bool same_devices(const struct devrule *a, const struct devrule *b)
{
	return a->types == b->types && a->major == b->major &&
	       a->minor == b->minor;
}

static int devcg1_add(struct set *s, const struct devrule *r, struct errmsg *e)
{
	for (size_t i = 0; i < s->n; i++) {
		if (same_devices(&s->except[i], r)) {
			s->except[i].access |= r->access;
			return 0;
		}
	}
	if (s->n == SET_MAX)
		return too_many(e);
	s->except[s->n++] = *r;
	return 0;
}

/* Back to the default: only whole exceptions can be taken back. */
static int devcg1_take_back(struct set *s, const struct devrule *r,
			    struct errmsg *e)
{
	for (size_t i = 0; i < s->n; i++) {
		struct devrule *x = &s->except[i];

		if (!devrule_overlaps(x, r) || !(x->access & r->access))
			continue;
		if (!devrule_covers(r, x)) {
			(void)errmsg(e, 0,
				     "cannot %s '%s' after '%s': version 1 of "
				     "cgroups has no exception from an "
				     "exception",
				     r->allow ? "allow" : "deny",
				     DEVRULE_TEXT(r), DEVRULE_TEXT(x));
			errno = ENOTSUP;
			return -1;
		}
		x->access &= ~r->access;
	}
	return 0;
}

static int apply_rule(struct set *s, const struct devrule *r, struct errmsg *e)
{
	if (devrule_total(r)) {
		s->n = 0;
		s->allow = r->allow;
		return 0;
	}
	for (unsigned type = DEVRULE_BLOCK; type <= DEVRULE_CHAR; type <<= 1) {
		struct devrule one = *r;

		one.types = r->types & type;
		if (!one.types || !one.access)
			continue;
		if ((r->allow == s->allow ? devcg1_take_back
					  : devcg1_add)(s, &one, e) < 0)
			return -1;
	}
	return 0;
}

/*
 * One exception must allow all that is asked for: "c 1:* r" and "c 1:3 w" do
 * not let 1:3 be opened for both. So what is about some devices of another
 * exception gets its accesses, too.
 */
static int widen(struct set *s, struct errmsg *e)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < s->n; k++) {
			struct devrule both = s->except[i];
			const struct devrule *x = &s->except[k];

			if (i == k || !devrule_overlaps(&both, x))
				continue;
			if (both.major == DEVRULE_ANY)
				both.major = x->major;
			if (both.minor == DEVRULE_ANY)
				both.minor = x->minor;
			both.access |= x->access;
			if (!same_devices(&both, x) &&
			    devcg1_add(s, &both, e) < 0)
				return -1;
		}
	}
	return 0;
}

static int reduce(const struct devrules *rules, struct set *s, struct errmsg *e)
{
	s->allow = true;
	s->n = 0;
	for (size_t i = 0; i < rules->n; i++) {
		if (apply_rule(s, &rules->rule[i], e) < 0)
			return -1;
	}
	return s->allow ? 0 : widen(s, e);
}

/* What a list says; a default that allows does not tell its exceptions. */
static int parse_list(char *text, struct set *s)
{
	char *line;

	s->allow = false;
	s->n = 0;
	while ((line = strsep(&text, "\n"))) {
		struct devrule *r = &s->except[s->n];

		if (!*line)
			continue;
		if (s->n == SET_MAX || devrule_parse(line, r) < 0)
			return -1;
		if (r->types == (DEVRULE_BLOCK | DEVRULE_CHAR))
			s->allow = true;
		else
			s->n++;
	}
	return 0;
}

static int devcg1_read_set(int dir, const char *name, struct set *s,
			   struct errmsg *e)
{
	char *buf = malloc(LIST_MAX);
	autofd fd = openat(dir, "devices.list", O_RDONLY | O_CLOEXEC);
	int status = -1, why;

	if (buf && fd_read_text(fd, buf, LIST_MAX) >= 0)
		status = 0;
	if (status < 0 && errno == ENOENT)
		(void)errmsg_q(e, 0,
			       "cannot use cgroup %s: it has no devices "
			       "controller",
			       name);
	else if (status < 0)
		(void)errmsg_q(e, errno, "cannot read the devices of %s", name);
	else if ((status = parse_list(buf, s)) < 0)
		(void)errmsg_q(e, EINVAL, "cannot read the devices of %s",
			       name);
	why = errno;
	free(buf);
	errno = why;
	return status;
}

/* One write to one of the two files. */
static int write_rule(int dir, const char *name, bool allow, const char *text,
		      struct errmsg *e)
{
	autofd fd = openat(dir, allow ? "devices.allow" : "devices.deny",
			   O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && fd_write(fd, text, strlen(text)) == 0)
		return 0;
	return errmsg(e, errno, "cannot %s '%s' in %s",
		      allow ? "allow" : "deny", text, Q(name));
}

/* Of each exception in a the accesses that b does not have of it. */
static int write_rest(int dir, const char *name, bool allow,
		      const struct set *a, const struct set *b,
		      struct errmsg *e)
{
	for (size_t i = 0; i < a->n; i++) {
		struct devrule rest = a->except[i];

		for (size_t k = 0; k < b->n; k++) {
			if (same_devices(&rest, &b->except[k]))
				rest.access &= ~b->except[k].access;
		}
		if (rest.access &&
		    write_rule(dir, name, allow, DEVRULE_TEXT(&rest), e) < 0)
			return -1;
	}
	return 0;
}

static int change(int dir, const char *name, struct set *from,
		  const struct set *to, struct errmsg *e)
{
	if (to->allow || from->allow) {
		if (write_rule(dir, name, to->allow, "a", e) < 0)
			return -1;
		from->n = 0;
		return write_rest(dir, name, !to->allow, to, from, e);
	}
	if (write_rest(dir, name, true, to, from, e) < 0)
		return -1;
	return write_rest(dir, name, false, from, to, e);
}

int devcg1_set(int dir, const char *name, const struct devrules *rules,
	       struct errmsg *e)
{
	struct set *sets = calloc(2, sizeof(*sets));
	int status = -1, why;

	if (!sets)
		return errmsg_q(e, errno, "cannot set the devices of %s", name);
	if (reduce(rules, &sets[1], e) == 0 &&
	    devcg1_read_set(dir, name, &sets[0], e) == 0)
		status = change(dir, name, &sets[0], &sets[1], e);
	why = errno;
	free(sets);
	errno = why;
	return status;
}
