/*
 * wait - wait for one descriptor, until a deadline, and no longer than until
 * a signal comes.
 */
#ifndef WAIT_H
#define WAIT_H

#define WAIT_FOREVER (-1LL)

struct deadline {
	long long deadline; /* wait_now() scale, or WAIT_FOREVER */
	int signals;	    /* a signalfd that ends every wait, or -1 */
};

/* wait_now - CLOCK_MONOTONIC in ms; jumps of the wall clock do not touch it */
long long wait_now(void);

/* wait_until - the deadline ms from now; ms < 0: WAIT_FOREVER */
long long wait_until(int ms);

/* wait_left - ms from now to the deadline, 0 at least, -1 for WAIT_FOREVER */
int wait_left(long long deadline);

/* wait_sooner - the lesser of two times to wait, ms; -1 is for ever */
static inline int wait_sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/*
 * wait_fd - wait until events (poll(2)) or a hang-up come on fd
 *
 * fd  a descriptor, or -1 to wait for the deadline or a signal alone
 *
 * Returns 0, or -1 and errno: ETIMEDOUT, ECANCELED (w->signals is readable; the
 * signal is still in it), else from poll(2). ECANCELED is not EINTR, which a
 * real call returns as well and which is retried.
 */
int wait_fd(const struct deadline *w, int fd, short events);

/* The first real-time signal that programs use, whatever libc calls SIGRTMIN.
 */
#define WAIT_RTMIN 34

/*
 * wait_signals - block signals and get a signalfd for them
 *
 * set  signal numbers, 0 at the end
 *
 * Returns a close-on-exec non-blocking signalfd, the caller's to close; -1 and
 * errno. The signals stay blocked; a child unblocks them before its exec
 * (exec.h does).
 */
int wait_signals(const int *set);

#endif
