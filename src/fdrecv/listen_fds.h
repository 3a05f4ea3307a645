/*
 * listen_fds - give received descriptors to the command that this process
 * becomes.
 */
#ifndef LISTEN_FDS_H
#define LISTEN_FDS_H

struct errmsg;
struct client;

/*
 * listen_fds_run - become a command: descriptors to their places, everything
 * else closed, and the environment that tells about them
 *
 * g, n           the senders; their descriptors are the command's afterwards.
 *                The message and the sender told of are those of the first.
 * slots, nslots  numbers for the first descriptors, see fdmap_plan (fdmap.h)
 * argv           as in exec_command (exec.h)
 *
 * LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES are set as sd_listen_fds(3) wants
 * them, a name being what a line "FDNAME=" of the message says; FDRECV_MESSAGE
 * is the message up to its first NUL, FDRECV_PID, FDRECV_UID and FDRECV_GID are
 * the sender. What is not known is not in the environment.
 *
 * Returns only on failure: the exit status (exit.h), with f filled in. What
 * 2 was is there again then.
 */
int listen_fds_run(struct client *const *g, int n, const int *slots, int nslots,
		   char **argv, struct errmsg *f);

#endif
