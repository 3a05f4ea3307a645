/*
 * winch - wait for a terminal to change its size, or to go away.
 */
#ifndef WINCH_H
#define WINCH_H

struct winsize;

struct winch {
	int terminal; /* either end, in whatever session */
	int reader;   /* where the news is written, watched for its end */
	int signals;  /* a signalfd, from winch_open */
};

/*
 * winch_open - get ready, before the first size is read
 *
 * w  terminal and reader are set. SIGWINCH, SIGCONT and SIGHUP stay blocked.
 *
 * Returns 0 with w->signals, the caller's to close; -1 and errno.
 */
int winch_open(struct winch *w);

/*
 * winch_next - wait until the size is another one than *ws
 *
 * A SIGHUP that is not the terminal's own hang-up takes effect here.
 *
 * Returns 0 with the new size in ws; -1 and errno: EIO (the terminal hung up),
 * EPIPE (the reader is gone), else from poll(2).
 */
int winch_next(const struct winch *w, struct winsize *ws);

#endif
