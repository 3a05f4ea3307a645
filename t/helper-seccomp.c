/* helper-seccomp - compile a seccomp profile, and make system calls by number
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "helper.h"
#include "json/json.h"
#include "ocispec/seccomp.h"
#include "ocispec/seccomp_bpf.h"

static struct json *read_doc(const char *file)
{
	struct errmsg e;
	autofd fd = open(file, O_RDONLY | O_CLOEXEC);
	struct json *doc = fd < 0 ? NULL : json_read(fd, &e);

	if (!doc)
		errx(2, "cannot read %s: %s", file, fd < 0 ? "" : e.what);
	return doc;
}

/* The filter of a config.json, or of a profile alone, on stdout; its flags on
 * stderr. */
int helper_seccomp(char **argv)
{
	struct json *doc = read_doc(argv[1]);
	const struct json_node *root = json_root(doc);
	const struct json_node *linux_ = json_get(root, "linux");
	struct seccomp_prog prog;
	struct errmsg e;

	if (linux_)
		root = json_get(linux_, "seccomp");
	if (seccomp_compile(root, &prog, &e) < 0) {
		fprintf(stderr, "%s\n", e.what);
		return 1;
	}
	if (fd_write(STDOUT_FILENO, prog.insns, prog.n * sizeof(*prog.insns)) <
	    0)
		err(2, "cannot write");
	if (prog.flags)
		fprintf(stderr, "flags %u\n", prog.flags);
	free(prog.insns);
	json_free(doc);
	return 0;
}

/* Make a system call, and print what it returns, or its errno. */
int helper_call(char **argv)
{
	unsigned long a[6] = { 0 };
	long number = (long)strtoul(argv[1], NULL, 0), result;

	for (int i = 0; i < 6 && argv[2 + i]; i++)
		a[i] = strtoul(argv[2 + i], NULL, 0);
	result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (result < 0)
		printf("errno %d\n", errno);
	else
		printf("%ld\n", result);
	return 0;
}
