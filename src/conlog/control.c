/* control - the lines that a control FIFO brings */
#include <string.h>

#include "conlog/control.h"

void control_init(struct control *c)
{
	c->n = 0;
	c->over = false;
}

bool control_partial(const struct control *c)
{
	return c->n > 0 || c->over;
}

static bool blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* A number of at most that value at *at, with a blank or the end behind it. */
static bool control_number(const char **at, int most, int *out)
{
	const char *digit = *at + strspn(*at, " \t");
	int n = 0;

	if (*digit < '0' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++) {
		n = n * 10 + (*digit - '0');
		if (n > most)
			return false;
	}
	if (*digit && !blank(*digit))
		return false;
	*out = n;
	*at = digit;
	return true;
}

static enum control_what parse_control(struct control *c)
{
	const char *at = c->line;
	int type;

	c->line[c->n] = '\0';
	if (c->over || strlen(c->line) != c->n ||
	    !control_number(&at, CONTROL_REDRAW, &type) ||
	    !control_number(&at, CONTROL_SIZE, &c->rows) ||
	    !control_number(&at, CONTROL_SIZE, &c->cols) ||
	    type < CONTROL_RESIZE)
		return CONTROL_BAD;
	c->type = (enum control_type)type;
	return CONTROL_DONE;
}

enum control_what control_byte(struct control *c, char byte)
{
	enum control_what what;

	if (byte == '\n') {
		what = parse_control(c);
		control_init(c);
		return what;
	}
	if (c->n < CONTROL_LINE)
		c->line[c->n++] = byte;
	else
		c->over = true;
	return CONTROL_MORE;
}
