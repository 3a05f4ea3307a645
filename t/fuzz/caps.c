/* caps - lists of capabilities, and their names again */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/errmsg.h"
#include "proc/caps.h"
#include "fuzz.h"

/* A list of one capability's number, with zeros before it, is that one. */
static void check_number(const char *list, uint64_t set)
{
	const char *digits = list + 4;

	if (strncasecmp(list, "cap_", 4) == 0 && *digits &&
	    !digits[strspn(digits, "0123456789")])
		assert(set == 1ULL << strtoul(digits, NULL, 10));
}

static void check_text(uint64_t set)
{
	char *buf = malloc(CAPS_TEXT_MAX);
	uint64_t again = ~set;
	struct errmsg f;

	if (caps_parse(caps_text(buf, set), 0, &again, &f) == 0)
		assert(again == set);
	else
		assert(set & ~caps_known());
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	uint64_t now = 0, set = 42;
	struct errmsg f;
	char *list;

	for (int i = 0; i < 8; i++)
		now = now << 8 | fuzz_byte(&in);
	list = fuzz_word(&in);
	if (caps_parse(list, now & caps_known(), &set, &f) == 0) {
		assert((set & ~caps_known()) == 0);
		check_number(list, set);
	} else {
		assert(set == 42);
		fuzz_fault(&f);
	}
	check_text(now);
	free(list);
	return 0;
}
