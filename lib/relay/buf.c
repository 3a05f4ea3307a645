/* buf - bytes on their way from one descriptor to another */
#include <string.h>

#include "relay/buf.h"

void buf_init(struct buf *f, unsigned char data[BUF_SIZE])
{
	f->start = f->end = 0;
	f->data = data;
}

size_t buf_room(struct buf *f, unsigned char **room)
{
	if (f->start > 0 && f->end > BUF_SIZE / 2) {
		memmove(f->data, f->data + f->start, f->end - f->start);
		f->end -= f->start;
		f->start = 0;
	}
	*room = f->data + f->end;
	return BUF_SIZE - f->end;
}

void buf_came(struct buf *f, size_t n)
{
	f->end += n;
}

size_t buf_ready(const struct buf *f, const unsigned char **data)
{
	*data = f->data + f->start;
	return f->end - f->start;
}

void buf_went(struct buf *f, size_t n)
{
	f->start += n;
	if (f->start == f->end)
		f->start = f->end = 0;
}
