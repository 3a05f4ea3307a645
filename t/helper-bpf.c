/* helper-bpf - programs for devices that are not cgdevice's */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper.h"

/* linux/bpf.h: commands, the type of program and where it is attached. */
enum { LOAD = 5, ATTACH = 8, GET_FD = 13, INFO = 15, QUERY = 16 };
enum { CGROUP_DEVICE = 15, AT_DEVICE = 6 };

static long bpf(int command, void *attr, size_t size)
{
	return syscall(SYS_bpf, command, attr, size);
}

static uint32_t open_cgroup(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", dir);
	return (uint32_t)fd;
}

/* Attach one with FLAGS that forbids /dev/full and nothing else. */
int helper_bpf_attach(char **argv)
{
	/* r0 = minor; if (r0 == 7) return 0; return 1 */
	static const uint64_t code[] = {
		0x0000000000081061, 0x0000000700020055, 0x00000000000000b7,
		0x0000000000000095, 0x00000001000000b7, 0x0000000000000095,
	};
	struct {
		uint32_t type, n;
		uint64_t insns, license;
		uint32_t log_level, log_size;
		uint64_t log;
		uint32_t kernel, flags;
		char name[16];
	} load = { .type = CGROUP_DEVICE,
		   .license = (uintptr_t) "MIT",
		   .name = "other" };
	struct {
		uint32_t cgroup, program, type, flags;
	} attach = { open_cgroup(argv[1]), 0, AT_DEVICE,
		     (uint32_t)atoi(argv[2]) };
	long fd;

	load.insns = (uintptr_t)code;
	load.n = sizeof(code) / sizeof(*code);
	fd = bpf(LOAD, &load, sizeof(load));
	attach.program = (uint32_t)fd;
	if (fd < 0 || bpf(ATTACH, &attach, sizeof(attach)) < 0)
		err(1, "cannot attach");
	return 0;
}

/* Print the names of the programs that a cgroup has, one a line. */
int helper_bpf_list(char **argv)
{
	uint32_t id[64];
	struct {
		uint32_t cgroup, type, how, flags;
		uint64_t ids;
		uint32_t n;
	} query = { open_cgroup(argv[1]), AT_DEVICE, 0, 0, (uintptr_t)id, 64 };

	if (bpf(QUERY, &query, sizeof(query)) < 0)
		err(1, "cannot list");
	for (uint32_t i = 0; i < query.n; i++) {
		char info[80] = { 0 };
		struct {
			uint32_t fd, size;
			uint64_t info;
		} ask = { (uint32_t)bpf(GET_FD, &id[i], sizeof(id[i])),
			  sizeof(info), (uintptr_t)info };

		if (bpf(INFO, &ask, sizeof(ask)) < 0)
			err(1, "cannot ask");
		puts(info + 64);
	}
	return 0;
}
