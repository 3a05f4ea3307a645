/* helper-text - what lib/base makes of a word, and of a format */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/format.h"
#include "base/text.h"
#include "helper.h"

/* Print a value or the errno, by a name that is the same in every libc. */
static int say(int result, long long value)
{
	if (result >= 0)
		return printf("%lld\n", value) < 0;
	if (errno == EINVAL)
		puts("EINVAL");
	else
		puts(errno == ERANGE ? "ERANGE" : "another errno");
	return 1;
}

int helper_number(char **argv)
{
	long long value = -1, min = atoll(argv[2]), max = atoll(argv[3]);
	int result = text_number(argv[1], min, max, &value);

	return say(result, value);
}

int helper_millis(char **argv)
{
	int ms = -1, result = text_millis(argv[1], &ms);

	return say(result, ms);
}

int helper_signal(char **argv)
{
	int number = text_signal(argv[1]);

	return say(number, number);
}

int helper_id(char **argv)
{
	unsigned id = 0;
	int result = text_id(argv[1], &id);

	return say(result, id);
}

int helper_quote(char **argv)
{
	return puts(Q(argv[1])) < 0;
}

/* One line by format_text, which is to be the same as by snprintf(3). */
static void __attribute__((format(printf, 1, 2))) same(const char *format, ...)
{
	char ours[128], libc[128];
	va_list args;
	int n, wanted;

	va_start(args, format);
	n = format_text(ours, sizeof(ours), format, args);
	va_end(args);
	va_start(args, format);
	wanted = vsnprintf(libc, sizeof(libc), format, args);
	va_end(args);
	printf("%d [%s]%s\n", n, ours,
	       n == wanted && strcmp(ours, libc) == 0 ? "" : " is another");
}

static int __attribute__((format(printf, 3, 4)))
cut(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = format_text(buf, size, format, args);
	va_end(args);
	return n;
}

static int __attribute__((format(printf, 3, 4)))
quoting(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = format_quoted(buf, size, format, args);
	va_end(args);
	return n;
}

int helper_format(char **argv)
{
	char line[64];
	char four[4] = "abc";
	int n;

	(void)argv;
	same("nothing");
	same("%s %.2s %5s %-5s|%.*s%%", "word", "word", "ab", "ab", 3,
	     "abcdef");
	same("%*d %-*d|%*d|%d %i", 4, -7, 4, -7, -4, -7, INT_MIN, INT_MAX);
	same("%02d %09ld %06lld %04d", 5, 123L, -45LL, 12345);
	same("%u %lu %llu", UINT_MAX, ULONG_MAX, ULLONG_MAX);
	same("%ld %lld %jd %zd", LONG_MIN, LLONG_MIN, INTMAX_MIN, (ssize_t)-1);
	same("%zu %ju", SIZE_MAX, UINTMAX_MAX);
	same("%hu %hhu %hd %hhd", (unsigned short)65535, (unsigned char)255,
	     (short)-1, (signed char)-1);
	same("%03o %04o %02x %016llx %x %o", 7, 01777, 10, 0xabcdefULL, 0, 0);
	same("%c%3c%-3c|", 'a', 'b', 'c');
	n = cut(four, sizeof(four), "%d", 12345);
	printf("%d [%s]\n", n, four);
	n = cut(four, 1, "%d", 12345);
	printf("%d [%s]\n", n, four);
	n = quoting(line, sizeof(line), "%s %d %s", "a\033b", 7, "c'd");
	printf("%d [%s]\n", n, line);
	n = cut(NULL, 0, "%d", 12345);
	return printf("%d%*s\n", n, 3000, ".") < 0;
}
