/*
 * procdir - the directory of a process in /proc, and of no other.
 *
 * A number in a path can belong to another process by the time it is used, to
 * another process altogether where /proc shows another pid namespace, and to
 * none where something else is mounted on /proc.
 */
#ifndef PROCDIR_H
#define PROCDIR_H

#include <sys/types.h>

struct errmsg;

/*
 * procdir_root - open /proc itself
 *
 * Returns an O_PATH, close-on-exec descriptor, the caller's to close; -1 and
 * errno: EXDEV (something else is mounted there), else from open(2).
 */
int procdir_root(void);

/*
 * procdir_open - open the directory of a process
 *
 * pid    as seen from here
 * shown  set to the number that this /proc has for it; NULL if not wanted
 *
 * Returns an O_PATH, close-on-exec descriptor, the caller's to close; -1 and
 * errno: ESRCH (no such process), ENOENT (no /proc, or one that does not show
 * the process), EXDEV (something else is mounted there), else from open(2).
 * Source: proc(5), pidfd_open(2).
 */
int procdir_open(pid_t pid, pid_t *shown);

/*
 * procdir_parse - the process that a word PID or PID:STARTTIME means
 *
 * pid    1..2147483647
 * start  its start time as procdir_start_time has it; -1: any
 *
 * Both are set on success alone. Returns 0; -1 and errno EINVAL.
 */
int procdir_parse(const char *word, pid_t *pid, long long *start);

/*
 * procdir_open_started - open the directory of a process that began then
 *
 * start  in clock ticks since boot; -1: whenever
 *
 * Returns as procdir_open and procdir_start_time; ESRCH where another process
 * has the number by now.
 */
int procdir_open_started(pid_t pid, long long start);

/* procdir_fault - say in f why procdir_open failed, by errno; -1 and errno */
int procdir_fault(pid_t pid, struct errmsg *f);

/*
 * procdir_file - open a file of such a directory
 *
 * dir    from procdir_open or procdir_root
 * name   "uid_map"
 * flags  O_RDONLY, O_WRONLY or O_PATH
 *
 * Returns a close-on-exec descriptor on a proc file system, the caller's to
 * close; -1 and errno: EXDEV (something else is mounted there), else from
 * open(2).
 */
int procdir_file(int dir, const char *name, int flags);

/*
 * procdir_start_time - when the process of such a directory was started
 *
 * ticks  set to clock ticks since boot: with the number it names one process
 *
 * Returns 0; -1 and errno: EPROTO (not of the form known), else as
 * procdir_file. Source: proc(5), /proc/pid/stat, field 22.
 */
int procdir_start_time(int dir, unsigned long long *ticks);

#endif
