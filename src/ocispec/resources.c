/* resources - linux.resources, as what is to be written to a cgroup's files */
#include <inttypes.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/text.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/resources.h"
#include "ocispec/schema.h"
#include "ocispec/shares.h"

#define CGROUP2_MAGIC 0x63677270 /* linux/magic.h */

struct reader {
	struct resources *out;
	struct report *r;
	bool v2, update;
};

bool resources_is_v2(void)
{
	struct statfs fs;

	return statfs("/sys/fs/cgroup", &fs) == 0 &&
	       (unsigned long)fs.f_type == CGROUP2_MAGIC;
}

/* One line; the controller is what the name of the file begins with. */
static void add_line(struct reader *in, const char *controller,
		     const char *file, const char *value)
{
	words_print(&in->out->lines, "%s%s%s %s", in->v2 ? "" : controller,
		    in->v2 ? "" : "/", file, value);
}

static const char *int_text(int64_t value)
{
	return words_format("%" PRId64, value);
}

static const char *uint_text(uint64_t value)
{
	return words_format("%" PRIu64, value);
}

/* A limit: -1 is none, which v2 has a word for. */
static const char *limit_text(const struct reader *in, int64_t value)
{
	return value < 0 && in->v2 ? "max" : int_text(value);
}

/* Is there such a field, and does it ask for anything? 0 and "" do not. */
static const struct json_node *asked_field(const struct json_node *object,
					   const char *name)
{
	const struct json_node *field = json_get(object, name);

	if (!field)
		return NULL;
	if (field->type == JSON_STRING)
		return *field->text ? field : NULL;
	if (field->type == JSON_BOOL)
		return field->truth ? field : NULL;
	if (field->type == JSON_NUMBER)
		return strcmp(field->text, "0") != 0 ? field : NULL;
	return field->n > 0 ? field : NULL;
}

/* A field that only one of the two versions has. */
static bool possible(struct reader *in, const struct json_node *field, bool v1,
		     bool v2)
{
	if (field && !(in->v2 ? v2 : v1))
		report_error(in->r, field, "cannot be had with cgroup v%d",
			     in->v2 ? 2 : 1);
	return field && (in->v2 ? v2 : v1);
}

/* Swap is counted together with memory in the spec and in v1, alone in v2. */
static void read_swap(struct reader *in, const struct json_node *memory)
{
	const struct json_node *swap = asked_field(memory, "swap");
	int64_t max = field_int(memory, "limit", in->out->memory), total;

	if (!swap)
		return;
	total = value_int(swap);
	if (total > 0 && max > 0 && total < max)
		report_error(in->r, swap, "is below the limit of memory");
	else if (total > 0 && max <= 0 && (in->v2 || !in->update || max < 0))
		report_error(in->r, swap, "needs a limit of memory");
	else if (in->v2)
		add_line(in, "memory", "memory.swap.max",
			 limit_text(in, total < 0 ? -1 : total - max));
	else
		add_line(in, "memory", "memory.memsw.limit_in_bytes",
			 int_text(total));
}

static void read_memory(struct reader *in, const struct json_node *memory)
{
	static const struct {
		const char *field, *v1, *v2;
	} limits[] = {
		{ "limit", "memory.limit_in_bytes", "memory.max" },
		{ "reservation", "memory.soft_limit_in_bytes", "memory.low" },
		{ "kernel", "memory.kmem.limit_in_bytes", NULL },
		{ "kernelTCP", "memory.kmem.tcp.limit_in_bytes", NULL },
	};
	const struct json_node *swappiness = json_get(memory, "swappiness"),
			       *oom = asked_field(memory, "disableOOMKiller"),
			       *tree = json_get(memory, "useHierarchy"),
			       *check = asked_field(memory,
						    "checkBeforeUpdate");

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		const struct json_node *f = asked_field(memory,
							limits[i].field);

		if (possible(in, f, true, limits[i].v2))
			add_line(in, "memory",
				 in->v2 ? limits[i].v2 : limits[i].v1,
				 limit_text(in, value_int(f)));
		/* The swap limit is never to be below that of memory. */
		if (i == 0)
			read_swap(in, memory);
	}
	if (possible(in, swappiness, true, false))
		add_line(in, "memory", "memory.swappiness",
			 int_text(value_int(swappiness)));
	if (possible(in, oom, true, false))
		add_line(in, "memory", "memory.oom_control", "1");
	/* All kernels of today count what is below. */
	if (tree && tree->type == JSON_BOOL && !tree->truth)
		report_error(in->r, tree, "cannot be turned off");
	/* v1 refuses to go below what is used by itself. */
	if (in->update)
		(void)possible(in, check, true, false);
}

/* v2 has both in one file, where the period may stay as it is: the quota is
 * written again. */
static void read_quota(struct reader *in, const struct json_node *cpu)
{
	const struct json_node *quota = asked_field(cpu, "quota"),
			       *period = asked_field(cpu, "period");

	if (in->v2 && (quota || period)) {
		const int64_t value = quota ? value_int(quota) : in->out->quota;
		const char *max = limit_text(in, value ? value : -1);

		add_line(in, "cpu", "cpu.max",
			 period ? words_format("%s %s", max, period->text)
				: max);
	}
	if (!in->v2 && period)
		add_line(in, "cpu", "cpu.cfs_period_us", period->text);
	if (!in->v2 && quota)
		add_line(in, "cpu", "cpu.cfs_quota_us", quota->text);
}

static void read_cpu(struct reader *in, const struct json_node *cpu)
{
	const struct json_node *shares = asked_field(cpu, "shares"),
			       *burst = json_get(cpu, "burst"),
			       *idle = json_get(cpu, "idle"),
			       *cpus = asked_field(cpu, "cpus"),
			       *mems = asked_field(cpu, "mems"),
			       *period = asked_field(cpu, "realtimePeriod"),
			       *runtime = asked_field(cpu, "realtimeRuntime");

	/* An idle group has no shares: they are set before. */
	if (shares && in->v2)
		add_line(
			in, "cpu", "cpu.weight",
			uint_text(shares_weight(field_uint(cpu, "shares", 0))));
	else if (shares)
		add_line(in, "cpu", "cpu.shares", shares->text);
	read_quota(in, cpu);
	if (burst)
		add_line(in, "cpu",
			 in->v2 ? "cpu.max.burst" : "cpu.cfs_burst_us",
			 uint_text(field_uint(cpu, "burst", 0)));
	if (idle)
		add_line(in, "cpu", "cpu.idle", int_text(value_int(idle)));
	if (possible(in, period, true, false))
		add_line(in, "cpu", "cpu.rt_period_us", period->text);
	if (possible(in, runtime, true, false))
		add_line(in, "cpu", "cpu.rt_runtime_us", runtime->text);
	if (cpus)
		add_line(in, "cpuset", "cpuset.cpus", value_string(cpus));
	if (mems)
		add_line(in, "cpuset", "cpuset.mems", value_string(mems));
}

static void read_pids(struct reader *in, const struct json_node *pids)
{
	const struct json_node *max = asked_field(pids, "limit");

	if (max)
		add_line(in, "pids", "pids.max",
			 value_int(max) < 0 ? "max" : max->text);
}

static void read_throttles(struct reader *in, const struct json_node *io)
{
	static const struct {
		const char *field, *v1, *v2;
	} kinds[] = {
		{ "throttleReadBpsDevice", "read_bps", "rbps" },
		{ "throttleWriteBpsDevice", "write_bps", "wbps" },
		{ "throttleReadIOPSDevice", "read_iops", "riops" },
		{ "throttleWriteIOPSDevice", "write_iops", "wiops" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct json_node *list = field_array(io, kinds[i].field);

		for (const struct json_node *t = list ? list->first : NULL; t;
		     t = t->next)
			add_line(in, in->v2 ? "io" : "blkio",
				 in->v2 ? "io.max"
					: words_format(
						  "blkio.throttle.%s_device",
						  kinds[i].v1),
				 words_format("%" PRIu64 ":%" PRIu64
					      " %s%s%" PRIu64,
					      field_uint(t, "major", 0),
					      field_uint(t, "minor", 0),
					      in->v2 ? kinds[i].v2 : "",
					      in->v2 ? "=" : "",
					      field_uint(t, "rate", 0)));
	}
}

/* Of the scheduler bfq, which is the one that has weights of devices. */
static void read_weights(struct reader *in, const struct json_node *io)
{
	const struct json_node *list = field_array(io, "weightDevice");

	for (const struct json_node *d = list ? list->first : NULL; d;
	     d = d->next) {
		const struct json_node *weight = asked_field(d, "weight");
		uint64_t w = field_uint(d, "weight", 0);

		(void)possible(in, asked_field(d, "leafWeight"), false, false);
		if (weight && w < 10)
			report_error(in->r, weight, "want 10 to 1000");
		else if (weight)
			add_line(in, in->v2 ? "io" : "blkio",
				 in->v2 ? "io.bfq.weight"
					: "blkio.bfq.weight_device",
				 words_format("%" PRIu64 ":%" PRIu64
					      " %" PRIu64,
					      field_uint(d, "major", 0),
					      field_uint(d, "minor", 0), w));
	}
}

static void read_io(struct reader *in, const struct json_node *io)
{
	const struct json_node *weight = asked_field(io, "weight");
	uint64_t w = field_uint(io, "weight", 0);

	(void)possible(in, asked_field(io, "leafWeight"), false, false);
	if (weight && (w < 10 || w > 1000))
		report_error(in->r, weight, "want 10 to 1000");
	else if (weight && in->v2)
		add_line(in, "io", "io.weight",
			 uint_text(1 + (w - 10) * 9999 / 990));
	else if (weight)
		add_line(in, "blkio", "blkio.bfq.weight", uint_text(w));
	read_weights(in, io);
	read_throttles(in, io);
}

/* "2MB": digits that do not begin with a 0, and a unit. */
static bool is_page_size(const char *size)
{
	size_t n = strspn(size, "0123456789");

	return n > 0 && *size != '0' && size[n] && strchr("KMG", size[n]) &&
	       strcmp(size + n + 1, "B") == 0;
}

static void read_hugepages(struct reader *in, const struct json_node *list)
{
	for (const struct json_node *h = list ? list->first : NULL; h;
	     h = h->next) {
		const char *size = field_string(h, "pageSize", "");

		if (!is_page_size(size))
			report_missing(
				in->r, h, "pageSize",
				words_format("no such size: %s", Q(size)));
		add_line(in, "hugetlb",
			 words_format("hugetlb.%s.%s", size,
				      in->v2 ? "max" : "limit_in_bytes"),
			 uint_text(field_uint(h, "limit", 0)));
	}
}

/* No byte of a name leads elsewhere, or to another line. */
static bool is_file(const char *name)
{
	return *name && *name != '.' && !strpbrk(name, "/ \n\t");
}

static void read_network(struct reader *in, const struct json_node *network)
{
	const struct json_node *class = asked_field(network, "classID"),
			       *list = asked_field(network, "priorities");

	if (possible(in, class, true, false))
		add_line(in, "net_cls", "net_cls.classid", class->text);
	if (!possible(in, list, true, false))
		return;
	for (const struct json_node *p = list->first; p; p = p->next) {
		const char *name = field_string(p, "name", "");

		if (!is_file(name))
			report_missing(
				in->r, p, "name",
				words_format("no interface: %s", Q(name)));
		add_line(in, "net_prio", "net_prio.ifpriomap",
			 words_format("%s %" PRIu64, name,
				      field_uint(p, "priority", 0)));
	}
}

static void read_rdma(struct reader *in, const struct json_node *rdma)
{
	for (const struct json_node *d = rdma ? rdma->first : NULL; d;
	     d = d->next) {
		const struct json_node *handles = json_get(d, "hcaHandles"),
				       *objects = json_get(d, "hcaObjects");

		if (!is_file(d->key))
			report_error(in->r, d, "is no device");
		add_line(in, "rdma", "rdma.max",
			 words_format("%s%s%s%s%s", d->key,
				      handles ? " hca_handle=" : "",
				      handles ? handles->text : "",
				      objects ? " hca_object=" : "",
				      objects ? objects->text : ""));
	}
}

/* Of several lines each is written by itself, as the kernel wants it. */
static void read_unified(struct reader *in, const struct json_node *unified)
{
	if (!unified || unified->n == 0)
		return;
	if (!in->v2) {
		report_error(in->r, unified,
			     "invalid configuration: cannot be had with "
			     "cgroup v1");
		return;
	}
	for (const struct json_node *f = unified->first; f; f = f->next) {
		const char *text = value_string(f), *dot = strchr(f->key, '.');
		size_t n;

		if (!is_file(f->key) || !dot) {
			report_error(in->r, f, "is no file of a cgroup");
			continue;
		}
		for (bool more = true; more; text += n + 1) {
			n = strcspn(text, "\n");
			more = text[n];
			if (n > 0)
				add_line(in,
					 words_format("%.*s",
						      (int)(dot - f->key),
						      f->key),
					 f->key,
					 words_format("%.*s", (int)n, text));
		}
	}
}

void resources_read_before(const struct json_node *resources,
			   struct resources *out)
{
	out->memory = field_int(json_get(resources, "memory"), "limit", 0);
	out->quota = field_int(json_get(resources, "cpu"), "quota", 0);
}

void resources_read(const struct json_node *resources, bool update,
		    struct resources *out, struct report *r)
{
	struct reader in = { out, r, out->v2, update };

	read_memory(&in, json_get(resources, "memory"));
	read_cpu(&in, json_get(resources, "cpu"));
	read_pids(&in, json_get(resources, "pids"));
	read_io(&in, json_get(resources, "blockIO"));
	read_hugepages(&in, field_array(resources, "hugepageLimits"));
	read_network(&in, json_get(resources, "network"));
	read_rdma(&in, json_get(resources, "rdma"));
	read_unified(&in, json_get(resources, "unified"));
	resources_read_devices(resources, update, out, r);
}
