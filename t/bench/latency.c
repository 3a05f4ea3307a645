/*
 * latency - how long a key takes to come back
 *
 * Two candidates take turns: a pty of our own with a program on it that copies
 * its input, and COMMAND, which is at such a terminal with its standard input
 * and output. Prints the median of each in us, and their ratio.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define USAGE "usage: latency ROUNDS COMMAND..."

struct way {
	int in, out; /* keys go there, echoes come from there */
	pid_t pid;
	double *us;
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A program as small as it gets: what is typed comes back. */
static void copy(int fd) __attribute__((noreturn));

static void copy(int fd)
{
	char data[512];
	ssize_t got;

	while ((got = read(fd, data, sizeof(data))) > 0)
		if (write(fd, data, (size_t)got) != got)
			break;
	_exit(0);
}

static void open_bare(struct way *w)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	struct termios modes;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		err(125, "cannot open a pty");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &modes) < 0)
		err(125, "cannot open its slave");
	cfmakeraw(&modes);
	if (tcsetattr(slave, TCSANOW, &modes) < 0)
		err(125, "cannot set its modes");
	w->pid = fork();
	if (w->pid < 0)
		err(125, "cannot fork");
	if (w->pid == 0) {
		(void)close(master);
		copy(slave);
	}
	(void)close(slave);
	w->in = w->out = master;
}

static void open_command(struct way *w, char **argv)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		err(125, "cannot make pipes");
	w->pid = fork();
	if (w->pid < 0)
		err(125, "cannot fork");
	if (w->pid == 0) {
		(void)dup2(to[0], 0);
		(void)dup2(from[1], 1);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	w->in = to[1];
	w->out = from[0];
}

/* One key, from the write to the read of its echo. */
static double round_trip(const struct way *w)
{
	struct pollfd p = { w->out, POLLIN, 0 };
	char data[512], key = 'x';
	double start = now();

	if (write(w->in, &key, 1) != 1 || poll(&p, 1, 10000) != 1 ||
	    read(w->out, data, sizeof(data)) < 1)
		errx(125, "no echo");
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(struct way *w, int n)
{
	qsort(w->us, (size_t)n, sizeof(*w->us), compare);
	return w->us[n / 2];
}

int main(int argc, char **argv)
{
	const struct timespec pause = { 0, 1000000 };
	int n = argc > 2 ? atoi(argv[1]) : 0;
	struct way bare, command;
	double a, b;

	if (n < 1)
		errx(125, USAGE);
	bare.us = calloc((size_t)n, sizeof(double));
	command.us = calloc((size_t)n, sizeof(double));
	if (!bare.us || !command.us)
		err(125, "cannot allocate memory");
	open_bare(&bare);
	open_command(&command, argv + 2);
	/* The command has to be there before its time counts. */
	(void)round_trip(&command);
	for (int i = 0; i < n; i++) {
		bare.us[i] = round_trip(&bare);
		command.us[i] = round_trip(&command);
		(void)nanosleep(&pause, NULL);
	}
	a = median(&bare, n);
	b = median(&command, n);
	printf("%.1f %.1f %.2f\n", a, b, b / a);
	(void)kill(command.pid, SIGKILL);
	return 0;
}
