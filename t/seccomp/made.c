/* made - profiles made up (oracle.h) */
#if __has_include(<seccomp.h>)
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

uint32_t chance(uint64_t *dice, uint32_t n)
{
	*dice = *dice * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*dice >> 33) % n;
}

struct text {
	char *buf;
	size_t n, size;
};

static void say(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->n += (size_t)vsnprintf(t->buf + t->n, t->size - t->n, format, args);
	va_end(args);
	if (t->n >= t->size)
		errx(1, "a profile is too long");
}

static uint64_t any_value(uint64_t *dice)
{
	static const uint64_t some[] = { 0,
					 1,
					 2,
					 3,
					 16,
					 0x7fffffff,
					 0x80000000,
					 0xffffffff,
					 0x100000000,
					 0x100000001,
					 0x1ffffffff,
					 0x7fffffffffffffff,
					 0x8000000000000000,
					 UINT64_MAX - 1,
					 UINT64_MAX };
	uint64_t random = (uint64_t)chance(dice, 65536) << chance(dice, 49);

	return chance(dice, 3)
		       ? some[chance(dice, sizeof(some) / sizeof(*some))]
		       : random;
}

static void say_action(uint64_t *dice, struct text *t, const char *key,
		       const char *code)
{
	const char *name = words[chance(dice, ACTIONS)].name;

	say(t, "\"%s\":\"%s\"", key, name);
	if ((strstr(name, "ERRNO") || strstr(name, "TRACE")) && chance(dice, 2))
		say(t, ",\"%s\":%u", code,
		    chance(dice, 3) ? chance(dice, 4) : 4094);
}

static void say_args(uint64_t *dice, struct text *t)
{
	unsigned n = chance(dice, 2) ? chance(dice, 4) : 0;

	say(t, ",\"args\":[");
	for (unsigned i = 0; i < n; i++) {
		uint64_t mask = any_value(dice), value = any_value(dice);
		unsigned op = ACTIONS + chance(dice, WORDS - ACTIONS);

		if (op == WORDS - 1)
			value &= chance(dice, 8) ? mask : UINT64_MAX;
		say(t,
		    "%s{\"index\":%u,\"value\":%llu,\"valueTwo\":%llu,"
		    "\"op\":\"%s\"}",
		    i ? "," : "", chance(dice, chance(dice, 2) ? 2 : 6),
		    (unsigned long long)mask, (unsigned long long)value,
		    words[op].name);
	}
	say(t, "]");
}

/* A name that some architecture has. */
static void say_name(uint64_t *dice, struct text *t, unsigned some)
{
	static const uint32_t of[] = { SCMP_ARCH_X86_64, SCMP_ARCH_X86,
				       SCMP_ARCH_X32, SCMP_ARCH_ARM,
				       SCMP_ARCH_AARCH64 };
	char *name = NULL;

	while (!name) {
		uint32_t arch = of[some ? 0 : chance(dice, 5)];

		name = seccomp_syscall_resolve_num_arch(
			arch, (int)(some ? some + chance(dice, 8)
					 : chance(dice, 460)));
	}
	say(t, "\"%s\"", name);
	free(name);
}

size_t make_up(uint64_t *dice, char *buf, size_t size)
{
	struct text text = { buf, 0, size }, *t = &text;
	unsigned rules = chance(dice, 10), pool = chance(dice, 300) + 1;

	say(t, "{");
	say_action(dice, t, "defaultAction", "defaultErrnoRet");
	say(t, ",\"architectures\":[\"%s\"", arches[chance(dice, ARCHES)].name);
	for (unsigned i = 0; i < ARCHES; i++) {
		if (chance(dice, 2))
			say(t, ",\"%s\"", arches[i].name);
	}
	say(t, "],\"syscalls\":[");
	for (unsigned i = 0; i < rules; i++) {
		say(t, "%s{", i ? "," : "");
		say_action(dice, t, "action", "errnoRet");
		say_args(dice, t);
		say(t, ",\"names\":[");
		for (unsigned n = chance(dice, chance(dice, 4) ? 5 : 60) + 1;
		     n > 0; n--) {
			say_name(dice, t, chance(dice, 2) ? pool : 0);
			say(t, n > 1 ? "," : "");
		}
		say(t, "]}");
	}
	say(t, "]}");
	return text.n;
}

#else
typedef int made_needs_libseccomp;
#endif
