/* helper-sti - type at terminals behind the back of who sits there */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "helper.h"

#define FDS 1024

/* Type X at the terminal on fd; if it takes that, print its device number as
 * stat -c %t:%T does. */
static void type(int fd)
{
	unsigned device;

	if (ioctl(fd, TIOCSTI, "X") < 0)
		return;
	if (ioctl(fd, TIOCGDEV, &device) < 0)
		device = 0;
	printf("took %x:%x\n", (device >> 8) & 0xfff,
	       (device & 0xff) | ((device >> 12) & 0xfff00));
}

/* Type at every terminal that can be reached without a name, and /dev/tty. */
int helper_sti(char **argv)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	(void)argv;
	/* The terminal may echo what is typed: say all after that. */
	(void)setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	puts("");
	for (int fd = 0; fd < FDS; fd++)
		type(fd);
	if (tty < 0)
		puts("no /dev/tty");
	puts("typed");
	return 0;
}
