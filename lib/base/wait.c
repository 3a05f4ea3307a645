/* wait - wait for a descriptor until a deadline or a signal */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "base/wait.h"

long long wait_now(void)
{
	struct timespec now;

	/* It cannot fail: the clock exists and the pointer is good. */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

long long wait_until(int ms)
{
	return ms < 0 ? WAIT_FOREVER : wait_now() + ms;
}

int wait_left(long long deadline)
{
	long long left;

	if (deadline == WAIT_FOREVER)
		return -1;
	/* Only a look: the first one at the clock costs two page faults. */
	if (deadline == 0)
		return 0;
	left = deadline - wait_now();
	if (left > INT_MAX)
		return INT_MAX;
	return left < 0 ? 0 : (int)left;
}

int wait_fd(const struct deadline *w, int fd, short events)
{
	struct pollfd p[] = {
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = fd, .events = events },
	};
	int left, n;

	/* A limit that ran out still looks once: what is there counts. */
	do {
		left = wait_left(w->deadline);
		n = poll(p, 2, left);
	} while ((n < 0 && errno == EINTR) || (n == 0 && left != 0));
	if (n < 0)
		return -1;
	errno = ETIMEDOUT;
	if (p[0].revents)
		errno = ECANCELED;
	else if (p[1].revents & POLLNVAL)
		errno = EBADF;
	else if (p[1].revents)
		return 0;
	return -1;
}

/* As sigaddset(3), which in musl refuses a signal that others send as RTMIN. */
static int add_signal(sigset_t *mask, int sig)
{
	const size_t bits = 8 * sizeof(unsigned long);
	const size_t bit = (size_t)sig - 1;
	char *at = (char *)mask + bit / bits * sizeof(unsigned long);
	unsigned long word;

	if (sig < 1 || sig >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	memcpy(&word, at, sizeof(word));
	word |= 1UL << bit % bits;
	memcpy(at, &word, sizeof(word));
	return 0;
}

int wait_signals(const int *set)
{
	sigset_t mask;

	(void)sigemptyset(&mask);
	for (; *set; set++) {
		if (add_signal(&mask, *set) < 0)
			return -1;
	}
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -1;
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}
