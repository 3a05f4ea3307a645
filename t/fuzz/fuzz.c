/* fuzz - what the fuzz targets have in common */
#include <assert.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "cli/applet.h"
#include "fuzz.h"

unsigned fuzz_byte(struct fuzz *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

char *fuzz_word(struct fuzz *in)
{
	size_t n = (size_t)(in->end - in->at);
	char *word;

	if (n > 0)
		n = strnlen((const char *)in->at, n);
	word = malloc(n + 1);
	if (!word)
		err(1, "cannot get memory");
	if (n > 0)
		memcpy(word, in->at, n);
	word[n] = '\0';
	in->at += n;
	/* The NUL itself. */
	if (in->at < in->end)
		in->at++;
	return word;
}

/* What the first two bytes of a character may be: the Unicode Standard, table
 * 3-7, without the C1 controls. */
static const struct {
	unsigned char first, last, least, most;
	size_t length;
} forms[] = {
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* The length of the character at s, 0 where it is none to print. */
static size_t shown(const unsigned char *s)
{
	size_t form = 0, n = 2;

	if (*s < 0x80)
		return *s >= ' ' && *s < 0x7f;
	while (form < sizeof(forms) / sizeof(*forms) && *s > forms[form].last)
		form++;
	if (form == sizeof(forms) / sizeof(*forms) || *s < forms[form].first ||
	    s[1] < forms[form].least || s[1] > forms[form].most)
		return 0;
	while (n < forms[form].length && (s[n] & 0xc0) == 0x80)
		n++;
	return n == forms[form].length ? n : 0;
}

bool fuzz_shown(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 1;

	while (*s && (n = shown(s)) > 0)
		s += n;
	return n > 0;
}

void fuzz_fault(const struct errmsg *f)
{
	assert(strnlen(f->what, sizeof(f->what)) < sizeof(f->what));
	assert(f->what[0] && fuzz_shown(f->what));
}

/* Who is not root may do this as root of a user namespace. */
static void leave_etc(void)
{
	if (unshare(CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWNS | CLONE_NEWUSER) < 0)
		err(1, "cannot leave the mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("fuzz", "/etc", "tmpfs", 0, NULL) < 0)
		err(1, "cannot mount an /etc");
}

void fuzz_etc(const char *path, const char *text)
{
	static bool left;
	int fd;

	if (!left)
		leave_etc();
	left = true;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "cannot write '%s'", path);
	(void)close(fd);
}
