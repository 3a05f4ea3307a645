/* helper-swap - a tree that changes while it is used, and a way out of a root
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/applet.h"
#include "helper.h"

#define EXCHANGE 2 /* RENAME_EXCHANGE, renameat2(2) */

/* What is at A is at B, and back, as quickly as can be, until it is killed. */
int helper_swap(char **argv)
{
	const char *a = argv[1], *b = argv[2];

	while (syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, EXCHANGE) == 0)
		;
	err(EXIT_CANCELED, "cannot swap '%s' and '%s'", a, b);
}

/*
 * Leave a root that was set by chroot(2) alone: a working directory outside of
 * the root has parents without end. 0 if FILE is what is found there.
 */
int helper_escape(char **argv)
{
	if (mkdir("jail", 0755) < 0 && errno != EEXIST)
		err(EXIT_CANCELED, "cannot make a directory");
	if (chroot("jail") < 0)
		err(EXIT_CANCELED, "cannot change the root");
	for (int i = 0; i < 40; i++) {
		if (chdir("..") < 0)
			err(EXIT_CANCELED, "cannot go up");
	}
	if (chroot(".") < 0)
		err(EXIT_CANCELED, "cannot change the root again");
	return access(argv[1], F_OK) == 0 ? 0 : EXIT_FAILURE;
}

/* A socket that nobody listens on. */
int helper_socket(char **argv)
{
	if (mknod(argv[1], S_IFSOCK | 0666, 0) < 0)
		err(EXIT_CANCELED, "cannot make socket '%s'", argv[1]);
	return 0;
}
