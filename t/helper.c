/* helper - what the tests need and a shell cannot do */
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/applet.h"
#include "helper.h"

/* lib wants a table of applets; the helper has none. */
const struct applet *const applets[] = { NULL };

static const struct tool {
	const char *name;
	const char *words;
	int (*run)(char **argv);
} tools[] = {
#define X(name_, words_) { #name_, words_, helper_##name_ },
	HELPER_TOOLS
#undef X
};

/* How many words a tool cannot do without. */
static int wanted(const char *words)
{
	int n = *words && *words != '.';

	for (; *words; words++)
		n += *words == ' ' && words[1] != '.';
	return n;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		if (strcmp(tools[i].name, name) != 0)
			continue;
		if (argc - 2 < wanted(tools[i].words))
			errx(EXIT_CANCELED, "usage: helper %s %s", name,
			     tools[i].words);
		return tools[i].run(argv + 1);
	}
	errx(EXIT_CANCELED, "no tool '%s'", name);
}
