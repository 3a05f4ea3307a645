/*
 * torture - make every system call of a tool fail once, and judge what it does.
 *
 * A scenario is a command line with a world around it: input, a terminal, a
 * peer, an image. One undisturbed run of it learns the calls; then each mishap
 * has a run of its own, in a pid and a mount namespace made for it, whose
 * outcome is compared with that of the undisturbed one.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#define CALLS	2000 /* of one run */
#define LIMIT	2    /* seconds that a run may wait for nothing, or compute */
#define HANG	10   /* seconds of that after which it will not end any more */
#define HOPE	60   /* and however busy it is */
#define WHO	16   /* of a process's place in the tree: "0", "0.0", "0.1" */
#define NOBODY	65534
#define TARGET	3 /* pid of the process in the target's namespaces */
#define ANY	(-1)
#define SOCKET	"s"    /* of the peer, in the run's directory */
#define KEPT	"/mnt" /* has the directory of the kept terminal, d */
#define MISHAPS 64     /* of one call, at the most */
#define SCRIPTS 3      /* expectations and answers of a terminal */

/* What goes on at the other end of a scenario's socket, if it has one. */
enum {
	PEER_LISTEN = 1 << 0,
	PEER_CONNECT = 1 << 1,
	PEER_SEND = 1 << 2,	/* a file's descriptor */
	PEER_TERMINAL = 1 << 3, /* a terminal's master instead */
	PEER_RECEIVE = 1 << 4,
	PEER_ACK = 1 << 5,
	PEER_TWICE = 1 << 6, /* two connections, or two messages */
	PEER_KILLS = 1 << 7, /* and then send the tool SIGTERM */
	PEER_SEQPACKET = 1 << 8,
	PEER_DGRAM = 1 << 9,
	PEER_SAYS = 1 << 10,   /* be told something before a descriptor goes */
	PEER_TARGET = 1 << 11, /* no peer but a process in other namespaces */
	PEER_KEPT = 1 << 12,   /* no peer but a terminal that conlog keeps */
	PEER_ENDED = 1 << 13,  /* which has ended */
};

/* Once the terminal has shown the expect, it types, or does what is said below.
 */
struct script {
	const char *expect, *answer;
};
#define RESIZE "\001"
#define HANGUP "\002"

/* The cgroup that a scenario is about, which there is, and has a process. */
enum box { BOX_NONE, BOX_EMPTY, BOX_RUNS, BOX_FROZEN };

struct scenario {
	const char *name;
	const char *run; /* words, with spaces between them */
	int status;	 /* as a shell would see it */
	/* of 0 and 1: p pipe, t terminal, n /dev/null, f file, q a socket
	 * with a full queue that nothing reads */
	const char *stdio;
	const char *input; /* of the pipe */
	struct script script[SCRIPTS];
	unsigned peer;
	bool nobody;	    /* run as a plain user */
	bool image;	    /* there is a root in img */
	bool notify;	    /* NOTIFY_SOCKET is the peer's */
	const char *groups; /* hierarchies of cgroups, with spaces */
	enum box box;	    /* in them, see groups.c */
};
extern const struct scenario scenarios[];

/* How to fail a call: in the first place, from then on, after it was done. */
enum how { NEVER, ONCE, ON, LATE, SHORT, SIGNAL };

struct mishap {
	char who[WHO];
	long nr;   /* of the call */
	int count; /* which of that process's calls of that number, from 1 */
	enum how how;
	int value; /* errno or signal */
};

struct call {
	char who[WHO];
	long nr;
	int count;
	uint64_t args[3];
	/* Its first argument: p pipe of ours, i pipe of the tools, s socket,
	 * g signals, m master, t terminal, k kernel's, f other file. */
	char file;
	bool again; /* like the one before, and nothing happened in between */
};

struct outcome {
	const char *run; /* of the scenario */
	bool late;	 /* it did not end */
	bool slow;	 /* it waited longer than it may */
	bool timed;	 /* a time limit of the tool may have passed */
	bool fired;	 /* the mishap took place */
	bool mute;	 /* and it was in what writes to standard error */
	int status;	 /* of the tool, as wait(2) has it */
	int commands;
	int n;
	struct call calls[CALLS];
	char state[16384]; /* of the command as it started */
	char out[8192], err[2048], peer[8192], tty[8192];
	char before[4096], after[4096]; /* what the directory had in it */
	char groups_before[2048], groups[2048];
	char left[2048]; /* what else was left behind */
};

/* calls.c */
const char *call_name(long nr);
long call_number(const char *name);
size_t call_mishaps(const struct call *c, struct mishap *list);
bool call_same(const struct mishap *m, const struct call *first,
	       const struct call *now);
bool call_may(const struct mishap *m, const struct call *c);

/* mishap.c */
int mishap_error(const char *name);
void mishap_print(const struct mishap *m, char *text, size_t size);
int mishap_parse(char **words, struct mishap *m);

/* setup.c */
struct setup {
	const struct scenario *s;
	const char *bin;     /* where the tools are */
	const char *payload; /* the command's file */
	const char *dir;     /* of the run, which makes it a tmpfs */
	pid_t tool;	     /* process 0 */
	pid_t typist, peer, target;
	pid_t program, keeper;		 /* of the kept terminal */
	pid_t member;			 /* of the cgroup */
	pid_t remover;			 /* of the run's cgroups */
	int stdio[3], flags[3];		 /* as the tool gets them */
	int out, err, unread;		 /* the other ends */
	int tty, tty_log, quit;		 /* closing quit ends the typist */
	int listener, peer_log, peer_go; /* closing peer_go lets it begin */
	struct termios modes;
	char mounts[16384];
	int ptys;
};
void must(int result, const char *what);
int setup_high(int fd, const char *what);
void setup_set(struct setup *g, struct outcome *o);
void setup_peers(struct setup *g);

/* groups.c */
bool groups_possible(const struct scenario *s);
void groups_sweep(const struct scenario *s);
void groups_make(const struct scenario *s);
void groups_remove(const struct scenario *s);
void groups_set(struct setup *g);
void groups_state(const struct scenario *s, char *text, size_t size);
void groups_end(const struct scenario *s);

/* teardown.c */
int setup_ptys(void);
void teardown(struct setup *g, struct outcome *o);
int setup_others(const struct setup *g, char *text, size_t size);

/* peer.c */
int peer_listen(const struct setup *g);
void peer_run(const struct setup *g) __attribute__((noreturn));

/* actors.c */
void actors_type(const struct setup *g, int master, int quit)
	__attribute__((noreturn));
void actors_target(int ready) __attribute__((noreturn));
void actors_keep(struct setup *g);

/* state.c */
void say(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
ssize_t state_file(const char *path, char *text, size_t size);
bool state_read(pid_t pid, const struct setup *g, char *text, size_t size);
void state_files(char *text, size_t size);

/* tool.c */
void tool_start(const struct setup *g, int hold) __attribute__((noreturn));

/* trace.c */
void trace_run(struct setup *g, const struct mishap *m, struct outcome *o);

/* judge.c */
int judge_status(int wait_status);
bool judge(const struct mishap *m, const struct outcome *base,
	   const struct outcome *o, char *why, size_t size);

#endif
