/* newfs - a file system made and mounted nowhere yet */
#include <errno.h>
#include <string.h>

#include "fd.h"
#include "newfs.h"
#include "sys.h"

#define OPTION_MAX 128

static int set_option(int fs, const char *option)
{
	const char *value = strchr(option, '=');
	char name[OPTION_MAX];
	size_t n;

	if (!value)
		return sys_fsconfig(fs, SYS_FSCONFIG_SET_FLAG, option, NULL, 0);
	n = (size_t)(value - option);
	if (n >= sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, option, n);
	name[n] = '\0';
	return sys_fsconfig(fs, SYS_FSCONFIG_SET_STRING, name, value + 1, 0);
}

int newfs(const char *type, const char *const *options, unsigned attributes)
{
	autofd fs = sys_fsopen(type, SYS_FSOPEN_CLOEXEC);

	if (fs < 0)
		return -1;
	for (; *options; options++) {
		if (set_option(fs, *options) < 0)
			return -1;
	}
	if (sys_fsconfig(fs, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(fs, SYS_FSMOUNT_CLOEXEC, attributes);
}
