/*
 * utf8 - characters of more than one byte, as RFC 3629 has them.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/*
 * utf8_length - the length of the character that a string begins with
 *
 * s  any bytes, and a NUL after them; that counts as a character of one byte
 *
 * Returns 1..4; 0 where it is not valid: not of the shortest form, a
 * surrogate, or above U+10FFFF.
 */
size_t utf8_length(const char *s);

#endif
