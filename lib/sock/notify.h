/*
 * notify - systemd's notify protocol: keep descriptors in the service manager.
 *
 * Source: sd_notify(3).
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>

struct errmsg;

/*
 * notify_name_ok - may stored descriptors have that name?
 *
 * The manager silently ignores a name that is empty, longer than 255 bytes, or
 * has anything in it but printable ASCII without the colon.
 */
bool notify_name_ok(const char *name);

/*
 * notify_store - store descriptors, and wait until the manager has seen that
 *
 * address  what NOTIFY_SOCKET says: an absolute path or @NAME
 * fds, n   n >= 1; in as many messages as it takes
 * name     they share it; NULL: the manager calls them "stored"
 * limit    ms that connecting and sending may take together, -1: any time
 * barrier  ms that the manager may take to work off what was sent
 *
 * Terminals are stored with FDPOLL=0: the manager would throw a master away as
 * soon as its other end is closed. The manager looks at the process that sent
 * a message: if that has ended by then, its message is thrown away.
 *
 * Returns 0; -1 with f filled in and errno as sock_connect (sock.h) and
 * fdpass_send, EAFNOSUPPORT for another address. Whether the manager kept the
 * descriptors it does not say.
 */
int notify_store(const char *address, const int *fds, int n, const char *name,
		 int limit, int barrier, struct errmsg *f);

#endif
