/*
 * schema - which fields a config.json has, and of which type they are.
 *
 * Source: OCI runtime specification 1.3, config.md, config-linux.md.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "json/json.h"

struct report;
struct shape;

extern const struct shape schema_config, schema_process, schema_resources;

/*
 * schema_check - note every value of a wrong type or out of range, and every
 * field that is not known
 *
 * To be called first: the rest relies on the types of what it reads, where
 * there are no errors.
 */
void schema_check(const struct json_node *node, const struct shape *shape,
		  struct report *r);

/*
 * field_* - a member of an object as that type; the fallback where it is
 * absent or of another type, which schema_check has noted
 */
const struct json_node *field_array(const struct json_node *object,
				    const char *name);
const char *field_string(const struct json_node *object, const char *name,
			 const char *fallback);
bool field_bool(const struct json_node *object, const char *name);
int64_t field_int(const struct json_node *object, const char *name,
		  int64_t fallback);
uint64_t field_uint(const struct json_node *object, const char *name,
		    uint64_t fallback);

/* value_int - a value itself as an integer, or 0 */
int64_t value_int(const struct json_node *value);

/* value_string - a value itself as a string, or "" */
const char *value_string(const struct json_node *value);

#endif
