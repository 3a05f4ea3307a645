/* quote - foreign text that is printed does nothing to a terminal */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	char *text = fuzz_word(&in), *buf = malloc(QUOTE_MAX);
	const char *shown = quote(buf, text);
	size_t n = strnlen(shown, QUOTE_MAX);

	assert(shown == buf && n < QUOTE_MAX && fuzz_shown(shown));
	assert(n >= 2 && shown[0] == '\'' && shown[n - 1] == '\'');
	/* What has nothing to be written otherwise is as it was. */
	if (strpbrk(text, "\\'") == NULL && fuzz_shown(text) &&
	    strlen(text) + 3 + 3 < QUOTE_MAX)
		assert(strncmp(shown + 1, text, n - 2) == 0 &&
		       strlen(text) == n - 2);
	free(text);
	free(buf);
	return 0;
}
