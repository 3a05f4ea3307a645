/* plan - all that a runtime wants to know of a spec, as shell assignments */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/exit.h"
#include "base/fd.h"
#include "cli/opt.h"
#include "json/json.h"
#include "ocispec/hooks.h"
#include "ocispec/logline.h"
#include "ocispec/plan.h"
#include "ocispec/resources.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"
#include "proc/procdir.h"
#include "user/users.h"

/* A stream into a string, which is the caller's. */
static FILE *open_value(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		err(EXIT_CANCELED, "cannot make a plan");
	return out;
}

static void close_value(FILE *out)
{
	if (fclose(out) != 0)
		err(EXIT_CANCELED, "cannot make a plan");
}

void plan_variable(FILE *out, const char *name, const char *value)
{
	(void)fprintf(out, "%s=", name);
	words_quote(out, value ? value : "");
	(void)fputc('\n', out);
}

static void write_number(FILE *out, const char *name, uint64_t value)
{
	(void)fprintf(out, "%s=%" PRIu64 "\n", name, value);
}

/* A string, or a value of the spec, as JSON. */
static void write_json(FILE *out, const char *name, const char *text,
		       const struct json_node *value)
{
	char *json;
	size_t size;
	FILE *to = open_value(&json, &size);

	if (text)
		json_write_string(to, text);
	else if (value)
		json_write(to, value);
	close_value(to);
	plan_variable(out, name, json);
	free(json);
}

static void write_words(FILE *out, const char *name, const struct words *w)
{
	char *text;
	size_t size;
	FILE *to = open_value(&text, &size);

	words_write(to, w);
	close_value(to);
	plan_variable(out, name, text);
	free(text);
}

static void write_command(FILE *out, const struct spec *s)
{
	struct words all = { 0 };
	const struct words *parts[] = { &s->confine, &s->command };

	if (s->rootfs) {
		words_add(&all, "newroot");
		for (size_t i = 0; i < s->newroot.n; i++)
			words_add(&all, s->newroot.v[i]);
		words_add2(&all, s->rootfs, "--");
	}
	words_add(&all, "confine");
	for (size_t p = 0; p < 2; p++) {
		for (size_t i = 0; i < parts[p]->n; i++)
			words_add(&all, parts[p]->v[i]);
		if (p == 0)
			words_add(&all, "--");
	}
	write_words(out, "command_words", &all);
}

/* Absolute, and with no "." in it; links stay as they are. */
static const char *absolute(const char *path)
{
	char *cwd;

	if (*path == '/')
		return spec_clean(path);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		err(EXIT_CANCELED, "cannot find the working directory");
	return spec_clean(words_format("%s/%s", cwd, path));
}

static void write_time(FILE *out)
{
	(void)fputs("created=", out);
	logline_time(out);
	(void)fputc('\n', out);
}

/* The user that the state of the container will be of. */
static void write_owner(FILE *out)
{
	struct users_account account;
	struct errmsg e;
	uid_t uid = geteuid();
	const char *name = users_account(uid, &account, &e) == 0
				   ? account.name
				   : words_format("#%u", uid);

	plan_variable(out, "owner", name);
	write_json(out, "owner_json", name, NULL);
}

static void write_namespaces(FILE *out, const struct spec *s)
{
	static const char *const states[] = {
		[NS_HOST] = "host",
		[NS_NEW] = "new",
		[NS_JOINED] = "join",
	};

	for (size_t i = 0; i < sizeof(s->ns) / sizeof(*s->ns); i++)
		if (s->ns[i].name)
			(void)fprintf(out, "%s_ns=%s\n", s->ns[i].name,
				      states[s->ns[i].is]);
}

static void write_console(FILE *out, const struct spec *s)
{
	const struct json_node *size = json_get(s->process, "consoleSize");

	write_number(out, "terminal", spec_terminal(s));
	plan_variable(out, "console_size",
		      size ? words_format("%" PRIu64 "x%" PRIu64,
					  field_uint(size, "height", 0),
					  field_uint(size, "width", 0))
			   : "");
}

static void write_hooks(FILE *out, const struct spec *s)
{
	for (int i = 0; hooks_name(i); i++) {
		char *text;
		size_t size;
		FILE *to = open_value(&text, &size);

		hooks_write(to, s, hooks_name(i));
		close_value(to);
		plan_variable(out, words_format("hooks_%s", hooks_name(i)),
			      text);
		free(text);
	}
}

static void write_values(FILE *out, const struct spec *s,
			 const struct strlist *get)
{
	for (int i = 0; i < get->n; i++) {
		const struct json_node *v = json_find(s->config, get->v[i]);
		const char *name = words_format("get_%d", i + 1);

		if (v && v->type == JSON_STRING)
			plan_variable(out, name, v->text);
		else
			write_json(out, name, NULL, v);
	}
}

void plan_write_resources(FILE *out, const struct resources *r)
{
	/* Only root can have devices denied; others' containers make none. */
	const size_t devices = geteuid() == 0 ? r->devices.n : 0;
	struct words w = { 0 };

	for (size_t i = 0; i < r->lines.n; i++) {
		const char *line = r->lines.v[i];
		int n = (int)strcspn(line, " ");

		words_option(&w, "--set", "%.*s=%s", n, line, line + n + 1);
	}
	for (size_t i = 0; i < devices; i++)
		words_add2(&w, "--device", r->devices.v[i]);
	write_words(out, "cgroup_words", &w);
}

void plan_creator(FILE *out, int pid)
{
	autofd dir = procdir_open(pid, NULL);
	unsigned long long start;

	if (dir < 0 || procdir_start_time(dir, &start) < 0)
		err(EXIT_CANCELED, "cannot find process %d", pid);
	(void)fprintf(out, "creator='%d %llu'\n", pid, start);
}

void plan_write(FILE *out, const struct spec *s, const struct resources *r,
		const char *id, const char *dir, const struct strlist *get)
{
	const struct json_node *linux_ = json_get(s->config, "linux");

	plan_variable(out, "version",
		      field_string(s->config, "ociVersion", ""));
	write_json(out, "id_json", id, NULL);
	plan_variable(out, "bundle", absolute(dir));
	write_json(out, "bundle_json", absolute(dir), NULL);
	write_json(out, "rootfs_json", s->rootfs ? absolute(s->rootfs) : NULL,
		   NULL);
	write_json(out, "annotations_json", NULL,
		   json_get(s->config, "annotations"));
	write_time(out);
	write_owner(out);
	write_console(out, s);
	plan_variable(out, "rootfs", s->rootfs);
	plan_variable(out, "hostname", field_string(s->config, "hostname", ""));
	write_number(out, "uid", spec_id(s, "uid"));
	write_number(out, "gid", spec_id(s, "gid"));
	plan_variable(out, "cgroups_path",
		      field_string(linux_, "cgroupsPath", ""));
	write_namespaces(out, s);
	write_words(out, "ptyfork_words", &s->ptyfork);
	write_command(out, s);
	plan_write_resources(out, r);
	write_hooks(out, s);
	write_values(out, s, get);
}
