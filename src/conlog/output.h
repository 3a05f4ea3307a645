/*
 * output - what is read of a command: where it comes from, and where it goes
 * to, the log, the spool, and standard output.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "conlog/log.h"
#include "relay/nbio.h"
#include "spool/modes.h"
#include "spool/spool.h"

#define OUTPUT_SIZE  16384
#define OUTPUT_POLLS (1 + LOG_STREAMS)

struct source {
	struct nbio io; /* fd -1: it has ended */
	enum log_stream stream;
	bool terminal;
	long long again; /* when to look at it again, ms; 0: it is polled */
};

struct output {
	struct log log;
	struct modes modes;
	struct spool *spool; /* NULL: there is none */
	bool spool_failing;  /* said */
	struct source source[LOG_STREAMS];
	bool quiet;   /* there was nothing more to read */
	bool hung_up; /* a terminal is open nowhere; the caller may reset it */

	bool filter; /* standard input goes to standard output */
	struct nbio out;
	size_t went, wait; /* of in[]: written there, and still to be */
	int refused;	   /* errno of standard output, or 0 */
	int unread;	   /* errno of a pipe or a file that is read, or 0 */
	unsigned char in[OUTPUT_SIZE];
};

/* output_init - nothing is read; the log is the caller's to open and close */
void output_init(struct output *o);

/* output_pipe - read that pipe, which stays the caller's */
void output_pipe(struct output *o, enum log_stream stream, int fd);

/*
 * output_make_pipe - read a new pipe
 *
 * theirs  the end to write to
 *
 * Returns 0; -1 and errno from pipe2(2).
 */
int output_make_pipe(struct output *o, enum log_stream stream, int *theirs);

/* output_terminal - read that terminal, which stays the caller's */
void output_terminal(struct output *o, int master);

/* output_filter - read standard input, which goes to standard output as well;
 * its size is that of the terminal that it is seen on */
void output_filter(struct output *o);

/* output_is_hung_up - is the terminal open nowhere? It can be opened again. */
bool output_is_hung_up(const struct output *o);

/* output_resized - a filter's terminal may have another size */
void output_resized(struct output *o);

/* output_show_size - readers of the spool are told the size of the log */
void output_show_size(struct output *o);

/* output_poll - what to wait for */
void output_poll(const struct output *o, struct pollfd p[OUTPUT_POLLS]);

/* output_how_long - returns for how long at the most, ms; or -1 */
int output_how_long(struct output *o);

/*
 * output_turn - write and read what can be
 *
 * Returns whether more may come: a source is open, or there is something to be
 * written.
 */
bool output_turn(struct output *o, const struct pollfd p[OUTPUT_POLLS]);

/* output_drain - the rest that is there now; what others write later is not
 * waited for */
void output_drain(struct output *o);

#endif
