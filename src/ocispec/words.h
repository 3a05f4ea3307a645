/*
 * words - command lines and shell text that are made of words.
 *
 * A word is any string; where it is printed it is quoted as a POSIX shell
 * wants it. Memory is left to the exit; where there is none, the process ends.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct words {
	size_t n, room;
	const char **v;
};

/* words_add - add a word, which has to live as long as the list */
void words_add(struct words *w, const char *word);

/* words_add2 - add two: an option and its value */
void words_add2(struct words *w, const char *option, const char *value);

/* words_print - add a word that is printed */
void words_print(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* words_option - add an option, and a word that is printed as its value */
void words_option(struct words *w, const char *option, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* words_join - one string of them all, with a separator in between */
const char *words_join(const struct words *w, char separator);

/* words_format - a string that is printed */
const char *words_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * words_quote - write a word so that a POSIX shell reads exactly it
 *
 * Plain words stay as they are, others are in single quotes.
 */
void words_quote(FILE *out, const char *word);

/* words_write - write all of them, quoted, with blanks in between */
void words_write(FILE *out, const struct words *w);

#endif
