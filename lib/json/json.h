/*
 * json - a JSON document read into a tree, and text written as JSON.
 *
 * Strict RFC 8259, without recursion: the depth, the size and the time are
 * bounded whatever the input. A document that is read whole never differs from
 * what was written: invalid UTF-8, lone surrogates, \u0000, a byte order mark
 * and anything after the end are errors. Every string is therefore a C string.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct errmsg;

#define JSON_SIZE_MAX  (8 * 1024 * 1024) /* bytes of a document */
#define JSON_DEPTH_MAX 1000		 /* arrays and objects in each other */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A value. All of it is read-only to the caller, and lives as long as its
 * document. */
struct json_node {
	enum json_type type;
	bool truth;	  /* of a JSON_BOOL */
	uint32_t n;	  /* elements of an array, members of an object */
	const char *key;  /* of an object's member, else NULL */
	const char *text; /* of a string: its bytes, UTF-8, NUL at the end;
			   * of a number: as it was written */
	const struct json_node *parent; /* NULL: the root */
	const struct json_node *first;	/* of an array or object, or NULL */
	const struct json_node *next;	/* in the same parent, or NULL */
};

struct json;

/*
 * json_parse - read a document from memory
 *
 * text  size bytes, copied
 *
 * Returns it, to be freed by json_free; NULL and errno with e filled in:
 * EINVAL (e names line and column, counted from 1, the column in bytes), EFBIG
 * (over JSON_SIZE_MAX), ENOMEM.
 */
struct json *json_parse(const char *text, size_t size, struct errmsg *e);

/* json_read - the same of all that fd gives; else errno from read(2) */
struct json *json_read(int fd, struct errmsg *e);

/* json_root - the document's value, never NULL */
const struct json_node *json_root(const struct json *doc);

/* json_free - free it; NULL is allowed */
void json_free(struct json *doc);

/* json_same_key - is a key the name of a field, the case aside, as Go has it?
 */
bool json_same_key(const char *key, const char *name);

/*
 * json_get - the member of an object that Go would read into a field
 *
 * object  NULL, or something else than an object, has none
 * name    of the field; the case of the key does not matter, and of several
 *	   members the last one counts, as encoding/json has it
 *
 * Returns it, or NULL where there is none or it is null.
 */
const struct json_node *json_get(const struct json_node *object,
				 const char *name);

/* json_member - the last member with exactly that key (of a map), or NULL */
const struct json_node *json_member(const struct json_node *object,
				    const char *key);

/* json_at - the element of an array at i from 0, or NULL */
const struct json_node *json_at(const struct json_node *array, uint32_t i);

/*
 * json_find - the value that a path names
 *
 * path  as json_path writes it: "process.user.uid", "mounts.0.type",
 *	 "annotations.\"a b\""; at each object, the whole rest of the path is
 *	 tried as one key first ("annotations.io.container.manager"). An empty
 *	 path is the node itself.
 *
 * Returns it (a null as well), or NULL and errno: ENOENT, EINVAL (bad quoting).
 */
const struct json_node *json_find(const struct json_node *node,
				  const char *path);

/* Room for a path; a longer one begins with "...". */
#define JSON_PATH_MAX 256

/*
 * json_path - where a value is in its document, printable
 *
 * "process.args.0"; a key with anything but letters, digits, '_', '-' and '/'
 * in it is in double quotes. The root is ".".
 *
 * Returns a place in buf.
 */
const char *json_path(char buf[JSON_PATH_MAX], const struct json_node *node);

/* JSON_PATH - json_path() into a buffer that lives to the end of the block. */
#define JSON_PATH(node_) json_path((char[JSON_PATH_MAX]){ 0 }, node_)

/*
 * json_error - errmsg() about a value: "PATH: TEXT", with errno EINVAL
 *
 * Returns -1.
 */
int json_error(struct errmsg *e, const struct json_node *node,
	       const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * json_want - is a value of that type?
 *
 * node  NULL (absent): yes
 *
 * Returns 0; -1, EINVAL with e filled in ("PATH: want a string").
 */
int json_want(const struct json_node *node, enum json_type type,
	      struct errmsg *e);

/*
 * json_int, json_uint, json_bool, json_string - a value of that type
 *
 * node      NULL (absent): *out stays as it is, 0 is returned
 * min, max  the range wanted. An integer is digits, with a '-' before them
 *	     where negative ones are allowed: 5.0, 1e1 and "5" are errors
 * out	     set on success alone
 *
 * Returns 0; -1, EINVAL (another type, or no integer) or ERANGE, with e filled
 * in, the path in it.
 */
int json_int(const struct json_node *node, int64_t min, int64_t max,
	     int64_t *out, struct errmsg *e);
int json_uint(const struct json_node *node, uint64_t max, uint64_t *out,
	      struct errmsg *e);
int json_bool(const struct json_node *node, bool *out, struct errmsg *e);
int json_string(const struct json_node *node, const char **out,
		struct errmsg *e);

/*
 * json_write - write a value as compact JSON
 * json_write_string - write a string in double quotes
 *
 * text  any bytes; what is no UTF-8 becomes U+FFFD, control characters \n,
 *       \t... or \u00NN
 *
 * Errors are those of out, for ferror(3).
 */
void json_write(FILE *out, const struct json_node *node);
void json_write_string(FILE *out, const char *text);

#endif
