/*
 * plan - all that a runtime wants to know of a spec, as shell assignments.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdio.h>

struct resources;
struct spec;
struct strlist;

/* plan_variable - write NAME=VALUE and a newline, quoted; NULL is empty */
void plan_variable(FILE *out, const char *name, const char *value);

/*
 * plan_write - write the assignments of a container that is to be made, or of
 * a process that is to join one
 *
 * id   of the container, or NULL
 * dir  the bundle, as it was named; "" is the working directory
 * get  paths of values to be told as get_1, get_2 and so on
 */
void plan_write(FILE *out, const struct spec *s, const struct resources *r,
		const char *id, const char *dir, const struct strlist *get);

/* plan_creator - write which process makes the container, and since when it
 * runs
 */
void plan_creator(FILE *out, int pid);

/* plan_write_resources - write those of resources alone */
void plan_write_resources(FILE *out, const struct resources *r);

#endif
