/* notify - systemd's notify protocol: keep descriptors in the service manager
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/wait.h"
#include "sock/fdpass.h"
#include "sock/notify.h"
#include "sock/sock.h"

bool notify_name_ok(const char *name)
{
	size_t n = strlen(name);

	for (const char *c = name; *c; c++) {
		if (*c < ' ' || *c > '~' || *c == ':')
			return false;
	}
	return n >= 1 && n <= 255;
}

static int connect_manager(const char *address, const struct deadline *w,
			   struct errmsg *f)
{
	struct sock_name name;

	if ((address[0] != '/' && address[0] != '@') ||
	    sock_parse(address, false, &name) < 0)
		return errmsg_q(f, EAFNOSUPPORT, "cannot connect to %s",
				address);
	name.no_fds = true;
	return sock_connect(&name, SOCK_DGRAM, false, -1, w, f);
}

static bool any_terminal(const int *fds, int n)
{
	struct termios modes;

	/* EIO is what a terminal says whose other end is closed. */
	for (int i = 0; i < n; i++) {
		if (tcgetattr(fds[i], &modes) == 0 || errno == EIO)
			return true;
	}
	return false;
}

static int store_message(int sock, const int *fds, int n, const char *name,
			 const struct deadline *w)
{
	char text[320];
	struct fdpass_many many = { fds, n, text, 0, true };

	many.size = (size_t)snprintf(text, sizeof(text), "FDSTORE=1%s%s%s",
				     name ? "\nFDNAME=" : "", name ? name : "",
				     any_terminal(fds, n) ? "\nFDPOLL=0" : "");
	return fdpass_send_many(sock, &many, w);
}

/* A pipe whose other end the manager closes when it comes to it. */
static int barrier_passed(int sock, const struct deadline *w)
{
	static const char text[] = "BARRIER=1";
	int ends[2];
	autofd ours = -1, theirs = -1;
	struct fdpass_many many = { &theirs, 1, text, sizeof(text) - 1, false };

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	ours = ends[0];
	theirs = ends[1];
	if (fdpass_send_many(sock, &many, w) < 0)
		return -1;
	/* Theirs alone is open from here on: its end is the answer. */
	fd_close(&theirs);
	return wait_fd(w, ours, 0);
}

int notify_store(const char *address, const int *fds, int n, const char *name,
		 int limit, int barrier, struct errmsg *f)
{
	struct deadline w = { wait_until(limit), -1 };
	autofd sock = connect_manager(address, &w, f);

	if (sock < 0)
		return -1;
	if (store_message(sock, fds, n, name, &w) < 0)
		return errmsg_q(f, errno, "cannot send to %s", address);
	w.deadline = wait_until(barrier);
	if (barrier_passed(sock, &w) == 0)
		return 0;
	return errmsg_q(f, errno, "cannot get an acknowledgement from %s",
			address);
}
