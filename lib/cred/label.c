/* label - what a security module is to confine a command by */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/text.h"
#include "cred/label.h"
#include "proc/procdir.h"

/* In the /proc of a root that was entered: one that is none is refused. */
static int write_exec(const char *name, const char *text)
{
	autofd self = procdir_open(getpid(), NULL);
	autofd fd = self < 0 ? -1 : procdir_file(self, name, O_WRONLY);

	return fd < 0 ? -1 : fd_write(fd, text, strlen(text));
}

int label_apparmor(const char *profile, struct errmsg *f)
{
	char text[1024];
	int done = -1;

	errno = EINVAL;
	if (*profile && snprintf(text, sizeof(text), "exec %s", profile) <
				(int)sizeof(text))
		done = write_exec("attr/apparmor/exec", text);
	/* Before Linux 5.8, where it is the only module that has labels. */
	if (done < 0 && errno == ENOENT)
		done = write_exec("attr/exec", text);
	if (done < 0)
		return errmsg_q(f, errno, "cannot set AppArmor profile %s",
				profile);
	return 0;
}

int label_selinux(const char *context, struct errmsg *f)
{
	if (write_exec("attr/exec", context) < 0)
		return errmsg_q(f, errno, "cannot set SELinux label %s",
				context);
	return 0;
}
