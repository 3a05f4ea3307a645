/*
 * newfs - a file system made and mounted nowhere yet.
 *
 * The library never exits and never prints: -1 and errno, as libc does.
 */
#ifndef NEWFS_H
#define NEWFS_H

/*
 * newfs - make a file system of a type that needs no source
 *
 * type        "tmpfs", "mqueue"
 * options     "name=value" or "name", NULL at the end
 * attributes  SYS_MOUNT_ATTR_* of the mount (sys.h)
 *
 * Returns its root, detached, close-on-exec, the caller's to close; -1 and
 * errno: ENODEV (the kernel has no such type), EPERM, ENOSYS (before Linux
 * 5.2), else from fsconfig(2). Nothing is left of it when it is closed without
 * having been attached.
 */
int newfs(const char *type, const char *const *options, unsigned attributes);

#endif
