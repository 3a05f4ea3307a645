/* mount - what newroot is to put into a root, and with what options */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/sys.h"
#include "cli/applet.h"
#include "fuzz.h"
#include "newroot/setup.h"
#include "root/mountopt.h"

#define VALUES_MAX 8

extern const struct applet newroot_applet;

static void check_set(const struct mountopt_set *s)
{
	uint64_t way = s->set & SYS_MOUNT_ATTR__ATIME;

	/* Of how to note a read there is one, and the others are cleared. */
	assert(way == 0 ||
	       (s->clear & SYS_MOUNT_ATTR__ATIME) == SYS_MOUNT_ATTR__ATIME);
	assert((s->set & s->clear & ~(uint64_t)SYS_MOUNT_ATTR__ATIME) == 0);
}

static void check_options(const char *words)
{
	struct mountopt *o = malloc(sizeof(*o));

	if (mountopt_parse(o, words) == 0) {
		assert(o->n >= 0 && o->n <= MOUNTOPT_MAX && !o->data[o->n]);
		for (int i = 0; i < o->n; i++)
			assert(o->data[i] >= o->text &&
			       o->data[i] + strlen(o->data[i]) <
				       o->text + sizeof(o->text) &&
			       *o->data[i] != '=');
		check_set(&o->flat);
		check_set(&o->deep);
		assert(!o->flat.propagation || !o->deep.propagation);
		(void)mountopt_attributes(o);
	}
	free(o);
}

/* The option of that number that takes several values, or is one of them. */
static const struct opt *choose(unsigned number)
{
	const struct opt *o = newroot_applet.opts;
	unsigned n = 0;

	while (o[n].kind != OPT_NONE)
		n++;
	return &o[number % n];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	const struct opt *o = choose(fuzz_byte(&in));
	char *v[VALUES_MAX];
	struct setup s;
	struct errmsg f;

	for (int i = 0; i < VALUES_MAX; i++)
		v[i] = fuzz_word(&in);
	check_options(v[0]);
	if (o->kind == OPT_OPLIST) {
		assert(opt_values(o) <= VALUES_MAX);
		if (setup_read(&s, NULL, o->name, v, &f) < 0)
			fuzz_fault(&f);
		else
			assert((s.plan.to || s.kind == SETUP_PERMS) &&
			       s.mount == -1);
	}
	for (int i = 0; i < VALUES_MAX; i++)
		free(v[i]);
	return 0;
}
