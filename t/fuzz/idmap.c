/* idmap - id maps from the command line, and the ranges of /etc/subuid */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "fuzz.h"
#include "ns/idmap.h"

#define LAST_ID 4294967294ULL /* user_namespaces(7): (uid_t)-1 is none */

static bool apart(unsigned a, unsigned n, unsigned b, unsigned m)
{
	return (uint64_t)a + n <= b || (uint64_t)b + m <= a;
}

/* What the kernel asks of a map. */
static void check(const struct idmap *map)
{
	assert(map->n >= 0 && map->n <= IDMAP_MAX);
	for (int i = 0; i < map->n; i++) {
		const struct idmap_range *r = &map->v[i];

		assert(r->count > 0);
		assert((uint64_t)r->inside + r->count - 1 <= LAST_ID);
		assert((uint64_t)r->outside + r->count - 1 <= LAST_ID);
		assert(idmap_maps(map, r->outside));
		for (const struct idmap_range *o = map->v; o < r; o++)
			assert(apart(r->inside, r->count, o->inside,
				     o->count) &&
			       apart(r->outside, r->count, o->outside,
				     o->count));
	}
}

static void add_auto(struct idmap *map, struct fuzz *in)
{
	char *passwd = fuzz_word(in), *subuid = fuzz_word(in);
	int before = map->n;
	struct errmsg f;

	fuzz_etc("/etc/passwd", passwd);
	fuzz_etc("/etc/subuid", subuid);
	if (idmap_auto(map, false, 1000, &f) < 0) {
		fuzz_fault(&f);
		assert(map->n == before);
	} else {
		assert(map->n > before);
	}
	free(passwd);
	free(subuid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	unsigned words = fuzz_byte(&in) % 4;
	struct idmap map = { .n = 0 };

	while (words-- > 0) {
		char *text = fuzz_word(&in);
		int before = map.n;

		if (idmap_add(&map, text) < 0)
			assert(map.n == before);
		else
			assert(map.n > before);
		free(text);
	}
	(void)idmap_one(&map, fuzz_byte(&in), fuzz_byte(&in));
	check(&map);
	if (in.at < in.end) {
		add_auto(&map, &in);
		check(&map);
	}
	return 0;
}
