/* schema - which fields a config.json has, and of which type they are */
#include <stdint.h>

#include "base/errmsg.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"

struct shape {
	enum {
		ANY,
		STRING,
		BOOL,
		INTEGER, /* min to max */
		NATURAL, /* 0 to most */
		ARRAY,	 /* of what of is */
		MAP,	 /* its values are what of is */
		OBJECT,	 /* of these fields */
	} type;
	union { /* what the type has of these */
		struct {
			int64_t min, max;
		};
		uint64_t most;
		const struct shape *of;
		const struct field *fields; /* ends in { NULL } */
	};
};

struct field {
	const char *name;
	const struct shape *shape;
};

#define SHAPE	    static const struct shape
#define FIELDS(...) ((const struct field[]){ __VA_ARGS__, { NULL, NULL } })
#define OBJECT_OF(...)                                                         \
	{                                                                      \
		.type = OBJECT, .fields = FIELDS(__VA_ARGS__)                  \
	}

SHAPE any = { .type = ANY };
SHAPE string = { .type = STRING };
SHAPE boolean = { .type = BOOL };
SHAPE int64 = { .type = INTEGER, .min = INT64_MIN, .max = INT64_MAX };
SHAPE int32 = { .type = INTEGER, .min = INT32_MIN, .max = INT32_MAX };
SHAPE limit = { .type = INTEGER, .min = -1, .max = INT64_MAX };
SHAPE uint64 = { .type = NATURAL, .most = UINT64_MAX };
SHAPE uint32 = { .type = NATURAL, .most = UINT32_MAX };
SHAPE uint16 = { .type = NATURAL, .most = UINT16_MAX };
/* The last one means "no change" in every call that takes an id. */
SHAPE id = { .type = NATURAL, .most = UINT32_MAX - 1 };
SHAPE mode = { .type = NATURAL, .most = UINT32_MAX };
SHAPE umask_bits = { .type = NATURAL, .most = 0777 };
SHAPE oom_score = { .type = INTEGER, .min = -1000, .max = 1000 };
SHAPE swappiness = { .type = NATURAL, .most = 100 };
SHAPE weight = { .type = NATURAL, .most = 1000 };
SHAPE nanoseconds = { .type = NATURAL, .most = 999999999 };
SHAPE device_number = { .type = INTEGER, .min = -1, .max = UINT32_MAX };
SHAPE strings = { .type = ARRAY, .of = &string };
SHAPE ids = { .type = ARRAY, .of = &id };
SHAPE string_map = { .type = MAP, .of = &string };

SHAPE console_size = OBJECT_OF({ "height", &uint16 }, { "width", &uint16 });
SHAPE user = OBJECT_OF({ "uid", &id }, { "gid", &id }, { "umask", &umask_bits },
		       { "additionalGids", &ids });
SHAPE capabilities = OBJECT_OF(
	{ "bounding", &strings }, { "effective", &strings },
	{ "inheritable", &strings }, { "permitted", &strings },
	{ "ambient", &strings });
SHAPE rlimit = OBJECT_OF({ "type", &string }, { "hard", &uint64 },
			 { "soft", &uint64 });
SHAPE rlimits = { .type = ARRAY, .of = &rlimit };
SHAPE scheduler = OBJECT_OF({ "policy", &string }, { "nice", &int32 },
			    { "priority", &int32 }, { "flags", &strings },
			    { "runtime", &uint64 }, { "deadline", &uint64 },
			    { "period", &uint64 });
SHAPE io_priority = OBJECT_OF({ "class", &string }, { "priority", &int32 });
SHAPE affinity = OBJECT_OF({ "initial", &string }, { "final", &string });
const struct shape schema_process = OBJECT_OF(
	{ "terminal", &boolean }, { "consoleSize", &console_size },
	{ "cwd", &string }, { "env", &strings }, { "args", &strings },
	{ "user", &user }, { "capabilities", &capabilities },
	{ "rlimits", &rlimits }, { "noNewPrivileges", &boolean },
	{ "apparmorProfile", &string }, { "oomScoreAdj", &oom_score },
	{ "selinuxLabel", &string }, { "scheduler", &scheduler },
	{ "ioPriority", &io_priority }, { "execCPUAffinity", &affinity });

SHAPE root = OBJECT_OF({ "path", &string }, { "readonly", &boolean });
SHAPE id_mapping = OBJECT_OF({ "containerID", &uint32 }, { "hostID", &uint32 },
			     { "size", &uint32 });
SHAPE id_mappings = { .type = ARRAY, .of = &id_mapping };
SHAPE mount = OBJECT_OF({ "destination", &string }, { "type", &string },
			{ "source", &string }, { "options", &strings },
			{ "uidMappings", &id_mappings },
			{ "gidMappings", &id_mappings });
SHAPE mounts = { .type = ARRAY, .of = &mount };
SHAPE hook = OBJECT_OF({ "path", &string }, { "args", &strings },
		       { "env", &strings }, { "timeout", &int64 });
SHAPE hook_list = { .type = ARRAY, .of = &hook };
SHAPE hooks = OBJECT_OF(
	{ "prestart", &hook_list }, { "createRuntime", &hook_list },
	{ "createContainer", &hook_list }, { "startContainer", &hook_list },
	{ "poststart", &hook_list }, { "poststop", &hook_list });

SHAPE namespace = OBJECT_OF({ "type", &string }, { "path", &string });
SHAPE namespaces = { .type = ARRAY, .of = &namespace };
SHAPE time_offset = OBJECT_OF({ "secs", &int64 }, { "nanosecs", &nanoseconds });
SHAPE time_offsets = { .type = MAP, .of = &time_offset };
SHAPE device = OBJECT_OF({ "type", &string }, { "path", &string },
			 { "major", &device_number },
			 { "minor", &device_number }, { "fileMode", &mode },
			 { "uid", &id }, { "gid", &id });
SHAPE devices = { .type = ARRAY, .of = &device };
SHAPE personality = OBJECT_OF({ "domain", &string }, { "flags", &strings });

SHAPE device_rule = OBJECT_OF(
	{ "allow", &boolean }, { "type", &string }, { "major", &device_number },
	{ "minor", &device_number }, { "access", &string });
SHAPE device_rules = { .type = ARRAY, .of = &device_rule };
SHAPE memory = OBJECT_OF(
	{ "limit", &limit }, { "reservation", &limit }, { "swap", &limit },
	{ "kernel", &limit }, { "kernelTCP", &limit },
	{ "swappiness", &swappiness }, { "disableOOMKiller", &boolean },
	{ "useHierarchy", &boolean }, { "checkBeforeUpdate", &boolean });
SHAPE cpu = OBJECT_OF({ "shares", &uint64 }, { "quota", &limit },
		      { "burst", &uint64 }, { "period", &uint64 },
		      { "realtimeRuntime", &limit },
		      { "realtimePeriod", &uint64 }, { "cpus", &string },
		      { "mems", &string }, { "idle", &int64 });
SHAPE pids = OBJECT_OF({ "limit", &int64 });
SHAPE weight_device = OBJECT_OF({ "major", &uint32 }, { "minor", &uint32 },
				{ "weight", &weight },
				{ "leafWeight", &weight });
SHAPE weight_devices = { .type = ARRAY, .of = &weight_device };
SHAPE throttle = OBJECT_OF({ "major", &uint32 }, { "minor", &uint32 },
			   { "rate", &uint64 });
SHAPE throttles = { .type = ARRAY, .of = &throttle };
SHAPE block_io = OBJECT_OF({ "weight", &weight }, { "leafWeight", &weight },
			   { "weightDevice", &weight_devices },
			   { "throttleReadBpsDevice", &throttles },
			   { "throttleWriteBpsDevice", &throttles },
			   { "throttleReadIOPSDevice", &throttles },
			   { "throttleWriteIOPSDevice", &throttles });
SHAPE hugepage_limit = OBJECT_OF({ "pageSize", &string }, { "limit", &uint64 });
SHAPE hugepage_limits = { .type = ARRAY, .of = &hugepage_limit };
SHAPE priority = OBJECT_OF({ "name", &string }, { "priority", &uint32 });
SHAPE priorities = { .type = ARRAY, .of = &priority };
SHAPE network = OBJECT_OF({ "classID", &uint32 },
			  { "priorities", &priorities });
SHAPE rdma_limit = OBJECT_OF({ "hcaHandles", &uint32 },
			     { "hcaObjects", &uint32 });
SHAPE rdma = { .type = MAP, .of = &rdma_limit };
const struct shape schema_resources = OBJECT_OF(
	{ "devices", &device_rules }, { "memory", &memory }, { "cpu", &cpu },
	{ "pids", &pids }, { "blockIO", &block_io },
	{ "hugepageLimits", &hugepage_limits }, { "network", &network },
	{ "rdma", &rdma }, { "unified", &string_map });

SHAPE seccomp_arg = OBJECT_OF({ "index", &uint32 }, { "value", &uint64 },
			      { "valueTwo", &uint64 }, { "op", &string });
SHAPE seccomp_args = { .type = ARRAY, .of = &seccomp_arg };
SHAPE seccomp_rule = OBJECT_OF({ "names", &strings }, { "action", &string },
			       { "errnoRet", &uint32 },
			       { "args", &seccomp_args });
SHAPE seccomp_rules = { .type = ARRAY, .of = &seccomp_rule };
SHAPE seccomp = OBJECT_OF(
	{ "defaultAction", &string }, { "defaultErrnoRet", &uint32 },
	{ "architectures", &strings }, { "flags", &strings },
	{ "listenerPath", &string }, { "listenerMetadata", &string },
	{ "syscalls", &seccomp_rules });

SHAPE linux_section = OBJECT_OF(
	{ "namespaces", &namespaces }, { "uidMappings", &id_mappings },
	{ "gidMappings", &id_mappings }, { "timeOffsets", &time_offsets },
	{ "devices", &devices }, { "netDevices", &any },
	{ "cgroupsPath", &string }, { "resources", &schema_resources },
	{ "intelRdt", &any }, { "memoryPolicy", &any },
	{ "sysctl", &string_map }, { "seccomp", &seccomp },
	{ "rootfsPropagation", &string }, { "maskedPaths", &strings },
	{ "readonlyPaths", &strings }, { "mountLabel", &string },
	{ "personality", &personality });
const struct shape schema_config = OBJECT_OF(
	{ "ociVersion", &string }, { "process", &schema_process },
	{ "root", &root }, { "hostname", &string }, { "domainname", &string },
	{ "mounts", &mounts }, { "hooks", &hooks },
	{ "annotations", &string_map }, { "linux", &linux_section });

static const struct field *find_field(const struct shape *shape,
				      const struct json_node *member)
{
	for (const struct field *f = shape->fields; f->name; f++)
		if (json_same_key(member->key, f->name))
			return f;
	return NULL;
}

static int check_shape(const struct json_node *node, const struct shape *shape,
		       struct errmsg *e)
{
	int64_t i;
	uint64_t u;

	switch (shape->type) {
	case ANY:
		return 0;
	case STRING:
		return json_want(node, JSON_STRING, e);
	case BOOL:
		return json_want(node, JSON_BOOL, e);
	case INTEGER:
		return json_int(node, shape->min, shape->max, &i, e);
	case NATURAL:
		return json_uint(node, shape->most, &u, e);
	case ARRAY:
		return json_want(node, JSON_ARRAY, e);
	default:
		return json_want(node, JSON_OBJECT, e);
	}
}

/* Recursion goes as deep as the schema, not as the input. */
void schema_check(const struct json_node *node, const struct shape *shape,
		  struct report *r)
{
	struct errmsg e;

	if (report_full(r))
		return;
	if (check_shape(node, shape, &e) < 0) {
		report_errmsg(r, &e);
		return;
	}
	if (shape->type == ANY)
		return;
	for (const struct json_node *m = node->first; m; m = m->next) {
		const struct field *f = NULL;

		if (shape->type == OBJECT) {
			f = find_field(shape, m);
			if (!f)
				report_unknown(r, m);
			/* A null is as if it were not there. */
			if (!f || m->type == JSON_NULL)
				continue;
		}
		schema_check(m, f ? f->shape : shape->of, r);
	}
}

const struct json_node *field_array(const struct json_node *object,
				    const char *name)
{
	const struct json_node *value = json_get(object, name);

	return value && value->type == JSON_ARRAY ? value : NULL;
}

const char *field_string(const struct json_node *object, const char *name,
			 const char *fallback)
{
	const struct json_node *value = json_get(object, name);

	return value && value->type == JSON_STRING ? value->text : fallback;
}

bool field_bool(const struct json_node *object, const char *name)
{
	const struct json_node *value = json_get(object, name);

	return value && value->type == JSON_BOOL && value->truth;
}

int64_t field_int(const struct json_node *object, const char *name,
		  int64_t fallback)
{
	struct errmsg e;

	(void)json_int(json_get(object, name), INT64_MIN, INT64_MAX, &fallback,
		       &e);
	return fallback;
}

uint64_t field_uint(const struct json_node *object, const char *name,
		    uint64_t fallback)
{
	struct errmsg e;

	(void)json_uint(json_get(object, name), UINT64_MAX, &fallback, &e);
	return fallback;
}

int64_t value_int(const struct json_node *value)
{
	struct errmsg e;
	int64_t number = 0;

	(void)json_int(value, INT64_MIN, INT64_MAX, &number, &e);
	return number;
}

const char *value_string(const struct json_node *value)
{
	return value->type == JSON_STRING ? value->text : "";
}
