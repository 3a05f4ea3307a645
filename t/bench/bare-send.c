/* bare-send - the least that sending one descriptor, its stdin, takes */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
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
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 2 || strlen(argv[1]) >= sizeof(name.sun_path))
		errx(125, "usage: bare-send SOCKET");
	strcpy(name.sun_path, argv[1]);
	memcpy(CMSG_DATA(&control.head), &(int){ STDIN_FILENO }, sizeof(int));
	/* The other side may have bound and not listened yet. */
	while (fd >= 0 && connect(fd, (const void *)&name, sizeof(name)) < 0)
		if (errno != ECONNREFUSED)
			err(125, "cannot connect to '%s'", argv[1]);
	if (sendmsg(fd, &m, MSG_NOSIGNAL) != 1)
		err(125, "cannot send");
	return 0;
}
