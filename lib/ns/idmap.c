/* idmap - which ids of a new user namespace are which ids outside */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "ns/idmap.h"
#include "user/subid.h"

/* One more is (uid_t)-1, which means "leave it" to every call. */
#define LAST_ID 4294967294U

static int idmap_error(int why)
{
	errno = why;
	return -1;
}

/* Do n ids from a and m ids from b have one in common? */
static bool overlap(unsigned a, unsigned n, unsigned b, unsigned m)
{
	return a < b ? b - a < n : a - b < m;
}

static bool mapped(const struct idmap *map, unsigned outside, unsigned count)
{
	for (int i = 0; i < map->n; i++) {
		if (overlap(outside, count, map->v[i].outside, map->v[i].count))
			return true;
	}
	return false;
}

/* The range that has this inside id, or NULL. */
static const struct idmap_range *range_of(const struct idmap *map,
					  unsigned inside)
{
	for (int i = 0; i < map->n; i++) {
		if (overlap(inside, 1, map->v[i].inside, map->v[i].count))
			return &map->v[i];
	}
	return NULL;
}

/* How many of count inside ids are free from a free one on, 1 at least. */
static unsigned room(const struct idmap *map, unsigned inside, unsigned count)
{
	if (count - 1 > LAST_ID - inside)
		count = LAST_ID - inside + 1;
	for (int i = 0; i < map->n; i++) {
		const struct idmap_range *r = &map->v[i];

		if (r->inside > inside && r->inside - inside < count)
			count = r->inside - inside;
	}
	return count;
}

static int add_checked(struct idmap *map, unsigned inside, unsigned outside,
		       unsigned count)
{
	if (count == 0 || inside > LAST_ID || outside > LAST_ID ||
	    count - 1 > LAST_ID - inside || count - 1 > LAST_ID - outside)
		return idmap_error(ERANGE);
	if (mapped(map, outside, count) || range_of(map, inside) ||
	    room(map, inside, count) < count)
		return idmap_error(EEXIST);
	if (map->n == IDMAP_MAX)
		return idmap_error(E2BIG);
	map->v[map->n++] = (struct idmap_range){ inside, outside, count };
	return 0;
}

/* The number at *text; *text is left behind it. */
static int read_id(const char **text, unsigned *out)
{
	size_t n = strspn(*text, "0123456789");
	long long value;
	char word[24];

	if (n >= sizeof(word))
		return idmap_error(ERANGE);
	memcpy(word, *text, n);
	word[n] = '\0';
	if (text_number(word, 0, UINT32_MAX, &value) < 0)
		return -1;
	*out = (unsigned)value;
	*text += n;
	return 0;
}

static int colon(const char **text)
{
	if (**text != ':')
		return idmap_error(EINVAL);
	++*text;
	return 0;
}

static int add_ranges(struct idmap *map, const char *text)
{
	unsigned inside, outside, count;

	do {
		if (read_id(&text, &inside) < 0 || colon(&text) < 0 ||
		    read_id(&text, &outside) < 0 || colon(&text) < 0 ||
		    read_id(&text, &count) < 0)
			return -1;
		if (*text && *text != ',')
			return idmap_error(EINVAL);
		if (add_checked(map, inside, outside, count) < 0)
			return -1;
	} while (*text++ == ',');
	return 0;
}

int idmap_add(struct idmap *map, const char *text)
{
	int before = map->n;

	if (add_ranges(map, text) == 0)
		return 0;
	map->n = before;
	return -1;
}

int idmap_one(struct idmap *map, unsigned inside, unsigned outside)
{
	return add_checked(map, inside, outside, 1);
}

bool idmap_maps(const struct idmap *map, unsigned outside)
{
	return mapped(map, outside, 1);
}

/* Map outside ids to the lowest inside ids that are free, in parts if need be.
 */
static int fill_free(struct idmap *map, unsigned outside, unsigned count)
{
	const struct idmap_range *r;
	unsigned inside = 0;

	while (count > 0) {
		unsigned n;

		while ((r = range_of(map, inside))) {
			/* Inside ids end at LAST_ID, as ranges do. */
			if (r->count > LAST_ID - r->inside)
				return idmap_error(ERANGE);
			inside = r->inside + r->count;
		}
		n = room(map, inside, count);
		if (add_checked(map, inside, outside, n) < 0)
			return -1;
		outside += n;
		count -= n;
	}
	return 0;
}

int idmap_auto(struct idmap *map, bool groups, uid_t uid, struct errmsg *f)
{
	const char *file = subid_file(groups);
	unsigned first, count;
	int before = map->n;
	struct subid list;
	int got;

	if (subid_open(&list, groups, uid) < 0)
		return errmsg(f, errno, "cannot read %s", file);
	while ((got = subid_next(&list, &first, &count)) > 0) {
		/* A line can be there twice; what is mapped stays as it is. */
		if (mapped(map, first, count))
			continue;
		if (fill_free(map, first, count) < 0)
			break;
	}
	if (got != 0)
		(void)errmsg(f, errno, "cannot map the ids of %s", file);
	else if (map->n == before)
		(void)errmsg(f, ENOENT, "cannot find ids of uid %u in %s",
			     (unsigned)uid, file);
	subid_close(&list);
	if (got == 0 && map->n > before)
		return 0;
	map->n = before;
	return -1;
}
