/* describe - what an open descriptor is, found out without touching it */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "fdrecv/describe.h"
#include "tty/pty.h"
#include "tty/tty.h"

static const char *access_of(int flags)
{
	static const char *const names[] = { "r", "w", "rw", "none" };

	if (flags & O_PATH)
		return "path";
	return names[flags & (O_WRONLY | O_RDWR)];
}

/* Where /proc/self/fd/N leads: "/a/path", "pipe:[7]", or "" without /proc. */
static void link_of(int fd, char link[PATH_MAX])
{
	char path[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, link, PATH_MAX - 1);
	link[n > 0 ? n : 0] = '\0';
}

static void describe_escape(char *out, const char *text)
{
	for (; *text; text++) {
		if (*text > ' ' && *text < 0x7f && *text != '\\')
			*out++ = *text;
		else
			out += sprintf(out, "\\0%03o", (unsigned char)*text);
	}
	*out = '\0';
}

static void set_kind(struct description *d, const char *kind, bool bytes)
{
	snprintf(d->kind, sizeof(d->kind), "%s", kind);
	d->bytes = bytes;
}

static void add_detail(struct description *d, const char *words)
{
	size_t n = strlen(d->detail);

	snprintf(d->detail + n, sizeof(d->detail) - n, "%s", words);
}

/* The kernel's own name of an object without a path, made one word: of
 * "anon_inode:[eventpoll]", "anon_inode:bpf-map" or "net:[4026531840]". */
static void nameless(struct description *d, const char *link)
{
	const char *name = strchr(link, ':');
	char *end;

	if (!name)
		name = link;
	else if (strncmp(link, "anon_inode:", 11) == 0)
		name = link + 11;
	else if (strncmp(link, "pidfd:", 6) == 0)
		name = "pidfd";
	else
		name = "namespace";
	set_kind(d, name + (*name == '['), false);
	end = strchr(d->kind, ']');
	if (end)
		*end = '\0';
	for (char *c = d->kind; *c; c++) {
		if (*c <= ' ' || *c >= 0x7f)
			*c = '-';
	}
	if (strcmp(d->kind, "eventpoll") == 0)
		set_kind(d, "epoll", false);
}

static const char *family_of(int fd)
{
	int family = -1;
	socklen_t size = sizeof(family);

	(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	switch (family) {
	case AF_UNIX:
		return "unix";
	case AF_INET:
		return "inet";
	case AF_INET6:
		return "inet6";
	case AF_NETLINK:
		return "netlink";
	case AF_PACKET:
		return "packet";
	case AF_VSOCK:
		return "vsock";
	default:
		return "other";
	}
}

static void describe_socket(struct description *d, int fd)
{
	static const char *const types[] = {
		[0] = "other",
		[SOCK_STREAM] = "stream",
		[SOCK_DGRAM] = "dgram",
		[SOCK_RAW] = "raw",
		[SOCK_SEQPACKET] = "seqpacket",
	};
	int type = 0, listens = 0;
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	const char *state = "unconnected";

	if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0)
		state = "connected";
	set_kind(d, "socket", *state == 'c');
	size = sizeof(listens);
	(void)getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
	(void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	if (listens)
		state = "listening";
	if (type < 0 || type > SOCK_SEQPACKET || !types[type])
		type = 0;
	snprintf(d->detail, sizeof(d->detail), "%s %s %s", family_of(fd),
		 types[type], state);
}

static void describe_char(struct description *d, int fd, dev_t rdev)
{
	bool master = pty_is_master(fd);
	unsigned number = 0;
	struct termios modes;
	struct winsize ws;
	char words[64];

	/* A terminal that hung up says EIO to everything. */
	if (!master && tcgetattr(fd, &modes) < 0 && errno != EIO) {
		set_kind(d, "char-device", true);
		snprintf(words, sizeof(words), " %u:%u", major(rdev),
			 minor(rdev));
		add_detail(d, words);
		return;
	}
	set_kind(d, master ? "pty-master" : "tty", true);
	/* The master's own path is that of the multiplexer, the same for all.
	 */
	if (master && pty_number(fd, &number) == 0)
		snprintf(d->detail, sizeof(d->detail), "/dev/pts/%u", number);
	if (tty_size(fd, &ws) < 0)
		return;
	snprintf(words, sizeof(words), " %ux%u", ws.ws_row, ws.ws_col);
	add_detail(d, words);
}

/* A file's name may look like a memfd's; only memory has seals. */
static void describe_file(struct description *d, int fd, const char *link)
{
	bool memory = strncmp(link, "/memfd:", 7) == 0 &&
		      fcntl(fd, F_GET_SEALS) >= 0;

	set_kind(d, memory ? "memfd" : "file", true);
}

static void describe_block(struct description *d, dev_t rdev)
{
	char words[32];

	set_kind(d, "block-device", true);
	snprintf(words, sizeof(words), " %u:%u", major(rdev), minor(rdev));
	add_detail(d, words);
}

int describe(int fd, struct description *d)
{
	char link[PATH_MAX];
	int flags = fcntl(fd, F_GETFL);
	mode_t mode;
	dev_t rdev;

	if (flags < 0 || fd_type(fd, &mode, &rdev) < 0)
		return -1;
	d->access = access_of(flags);
	link_of(fd, link);
	describe_escape(d->detail, *link ? link : "-");
	if (S_ISSOCK(mode))
		describe_socket(d, fd);
	else if (S_ISFIFO(mode))
		set_kind(d, *link == '/' ? "fifo" : "pipe", true);
	else if (*link && *link != '/')
		nameless(d, link);
	else if (S_ISREG(mode))
		describe_file(d, fd, link);
	else if (S_ISCHR(mode))
		describe_char(d, fd, rdev);
	else if (S_ISBLK(mode))
		describe_block(d, rdev);
	else if (S_ISDIR(mode))
		set_kind(d, "directory", false);
	else if (S_ISLNK(mode))
		set_kind(d, "symlink", false);
	else
		set_kind(d, "other", false);
	return 0;
}
