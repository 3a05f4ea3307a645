/* flow - bytes on their way from one descriptor to another */
#include <string.h>

#include "flow.h"

size_t flow_room(struct flow *f, unsigned char **room)
{
	if (f->start > 0 && f->end > FLOW_SIZE / 2) {
		memmove(f->data, f->data + f->start, f->end - f->start);
		f->end -= f->start;
		f->start = 0;
	}
	*room = f->data + f->end;
	return FLOW_SIZE - f->end;
}

void flow_came(struct flow *f, size_t n)
{
	f->end += n;
}

size_t flow_ready(const struct flow *f, const unsigned char **data)
{
	*data = f->data + f->start;
	return f->end - f->start;
}

void flow_went(struct flow *f, size_t n)
{
	f->start += n;
	if (f->start == f->end)
		f->start = f->end = 0;
}
