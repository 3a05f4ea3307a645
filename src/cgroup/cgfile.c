/* cgfile - the small files of a cgroup */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cgroup/cgfile.h"

int cgfile_read(int dir, const char *name, char *text, size_t size)
{
	autofd fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n < 0 ? -1 : 0;
}

int cgfile_write(int dir, const char *name, const char *text)
{
	autofd fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	/* An empty value is a value: some files are emptied by it. */
	return fd_write(fd, *text ? text : "\n", *text ? strlen(text) : 1);
}
