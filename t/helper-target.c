/* helper - processes that do not fit what is expected of a target to join */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/applet.h"
#include "helper.h"
#include "proc/caps.h"

/* reduced MASK - have these capabilities for as long as nothing is executed,
 * and wait */
int helper_reduced(char **argv)
{
	struct caps c;

	if (caps_get(&c, UINT64_MAX) < 0)
		err(EXIT_CANCELED, "capget");
	c.permitted = c.effective = strtoull(argv[1], NULL, 0);
	c.inheritable = 0;
	if (caps_set(&c) < 0)
		err(EXIT_CANCELED, "capset");
	(void)pause();
	return 0;
}

/* scribble NAME - write over that variable, where /proc shows it, what is no
 * variable, and wait */
int helper_scribble(char **argv)
{
	char *value = getenv(argv[1]);

	if (!value)
		errx(EXIT_CANCELED, "no %s", argv[1]);
	value[-1] = '_';
	memset(value, '_', strlen(value));
	(void)pause();
	return 0;
}
