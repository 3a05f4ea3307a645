/* peer - libseccomp, as runc uses it (oracle.h) */
#if __has_include(<seccomp.h>)
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "oracle.h"

static void add(scmp_filter_ctx ctx, const struct rule *r, const char *name)
{
	int nr = seccomp_syscall_resolve_name(name), status;

	if (nr == __NR_SCMP_ERROR)
		return;
	status = seccomp_rule_add_array(ctx, r->action, nr, r->n, r->cond);
	if (status < 0 && status != -EEXIST)
		errx(1, "libseccomp takes no %s: %s", name, strerror(-status));
}

static void export_filter(scmp_filter_ctx ctx, struct filter *f)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;

	if (seccomp_export_bpf(ctx, fd) < 0)
		errx(1, "libseccomp cannot export");
	n = pread(fd, f->code, sizeof(f->code), 0);
	f->n = (size_t)n / sizeof(*f->code);
	(void)close(fd);
}

void build_theirs(const struct profile *p, enum seccomp_arch native, bool tree,
		  struct filter *f)
{
	scmp_filter_ctx ctx = seccomp_init(p->otherwise);

	if (native != SECCOMP_X86_64) {
		(void)seccomp_arch_add(ctx, SCMP_ARCH_AARCH64);
		(void)seccomp_arch_remove(ctx, SCMP_ARCH_X86_64);
	}
	if (tree)
		(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < ARCHES; i++) {
		if (p->arch[i] && arches[i].native == native)
			(void)seccomp_arch_add(ctx, arches[i].scmp);
	}
	for (size_t i = 0; i < p->own; i++) {
		const struct json_node *name = p->rule[i].names->first;

		if (p->rule[i].action == p->otherwise)
			continue;
		for (; name; name = name->next)
			add(ctx, &p->rule[i], name->text);
	}
	export_filter(ctx, f);
	seccomp_release(ctx);
}

/* runc's filter: libseccomp's, with ENOSYS before it. */
uint32_t ask_theirs(const struct filter *f, const struct profile *p,
		    const struct table *t, const struct seccomp_data *d)
{
	unsigned steps = 0;

	if (!permits(p->otherwise) && t->theirs && (uint32_t)d->nr > t->theirs)
		return SCMP_ACT_ERRNO(ENOSYS);
	return interpret(f->code, f->n, d, &steps);
}

/* Does libseccomp find that a rule holds, where it is the only one? */
bool holds_alone(const struct arch *arch, const struct rule *r,
		 const struct seccomp_data *d)
{
	static struct filter f;
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	unsigned steps = 0;
	char *name = seccomp_syscall_resolve_num_arch(arch->scmp, d->nr);
	int nr = seccomp_syscall_resolve_name(name);

	if (seccomp_arch_exist(ctx, arch->scmp) == -EEXIST)
		(void)seccomp_arch_add(ctx, arch->scmp);
	if (seccomp_rule_add_array(ctx, SCMP_ACT_TRAP, nr, r->n, r->cond) < 0)
		errx(1, "libseccomp takes no %s alone", name);
	export_filter(ctx, &f);
	seccomp_release(ctx);
	free(name);
	return interpret(f.code, f.n, d, &steps) == SCMP_ACT_TRAP;
}

#else
typedef int peer_needs_libseccomp;
#endif
