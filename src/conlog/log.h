/*
 * log - output, keys and sizes, written to a log in one of its formats.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "conlog/batch.h"
#include "conlog/cast.h"
#include "conlog/cri.h"
#include "conlog/logfile.h"

enum log_format { LOG_RAW, LOG_CRI, LOG_CAST };

enum log_stream { LOG_STDOUT, LOG_STDERR, LOG_STREAMS };

struct log {
	enum log_format format;
	struct logfile file;
	struct batch batch;
	struct cri cri[LOG_STREAMS];
	long long parted[LOG_STREAMS]; /* when a part of a line was written */
	struct cast cast;
	bool begun;	/* the recording has its header */
	int rows, cols; /* of the terminal */
};

/*
 * log_open - begin, or go on with, a log; as logfile_open
 *
 * A recording is never added to one that is there: that becomes F.1.
 */
int log_open(struct log *l, const char *path, enum log_format format,
	     long long limit, struct errmsg *f);

/* log_plain - it is no terminal's output: its lines end in \n; after log_open
 */
void log_plain(struct log *l);

/* log_begin - write the header of a recording, which the first event would */
void log_begin(struct log *l);

/* log_output - n bytes that were just read */
void log_output(struct log *l, enum log_stream stream,
		const unsigned char *data, size_t n);

/* log_input - n bytes that were just typed; for a recording alone */
void log_input(struct log *l, const unsigned char *data, size_t n);

/* log_size - the terminal's size, where it is another one than before */
void log_size(struct log *l, int rows, int cols);

/*
 * log_rest - nothing more is to be read now: write what is no whole line yet
 *
 * At once, so that a prompt is in the log; but at most once a second, so that
 * the echo of each key is not a record.
 *
 * Returns after how many ms to call again, or -1.
 */
int log_rest(struct log *l);

/* log_reopen - open the log at its path anew */
void log_reopen(struct log *l);

/* log_close - nothing more comes: the log is whole */
void log_close(struct log *l);

#endif
