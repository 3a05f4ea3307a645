/* helper-sti - type at terminals behind the back of who sits there */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper.h"

#define FDS 1024

#define PASTE 3 /* a subcode of TIOCLINUX: ioctl_console(2) */

/* The kernel looks at the low half of a request, and a filter may look at all
 * of it (CVE-2019-10063). libc has an int for it, here and there. */
static bool takes(int fd)
{
	const unsigned long high = sizeof(long) > 4 ? 1UL << 31 << 1 : 0;
	char paste = PASTE;
	int took = 0;

	took += ioctl(fd, TIOCSTI, "X") == 0;
	took += syscall(SYS_ioctl, fd, TIOCSTI | high, "X") == 0;
	took += ioctl(fd, TIOCLINUX, &paste) == 0;
	return took > 0;
}

/* Type X at the terminal on fd; if it takes that, print its device number as
 * stat -c %t:%T does. */
static void type(int fd)
{
	unsigned device;

	if (!takes(fd))
		return;
	if (syscall(SYS_ioctl, fd, (unsigned long)TIOCGDEV, &device) < 0)
		device = 0;
	printf("took %x:%x\n", (device >> 8) & 0xfff,
	       (device & 0xff) | ((device >> 12) & 0xfff00));
}

static void type_at(const char *file)
{
	int fd = open(file, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	type(fd);
	(void)close(fd);
}

/* Type at every terminal that can be reached without a name, /dev/tty, and
 * those that are named. */
int helper_sti(char **argv)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	/* The terminal may echo what is typed: say all after that. */
	(void)setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	puts("");
	for (int fd = 0; fd < FDS; fd++)
		type(fd);
	while (*++argv)
		type_at(*argv);
	if (tty < 0)
		puts("no /dev/tty");
	puts("typed");
	return 0;
}
