/* judge - is that outcome one that a user can live with? */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "sys.h"
#include "torture.h"

struct trial {
	const struct mishap *m; /* NULL: nothing went wrong */
	const struct outcome *base, *o;
	int status, wanted;
	const char *err; /* beside that a socket stays */
	char *why;
	size_t size;
};

int judge_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status)
					: WEXITSTATUS(wait_status);
}

static bool is_signal(const struct trial *t, int sig)
{
	return t->m && t->m->how == SIGNAL && t->m->value == sig;
}

static bool is_killed(const struct trial *t)
{
	return is_signal(t, SIGKILL) || is_signal(t, SIGTERM);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool same_output(const struct trial *t)
{
	return strcmp(t->o->out, t->base->out) == 0 &&
	       strcmp(t->o->tty, t->base->tty) == 0 &&
	       strcmp(t->o->peer, t->base->peer) == 0;
}

/* What nobody would tell from a run without a mishap. */
static bool is_right(const struct trial *t)
{
	return t->status == t->wanted && same_output(t);
}

/* Names are what a killed process cannot take away, or one that may not, which
 * says why unless it was on its way out. */
static bool is_stuck(const struct trial *t)
{
	return is_signal(t, SIGKILL) ||
	       (t->m && t->m->how != SIGNAL &&
		(t->o->err[0] || t->wanted == 128 + SIGTERM) &&
		(t->m->nr == SYS_newfstatat || t->m->nr == SYS_unlink ||
		 t->m->nr == SYS_unlinkat));
}

static bool allowed_file(const struct trial *t, const char *line)
{
	bool other = is_killed(t) && strcmp(t->m->who, "0") != 0;
	char whole[600];

	(void)snprintf(whole, sizeof(whole), "%s\n", line);
	if (strstr(t->o->before, whole))
		return true;
	if ((is_right(t) || t->o->commands || begins(line, "./img/") ||
	     other) &&
	    strstr(t->base->after, whole))
		return true;
	return is_stuck(t) && !other &&
	       (begins(line, "./" SOCKET " ") || begins(line, "./.p") ||
		begins(line, "./pid "));
}

static bool same_files(const struct trial *t)
{
	char after[sizeof(t->o->after)], *line, *rest;

	memcpy(after, t->o->after, sizeof(after));
	for (line = strtok_r(after, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (!allowed_file(t, line)) {
			say(t->why, t->size, "left: file %s", line);
			return false;
		}
	return true;
}

/* Where two texts part, for whoever has to find out. */
static void say_difference(const struct trial *t, const char *now,
			   const char *base)
{
	size_t same = 0, line = 0;

	for (; now[same] && now[same] == base[same]; same++)
		if (now[same] == '\n')
			line = same + 1;
	say(t->why, t->size, "unconfined: '%.*s', not '%.*s'",
	    (int)strcspn(now + line, "\n"), now + line,
	    (int)strcspn(base + line, "\n"), base + line);
}

/* Take out the lines that begin and contain this. */
static void leave_out(char *state, const char *begin, const char *contain)
{
	char *line = state, *end;

	for (; (end = strchr(line, '\n')); line = end) {
		*end = '\0';
		bool out = begins(line, begin) && strstr(line, contain);

		*end++ = '\n';
		if (!out)
			continue;
		memmove(line, end, strlen(end) + 1);
		end = line;
	}
}

/* What is there only if it can be: the value 0 stands for any. */
static const struct {
	long nr;
	int value;
	const char *line, *contains;
} optional[] = {
	/* A kernel without detached mounts, or a filter that knows none, means
	 * no devpts of the command's own; a user namespace without the group
	 * tty has no such gid. */
	{ SYS_fsopen, ENOSYS, "mount ", " devpts " },
	{ SYS_fsopen, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsopen, EPERM, "mount ", " devpts " },
	{ SYS_fsopen, EPERM, "fd ", "/pts/" },
	{ SYS_fsconfig, 0, "mount ", " devpts " },
	{ SYS_fsconfig, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsmount, ENOSYS, "mount ", " devpts " },
	{ SYS_fsmount, ENOSYS, "fd ", "/pts/" },
	{ SYS_fsmount, EPERM, "mount ", " devpts " },
	{ SYS_fsmount, EPERM, "fd ", "/pts/" },
	/* Whoever may make no devices binds them. */
	{ SYS_mknodat, EPERM, "mount ", " devtmpfs " },
	/* Part of --dev where it is part of the kernel. */
	{ SYS_fsopen, 0, "mount ", " mqueue " },
	{ SYS_fsconfig, 0, "mount ", " mqueue " },
	{ SYS_fsmount, 0, "mount ", " mqueue " },
	/* --mask hides what is there. */
	{ SYS_openat2, ENOENT, "mount ", " /etc/secret " },
	{ SYS_openat2, ENOTDIR, "mount ", " /etc/secret " },
};

/* The terminal of a command that is about to run goes when the tool dies. */
static void leave_out_allowed(const struct trial *t, char *state)
{
	const struct mishap *m = t->m;

	if (!is_right(t)) {
		leave_out(state, "leads ", "");
		leave_out(state, "fd ", "/pts/");
		leave_out(state, "mount ", " /dev/console ");
	}
	for (size_t i = 0; i < sizeof(optional) / sizeof(*optional); i++)
		if (m && m->how != SIGNAL && m->nr == optional[i].nr &&
		    (!optional[i].value || m->value == optional[i].value))
			leave_out(state, optional[i].line,
				  optional[i].contains);
}

static bool same_state(const struct trial *t)
{
	char now[sizeof(t->o->state)], base[sizeof(t->o->state)];

	memcpy(now, t->o->state, sizeof(now));
	memcpy(base, t->base->state, sizeof(base));
	leave_out_allowed(t, now);
	leave_out_allowed(t, base);
	if (begins(base, now))
		return true;
	say_difference(t, now, base);
	return false;
}

static bool is_clear(const char *text)
{
	static const char *const tools[] = { "ptyfork: ", "fdsend: ",
					     "fdrecv: ",  "winsz: ",
					     "newroot: ", "confine: " };
	const char *end = strchr(text, '\n');

	if (!end || end[1])
		return false;
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (begins(text, tools[i]))
			return true;
	return false;
}

/* What is said after the line that a socket stays, if there is one. */
static const char *beside_stuck(const char *err)
{
	const char *end = strchr(err, '\n'),
		   *says = strstr(err, ": cannot remove socket '" SOCKET "': ");

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

	return !m || m->how == SHORT || is_signal(t, SIGSTOP) ||
	       (m->how == ONCE && m->value == EINTR);
}

static bool died_well(const struct trial *t)
{
	/* As cat dies when its reader goes away. */
	if (t->m && t->m->how != SIGNAL && t->m->value == EPIPE)
		return t->status == 128 + SIGPIPE;
	if (!is_killed(t))
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
		(m->nr == SYS_sendto && strcmp(m->who, "0") == 0 &&
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
	if (!same_state(&t) || !same_files(&t))
		return false;
	if (!is_right(&t))
		return failed_well(&t);
	if (o->mute || strcmp(t.err, base->err) == 0 ||
	    (may_speak(&t) && is_clear(t.err)))
		return true;
	return complain(&t, "noise");
}
