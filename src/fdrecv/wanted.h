/*
 * wanted - where descriptors are to come from and where they are to go, as a
 * command line says it.
 */
#ifndef WANTED_H
#define WANTED_H

#include <stdbool.h>

struct errmsg;
struct receive;
struct strlist;

/* wanted_limit - descriptors have numbers below that: RLIMIT_NOFILE */
int wanted_limit(void);

/*
 * wanted_socket - add a socket to those that are received from
 *
 * name, abstract  as in sock_parse (sock.h)
 * slots           where what it sends goes: numbers, or "stdin", "stdout" and
 *                 "stderr"
 *
 * Returns 0; -1 with f filled in, f->error being 0.
 */
int wanted_socket(struct receive *r, const char *name, bool abstract,
		  const struct strlist *slots, struct errmsg *f);

/*
 * wanted_conflict - what was asked for that does not go together
 *
 * Returns it as a sentence without a capital, or NULL.
 */
const char *wanted_conflict(const struct receive *r);

#endif
