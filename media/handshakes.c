/* See handshakes.h. Lists of places in one array. */
#include "media/handshakes.h"

#include <errno.h>
#include <string.h>

#include "media/base/mem.h"

#define NONE UINT16_MAX
#define FRESH_EVERY 4

static void push(struct handshakes *h, struct handshake_list *l, uint16_t at)
{
	h->packets[at].next = NONE;
	if (l->first == NONE)
		l->first = at;
	else
		h->packets[l->last].next = at;
	l->last = at;
}

static uint16_t pop(struct handshakes *h, struct handshake_list *l)
{
	uint16_t at = l->first;

	l->first = h->packets[at].next;
	return at;
}

int handshakes_init(struct handshakes *h, size_t n_paths)
{
	static const struct handshake_list none = { NONE, NONE };

	*h = (struct handshakes){ .idle = none, .fresh = none, .begun = none };
	h->packets = mem_calloc(HANDSHAKES_WAITING, sizeof(*h->packets));
	h->of_path = mem_calloc(n_paths, sizeof(*h->of_path));
	if (!h->packets || !h->of_path)
		return -ENOMEM;
	for (uint16_t i = 0; i < HANDSHAKES_WAITING; i++)
		push(h, &h->idle, i);
	return 0;
}

void handshakes_done(struct handshakes *h)
{
	h->packets = mem_free(h->packets);
	h->of_path = mem_free(h->of_path);
}

int handshakes_add(struct handshakes *h, struct path_id id, bool begun, const uint8_t *data, size_t len, const struct sockaddr_storage *from,
                   socklen_t from_len)
{
	struct handshake_packet *p;
	uint16_t at;

	if (h->idle.first == NONE || h->of_path[id.index] == HANDSHAKES_A_PATH || len > sizeof(p->data) || from_len > sizeof(p->from))
		return -ENOSPC;
	at = pop(h, &h->idle);
	p = &h->packets[at];
	p->id = id;
	memcpy(&p->from, from, from_len);
	p->from_len = from_len;
	p->len = (uint16_t)len;
	memcpy(p->data, data, len);
	push(h, begun ? &h->begun : &h->fresh, at);
	h->of_path[id.index]++;
	h->n++;
	return 0;
}

static struct handshake_list *next_list(struct handshakes *h)
{
	if (h->fresh.first == NONE)
		return &h->begun;
	if (h->begun.first == NONE)
		return &h->fresh;
	h->turn = (uint8_t)((h->turn + 1) % FRESH_EVERY);
	return h->turn == 0 ? &h->fresh : &h->begun;
}

const struct handshake_packet *handshakes_take(struct handshakes *h)
{
	uint16_t at;

	if (h->n == 0)
		return NULL;
	at = pop(h, next_list(h));
	push(h, &h->idle, at);
	h->of_path[h->packets[at].id.index]--;
	h->n--;
	return &h->packets[at];
}
