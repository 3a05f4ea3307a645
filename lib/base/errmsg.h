/*
 * errmsg - which step of a longer piece of work failed, and why.
 *
 * A function of many steps cannot say in errno alone what went wrong. It fills
 * a struct errmsg, which main prints as one line.
 */
#ifndef ERRMSG_H
#define ERRMSG_H

struct errmsg {
	int error;	 /* errno; 0 where what[] gives the reason */
	char what[1024]; /* "cannot VERB OBJECT", printable, one line; empty
			  * where it has been said already. Two words that were
			  * quoted fit; what does not ends in "..." */
};

/*
 * errmsg - note a failure
 *
 * f       filled in
 * error   errno of the failed step, or 0 if the text says it all
 * format  as printf(3); foreign text in it goes through quote() (text.h)
 *
 * Returns -1 with errno set to error, so that a caller can end with
 * "return errmsg(...)".
 */
int errmsg(struct errmsg *f, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * errmsg_q - the same, where each %s is foreign text, and comes quoted: shorter
 * than a Q() at each
 */
int errmsg_q(struct errmsg *f, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
