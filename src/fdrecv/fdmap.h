/*
 * fdmap - put descriptors at the numbers at which a command expects them.
 */
#ifndef FDMAP_H
#define FDMAP_H

/*
 * fdmap_plan - choose a number for each of n descriptors
 *
 * at     filled in: the first few numbers are those of slots, the rest are the
 *        lowest from 3 up that no slot has
 * slots  0..INT_MAX, all different; at most n of them are used
 */
void fdmap_plan(int *at, int n, const int *slots, int nslots);

/*
 * fdmap_env - tell a command about them: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES
 *
 * Counted is what lies at 3 and up without a gap; where that is nothing, the
 * variables are removed. LISTEN_PID is this process.
 *
 * names  of each descriptor; NULL: "unknown"
 *
 * Returns 0, or -1 and errno ENOMEM. Source: sd_listen_fds(3).
 */
int fdmap_env(const int *at, const char *const *names, int n);

/*
 * fdmap_fds - move descriptors to their numbers and close all others from 3 up
 *
 * fds   n of them, 3 or higher and all different; each is at[i] afterwards,
 *       and passes an exec
 * at    all different; what else is open there is closed
 * last  one more to leave open, higher than all of at and than 3 + n, or -1
 *
 * One descriptor more than there are now must be free. Returns 0; -1 and
 * errno, with some of them moved.
 */
int fdmap_fds(int *fds, const int *at, int n, int last);

#endif
