/* json - documents, and the paths into them */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "fuzz.h"
#include "json/json.h"

/* Written and read again it is the same. */
static char *written(const struct json_node *node, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	assert(out);
	json_write(out, node);
	assert(fclose(out) == 0);
	return text;
}

static void check_written(const struct json_node *root)
{
	size_t size, again_size;
	char *text = written(root, &size), *again;
	struct errmsg e;
	struct json *doc = json_parse(text, size, &e);

	assert(doc || errno == EFBIG);
	if (doc) {
		again = written(json_root(doc), &again_size);
		assert(size == again_size && memcmp(text, again, size) == 0);
		free(again);
	}
	json_free(doc);
	free(text);
}

static void check_typed(const struct json_node *node)
{
	struct errmsg e;
	int64_t i = 0;
	uint64_t u = 0;
	bool truth;
	const char *text = NULL;

	if (json_int(node, -5, 5, &i, &e) < 0)
		fuzz_fault(&e);
	assert(i >= -5 && i <= 5);
	if (json_uint(node, 5, &u, &e) < 0)
		fuzz_fault(&e);
	assert(u <= 5);
	if (json_bool(node, &truth, &e) < 0)
		fuzz_fault(&e);
	if (json_string(node, &text, &e) < 0)
		fuzz_fault(&e);
	else
		assert(text && fuzz_shown(JSON_PATH(node)));
}

/* Every value is where its parent says, and can be found. */
static void check_node(const struct json_node *node)
{
	const struct json_node *last = NULL;
	uint32_t n = 0;

	for (const struct json_node *c = node->first; c; c = c->next, n++) {
		assert(c->parent == node);
		assert(!c->key == (node->type == JSON_ARRAY));
		if (c->key)
			assert(json_member(node, c->key));
		last = c;
	}
	assert(n == node->n);
	if (last && last->key)
		assert(json_member(node, last->key) == last);
	else if (last)
		assert(json_at(node, n - 1) == last && !json_at(node, n));
	assert(strlen(JSON_PATH(node)) < JSON_PATH_MAX);
	check_typed(node);
}

static void check_nodes(const struct json_node *root)
{
	unsigned limit = 200;

	for (const struct json_node *n = root; n && limit > 0; limit--) {
		check_node(n);
		if (n->first) {
			n = n->first;
			continue;
		}
		while (n && !n->next)
			n = n->parent;
		if (n)
			n = n->next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz in = { data, data + size };
	char *path = fuzz_word(&in);
	struct errmsg e;
	struct json *doc = json_parse((const char *)in.at,
				      (size_t)(in.end - in.at), &e);

	if (!doc) {
		assert(errno == EINVAL || errno == EFBIG);
		fuzz_fault(&e);
	} else {
		check_nodes(json_root(doc));
		check_written(json_root(doc));
		if (!json_find(json_root(doc), path))
			assert(errno == ENOENT || errno == EINVAL);
		(void)json_get(json_root(doc), path);
		json_free(doc);
	}
	free(path);
	return 0;
}
