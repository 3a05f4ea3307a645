/*
 * values - what can stand for the value of an option, for the completions.
 *
 * The name of the value in the help says what it is: a USER or UID, a SIG, a
 * DIR; a few options whose value is one of a list have it here.
 */
#ifndef VALUES_H
#define VALUES_H

#include "cli/opt.h"

enum value_kind {
	VALUE_FREE,  /* a text or a number: nothing to complete */
	VALUE_FILE,  /* the name of a file */
	VALUE_DIR,   /* that of a directory */
	VALUE_USER,  /* a user of this machine */
	VALUE_GROUP, /* a group */
	VALUE_PID,   /* a process */
	VALUE_WORDS, /* one of value_words() */
};

/* value_kind_of - of the first value that the option takes */
enum value_kind value_kind_of(const struct opt *o);

/*
 * value_words - the words that an option of VALUE_WORDS chooses from
 *
 * word  called for each, in order
 */
void value_words(const struct opt *o, void (*word)(const char *text));

#endif
