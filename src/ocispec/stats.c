/* stats - what the processes of a cgroup use, as JSON */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/wait.h"
#include "json/json.h"
#include "ns/cgroup.h"
#include "ocispec/resources.h"
#include "ocispec/stats.h"
#include "proc/procdir.h"

/* A file of a cgroup is a page or less, but memory.stat may be more. */
#define FILE_MAX 16384

/* The text of a file that one of the directories has; "" where none does. */
static const char *read_file(char *const *dirs, const char *name,
			     char text[FILE_MAX])
{
	*text = '\0';
	for (; *dirs; dirs++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", *dirs, name);
		autofd fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd_read_text(fd, text, FILE_MAX) > 0)
			break;
	}
	return text;
}

/* The number that a file is; no limit is the largest one. */
static bool read_counter(char *const *dirs, const char *name, uint64_t *out)
{
	char text[FILE_MAX];

	if (!*read_file(dirs, name, text))
		return false;
	*out = strncmp(text, "max", 3) == 0 ? UINT64_MAX
					    : strtoull(text, NULL, 10);
	return true;
}

/* The number in the line "KEY NUMBER" of a text. */
static bool stats_find_number(const char *text, const char *key, uint64_t *out)
{
	size_t n = strlen(key);

	while (text && *text) {
		if (strncmp(text, key, n) == 0 && text[n] == ' ') {
			*out = strtoull(text + n + 1, NULL, 10);
			return true;
		}
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return false;
}

/* The members of an object, with commas where they belong. */
struct members {
	const char *comma;
};

static void print_key(struct members *m, const char *key)
{
	printf("%s\"%s\":", m->comma, key);
	m->comma = ",";
}

static void print_member(struct members *m, const char *key, uint64_t value)
{
	print_key(m, key);
	printf("%" PRIu64, value);
}

/* A file of one of the two versions, as a number. */
static void print_file(struct members *m, char *const *dirs, const char *key,
		       const char *v1, const char *v2)
{
	uint64_t value;

	if ((v1 && read_counter(dirs, v1, &value)) ||
	    (v2 && read_counter(dirs, v2, &value)))
		print_member(m, key, value);
}

/* A line of a file of one of the two versions, in another unit. */
static void print_line(struct members *m, const char *text, const char *key,
		       const char *line, uint64_t unit)
{
	uint64_t value;

	if (stats_find_number(text, line, &value))
		print_member(m, key, value * unit);
}

static void print_pid_count(struct members *m, char *const *dirs)
{
	struct members own = { "" };

	print_key(m, "pids");
	putchar('{');
	print_file(&own, dirs, "current", "pids.current", NULL);
	print_file(&own, dirs, "limit", "pids.max", NULL);
	putchar('}');
}

/* Nanoseconds; v1 has them, or ticks of 10 ms, v2 microseconds. */
static void print_usage(char *const *dirs, const char *stat)
{
	struct members own = { "" };
	char text[FILE_MAX];
	uint64_t total;

	if (read_counter(dirs, "cpuacct.usage", &total))
		print_member(&own, "total", total);
	else
		print_line(&own, stat, "total", "usage_usec", 1000);
	if (*read_file(dirs, "cpuacct.usage_percpu", text)) {
		char *rest = text, *word;
		const char *comma = "";

		print_key(&own, "percpu");
		putchar('[');
		while ((word = strsep(&rest, " \n")))
			if (*word) {
				printf("%s%s", comma, word);
				comma = ",";
			}
		putchar(']');
	}
	(void)read_file(dirs, "cpuacct.stat", text);
	print_line(&own, *text ? text : stat, "kernel",
		   *text ? "system" : "system_usec", *text ? 10000000 : 1000);
	print_line(&own, *text ? text : stat, "user",
		   *text ? "user" : "user_usec", *text ? 10000000 : 1000);
}

static void print_cpu(struct members *m, char *const *dirs)
{
	struct members own = { "" };
	char stat[FILE_MAX];

	(void)read_file(dirs, "cpu.stat", stat);
	print_key(m, "cpu");
	printf("{\"usage\":{");
	print_usage(dirs, stat);
	printf("},\"throttling\":{");
	print_line(&own, stat, "periods", "nr_periods", 1);
	print_line(&own, stat, "throttledPeriods", "nr_throttled", 1);
	print_line(&own, stat, "throttledTime", "throttled_time", 1);
	print_line(&own, stat, "throttledTime", "throttled_usec", 1000);
	printf("}}");
}

/* A file of the memory controller, for which the versions have other words. */
static void print_memory_file(struct members *m, char *const *dirs,
			      const char *key, const char *v1,
			      const char *file1, const char *v2,
			      const char *file2)
{
	char name1[64], name2[64];

	(void)snprintf(name1, sizeof(name1), "memory.%s%s", v1, file1);
	(void)snprintf(name2, sizeof(name2), "memory.%s%s", v2, file2);
	print_file(m, dirs, key, name1, *file2 ? name2 : NULL);
}

static void print_entry(struct members *m, char *const *dirs, const char *key,
			const char *v1, const char *v2)
{
	struct members own = { "" };

	print_key(m, key);
	putchar('{');
	print_memory_file(&own, dirs, "limit", v1, "limit_in_bytes", v2, "max");
	print_memory_file(&own, dirs, "usage", v1, "usage_in_bytes", v2,
			  "current");
	print_memory_file(&own, dirs, "max", v1, "max_usage_in_bytes", v2,
			  "peak");
	print_memory_file(&own, dirs, "failcnt", v1, "failcnt", v2, "");
	putchar('}');
}

static void print_memory(struct members *m, char *const *dirs)
{
	struct members own = { "" }, raw = { "" };
	char stat[FILE_MAX], *rest = stat, *line;

	print_key(m, "memory");
	putchar('{');
	(void)read_file(dirs, "memory.stat", stat);
	print_line(&own, stat, "cache", "cache", 1);
	print_line(&own, stat, "cache", "file", 1);
	print_entry(&own, dirs, "usage", "", "");
	print_entry(&own, dirs, "swap", "memsw.", "swap.");
	print_key(&own, "raw");
	putchar('{');
	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' ');

		if (!value)
			continue;
		*value++ = '\0';
		print_member(&raw, line, strtoull(value, NULL, 10));
	}
	printf("}}");
}

void stats_print(const char *id, char *const *dirs)
{
	struct members data = { "" };

	printf("{\"type\":\"stats\",\"id\":");
	json_write_string(stdout, id);
	printf(",\"data\":{");
	print_cpu(&data, dirs);
	print_memory(&data, dirs);
	print_pid_count(&data, dirs);
	printf("}}\n");
}

char **stats_read_dirs(const char *file)
{
	char *rest = cgroups_read_list(file), *line, *dir;
	char **dirs = rest ? calloc(1, sizeof(*dirs)) : NULL;
	size_t n = 0;

	/* The names are in what was read, which is left to the exit. */
	while (dirs && (line = strsep(&rest, "\n"))) {
		dir = rest ? strstr(line, " /") : NULL;
		if (!dir)
			continue;
		dirs = realloc(dirs, (n + 2) * sizeof(*dirs));
		if (dirs) {
			dirs[n++] = dir + 1;
			dirs[n] = NULL;
		}
	}
	if (!dirs)
		err(EXIT_CANCELED, "cannot read %s", Q(file));
	return dirs;
}

/* What v1 has where there is no limit is a number that no machine has. */
#define NO_LIMIT (INT64_MAX >> 1)

void stats_read_before(char *const *dirs, struct resources *out)
{
	uint64_t value;

	if (read_counter(dirs, "memory.limit_in_bytes", &value) ||
	    read_counter(dirs, "memory.max", &value))
		out->memory = value > NO_LIMIT ? 0 : (int64_t)value;
	if (read_counter(dirs, "cpu.max", &value))
		out->quota = value > NO_LIMIT ? 0 : (int64_t)value;
}

/* The unit that a text begins with, in ms; 0 for none. */
static double parse_unit(const char **text)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = { { "ms", 1 }, { "s", 1e3 }, { "m", 6e4 }, { "h", 36e5 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*text, units[i].name, n) == 0) {
			*text += n;
			return units[i].ms;
		}
	}
	return 0;
}

/* Digits, with a fraction if need be; moves past them. A strtod(3) takes more
 * than these, and weighs 7 KiB. */
static double parse_decimal(const char **text)
{
	double number = 0, place = 1;
	bool fraction = false;

	for (; (**text >= '0' && **text <= '9') || (!fraction && **text == '.');
	     ++*text) {
		if (**text == '.') {
			fraction = true;
			continue;
		}
		number = number * 10 + (**text - '0');
		if (fraction)
			place *= 10;
	}
	return number / place;
}

/* As Go writes it, "1m30s"; a number alone is of seconds. */
static int parse_interval(const char *text, int *ms)
{
	double sum = 0;

	while (*text >= '0' && *text <= '9') {
		double number = parse_decimal(&text);
		double unit = parse_unit(&text);

		if (unit == 0 && (*text || sum > 0))
			return -1;
		sum += number * (unit > 0 ? unit : 1e3);
	}
	/* Digits without end come to no number at all. */
	if (*text || !(sum >= 1 && sum <= INT_MAX))
		return -1;
	*ms = (int)sum;
	return 0;
}

int stats_parse_end(const char *process, const char *interval,
		    struct stats_end *end)
{
	if (procdir_parse(process, &end->pid, &end->start) < 0 ||
	    end->start < 0)
		return -1;
	return parse_interval(interval, &end->ms);
}

/* That process and no other; -1: it has ended. */
static int open_process(const struct stats_end *end)
{
	autofd fd = sys_pidfd_open(end->pid, 0);
	autofd dir = procdir_open_started(end->pid, end->start);

	return fd < 0 || dir < 0 ? -1 : fd_take(&fd);
}

/* How many processes the kernel has killed for want of memory. */
static uint64_t count_oom(char *const *dirs)
{
	char text[FILE_MAX];
	uint64_t n = 0;

	if (*read_file(dirs, "memory.oom_control", text))
		(void)stats_find_number(text, "oom_kill", &n);
	else if (*read_file(dirs, "memory.events", text))
		(void)stats_find_number(text, "oom_kill", &n);
	return n;
}

/* The count only grows: less is a cgroup that is removed as it is looked at. */
static uint64_t print_oom(const char *id, char *const *dirs, uint64_t before)
{
	uint64_t n = count_oom(dirs);

	if (n <= before)
		return before;
	printf("{\"type\":\"oom\",\"id\":");
	json_write_string(stdout, id);
	printf("}\n");
	return n;
}

void stats_watch(const char *id, char *const *dirs, const struct stats_end *end)
{
	uint64_t kills = count_oom(dirs);
	autofd process = open_process(end);
	bool ended = process < 0;

	stats_print(id, dirs);
	while (!ended && fflush(stdout) == 0) {
		struct deadline next = { wait_until(end->ms), -1 };

		ended = wait_fd(&next, process, POLLIN) == 0 ||
			errno != ETIMEDOUT;
		kills = print_oom(id, dirs, kills);
		if (!ended)
			stats_print(id, dirs);
	}
}
