/* describe - objects with names that their sender has chosen */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fdrecv/describe.h"
#include "fuzz.h"

/* What --list promises: printf '%b' gives the name back. */
static void unescape(char *out, const char *text)
{
	unsigned byte;

	for (; *text; text++) {
		if (*text == '\\' && sscanf(text, "\\0%3o", &byte) == 1) {
			*out++ = (char)byte;
			text += 4;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct description d;
	struct fuzz in = { data, data + size };
	char *name = fuzz_word(&in), back[4096];
	int fd = memfd_create(name, MFD_CLOEXEC);

	/* A name of more than 249 bytes is none. */
	if (fd >= 0) {
		assert(describe(fd, &d) == 0);
		assert(strcmp(d.kind, "memfd") == 0);
		for (const char *c = d.detail; *c; c++)
			assert(*c >= ' ' && *c <= '~');
		unescape(back, d.detail);
		assert(strstr(back, name));
		(void)close(fd);
	}
	free(name);
	return 0;
}
