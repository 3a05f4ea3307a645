/* stats - what the processes of a cgroup use, as JSON */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "json/json.h"
#include "ocispec/stats.h"
#include "ocispec/words.h"

/* A file of a cgroup is a page or less, but memory.stat may be more. */
#define FILE_MAX 16384

/* The text of a file that one of the directories has; "" where none does. */
static const char *read_file(char *const *dirs, const char *name,
			     char text[FILE_MAX])
{
	*text = '\0';
	for (; *dirs; dirs++) {
		autofd fd = open(words_format("%s/%s", *dirs, name),
				 O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : fd_read_all(fd, text, FILE_MAX - 1);

		text[n > 0 ? n : 0] = '\0';
		if (n > 0)
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

static void print_pids(struct members *m, char *const *dirs)
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

static void print_entry(struct members *m, char *const *dirs, const char *key,
			const char *v1, const char *v2)
{
	struct members own = { "" };

	print_key(m, key);
	putchar('{');
	print_file(&own, dirs, "limit",
		   words_format("memory.%slimit_in_bytes", v1),
		   words_format("memory.%smax", v2));
	print_file(&own, dirs, "usage",
		   words_format("memory.%susage_in_bytes", v1),
		   words_format("memory.%scurrent", v2));
	print_file(&own, dirs, "max",
		   words_format("memory.%smax_usage_in_bytes", v1),
		   words_format("memory.%speak", v2));
	print_file(&own, dirs, "failcnt", words_format("memory.%sfailcnt", v1),
		   NULL);
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
	print_pids(&data, dirs);
	printf("}}\n");
}
