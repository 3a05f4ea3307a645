/* write - values and strings as JSON text */
#include <string.h>

#include "json/json.h"
#include "json/utf8.h"

/* \uNNNN for what a terminal would act on: C0, DEL and the C1 controls. */
static bool is_control(const char *s)
{
	return (unsigned char)*s < ' ' || *s == 0x7f ||
	       (s[0] == '\xc2' && (unsigned char)s[1] < 0xa0);
}

static size_t write_control(FILE *out, const char *s)
{
	static const char from[] = "\b\f\n\r\t", to[] = "bfnrt";
	const char *found = strchr(from, *s);

	if (found)
		(void)fprintf(out, "\\%c", to[found - from]);
	else
		(void)fprintf(out, "\\u%04x",
			      (unsigned char)(*s == '\xc2' ? s[1] : s[0]));
	return *s == '\xc2' ? 2 : 1;
}

static size_t write_character(FILE *out, const char *s)
{
	size_t n = utf8_length(s);

	if (n == 0) {
		(void)fputs("\xef\xbf\xbd", out);
		return 1;
	}
	if (is_control(s))
		return write_control(out, s);
	if (*s == '"' || *s == '\\')
		(void)fputc('\\', out);
	(void)fwrite(s, 1, n, out);
	return n;
}

void json_write_string(FILE *out, const char *text)
{
	(void)fputc('"', out);
	while (*text)
		text += write_character(out, text);
	(void)fputc('"', out);
}

static void write_start(FILE *out, const struct json_node *node)
{
	switch (node->type) {
	case JSON_NULL:
		(void)fputs("null", out);
		break;
	case JSON_BOOL:
		(void)fputs(node->truth ? "true" : "false", out);
		break;
	case JSON_NUMBER:
		(void)fputs(node->text, out);
		break;
	case JSON_STRING:
		json_write_string(out, node->text);
		break;
	case JSON_ARRAY:
		(void)fputc('[', out);
		break;
	case JSON_OBJECT:
		(void)fputc('{', out);
		break;
	}
}

static void write_end(FILE *out, const struct json_node *node)
{
	if (node->type == JSON_ARRAY || node->type == JSON_OBJECT)
		(void)fputc(node->type == JSON_ARRAY ? ']' : '}', out);
}

/* Down to the first element, else on to the next of the nearest container that
 * has one: without recursion. */
void json_write(FILE *out, const struct json_node *top)
{
	const struct json_node *node = top;

	for (;;) {
		if (node != top && node->key) {
			json_write_string(out, node->key);
			(void)fputc(':', out);
		}
		write_start(out, node);
		if (node->first) {
			node = node->first;
			continue;
		}
		write_end(out, node);
		for (; node != top && !node->next; write_end(out, node))
			node = node->parent;
		if (node == top)
			return;
		node = node->next;
		(void)fputc(',', out);
	}
}
