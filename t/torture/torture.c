/* torture - each mishap of each scenario, and a report */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "judge.h"

#define USAGE                                                                  \
	"usage: torture [-v] [-b BIN] [-e EVERY] [-j JOBS] "                   \
	"[SCENARIO [PROCESS CALL#COUNT ACTION]]"
#define PLAN  16384 /* mishaps of a scenario */
#define TRIES 3	    /* of a run that broke a rule */
#define MORE  20    /* of one that did so in one of these */

struct plan {
	const char *bin, *payload, *dir;
	bool verbose;
	int every, jobs;
	int next; /* mishap to be tried, of all */
	int n, runs, broken, sometimes, once, missed;
	struct outcome base;
	struct mishap list[PLAN];
};

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(125, "cannot get memory");
	return p;
}

/* In process 1 of the run's own namespaces. */
static void be_world(const struct plan *p, const struct scenario *s,
		     const struct mishap *m, pid_t remover, struct outcome *o)
{
	struct setup g = { .s = s,
			   .bin = p->bin,
			   .payload = p->payload,
			   .dir = p->dir,
			   .remover = remover };

	setup_set(&g, o);
	trace_run(&g, m, o);
	teardown(&g, o);
	_exit(0);
}

static void run_once(const struct plan *p, const struct scenario *s,
		     const struct mishap *m, struct outcome *o)
{
	pid_t pid, self = getpid();
	int status;

	memset(o, 0, sizeof(*o));
	o->run = s->run;
	groups_make(s);
	pid = (pid_t)sys_clone(CLONE_NEWPID | CLONE_NEWNS | SIGCHLD);
	must(pid, "make namespaces (needs root)");
	if (pid == 0)
		be_world(p, s, m, self, o);
	must(waitpid(pid, &status, 0), "wait");
	groups_remove(s);
	if (status)
		errx(125, "the setup of %s failed, status %#x", s->name,
		     (unsigned)status);
}

static void show(const struct outcome *o)
{
	for (int i = 0; i < o->n; i++)
		(void)printf("%s %s#%d %llx %llx %llx\n", o->calls[i].who,
			     call_name(o->calls[i].nr)
				     ? call_name(o->calls[i].nr)
				     : "?",
			     o->calls[i].count,
			     (unsigned long long)o->calls[i].args[0],
			     (unsigned long long)o->calls[i].args[1],
			     (unsigned long long)o->calls[i].args[2]);
	(void)printf("status %d, %d commands\nout: %s\nerr: %s\ntty: %s\n"
		     "peer: %s\nstate: %s\nfiles before:\n%safter:\n%s"
		     "cgroups before:\n%safter:\n%sleft: %s\n",
		     judge_status(o->status), o->commands, o->out, o->err,
		     o->tty, o->peer, o->state, o->before, o->after,
		     o->groups_before, o->groups, o->left);
}

static void plan_mishaps(struct plan *p, const char *name)
{
	const struct outcome *o = &p->base;

	p->n = 0;
	for (int i = 0; i < o->n; i++) {
		if (!call_name(o->calls[i].nr))
			errx(125, "%s: call %ld is not in calls.c", name,
			     o->calls[i].nr);
		if (p->n + MISHAPS > PLAN)
			errx(125, "%s: too many calls", name);
		p->n += (int)call_mishaps(&o->calls[i], p->list + p->n);
	}
}

static int count(int *n)
{
	return __atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
}

/* Try it so often; how often it broke a rule. */
static int try_again(struct plan *p, const struct scenario *s,
		     const struct mishap *m, struct outcome *o, int tries)
{
	char why[2048];
	int bad = 0;

	for (int i = 0; i < tries; i++) {
		run_once(p, s, m, o);
		bad += !judge(m, &p->base, o, why, sizeof(why));
	}
	return bad;
}

/* Count it among those that do so always, sometimes or never again; which word
 * is for it. So many of so many runs broke a rule: what never comes again had a
 * busy machine. */
static const char *file_under(struct plan *p, const struct scenario *s,
			      const struct mishap *m, struct outcome *o,
			      int bad, int tries)
{
	if (bad == tries) {
		(void)count(&p->broken);
		return "broken";
	}
	if (bad == 1 && try_again(p, s, m, o, MORE) == 0) {
		(void)count(&p->once);
		return "once";
	}
	(void)count(&p->sometimes);
	return "sometimes";
}

static void try_mishap(struct plan *p, const struct scenario *s,
		       const struct mishap *m, struct outcome *o)
{
	char why[2048], what[128];
	const char *word;
	int bad, tries;

	run_once(p, s, m, o);
	(void)count(&p->runs);
	if (!o->fired)
		(void)count(&p->missed);
	if (judge(m, &p->base, o, why, sizeof(why)))
		return;
	/* Once more is enough for what does not end. */
	tries = o->late ? 2 : TRIES;
	bad = 1 + try_again(p, s, m, o, tries - 1);
	word = file_under(p, s, m, o, bad, tries);
	mishap_print(m, what, sizeof(what));
	(void)dprintf(STDOUT_FILENO, "%s %s %s: %s\n", word, s->name, what,
		      why);
}

/* Two runs without a mishap, which have to agree. */
static bool run_undisturbed(struct plan *p, const struct scenario *s,
			    struct outcome *o, char *why, size_t size)
{
	run_once(p, s, NULL, &p->base);
	run_once(p, s, NULL, o);
	return judge(NULL, &p->base, &p->base, why, size) &&
	       judge(NULL, &p->base, o, why, size) &&
	       judge_status(p->base.status) == s->status;
}

/* The run that all others are compared with. */
static bool learn(struct plan *p, const struct scenario *s, struct outcome *o)
{
	char why[2048], last[2048] = "";
	int bad = 0;

	while (bad < TRIES && !run_undisturbed(p, s, o, last, sizeof(last))) {
		(void)strcpy(why, last);
		bad++;
	}
	if (p->verbose)
		show(&p->base);
	if (bad > 0)
		(void)printf("%s %s: undisturbed: status %d, '%s', %s\n",
			     file_under(p, s, NULL, o, bad, TRIES), s->name,
			     judge_status(p->base.status), p->base.err, why);
	if (bad == TRIES)
		return false;
	plan_mishaps(p, s->name);
	return true;
}

static void work(struct plan *p, const struct scenario *s, int *next)
{
	struct outcome *o = shared(sizeof(*o));
	int i;

	while ((i = count(next)) < p->n)
		if ((i + p->next) % p->every == 0)
			try_mishap(p, s, &p->list[i], o);
	_exit(0);
}

static void run_scenario(struct plan *p, const struct scenario *s,
			 struct outcome *o)
{
	int runs = p->runs, broken = p->broken, status;
	int *next;

	if (!groups_possible(s)) {
		(void)printf("%s: skipped: this machine has not all of %s\n",
			     s->name, s->groups);
		return;
	}
	groups_sweep(s);
	next = shared(sizeof(*next));
	if (!learn(p, s, o))
		return;
	for (int i = 0; i < p->jobs; i++) {
		pid_t pid = fork();

		must(pid, "fork");
		if (pid == 0)
			work(p, s, next);
	}
	while (wait(&status) > 0)
		if (status)
			errx(125, "a worker failed, status %#x",
			     (unsigned)status);
	p->next += p->n;
	(void)munmap(next, sizeof(*next));
	(void)printf("%s: %d calls, %d runs, %d broke a rule\n", s->name,
		     p->base.n, p->runs - runs, p->broken - broken);
	(void)fflush(stdout);
}

static const struct scenario *find(const char *name)
{
	const struct scenario *s = scenarios;

	while (s->name && strcmp(s->name, name) != 0)
		s++;
	if (!s->name)
		errx(125, "no scenario '%s'", name);
	return s;
}

/* One mishap alone, with all that came of it. */
static int repeat(struct plan *p, char **words, struct outcome *o)
{
	const struct scenario *s = find(words[0]);
	struct mishap m;
	char why[2048];
	bool good;

	if (mishap_parse(words + 1, &m) < 0)
		errx(125, "bad mishap");
	run_once(p, s, NULL, &p->base);
	run_once(p, s, &m, o);
	good = judge(&m, &p->base, o, why, sizeof(why));
	show(o);
	(void)printf("%s%s%s\n", good ? "right" : "broken: ", why,
		     o->fired ? "" : " (it did not happen)");
	return !good;
}

static void parse(struct plan *p, int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "+b:e:j:v")) >= 0)
		if (letter == 'b')
			p->bin = optarg;
		else if (letter == 'e')
			p->every = atoi(optarg);
		else if (letter == 'j')
			p->jobs = atoi(optarg);
		else if (letter == 'v')
			p->verbose = true;
		else
			errx(125, USAGE);
	if ((argc - optind != 4 && argc - optind > 1) || p->every < 1 ||
	    p->jobs < 1)
		errx(125, USAGE);
}

static void find_files(struct plan *p, char *bin, char *payload)
{
	ssize_t n = readlink("/proc/self/exe", payload, PATH_MAX - 10);

	must((int)n, "find this program");
	payload[n] = '\0';
	(void)strcpy(strrchr(payload, '/') + 1, "payload");
	if (!realpath(p->bin, bin))
		err(125, "cannot find '%s'", p->bin);
	p->bin = bin;
	p->payload = payload;
}

static bool is_needed(const struct plan *p, const char *at)
{
	const char *const paths[] = { p->bin, p->payload, p->dir };
	size_t n = strlen(at);

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (strncmp(paths[i], at, n) == 0 &&
		    (paths[i][n] == '/' || n == 1))
			return true;
	return begins(at, "/proc") || begins(at, "/dev") || begins(at, "/sys");
}

/* Without what others have mounted: it goes when they remove the directory. */
static void leave_mounts(const struct plan *p)
{
	static char points[512][PATH_MAX];
	FILE *file;
	char *line = NULL;
	size_t size = 0;
	int n = 0;

	must(unshare(CLONE_NEWNS), "make namespaces (needs root)");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "be private");
	file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		err(125, "cannot read /proc/self/mountinfo");
	while (n < 512 && getline(&line, &size, file) > 0)
		n += sscanf(line, "%*s %*s %*s %*s %4095s", points[n]) == 1;
	free(line);
	(void)fclose(file);
	while (n-- > 0)
		if (!is_needed(p, points[n]))
			(void)umount2(points[n], MNT_DETACH);
}

int main(int argc, char **argv)
{
	char bin[PATH_MAX], payload[PATH_MAX], dir[] = "/tmp/torture.XXXXXX";
	struct plan *p = shared(sizeof(*p));
	struct outcome *o = shared(sizeof(*o));
	int status = 0;

	p->bin = "bin";
	p->every = 1;
	/* Half of a run's time is the kernel's, to take namespaces apart. */
	p->jobs = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
	parse(p, argc, argv);
	find_files(p, bin, payload);
	if (!mkdtemp(dir))
		err(125, "cannot make a directory");
	p->dir = dir;
	leave_mounts(p);
	must(sys_close_range(3, ~0U, 0), "close the rest");
	argv += optind;
	if (argv[0] && argv[1])
		status = repeat(p, argv, o);
	else if (argv[0])
		run_scenario(p, find(argv[0]), o);
	else
		for (const struct scenario *s = scenarios; s->name; s++)
			run_scenario(p, s, o);
	(void)rmdir(dir);
	if (!argv[0] || !argv[1])
		(void)printf("%d runs, %d broke a rule, %d did so sometimes, "
			     "%d once and never again, "
			     "%d calls did not come again\n",
			     p->runs, p->broken, p->sometimes, p->once,
			     p->missed);
	return status || p->broken || p->sometimes;
}
