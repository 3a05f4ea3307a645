/*
 * dir - the directory by which a terminal that conlog reads is reached: the
 * spool, the FIFOs for control lines and keys, the status at the end.
 */
#ifndef DIR_H
#define DIR_H

#include <stdbool.h>

#include "spool/spool.h"

struct errmsg;

struct dir {
	const char *path;
	int fd;	   /* of the directory */
	bool made; /* by us */
	struct spool spool;
	int keys, control; /* FIFOs that have us as reader and writer */
	int exit;	   /* of the file that is to become PATH/exit */
};

/*
 * dir_open - take a directory for one terminal, and make what is in it
 *
 * path  made with mode 0700 if it is not there; else it must belong to this
 *       user, and no other user may write to it
 *
 * Made are the spool, which is locked as long as this process lives, and keys.
 * What another one left there that was killed is replaced.
 *
 * Returns 0; -1 with f filled in, errno EWOULDBLOCK where it is in use, and
 * nothing left behind.
 */
int dir_open(struct dir *d, const char *path, struct errmsg *f);

/* dir_ready - make control, which says that all is ready; as dir_open */
int dir_ready(struct dir *d, struct errmsg *f);

/* dir_abandon - remove what dir_open and dir_ready made */
void dir_abandon(struct dir *d);

/*
 * dir_close - the end: the status, and away with what it is not needed for
 *
 * status  0..255, or -1: it is not known, or others write it
 *
 * Returns 0; -1 with f filled in where the status could not be written.
 */
int dir_close(struct dir *d, int status, struct errmsg *f);

#endif
