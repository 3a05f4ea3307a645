/* relay - the copy between a terminal and the outside, as a state machine */
#include "relay/relay.h"

void relay_init(struct relay *r, int outs, enum ptyinput_kind kind,
		long long now)
{
	ptyinput_init(&r->input, kind, now);
	r->outs = outs;
	r->gone = false;
	for (int i = 0; i < outs; i++) {
		buf_init(&r->out[i].buf, r->room[i]);
		r->out[i].state = RELAY_OPEN;
		r->out[i].tail = 0;
	}
}

size_t relay_room(struct relay *r, int i, unsigned char **room)
{
	struct relay_out *out = &r->out[i];
	size_t n = buf_room(&out->buf, room);

	if (out->state != RELAY_OPEN)
		return 0;
	if (r->gone && n > RELAY_TAIL - out->tail)
		n = RELAY_TAIL - out->tail;
	return n;
}

void relay_came(struct relay *r, int i, size_t n)
{
	struct relay_out *out = &r->out[i];

	buf_came(&out->buf, n);
	if (!r->gone)
		return;
	out->tail += n;
	if (out->tail >= RELAY_TAIL)
		out->state = RELAY_DRAINED;
}

void relay_empty(struct relay *r, int i)
{
	if (r->gone && r->out[i].state == RELAY_OPEN)
		r->out[i].state = RELAY_DRAINED;
}

void relay_gone(struct relay *r)
{
	r->gone = true;
}

size_t relay_ready(const struct relay *r, int i, const unsigned char **data)
{
	return buf_ready(&r->out[i].buf, data);
}

void relay_went(struct relay *r, int i, size_t n)
{
	buf_went(&r->out[i].buf, n);
}

void relay_refused(struct relay *r, int i)
{
	r->out[i].state = RELAY_BROKEN;
	r->out[i].buf.start = r->out[i].buf.end = 0;
}

bool relay_broken(const struct relay *r)
{
	for (int i = 0; i < r->outs; i++)
		if (r->out[i].state == RELAY_BROKEN)
			return true;
	return false;
}

bool relay_over(const struct relay *r)
{
	const unsigned char *data;

	for (int i = 0; i < r->outs; i++)
		if (r->out[i].state == RELAY_OPEN ||
		    relay_ready(r, i, &data) > 0)
			return false;
	return true;
}
