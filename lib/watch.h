/*
 * watch - wait for a terminal to change its size, or to go away.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef WATCH_H
#define WATCH_H

struct winsize;

struct watch {
	int terminal; /* either end, in whatever session */
	int reader;   /* where the news is written, watched for its end */
	int signals;  /* a signalfd, from watch_open */
};

/*
 * watch_open - get ready, before the first size is read
 *
 * w  terminal and reader are set. SIGWINCH, SIGCONT and SIGHUP stay blocked.
 *
 * Returns 0 with w->signals, the caller's to close; -1 and errno.
 */
int watch_open(struct watch *w);

/*
 * watch_next - wait until the size is another one than *ws
 *
 * A SIGHUP that is not the terminal's own hang-up takes effect here.
 *
 * Returns 0 with the new size in ws; -1 and errno: EIO (the terminal hung up),
 * EPIPE (nobody reads any more), else from poll(2).
 */
int watch_next(const struct watch *w, struct winsize *ws);

#endif
