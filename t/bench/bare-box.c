/* bare-box - the least that a container on a new terminal takes */
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "bare.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

struct box {
	const char *dir;
	char **argv;
	bool rootless;
	int parent; /* what joins the child to it */
};

static const struct device {
	const char *name, *path;
	unsigned major, minor;
} devices[] = {
	{ "null", "/dev/null", 1, 3 },	     { "zero", "/dev/zero", 1, 5 },
	{ "full", "/dev/full", 1, 7 },	     { "random", "/dev/random", 1, 8 },
	{ "urandom", "/dev/urandom", 1, 9 }, { "tty", "/dev/tty", 5, 0 },
};

static const struct link {
	const char *name, *to;
} links[] = {
	{ "ptmx", "pts/ptmx" },		 { "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },	 { "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

/* options: names, each with its value behind it, then NULL */
static int new_mount(const char *type, const char *const *options,
		     unsigned attributes)
{
	int fs = bare_must(sys_fsopen(type, SYS_FSOPEN_CLOEXEC), type);
	int mount;

	for (const char *const *o = options; *o; o += 2)
		bare_must(sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, o[0], o[1],
				       0),
			  o[0]);
	bare_must(sys_fsconfig(fs, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0),
		  type);
	mount = bare_must(sys_fsmount(fs, SYS_FSMOUNT_CLOEXEC, attributes),
			  type);
	close(fs);
	return mount;
}

/* A devpts that no path leads to. One id alone is mapped where there is a user
 * namespace, so there is no group to give the terminals to. */
static int new_devpts(bool rootless)
{
	const char *options[] = { "ptmxmode", "0666", "mode", "0620",
				  "gid",      "5",    NULL };

	if (rootless)
		options[4] = NULL;
	return new_mount("devpts", options,
			 SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NOEXEC);
}

static void attach(int mount, int dir, const char *path)
{
	bare_must(sys_move_mount(mount, "", dir, path,
				 SYS_MOVE_MOUNT_F_EMPTY_PATH),
		  path);
	close(mount);
}

static void mount_on(int dir, const char *path, const char *type,
		     const char *const *options)
{
	attach(new_mount(type, options,
			 SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NODEV |
				 SYS_MOUNT_ATTR_NOEXEC),
	       dir, path);
}

/* Put what is at from, or at path, on a new file. */
static void bind_file(int from, const char *path, int dev, const char *name)
{
	int flags = SYS_OPEN_TREE_CLONE | SYS_OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;

	bare_must(mknodat(dev, name, S_IFREG | 0666, 0), name);
	attach(bare_must(sys_open_tree(from, path, (unsigned)flags), name), dev,
	       name);
}

static void make_device(const struct device *d, int dev, bool rootless)
{
	if (rootless)
		bind_file(AT_FDCWD, d->path, dev, d->name);
	else
		bare_must(mknodat(dev, d->name, S_IFCHR | 0666,
				  makedev(d->major, d->minor)),
			  d->name);
}

static void fill_dev(int dev, int devpts, int slave)
{
	static const char *const dirs[] = { "pts", "shm", "mqueue" };

	for (size_t i = 0; i < LENGTH(dirs); i++)
		bare_must(mkdirat(dev, dirs[i], 0755), dirs[i]);
	for (size_t i = 0; i < LENGTH(links); i++)
		bare_must(symlinkat(links[i].to, dev, links[i].name),
			  links[i].name);
	attach(devpts, dev, "pts");
	bind_file(slave, "", dev, "console");
	mount_on(dev, "shm", "tmpfs", (const char *[]){ "mode", "1777", NULL });
	mount_on(dev, "mqueue", "mqueue", (const char *[]){ NULL });
}

static void make_dev(const struct box *b, int devpts, int slave)
{
	int dev = new_mount("tmpfs", (const char *[]){ "mode", "755", NULL },
			    SYS_MOUNT_ATTR_NOSUID | SYS_MOUNT_ATTR_NOEXEC);

	/* A mount can be put below one that is attached, not before. */
	bare_must(sys_move_mount(dev, "", AT_FDCWD, "dev",
				 SYS_MOVE_MOUNT_F_EMPTY_PATH),
		  "attach dev");
	for (size_t i = 0; i < LENGTH(devices); i++)
		make_device(&devices[i], dev, b->rootless);
	fill_dev(dev, devpts, slave);
	close(dev);
}

static void make_root(const struct box *b, int devpts, int slave)
{
	int root = bare_must(sys_open_tree(AT_FDCWD, b->dir,
					   SYS_OPEN_TREE_CLONE |
						   SYS_OPEN_TREE_CLOEXEC |
						   SYS_AT_RECURSIVE),
			     b->dir);

	bare_must(sys_move_mount(root, "", AT_FDCWD, b->dir,
				 SYS_MOVE_MOUNT_F_EMPTY_PATH),
		  b->dir);
	bare_must(fchdir(root), b->dir);
	(void)umask(0);
	mount_on(AT_FDCWD, "proc", "proc", (const char *[]){ NULL });
	make_dev(b, devpts, slave);
	bare_must(sys_pivot_root(".", "."), "pivot");
	bare_must(umount2(".", MNT_DETACH), "leave the old root");
	bare_must(chdir("/"), "enter the root");
}

/* Be a user without capabilities, also after an exec of a file that has some.
 * The kernel forgets them one by one. */
static void drop(const struct box *b)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0;)
		cap++;
	if (!b->rootless) {
		bare_must(setgroups(0, NULL), "forget groups");
		bare_must(setresgid(1000, 1000, 1000), "change the group");
		bare_must(setresuid(1000, 1000, 1000), "change the user");
	}
	bare_must(prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0, 0, 0), "keep it so");
}

/* Send a descriptor if there is one, else receive one and return it. */
static int pass(int sock, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n;

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	n = fd < 0 ? recvmsg(sock, &m, MSG_CMSG_CLOEXEC)
		   : sendmsg(sock, &m, MSG_NOSIGNAL);
	/* The child said why. */
	if (n != 1 || m.msg_controllen < CMSG_LEN(sizeof(int)))
		_exit(125);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

/* Runs in the parent's memory (CLONE_VM): it may call, but not return. */
static int child(void *arg)
{
	const struct box *b = arg;
	int devpts, master, slave;
	char told;

	if (b->rootless && read(b->parent, &told, 1) != 1)
		_exit(125);
	bare_must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
		  "make mounts private");
	bare_must(sethostname("box", 3), "set the name");
	devpts = new_devpts(b->rootless);
	master = bare_pty(devpts, "ptmx", &slave);
	(void)pass(b->parent, master);
	close(master);
	bare_must(setsid(), "begin a session");
	bare_must(ioctl(slave, TIOCSCTTY, 0), "take the terminal");
	make_root(b, devpts, slave);
	drop(b);
	bare_exec(slave, b->argv);
	return 127;
}

static void write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = bare_must(open(path, O_WRONLY | O_CLOEXEC), path);
	bare_must((int)write(fd, text, strlen(text)), path);
	close(fd);
}

static void write_maps(pid_t pid)
{
	char map[64];

	(void)snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	write_file(pid, "uid_map", map);
	write_file(pid, "setgroups", "deny");
	(void)snprintf(map, sizeof(map), "0 %u 1", (unsigned)getegid());
	write_file(pid, "gid_map", map);
}

static pid_t start(struct box *b)
{
	int flags = CLONE_VM | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
		    CLONE_NEWUTS | SIGCHLD;
	static _Alignas(64) char stack[65536];

	if (b->rootless)
		flags |= CLONE_NEWUSER;
	return bare_must(clone(child, stack + sizeof(stack), flags, b),
			 "clone");
}

int main(int argc, char **argv)
{
	struct box b = { .rootless = argc > 1 && strcmp(argv[1], "-U") == 0 };
	int ends[2];
	pid_t pid;

	argv += 1 + b.rootless;
	if (argc < 3 + b.rootless)
		errx(125, "usage: bare-box [-U] DIR COMMAND [ARG]...");
	b.dir = argv[0];
	b.argv = argv + 1;
	bare_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
		  "talk to the child");
	b.parent = ends[1];
	pid = start(&b);
	close(ends[1]);
	if (b.rootless) {
		write_maps(pid);
		bare_must((int)write(ends[0], "", 1), "tell the child");
	}
	return bare_relay(pass(ends[0], -1), pid);
}
