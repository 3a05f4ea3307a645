/*
 * utf8 - where characters end in bytes that may be no UTF-8.
 *
 * Pure: no system call, no clock. Source: RFC 3629.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * utf8_char - the character at the start of n bytes
 *
 * n  1 or more
 *
 * Returns its length, 1 to 4; 0 where the first byte begins none; -1 where it
 * may begin one of which too few bytes are here.
 */
int utf8_char(const unsigned char *data, size_t n);

/*
 * utf8_bad - how many bytes one U+FFFD stands for, where utf8_char says 0
 *
 * As many as begin a character, one at least. Source: The Unicode Standard,
 * "U+FFFD Substitution of Maximal Subparts".
 */
size_t utf8_bad(const unsigned char *data, size_t n);

/*
 * utf8_partial - how many bytes at the end of n, 0 to 3, may begin a character
 * that is not complete
 */
size_t utf8_partial(const unsigned char *data, size_t n);

#endif
