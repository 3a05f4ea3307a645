/* credwords - the ids and capabilities that the words of a command line mean */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "cred/creds.h"
#include "proc/caps.h"
#include "user/users.h"

/* The errmsg of a user or group; one that is not there has it already. */
static int bad_id(const char *option, const char *word, struct errmsg *f)
{
	if (errno != EINVAL && errno != ERANGE)
		return -1;
	return errmsg(f, EINVAL, "bad %s %s: want a number or a name", option,
		      Q(word));
}

static int parse_group_list(const char *list, struct creds *c, struct errmsg *f)
{
	char word[256];
	size_t n;

	for (bool more = true; more; list += n + 1) {
		n = strcspn(list, ",");
		more = list[n];
		(void)snprintf(word, sizeof(word), "%.*s", (int)n, list);
		if (n >= sizeof(word))
			return errmsg_q(f, EINVAL, "bad --groups %s: too long",
					word);
		if (c->n == CREDS_GROUPS_MAX)
			return errmsg(f, EINVAL, "more than %d --groups",
				      CREDS_GROUPS_MAX);
		if (users_gid(word, &c->groups[c->n], f) < 0)
			return bad_id("--groups", word, f);
		c->n++;
	}
	return 0;
}

static int parse_groups(const struct creds_words *w, struct creds *c,
			struct errmsg *f)
{
	c->has_groups = w->groups || w->clear_groups || w->init_groups;
	c->n = 0;
	if (w->groups)
		return parse_group_list(w->groups, c, f);
	if (w->init_groups)
		c->n = users_groups(w->reuid, w->regid ? &c->gid : NULL,
				    c->groups, CREDS_GROUPS_MAX, f);
	return c->n < 0 ? -1 : 0;
}

static int parse_caps(const char *option, const char *list, uint64_t now,
		      uint64_t *set, struct errmsg *f)
{
	struct errmsg why;

	if (!list || caps_parse(list, now, set, &why) == 0)
		return 0;
	return errmsg(f, EINVAL, "bad %s %s: %s", option, Q(list), why.what);
}

static int parse_sets(const struct creds_words *w, struct creds *c,
		      struct errmsg *f)
{
	uint64_t least = 0, most = 0;
	struct caps now;

	/* Of the bounding set only that matters which the list leaves. */
	if (parse_caps("--bounding-set", w->bounding_set, 0, &least, f) < 0 ||
	    parse_caps("--bounding-set", w->bounding_set, UINT64_MAX, &most,
		       f) < 0)
		return -1;
	if (caps_get(&now, most & ~least) < 0)
		return errmsg(f, errno, "cannot read capabilities");
	c->has_bounding = w->bounding_set;
	c->has_inheritable = w->inh_caps;
	c->has_ambient = w->ambient_caps;
	c->bounding = least | now.bounding;
	if (parse_caps("--inh-caps", w->inh_caps, now.inheritable,
		       &c->inheritable, f) < 0)
		return -1;
	return parse_caps("--ambient-caps", w->ambient_caps, now.ambient,
			  &c->ambient, f);
}

int creds_parse(const struct creds_words *w, struct creds *c, struct errmsg *f)
{
	if (parse_sets(w, c, f) < 0)
		return -1;
	c->has_uid = w->reuid;
	if (w->reuid && users_uid(w->reuid, &c->uid, f) < 0)
		return bad_id("--reuid", w->reuid, f);
	c->has_gid = w->regid;
	if (w->regid && users_gid(w->regid, &c->gid, f) < 0)
		return bad_id("--regid", w->regid, f);
	return parse_groups(w, c, f);
}
