/* format - what printf(3) makes of a format, as far as these tools use it */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "base/text.h"

/* Where text goes. What does not fit goes on to file, or nowhere. */
struct out {
	char *buf;
	size_t size;
	size_t used;
	FILE *file;
	size_t total; /* of all text, whether it fits or not */
	bool quotes;  /* %s is quoted */
};

/* A conversion, and the arguments from here on. */
struct conversion {
	bool left;
	bool zeros;
	int width;
	int precision; /* -1: none */
	char length;   /* H for hh, L for ll */
};

struct arguments {
	va_list v;
};

static void flush_out(struct out *o)
{
	(void)fwrite(o->buf, 1, o->used, o->file);
	o->used = 0;
}

static void put(struct out *o, const char *text, size_t n)
{
	o->total += n;
	while (n > 0) {
		size_t room = o->size - o->used, part = n < room ? n : room;

		if (room == 0 && !o->file)
			return;
		if (room == 0)
			flush_out(o);
		memcpy(o->buf + o->used, text, part);
		o->used += part;
		text += part;
		n -= part;
	}
}

static void put_padding(struct out *o, char c, size_t n)
{
	while (n-- > 0)
		put(o, &c, 1);
}

/* A sign, or nothing, and a text, as wide as is wanted. */
static void put_wide(struct out *o, const struct conversion *c,
		     const char *sign, const char *text, size_t n)
{
	size_t taken = strlen(sign) + n, width = (size_t)c->width;
	size_t rest = width > taken ? width - taken : 0;

	if (!c->left && !c->zeros)
		put_padding(o, ' ', rest);
	put(o, sign, strlen(sign));
	if (!c->left && c->zeros)
		put_padding(o, '0', rest);
	put(o, text, n);
	if (c->left)
		put_padding(o, ' ', rest);
}

static void put_number(struct out *o, const struct conversion *c,
		       const char *sign, unsigned long long value,
		       unsigned base)
{
	char digits[24], *at = digits + sizeof(digits);

	do
		*--at = "0123456789abcdef"[value % base];
	while (value /= base);
	put_wide(o, c, sign, at, (size_t)(digits + sizeof(digits) - at));
}

static void put_string(struct out *o, struct conversion *c, const char *text)
{
	char quoted[QUOTE_MAX];

	c->zeros = false;
	if (o->quotes)
		text = quote(quoted, text);
	put_wide(o, c, "", text,
		 c->precision < 0 ? strlen(text)
				  : strnlen(text, (size_t)c->precision));
}

static long long signed_argument(struct arguments *args, char length)
{
	switch (length) {
	case 'L':
		return va_arg(args->v, long long);
	case 'l':
		return va_arg(args->v, long);
	case 'j':
		return va_arg(args->v, intmax_t);
	case 'z':
		return va_arg(args->v, ssize_t);
	case 'h':
		return (short)va_arg(args->v, int);
	case 'H':
		return (signed char)va_arg(args->v, int);
	default:
		return va_arg(args->v, int);
	}
}

static unsigned long long unsigned_argument(struct arguments *args, char length)
{
	long long value = signed_argument(args, length);

	switch (length) {
	case 'L':
	case 'j':
		return (unsigned long long)value;
	case 'l':
	case 'z':
		return (unsigned long)value;
	case 'h':
		return (unsigned short)value;
	case 'H':
		return (unsigned char)value;
	default:
		return (unsigned)value;
	}
}

/* Digits, or an argument; moves past them. */
static int number_of(const char **format, struct arguments *args)
{
	int n = 0;

	if (**format == '*') {
		++*format;
		return va_arg(args->v, int);
	}
	while (**format >= '0' && **format <= '9')
		n = n * 10 + *(*format)++ - '0';
	return n;
}

/* What is before the letter of a conversion; moves to that. */
static void read_conversion(struct conversion *c, const char **format,
			    struct arguments *args)
{
	*c = (struct conversion){ .precision = -1 };
	for (; **format == '-' || **format == '0'; ++*format)
		*(**format == '-' ? &c->left : &c->zeros) = true;
	c->width = number_of(format, args);
	if (c->width < 0) {
		c->left = true;
		c->width = -c->width;
	}
	if (**format == '.') {
		++*format;
		c->precision = number_of(format, args);
	}
	for (; **format && strchr("hljz", **format); ++*format)
		c->length = c->length ? (char)(**format - 'a' + 'A') : **format;
}

static void put_conversion(struct out *o, const char **format,
			   struct arguments *args)
{
	struct conversion c;
	long long value;
	char one;

	read_conversion(&c, format, args);
	switch (*(*format)++) {
	case 'c':
		one = (char)va_arg(args->v, int);
		put_wide(o, &c, "", &one, 1);
		break;
	case 's':
		put_string(o, &c, va_arg(args->v, const char *));
		break;
	case 'd':
	case 'i':
		value = signed_argument(args, c.length);
		put_number(o, &c, value < 0 ? "-" : "",
			   value < 0 ? -(unsigned long long)value
				     : (unsigned long long)value,
			   10);
		break;
	case 'u':
		put_number(o, &c, "", unsigned_argument(args, c.length), 10);
		break;
	case 'o':
		put_number(o, &c, "", unsigned_argument(args, c.length), 8);
		break;
	case 'x':
		put_number(o, &c, "", unsigned_argument(args, c.length), 16);
		break;
	case '%':
		put(o, "%", 1);
		break;
	default:
		abort();
	}
}

/* Write all to where it goes; returns its length. */
static int put_all(struct out *o, const char *format, va_list v)
{
	struct arguments args;

	va_copy(args.v, v);
	while (*format) {
		size_t n = strcspn(format, "%");

		put(o, format, n);
		format += n;
		if (*format++)
			put_conversion(o, &format, &args);
		else
			break;
	}
	va_end(args.v);
	return o->total > INT_MAX ? -1 : (int)o->total;
}

static int __attribute__((format(printf, 3, 0)))
format_into(char *buf, size_t size, const char *format, va_list args,
	    bool quotes)
{
	struct out o = { .buf = buf,
			 .size = size ? size - 1 : 0,
			 .quotes = quotes };
	int n = put_all(&o, format, args);

	if (size > 0)
		buf[o.used] = '\0';
	return n;
}

int format_text(char *buf, size_t size, const char *format, va_list args)
{
	return format_into(buf, size, format, args, false);
}

int format_quoted(char *buf, size_t size, const char *format, va_list args)
{
	return format_into(buf, size, format, args, true);
}

#ifndef __GLIBC__
int vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	return format_text(buf, size, format, args);
}

/* In one piece, if it is not very long: a line of an error stays one. */
int vfprintf(FILE *file, const char *format, va_list args)
{
	char buf[1024];
	struct out o = { .buf = buf, .size = sizeof(buf), .file = file };
	int n = put_all(&o, format, args);

	flush_out(&o);
	return ferror(file) ? -1 : n;
}
#endif
