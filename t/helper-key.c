/* helper-key - keys in the session keyring */
#include <err.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/applet.h"
#include "helper.h"

/* linux/keyctl.h */
#define SESSION_KEYRING (-3)
#define JOIN		1
#define SEARCH		10

/* "put NAME COMMAND...": run COMMAND with that key in a new session keyring;
 * "find NAME": 0 if it is in the session keyring. */
int helper_key(char **argv)
{
	const char *name = argv[2];

	if (strcmp(argv[1], "find") == 0)
		return syscall(SYS_keyctl, SEARCH, SESSION_KEYRING, "user",
			       name, 0) < 0;
	if (syscall(SYS_keyctl, JOIN, NULL) < 0 ||
	    syscall(SYS_add_key, "user", name, "secret", 6, SESSION_KEYRING) <
		    0)
		err(EXIT_CANCELED, "cannot make a key");
	(void)execvp(argv[3], argv + 3);
	err(EXIT_CANCELED, "cannot execute '%s'", argv[3]);
}
