/* applet - the table of applets, and the ways to end one */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/errmsg.h"
#include "base/format.h"
#include "base/text.h"
#include "cli/applet.h"
#include "cli/doc.h"
#include "user/users.h"

const struct applet *applet_find(const char *name)
{
	for (int i = 0; applets[i]; i++) {
		if (strcmp(applets[i]->name, name) == 0)
			return applets[i];
	}
	return NULL;
}

void *applet_alloc(size_t n, size_t size)
{
	void *room = calloc(n ? n : 1, size);

	if (!room)
		err(EXIT_CANCELED, "cannot get memory");
	return room;
}

void applet_exit(int status)
{
	int lost = ferror(stdout);

	/* Closed and not just flushed: a network file system may tell late. */
	errno = EIO;
	if (fclose(stdout) < 0 || lost)
		err(EXIT_CANCELED, "cannot write to standard output");
	exit(status);
}

static void __attribute__((noreturn))
end_usage(const struct applet *self, const char *text)
{
	errx(EXIT_CANCELED, "%s; try '%s --help'", text, self->name);
}

void applet_usage(const struct applet *self, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)format_text(text, sizeof(text), format, args);
	va_end(args);
	end_usage(self, text);
}

void applet_usage_q(const struct applet *self, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)format_quoted(text, sizeof(text), format, args);
	va_end(args);
	end_usage(self, text);
}

void applet_warn(const struct errmsg *f)
{
	errno = f->error;
	if (f->error)
		warn("%s", f->what);
	else if (*f->what)
		warnx("%s", f->what);
}

void applet_fail(int status, const struct errmsg *f)
{
	applet_warn(f);
	exit(status);
}

void applet_refuse(const struct applet *self, const struct errmsg *f)
{
	if (errno == EINVAL)
		applet_usage(self, "%s", f->what);
	applet_fail(EXIT_CANCELED, f);
}

bool applet_given(const struct optarg *m)
{
	return m->bare || m->value;
}

void applet_bad(const struct applet *self, const char *option,
		const char *value, const char *wanted)
{
	if (errno == ERANGE)
		wanted = "too large";
	applet_usage(self, "bad %s %s: %s", option, Q(value), wanted);
}

int applet_millis(const struct applet *self, const char *option,
		  const struct optarg *m, int fallback)
{
	int ms = fallback;

	if (m->value && text_millis(m->value, &ms) < 0)
		applet_bad(self, option, m->value, "want seconds");
	return ms;
}

long long applet_uid(const struct applet *self, const char *option,
		     const char *text)
{
	struct errmsg f;
	uid_t uid;

	if (!text)
		return -1;
	if (users_uid(text, &uid, &f) == 0)
		return uid;
	if (errno == EINVAL || errno == ERANGE || errno == 0)
		applet_bad(self, option, text, "want a user");
	applet_fail(EXIT_CANCELED, &f);
}

const char *opt_typed(char buf[OPT_TYPED_MAX], const struct opt *o)
{
	size_t n = 2;

	buf[0] = buf[1] = '-';
	for (const char *c = o->name; *c && n < OPT_TYPED_MAX - 1; c++)
		buf[n++] = *c == '_' ? '-' : *c;
	buf[n] = '\0';
	return buf;
}

const char *opt_help(const struct opt *o)
{
	return o->name + strlen(o->name) + 1;
}

bool opt_bare(const struct opt *o)
{
	return !o->value;
}

bool opt_valued(const struct opt *o)
{
	return !opt_bare(o) && o->kind != OPT_OPTARG && o->kind != OPT_DIRLIST;
}

int opt_values(const struct opt *o)
{
	int n = opt_valued(o);

	for (const char *c = o->value; n && o->kind == OPT_OPLIST && *c; c++)
		n += *c == ' ';
	return n;
}
