/*
 * peek - what kind of file a descriptor is, without asking that file.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef PEEK_H
#define PEEK_H

#include <sys/types.h>

/*
 * peek - type and device number of fd as the kernel has them at hand
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
int peek(int fd, mode_t *mode, dev_t *rdev);

#endif
