/*
 * selfexe - run from a copy of the binary that a root's processes cannot write
 * to.
 *
 * A process inside a container that sees one of ours reaches the binary on the
 * host by /proc/PID/exe, and could write to it (CVE-2019-5736). So what enters
 * a root, or shows itself in one, runs from a read-only view of the binary, or
 * from a sealed copy in memory.
 *
 * The library never prints; it ends the process by executing itself anew.
 */
#ifndef SELFEXE_H
#define SELFEXE_H

#include <stdbool.h>

struct errmsg;

/*
 * selfexe_seal - make sure that this program runs sealed
 *
 * argv  as the applet was called; the program is executed anew with these
 *       words if it has to be
 *
 * To be called before anything is opened or changed.
 *
 * Returns 0 if it is sealed; -1 and errno with f filled in.
 * Source: open_tree(2) and mount_setattr(2), Linux 5.12; memfd_create(2).
 */
int selfexe_seal(char **argv, struct errmsg *f);

/*
 * selfexe_is - is path this program, of which a read-only view runs here?
 *
 * Executed by that path it would run as it is, for the processes of a pid
 * namespace that was joined to see: selfexe_run is to be taken then.
 */
bool selfexe_is(const char *path);

/* selfexe_run - execute the view that runs here; returns with errno set */
void selfexe_run(char **argv);

#endif
