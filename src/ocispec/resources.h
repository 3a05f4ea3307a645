/*
 * resources - linux.resources, as what is to be written to a cgroup's files.
 */
#ifndef RESOURCES_H
#define RESOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "ocispec/words.h"

struct json_node;
struct report;

struct resources {
	int64_t memory;	      /* the limit of before, for an update, or 0 */
	int64_t quota;	      /* of the CPU, likewise */
	bool v2;	      /* of cgroup v2, else v1 */
	struct words lines;   /* "FILE VALUE", for v1 "CONTROLLER/FILE VALUE",
			       * in the order in which they are written */
	struct words devices; /* rules of cgdevice(1) */
};

/*
 * resources_read - what an object linux.resources means
 *
 * resources  NULL: there is none, only the default devices are allowed
 * update     it is for a cgroup that is in use: there are only rules of devices
 *	      where it has some, and swap may be given without a limit in v1
 *
 * What cannot be had is noted in the report.
 */
void resources_read(const struct json_node *resources, bool update,
		    struct resources *out, struct report *r);

/* resources_read_before - the limits of before that an update depends on, from
 * the spec that the cgroup was made by */
void resources_read_before(const struct json_node *resources,
			   struct resources *out);

/* resources_read_devices - the part of it that is about devices (devices.c) */
void resources_read_devices(const struct json_node *resources, bool update,
			    struct resources *out, struct report *r);

/* resources_is_v2 - is there but cgroup v2 on this machine, at the usual place?
 */
bool resources_is_v2(void);

#endif
