/* setup - the world of one run, and what is left of it */
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "torture.h"

void must(int result, const char *what)
{
	if (result < 0)
		err(125, "cannot %s", what);
}

/* Out of the way of the numbers that the tool gets. */
int setup_high(int fd, const char *what)
{
	int above;

	must(fd, what);
	above = fcntl(fd, F_DUPFD_CLOEXEC, 20);
	must(above, what);
	(void)close(fd);
	return above;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	must(fd, "create a file");
	must((int)write(fd, text, strlen(text)), "write a file");
	(void)close(fd);
}

static void copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	must(in, "open the payload");
	must(out, "copy the payload");
	while ((n = read(in, buf, sizeof(buf))) > 0)
		must((int)write(out, buf, (size_t)n), "copy the payload");
	(void)close(in);
	(void)close(out);
}

/* A filter for system calls that lets all of them through. */
static void write_filter(const char *path)
{
	const struct {
		uint16_t code;
		uint8_t jt, jf;
		uint32_t k;
	} allow = { 6, 0, 0, 0x7fff0000 }; /* RET_K, SECCOMP_RET_ALLOW */
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	must(fd, "create a file");
	must((int)write(fd, &allow, sizeof(allow)), "write a file");
	(void)close(fd);
}

/* A root with nothing in it but the command. */
static void make_image(const struct setup *g)
{
	static const char *const dirs[] = { "img",     "img/bin",  "img/dev",
					    "img/etc", "img/proc", "img/sys",
					    "img/tmp" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		must(mkdir(dirs[i], 0755), "make the image");
	copy_file(g->payload, "img/bin/payload");
	write_file("img/etc/secret", "hide me\n", 0644);
	write_filter("img/etc/filter");
}

static int give(const char *path, const struct stat *st, int type,
		struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return lchown(path, NOBODY, NOBODY);
}

static void set_files(struct setup *g)
{
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "be private");
	must(mount("proc", "/proc", "proc", 0, NULL), "mount a proc");
	must(mount("tmpfs", g->dir, "tmpfs", 0, "mode=755"), "mount a tmpfs");
	must(mount("devpts", "/dev/pts", "devpts", 0,
		   "newinstance,ptmxmode=0666,mode=0620"),
	     "mount a devpts");
	must(chdir(g->dir), "enter the directory");
	must(mkdir("bin", 0755), "make a directory");
	copy_file(g->payload, "bin/payload");
	write_file("data", "content\n", 0644);
	write_filter("filter");
	if (g->s->image)
		make_image(g);
	if (g->s->nobody)
		must(nftw(".", give, 8, FTW_PHYS), "give the files away");
}

static void set_terminal(struct setup *g)
{
	struct winsize size = { 24, 80, 0, 0 };
	int master, quit[2], unlock = 0;

	master = setup_high(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC),
			    "open a terminal");
	must(ioctl(master, TIOCSPTLCK, &unlock), "unlock the terminal");
	g->tty = setup_high(
		ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC),
		"open the terminal's slave");
	must(ioctl(g->tty, TIOCSWINSZ, &size), "size the terminal");
	if (g->s->nobody)
		must(fchown(g->tty, NOBODY, NOBODY), "give the terminal away");
	must(setsid(), "lead a session");
	must(ioctl(g->tty, TIOCSCTTY, 0), "control the terminal");
	must(tcgetattr(g->tty, &g->modes), "read the terminal's modes");
	must(pipe2(quit, O_CLOEXEC), "make a pipe");
	g->typist = fork();
	must(g->typist, "fork");
	if (g->typist == 0) {
		(void)close(quit[1]);
		actors_type(g, master, quit[0]);
	}
	(void)close(master);
	(void)close(quit[0]);
	g->quit = setup_high(quit[1], "keep a pipe");
}

static int pipe_end(const struct setup *g, int mine, int *other)
{
	int p[2];

	must(pipe2(p, O_CLOEXEC), "make a pipe");
	if (g->s->nobody)
		must(fchown(p[0], NOBODY, NOBODY), "give a pipe away");
	*other = setup_high(p[!mine], "keep a pipe");
	return setup_high(p[mine], "keep a pipe");
}

/* What is written to it waits for a reader that does not read. */
static int full_socket(struct setup *g)
{
	static const char data[4096];
	int p[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p),
	     "make a socket");
	while (send(p[0], data, sizeof(data), MSG_DONTWAIT) > 0)
		continue;
	g->unread = setup_high(p[1], "keep a socket");
	return setup_high(p[0], "keep a socket");
}

static int stream(struct setup *g, char kind, int fd, int *other)
{
	*other = -1;
	if (kind == 'q')
		return full_socket(g);
	if (kind == 't')
		return setup_high(fcntl(g->tty, F_DUPFD_CLOEXEC, 20),
				  "share a tty");
	if (kind == 'n')
		return setup_high(open("/dev/null", O_RDWR | O_CLOEXEC),
				  "open /dev/null");
	if (kind != 'f')
		return pipe_end(g, fd > 0, other);
	if (fd == 0)
		return setup_high(open("data", O_RDONLY | O_CLOEXEC), "open");
	write_file("out", "", 0644);
	*other = setup_high(open("out", O_RDONLY | O_CLOEXEC), "open");
	return setup_high(open("out", O_WRONLY | O_CLOEXEC), "open");
}

static void set_stdio(struct setup *g)
{
	const char *kinds = g->s->stdio ? g->s->stdio : "pp";
	const char *input = g->s->input ? g->s->input : "";
	int in;

	if (strchr(kinds, 't'))
		set_terminal(g);
	g->stdio[0] = stream(g, kinds[0], 0, &in);
	g->stdio[1] = stream(g, kinds[1], 1, &g->out);
	g->stdio[2] = stream(g, 'p', 2, &g->err);
	if (in >= 0)
		must((int)write(in, input, strlen(input)), "write the input");
	(void)close(in);
	for (int i = 0; i < 3; i++)
		g->flags[i] = fcntl(g->stdio[i], F_GETFL);
}

static void set_target(struct setup *g)
{
	int ready[2];
	char byte;

	must(pipe2(ready, O_CLOEXEC), "make a pipe");
	g->target = fork();
	must(g->target, "fork");
	if (g->target == 0)
		actors_target(ready[1]);
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(125, "cannot make a target");
	(void)close(ready[0]);
}

static int log_file(void)
{
	return setup_high((int)syscall(SYS_memfd_create, "log", 1),
			  "keep a log");
}

void setup_set(struct setup *g, struct outcome *o)
{
	g->tty = g->quit = g->listener = g->out = g->unread = -1;
	g->tool = g->typist = g->peer = g->target = 0;
	g->program = g->keeper = g->member = 0;
	g->tty_log = log_file();
	g->peer_log = log_file();
	set_files(g);
	groups_set(g);
	if (g->s->peer & PEER_TARGET)
		set_target(g);
	if (g->s->peer & PEER_KEPT)
		actors_keep(g);
	set_stdio(g);
	if (g->s->peer & PEER_LISTEN)
		g->listener = setup_high(peer_listen(g), "listen");
	state_files(o->before, sizeof(o->before));
	groups_state(g->s, o->groups_before, sizeof(o->groups_before));
	(void)state_file("/proc/self/mountinfo", g->mounts, sizeof(g->mounts));
	g->ptys = setup_ptys();
}

/* The peer is started after the tool, whose pid it may want, and begins with
 * it. */
void setup_peers(struct setup *g)
{
	if (!(g->s->peer & (PEER_LISTEN | PEER_CONNECT | PEER_KILLS)))
		return;
	g->peer = fork();
	must(g->peer, "fork");
	if (g->peer == 0)
		peer_run(g);
	(void)close(g->listener);
}
