/* utf8 - where characters end in bytes that may be no UTF-8 */
#include "conlog/utf8.h"

/* How long the character is that this byte begins, 0: it begins none. */
static size_t length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* May that be the second byte? No overlong form, surrogate, or too large. */
static bool second(unsigned char first, unsigned char byte)
{
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return byte >= low && byte <= high;
}

int utf8_char(const unsigned char *data, size_t n)
{
	size_t wanted = length(data[0]);

	if (wanted > 1 && n > 1 && !second(data[0], data[1]))
		return 0;
	for (size_t i = 2; i < wanted && i < n; i++)
		if (data[i] < 0x80 || data[i] > 0xbf)
			return 0;
	return wanted > n ? -1 : (int)wanted;
}

size_t utf8_bad(const unsigned char *data, size_t n)
{
	size_t good = 1;

	while (good < n && utf8_char(data, good + 1) < 0)
		good++;
	return good;
}

size_t utf8_partial(const unsigned char *data, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++)
		if (utf8_char(data + n - back, back) < 0)
			return back;
	return 0;
}
