/* seccomp - a seccomp filter from a file */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "cred/seccomp.h"

/* BPF_MAXINSNS, linux/bpf_common.h. */
#define FILTER_MAX 4096

/* seccomp(2), Linux 3.17; linux/seccomp.h. */
#define FILTER_SET_MODE 1

/* struct sock_filter and struct sock_fprog, linux/filter.h. */
struct instruction {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct program {
	unsigned short n;
	const struct instruction *first;
};

/* With room for one more, by which a file that is too long is known. */
struct seccomp {
	unsigned short n;
	struct instruction code[FILTER_MAX + 1];
};

/* Fill in what there is to read; returns its length in bytes, or -1. */
static ssize_t fill(int fd, void *buf, size_t room)
{
	size_t used = 0;
	ssize_t n;

	while ((n = fd_read(fd, (char *)buf + used, room - used)) > 0)
		used += (size_t)n;
	return n < 0 ? -1 : (ssize_t)used;
}

static int read_into(struct seccomp *filter, const char *file, struct errmsg *f)
{
	autofd fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const size_t size = sizeof(*filter->code);
	ssize_t n;

	if (fd < 0)
		return errmsg(f, errno, "cannot open filter %s", Q(file));
	n = fill(fd, filter->code, sizeof(filter->code));
	if (n < 0)
		return errmsg(f, errno, "cannot read filter %s", Q(file));
	if (n == 0 || (size_t)n % size || (size_t)n / size > FILTER_MAX) {
		(void)errmsg(f, 0,
			     "cannot use filter %s: want 1 to %d whole "
			     "instructions of %d bytes",
			     Q(file), FILTER_MAX, (int)size);
		errno = EINVAL;
		return -1;
	}
	filter->n = (unsigned short)((size_t)n / size);
	return 0;
}

struct seccomp *seccomp_read(const char *file, struct errmsg *f)
{
	struct seccomp *filter = malloc(sizeof(*filter));
	int why;

	if (!filter) {
		(void)errmsg(f, errno, "cannot read filter %s", Q(file));
		return NULL;
	}
	if (read_into(filter, file, f) == 0)
		return filter;
	why = errno;
	free(filter);
	errno = why;
	return NULL;
}

int seccomp_load(const struct seccomp *filter)
{
	struct program program = { filter->n, filter->code };

	if (syscall(SYS_seccomp, FILTER_SET_MODE, 0, &program) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
	return prctl(PR_SET_SECCOMP, 2L, &program, 0L, 0L);
}
