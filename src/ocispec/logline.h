/*
 * logline - a line of a runtime's log, as logrus has it and engines read it.
 */
#ifndef LOGLINE_H
#define LOGLINE_H

#include <stdio.h>

/* logline_time - write the time, of the form 2006-01-02T15:04:05.000000000Z;
 * ends with a message where it cannot be told */
void logline_time(FILE *out);

/*
 * logline_print - print a line with the time, a level and a message
 *
 * format  "json", or "text": KEY=VALUE
 * level   error, warning...: a plain word
 *
 * Returns 0; -1 where there is no such format.
 */
int logline_print(const char *format, const char *level, const char *message);

#endif
