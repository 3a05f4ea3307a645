/* inject - let one call of a traced process go wrong */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/sys.h"
#include "trace.h"

/* CGROUP_SUPER_MAGIC of version 1, linux/magic.h. */
#define CGROUP1_MAGIC 0x27e0eb

/* How the registers of a call are reached is a matter of the architecture. */
#ifndef __x86_64__
#error "t/torture knows x86_64 alone: see poke()"
#endif
static void poke(pid_t pid, size_t at, uint64_t value)
{
	/* If it is dead it was killed, and will be waited for. */
	(void)ptrace(PTRACE_POKEUSER, pid, (void *)at, (void *)value);
}
#define REGISTER(name_) offsetof(struct user_regs_struct, name_)

static bool matches(const struct tracer *t, const struct call *c)
{
	const struct mishap *m = t->m;

	if (!m || m->how == NEVER)
		return false;
	if (t->o->fired)
		return m->how == ON && call_same(m, &t->first, c);
	return m->nr == c->nr && m->count == c->count &&
	       strcmp(m->who, c->who) == 0 && call_may(m, c);
}

static void strike(struct tracer *t, struct process *p, const struct call *c)
{
	const struct mishap *m = t->m;

	if (!t->o->fired)
		t->first = *c;
	t->o->fired = true;
	if ((c->nr == SYS_write || c->nr == SYS_writev) && c->args[0] == 2)
		t->o->mute = true;
	p->how = m->how;
	p->value = m->value;
	p->asked = c->args[2];
	if (m->how == SIGNAL)
		(void)kill(p->pid, m->value);
	else if (m->how == SHORT)
		poke(p->pid, REGISTER(rdx), 1);
	else if (m->how != LATE)
		poke(p->pid, REGISTER(orig_rax), (uint64_t)-1);
}

static bool is_given(const struct setup *g, const struct stat *st)
{
	struct stat given;

	for (int i = 0; i < 3; i++)
		if (fstat(g->stdio[i], &given) == 0 &&
		    given.st_dev == st->st_dev && given.st_ino == st->st_ino)
			return true;
	return false;
}

/* A letter for what its first argument refers to: see struct call. */
static char file_of(const struct tracer *t, pid_t pid, const struct call *c)
{
	char path[64], link[64];
	struct statfs fs;
	struct stat st;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid,
		       (int)c->args[0]);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0 || stat(path, &st) < 0 || statfs(path, &fs) < 0)
		return 'f';
	link[n] = '\0';
	if (S_ISFIFO(st.st_mode))
		return is_given(t->g, &st) ? 'p' : 'i';
	if (S_ISSOCK(st.st_mode))
		return 's';
	if (S_ISCHR(st.st_mode))
		return strstr(link, "ptmx") ? 'm' : 't';
	if (strcmp(link, "anon_inode:[signalfd]") == 0)
		return 'g';
	return fs.f_type == SYS_PROC_MAGIC || fs.f_type == SYS_CGROUP2_MAGIC ||
			       fs.f_type == CGROUP1_MAGIC
		       ? 'k'
		       : 'f';
}

static void enter(struct tracer *t, struct process *p,
		  const struct __ptrace_syscall_info *info)
{
	long nr = (long)info->entry.nr;
	struct call c;

	p->how = NEVER;
	if (nr < 0 || nr >= NUMBERS)
		return;
	memset(&c, 0, sizeof(c));
	memcpy(c.who, p->who, WHO);
	c.nr = nr;
	c.count = ++p->count[nr];
	for (int i = 0; i < 3; i++)
		c.args[i] = info->entry.args[i];
	/* Whole rows of these do nothing that a signal could come between. */
	c.again = nr == p->last && (nr == SYS_rt_sigaction || nr == SYS_prctl);
	p->last = nr;
	if ((!t->m || t->m->how == ON) && (nr == SYS_read || nr == SYS_readv ||
					   nr == SYS_write || nr == SYS_writev))
		c.file = file_of(t, p->pid, &c);
	if (t->o->n < CALLS)
		t->o->calls[t->o->n++] = c;
	if (matches(t, &c))
		strike(t, p, &c);
}

static void leave(struct process *p, const struct __ptrace_syscall_info *info)
{
	if (p->how == ONCE || p->how == ON ||
	    (p->how == LATE && !info->exit.is_error))
		poke(p->pid, REGISTER(rax), (uint64_t)-p->value);
	else if (p->how == SHORT)
		poke(p->pid, REGISTER(rdx), p->asked);
	p->how = NEVER;
}

void inject_call(struct tracer *t, struct process *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof(info),
		   &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter(t, p, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		leave(p, &info);
}
