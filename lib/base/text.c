/* text - words made numbers, foreign bytes made fit to be printed */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* The length of a UTF-8 character that is no C1 control; 0 if s has none. */
static int utf8_text(const unsigned char *s)
{
	static const unsigned least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	int n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	unsigned code = s[0] & (0x7f >> n);

	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	/* Too long for its value, a surrogate, or past the end of Unicode. */
	if (code < least[n] || (code >= 0xd800 && code < 0xe000) ||
	    code > 0x10ffff)
		return 0;
	return n;
}

/* One character of s in its printed form; returns how many bytes of s it is. */
static int shown(char out[5], const unsigned char *s)
{
	int n = utf8_text(s);

	if (*s == '\n' || *s == '\t')
		(void)snprintf(out, 5, "\\%c", *s == '\n' ? 'n' : 't');
	else if (*s == '\'' || *s == '\\')
		(void)snprintf(out, 5, "\\%c", *s);
	else if (n > 0)
		(void)snprintf(out, 5, "%.*s", n, (const char *)s);
	else if (*s < ' ' || *s > '~')
		(void)snprintf(out, 5, "\\x%02x", *s);
	else
		(void)snprintf(out, 5, "%c", *s);
	return n > 0 ? n : 1;
}

const char *quote(char buf[QUOTE_MAX], const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t used = 0;
	char one[5];

	buf[used++] = '\'';
	while (*s) {
		int n = shown(one, s);

		if (used + strlen(one) + sizeof("...'") > QUOTE_MAX)
			break;
		memcpy(buf + used, one, strlen(one));
		used += strlen(one);
		s += n;
	}
	(void)snprintf(buf + used, QUOTE_MAX - used, *s ? "...'" : "'");
	return buf;
}

struct quoted quoted(const char *text)
{
	struct quoted q;

	(void)quote(q.text, text);
	return q;
}

static int error_text(int why)
{
	errno = why;
	return -1;
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* The number that n digits make. */
static int number_text_here(const char *text, size_t n, long long max,
			    long long *out)
{
	long long value = 0;

	for (size_t i = 0; i < n; i++) {
		int digit = text[i] - '0';

		if (value > (max - digit) / 10)
			return error_text(ERANGE);
		value = value * 10 + digit;
	}
	if (value > max)
		return error_text(ERANGE);
	*out = value;
	return 0;
}

int text_number(const char *text, long long min, long long max, long long *out)
{
	size_t n = digits(text);
	long long value;

	if (n == 0 || text[n])
		return error_text(EINVAL);
	if (number_text_here(text, n, max, &value) < 0)
		return -1;
	if (value < min)
		return error_text(ERANGE);
	*out = value;
	return 0;
}

int text_int(const char *text, int min, int max, int *out)
{
	long long value;

	if (text_number(text, min, max, &value) < 0)
		return -1;
	*out = (int)value;
	return 0;
}

int text_millis(const char *text, int *ms)
{
	size_t n = digits(text);
	const char *fraction = text + n;
	long long whole, parts = 0;

	if (n == 0)
		return error_text(EINVAL);
	if (*fraction == '.' && digits(++fraction) == 0)
		return error_text(EINVAL);
	if (fraction[digits(fraction)])
		return error_text(EINVAL);
	if (number_text_here(text, n, INT_MAX / 1000, &whole) < 0)
		return -1;
	for (int i = 0; i < 3; i++)
		parts = parts * 10 + (*fraction ? *fraction++ - '0' : 0);
	if (whole * 1000 + parts > INT_MAX)
		return error_text(ERANGE);
	*ms = (int)(whole * 1000 + parts);
	return 0;
}

/* No libc but a recent glibc has the short names. */
static const struct {
	const char *name;
	int number;
} names[] = {
	{ "HUP", SIGHUP },	 { "INT", SIGINT },   { "QUIT", SIGQUIT },
	{ "ILL", SIGILL },	 { "TRAP", SIGTRAP }, { "ABRT", SIGABRT },
	{ "BUS", SIGBUS },	 { "FPE", SIGFPE },   { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 },	 { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },	 { "ALRM", SIGALRM }, { "TERM", SIGTERM },
	{ "CHLD", SIGCHLD },	 { "CONT", SIGCONT }, { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },	 { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },
	{ "URG", SIGURG },	 { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH },
	{ "IO", SIGIO },	 { "POLL", SIGPOLL }, { "PWR", SIGPWR },
	{ "SYS", SIGSYS },
};

/* The kernel's numbers: a libc keeps a few of them back for itself. */
static int realtime_signal(const char *name)
{
	bool top = strncasecmp(name, "RTMAX", 5) == 0;
	int n = 0;

	if (!top && strncasecmp(name, "RTMIN", 5) != 0)
		return -1;
	name += 5;
	if (*name &&
	    (*name != (top ? '-' : '+') || text_int(name + 1, 0, 30, &n) < 0))
		return -1;
	return top ? 64 - n : 34 + n;
}

int text_signal(const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	int value;

	if (text_int(text, 1, 64, &value) == 0)
		return value;
	value = realtime_signal(name);
	if (value > 0)
		return value;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].number;
	}
	return error_text(EINVAL);
}

int text_id(const char *text, unsigned *id)
{
	long long value;

	/* The last one, (uid_t)-1, means "leave it" to every call. */
	if (text_number(text, 0, UINT_MAX - 1, &value) < 0)
		return -1;
	*id = (unsigned)value;
	return 0;
}
