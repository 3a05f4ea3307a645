/* judge - is that outcome one that a user can live with? */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/sys.h"
#include "judge.h"

int judge_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
					: WEXITSTATUS(wait_status);
}

static bool is_clear(const char *text)
{
	static const char *const tools[] = {
		"ptyfork: ", "fdsend: ",  "fdrecv: ", "winsz: ",  "newroot: ",
		"confine: ", "ocispec: ", "conlog: ", "attach: ", "reap: "
	};
	const char *end = strchr(text, '\n');

	if (!end || end[1])
		return false;
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (begins(text, tools[i]))
			return true;
	return false;
}

/* What is said after the line that a socket or a pid file stays, if there is
 * one. */
static const char *beside_stuck(const char *err)
{
	const char *end = strchr(err, '\n'),
		   *says = strstr(err, ": cannot remove socket '" SOCKET "': ");

	if (!says)
		says = strstr(err, ": cannot remove 'pid': ");
	return end && says && says < end ? end + 1 : err;
}

static bool complain(const struct trial *t, const char *what)
{
	say(t->why, t->size, "%s: status %d, '%.*s'", what, t->status,
	    (int)strcspn(t->o->err, "\n"), t->o->err);
	return false;
}

/* What has to make no difference at all. */
static bool is_harmless(const struct trial *t)
{
	const struct mishap *m = t->m;

	return !m || m->how == SHORT || trial_signal(t, SIGSTOP) ||
	       (m->how == ONCE && m->value == EINTR);
}

static bool died_well(const struct trial *t)
{
	/* As cat dies when its reader goes away. */
	if (t->m && t->m->how != SIGNAL && t->m->value == EPIPE)
		return t->status == 128 + SIGPIPE;
	if (!trial_killed(t))
		return false;
	/* A tool that had done its part does not know. */
	return t->status == 128 + t->m->value ||
	       (t->status == t->wanted && strcmp(t->m->who, "0") != 0);
}

static bool is_documented(int status)
{
	return status == 1 || (status >= 124 && status <= 127);
}

/* What --list says of a descriptor is what can be found out; a sender that has
 * gone away is not acknowledged. */
static bool is_news_lost(const struct trial *t)
{
	const struct mishap *m = t->m;

	return m && m->how != SIGNAL &&
	       (m->nr == SYS_readlink ||
		(m->nr == SYS_sendto && m->who[0] == '0' &&
		 (m->value == EPIPE || m->value == ECONNRESET)));
}

static bool failed_well(const struct trial *t)
{
	if (t->status == t->wanted && is_news_lost(t))
		return true;
	/* What a child cannot tell its parent it says on its terminal. */
	if (!t->base->out[0] && t->o->commands == 0 && is_clear(t->o->out))
		return true;
	if (!begins(t->base->out, t->o->out))
		return complain(t, "doubled: output");
	if (!begins(t->base->peer, t->o->peer))
		return complain(t, "doubled: the peer's");
	if (died_well(t))
		return true;
	if (is_harmless(t))
		return complain(t, "fragile");
	/* Whoever serves all that come goes on after one that failed. */
	if (t->status == t->wanted && t->status == 128 + SIGTERM)
		return true;
	if (t->status == t->wanted)
		return complain(t, "lost");
	if (!is_documented(t->status))
		return complain(t, "status");
	if (!t->o->mute && !t->err[0])
		return complain(t, "silent");
	/* Whoever serves all that come says so of each that failed. */
	if (!t->o->mute && !is_clear(t->err) && t->wanted != 128 + SIGTERM)
		return complain(t, "unclear");
	return true;
}

/* May a run that ended as it should say something else? One that was to fail
 * may have another reason now; who serves all that come tells of each that
 * failed.
 */
/* A log that cannot be written is said, and the output goes on. */
static bool is_log_lost(const struct trial *t)
{
	return begins(t->err, "conlog: cannot write log ");
}

static bool may_speak(const struct trial *t)
{
	return (t->base->err[0] && t->err[0]) || t->wanted == 128 + SIGTERM;
}

bool judge(const struct mishap *m, const struct outcome *base,
	   const struct outcome *o, char *why, size_t size)
{
	struct trial t = { m,
			   base,
			   o,
			   judge_status(o->status),
			   judge_status(base->status),
			   beside_stuck(o->err),
			   why,
			   size };

	why[0] = '\0';
	if (o->late || o->left[0]) {
		say(why, size, "%s: %s", o->late ? "hang" : "left", o->left);
		return false;
	}
	if (o->slow) {
		say(why, size, "slow");
		return false;
	}
	if (!fixtures_state(&t) || !fixtures_files(&t))
		return false;
	if (!trial_right(&t))
		return failed_well(&t);
	if (o->mute || strcmp(t.err, base->err) == 0 ||
	    (may_speak(&t) && is_clear(t.err)) || is_log_lost(&t))
		return true;
	return complain(&t, "noise");
}
