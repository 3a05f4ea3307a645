/* value - what is in a JSON document, by name, path and type */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "json/json.h"

/*
 * The letter that a key begins with, in lower case, and its length. Go also
 * takes the long s and the Kelvin sign for the letters that they fold to
 * (encoding/json, fold.go).
 */
static char fold_letter(const char *key, size_t *length)
{
	*length = 1;
	if (*key >= 'A' && *key <= 'Z')
		return (char)(*key - 'A' + 'a');
	if (*key >= ' ' && *key < 0x7f)
		return *key;
	if (strncmp(key, "\xc5\xbf", 2) == 0) {
		*length = 2;
		return 's';
	}
	if (strncmp(key, "\xe2\x84\xaa", 3) == 0) {
		*length = 3;
		return 'k';
	}
	return *key;
}

bool json_same_key(const char *a, const char *b)
{
	size_t n, m;

	while (*a && *b) {
		if (fold_letter(a, &n) != fold_letter(b, &m))
			return false;
		a += n;
		b += m;
	}
	return *a == *b;
}

static const struct json_node *members(const struct json_node *object)
{
	return object && object->type == JSON_OBJECT ? object->first : NULL;
}

const struct json_node *json_get(const struct json_node *object,
				 const char *name)
{
	const struct json_node *found = NULL;

	for (const struct json_node *m = members(object); m; m = m->next)
		if (json_same_key(m->key, name))
			found = m;
	return found && found->type != JSON_NULL ? found : NULL;
}

const struct json_node *json_member(const struct json_node *object,
				    const char *key)
{
	const struct json_node *found = NULL;

	for (const struct json_node *m = members(object); m; m = m->next)
		if (strcmp(m->key, key) == 0)
			found = m;
	return found;
}

const struct json_node *json_at(const struct json_node *array, uint32_t i)
{
	const struct json_node *at = array && array->type == JSON_ARRAY
					     ? array->first
					     : NULL;

	while (at && i-- > 0)
		at = at->next;
	return at;
}

/*
 * One step of a path, into key: up to a dot, or in double quotes with
 * backslashes before '"' and '\'. Returns what follows it, or NULL.
 */
static const char *next_step(const char *path, char *key)
{
	if (*path != '"') {
		size_t n = strcspn(path, ".");

		memcpy(key, path, n);
		key[n] = '\0';
		return path + n;
	}
	for (path++; *path != '"'; *key++ = *path++) {
		if (*path == '\\')
			path++;
		if (!*path)
			return NULL;
	}
	*key = '\0';
	return path[1] == '.' || !path[1] ? path + 1 : NULL;
}

static const struct json_node *element(const struct json_node *array,
				       const char *index)
{
	char *end;
	unsigned long i;

	if (*index < '0' || *index > '9')
		return NULL;
	errno = 0;
	i = strtoul(index, &end, 10);
	return *end || errno || i >= array->n ? NULL
					      : json_at(array, (uint32_t)i);
}

static const struct json_node *value_child(const struct json_node *node,
					   const char *key)
{
	const struct json_node *found;

	if (node->type == JSON_ARRAY)
		return element(node, key);
	found = json_member(node, key);
	return found ? found : json_get(node, key);
}

static const struct json_node *follow_path(const struct json_node *node,
					   const char *path, char *key)
{
	const struct json_node *whole;

	while (node && *path) {
		whole = json_member(node, path);
		if (whole)
			return whole;
		path = next_step(path, key);
		if (!path) {
			errno = EINVAL;
			return NULL;
		}
		path += *path == '.';
		node = value_child(node, key);
	}
	if (!node)
		errno = ENOENT;
	return node;
}

const struct json_node *json_find(const struct json_node *node,
				  const char *path)
{
	char *key = malloc(strlen(path) + 1);
	int error;

	if (!key)
		return NULL;
	/* A path may be one of something else than an object, too: the root. */
	node = strcmp(path, ".") == 0 ? node : follow_path(node, path, key);
	error = errno;
	free(key);
	errno = error;
	return node;
}

/* A path is written from its end. */
struct backwards {
	char *start, *at;
	bool full;
};

static void prepend(struct backwards *b, const char *text, size_t n)
{
	if (b->full || (size_t)(b->at - b->start) < n) {
		b->full = true;
		return;
	}
	b->at -= n;
	memcpy(b->at, text, n);
}

static bool is_plain_key(const char *key)
{
	return *key && !key[strspn(key, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-/")];
}

/* Nothing that is written is to be acted on by a terminal. */
static void prepend_quoted(struct backwards *b, const char *key)
{
	size_t n = strlen(key);

	prepend(b, "\"", 1);
	while (n-- > 0) {
		unsigned char c = (unsigned char)key[n];
		char hex[5];

		if (c < ' ' || c >= 0x7f) {
			(void)snprintf(hex, sizeof(hex), "\\x%02x", c);
			prepend(b, hex, 4);
			continue;
		}
		prepend(b, &key[n], 1);
		if (c == '"' || c == '\\')
			prepend(b, "\\", 1);
	}
	prepend(b, "\"", 1);
}

static void prepend_index(struct backwards *b, const struct json_node *node)
{
	const struct json_node *at = node->parent->first;
	char number[16];
	unsigned i = 0;

	for (; at != node; at = at->next)
		i++;
	prepend(b, number, (size_t)snprintf(number, sizeof(number), "%u", i));
}

const char *json_path(char buf[JSON_PATH_MAX], const struct json_node *node)
{
	struct backwards b = { .start = buf + 3,
			       .at = buf + JSON_PATH_MAX - 1 };

	*b.at = '\0';
	if (!node->parent)
		prepend(&b, ".", 1);
	for (; node->parent && !b.full; node = node->parent) {
		if (!node->key)
			prepend_index(&b, node);
		else if (is_plain_key(node->key))
			prepend(&b, node->key, strlen(node->key));
		else
			prepend_quoted(&b, node->key);
		if (node->parent->parent)
			prepend(&b, ".", 1);
	}
	if (b.full) {
		b.at -= 3;
		memcpy(b.at, "...", 3);
	}
	return b.at;
}

static int value_error(struct errmsg *e, int error,
		       const struct json_node *node, const char *text)
{
	(void)errmsg(e, 0, "%s: %s", JSON_PATH(node), text);
	errno = error;
	return -1;
}

int json_error(struct errmsg *e, const struct json_node *node,
	       const char *format, ...)
{
	char text[sizeof(e->what)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return value_error(e, EINVAL, node, text);
}

int json_want(const struct json_node *node, enum json_type type,
	      struct errmsg *e)
{
	static const char *const names[] = {
		[JSON_NULL] = "want null",
		[JSON_BOOL] = "want true or false",
		[JSON_NUMBER] = "want a number",
		[JSON_STRING] = "want a string",
		[JSON_ARRAY] = "want an array",
		[JSON_OBJECT] = "want an object",
	};

	return !node || node->type == type
		       ? 0
		       : value_error(e, EINVAL, node, names[type]);
}

/* Digits alone, with a '-' before them if it may be: 1.0 and 1e0 are none. */
static bool is_integer(const struct json_node *node, bool negative)
{
	const char *s = node->text;

	if (node->type != JSON_NUMBER)
		return false;
	s += negative && *s == '-';
	return *s && !s[strspn(s, "0123456789")];
}

static int not_within(const struct json_node *node, int error, const char *min,
		      const char *max, struct errmsg *e)
{
	(void)errmsg(e, 0, "%s: want an integer from %s to %s", JSON_PATH(node),
		     min, max);
	errno = error;
	return -1;
}

/* Room for a 64-bit number. */
#define NUMBER_MAX 24

int json_int(const struct json_node *node, int64_t min, int64_t max,
	     int64_t *out, struct errmsg *e)
{
	char low[NUMBER_MAX], high[NUMBER_MAX];
	int64_t value = 0;
	int error = 0;

	if (!node)
		return 0;
	if (!is_integer(node, true)) {
		error = EINVAL;
	} else {
		errno = 0;
		value = strtoll(node->text, NULL, 10);
		if (errno || value < min || value > max)
			error = ERANGE;
	}
	if (error == 0) {
		*out = value;
		return 0;
	}
	(void)snprintf(low, sizeof(low), "%" PRId64, min);
	(void)snprintf(high, sizeof(high), "%" PRId64, max);
	return not_within(node, error, low, high, e);
}

int json_uint(const struct json_node *node, uint64_t max, uint64_t *out,
	      struct errmsg *e)
{
	char high[NUMBER_MAX];
	uint64_t value = 0;
	int error = 0;

	if (!node)
		return 0;
	if (!is_integer(node, false)) {
		error = EINVAL;
	} else {
		errno = 0;
		value = strtoull(node->text, NULL, 10);
		if (errno || value > max)
			error = ERANGE;
	}
	if (error == 0) {
		*out = value;
		return 0;
	}
	(void)snprintf(high, sizeof(high), "%" PRIu64, max);
	return not_within(node, error, "0", high, e);
}

int json_bool(const struct json_node *node, bool *out, struct errmsg *e)
{
	if (json_want(node, JSON_BOOL, e) < 0)
		return -1;
	if (node)
		*out = node->truth;
	return 0;
}

int json_string(const struct json_node *node, const char **out,
		struct errmsg *e)
{
	if (json_want(node, JSON_STRING, e) < 0)
		return -1;
	if (node)
		*out = node->text;
	return 0;
}
