/* scheduling - how the process is scheduled, in confine's words */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "cred/sched.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"

/* "SCHED_FIFO" without that prefix as "fifo", "RESET_ON_FORK" with dashes; what
 * has no such prefix is no name. */
static const char *plain_name(const char *word, const char *prefix)
{
	size_t n = strlen(prefix);
	char *name = strdup(word);

	if (!name || strncmp(word, prefix, n) != 0)
		return "";
	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : islower(*c) ? '?' : (char)tolower(*c);
	return name + n;
}

/* A number that was asked for: 0 is as if it were not there. */
static const char *asked_number(const struct json_node *object,
				const char *name)
{
	const struct json_node *field = json_get(object, name);

	return field && field->type == JSON_NUMBER &&
			       strcmp(field->text, "0") != 0
		       ? field->text
		       : NULL;
}

static const char *flag_words(const struct json_node *scheduler)
{
	const struct json_node *list = field_array(scheduler, "flags");
	struct words flags = { 0 };

	for (const struct json_node *v = list ? list->first : NULL; v;
	     v = v->next)
		words_add(&flags, plain_name(value_string(v), "SCHED_FLAG_"));
	return flags.n > 0 ? words_join(&flags, ',') : NULL;
}

/* Whether confine would take the words; what is wrong is in the report. */
static bool may_be_scheduled(struct spec *s, const struct json_node *field,
			     const struct sched_words *w)
{
	struct sched sched;
	struct errmsg e;

	if (sched_parse(w, &sched, &e) == 0)
		return true;
	report_error(s->report, field, "%s", e.what);
	return false;
}

static void add_option(struct spec *s, const char *option, const char *word)
{
	if (word)
		words_add2(&s->confine, option, word);
}

static void policy_words(struct spec *s, const struct json_node *scheduler)
{
	const struct sched_words w = {
		.policy = plain_name(field_string(scheduler, "policy", ""),
				     "SCHED_"),
		.priority = asked_number(scheduler, "priority"),
		.nice = asked_number(scheduler, "nice"),
		.runtime = asked_number(scheduler, "runtime"),
		.deadline = asked_number(scheduler, "deadline"),
		.period = asked_number(scheduler, "period"),
		.flags = flag_words(scheduler),
	};

	if (!may_be_scheduled(s, scheduler, &w))
		return;
	add_option(s, "--scheduler", w.policy);
	add_option(s, "--sched-priority", w.priority);
	add_option(s, "--nice", w.nice);
	add_option(s, "--sched-runtime", w.runtime);
	add_option(s, "--sched-deadline", w.deadline);
	add_option(s, "--sched-period", w.period);
	add_option(s, "--sched-flags", w.flags);
}

static void io_words(struct spec *s, const struct json_node *io)
{
	static const struct {
		const char *class, *name;
		bool level;
	} classes[] = {
		{ "IOPRIO_CLASS_RT", "realtime", true },
		{ "IOPRIO_CLASS_BE", "best-effort", true },
		{ "IOPRIO_CLASS_IDLE", "idle", false },
	};
	const char *class = field_string(io, "class", ""), *word = NULL;
	const struct json_node *level = json_get(io, "priority");
	struct sched_words w;

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (strcmp(class, classes[i].class) != 0)
			continue;
		word = classes[i].level
			       ? words_format("%s:%s", classes[i].name,
					      level ? level->text : "0")
			       : classes[i].name;
	}
	if (!word)
		report_missing(s->report, io, "class",
			       "want IOPRIO_CLASS_RT, _BE or _IDLE");
	w = (struct sched_words){ .ionice = word };
	if (may_be_scheduled(s, io, &w))
		add_option(s, "--ionice", word);
}

/* Those of a process that joins a container: the CPUs of its start, before it
 * is in the cgroup, and those after. */
static void cpu_words(struct spec *s, const struct json_node *affinity)
{
	const char *initial = field_string(affinity, "initial", ""),
		   *final = field_string(affinity, "final", "");
	const struct sched_words first = { .cpus = initial },
				 last = { .cpus = final };

	if (*initial && may_be_scheduled(s, affinity, &first) && s->exec)
		words_add2(&s->ptyfork, "--cpu-list", initial);
	if (*final && may_be_scheduled(s, affinity, &last) && s->exec)
		words_add2(&s->confine, "--cpu-list", final);
}

static void personality_words(struct spec *s)
{
	const struct json_node *personality = json_get(
				       json_get(s->config, "linux"),
				       "personality"),
			       *flags = field_array(personality, "flags");
	const char *domain = field_string(personality, "domain", "");

	if (!personality)
		return;
	if (strcmp(domain, "LINUX") != 0 && strcmp(domain, "LINUX32") != 0)
		report_missing(s->report, personality, "domain",
			       "want LINUX or LINUX32");
	else if (flags && flags->n > 0)
		report_error(s->report, flags, "no flag is known");
	else
		words_add2(&s->confine, "--personality",
			   strcmp(domain, "LINUX") == 0 ? "linux" : "linux32");
}

void scheduling_words(struct spec *s)
{
	const struct json_node *scheduler = spec_inherited(s, "scheduler"),
			       *io = spec_inherited(s, "ioPriority"),
			       *affinity = spec_inherited(s, "execCPUAffinity");

	personality_words(s);
	if (scheduler)
		policy_words(s, scheduler);
	if (io)
		io_words(s, io);
	if (affinity)
		cpu_words(s, affinity);
}
