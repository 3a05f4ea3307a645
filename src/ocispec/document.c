/* document - a JSON file that was named on the command line */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/text.h"
#include "json/json.h"
#include "ocispec/document.h"
#include "ocispec/words.h"

const struct json_node *document_read(const char *file)
{
	const bool input = strcmp(file, "-") == 0;
	int fd = input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	struct json *doc;
	struct errmsg e;

	if (fd < 0)
		err(EXIT_CANCELED, "cannot open %s", Q(file));
	doc = json_read(fd, &e);
	if (!input)
		fd_close(&fd);
	if (doc)
		return json_root(doc);
	if (e.error) {
		errno = e.error;
		err(EXIT_CANCELED, "cannot read %s", Q(file));
	}
	errx(EXIT_FAILURE, "cannot read %s: %s", Q(file), e.what);
}

const char *document_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? words_format("%.*s", (int)(slash + 1 - file), file) : "";
}
