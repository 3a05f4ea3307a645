/* fill - write lines to stdout, MIB mebibytes of them, 64 KiB at a time */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE 64

int main(int argc, char **argv)
{
	char buf[65536];
	long left = argc == 2 ? atol(argv[1]) << 20 : -1;
	ssize_t n;

	if (left < 0)
		errx(125, "usage: fill MIB");
	memset(buf, 'x', sizeof(buf));
	for (size_t i = LINE - 1; i < sizeof(buf); i += LINE)
		buf[i] = '\n';

	/* A terminal may take less than it is given: go on where it stopped. */
	for (size_t at = 0; left > 0; left -= n) {
		n = write(STDOUT_FILENO, buf + at, sizeof(buf) - at);
		if (n < 0)
			err(125, "cannot write");
		at = (at + (size_t)n) % sizeof(buf);
	}
	return 0;
}
