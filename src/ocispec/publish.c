/* publish - put a file into its place at once and whole */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/fd.h"
#include "base/text.h"
#include "ocispec/publish.h"
#include "ocispec/words.h"

void publish_file(const char *file, const char *data, size_t size)
{
	const char *beside = words_format("%s.%ld", file, (long)getpid());
	int fd, error;

	if (strcmp(file, "-") == 0) {
		(void)fwrite(data, 1, size, stdout);
		return;
	}
	if (fd_replaceable(file) < 0)
		errx(EXIT_CANCELED, "cannot write %s: it is no regular file",
		     Q(file));
	/* What has that name is of a process that had this one's number. */
	(void)unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && fd_write(fd, data, size) == 0 && close(fd) == 0 &&
	    rename(beside, file) == 0)
		return;
	error = errno;
	if (fd >= 0)
		(void)unlink(beside);
	errno = error;
	err(EXIT_CANCELED, "cannot write %s", Q(file));
}
