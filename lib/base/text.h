/*
 * text - words from the command line made numbers, and foreign bytes made fit
 * to be printed.
 */
#ifndef TEXT_H
#define TEXT_H

#define QUOTE_MAX 400

/*
 * quote - foreign text in 'single quotes', with nothing in it that a terminal
 * would act on
 *
 * buf   room for QUOTE_MAX bytes
 * text  any bytes; control characters, C1 controls, quotes and backslashes are
 *       written as \n, \t, \xNN, \', \\; valid UTF-8 stays
 *
 * Returns buf. Text that does not fit ends in "...'".
 */
const char *quote(char buf[QUOTE_MAX], const char *text);

/* Room for a quoted text. */
struct quoted {
	char text[QUOTE_MAX];
};

/* quoted - the same, returned as a whole */
struct quoted quoted(const char *text);

/* Q - quote() into a buffer that lives to the end of the full expression, as
 * an argument of the call that prints it. */
#define Q(text_) quoted(text_).text

/*
 * text_number - a whole decimal number, digits alone
 *
 * text      no sign, no space, nothing before or after the digits
 * min, max  0 <= min <= max
 * out       set on success alone
 *
 * Returns 0, or -1 and errno: EINVAL (not a number), ERANGE (outside).
 */
int text_number(const char *text, long long min, long long max, long long *out);

/* text_int - text_number into an int, 0 <= min <= max <= INT_MAX */
int text_int(const char *text, int min, int max, int *out);

/*
 * text_millis - seconds with an optional fraction ("5", "0.25") as ms
 *
 * ms  0..INT_MAX; more than three digits of fraction are cut off
 *
 * Returns 0, or -1 and errno: EINVAL, ERANGE.
 */
int text_millis(const char *text, int *ms);

/*
 * text_signal - a signal by name or number: "TERM", "SIGTERM", "15",
 * "RTMIN+1", "RTMAX-3"
 *
 * Returns 1..64, or -1 and errno EINVAL.
 * Source: signal(7); the names are those of Linux on this machine.
 */
int text_signal(const char *text);

/* text_id - a uid or gid, digits alone, 0..4294967294; -1, EINVAL or ERANGE */
int text_id(const char *text, unsigned *id);

#endif
