/* stream - bytes that tell which of them is missing: write them, check them */
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORDS 8192 /* in a buffer */

/* Word n of the stream; every byte value is in it, the difficult ones too. */
static uint64_t word(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15ULL;
	return n ^ n >> 29;
}

static size_t fill(uint64_t *words, uint64_t first)
{
	for (uint64_t i = 0; i < WORDS; i++)
		words[i] = word(first + i);
	return WORDS * sizeof(*words);
}

/* A terminal may take less than it is given. */
static void write_all(const void *data, size_t n)
{
	const char *next = data;
	ssize_t put;

	for (; n > 0; next += put, n -= (size_t)put) {
		put = write(STDOUT_FILENO, next, n);
		if (put < 0 && errno == EINTR)
			put = 0;
		if (put < 0)
			err(125, "cannot write");
	}
}

/* Write for so long, then note in a file how many bytes it were. */
static void produce(long seconds, const char *note)
{
	uint64_t words[WORDS], n = 0;
	time_t end = time(NULL) + seconds;
	FILE *file;

	for (; time(NULL) < end; n += WORDS)
		write_all(words, fill(words, n));
	file = fopen(note, "w");
	if (!file ||
	    fprintf(file, "%llu\n", (unsigned long long)(n * sizeof(*words))) <
		    0 ||
	    fclose(file) != 0)
		err(125, "cannot write '%s'", note);
}

static size_t read_some(unsigned char *data, size_t n)
{
	ssize_t got;

	do {
		got = read(STDIN_FILENO, data, n);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		err(125, "cannot read");
	return (size_t)got;
}

/* Read to the end and print how many bytes came, if they are the first ones
 * of the stream. */
static void check(void)
{
	unsigned char data[WORDS * sizeof(uint64_t)];
	uint64_t words[WORDS], n = 0;
	size_t at = 0, got;

	(void)fill(words, 0);
	while ((got = read_some(data, sizeof(data) - at)) > 0) {
		if (memcmp(data, (unsigned char *)words + at, got) != 0)
			errx(1, "wrong within %zu bytes from %llu on", got,
			     (unsigned long long)n);
		n += got;
		at = (at + got) % sizeof(words);
		if (at == 0)
			(void)fill(words, n / sizeof(*words));
	}
	printf("%llu\n", (unsigned long long)n);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "write") == 0)
		produce(atol(argv[2]), argv[3]);
	else if (argc == 2 && strcmp(argv[1], "check") == 0)
		check();
	else
		errx(125, "usage: stream write SECONDS FILE | stream check");
	return 0;
}
