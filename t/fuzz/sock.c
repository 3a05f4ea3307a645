/* sock - names of sockets, their addresses, and the places of descriptors */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "cli/applet.h"
#include "fdrecv/receive.h"
#include "fdrecv/wanted.h"
#include "fuzz.h"
#include "sock/notify.h"
#include "sock/sock.h"

#define SLOTS_MAX 4

static void check_address(const struct sock_name *name)
{
	struct sockaddr_un *addr = malloc(sizeof(*addr));
	int hold = -1, size = sock_address(name, addr, &hold);
	const size_t head = offsetof(struct sockaddr_un, sun_path);

	if (size < 0) {
		/* Only what is longer than the room is looked up. */
		assert(hold == -1 &&
		       strlen(name->name) >= sizeof(addr->sun_path));
	} else if (hold < 0) {
		const char *path = addr->sun_path;

		/* Never cut, and never another name. */
		assert((size_t)size == head + 1 + strlen(name->name));
		path += name->kind == SOCK_ABSTRACT;
		assert(memcmp(path, name->name, strlen(name->name)) == 0);
	} else {
		(void)close(hold);
	}
	free(addr);
}

static void check_places(struct fuzz *in, const char *text)
{
	static struct receive r;
	const char *v[SLOTS_MAX];
	char *room[SLOTS_MAX];
	struct strlist slots = { .n = SLOTS_MAX, .v = v };
	struct errmsg f;

	r.n = r.nslots = 0;
	for (int i = 0; i < SLOTS_MAX; i++)
		v[i] = room[i] = fuzz_word(in);
	if (wanted_socket(&r, text, false, &slots, &f) < 0)
		fuzz_fault(&f);
	else
		assert(r.n == 1 && r.nslots == SLOTS_MAX);
	for (int i = 0; i < r.nslots; i++)
		for (int k = 0; k < i; k++)
			assert(r.slots[i] >= 0 && r.slots[i] != r.slots[k]);
	for (int i = 0; i < SLOTS_MAX; i++)
		free(room[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	bool abstract = fuzz_byte(&in) & 1;
	char *text = fuzz_word(&in);
	struct sock_name name;

	if (sock_parse(text, abstract, &name) == 0) {
		assert(name.text == text &&
		       (name.kind == SOCK_FD) == (name.fd >= 0));
		if (name.kind != SOCK_FD)
			check_address(&name);
	}
	(void)sock_type(text);
	if (notify_name_ok(text))
		assert(strlen(text) <= 255 && fuzz_shown(text) &&
		       !strchr(text, ':'));
	check_places(&in, text);
	free(text);
	return 0;
}
