/* execwords - what a command line says of a process that joins a container */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ocispec/execwords.h"
#include "ocispec/spec.h"
#include "proc/procdir.h"

void execwords_check(const struct applet *self, const struct execwords *e)
{
	if (e->exec != !!e->target)
		applet_usage(self, "--exec and --target go together");
	if (!e->exec && (e->process || e->user || e->additional_gids.n ||
			 e->cwd || e->env.n || e->cap.n || e->no_new_privs ||
			 e->tty || e->apparmor || e->process_label))
		applet_usage(self, "what changes the process goes with "
				   "--exec");
}

static void read_target(const struct applet *self, const char *target,
			struct spec_exec *out)
{
	long long start;

	out->target = target;
	if (procdir_parse(target, &out->pid, &start) < 0)
		applet_usage_q(self,
			       "bad --target %s: want PID or PID:STARTTIME",
			       target);
}

/* --user UID[:GID] */
static void read_user(const struct applet *self, const char *user,
		      struct spec_exec *out)
{
	const char *colon = strchr(user, ':');
	const char *uid = words_format("%.*s", (int)strcspn(user, ":"), user);
	unsigned id;

	if (text_id(uid, &id) < 0 || (colon && text_id(colon + 1, &id) < 0))
		applet_usage_q(self, "bad --user %s: want UID or UID:GID",
			       user);
	out->uid = uid;
	out->gid = colon ? colon + 1 : NULL;
}

static void read_groups(const struct applet *self, const struct strlist *given,
			struct spec_exec *out)
{
	struct words all = { 0 };
	char *list, *rest;
	unsigned id;

	for (int i = 0; i < given->n; i++)
		words_add(&all, given->v[i]);
	out->groups = words_join(&all, ',');
	list = rest = strdup(out->groups);
	for (const char *word; (word = strsep(&rest, ","));)
		if (text_id(word, &id) < 0)
			applet_usage_q(self,
				       "bad --additional-gids %s: want numbers",
				       out->groups);
	free(list);
}

static void check_env(const struct applet *self, const struct strlist *env)
{
	for (int i = 0; i < env->n; i++)
		if (!strchr(env->v[i], '=') || *env->v[i] == '=')
			applet_usage_q(self, "bad --env %s: want NAME=VALUE",
				       env->v[i]);
}

void execwords_read(const struct applet *self, const struct execwords *e,
		    char **command, struct spec_exec *out)
{
	*out = (struct spec_exec){ .tty = e->tty,
				   .no_new_privs = e->no_new_privs,
				   .cwd = e->cwd,
				   .apparmor = e->apparmor,
				   .selinux = e->process_label,
				   .env = &e->env,
				   .caps = &e->cap };
	read_target(self, e->target, out);
	if (e->user)
		read_user(self, e->user, out);
	if (e->additional_gids.n)
		read_groups(self, &e->additional_gids, out);
	check_env(self, &e->env);
	if (e->process)
		return;
	out->args = command + (*command && strcmp(*command, "--") == 0);
	if (!*out->args)
		applet_usage(self, "missing COMMAND");
}
