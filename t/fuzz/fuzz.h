/*
 * fuzz - what the fuzz targets have in common.
 *
 * A target is a file here with a LLVMFuzzerTestOneInput, which calls functions
 * of lib as they are shipped and asserts what their headers promise. What is
 * not caught by assert(3) is for the sanitizers.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct errmsg;

/* What libFuzzer calls, https://llvm.org/docs/LibFuzzer.html. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An input, taken bit by bit. */
struct fuzz {
	const uint8_t *at, *end;
};

/* fuzz_byte - the next byte, 0 behind the last */
unsigned fuzz_byte(struct fuzz *in);

/*
 * fuzz_word - the bytes up to the next NUL, or the last
 *
 * Returns them as a string whose room ends with it, so that no byte behind it
 * is read unnoticed; to be freed.
 */
char *fuzz_word(struct fuzz *in);

/* fuzz_shown - may a terminal get that? One line of printable UTF-8. */
bool fuzz_shown(const char *text);

/* fuzz_fault - assert that an errmsg is such a line */
void fuzz_fault(const struct errmsg *f);

/*
 * fuzz_etc - give this process an /etc of its own, and a file in it
 *
 * The mount namespace is a new one from the first call on.
 */
void fuzz_etc(const char *path, const char *text);

#endif
