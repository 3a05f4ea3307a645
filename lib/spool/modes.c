/* modes - which modes a stream of output has switched on in a terminal */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/modes.h"

/* The modes that are followed. A soft reset leaves the alternate screen and
 * what is about the whole terminal. */
static const struct known {
	unsigned short number;
	bool usual; /* on by default */
	bool hard;  /* a soft reset leaves it */
} known[] = {
	{ 1, false, false },	{ 5, false, true },	{ 6, false, false },
	{ 7, true, false },	{ 9, false, false },	{ 12, false, true },
	{ 25, true, false },	{ 45, false, false },	{ 47, false, true },
	{ 66, false, false },	{ 69, false, false },	{ 1000, false, false },
	{ 1001, false, false }, { 1002, false, false }, { 1003, false, false },
	{ 1004, false, false }, { 1005, false, false }, { 1006, false, false },
	{ 1007, false, true },	{ 1015, false, false }, { 1016, false, false },
	{ 1047, false, true },	{ 1049, false, true },	{ 2004, false, false },
	{ 2027, false, true },	{ 2031, false, true },	{ 2048, false, true },
};

_Static_assert(sizeof(known) / sizeof(*known) <= MODES_ON, "room for all");

static const struct known *modes_find(int number)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].number == number)
			return &known[i];
	return NULL;
}

void modes_init(struct modes *m)
{
	*m = (struct modes){ 0 };
	escape_init(&m->escape);
}

static void modes_forget(struct modes *m, int number)
{
	int kept = 0;

	for (int i = 0; i < m->n; i++)
		if (m->on[i] != number)
			m->on[kept++] = m->on[i];
	m->n = kept;
}

static bool is_screen(int number)
{
	return number == 47 || number == 1047 || number == 1049;
}

static void private_mode(struct modes *m, int number, bool set)
{
	const struct known *mode = modes_find(number);

	if (!mode)
		return;
	if (is_screen(number)) {
		modes_forget(m, 47);
		modes_forget(m, 1047);
		modes_forget(m, 1049);
	} else {
		modes_forget(m, number);
	}
	if (set != mode->usual)
		m->on[m->n++] = (unsigned short)number;
}

static void soft_reset(struct modes *m)
{
	int kept = 0;

	for (int i = 0; i < m->n; i++)
		if (modes_find(m->on[i])->hard)
			m->on[kept++] = m->on[i];
	m->n = kept;
	m->keypad = m->insert = m->coloured = m->margins = m->charset = false;
}

static void hard_reset(struct modes *m)
{
	struct escape kept = m->escape;

	modes_init(m);
	m->escape = kept;
}

/* The n-th number of a sequence, fallback where it was left out. */
static int number(const struct escape_csi *csi, int n, int fallback)
{
	return n < csi->n && csi->number[n] >= 0 ? csi->number[n] : fallback;
}

static void set_modes(struct modes *m, const struct escape_csi *csi)
{
	bool set = csi->final == 'h';

	for (int i = 0; i < csi->n; i++)
		if (csi->prefix == '?')
			private_mode(m, csi->number[i], set);
		else if (csi->number[i] == 4)
			m->insert = set;
}

/* CSI > FLAGS u pushes, CSI < N u pops, CSI = FLAGS ; HOW u changes the last.
 */
static void kitty(struct modes *m, const struct escape_csi *csi)
{
	int value = number(csi, 0, csi->prefix == '<' ? 1 : 0);
	int *top;

	if (csi->prefix == '<') {
		m->pushed -= value < m->pushed ? value : m->pushed;
		return;
	}
	if (csi->prefix == '>' || m->pushed == 0) {
		if (m->pushed == MODES_KITTY)
			memmove(m->kitty, m->kitty + 1,
				sizeof(*m->kitty) * (MODES_KITTY - 1));
		else
			m->pushed++;
		m->kitty[m->pushed - 1] = 0;
	}
	top = &m->kitty[m->pushed - 1];
	value &= 0x1f;
	if (csi->prefix == '=' && number(csi, 1, 1) == 2)
		value |= *top;
	else if (csi->prefix == '=' && number(csi, 1, 1) == 3)
		value = *top & ~value;
	*top = value;
}

static bool colours(const struct escape_csi *csi)
{
	return csi->n > 0 && number(csi, csi->n - 1, 0) != 0;
}

/* Returns whether what is said may be another thing now. */
static bool modes_control(struct modes *m, const struct escape_csi *csi)
{
	int kind = csi->final | csi->prefix << 8 | csi->inter << 16;

	switch (kind) {
	case 'h':
	case 'l':
	case 'h' | '?' << 8:
	case 'l' | '?' << 8:
		set_modes(m, csi);
		break;
	case 'm':
		m->coloured = colours(csi);
		return false;
	case 'm' | '>' << 8:
		if (number(csi, 0, 4) == 4)
			m->other_keys = number(csi, 1, 0) & 3;
		break;
	case 'r':
		m->margins = csi->n > 0;
		return false;
	case 'p' | '!' << 16:
		soft_reset(m);
		break;
	case 'q' | ' ' << 16:
		m->cursor = number(csi, 0, 0) % 10;
		break;
	case 'u' | '>' << 8:
	case 'u' | '<' << 8:
	case 'u' | '=' << 8:
		kitty(m, csi);
		break;
	default:
		return false;
	}
	return true;
}

static bool sequence(struct modes *m)
{
	const struct escape *e = &m->escape;
	struct escape_csi csi;

	if (escape_csi(e, &csi))
		return modes_control(m, &csi);
	if (e->n == 3 && e->seq[1] == '(')
		m->charset = e->seq[2] != 'B';
	if (e->n != 2 || !strchr("c=>", e->seq[1]))
		return false;
	if (e->seq[1] == 'c')
		hard_reset(m);
	else
		m->keypad = e->seq[1] == '=';
	return true;
}

bool modes_see(struct modes *m, const unsigned char *data, size_t n)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		i += escape_plain(&m->escape, data + i, n - i);
		if (i == n || escape_step(&m->escape, data[i]) != ESCAPE_WHOLE)
			continue;
		changed = sequence(m) || changed;
	}
	return changed;
}

static void modes_add(char *buf, size_t *n, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void modes_add(char *buf, size_t *n, const char *format, ...)
{
	va_list args;
	int put;

	va_start(args, format);
	put = vsnprintf(buf + *n, MODES_TEXT - *n, format, args);
	va_end(args);
	if (put > 0 && (size_t)put < MODES_TEXT - *n)
		*n += (size_t)put;
}

static void add_private(char *buf, size_t *n, int number, bool usual)
{
	modes_add(buf, n, "\033[?%d%c", number,
		  modes_find(number)->usual == usual ? 'h' : 'l');
}

size_t modes_say(const struct modes *m, char *buf)
{
	size_t n = 0;

	for (int i = 0; i < m->n; i++)
		add_private(buf, &n, m->on[i], false);
	if (m->keypad)
		modes_add(buf, &n, "\033=");
	if (m->insert)
		modes_add(buf, &n, "\033[4h");
	if (m->other_keys)
		modes_add(buf, &n, "\033[>4;%dm", m->other_keys);
	if (m->cursor)
		modes_add(buf, &n, "\033[%d q", m->cursor);
	for (int i = 0; i < m->pushed; i++)
		modes_add(buf, &n, "\033[>%du", m->kitty[i]);
	return n;
}

size_t modes_open(const struct modes *m, char *buf)
{
	const struct escape *e = &m->escape;
	size_t n = e->n;

	if (e->state == ESCAPE_GROUND || e->over)
		return 0;
	memcpy(buf, e->seq, n);
	if (e->state == ESCAPE_ST)
		buf[n++] = '\033';
	return n;
}

size_t modes_unsay(const struct modes *m, char *buf)
{
	size_t n = 0;

	if (m->pushed)
		modes_add(buf, &n, "\033[<%du", m->pushed);
	if (m->cursor)
		modes_add(buf, &n, "\033[0 q");
	if (m->other_keys)
		modes_add(buf, &n, "\033[>4;0m");
	if (m->insert)
		modes_add(buf, &n, "\033[4l");
	if (m->keypad)
		modes_add(buf, &n, "\033>");
	if (m->charset)
		modes_add(buf, &n, "\033(B");
	/* To reset the margins moves the cursor. */
	if (m->margins)
		modes_add(buf, &n, "\0337\033[r\0338");
	for (int i = m->n - 1; i >= 0; i--)
		add_private(buf, &n, m->on[i], true);
	if (m->coloured)
		modes_add(buf, &n, "\033[0m");
	return n;
}
