/* cgdevice - say which devices a cgroup may use */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "base/sys.h"
#include "base/text.h"
#include "cgroup/devcg1.h"
#include "cgroup/devcg2.h"
#include "cgroup/devrule.h"
#include "cli/applet.h"

/* CGROUP_SUPER_MAGIC of version 1, linux/magic.h. */
#define CGROUP1_MAGIC 0x27e0eb

struct args {
	const char *file;
};

static const struct opt opts[] = {
	OPT('f', file, "FILE",
	    "read rules from FILE, one a line; - is standard input"),
	OPT_END
};

static int set_devices(const char *name, const struct devrules *rules,
		       struct errmsg *e)
{
	autofd dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (dir < 0 || fstatfs(dir, &fs) < 0)
		return errmsg_q(e, errno, "cannot open cgroup %s", name);
	if (fs.f_type == SYS_CGROUP2_MAGIC)
		return devcg2_set(dir, name, rules, e);
	if (fs.f_type == CGROUP1_MAGIC)
		return devcg1_set(dir, name, rules, e);
	(void)errmsg_q(e, 0, "cannot use cgroup %s: it is no cgroup", name);
	errno = EINVAL;
	return -1;
}

static int run_cgdevice(const struct applet *self, char **argv)
{
	struct args a = { .file = NULL };
	char **operands = applet_args(self, argv, &a);
	struct devrules *rules = applet_alloc(1, sizeof(*rules));
	struct errmsg e;

	if (a.file && devrule_add_file(rules, a.file, &e) < 0)
		applet_fail(EXIT_CANCELED, &e);
	if (devrule_add_words(rules, operands + 1, &e) < 0)
		applet_fail(EXIT_CANCELED, &e);
	if (rules->n == 0 && a.file)
		applet_usage_q(self, "no rules in %s", a.file);
	if (rules->n == 0)
		applet_usage(self, "missing rules");
	if (set_devices(*operands, rules, &e) < 0)
		applet_fail(EXIT_CANCELED, &e);
	return 0;
}

static const char *const about[] = {
	"Sets which devices the processes of a cgroup may open and make. DIR is "
	"the directory of a cgroup of version 2, or of the devices controller "
	"of version 1.",
	"A RULE is allow or deny; a for all devices, b for block or c for "
	"character devices; MAJOR:MINOR, either of which may be * (default "
	"*:*); and the accesses that it is about, some of r (read), w (write) "
	"and m (mknod; default rwm). It may be one word or several. The last "
	"rule that is about a device and an access decides; before the first "
	"one, everything is allowed. What the cgroups above DIR do not allow "
	"stays forbidden.",
	"The rules replace those that an earlier cgdevice set. With version 2, "
	"they are a BPF program, and those that other tools attached stay. "
	"Version 1 has a default and exceptions from it: rules that would need "
	"an exception from an exception are an error, and the default cannot "
	"change once there are cgroups below DIR.",
	NULL
};

static const struct example examples[] = {
	{ "cgdevice /sys/fs/cgroup/box deny a allow c 1:3 rw allow c 1:9 r",
	  "nothing but /dev/null, and to read /dev/urandom" },
	{ "cgdevice /sys/fs/cgroup/box 'deny b' 'allow b 8:* r'",
	  "of block devices, only disks, and only to read" },
	{ "ocispec --devices config.json | cgdevice -f - DIR",
	  "those of an OCI container" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0", "the rules are set", "125",
	"cgdevice failed or was called wrongly; bad rules change nothing", NULL
};

const struct applet cgdevice_applet = {
	.name = "cgdevice",
	.brief = "set which devices a cgroup may use",
	.operands = "DIR [RULE]...",
	.least = 1,
	.most = -1,
	.opts = opts,
	.about = about,
	.examples = examples,
	.exits = exits,
	.see = "ocispec(1), bpf(2), mknod(2), cgroups(7)",
	.run = run_cgdevice,
};
