/* privdump - what this process may do, as lines */
#include <limits.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "confine/privdump.h"
#include "cred/rlimit.h"
#include "proc/caps.h"

static void print_ids(FILE *out)
{
	uid_t r, e, s;

	/* Neither can fail: the addresses are good. */
	(void)getresuid(&r, &e, &s);
	(void)fprintf(out, "uid %u %u %u\n", r, e, s);
	(void)getresgid(&r, &e, &s);
	(void)fprintf(out, "gid %u %u %u\n", r, e, s);
}

static void print_groups(FILE *out)
{
	int n = getgroups(0, NULL);
	gid_t *groups = n > 0 ? calloc((size_t)n, sizeof(*groups)) : NULL;

	if (n > 0)
		n = groups ? getgroups(n, groups) : -1;
	(void)fprintf(out, "groups ");
	for (int i = 0; i < n; i++)
		(void)fprintf(out, "%s%u", i ? "," : "", groups[i]);
	(void)fprintf(out, "%s\n", n < 0 ? "unknown" : n == 0 ? "none" : "");
	free(groups);
}

static void print_caps(FILE *out)
{
	struct caps c;

	if (caps_get(&c, UINT64_MAX) < 0)
		return;
	(void)fprintf(out, "inheritable %s\n", CAPS_TEXT(c.inheritable));
	(void)fprintf(out, "permitted %s\n", CAPS_TEXT(c.permitted));
	(void)fprintf(out, "effective %s\n", CAPS_TEXT(c.effective));
	(void)fprintf(out, "bounding %s\n", CAPS_TEXT(c.bounding));
	(void)fprintf(out, "ambient %s\n", CAPS_TEXT(c.ambient));
}

static void print_number(FILE *out, const char *key, int value)
{
	if (value < 0)
		(void)fprintf(out, "%s unknown\n", key);
	else
		(void)fprintf(out, "%s %d\n", key, value);
}

/* A line stays one line, whatever the directory is called. */
static void print_cwd(FILE *out)
{
	char path[PATH_MAX] = "unknown";

	(void)!syscall(SYS_getcwd, path, sizeof(path));
	(void)fprintf(out, "cwd ");
	for (const unsigned char *c = (unsigned char *)path; *c; c++) {
		if (*c <= ' ' || *c == '\\' || *c > '~')
			(void)fprintf(out, "\\x%02x", *c);
		else
			(void)fputc(*c, out);
	}
	(void)fputc('\n', out);
}

static void print_oom(FILE *out)
{
	int score;

	if (rlimit_get_oom(&score) < 0)
		(void)fprintf(out, "oom-score-adj unknown\n");
	else
		(void)fprintf(out, "oom-score-adj %d\n", score);
}

static void print_limits(FILE *out)
{
	char soft[RLIMIT_TEXT_MAX], hard[RLIMIT_TEXT_MAX];
	struct rlimit limit;
	const char *name;
	int resource;

	for (int i = 0; (name = rlimit_name(i, &resource)); i++) {
		if (sys_getrlimit(resource, &limit) == 0)
			(void)fprintf(out, "rlimit %s %s %s\n", name,
				      rlimit_text(soft, limit.rlim_cur),
				      rlimit_text(hard, limit.rlim_max));
	}
}

void privdump_print(FILE *out)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	print_ids(out);
	print_groups(out);
	print_caps(out);
	print_number(out, "no-new-privs",
		     prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L));
	print_number(out, "seccomp", prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L));
	print_number(out, "securebits",
		     prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L));
	(void)fprintf(out, "umask %04o\n", (unsigned)mask);
	print_cwd(out);
	print_oom(out);
	print_limits(out);
}
