/* kernel - programs on the kernel itself (oracle.h) */
#if __has_include(<seccomp.h>) && defined(__x86_64__)
#include <err.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle.h"

#define POINTS	4096
#define ANSWERS 100

/* Memory that the child shares: its answers. */
struct answers {
	int n;
	int error[POINTS];
};

/* A call of i386 from a 64-bit program; what is below the stack is kept. */
static int call_32(const struct seccomp_data *d)
{
	register unsigned long last __asm__("r8") = (uint32_t)d->args[5];
	long result;

	__asm__ volatile("sub $128, %%rsp\n\t"
			 "push %%rbp\n\t"
			 "mov %%r8, %%rbp\n\t"
			 "int $0x80\n\t"
			 "pop %%rbp\n\t"
			 "add $128, %%rsp"
			 : "=a"(result), "+r"(last)
			 : "a"((long)d->nr), "b"((uint32_t)d->args[0]),
			   "c"((uint32_t)d->args[1]), "d"((uint32_t)d->args[2]),
			   "S"((uint32_t)d->args[3]), "D"((uint32_t)d->args[4])
			 : "memory", "cc", "r9", "r10", "r11");
	return -(int)result;
}

static int call(const struct seccomp_data *d)
{
	const __u64 *a = d->args;

	if (d->arch == AUDIT_ARCH_I386)
		return call_32(d);
	if (syscall((long)(uint32_t)d->nr, a[0], a[1], a[2], a[3], a[4],
		    a[5]) >= 0)
		return 0;
	return errno;
}

/* The child makes no other call than those and its exit. */
static void ask(const struct sock_fprog *prog, const struct seccomp_data *d,
		int n, struct answers *answers)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, prog) < 0)
		_exit(errno);
	for (int i = 0; i < n; i++) {
		answers->error[i] = call(&d[i]);
		answers->n++;
	}
	(void)syscall(SYS_exit_group, 0);
}

/* The errno that stands for an action, from 1. */
static int code_of(uint32_t action, uint32_t *actions, int *n)
{
	for (int i = 0; i < *n; i++) {
		if (actions[i] == action)
			return i + 1;
	}
	if (*n == ANSWERS)
		errx(1, "more than %d actions", ANSWERS);
	actions[*n] = action;
	return ++*n;
}

bool runs_32(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct seccomp_data d = { .nr = 20, .arch = AUDIT_ARCH_I386 };

		_exit(call_32(&d) == -getpid() ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int ask_kernel(const struct sock_filter *code, size_t n,
	       const struct seccomp_data *d, int points)
{
	static struct sock_filter copy[BPF_MAXINSNS + 3] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { (unsigned short)(n + 3), copy };
	struct answers *answers = mmap(NULL, sizeof(*answers),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t actions[ANSWERS];
	int known = 0, status = 0, wrong = -1;
	pid_t pid;

	if (answers == MAP_FAILED)
		err(1, "mmap");
	memcpy(copy + 3, code, n * sizeof(*code));
	for (size_t i = 3; i < n + 3; i++) {
		if (copy[i].code == (BPF_RET | BPF_K))
			copy[i].k = SECCOMP_RET_ERRNO |
				    (uint32_t)code_of(copy[i].k, actions,
						      &known);
	}
	pid = fork();
	if (pid == 0)
		ask(&prog, d, points, answers);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0 ||
	    answers->n != points)
		errx(1, "the kernel does not take or run a filter: %#x",
		     (unsigned)status);
	for (int i = 0; i < points && wrong < 0; i++) {
		unsigned steps = 0;
		uint32_t want = interpret(code, n, &d[i], &steps);

		if (answers->error[i] != code_of(want, actions, &known))
			wrong = i;
	}
	(void)munmap(answers, sizeof(*answers));
	return wrong;
}
/* The child's ns for a call, the best of some rounds. */
static double time_calls(int nr)
{
	const int calls = 20000, rounds = 40;
	struct timespec a, b;
	double best = 0, ns;

	for (int i = 0; i < rounds; i++) {
		(void)clock_gettime(CLOCK_MONOTONIC, &a);
		for (int k = 0; k < calls; k++)
			(void)syscall(nr, 0xffffffffUL);
		(void)clock_gettime(CLOCK_MONOTONIC, &b);
		ns = (double)(b.tv_sec - a.tv_sec) * 1e9 +
		     (double)(b.tv_nsec - a.tv_nsec);
		if (i == 0 || ns < best)
			best = ns;
	}
	return best / calls;
}

double time_filter(const struct filter *f, int nr)
{
	double *ns = mmap(NULL, sizeof(*ns), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	double result;
	pid_t pid = fork();

	if (pid == 0) {
		struct sock_fprog prog = { (unsigned short)f->n,
					   (struct sock_filter *)f->code };

		if (f->n > 0 &&
		    (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
		     syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) <
			     0))
			_exit(errno);
		*ns = time_calls(nr);
		_exit(0);
	}
	if (ns == MAP_FAILED || pid < 0 || waitpid(pid, &status, 0) != pid ||
	    status != 0)
		errx(1, "cannot time a filter: %#x", (unsigned)status);
	result = *ns;
	(void)munmap(ns, sizeof(*ns));
	return result;
}
#else
typedef int kernel_needs_x86_64;
#endif
