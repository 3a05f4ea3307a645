/* bare-recv - the least that receiving one descriptor takes */
#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int serve(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const void *)name, sizeof(*name)) < 0 ||
	    listen(fd, 1) < 0)
		err(125, "cannot listen on '%s'", name->sun_path);
	fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		err(125, "cannot accept");
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int fd;

	if (argc != 2 || strlen(argv[1]) >= sizeof(name.sun_path))
		errx(125, "usage: bare-recv SOCKET");
	strcpy(name.sun_path, argv[1]);
	fd = serve(&name);
	if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&m))
		errx(125, "no descriptor came");
	return unlink(name.sun_path) < 0;
}
