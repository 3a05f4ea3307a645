/* payload - the command of the scenarios: copy the input, end with a status */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(const char *text, size_t n)
{
	if (write(STDOUT_FILENO, text, n) != (ssize_t)n)
		exit(99);
}

/* payload STATUS [say TEXT | line | copy | fd N] */
int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	int from = strcmp(what, "fd") == 0 ? atoi(argv[3]) : STDIN_FILENO;
	char buf[4096];
	ssize_t n;

	if (strcmp(what, "say") == 0) {
		put(argv[3], strlen(argv[3]));
		put("\n", 1);
	} else if (strcmp(what, "line") == 0) {
		put("ready\n", 6);
		n = read(from, buf, sizeof(buf));
		if (n > 0)
			put(buf, (size_t)n);
	} else if (*what) {
		while ((n = read(from, buf, sizeof(buf))) > 0)
			put(buf, (size_t)n);
	}
	return argc > 1 ? atoi(argv[1]) : 0;
}
