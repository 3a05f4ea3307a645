/* seccomp - a seccomp filter from a file */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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

static int error_seccomp(int why)
{
	errno = why;
	return -1;
}

/* With room for one more, by which a file that is too long is known. */
struct seccomp {
	unsigned flags;
	unsigned short n;
	struct instruction code[FILTER_MAX + 1];
};

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* RFC 4648, with its padding; returns the length in bytes, or -1. */
static ssize_t decode(const char *text, unsigned char *buf, size_t room)
{
	size_t length = strlen(text), used = 0, pad = 0;
	unsigned bits = 0;

	while (pad < 2 && pad < length && text[length - pad - 1] == '=')
		pad++;
	for (size_t i = 0; i < length - pad; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			return error_seccomp(EINVAL);
		bits = bits << 6 | (unsigned)digit;
		if (i % 4 == 0)
			continue;
		if (used == room)
			break;
		buf[used++] = (unsigned char)(bits >> (6 - i % 4 * 2));
	}
	return length % 4 ? error_seccomp(EINVAL) : (ssize_t)used;
}

static int open_code(const char *word)
{
	int n;

	if (strncmp(word, "fd:", 3) != 0)
		return open(word, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (text_int(word + 3, 0, INT_MAX, &n) < 0)
		return -1;
	/* One of a tool before would be ours to read, and may never end. */
	return fd_passed(n) ? fd_above(n, 3) : error_seccomp(EBADF);
}

static int read_into(struct seccomp *filter, const char *file, struct errmsg *f)
{
	const bool here = strncmp(file, "data:", 5) == 0;
	const size_t size = sizeof(*filter->code);
	autofd fd = here ? -1 : open_code(file);
	ssize_t n;

	if (!here && fd < 0)
		return errmsg_q(f, errno, "cannot open filter %s", file);
	if (here)
		n = decode(file + 5, (unsigned char *)filter->code,
			   sizeof(filter->code));
	else
		n = fd_read_all(fd, filter->code, sizeof(filter->code));
	if (n < 0)
		return errmsg_q(f, errno, "cannot read filter %s", file);
	if (n == 0 || (size_t)n % size || (size_t)n / size > FILTER_MAX) {
		(void)errmsg_q(f, 0,
			       "cannot use filter %s: want 1 to %d whole "
			       "instructions of %d bytes",
			       file, FILTER_MAX, (int)size);
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

	if (filter)
		filter->flags = 0;
	if (!filter) {
		(void)errmsg_q(f, errno, "cannot read filter %s", file);
		return NULL;
	}
	if (read_into(filter, file, f) == 0)
		return filter;
	why = errno;
	free(filter);
	errno = why;
	return NULL;
}

int seccomp_flags(struct seccomp *filter, const char *list)
{
	/* linux/seccomp.h */
	static const struct {
		const char *name;
		unsigned flag;
	} known[] = { { "tsync", 1 }, { "log", 2 }, { "spec-allow", 4 } };
	unsigned flags = 0;

	for (const char *at = list; *at; at += *at == ',') {
		size_t length = strcspn(at, ","), i = 0;

		while (i < 3 && (strlen(known[i].name) != length ||
				 strncmp(at, known[i].name, length) != 0))
			i++;
		if (i == 3)
			return error_seccomp(EINVAL);
		flags |= known[i].flag;
		at += length;
	}
	filter->flags = flags;
	return 0;
}

int seccomp_load(const struct seccomp *filter)
{
	struct program program = { filter->n, filter->code };

	if (syscall(SYS_seccomp, FILTER_SET_MODE, filter->flags, &program) == 0)
		return 0;
	if (errno != ENOSYS || filter->flags)
		return -1;
	return prctl(PR_SET_SECCOMP, 2L, &program, 0L, 0L);
}
