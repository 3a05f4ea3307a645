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
		"ptyfork: ", "fdsend: ",  "fdrecv: ", "winsz: ",   "newroot: ",
		"confine: ", "ocispec: ", "conlog: ", "attach: ",  "reap: ",
		"gate: ",    "pidkill: ", "cgroup: ", "cgdevice: "
	};
	const char *end = strchr(text, '\n');

	if (!end || end[1])
		return false;
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (begins(text, tools[i]))
			return true;
	return false;
}

/* Lines that are said beside others, or alone by a tool that goes on. */
static bool is_remark(const char *line, const struct outcome *base)
{
	static const char *const remarks[] = {
		"cgroup: cannot list the processes of ",
		"conlog: cannot remove ",
		"conlog: cannot receive a console: ",
		"conlog: cannot write log ",
		"conlog: cannot write the spool: ",
		"conlog: log '",
		"conlog: refused a console",
		"conlog: the spool goes on; ",
		"reap: cannot run the script of --then: ",
		"reap: cannot execute 'sh'",
	};

	if (strstr(line, ": cannot remove socket '" SOCKET "': ") ||
	    strstr(line, ": cannot remove 'pid': "))
		return true;
	for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		if (begins(line, remarks[i]))
			return true;
	/* A command says its own, and the end is said before something else
	 * goes wrong. */
	return (begins(line, "ptyfork: ") && !begins(base->run, "ptyfork ")) ||
	       (line[0] == '[' && begins(base->err, line));
}

/* What is said but for those; the only lines there are if they are as ever. */
static void leave_out_remarks(const struct outcome *o,
			      const struct outcome *base, char *text)
{
	char all[sizeof(o->err)], *line, *end;

	memcpy(all, o->err, sizeof(all));
	*text = '\0';
	for (line = all; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (strcmp(o->err, base->err) == 0 || !is_remark(line, base))
			say(text, sizeof(o->err), "%s\n", line);
	}
}

static bool complain(const struct trial *t, const char *what)
{
	say(t->why, t->size, "%s: status %d, '%.*s'", what, t->status,
	    (int)strcspn(t->o->err, "\n"), t->o->err);
	return false;
}

/* What has to make no difference at all, but for the time that it takes. */
static bool is_harmless(const struct trial *t)
{
	const struct mishap *m = t->m;

	return !m ||
	       (!t->o->timed && (m->how == SHORT || trial_signal(t, SIGSTOP) ||
				 (m->how == ONCE && m->value == EINTR)));
}

static bool died_well(const struct trial *t)
{
	/* As cat dies when its reader goes away. */
	if (t->m && t->m->how != SIGNAL && t->m->value == EPIPE)
		return t->status == 128 + SIGPIPE;
	/* As a command does whose terminal could not be had. */
	if (begins(t->base->run, "conlog ") && t->o->err[0] &&
	    t->status == 128 + SIGHUP)
		return true;
	/* Or as a hang-up ends it, of which that is a sign. */
	if (t->m && t->m->nr == SYS_read && t->m->value == EIO &&
	    t->status == 128 + SIGHUP)
		return true;
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

	if (trial_unmounted(t))
		return true;
	return m && m->how != SIGNAL &&
	       (m->nr == SYS_readlink ||
		(m->nr == SYS_sendto && m->who[0] == '0' &&
		 (m->value == EPIPE || m->value == ECONNRESET)));
}

/* The C library's does not write again where a signal came: none of a tool does
 * that prints and has no more to do. */
static bool is_stdio(const struct trial *t)
{
	return t->m && t->m->nr == SYS_write && t->m->value == EINTR &&
	       strstr(t->o->err, ": cannot write to standard output: ");
}

static bool failed_well(const struct trial *t)
{
	if (t->status == t->wanted && is_news_lost(t))
		return true;
	/* Without a pid file it is its command that reap speaks for. */
	if (begins(t->base->run, "reap --pid-file") && t->m &&
	    (t->m->nr == SYS_open || t->m->nr == SYS_openat) &&
	    t->m->value == ENOENT && t->status == 0)
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
	if (is_harmless(t) && !is_stdio(t))
		return complain(t, "fragile");
	/* Whoever serves all that come goes on after one that failed. */
	if (t->status == t->wanted && t->status == 128 + SIGTERM)
		return true;
	if (t->status == t->wanted)
		return complain(t, "lost");
	if (!is_documented(t->status))
		return complain(t, "status");
	if (!t->o->mute && !t->o->err[0])
		return complain(t, "silent");
	/* Whoever serves all that come says so of each that failed. */
	if (!t->o->mute && t->err[0] && !is_clear(t->err) &&
	    t->wanted != 128 + SIGTERM)
		return complain(t, "unclear");
	return true;
}

/* May a run that ended as it should say something else? One that was to fail
 * may have another reason now; who serves all that come tells of each that
 * failed.
 */
static bool may_speak(const struct trial *t)
{
	return (t->base->err[0] && t->err[0]) || t->wanted == 128 + SIGTERM;
}

bool judge(const struct mishap *m, const struct outcome *base,
	   const struct outcome *o, char *why, size_t size)
{
	char err[sizeof(o->err)];
	struct trial t = { m,
			   base,
			   o,
			   judge_status(o->status),
			   judge_status(base->status),
			   err,
			   why,
			   size };

	why[0] = '\0';
	leave_out_remarks(o, base, err);
	if (o->late || o->left[0]) {
		say(why, size, "%s: %s", o->late ? "hang" : "left", o->left);
		return false;
	}
	if (o->slow) {
		say(why, size, "slow");
		return false;
	}
	if (!fixtures_state(&t) || !fixtures_files(&t) || !fixtures_groups(&t))
		return false;
	if (!trial_right(&t))
		return failed_well(&t);
	if (o->mute || !t.err[0] || strcmp(t.err, base->err) == 0 ||
	    (may_speak(&t) && is_clear(t.err)))
		return true;
	return complain(&t, "noise");
}
