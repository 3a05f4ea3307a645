/*
 * detach_keys - a sequence of keys that is for the tool and not for the
 * terminal.
 *
 * Pure: no system call, no clock.
 */
#ifndef DETACH_KEYS_H
#define DETACH_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define DETACH_KEYS_MAX 16

struct detach_keys {
	size_t n; /* 0: there is no such sequence */
	unsigned char key[DETACH_KEYS_MAX];
	size_t held; /* of it were typed, and held back */
};

/*
 * detach_keys_parse - read a sequence as "ctrl-p,ctrl-q"
 *
 * text  keys with commas between: a character, or ctrl- and one of a-z@[\]^_;
 *       empty: none
 *
 * Returns 0; -1 and errno EINVAL.
 */
int detach_keys_parse(struct detach_keys *k, const char *text);

/*
 * detach_keys_pass - take the sequence out of what was typed
 *
 * k     NULL: nothing is looked for
 * data  n bytes, with room for DETACH_KEYS_MAX more; changed in place
 * hit   set to true when the sequence was complete; what follows it is dropped
 *
 * Bytes that may be the start of the sequence are held back until the next one
 * decides. Returns how many bytes are in data now.
 */
size_t detach_keys_pass(struct detach_keys *k, unsigned char *data, size_t n,
			bool *hit);

#endif
