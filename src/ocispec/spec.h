/*
 * spec - a config.json, and the words that it becomes.
 *
 * Each part reads its section and adds words, or notes in the report why it
 * cannot. None of them stops at an error, and none changes anything.
 */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "ocispec/words.h"

struct json_node;
struct report;
struct strlist;

/* What a command line changes about a process; NULL: nothing. */
struct spec_exec {
	const char *target; /* the process whose namespaces are joined, */
	int pid;	    /* and its pid */
	bool tty, no_new_privs;
	const char *cwd, *apparmor, *selinux;
	const char *uid, *gid, *groups;	  /* numbers; groups are added */
	const struct strlist *env, *caps; /* are added */
	char *const *args;
};

struct spec {
	const struct json_node *config;	 /* the root of a config.json */
	const struct json_node *process; /* config's, or one of its own */
	const struct json_node *init;	 /* config's, where it is another */
	const struct spec_exec *exec;	 /* joins a container, or NULL */
	const char *base; /* goes before relative paths: "", or "DIR/" */
	struct report *report;

	/* What the caller decides. */
	bool check;			    /* notes what is skipped, too */
	int hold, preserve_fds, listen_fds; /* -1: not asked for */
	const char *seccomp;		    /* where the filter is, or NULL */

	struct words ptyfork; /* its options */
	struct words newroot; /* its options; what follows is rootfs */
	struct words confine; /* its options */
	struct words command; /* and its arguments */
	const char *rootfs;

	/* What became of each type of namespace; names as in struct spec_ns. */
	struct spec_ns {
		const char *type; /* as the spec calls it */
		const char *name; /* as ptyfork does */
		enum { NS_HOST, NS_NEW, NS_JOINED } is;
	} ns[8];
};

enum spec_ns_type {
	SPEC_PID,
	SPEC_NET,
	SPEC_IPC,
	SPEC_UTS,
	SPEC_MOUNT,
	SPEC_USER,
	SPEC_CGROUP,
	SPEC_TIME,
};

/* spec_path - a path as it is found from where the words are run: a relative
 * one is the bundle's */
const char *spec_path(const struct spec *s, const char *path);

/* spec_clean - a path with no ".", ".." or "//" in it: none of them is looked
 * up, ".." of the root is the root */
const char *spec_clean(const char *path);

/* namespaces_words - linux.namespaces and what is set up in them: host name,
 * id maps, sysctls, clocks; options of ptyfork */
void namespaces_words(struct spec *s);

/* process_words - the ids of the process and what it may do: options of
 * confine, the command, the terminal */
void process_words(struct spec *s);

/* spec_terminal - is the process to have a terminal? */
bool spec_terminal(const struct spec *s);

/* spec_id - its "uid" or "gid", a number in the container */
uint64_t spec_id(const struct spec *s, const char *name);

/* process_privileges - the options of confine for its ids, capabilities, limits
 * and labels alone, which have been checked before */
void process_privileges(const struct spec *s, struct words *w);

/* spec_inherited - a field of the process, or what it has from the container's
 * where it joins one; NULL */
const struct json_node *spec_inherited(const struct spec *s, const char *name);

/* scheduling_words - its scheduler, I/O priority and CPUs, and the personality:
 * options of confine; the CPUs before it is in its cgroup: of ptyfork */
void scheduling_words(struct spec *s);

/* root_words - root, mounts, devices, masked paths: options of newroot */
void root_words(struct spec *s);

/* seccomp_words - linux.seccomp: options of confine */
void seccomp_words(struct spec *s);

/* seccomp_print - the filter itself on standard output, as confine reads it */
void seccomp_print(const struct spec *s);

/*
 * spec_words - all of them, and what belongs to none: ociVersion
 *
 * Where a process joins a container, none but its own and the filter.
 */
void spec_words(struct spec *s);

#endif
