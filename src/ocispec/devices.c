/* devices - linux.resources.devices, as rules of cgdevice(1) */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/resources.h"
#include "ocispec/schema.h"

/*
 * What every container may use, whatever its spec denies: the nodes that it
 * has, and mknod(2), which is a matter of capabilities. config-linux.md,
 * "Default Devices"; a runtime that forbids them breaks its own /dev.
 */
static const char *const defaults[] = {
	"allow c *:* m",   "allow b *:* m",	"allow c 1:3 rwm",
	"allow c 1:5 rwm", "allow c 1:7 rwm",	"allow c 1:8 rwm",
	"allow c 1:9 rwm", "allow c 5:0 rwm",	"allow c 5:1 rwm",
	"allow c 5:2 rwm", "allow c 136:* rwm",
};

static const char *device_number(const struct json_node *rule, const char *name)
{
	int64_t value = field_int(rule, name, -1);

	return value < 0 ? "*" : words_format("%" PRId64, value);
}

static void read_rule(const struct json_node *rule, struct words *rules,
		      struct report *r)
{
	const char *type = field_string(rule, "type", ""),
		   *access = field_string(rule, "access", ""),
		   *verb = field_bool(rule, "allow") ? "allow" : "deny",
		   *major = device_number(rule, "major"),
		   *minor = device_number(rule, "minor");
	const bool all = !*type || strcmp(type, "a") == 0;

	if (!all && strcmp(type, "b") != 0 && strcmp(type, "c") != 0)
		report_missing(r, rule, "type",
			       words_format("want a, b or c, not %s", Q(type)));
	if (access[strspn(access, "rwm")])
		report_missing(
			r, rule, "access",
			words_format("want some of rwm, not %s", Q(access)));
	if (all && (*major != '*' || *minor != '*'))
		report_error(r, rule, "a rule for all types has no numbers");
	words_print(rules, "%s %s %s:%s %s", verb, all ? "a" : type, major,
		    minor, *access ? access : "rwm");
}

void resources_read_devices(const struct json_node *resources, bool update,
			    struct resources *out, struct report *r)
{
	const struct json_node *list = field_array(resources, "devices");

	if (update && !list)
		return;
	words_add(&out->devices, "deny a *:* rwm");
	for (const struct json_node *rule = list ? list->first : NULL; rule;
	     rule = rule->next)
		read_rule(rule, &out->devices, r);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		words_add(&out->devices, defaults[i]);
}
