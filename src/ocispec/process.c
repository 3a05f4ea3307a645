/* process - the ids of the process, and what it may do */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "base/text.h"
#include "cli/opt.h"
#include "cred/rlimit.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"
#include "proc/caps.h"

const struct json_node *spec_inherited(const struct spec *s, const char *name)
{
	const struct json_node *field = json_get(s->process, name);

	return field ? field : json_get(s->init, name);
}

bool spec_terminal(const struct spec *s)
{
	/* With a command line of its own, it is that which asks for one. */
	if (s->exec && (s->exec->tty || s->exec->args))
		return s->exec->tty;
	return field_bool(s->process, "terminal");
}

static void set_terminal(struct spec *s)
{
	const struct json_node *size = json_get(s->process, "consoleSize");
	uint64_t rows = field_uint(size, "height", 0),
		 columns = field_uint(size, "width", 0);

	if (!spec_terminal(s))
		words_add(&s->ptyfork, "--no-tty");
	else if (rows > 0 && columns > 0)
		words_option(&s->ptyfork, "--size", "%" PRIu64 "x%" PRIu64,
			     rows, columns);
}

/* How many things are compared with each other. */
#define FEW 1000

static bool listed(const struct json_node *list, const struct json_node *end,
		   int64_t value)
{
	for (const struct json_node *v = list->first; v != end; v = v->next)
		if (value_int(v) == value)
			return true;
	return false;
}

/*
 * A user namespace whose ids an unprivileged user has mapped lets no process
 * change groups, user_namespaces(7): there is one, or one will be made.
 */
static bool groups_denied(const struct spec *s)
{
	autofd fd = open(
		s->exec ? words_format("/proc/%d/setgroups", s->exec->pid)
			: "/proc/self/setgroups",
		O_RDONLY | O_CLOEXEC);
	char word[5];

	if (fd >= 0 && fd_read(fd, word, 4) == 4 &&
	    memcmp(word, "deny", 4) == 0)
		return true;
	return geteuid() != 0 && s->ns[SPEC_USER].is == NS_NEW;
}

/* The caller's groups, as crun reads it and podman writes it for
 * --group-add keep-groups, beside those that the user has in the image. */
static bool groups_kept(const struct spec *s)
{
	return strcmp(field_string(json_get(s->config, "annotations"),
				   "run.oci.keep_original_groups", ""),
		      "1") == 0;
}

/* The group of the process is had already: a user that its image lists in its
 * own group has it here as well. */
static void keep_groups(struct spec *s, const struct json_node *more)
{
	const uint64_t own = spec_id(s, "gid");

	for (const struct json_node *g = more ? more->first : NULL; g;
	     g = g->next) {
		if ((uint64_t)value_int(g) == own)
			continue;
		report_error(s->report, more,
			     "no groups can be set in this user namespace");
		break;
	}
	words_add(&s->confine, "--keep-groups");
}

static void add_groups(struct spec *s, const struct json_node *user)
{
	const struct json_node *more = field_array(user, "additionalGids");
	struct words groups = { 0 };

	if (!s->exec && groups_kept(s)) {
		words_add(&s->confine, "--keep-groups");
		return;
	}
	if (groups_denied(s)) {
		keep_groups(s, more);
		return;
	}
	/* The kernel takes a group twice: where there are very many, it does.
	 */
	for (const struct json_node *g = more ? more->first : NULL; g;
	     g = g->next)
		if (more->n > FEW || !listed(more, g, value_int(g)))
			words_print(&groups, "%" PRId64, value_int(g));
	if (s->exec && s->exec->groups)
		words_add(&groups, s->exec->groups);
	if (groups.n > 0)
		words_add2(&s->confine, "--groups", words_join(&groups, ','));
	else
		words_add(&s->confine, "--clear-groups");
}

uint64_t spec_id(const struct spec *s, const char *name)
{
	const struct json_node *user = json_get(s->process, "user");
	const char *word = !s->exec		      ? NULL
			   : strcmp(name, "uid") == 0 ? s->exec->uid
						      : s->exec->gid;

	return word ? strtoul(word, NULL, 10) : field_uint(user, name, 0);
}

static void set_user(struct spec *s)
{
	const struct json_node *user = json_get(s->process, "user"),
			       *umask = json_get(user, "umask");

	if (!umask)
		umask = json_get(json_get(s->init, "user"), "umask");
	words_option(&s->confine, "--reuid", "%" PRIu64, spec_id(s, "uid"));
	words_option(&s->confine, "--regid", "%" PRIu64, spec_id(s, "gid"));
	add_groups(s, user);
	words_option(&s->confine, "--umask", "%04o",
		     umask ? (unsigned)value_int(umask) : 022U);
}

/* "CAP_KILL" as its number, or -1: in upper case, as the spec has it. */
static int cap_number(const char *word)
{
	const char *name;

	if (strncmp(word, "CAP_", 4) != 0)
		return -1;
	for (int i = 0; (name = caps_name(i)); i++) {
		const char *c = word + 4;

		for (; *c && !islower(*c) && tolower(*c) == *name; c++)
			name++;
		if (!*c && !*name)
			return i;
	}
	return -1;
}

/* The sets of the spec while they are read. */
struct cap_reader {
	struct spec *s;
	uint64_t known;	   /* to this kernel */
	struct words said; /* what was warned of */
};

static void warn_once(struct cap_reader *r, const struct json_node *cap)
{
	if (report_full(r->s->report))
		return;
	for (size_t i = 0; i < r->said.n; i++)
		if (strcmp(r->said.v[i], value_string(cap)) == 0)
			return;
	words_add(&r->said, value_string(cap));
	report_warning(r->s->report, cap, "unknown capability %s",
		       Q(value_string(cap)));
}

/* The set of that name. What this kernel does not have is left out, and said
 * once, for the first set that it is in. */
static uint64_t read_caps(struct cap_reader *r, const char *name)
{
	const struct json_node *list = field_array(
		spec_inherited(r->s, "capabilities"), name);
	uint64_t set = 0;

	for (const struct json_node *c = list ? list->first : NULL; c;
	     c = c->next) {
		int n = cap_number(value_string(c));

		if (n >= 0 && (r->known & 1ULL << n))
			set |= 1ULL << n;
		else
			warn_once(r, c);
	}
	return set;
}

/* Those of the command line. */
static uint64_t added_caps(struct spec *s)
{
	const struct strlist *caps = s->exec ? s->exec->caps : NULL;
	uint64_t set = 0, one;
	struct errmsg e;

	for (int i = 0; caps && i < caps->n; i++) {
		/* Of the sets of the spec, such a one is a warning too. */
		if (caps_parse(caps->v[i], 0, &one, &e) < 0)
			warnx("warning: --cap: %s", e.what);
		else
			set |= one;
	}
	return set;
}

static void check_subset(struct spec *s, const char *name, uint64_t set,
			 const char *of, uint64_t whole)
{
	if (set & ~whole)
		report_missing(s->report, spec_inherited(s, "capabilities"),
			       name,
			       words_format("%s is not in %s",
					    CAPS_TEXT(set & ~whole), of));
}

/*
 * An exec makes the permitted and effective sets of root from the bounding and
 * the inheritable one, those of others from the ambient one: so the words need
 * but these three.
 */
static void set_capabilities(struct spec *s)
{
	struct cap_reader r = { .s = s, .known = caps_known() };
	uint64_t bounding = read_caps(&r, "bounding"),
		 effective = read_caps(&r, "effective"),
		 permitted = read_caps(&r, "permitted"),
		 inheritable = read_caps(&r, "inheritable"),
		 ambient = read_caps(&r, "ambient"), added = added_caps(s);
	const uint64_t can = ambient & permitted & inheritable;

	bounding |= added;
	check_subset(s, "effective", effective, "permitted", permitted);
	check_subset(s, "inheritable", inheritable, "bounding", bounding);
	/* The kernel raises no other ones; for root they change nothing. Some
	 * callers always ask for them. */
	if (can != ambient && s->check && spec_id(s, "uid") != 0)
		report_warning(
			s->report,
			field_array(spec_inherited(s, "capabilities"),
				    "ambient"),
			"%s is not in permitted and inheritable, and not set",
			CAPS_TEXT(ambient & ~can));
	words_option(&s->confine, "--bounding-set", "%s", CAPS_TEXT(bounding));
	words_option(&s->confine, "--inh-caps", "%s", CAPS_TEXT(inheritable));
	words_option(&s->confine, "--ambient-caps", "%s", CAPS_TEXT(can));
	if (field_bool(s->process, "noNewPrivileges") ||
	    (s->exec && s->exec->no_new_privs))
		words_add(&s->confine, "--no-new-privs");
}

/* "RLIMIT_NOFILE" as "nofile", or NULL. */
static const char *process_rlimit_name(const char *type)
{
	const char *name;
	int resource;

	if (strncmp(type, "RLIMIT_", 7) != 0)
		return NULL;
	for (int i = 0; (name = rlimit_name(i, &resource)); i++) {
		const char *c = type + 7, *n = name;

		while (*n && isupper(*c) && tolower(*c) == *n) {
			c++;
			n++;
		}
		if (!*c && !*n)
			return name;
	}
	return NULL;
}

static bool limited_before(const struct json_node *list,
			   const struct json_node *end, const char *type)
{
	for (const struct json_node *l = list->first; l != end; l = l->next)
		if (strcmp(field_string(l, "type", ""), type) == 0)
			return true;
	return false;
}

static void set_limit(struct spec *s, const struct json_node *list,
		      const struct json_node *l)
{
	const char *type = field_string(l, "type", ""),
		   *name = process_rlimit_name(type);
	uint64_t soft = field_uint(l, "soft", 0),
		 hard = field_uint(l, "hard", 0);
	char a[RLIMIT_TEXT_MAX], b[RLIMIT_TEXT_MAX];

	if (!name)
		report_missing(s->report, l, "type",
			       words_format("no such limit: %s", Q(type)));
	else if (limited_before(list, l, type))
		report_error(s->report, l, "a second %s", type);
	if (!json_get(l, "soft") || !json_get(l, "hard"))
		report_error(s->report, l, "want soft and hard");
	else if (soft > hard)
		report_missing(s->report, l, "soft", "is above the hard limit");
	if (name)
		words_option(&s->confine, "--rlimit", "%s=%s:%s", name,
			     rlimit_text(a, soft), rlimit_text(b, hard));
}

static void set_limits(struct spec *s)
{
	const struct json_node *list = field_array(s->process, "rlimits"),
			       *oom = spec_inherited(s, "oomScoreAdj");

	for (const struct json_node *l = list ? list->first : NULL;
	     l && !report_full(s->report); l = l->next)
		set_limit(s, list, l);
	if (oom)
		words_option(&s->confine, "--oom-score-adj", "%" PRId64,
			     value_int(oom));
}

static void set_label(struct spec *s, const char *field, const char *word,
		      const char *option)
{
	const struct json_node *label = spec_inherited(s, field);

	if (!word && label)
		word = value_string(label);
	if (word && *word)
		words_add2(&s->confine, option, word);
}

static void set_labels(struct spec *s)
{
	const struct spec_exec *e = s->exec;

	set_label(s, "apparmorProfile", e ? e->apparmor : NULL,
		  "--apparmor-profile");
	set_label(s, "selinuxLabel", e ? e->selinux : NULL, "--selinux-label");
}

static void set_privileges(struct spec *s)
{
	set_user(s);
	set_capabilities(s);
	set_limits(s);
	set_labels(s);
}

void process_privileges(const struct spec *s, struct words *w)
{
	struct report said = { 0 };
	struct spec again = { .process = s->process, .report = &said };

	set_privileges(&again);
	for (size_t i = 0; i < again.confine.n; i++)
		words_add(w, again.confine.v[i]);
}

static void environment_words(struct spec *s)
{
	const struct json_node *env = field_array(s->process, "env");
	const struct strlist *more = s->exec ? s->exec->env : NULL;

	words_add(&s->confine, "--clear-env");
	for (const struct json_node *v = env ? env->first : NULL; v;
	     v = v->next) {
		const char *word = value_string(v);

		if (!strchr(word, '=') || *word == '=')
			report_error(s->report, v, "want NAME=VALUE, not %s",
				     Q(word));
		words_add2(&s->confine, "--env", word);
	}
	for (int i = 0; more && i < more->n; i++)
		words_add2(&s->confine, "--env", more->v[i]);
	if (s->listen_fds > 0) {
		words_option(&s->confine, "--env", "LISTEN_FDS=%d",
			     s->listen_fds);
		words_add2(&s->confine, "--env", "LISTEN_PID=1");
	}
	words_add(&s->confine, "--home");
}

static void set_directory(struct spec *s)
{
	const struct json_node *field = spec_inherited(s, "cwd");
	const char *cwd = s->exec && s->exec->cwd ? s->exec->cwd
			  : field		  ? value_string(field)
						  : "";

	if (*cwd != '/')
		report_missing(s->report, s->process, "cwd",
			       "want an absolute path");
	words_add2(&s->confine, "--chdir", cwd);
	if (!s->exec)
		words_add(&s->confine, "--make-dir");
}

static void set_command(struct spec *s)
{
	const struct json_node *args = field_array(s->process, "args");

	/* The names of our tools mean nothing in a container. */
	words_add(&s->confine, "--no-tools");
	words_add(&s->confine, "--no-default-path");
	if (s->exec && s->exec->args) {
		for (char *const *a = s->exec->args; *a; a++)
			words_add(&s->command, *a);
		return;
	}
	if (!args || args->n == 0 || !*value_string(args->first))
		report_missing(s->report, s->process, "args", "want a command");
	for (const struct json_node *a = args ? args->first : NULL; a;
	     a = a->next)
		words_add(&s->command, value_string(a));
}

void process_words(struct spec *s)
{
	if (!s->process || s->process->type != JSON_OBJECT) {
		report_missing(s->report, s->config, "process",
			       "want a process");
		return;
	}
	set_terminal(s);
	set_privileges(s);
	environment_words(s);
	set_directory(s);
	set_command(s);
	scheduling_words(s);
	if (s->hold >= 0)
		words_option(&s->confine, "--hold", "%d", s->hold);
	if (s->preserve_fds >= 0) {
		words_option(&s->ptyfork, "--preserve-fds", "%d",
			     s->preserve_fds);
		words_option(&s->confine, "--preserve-fds", "%d",
			     s->preserve_fds);
	}
}
