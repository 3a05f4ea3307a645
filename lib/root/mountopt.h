/*
 * mountopt - mount options by name, as mount(8) has them.
 *
 * Pure: words become flags, nothing is mounted and nothing is looked up.
 */
#ifndef MOUNTOPT_H
#define MOUNTOPT_H

#include <stdbool.h>
#include <stdint.h>

/* mount(2) takes a page of options as well. */
#define MOUNTOPT_ROOM 4096
#define MOUNTOPT_MAX  64

/* What is asked of a mount, and what of it and of all that is mounted below. */
struct mountopt {
	struct mountopt_set {
		uint64_t set, clear;  /* SYS_MOUNT_ATTR_* (sys.h) */
		uint64_t propagation; /* MS_PRIVATE... (mount(2)), or 0 */
	} flat, deep;
	bool bind, rbind;  /* of one mount; of all below as well */
	bool copy_up;	   /* a tmpfs has what it covers */
	const char *idmap; /* the maps of mapped ids (mounts.h), or NULL */
	bool idmap_deep;   /* of all below as well */
	int n;		   /* what is the file system's: "KEY", "KEY=VALUE" */
	const char *data[MOUNTOPT_MAX + 1]; /* n of them, NULL at the end */
	char text[MOUNTOPT_ROOM];
};

/*
 * mountopt_parse - what options mean
 *
 * o      filled in; not to be copied, data[] points into it
 * words  separated by commas, with \\, for a comma in a word; of those that
 * contradict each other the last one counts
 *
 * What is known here: ro, rw, suid, dev, exec, atime, diratime, symfollow with
 * their opposites, relatime, strictatime; the same after an r for all that is
 * mounted below as well (rro); bind, rbind; private, shared, slave, unbindable
 * and those after an r; tmpcopyup; X-mount.idmap=MAPS, with idmap or ridmap;
 * defaults. Anything else is the file
 * system's.
 *
 * Returns 0; -1 and errno: EINVAL (a word "=VALUE"), E2BIG (more than
 * MOUNTOPT_MAX words for the file system, or too long).
 * Source: mount(8), mount_setattr(2), OCI runtime specification, "Linux mount
 * options".
 */
int mountopt_parse(struct mountopt *o, const char *words);

/* mountopt_attributes - those of a mount with nothing below it */
uint64_t mountopt_attributes(const struct mountopt *o);

#endif
