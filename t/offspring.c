/*
 * offspring - what the tests of a file have started and left.
 *
 *   offspring --run COMMAND [ARG]...
 *	run COMMAND, the tests of a file, and take in the orphans of all that it
 *	starts; end with its status. After LIMIT seconds, where that is in the
 *	environment, tell what still runs, kill it, and end with 124.
 *   offspring list PID DIR
 *	print the processes that a test started and that still run: those below
 *	PID, its shell, and the orphans. DIR is the test's directory.
 *   offspring none PID DIR
 *	0 if there are none
 *   offspring nothing PID DIR
 *	0 if there are none, nor a mount or a socket in DIR
 *
 * A process can change its name, environment, directory, session and user, and
 * close what it was given, but it cannot choose its parents. Without --run an
 * orphan is only found if it has DIR in its environment or stands in it.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNNER	  "OFFSPRING" /* the pid of the one that takes orphans in */
#define PROCESSES 32768

struct process {
	pid_t pid, parent;
	bool dead;	/* it waits for its parent */
	bool searching; /* this program, and what waits for it */
	bool ours;
};

struct family {
	struct process list[PROCESSES];
	size_t n;
	pid_t shell, runner; /* runner is -1 without --run */
	const char *dir;
};

static void end_as(int status)
{
	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	(void)signal(WTERMSIG(status), SIG_DFL);
	(void)raise(WTERMSIG(status));
	_exit(128 + WTERMSIG(status));
}

/* What a test counts, and what ends its jobs, is not what its caller had open,
 * ignored or blocked. */
static void begin_anew(void)
{
	sigset_t none;

	(void)syscall(SYS_close_range, 3, ~0u, 0);
	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static size_t read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t at = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && at + 1 < size &&
	       (n = read(fd, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	text[at] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return at;
}

static void add(struct family *f, pid_t pid)
{
	struct process *p = &f->list[f->n];
	char text[512], *end;
	char state;
	int parent;

	(void)read_file(pid, "stat", text, sizeof(text));
	end = strrchr(text, ')');
	if (!end || sscanf(end + 1, " %c %d", &state, &parent) != 2)
		return;
	if (f->n == PROCESSES)
		errx(125, "too many processes");
	*p = (struct process){ .pid = pid,
			       .parent = parent,
			       .dead = state == 'Z' || state == 'X' };
	f->n++;
}

static void read_all(struct family *f)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	if (!dir)
		err(125, "cannot read /proc");
	f->n = 0;
	while ((e = readdir(dir)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			add(f, atoi(e->d_name));
	(void)closedir(dir);
}

static struct process *find(struct family *f, pid_t pid)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].pid == pid)
			return &f->list[i];
	return NULL;
}

static void mark_search(struct family *f)
{
	for (struct process *p = find(f, getpid()); p; p = find(f, p->parent))
		p->searching = true;
}

/* Its environment as it was executed, and its directory. */
static bool has_dir(const struct family *f, pid_t pid)
{
	static char text[65536];
	char wanted[4200], path[64], link[4200];
	size_t length;
	ssize_t n;

	length = (size_t)snprintf(wanted, sizeof(wanted), "BATS_TEST_TMPDIR=%s",
				  f->dir) +
		 1;
	if (memmem(text, read_file(pid, "environ", text, sizeof(text)), wanted,
		   length))
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd", (int)pid);
	n = readlink(path, link, sizeof(link) - 1);
	length = strlen(f->dir);
	return n >= (ssize_t)length && memcmp(link, f->dir, length) == 0 &&
	       (n == (ssize_t)length || link[length] == '/');
}

/* One is ours if its parent is. -1: its parent ended after it was read, and it
 * has another one by now. */
static int is_ours(struct family *f, const struct process *p)
{
	while (p->parent != f->shell && p->parent != f->runner) {
		if (p->parent == 0)
			return 0;
		p = find(f, p->parent);
		if (!p)
			return -1;
		if (p->searching)
			return 0;
	}
	return 1;
}

/* Find those that are; false if that has to be looked at again. */
static bool judge_all(struct family *f)
{
	int ours;

	read_all(f);
	mark_search(f);
	for (size_t i = 0; i < f->n; i++) {
		struct process *p = &f->list[i];

		if (p->dead || p->searching)
			continue;
		ours = is_ours(f, p);
		if (ours < 0)
			return false;
		p->ours = ours || (f->runner < 0 && has_dir(f, p->pid));
	}
	return true;
}

static size_t count(const struct family *f, bool print)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		n += f->list[i].ours;
		if (print && f->list[i].ours)
			(void)printf("%d\n", (int)f->list[i].pid);
	}
	return n;
}

/* What a process does, in a line that is none of a test's results. */
static void describe(const struct process *p)
{
	char command[256], where[64], call[64];
	size_t n = read_file(p->pid, "cmdline", command, sizeof(command));
	char *end;

	for (size_t i = 0; i < n; i++)
		if (command[i] < ' ')
			command[i] = ' ';
	(void)read_file(p->pid, "wchan", where, sizeof(where));
	n = read_file(p->pid, "syscall", call, sizeof(call));
	end = memchr(call, '\n', n);
	if (end)
		*end = '\0';
	(void)printf("# %d of %d, in %s, call %s: %s\n", (int)p->pid,
		     (int)p->parent, where, call, command);
}

static volatile sig_atomic_t late;

static void be_late(int sig)
{
	(void)sig;
	late = 1;
}

/* Tell of all below this process, and kill it, and what it has left then. */
static void end_all(void)
{
	static struct family f;
	bool told = false;

	f.shell = -1;
	f.runner = getpid();
	f.dir = "";
	for (int i = 0; i < 1000; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (!judge_all(&f))
			continue;
		if (told && count(&f, false) == 0)
			break;
		for (struct process *p = f.list; p < f.list + f.n; p++)
			if (p->ours && !told)
				describe(p);
			else if (p->ours)
				(void)kill(p->pid, SIGKILL);
		if (told)
			(void)usleep(10000);
		told = true;
	}
	(void)fflush(stdout);
	_exit(124);
}

/* As a leader of a session of its own: what it takes in is no member of that,
 * and the kernel counts it as orphaned. */
static void take_in(char **argv)
{
	const struct sigaction sa = { .sa_handler = be_late };
	const char *limit = getenv("LIMIT");
	char number[16];
	pid_t pid, child;
	int status;

	(void)snprintf(number, sizeof(number), "%d", (int)getpid());
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    setenv(RUNNER, number, 1) < 0)
		err(125, "cannot take in orphans");
	child = fork();
	if (child == 0) {
		begin_anew();
		(void)execvp(argv[0], argv);
		err(127, "cannot execute '%s'", argv[0]);
	}
	if (child < 0 || setsid() < 0 || sigaction(SIGALRM, &sa, NULL) < 0)
		err(125, "cannot take in orphans");
	(void)alarm(limit ? (unsigned)atoi(limit) : 0);
	while ((pid = wait(&status)) != child && !late)
		if (pid < 0 && errno != EINTR)
			err(125, "cannot wait");
	if (pid != child)
		end_all();
	end_as(status);
}

static int run(char **argv)
{
	int status;
	pid_t pid;

	/* Who ignores it has no status of a child. */
	(void)signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid < 0)
		err(125, "cannot fork");
	if (pid == 0)
		take_in(argv);
	/* What a person types ends the tests, and they end this. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(125, "cannot wait");
	end_as(status);
	return 125;
}

static int is_socket(const char *path, const struct stat *st, int type,
		     struct FTW *at)
{
	(void)path;
	(void)at;
	return type != FTW_NS && S_ISSOCK(st->st_mode);
}

/* Has DIR a mount? It is written without the first directory where that is one
 * itself. */
static bool has_mount(const char *dir)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	const char *part = strncmp(dir, "/tmp/", 5) == 0 ? dir + 4 : dir;
	size_t length = strlen(part);
	char *line = NULL, *at;
	size_t size = 0;
	bool found = false;

	if (!file)
		err(125, "cannot read /proc/self/mountinfo");
	while (!found && getline(&line, &size, file) > 0) {
		at = strstr(line, part);
		found = at && (at[length] == '/' || at[length] == ' ');
	}
	free(line);
	(void)fclose(file);
	return found;
}

int main(int argc, char **argv)
{
	static struct family f;
	const char *runner = getenv(RUNNER);
	bool good;

	if (argc > 2 && strcmp(argv[1], "--run") == 0)
		return run(argv + 2);
	if (argc != 4)
		errx(125, "usage: offspring --run COMMAND [ARG]... | "
			  "offspring list|none|nothing PID DIR");
	f.shell = atoi(argv[2]);
	f.dir = argv[3];
	f.runner = runner ? atoi(runner) : -1;
	/* For ever only where the parents of one's own are hidden. */
	for (int i = 0; i < 1000 && !judge_all(&f); i++)
		continue;
	good = count(&f, argv[1][0] == 'l') == 0;
	if (strcmp(argv[1], "nothing") == 0)
		good = good && !has_mount(f.dir) &&
		       nftw(f.dir, is_socket, 16, FTW_PHYS) == 0;
	return !good;
}
