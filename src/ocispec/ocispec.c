/* ocispec - an OCI config.json as the command line that it means */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "cli/applet.h"
#include "json/json.h"
#include "ocispec/document.h"
#include "ocispec/example.h"
#include "ocispec/execwords.h"
#include "ocispec/hooks.h"
#include "ocispec/limits.h"
#include "ocispec/logline.h"
#include "ocispec/plan.h"
#include "ocispec/publish.h"
#include "ocispec/report.h"
#include "ocispec/resources.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"
#include "ocispec/stats.h"

struct args {
	const char *bundle;
	const char *cgroup;
	const char *cgroup_file;
	bool check;
	int creator;
	bool devices;
	bool example;
	struct execwords exec; /* and what goes with it */
	bool features;
	struct strlist get;
	int hold;
	const char *hooks;
	const char *id;
	const char *interval;
	bool json;
	struct strlist limit;
	int listen_fds;
	const char *lock;
	const char *log_line;
	const char *plan;
	int preserve_fds;
	bool resources;
	bool rootless;
	const char *save;
	struct optarg seccomp;
	const char *stats;
	const char *until;
	const char *update;
};

static const struct opt opts[] = {
	OPT_NAMED(0, "additional_gids", exec.additional_gids, "LIST",
		  "add these groups (with --exec)"),
	OPT_NAMED(0, "apparmor", exec.apparmor, "LABEL",
		  "set the AppArmor profile (with --exec)"),
	OPT(0, bundle, "DIR", "take relative paths from DIR"),
	OPT_NAMED(0, "cap", exec.cap, "CAP", "add a capability (with --exec)"),
	OPT(0, cgroup, "VERSION", "spell resources for cgroup v1 or v2"),
	OPT(0, cgroup_file, "FILE",
	    "the cgroups that FILE lists, as cgroup -f has it (with --stats, "
	    "--update, --limit)"),
	OPT(0, check, NULL, "list all errors, warnings and unknown fields"),
	OPT(0, creator, "PID",
	    "that process's pid and start time, for the plan"),
	OPT_NAMED(0, "cwd", exec.cwd, "DIR",
		  "set the working directory (with --exec)"),
	OPT(0, devices, NULL, "print the rules of devices for cgdevice"),
	OPT_NAMED(0, "env", exec.env, "NAME=VALUE",
		  "set a variable (with --exec)"),
	OPT(0, example, NULL, "print a config.json to begin with"),
	OPT_NAMED(0, "exec", exec.exec, NULL, "join the container of --target"),
	OPT(0, features, NULL, "print what is supported, as JSON"),
	OPT(0, get, "PATH", "print the value at PATH"),
	OPT(0, hold, "FD", "wait for a byte from FD before the command"),
	OPT(0, hooks, "WHEN", "print what runs the hooks of that time"),
	OPT(0, id, "ID", "the container's id, for the plan"),
	OPT(0, interval, "TIME",
	    "print it again every TIME: 5s, 250ms, 1m30s (with --until)"),
	OPT(0, json, NULL, "print values as JSON (with --get)"),
	OPT(0, limit, "NAME=VALUE", "change a limit, as --update does"),
	OPT(0, listen_fds, "N", "set LISTEN_FDS=N and LISTEN_PID=1"),
	OPT(0, lock, "DIR", "make DIR first, which must be new (with --plan)"),
	OPT(0, log_line, "FORMAT",
	    "print the operands LEVEL and MESSAGE as a line of a log, json or "
	    "text"),
	OPT_NAMED(0, "no_new_privs", exec.no_new_privs, NULL,
		  "let no exec give privileges (with --exec)"),
	OPT(0, plan, "FILE", "write all of it to FILE as shell assignments"),
	OPT(0, preserve_fds, "N", "pass descriptors 3 to N+2 as well"),
	OPT_NAMED(0, "process", exec.process, "FILE",
		  "the process is that of FILE (with --exec)"),
	OPT_NAMED(0, "process_label", exec.process_label, "LABEL",
		  "set the SELinux label (with --exec)"),
	OPT(0, resources, NULL, "print what is written to a cgroup's files"),
	OPT(0, rootless, NULL, "for an unprivileged user (with --example)"),
	OPT(0, save, "FILE", "write CONFIG to FILE as it was read"),
	OPT(0, seccomp, "FILE",
	    "print the seccomp filter; with FILE, say that it is there"),
	OPT(0, stats, "ID", "print what the cgroups of these operands use"),
	OPT_NAMED(0, "target", exec.target, "PID[:STARTTIME]",
		  "a process of the container (with --exec)"),
	OPT_NAMED(0, "tty", exec.tty, NULL, "with a terminal (with --exec)"),
	OPT(0, until, "PID:STARTTIME",
	    "until that process has ended, with events (with --stats)"),
	OPT(0, update, "FILE", "resources are those of FILE, not of CONFIG"),
	OPT_NAMED(0, "user", exec.user, "UID[:GID]",
		  "set the user (with --exec)"),
	OPT_END
};

/* One call of the tool. */
struct job {
	const struct applet *self;
	struct args a;
	char **operands;
	const char *folder; /* that relative paths are of, "" or "DIR/" */
	struct report report;
	struct spec spec;
	struct spec_exec exec;
	struct resources resources;
};

/* A cgroup that is in use is to be changed. */
static bool is_update(const struct args *a)
{
	return a->update || a->limit.n > 0;
}

static void check_modes(const struct job *j)
{
	const struct args *a = &j->a;
	int modes = a->check + (a->get.n > 0 && !a->plan) + a->devices +
		    !!a->hooks + !!a->log_line + !!a->plan + a->resources +
		    a->seccomp.bare + a->example + a->features + !!a->stats;

	if (modes > 1)
		applet_usage(j->self,
			     "--check, --devices, --example, --features, "
			     "--get, --hooks, --log-line, --plan, "
			     "--resources, --seccomp and --stats exclude each "
			     "other");
	if (a->update && a->limit.n > 0)
		applet_usage(j->self, "--update and --limit exclude each "
				      "other");
	if (a->rootless && !a->example)
		applet_usage(j->self, "--rootless goes with --example");
	execwords_check(j->self, &a->exec);
	if (a->cgroup && strcmp(a->cgroup, "v1") != 0 &&
	    strcmp(a->cgroup, "v2") != 0)
		applet_usage_q(j->self, "bad --cgroup %s: want v1 or v2",
			       a->cgroup);
	if (!a->plan && (a->save || a->lock || a->creator >= 0))
		applet_usage(j->self,
			     "--creator, --lock and --save go with --plan");
	if (!a->stats && a->until)
		applet_usage(j->self, "--until goes with --stats");
	if (!a->stats && !is_update(a) && a->cgroup_file)
		applet_usage(j->self, "--cgroup-file goes with --stats, "
				      "--update or --limit");
	if (!a->until != !a->interval)
		applet_usage(j->self, "--interval and --until go together");
}

static void choose_process(struct job *j)
{
	struct spec *s = &j->spec;

	s->process = json_get(s->config, "process");
	if (!j->a.exec.exec)
		return;
	s->init = s->process;
	if (j->a.exec.process) {
		s->process = document_read(j->a.exec.process);
		schema_check(s->process, &schema_process, &j->report);
	}
}

static const struct json_node *read_update(struct job *j)
{
	const struct json_node *resources;
	struct errmsg e;

	if (j->a.update) {
		resources = document_read(j->a.update);
	} else {
		resources = limits_read(&j->a.limit, &e);
		if (!resources)
			errx(EXIT_FAILURE, "%s", e.what);
	}
	schema_check(resources, &schema_resources, &j->report);
	return resources;
}

static void read_resources(struct job *j)
{
	const struct json_node *resources = json_get(
		json_get(j->spec.config, "linux"), "resources");
	struct resources *r = &j->resources;

	r->v2 = j->a.cgroup ? j->a.cgroup[1] == '2' : resources_is_v2();
	if (is_update(&j->a)) {
		resources_read_before(resources, r);
		if (j->a.cgroup_file)
			stats_read_before(stats_read_dirs(j->a.cgroup_file), r);
		resources = read_update(j);
	}
	if (!j->a.exec.exec)
		resources_read(resources, is_update(&j->a), r, &j->report);
}

static void read_spec(struct job *j)
{
	const struct args *a = &j->a;
	const char *file = j->operands[0];
	struct spec *s = &j->spec;

	s->config = document_read(file);
	if (!a->bundle)
		j->folder = document_folder(file);
	else
		j->folder = words_format("%s/", a->bundle);
	s->base = j->folder;
	s->check = j->report.unknown = a->check;
	s->hold = a->hold;
	s->preserve_fds = a->preserve_fds;
	s->listen_fds = a->listen_fds;
	s->seccomp = a->seccomp.value;
	schema_check(s->config, &schema_config, &j->report);
	if (a->exec.exec) {
		execwords_read(j->self, &a->exec, j->operands + 1, &j->exec);
		s->exec = &j->exec;
	}
	choose_process(j);
	spec_words(s);
	read_resources(j);
}

/* The words of the parts of the chain, a line each. */
static void print_command(const struct spec *s)
{
	(void)fputs("ptyfork ", stdout);
	words_write(stdout, &s->ptyfork);
	if (s->rootfs) {
		(void)fputs(" -- \\\nnewroot ", stdout);
		words_write(stdout, &s->newroot);
		(void)fputc(' ', stdout);
		words_quote(stdout, s->rootfs);
	}
	(void)fputs(" -- \\\nconfine ", stdout);
	words_write(stdout, &s->confine);
	(void)fputs(" -- \\\n", stdout);
	words_write(stdout, &s->command);
	(void)fputc('\n', stdout);
}

/* The first error ends it; what is no error is said. */
static void settle_report(const struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->at[i].kind == REMARK_ERROR)
			errx(EXIT_FAILURE, "%s", r->at[i].text);
	if (report_full(r))
		errx(EXIT_FAILURE,
		     "cannot check all of the spec: %d warnings or more",
		     REPORT_MAX);
	for (size_t i = 0; i < r->n; i++)
		if (r->at[i].kind == REMARK_WARNING)
			warnx("warning: %s", r->at[i].text);
}

static int print_check(const struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		printf("%s%s\n",
		       r->at[i].kind == REMARK_WARNING ? "warning: " : "",
		       r->at[i].text);
	return r->errors || report_full(r) ? EXIT_FAILURE : 0;
}

static void print_value(const struct json_node *value, bool json)
{
	if (!value)
		(void)fputs(json ? "null" : "", stdout);
	else if (json || value->type != JSON_STRING)
		json_write(stdout, value);
	else
		(void)fputs(value->text, stdout);
	(void)fputc('\n', stdout);
}

static int print_values(const struct job *j)
{
	const struct json_node *config = document_read(j->operands[0]), *value;
	const struct strlist *get = &j->a.get;
	int status = 0;

	for (int i = 0; i < get->n; i++) {
		value = json_find(config, get->v[i]);
		if (!value && errno != ENOENT)
			err(EXIT_CANCELED, "cannot find %s", Q(get->v[i]));
		if (!value)
			status = EXIT_FAILURE;
		print_value(value, j->a.json);
	}
	return status;
}

static int print_log_line(const struct job *j)
{
	char *const *word = j->operands;

	if (!word[0] || !word[1] || word[2])
		applet_usage(j->self, "--log-line wants LEVEL and MESSAGE");
	if (logline_print(j->a.log_line, word[0], word[1]) < 0)
		applet_usage_q(j->self, "bad --log-line %s: want json or text",
			       j->a.log_line);
	return 0;
}

static void print_lines(const struct words *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		puts(lines->v[i]);
}

static void print_hooks(const struct job *j)
{
	const char *when = j->a.hooks, *name;

	for (int i = 0; (name = hooks_name(i)); i++) {
		if (strcmp(name, when) != 0)
			continue;
		hooks_write(stdout, &j->spec, when);
		return;
	}
	applet_usage_q(j->self, "bad --hooks %s: there is no such time", when);
}

static FILE *open_plan(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		err(EXIT_CANCELED, "cannot make a plan");
	return out;
}

static void publish_text(FILE *out, const char *file, char **text, size_t *size)
{
	if (fclose(out) != 0)
		err(EXIT_CANCELED, "cannot make a plan");
	publish_file(file, *text, *size);
	free(*text);
}

static void save_config(const struct job *j)
{
	char *text;
	size_t size;
	FILE *out = open_plan(&text, &size);

	json_write(out, j->spec.config);
	(void)fputc('\n', out);
	publish_text(out, j->a.save, &text, &size);
}

/* The plan, which is there when all that it speaks of is. */
static void write_plan(const struct job *j)
{
	char *text;
	size_t size;
	FILE *out = open_plan(&text, &size);

	if (j->a.save)
		save_config(j);
	if (is_update(&j->a))
		plan_write_resources(out, &j->resources);
	else
		plan_write(out, &j->spec, &j->resources, j->a.id, j->folder,
			   &j->a.get);
	if (j->a.creator >= 0)
		plan_creator(out, j->a.creator);
	publish_text(out, j->a.plan, &text, &size);
}

/* The process that makes it has it alone. */
static void make_lock(const char *dir)
{
	if (mkdir(dir, 0700) < 0)
		err(EXIT_CANCELED, "cannot make directory %s", Q(dir));
}

static int print_asked(struct job *j)
{
	const struct args *a = &j->a;

	if (a->check)
		return print_check(&j->report);
	settle_report(&j->report);
	if (a->plan)
		write_plan(j);
	else if (a->resources)
		print_lines(&j->resources.lines);
	else if (a->devices)
		print_lines(&j->resources.devices);
	else if (a->hooks)
		print_hooks(j);
	else if (a->seccomp.bare)
		seccomp_print(&j->spec);
	else
		print_command(&j->spec);
	return 0;
}

/*
 * What is printed is evaluated by a shell, which does not look at the status:
 * it is printed by one call, whole or not at all, as far as memory goes.
 */
#define WHOLE (256 * 1024)

static int print_stats(const struct job *j)
{
	const struct args *a = &j->a;
	char **dirs = a->cgroup_file ? stats_read_dirs(a->cgroup_file)
				     : j->operands;
	struct stats_end end = { 0 };

	if (a->until && stats_parse_end(a->until, a->interval, &end) < 0)
		applet_usage_q(j->self, "bad --until %s or --interval %s",
			       a->until, a->interval);
	if (a->until)
		stats_watch(a->stats, dirs, &end);
	else
		stats_print(a->stats, dirs);
	return 0;
}

static int run_ocispec(const struct applet *self, char **argv)
{
	struct job j = { .self = self,
			 .a = { .hold = -1,
				.preserve_fds = -1,
				.listen_fds = -1,
				.creator = -1 },
			 .spec.report = &j.report };

	j.operands = applet_args(self, argv, &j.a);
	(void)setvbuf(stdout, applet_alloc(1, WHOLE), _IOFBF, WHOLE);
	check_modes(&j);
	if (j.a.log_line)
		return print_log_line(&j);
	if (j.a.stats)
		return print_stats(&j);
	if ((j.a.example || j.a.features) && *j.operands)
		applet_usage_q(self, "unexpected operand %s", *j.operands);
	if (j.a.example)
		example_print(j.a.rootless);
	if (j.a.features)
		features_print();
	if (j.a.example || j.a.features)
		return 0;
	if (is_update(&j.a) && !*j.operands) {
		read_resources(&j);
		return print_asked(&j);
	}
	if (!*j.operands)
		applet_usage(self, "missing operand: want CONFIG");
	if ((!j.a.exec.exec || j.a.exec.process) && j.operands[1])
		applet_usage(self, "one CONFIG at a time");
	if (j.a.get.n > 0 && !j.a.plan)
		return print_values(&j);
	if (j.a.lock)
		make_lock(j.a.lock);
	read_spec(&j);
	return print_asked(&j);
}

static const char *const about[] = {
	"Prints the command line that an OCI config.json means: ptyfork for "
	"its namespaces and its terminal, newroot for its root and its mounts, "
	"confine for the privileges of its process. Every word is quoted for "
	"a POSIX shell. CONFIG is a file, or - for standard input.",
	"What the spec asks for is in the words, or ocispec fails and names "
	"the field. Left out are what a runtime has to do around the command: "
	"cgroups (--resources, --devices) and hooks (--hooks). Unknown fields "
	"are ignored, as the specification wants it; --check lists them.",
	"Relative paths of the spec are of the folder that CONFIG is in, and "
	"are printed so that the words can be run from where ocispec was.",
	"With --plan everything comes at once, for a runtime that is a script. "
	"With --exec the words join a container that runs, with the process of "
	"--process, or with COMMAND in the place of the one in CONFIG.",
	NULL
};

static const char *const plan_text[] = {
	"ptyfork_words has the options of ptyfork, command_words what follows "
	"them: eval \"ptyfork $ptyfork_words -- $command_words\". cgroup_words "
	"has the options of cgroup for limits and devices.",
	"hooks_prestart, hooks_createRuntime, hooks_createContainer, "
	"hooks_startContainer, hooks_poststart and hooks_poststop are shell "
	"text, or empty. It reads the state of the container from the file "
	"$hook_state and runs in $hook_bundle; hooks that belong into the "
	"container join the process $hook_pid. All poststop hooks run, and "
	"hook_failed is 1 if one failed; of others none runs after that.",
	"version, bundle, id_json, bundle_json, rootfs_json, annotations_json (as "
	"JSON), created (the time), owner (the user, and as owner_json), "
	"terminal (0 or 1), console_size, rootfs, "
	"hostname, uid, gid, cgroups_path, and pid_ns, net_ns, ipc_ns, uts_ns, "
	"mount_ns, user_ns, cgroup_ns, time_ns (new, join or host) are for the "
	"state of the container. get_1 and so on are the values of --get; creator "
	"is the PID and start time of --creator.",
	NULL
};

static const struct part parts[] = { { "The plan", plan_text },
				     { NULL, NULL } };

static const struct example examples[] = {
	{ "ocispec config.json", "see what a container is" },
	{ "eval \"$(ocispec config.json)\"", "run it" },
	{ "ocispec --check config.json", "list what is wrong with it" },
	{ "ocispec --get process.args --json config.json", "look into it" },
	{ "ocispec --devices config.json | cgdevice -f - DIR",
	  "let a cgroup use the devices of a spec" },
	{ NULL, NULL }
};

static const char *const exits[] = {
	"0", "it was printed", "1",
	"the spec is wrong, or asks for what cannot be had", NULL
};

const struct applet ocispec_applet = {
	.name = "ocispec",
	.brief = "print the command line that an OCI config.json means",
	.operands = "[CONFIG [--] [WORD]...]",
	.most = -1,
	.opts = opts,
	.about = about,
	.parts = parts,
	.examples = examples,
	.exits = exits,
	.see = "cgdevice(1), confine(1), hook(1), newroot(1), ptyfork(1)",
	.run = run_ocispec,
};
