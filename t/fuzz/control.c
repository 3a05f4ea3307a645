/* control - lines from a FIFO that anybody who may writes to */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "conlog/control.h"
#include "fuzz.h"

/* Is that line what sscanf(3) would take, of three numbers in their range? */
static bool expected(const char *line, size_t n, long *type, long *rows,
		     long *cols)
{
	char text[CONTROL_LINE + 1];

	if (n > CONTROL_LINE || memchr(line, '\0', n))
		return false;
	memcpy(text, line, n);
	text[n] = '\0';
	return sscanf(text, "%ld %ld %ld", type, rows, cols) == 3 &&
	       *type >= 1 && *type <= 3 && *rows >= 0 && *rows <= 1000 &&
	       *cols >= 0 && *cols <= 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	struct control c;
	size_t begun = 0;

	control_init(&c);
	for (size_t i = 0; i < size; i++) {
		long type, rows, cols;

		switch (control_byte(&c, line[i])) {
		case CONTROL_DONE:
			assert(line[i] == '\n' && !control_partial(&c));
			assert(expected(line + begun, i - begun, &type, &rows,
					&cols));
			assert(type == (int)c.type && rows == c.rows &&
			       cols == c.cols);
			break;
		case CONTROL_BAD:
			assert(line[i] == '\n' && !control_partial(&c));
			break;
		case CONTROL_MORE:
			assert(line[i] != '\n' && control_partial(&c));
			break;
		}
		if (line[i] == '\n')
			begun = i + 1;
	}
	return 0;
}
