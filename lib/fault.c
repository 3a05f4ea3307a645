/* fault - which step of a longer piece of work failed, and why */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "fault.h"

int fault(struct fault *f, int error, const char *format, ...)
{
	va_list args;

	f->error = error;
	va_start(args, format);
	vsnprintf(f->what, sizeof(f->what), format, args);
	va_end(args);
	errno = error;
	return -1;
}
