/*
 * format - what printf(3) makes of a format, as far as these tools use it.
 *
 * musl's printf knows floating point numbers, wide characters and positions,
 * and weighs 10 KiB. Linked with musl, this is the vfprintf and vsnprintf of
 * the program, and so what all of that family, and err(3), come to; glibc is
 * made of one piece, and keeps its own.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * format_text - as vsnprintf(3)
 *
 * format  %c %d %i %o %s %u %x %%; the flags - and 0; a width; a precision of
 *         %s; hh h l ll j z. A width or a precision may be *. Anything else is
 *         abort(3), as no caller has it.
 *
 * Returns how long the text is, whether it fits or not.
 */
int format_text(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/* format_quoted - the same, where each %s is foreign text, quoted (text.h) */
int format_quoted(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
