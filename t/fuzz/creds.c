/* creds - users, groups and capabilities, in an image with an /etc of its own
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "cred/creds.h"
#include "fuzz.h"

/* A word, or none. */
static const char *or_none(struct fuzz *in, char **room)
{
	unsigned present = fuzz_byte(in) & 1;

	*room = fuzz_word(in);
	return present ? *room : NULL;
}

static void check(const struct creds_words *w, const struct creds *c)
{
	assert(!w->reuid || c->uid != (uid_t)-1);
	assert(!w->regid || c->gid != (gid_t)-1);
	assert(c->n >= 0 && c->n <= CREDS_GROUPS_MAX);
	for (int i = 0; i < c->n; i++)
		assert(c->groups[i] != (gid_t)-1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct creds c;
	struct fuzz in = { data, data + size };
	char *room[6];
	struct creds_words w;
	struct errmsg f = { .what = "" };

	w.clear_groups = false;
	w.bounding_set = w.inh_caps = w.ambient_caps = NULL;
	w.init_groups = fuzz_byte(&in) & 1;
	w.reuid = or_none(&in, &room[0]);
	w.regid = or_none(&in, &room[1]);
	w.groups = or_none(&in, &room[2]);
	/* confine asks for the user where it asks for the user's groups. */
	w.init_groups = w.init_groups && w.reuid;
	room[3] = fuzz_word(&in);
	room[4] = fuzz_word(&in);
	w.bounding_set = or_none(&in, &room[5]);
	fuzz_etc("/etc/passwd", room[3]);
	fuzz_etc("/etc/group", room[4]);
	c.uid = c.gid = (uid_t)-1;
	if (creds_parse(&w, &c, &f) == 0)
		check(&w, &c);
	else
		fuzz_fault(&f);
	for (int i = 0; i < 6; i++)
		free(room[i]);
	return 0;
}
