/* errmsg - which step of a longer piece of work failed, and why */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/errmsg.h"

/* End a text that was cut, between two characters and not in one. */
static void mark_cut(char *what, size_t size)
{
	size_t n = size - sizeof("...");

	while (n > 0 && ((unsigned char)what[n] & 0xc0) == 0x80)
		n--;
	memcpy(what + n, "...", sizeof("..."));
}

int errmsg(struct errmsg *f, int error, const char *format, ...)
{
	va_list args;

	f->error = error;
	va_start(args, format);
	if (vsnprintf(f->what, sizeof(f->what), format, args) >=
	    (int)sizeof(f->what))
		mark_cut(f->what, sizeof(f->what));
	va_end(args);
	errno = error;
	return -1;
}
