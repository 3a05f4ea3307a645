/*
 * sock - unix sockets by the names that users give them.
 *
 * A SOCKET on the command line is a path of any length, @NAME in the abstract
 * namespace, or fd:N, a descriptor that was inherited.
 */
#ifndef SOCK_H
#define SOCK_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

struct errmsg;
struct sockaddr_un;
struct deadline;

enum sock_kind { SOCK_PATH, SOCK_ABSTRACT, SOCK_FD };

struct sock_name {
	enum sock_kind kind;
	const char *text; /* as the user wrote it, for messages */
	const char *name; /* path, or abstract name without the @ */
	int fd;		  /* SOCK_FD */
	bool no_fds;	  /* refuse descriptors from there, if ours to say and
			   * the kernel can; set after sock_parse */
	bool others;	  /* listened on, others may connect: a path has mode
			   * 0666, and sock_peer_ok decides; set as above */
};

/*
 * sock_discard - close *fd, a socket that others may have sent descriptors to
 *
 * Descriptors that were not received are closed with the socket, by the process
 * that closes it last: it waits as long as one of them lingers. Unless no
 * descriptor can have come (no_fds) a process of its own does it, which is no
 * child of this one; *fd is -1 afterwards, errno is kept.
 * Source: SO_LINGER in socket(7); SO_PASSRIGHTS, Linux 6.16.
 */
void sock_discard(int *fd);

/*
 * sock_hang_up - as sock_discard, of a connection that no other process has
 *
 * Nothing more can be sent to it from then on. So no process is needed where
 * nothing is unread.
 */
void sock_hang_up(int *fd);

/* sock_refuse_fds - have descriptors refused that are sent to fd; as no_fds */
void sock_refuse_fds(int fd);

/*
 * sock_parse - read a SOCKET argument
 *
 * text      stays referenced by name
 * abstract  text is an abstract name even without the @
 *
 * Returns 0, or -1 and errno EINVAL (empty, fd:N with a bad N).
 */
int sock_parse(const char *text, bool abstract, struct sock_name *name);

/*
 * sock_status - the exit status that a failure of the other side stands for
 *
 * error  errno of sock_connect or of what was sent or received then
 *
 * Returns EXIT_TIMEDOUT; EXIT_FAILURE where there is no such socket, no process
 * listens there, or the peer closed or is not trusted: the answer is no; else
 * EXIT_CANCELED.
 */
int sock_status(int error);

/* sock_type - stream, seqpacket or dgram by name; -1 and errno EINVAL */
int sock_type(const char *text);

/*
 * sock_address - the address of a path or an abstract name
 *
 * hold  where the path is longer than sun_path: a close-on-exec descriptor of
 *       what is there, the caller's to close after addr was used
 *
 * Returns the size of the address; -1 and errno: ENAMETOOLONG (an abstract
 * name), else from open(2).
 */
int sock_address(const struct sock_name *name, struct sockaddr_un *addr,
		 int *hold);

/*
 * sock_inherited - the inherited socket that a SOCK_FD name means
 *
 * Returns a close-on-exec duplicate, the caller's to close; -1 with f filled
 * in and errno: EBADF, ENOTSOCK, EAFNOSUPPORT (no unix socket), EMFILE.
 */
int sock_inherited(const struct sock_name *name, struct errmsg *f);

/*
 * sock_connect - connect to a listening socket (or, for
 * SOCK_FD, take the inherited one)
 *
 * type     SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
 * appear   also wait, until w's deadline, for the socket to appear and listen
 * uid      the peer must be root, this process's user, or uid; -1: no further
 *          one, -2: any user. Not looked at for SOCK_FD and SOCK_DGRAM.
 *
 * Returns a close-on-exec descriptor, the caller's to close, non-blocking
 * unless it was inherited; -1 with f filled in and errno: ETIMEDOUT, ECANCELED
 * (wait.h), EACCES (wrong peer), ENOTSOCK, else from connect(2). A full queue
 * of the peer is waited for until the deadline in any case. A path longer than
 * sun_path goes through /proc/self/fd. Source: unix(7).
 */
int sock_connect(const struct sock_name *name, int type, bool appear,
		 long long uid, const struct deadline *w, struct errmsg *f);

/* A listening socket and the path it is published at. */
struct sock_server {
	const char *text; /* as in sock_name */
	int fd;		  /* close-on-exec; non-blocking if ours */
	bool ours;	  /* not inherited */
	int dir;	  /* directory of the path, or -1 */
	char base[256];	  /* name in dir, "" when there is nothing */
	dev_t dev;	  /* what was published, so that nothing else */
	ino_t ino;	  /* is ever removed */
};

/*
 * sock_listen - listen under a name
 *
 * A path gets a socket of mode 0600, or 0666 with name->others, whatever the
 * umask, which appears there only once it listens. A stale socket of this user
 * is replaced, a live one or anything else is refused. For SOCK_FD the
 * inherited socket is used: it must listen already (or, for SOCK_DGRAM, be
 * bound).
 *
 * type  as above; SOCK_DGRAM is bound and not listened on
 *
 * Returns 0; -1 with f filled in and errno: EADDRINUSE (another process listens
 * there), EEXIST (something that is no socket), EACCES (a stale socket of
 * another user), ETIMEDOUT (others hold the lock on the directory, flock(2),
 * that replacing takes), else from the calls. The umask is another one for a
 * moment.
 */
int sock_listen(const struct sock_name *name, int type,
		struct sock_server *server, struct errmsg *f);

/*
 * sock_close - stop listening and remove what was published
 *
 * Returns 0; -1 with f filled in where its name cannot be removed.
 */
int sock_close(struct sock_server *server, struct errmsg *f);

/*
 * sock_accept - the next connection
 *
 * Returns a close-on-exec descriptor, the caller's to close; -1 and errno:
 * ETIMEDOUT, ECANCELED (wait.h), else from accept4(2).
 */
int sock_accept(const struct sock_server *server, const struct deadline *w);

/*
 * sock_peer - the credentials of the peer of a connected socket
 *
 * Returns 0; -1 and errno. Source: SO_PEERCRED in unix(7): the process that
 * called connect(2) or listen(2), as it was then.
 */
int sock_peer(int fd, struct ucred *who);

/*
 * sock_peer_ok - is that peer root, this process's user, or uid (see above)?
 *
 * In a user namespace all users that it does not map look like one, 65534: such
 * a process is not taken for one of its own user.
 */
bool sock_peer_ok(const struct ucred *who, long long uid);

#endif
