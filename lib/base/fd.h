/*
 * fd - file descriptors: owned by one block, kept away from the child, written
 * whole.
 *
 * Every descriptor is born close-on-exec; fd_close_rest, just before an exec,
 * closes what is not asked for.
 */
#ifndef FD_H
#define FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* autofd - a descriptor that its block closes at the end; -1 is none. */
#define autofd __attribute__((cleanup(fd_close))) int

/* fd_close - close *fd if it is open, set it to -1, keep errno */
void fd_close(int *fd);

/* fd_take - hand *fd over: returns it and leaves -1 */
int fd_take(int *fd);

/*
 * fd_stdio - make sure that 0, 1 and 2 are open, on /dev/null where not
 *
 * Returns 0, or -1 and errno from open(2). To be called first thing in main:
 * a descriptor opened earlier could land there.
 */
int fd_stdio(void);

/*
 * fd_write - write all n bytes, however many calls it takes
 *
 * fd  blocking. EINTR is retried.
 *
 * Returns 0, or -1 and errno from write(2).
 */
int fd_write(int fd, const void *data, size_t n);

/* fd_truncate - ftruncate(2) with EINTR retried */
int fd_truncate(int fd, off_t size);

/* fd_read - read(2) with EINTR retried */
ssize_t fd_read(int fd, void *data, size_t n);

/*
 * fd_read_all - read until the end, or until n bytes are there
 *
 * A file of /proc or of a cgroup may give a page at a time.
 *
 * Returns how many bytes there are; -1 and errno from read(2).
 */
ssize_t fd_read_all(int fd, void *data, size_t n);

/*
 * fd_read_text - read until the end, with a 0 behind it
 *
 * fd    may be negative, as of an open(2) that failed: errno stays as it is
 * text  on failure an empty one
 * size  of text; at least one byte more than what there may be and the 0
 *
 * Returns how many bytes; -1 and errno: E2BIG (it does not fit), else from
 * read(2).
 */
ssize_t fd_read_text(int fd, char *text, size_t size);

/*
 * fd_above - a duplicate of fd with a number of at least low, close-on-exec
 *
 * Returns the duplicate, the caller's to close, or -1 and errno from fcntl(2).
 */
int fd_above(int fd, int low);

/*
 * fd_keep - clear close-on-exec, so that fd passes an exec
 *
 * Returns 0, or -1 and errno EBADF.
 */
int fd_keep(int fd);

/*
 * fd_passed - was this process given that descriptor?
 *
 * One that is close-on-exec was not: a tool before us opened it.
 */
bool fd_passed(int fd);

/* fd_first_closed - the first of n descriptors from 3 up that was not, or -1 */
int fd_first_closed(int n);

/*
 * fd_close_rest - close everything from 3 up but the first few
 *
 * keep  3..3+keep-1 stay open and pass the exec (0: none)
 * last  one more to leave open, close-on-exec, or -1
 *
 * Returns 0, or -1 and errno.
 * Source: close_range(2), Linux 5.9; /proc/self/fd, then 3..RLIMIT_NOFILE
 * before that.
 */
int fd_close_rest(int keep, int last);

/* fd_close_range - close from first to last, if there is one; as fd_close_rest
 */
int fd_close_range(int first, int last);

/*
 * fd_alone - are 0, 1 and 2 all that is open?
 *
 * To be asked before anything of ours is opened: was this process given more?
 * Returns false where that cannot be told: before Linux 6.2, without /proc.
 */
bool fd_alone(void);

/*
 * fd_close_marked - close everything from 3 up that is, or that is not,
 * close-on-exec: what is ours, or what this process was given
 *
 * but  one to leave open, or -1
 *
 * Returns 0, or -1 and errno.
 * Source: /proc/self/fd, or 3..RLIMIT_NOFILE (65536 at most) without it.
 */
int fd_close_marked(bool marked, int but);

/*
 * fd_mark_given - mark close-on-exec what this process was given and is such
 *
 * is_such  says so of a descriptor from 3 up that is not marked
 */
void fd_mark_given(bool (*is_such)(int fd));

/*
 * fd_ready - is one of these events of poll(2) there now, or a hang-up? For
 * POLLOUT a hang-up alone does not count: a write could block.
 *
 * Returns 1 or 0; -1 and errno from poll(2), where EINTR is retried.
 */
int fd_ready(int fd, short events);

/* fd_exhausted - does errno say that this process, or the system, has run out
 * of descriptors or memory? It is no news of what was to be opened then. */
bool fd_exhausted(int error);

/*
 * fd_reopen - a non-blocking description of ours of what fd refers to
 *
 * O_NONBLOCK lives in the open file description, which the caller of a tool
 * shares with it: it is never set there. A pipe, a FIFO or a terminal is opened
 * anew through /proc/self/fd instead.
 *
 * fd     open
 * flags  O_RDONLY or O_WRONLY
 *
 * Returns a new close-on-exec descriptor, the caller's to close, or -1 and
 * errno: ENOTSUP where a new description would not be the same thing (a
 * regular file has its own offset, a pty master would be a new pty, a socket
 * cannot be opened), else from open(2).
 */
int fd_reopen(int fd, int flags);

/*
 * fd_open_as - open a path if what is there is of one type
 *
 * It is looked at before it is opened: the open of a device can act, or wait,
 * and that is done where another has put one in the place of a file.
 *
 * dir    where path begins, or AT_FDCWD
 * flags  of open(2), for what exists; O_NONBLOCK, O_NOCTTY, O_CLOEXEC are added
 * type   S_IFREG or S_IFIFO
 *
 * Returns a descriptor; -1 and errno: EINVAL (it is of another type, or was
 * replaced in between), else from open(2). Without a proc it is opened by its
 * path once more.
 */
int fd_open_as(int dir, const char *path, int flags, mode_t type);

/*
 * fd_replaceable - may a file take the place of what is at path?
 *
 * Not of a device, a FIFO or a socket, nor of a link to one or to a descriptor:
 * root would take /dev/null or /dev/stdout from the whole system.
 *
 * Returns 0, also where nothing is there or that cannot be told; -1 and EEXIST.
 * Before Linux 5.6 a link to a descriptor is what the descriptor is.
 */
int fd_replaceable(const char *path);

/*
 * fd_type - type and device number of fd as the kernel has them at hand
 *
 * fstat(2) would ask the server of a FUSE or NFS file, and wait for it. A
 * character device is always its driver's, wherever its node lies.
 *
 * mode  st_mode; of what is no file (epoll, pidfd) its S_IFMT may be 0
 * rdev  st_rdev
 *
 * Returns 0; -1 and errno from statx(2), Linux 4.11, or from fstat(2) where
 * there is none.
 */
int fd_type(int fd, mode_t *mode, dev_t *rdev);

#endif
