/* example - a config.json to begin with */
#include <stdio.h>
#include <unistd.h>

#include "ocispec/example.h"

/* Printed as it is, or for one of the two kinds alone. */
static const struct line {
	enum { BOTH, ROOTFUL, ROOTLESS, MAPS } kind;
	const char *text;
} lines[] = {
	{ BOTH, "{\n"
		"\t\"ociVersion\": \"1.0.2\",\n"
		"\t\"process\": {\n"
		"\t\t\"terminal\": true,\n"
		"\t\t\"user\": { \"uid\": 0, \"gid\": 0 },\n"
		"\t\t\"args\": [ \"sh\" ],\n"
		"\t\t\"env\": [\n"
		"\t\t\t\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
		"/usr/bin:/sbin:/bin\",\n"
		"\t\t\t\"TERM=xterm\"\n"
		"\t\t],\n"
		"\t\t\"cwd\": \"/\",\n"
		"\t\t\"capabilities\": {\n" },
	{ BOTH, "\t\t\t\"bounding\": [ \"CAP_AUDIT_WRITE\", \"CAP_KILL\", "
		"\"CAP_NET_BIND_SERVICE\" ],\n"
		"\t\t\t\"effective\": [ \"CAP_AUDIT_WRITE\", \"CAP_KILL\", "
		"\"CAP_NET_BIND_SERVICE\" ],\n"
		"\t\t\t\"permitted\": [ \"CAP_AUDIT_WRITE\", \"CAP_KILL\", "
		"\"CAP_NET_BIND_SERVICE\" ]\n"
		"\t\t},\n"
		"\t\t\"rlimits\": [\n"
		"\t\t\t{ \"type\": \"RLIMIT_NOFILE\", \"hard\": 1024, "
		"\"soft\": 1024 }\n"
		"\t\t],\n"
		"\t\t\"noNewPrivileges\": true\n"
		"\t},\n"
		"\t\"root\": { \"path\": \"rootfs\", \"readonly\": true },\n"
		"\t\"hostname\": \"ptyrunc\",\n"
		"\t\"mounts\": [\n" },
	{ BOTH, "\t\t{ \"destination\": \"/proc\", \"type\": \"proc\", "
		"\"source\": \"proc\" },\n"
		"\t\t{ \"destination\": \"/dev\", \"type\": \"tmpfs\", "
		"\"source\": \"tmpfs\",\n"
		"\t\t  \"options\": [ \"nosuid\", \"strictatime\", "
		"\"mode=755\", \"size=65536k\" ] },\n"
		"\t\t{ \"destination\": \"/dev/pts\", \"type\": \"devpts\", "
		"\"source\": \"devpts\",\n"
		"\t\t  \"options\": [ \"nosuid\", \"noexec\", "
		"\"newinstance\", \"ptmxmode=0666\", \"mode=0620\"" },
	{ ROOTFUL, ", \"gid=5\"" },
	{ BOTH, " ] },\n"
		"\t\t{ \"destination\": \"/dev/shm\", \"type\": \"tmpfs\", "
		"\"source\": \"shm\",\n"
		"\t\t  \"options\": [ \"nosuid\", \"noexec\", \"nodev\", "
		"\"mode=1777\", \"size=65536k\" ] },\n"
		"\t\t{ \"destination\": \"/dev/mqueue\", \"type\": "
		"\"mqueue\", \"source\": \"mqueue\",\n"
		"\t\t  \"options\": [ \"nosuid\", \"noexec\", "
		"\"nodev\" ] },\n" },
	{ ROOTFUL, "\t\t{ \"destination\": \"/sys\", \"type\": \"sysfs\", "
		   "\"source\": \"sysfs\",\n"
		   "\t\t  \"options\": [ \"nosuid\", \"noexec\", \"nodev\", "
		   "\"ro\" ] },\n"
		   "\t\t{ \"destination\": \"/sys/fs/cgroup\", \"type\": "
		   "\"cgroup\", \"source\": \"cgroup\",\n"
		   "\t\t  \"options\": [ \"nosuid\", \"noexec\", \"nodev\", "
		   "\"relatime\", \"ro\" ] }\n" },
	/* A sysfs belongs to a network namespace, which is the host's. */
	{ ROOTLESS, "\t\t{ \"destination\": \"/sys\", \"type\": \"none\", "
		    "\"source\": \"/sys\",\n"
		    "\t\t  \"options\": [ \"rbind\", \"nosuid\", \"noexec\", "
		    "\"nodev\", \"ro\" ] }\n" },
	{ BOTH, "\t],\n"
		"\t\"linux\": {\n" },
	{ ROOTFUL, "\t\t\"resources\": {\n"
		   "\t\t\t\"devices\": [ { \"allow\": false, \"access\": "
		   "\"rwm\" } ]\n"
		   "\t\t},\n" },
	{ MAPS, NULL },
	{ BOTH, "\t\t\"namespaces\": [\n"
		"\t\t\t{ \"type\": \"pid\" },\n" },
	{ ROOTFUL, "\t\t\t{ \"type\": \"network\" },\n" },
	{ ROOTLESS, "\t\t\t{ \"type\": \"user\" },\n" },
	{ BOTH, "\t\t\t{ \"type\": \"ipc\" },\n"
		"\t\t\t{ \"type\": \"uts\" },\n"
		"\t\t\t{ \"type\": \"mount\" }\n"
		"\t\t],\n"
		"\t\t\"maskedPaths\": [\n"
		"\t\t\t\"/proc/acpi\", \"/proc/asound\", \"/proc/kcore\", "
		"\"/proc/keys\",\n"
		"\t\t\t\"/proc/latency_stats\", \"/proc/timer_list\", "
		"\"/proc/timer_stats\",\n"
		"\t\t\t\"/proc/sched_debug\", \"/sys/firmware\", "
		"\"/proc/scsi\"\n"
		"\t\t],\n"
		"\t\t\"readonlyPaths\": [\n"
		"\t\t\t\"/proc/bus\", \"/proc/fs\", \"/proc/irq\", "
		"\"/proc/sys\", \"/proc/sysrq-trigger\"\n"
		"\t\t]\n"
		"\t}\n"
		"}\n" },
};

static void print_maps(void)
{
	printf("\t\t\"uidMappings\": [\n"
	       "\t\t\t{ \"containerID\": 0, \"hostID\": %u, \"size\": 1 }\n"
	       "\t\t],\n"
	       "\t\t\"gidMappings\": [\n"
	       "\t\t\t{ \"containerID\": 0, \"hostID\": %u, \"size\": 1 }\n"
	       "\t\t],\n",
	       geteuid(), getegid());
}

void example_print(bool rootless)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct line *line = &lines[i];

		if (line->kind == MAPS && rootless)
			print_maps();
		else if (line->kind == BOTH ||
			 line->kind == (rootless ? ROOTLESS : ROOTFUL))
			(void)fputs(line->text, stdout);
	}
}
