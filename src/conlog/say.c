/* say - warnings on standard error, none of which can hold a terminal up */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "conlog/say.h"

void say(int error, const char *format, ...)
{
	char line[1536];
	size_t n;
	va_list args;
	int put;

	n = (size_t)snprintf(line, sizeof(line), "conlog: ");
	va_start(args, format);
	put = vsnprintf(line + n, sizeof(line) - n, format, args);
	va_end(args);
	n += put > 0 ? (size_t)put : 0;
	if (n < sizeof(line))
		put = snprintf(line + n, sizeof(line) - n, "%s%s\n",
			       error ? ": " : "", error ? strerror(error) : "");
	n += put > 0 ? (size_t)put : 0;
	if (n >= sizeof(line))
		n = sizeof(line) - 1;
	if (fd_ready(STDERR_FILENO, POLLOUT) > 0)
		(void)!write(STDERR_FILENO, line, n);
}
