/* errmsg - which step of a longer piece of work failed, and why */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/format.h"

/* End a text that was cut, between two characters and not in one. */
static void mark_cut(char *what, size_t size)
{
	size_t n = size - sizeof("...");

	while (n > 0 && ((unsigned char)what[n] & 0xc0) == 0x80)
		n--;
	memcpy(what + n, "...", sizeof("..."));
}

/* The text is there, of n bytes or the first of them. */
static void noted(struct errmsg *f, int error, int n)
{
	if (n >= (int)sizeof(f->what))
		mark_cut(f->what, sizeof(f->what));
	f->error = error;
	errno = error;
}

int errmsg(struct errmsg *f, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	noted(f, error, format_text(f->what, sizeof(f->what), format, args));
	va_end(args);
	return -1;
}

int errmsg_q(struct errmsg *f, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	noted(f, error, format_quoted(f->what, sizeof(f->what), format, args));
	va_end(args);
	return -1;
}
