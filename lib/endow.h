/*
 * endow - give received descriptors to the command that this process becomes.
 *
 * The library never exits and never prints; what fails is said in a fault.
 */
#ifndef ENDOW_H
#define ENDOW_H

struct fault;
struct guest;

/*
 * endow - descriptors to their places, everything else closed, and the
 * environment that tells about them
 *
 * g, n           who delivered; their descriptors are the command's afterwards.
 *                The message and the sender told of are those of the first.
 * slots, nslots  numbers for the first descriptors, see place_plan (place.h)
 * errors         where to say that the command cannot be executed: 2, or where
 *                a descriptor was put there a close-on-exec duplicate of what
 *                it was
 *
 * LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES are set as sd_listen_fds(3) wants
 * them, a name being what a line "FDNAME=" of the message says; FDRECV_MESSAGE
 * is the message up to its first NUL, FDRECV_PID, FDRECV_UID and FDRECV_GID are
 * the sender. What is not known is not in the environment.
 *
 * Returns 0; -1 and errno with f filled in.
 */
int endow(struct guest *const *g, int n, const int *slots, int nslots,
	  int *errors, struct fault *f);

#endif
