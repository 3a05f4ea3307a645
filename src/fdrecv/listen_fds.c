/* listen_fds - give received descriptors to the command that this process
 * becomes */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/fd.h"
#include "chain/chain.h"
#include "cli/applet.h"
#include "fdrecv/fdmap.h"
#include "fdrecv/listen_fds.h"
#include "fdrecv/server.h"
#include "sock/notify.h"

#define NAME_MAX_SIZE 256 /* of a descriptor's name, with the NUL */

/* All descriptors of all clients, with the place and the name of each. */
struct load {
	int n;
	int *fds, *at;
	const char **names;
	char (*texts)[NAME_MAX_SIZE]; /* a client's, which they point to */
};

static int load_alloc(struct load *l, struct client *const *g, int n)
{
	size_t total = 1;

	for (int i = 0; i < n; i++)
		total += (size_t)g[i]->n;
	l->n = 0;
	l->fds = calloc(total, sizeof(*l->fds));
	l->at = calloc(total, sizeof(*l->at));
	l->names = calloc(total, sizeof(*l->names));
	l->texts = calloc((size_t)n, sizeof(*l->texts));
	return l->fds && l->at && l->names && l->texts ? 0 : -1;
}

static void load_free(struct load *l)
{
	free(l->fds);
	free(l->at);
	free(l->names);
	free(l->texts);
}

/* What a message calls its descriptors, copied to name; or NULL. */
static const char *name_of(const struct client *g, char name[NAME_MAX_SIZE])
{
	const char *line = g->text;
	size_t n;

	while (line && strncmp(line, "FDNAME=", 7) != 0) {
		line = strchr(line, '\n');
		line += line ? 1 : 0;
	}
	if (!line)
		return NULL;
	line += 7;
	n = strcspn(line, "\n");
	if (n >= NAME_MAX_SIZE)
		return NULL;
	memcpy(name, line, n);
	name[n] = '\0';
	return notify_name_ok(name) ? name : NULL;
}

static void load_fill(struct load *l, struct client *const *g, int n)
{
	for (int i = 0; i < n; i++) {
		const char *name = name_of(g[i], l->texts[i]);

		for (int k = 0; k < g[i]->n; k++) {
			l->names[l->n] = name;
			l->fds[l->n++] = fd_take(&g[i]->fds[k]);
		}
		g[i]->n = 0;
	}
}

/* Set a variable to a number; to nothing where it is not known. */
static int set_id(const char *name, long long id)
{
	char text[24];

	/* It fails only for a name that could not be one. */
	(void)unsetenv(name);
	if (id < 0)
		return 0;
	snprintf(text, sizeof(text), "%lld", id);
	return setenv(name, text, 1);
}

static int tell_sender(const struct client *g)
{
	bool known = g->who.uid != (uid_t)-1;

	/* A pid of 0 is that of a process which cannot be seen from here. */
	if (set_id("FDRECV_PID", g->who.pid > 0 ? g->who.pid : -1) < 0 ||
	    set_id("FDRECV_UID", known ? (long long)g->who.uid : -1) < 0 ||
	    set_id("FDRECV_GID", known ? (long long)g->who.gid : -1) < 0)
		return -1;
	return setenv("FDRECV_MESSAGE", g->text, 1);
}

/* Keep standard error for ourselves if one of them goes there; out of the way
 * of every number that is wanted, now or in between. */
static int keep_errors(const struct load *l, int *errors)
{
	int above = 4 + l->n;
	bool taken = false;

	for (int i = 0; i < l->n; i++) {
		taken = taken || l->at[i] == STDERR_FILENO;
		if (l->at[i] >= above)
			above = l->at[i] + 1;
	}
	*errors = taken ? fd_above(STDERR_FILENO, above) : STDERR_FILENO;
	return *errors;
}

static int settle_fds(struct load *l, int *errors, struct errmsg *f)
{
	int last;

	if (keep_errors(l, errors) < 0)
		return errmsg(f, errno, "cannot keep standard error");
	last = *errors == STDERR_FILENO ? -1 : *errors;
	if (fdmap_env(l->at, l->names, l->n) < 0)
		return errmsg(f, errno, "cannot set the environment");
	if (fdmap_fds(l->fds, l->at, l->n, last) < 0)
		return errmsg(f, errno,
			      "cannot put descriptors in their places");
	return 0;
}

/* Everything but the exec. */
static int prepare_exec(struct client *const *g, int n, const int *slots,
			int nslots, int *errors, struct errmsg *f)
{
	struct load l;
	int result = -1;

	if (load_alloc(&l, g, n) < 0 || tell_sender(g[0]) < 0) {
		(void)errmsg(f, errno, "cannot set the environment");
	} else {
		load_fill(&l, g, n);
		fdmap_plan(l.at, l.n, slots, nslots);
		result = settle_fds(&l, errors, f);
	}
	load_free(&l);
	return result;
}

int listen_fds_run(struct client *const *g, int n, const int *slots, int nslots,
		   char **argv, struct errmsg *f)
{
	int errors = STDERR_FILENO, status;
	struct chain chain;

	if (prepare_exec(g, n, slots, nslots, &errors, f) < 0)
		return EXIT_CANCELED;
	chain_init(&chain);
	chain.keep.all = true;
	status = chain_run(&chain, argv, f);
	/* Nothing can be said if that fails. */
	if (errors != STDERR_FILENO)
		(void)dup2(errors, STDERR_FILENO);
	return status;
}
