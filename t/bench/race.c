/* race - time commands against each other, round by round */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"

#define USAGE                                                                  \
	"usage: race [-b BYTES] [-n ROUNDS] [-s SOCKET] NAME COMMAND... "      \
	"[+ SENDER...] [::: NAME COMMAND...]..."
#define RUNNERS 16

struct runner {
	const char *name;
	char **argv;   /* stdin is /dev/null, stdout a pipe */
	char **sender; /* run once the first has made the socket, or NULL */
	double *us;    /* wall clock, a figure a round */
	double *cpu;   /* of the first process, without its children */
};

struct race {
	int rounds;
	long long bytes; /* what must come out at the least */
	const char *socket;
	int n;
	struct runner runners[RUNNERS];
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static pid_t start(char **argv, int out)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (dup2(out, STDOUT_FILENO) < 0)
			_exit(125);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		err(125, "cannot start '%s'", argv[0]);
	return pid;
}

/* Bytes until everybody has closed the pipe. */
static long long drain(int fd)
{
	char buf[65536];
	long long sum = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sum += n;
	return sum;
}

/*
 * CPU time of a process that has ended and was not waited for yet, in us:
 * unlike its rusage without that of the children it waited for.
 * Source: Linux Documentation/scheduler/sched-stats.rst.
 */
static double cpu_of(pid_t pid)
{
	char path[64];
	double ns = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%lf", &ns) != 1)
		ns = 0;
	(void)fclose(f);
	return ns / 1e3;
}

static void wait_socket(const char *path, const char *name)
{
	double end = now() + 5e6;

	while (access(path, F_OK) < 0) {
		if (now() > end)
			errx(1, "%s does not make '%s'", name, path);
		(void)sched_yield();
	}
}

static void reap(pid_t pid, const char *name)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		err(125, "cannot wait");
	if (status != 0)
		errx(1, "%s failed, status 0x%x", name, (unsigned)status);
}

static void run_once(const struct race *race, struct runner *r, int round)
{
	double begin = now();
	pid_t pid, sender = 0;
	long long sum;
	siginfo_t info;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		err(125, "cannot make a pipe");
	pid = start(r->argv, fds[1]);
	if (r->sender) {
		wait_socket(race->socket, r->name);
		sender = start(r->sender, fds[1]);
	}
	(void)close(fds[1]);
	sum = drain(fds[0]);
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
		err(125, "cannot wait");
	if (sender)
		reap(sender, r->name);
	r->us[round] = now() - begin;
	r->cpu[round] = cpu_of(pid);
	reap(pid, r->name);
	(void)close(fds[0]);
	if (sum < race->bytes)
		errx(1, "%s lost %lld bytes", r->name, race->bytes - sum);
}

static void add_runner(struct race *race, char **words)
{
	struct runner *r = &race->runners[race->n];

	if (race->n++ == RUNNERS || !words[0] || !words[1])
		errx(125, USAGE);
	r->name = words[0];
	r->argv = words + 1;
	for (char **w = r->argv; *w; w++)
		if (strcmp(*w, "+") == 0) {
			*w = NULL;
			r->sender = w + 1;
			break;
		}
	r->us = calloc((size_t)race->rounds, sizeof(double));
	r->cpu = calloc((size_t)race->rounds, sizeof(double));
	if (!r->us || !r->cpu)
		err(125, "cannot keep the figures");
}

static void parse(struct race *race, int argc, char **argv)
{
	char **first;
	int letter;

	while ((letter = getopt(argc, argv, "+b:n:s:")) >= 0)
		if (letter == 'b')
			race->bytes = atoll(optarg);
		else if (letter == 'n')
			race->rounds = atoi(optarg);
		else if (letter == 's')
			race->socket = optarg;
		else
			errx(125, USAGE);
	if (race->rounds < 1)
		errx(125, "too few rounds");
	first = argv + optind;
	for (char **w = first; *w; w++)
		if (strcmp(*w, ":::") == 0) {
			*w = NULL;
			add_runner(race, first);
			first = w + 1;
		}
	add_runner(race, first);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_size);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
	struct race race = { .rounds = 20 };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	parse(&race, argc, argv);
	/* What a shell left open is not for the candidates. */
	if (sys_close_range(3, ~0U, SYS_CLOSE_RANGE_CLOEXEC) < 0)
		err(125, "cannot mark descriptors");
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		err(125, "cannot open '/dev/null'");

	/* Round -1 warms the caches up. Each round begins with another one, so
	 * that nobody always runs behind the same neighbour. */
	for (int round = -1; round < race.rounds; round++)
		for (int i = 0; i < race.n; i++)
			run_once(&race, &race.runners[(i + round + 1) % race.n],
				 round < 0 ? 0 : round);

	for (int i = 0; i < race.n; i++)
		(void)printf("%s\t%.1f\t%.1f\n", race.runners[i].name,
			     median(race.runners[i].us, race.rounds),
			     median(race.runners[i].cpu, race.rounds));
	return fflush(stdout) != 0;
}
