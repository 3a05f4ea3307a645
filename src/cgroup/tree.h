/*
 * tree - the cgroups below one, however deep and many.
 */
#ifndef TREE_H
#define TREE_H

/*
 * tree_walk - visit a directory of a cgroup and all below it
 *
 * top    open directory
 * enter  called for each directory, top too, before those below it; NULL: not
 * leave  called for each but top, after those below it, with the directory
 *	  that it is in and its name; NULL: not
 * arg    their last argument
 *
 * Three descriptors are open at most. What vanishes in that time is left out.
 * Returns 0; -1 and errno: what a callback returned -1 with, EAGAIN (the tree
 * was moved during the walk), else from openat(2).
 */
int tree_walk(int top, int (*enter)(int dir, void *arg),
	      int (*leave)(int parent, const char *name, void *arg), void *arg);

#endif
