/* helper-text - what lib/text makes of a word */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
