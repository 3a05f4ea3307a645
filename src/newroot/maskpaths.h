/*
 * maskpaths - take away from what a root shows: paths masked, paths made
 * read-only.
 */
#ifndef MASKPATHS_H
#define MASKPATHS_H

struct errmsg;
struct setup_target;

/*
 * mask_path - put an empty read-only directory, or /dev/null, over a path
 *
 * t  its mount of a first directory is kept for the next ones
 *
 * What is below a mount of ours is found from there (setup_find), and symbolic
 * links are followed as inside the root. What is not there needs no mask: that
 * is success, but not where a part of the path is no directory. The /dev/null
 * is the host's, and verified to be it.
 *
 * Returns 0; -1 and errno with f filled in: 0 for the root itself, ELOOP for a
 * magic link.
 */
int mask_path(struct setup_target *t, const char *path, struct errmsg *f);

/*
 * readonly_path - make a path and what is mounted below it read-only
 *
 * The rest is as in mask_path, but the root itself can be made read-only.
 */
int readonly_path(const struct setup_target *t, const char *path,
		  struct errmsg *f);

#endif
