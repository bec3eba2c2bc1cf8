/* The control thread's side of media; see media.h. Path indices are given out here, so that an answer needs no round trip. */
#include "media/media.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "media/base/address.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/worker.h"

struct place {
	struct worker *worker;                  /* owned */
	size_t n_paths;
	uint32_t generation[WORKER_PATHS];      /* 0: free */
	uint16_t next;                          /* where to look for a free index */
};

struct media {
	struct mailbox *reports;                /* owned */
	struct exchange *exchange;              /* owned */
	uint32_t last_generation;
	unsigned n;
	struct place places[];
};

static int start_workers(struct media *m, const struct media_cfg *cfg)
{
	for (unsigned i = 0; i < cfg->workers; i++) {
		struct sockaddr_storage listen = cfg->listen;
		int r;

		/* Port 0 asks the kernel for any, for each. */
		if (address_port(&listen) != 0)
			address_set_port(&listen, (uint16_t)(address_port(&listen) + i));
		r = worker_start(&m->places[i].worker, (uint16_t)i, &listen, cfg->tcp, cfg->certificate, m->reports, m->exchange);
		if (r < 0)
			return r;
		m->n++;
	}
	return 0;
}

int media_create(struct media **ret, const struct media_cfg *cfg)
{
	struct media *m;
	int r;

	if (cfg->workers < 1 || cfg->workers > MAX_WORKERS || !cfg->certificate ||
	    (cfg->listen.ss_family != AF_INET && cfg->listen.ss_family != AF_INET6))
		return -EINVAL;
	m = mem_zalloc(sizeof(*m) + cfg->workers * sizeof(m->places[0]));
	if (!m)
		return -ENOMEM;
	r = mailbox_create(&m->reports, cfg->wake, cfg->user);
	if (r == 0)
		r = exchange_create(&m->exchange, (uint16_t)cfg->workers);
	if (r == 0)
		r = start_workers(m, cfg);
	if (r < 0) {
		media_destroy(m);
		return r;
	}
	*ret = m;
	return 0;
}

struct media *media_destroy(struct media *m)
{
	if (!m)
		return NULL;
	for (unsigned i = 0; i < m->n; i++)
		worker_stop(m->places[i].worker);
	exchange_destroy(m->exchange);
	mailbox_destroy(m->reports);
	return mem_free(m);
}

unsigned media_workers(const struct media *m)
{
	return m->n;
}

uint16_t media_least_loaded(const struct media *m)
{
	unsigned least = 0;

	for (unsigned i = 1; i < m->n; i++)
		if (m->places[i].n_paths < m->places[least].n_paths)
			least = i;
	return (uint16_t)least;
}

size_t media_paths(const struct media *m, uint16_t worker)
{
	return m->places[worker].n_paths;
}

uint16_t media_port(const struct media *m, uint16_t worker)
{
	assert(worker < m->n);
	return worker_port(m->places[worker].worker);
}

static bool is_live(const struct media *m, struct path_id id)
{
	return id.generation != 0 && id.worker < m->n && id.index < WORKER_PATHS &&
	       m->places[id.worker].generation[id.index] == id.generation;
}

void media_dispatch(struct media *m, void (*on_event)(void *user, const struct media_event *ev), void *user)
{
	struct letter *l;

	while ((l = mailbox_take(m->reports))) {
		struct media_event *ev = l->data;

		if (ev->type == MEDIA_STATS)
			ev->stats = (const struct path_stats *)(ev + 1);
		if (is_live(m, ev->path))
			on_event(user, ev);
		letter_free(l);
	}
}

int media_write_metrics(const struct media *m, char **ret)
{
	struct counters *sets[MAX_WORKERS];

	for (unsigned i = 0; i < m->n; i++)
		sets[i] = worker_counters(m->places[i].worker);
	return counters_write(ret, sets, m->n);
}

static int find_free(struct place *p, uint16_t *ret)
{
	for (size_t i = 0; i < WORKER_PATHS; i++) {
		uint16_t index = (uint16_t)((p->next + i) % WORKER_PATHS);

		if (p->generation[index] == 0) {
			p->next = (uint16_t)((index + 1) % WORKER_PATHS);
			*ret = index;
			return 0;
		}
	}
	return -ENOSPC;
}

int media_path_open(struct media *m, struct path_id *ret, const struct path_cfg *cfg)
{
	struct order_open o = { .cfg = *cfg };
	struct place *place;
	int r;

	if (cfg->worker >= m->n || cfg->n_slots > MAX_SLOTS || !cfg->local.ufrag[0] || !cfg->local.pwd[0] || cfg->source_number == 0)
		return -EINVAL;
	place = &m->places[cfg->worker];
	o.id.worker = cfg->worker;
	r = find_free(place, &o.id.index);
	if (r < 0)
		return r;
	if (++m->last_generation == 0)
		m->last_generation = 1;
	o.id.generation = m->last_generation;
	r = worker_post(place->worker, ORDER_OPEN, &o, sizeof(o));
	if (r < 0)
		return r;
	place->generation[o.id.index] = o.id.generation;
	place->n_paths++;
	*ret = o.id;
	return 0;
}

static int order(struct media *m, struct path_id path, enum worker_order what, const void *body, size_t len)
{
	return is_live(m, path) ? worker_post(m->places[path.worker].worker, what, body, len) : -ESTALE;
}

int media_path_negotiated(struct media *m, struct path_id path, const struct negotiated *n)
{
	struct order_negotiated o = { .id = path, .negotiated = *n };

	return order(m, path, ORDER_NEGOTIATED, &o, sizeof(o));
}

int media_path_restart(struct media *m, struct path_id path, const struct ice_credentials *local)
{
	struct order_restart o = { .id = path, .local = *local };

	return order(m, path, ORDER_RESTART, &o, sizeof(o));
}

void media_path_close(struct media *m, struct path_id path)
{
	struct order_close o = { .id = path };

	if (order(m, path, ORDER_CLOSE, &o, sizeof(o)) < 0)
		return;
	m->places[path.worker].generation[path.index] = 0;
	m->places[path.worker].n_paths--;
}

int64_t media_path_seen_us(const struct media *m, struct path_id path)
{
	return is_live(m, path) ? worker_seen_us(m->places[path.worker].worker, path.index) : 0;
}

int media_source_gate(struct media *m, struct path_id path, enum source_kind kind, bool open)
{
	struct order_gate o = { .id = path, .kind = kind, .open = open };

	return order(m, path, ORDER_GATE, &o, sizeof(o));
}

int media_source_cue(struct media *m, struct path_id path, enum source_kind kind)
{
	struct order_track o = { .id = path, .kind = kind };

	return order(m, path, ORDER_CUE, &o, sizeof(o));
}

int media_slot_bind(struct media *m, struct path_id path, uint8_t slot, struct path_id source, enum source_kind kind, uint32_t binding,
                    struct slot_wish wish)
{
	struct order_bind o = { .id = path, .source = source, .kind = kind, .binding = binding, .slot = slot, .wish = wish };

	if (slot >= MAX_SLOTS)
		return -EINVAL;
	return order(m, path, ORDER_BIND, &o, sizeof(o));
}

int media_slot_want(struct media *m, struct path_id path, uint8_t slot, struct slot_wish wish)
{
	struct order_want o = { .id = path, .wish = wish, .slot = slot };

	return slot < MAX_SLOTS ? order(m, path, ORDER_WANT, &o, sizeof(o)) : -EINVAL;
}

int media_path_limit(struct media *m, struct path_id path, uint32_t bps, uint32_t look_bps)
{
	struct order_limit o = { .id = path, .bps = bps, .look_bps = look_bps };

	return order(m, path, ORDER_LIMIT, &o, sizeof(o));
}
