/*
 * say - warnings on standard error, none of which can hold a terminal up.
 */
#ifndef SAY_H
#define SAY_H

/*
 * say - print "conlog: TEXT" on standard error
 *
 * error  errno of what failed, to be added as text, or 0
 *
 * Where standard error takes nothing at the moment (a pipe that is full, a
 * stopped terminal), the line is lost.
 */
void say(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
