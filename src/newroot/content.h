/*
 * content - files of a root whose content comes from a descriptor.
 *
 * The library never exits and never prints; what fails is said in an errmsg.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include <stdbool.h>
#include <sys/types.h>

struct errmsg;
struct root;

/*
 * content_mount - a file on a tmpfs of its own, with all that can be read from
 * a descriptor
 *
 * r     a root in this process's mount namespace, which no other process looks
 * into yet: the tmpfs is attached there for as long as it takes from  read to
 * its end, from where it is mode  of the file lock  whether it is to be
 * read-only
 *
 * Returns a detached mount of the file, close-on-exec, the caller's to close;
 * -1 and errno with f filled in. Source: fsmount(2), open_tree(2), which clones
 * what is attached nowhere only since Linux 6.15.
 */
int content_mount(const struct root *r, int from, mode_t mode, bool lock,
		  struct errmsg *f);

/*
 * content_write - the same in a file of the root itself
 *
 * path  below r. What is there is replaced; a link is not followed, and a
 *       directory is an error
 *
 * Returns 0; -1 and errno with f filled in.
 */
int content_write(const struct root *r, int from, const char *path, mode_t mode,
		  struct errmsg *f);

#endif
