/*
 * outlive - a process that clears up once another has ended, whatever ended it.
 */
#ifndef OUTLIVE_H
#define OUTLIVE_H

/*
 * outlive - be in a session of our own, with all signals blocked
 *
 * So what ends the caller's process group, or hangs up its terminal, does not
 * end this process; nor is it a job in the background, which may not set a
 * terminal's modes.
 */
void outlive(void);

#endif
