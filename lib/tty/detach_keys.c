/* detach_keys - a sequence of keys that is for the tool and not the terminal */
#include <errno.h>
#include <string.h>

#include "tty/detach_keys.h"

/* One key at text: its length in text, 0 if it is none. */
static size_t parse_key(const char *text, unsigned char *key)
{
	if (strncmp(text, "ctrl-", 5) != 0) {
		*key = (unsigned char)*text;
		return *text && *text != ',';
	}
	/* The letters, and what follows them in ASCII, without bit 6. */
	if (text[5] >= 'a' && text[5] <= 'z')
		*key = (unsigned char)(text[5] - 'a' + 1);
	else if (text[5] && strchr("@[\\]^_", text[5]))
		*key = (unsigned char)(text[5] - '@');
	else
		return 0;
	return 6;
}

int detach_keys_parse(struct detach_keys *k, const char *text)
{
	size_t length;

	k->n = k->held = 0;
	while (*text) {
		length = k->n < DETACH_KEYS_MAX ? parse_key(text, &k->key[k->n])
						: 0;
		if (length == 0 || (text[length] && text[length] != ',') ||
		    (text[length] == ',' && !text[length + 1])) {
			errno = EINVAL;
			return -1;
		}
		k->n++;
		text += length + (text[length] == ',');
	}
	return 0;
}

/* How many of the held keys still start the sequence if byte follows them. */
static size_t detach_keys_step(const struct detach_keys *k, unsigned char byte)
{
	unsigned char typed[DETACH_KEYS_MAX + 1];

	memcpy(typed, k->key, k->held);
	typed[k->held] = byte;
	for (size_t n = k->held + 1; n > 0; n--)
		if (memcmp(typed + k->held + 1 - n, k->key, n) == 0)
			return n;
	return 0;
}

size_t detach_keys_pass(struct detach_keys *k, unsigned char *data, size_t n,
			bool *hit)
{
	size_t out = 0;

	if (!k || k->n == 0)
		return n;
	/* Make room in front for what was held back before. */
	memmove(data + k->held, data, n);
	for (size_t i = 0, at = k->held; i < n && !*hit; i++) {
		unsigned char byte = data[at + i];
		size_t now = detach_keys_step(k, byte),
		       freed = k->held + 1 - now;

		for (size_t j = 0; j < freed; j++)
			data[out++] = j < k->held ? k->key[j] : byte;
		k->held = now;
		*hit = now == k->n;
	}
	return out;
}
