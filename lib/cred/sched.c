/* sched - how the kernel schedules a process */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/text.h"
#include "cred/sched.h"

/* linux/sched.h, linux/sched/types.h, linux/ioprio.h */
#define POLICY_OTHER	0
#define POLICY_FIFO	1
#define POLICY_RR	2
#define POLICY_BATCH	3
#define POLICY_DEADLINE 6
#define IO_PROCESS	1
#define IO_CLASS_SHIFT	13
#define PERSONALITY_SET 0xffUL /* the rest are flags, which stay */

struct sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

struct name {
	const char *name;
	unsigned value;
};

static const struct name policies[] = {
	{ "other", POLICY_OTHER },
	{ "fifo", POLICY_FIFO },
	{ "rr", POLICY_RR },
	{ "batch", POLICY_BATCH },
	{ "iso", 4 },
	{ "idle", 5 },
	{ "deadline", POLICY_DEADLINE },
	{ NULL, 0 },
};
static const struct name flags[] = {
	{ "reset-on-fork", 0x01 },  { "reclaim", 0x02 },
	{ "dl-overrun", 0x04 },	    { "keep-policy", 0x08 },
	{ "keep-params", 0x10 },    { "util-clamp-min", 0x20 },
	{ "util-clamp-max", 0x40 }, { NULL, 0 },
};
static const struct name io_classes[] = {
	{ "none", 0 }, { "realtime", 1 }, { "best-effort", 2 },
	{ "idle", 3 }, { NULL, 0 },
};
static const struct name personalities[] = {
	{ "linux", PER_LINUX },
	{ "linux32", PER_LINUX32 },
	{ NULL, 0 },
};

/* The name is the first n bytes of word. */
static int find_name(const struct name *names, const char *word, size_t n,
		     unsigned *value)
{
	for (; names->name; names++) {
		if (strlen(names->name) != n ||
		    strncmp(names->name, word, n) != 0)
			continue;
		*value = names->value;
		return 0;
	}
	return -1;
}

static int wrong_word(struct errmsg *f, const char *what, const char *word,
		      const char *want)
{
	(void)errmsg(f, 0, "bad %s %s: want %s", what, Q(word), want);
	errno = EINVAL;
	return -1;
}

/* One end of a range, up to the next sign. */
static int read_cpu_number(const char **list, unsigned *cpu)
{
	size_t n = strspn(*list, "0123456789");

	if (n == 0 || n > 4)
		return -1;
	*cpu = 0;
	for (size_t i = 0; i < n; i++)
		*cpu = *cpu * 10 + (unsigned)((*list)[i] - '0');
	*list += n;
	return *cpu < SCHED_CPUS ? 0 : -1;
}

int sched_cpus_parse(const char *list, struct sched_cpus *cpus)
{
	const unsigned word = 8 * sizeof(*cpus->bits);
	unsigned first, last;

	*cpus = (struct sched_cpus){ 0 };
	errno = EINVAL;
	for (;; list++) {
		if (read_cpu_number(&list, &first) < 0)
			return -1;
		last = first;
		if (*list == '-' && (list++, read_cpu_number(&list, &last)) < 0)
			return -1;
		if (last < first)
			return -1;
		for (; first <= last; first++)
			cpus->bits[first / word] |= 1UL << first % word;
		if (*list != ',')
			return *list ? -1 : 0;
	}
}

static int parse_number(const char *what, const char *word, long long max,
			uint64_t *to, struct errmsg *f)
{
	long long number = 0;

	if (word && text_number(word, 0, max, &number) < 0)
		return wrong_word(f, what, word, "a whole number");
	*to = (uint64_t)number;
	return 0;
}

static int parse_flags(const char *words, struct sched *s, struct errmsg *f)
{
	unsigned flag;
	size_t n;

	for (const char *word = words; word;
	     word = word[n] ? word + n + 1 : NULL) {
		n = strcspn(word, ",");
		if (find_name(flags, word, n, &flag) < 0)
			return wrong_word(f, "flags", words,
					  "some of reset-on-fork, reclaim, "
					  "dl-overrun, keep-policy, "
					  "keep-params, util-clamp-min, "
					  "util-clamp-max");
		s->flags |= flag;
	}
	return 0;
}

static int parse_nice(const char *word, struct sched *s, struct errmsg *f)
{
	const bool minus = word && *word == '-';
	int number;

	if (!word)
		return 0;
	if (text_int(word + minus, 0, minus ? 20 : 19, &number) < 0)
		return wrong_word(f, "nice", word, "-20 to 19");
	s->nice = minus ? -number : number;
	s->has_nice = true;
	return 0;
}

/* Which of them go with which policy. */
static const char *contradiction(const struct sched_words *w,
				 const struct sched *s)
{
	const bool real = s->policy == POLICY_FIFO || s->policy == POLICY_RR,
		   deadline = s->policy == POLICY_DEADLINE,
		   nice = s->policy == POLICY_OTHER ||
			  s->policy == POLICY_BATCH;

	if (!w->policy && (w->priority || w->flags))
		return "a priority and flags need a policy";
	if (w->priority && !real)
		return "a priority is for fifo and rr";
	if (real && !w->priority)
		return "fifo and rr need a priority";
	if (w->nice && !nice)
		return "nice is for other and batch";
	if ((w->runtime || w->deadline || w->period) && !deadline)
		return "runtime, deadline and period are for the policy "
		       "deadline";
	return NULL;
}

static int parse_policy(const struct sched_words *w, struct sched *s,
			struct errmsg *f)
{
	const char *why;
	int priority = 0;

	s->has_policy = w->policy;
	if (w->policy &&
	    find_name(policies, w->policy, strlen(w->policy), &s->policy) < 0)
		return wrong_word(f, "policy", w->policy,
				  "other, batch, idle, fifo, rr or deadline");
	if (w->priority && text_int(w->priority, 1, 99, &priority) < 0)
		return wrong_word(f, "priority", w->priority, "1 to 99");
	s->priority = (unsigned)priority;
	if (parse_nice(w->nice, s, f) < 0 || parse_flags(w->flags, s, f) < 0 ||
	    parse_number("runtime", w->runtime, INT64_MAX, &s->runtime, f) <
		    0 ||
	    parse_number("deadline", w->deadline, INT64_MAX, &s->deadline, f) <
		    0 ||
	    parse_number("period", w->period, INT64_MAX, &s->period, f) < 0)
		return -1;
	why = contradiction(w, s);
	if (!why)
		return 0;
	(void)errmsg(f, 0, "%s", why);
	errno = EINVAL;
	return -1;
}

/* CLASS or CLASS:LEVEL; 4 where there is no level, as ionice(1) has it. */
static int parse_ionice(const char *word, struct sched *s, struct errmsg *f)
{
	const char *colon;
	unsigned class;
	int level = 4;

	if (!word)
		return 0;
	colon = strchr(word, ':');
	if (find_name(io_classes, word,
		      colon ? (size_t)(colon - word) : strlen(word),
		      &class) < 0 ||
	    (colon && (class == 0 || class == 3)) ||
	    (colon && text_int(colon + 1, 0, 7, &level) < 0))
		return wrong_word(f, "priority of I/O", word,
				  "none, idle, best-effort[:0-7] or "
				  "realtime[:0-7]");
	if (class == 0 || class == 3)
		level = 0;
	s->ionice = (int)(class << IO_CLASS_SHIFT) | level;
	s->has_ionice = true;
	return 0;
}

int sched_parse(const struct sched_words *w, struct sched *s, struct errmsg *f)
{
	struct sched new = { .has_cpus = w->cpus,
			     .has_personality = w->personality };
	unsigned domain = 0;

	if (parse_policy(w, &new, f) < 0 ||
	    parse_ionice(w->ionice, &new, f) < 0)
		return -1;
	if (w->personality && find_name(personalities, w->personality,
					strlen(w->personality), &domain) < 0)
		return wrong_word(f, "personality", w->personality,
				  "linux or linux32");
	new.personality = domain;
	if (w->cpus && sched_cpus_parse(w->cpus, &new.cpus) < 0)
		return wrong_word(f, "list of CPUs", w->cpus, "one as 0-3,8");
	*s = new;
	return 0;
}

int sched_cpus_set(const struct sched_cpus *cpus)
{
	return (int)syscall(SYS_sched_setaffinity, 0, sizeof(cpus->bits),
			    cpus->bits);
}

static int set_policy(const struct sched *s)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.policy = s->policy,
		.flags = s->flags,
		.nice = s->nice,
		.priority = s->priority,
		.runtime = s->runtime,
		.deadline = s->deadline,
		.period = s->period,
	};

	return (int)syscall(SYS_sched_setattr, 0, &attr, 0);
}

static int set_personality(const struct sched *s)
{
	unsigned long now = (unsigned)personality(~0U);

	return personality((now & ~PERSONALITY_SET) | s->personality) < 0 ? -1
									  : 0;
}

int sched_apply(const struct sched *s, struct errmsg *f)
{
	if (s->has_personality && set_personality(s) < 0)
		return errmsg(f, errno, "cannot set the personality");
	/* A deadline may not be of some CPUs alone: the kernel says so. */
	if (s->has_cpus && sched_cpus_set(&s->cpus) < 0)
		return errmsg(f, errno, "cannot choose the CPUs");
	if (s->has_policy && set_policy(s) < 0)
		return errmsg(f, errno, "cannot set the scheduling policy");
	if (!s->has_policy && s->has_nice &&
	    setpriority(PRIO_PROCESS, 0, s->nice) < 0)
		return errmsg(f, errno, "cannot set the nice value");
	if (s->has_ionice &&
	    syscall(SYS_ioprio_set, IO_PROCESS, 0, s->ionice) < 0)
		return errmsg(f, errno, "cannot set the priority of I/O");
	return 0;
}
