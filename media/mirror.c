/* See mirror.h. */
#include "media/mirror.h"

#include <errno.h>
#include <string.h>

#include "media/base/log.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/handover.h"
#include "media/source.h"
#include "media/track.h"
#include "media/worker.h"

#define uthash_malloc(bytes) mem_zalloc(bytes)
#define uthash_free(ptr, bytes) mem_free(ptr)
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define RTT_US 100000                   /* the track's own worker knows better; this only spaces what goes there */
#define RECORDS_A_TURN 512
#define IDLE_US 3000000                 /* pages of a wall are turned back and forth */
#define ASK_AGAIN_US 1000000

/* No padding: it is hashed as it lies. */
struct key {
	struct path_id path;
	uint32_t kind;
};
_Static_assert(sizeof(struct key) == 12, "struct key has no padding");

struct mirror {
	struct key key;
	struct mirrors *mirrors;        /* given */
	uint32_t serial;                /* of our subscription */
	bool said;                      /* its state has come */
	int64_t asked_us;
	int64_t used_us;                /* a slot was last seen here */
	struct uplink up;
	struct track track;
	UT_hash_handle hh;
};

static struct mirror *find(const struct mirrors *m, struct path_id path, enum source_kind kind)
{
	struct key key = { path, (uint32_t)kind };
	struct mirror *found;

	HASH_FIND(hh, m->all, &key, sizeof(key), found);
	return found;
}

static void post(const struct mirror *mi, enum worker_order order, const void *body, size_t len)
{
	/* Asked again, as all that a mirror wants. */
	if (mailbox_post(exchange_orders(mi->mirrors->exchange, mi->key.path.worker), order, body, len) < 0)
		log_event(LOG_ERROR, "worker.no_memory worker=%u", mi->mirrors->worker);
}

static void subscribe(struct mirror *mi, int64_t now_us)
{
	struct order_subscribe o = { .id = mi->key.path, .kind = mi->track.kind, .reader = mi->mirrors->worker, .serial = mi->serial };

	mi->asked_us = now_us;
	post(mi, ORDER_SUBSCRIBE, &o, sizeof(o));
}

static void ask_keyframe(struct source *s)
{
	struct mirror *mi = CONTAINER_OF(s->track->up, struct mirror, up);
	struct order_keyframe o = { .id = mi->key.path, .kind = mi->track.kind, .layer = s->layer };

	post(mi, ORDER_KEYFRAME, &o, sizeof(o));
}

static void tell_layers(const struct mirror *mi, uint8_t mask)
{
	struct order_layers o = { .id = mi->key.path, .kind = mi->track.kind, .reader = mi->mirrors->worker, .mask = mask };

	post(mi, ORDER_LAYERS, &o, sizeof(o));
}

/* The track's own worker tells of it; what is wanted here it has to know. */
static void on_event(void *user, const struct media_event *ev)
{
	if (ev->type == MEDIA_LAYERS)
		tell_layers(user, ev->layers.mask);
}

static struct mirror *create(struct mirrors *m, struct path_id path, enum source_kind kind, int64_t now_us)
{
	struct mirror *mi = mem_zalloc(sizeof(*mi));

	if (!mi)
		return NULL;
	mi->mirrors = m;
	mi->key = (struct key){ path, (uint32_t)kind };
	mi->serial = ++m->last_serial ? m->last_serial : ++m->last_serial;
	mi->used_us = now_us;
	mi->up = (struct uplink){ .counters = m->counters, .fresh = m->fresh, .rtt_us = RTT_US, .path = path, .ask_keyframe = ask_keyframe,
		                  .emit = on_event, .user = mi };
	track_init(&mi->track, &mi->up, kind);
	HASH_ADD(hh, m->all, key, sizeof(mi->key), mi);
	if (!find(m, path, kind)) {
		track_done(&mi->track);
		mem_free(mi);
		return NULL;
	}
	counters_add(m->counters, COUNT_MIRRORS, 1);
	subscribe(mi, now_us);
	return mi;
}

static void destroy(struct mirrors *m, struct mirror *mi)
{
	HASH_DEL(m->all, mi);
	track_done(&mi->track);
	counters_add(m->counters, COUNT_MIRRORS, -1);
	mem_free(mi);
}

void mirrors_done(struct mirrors *m)
{
	struct mirror *mi, *next;

	HASH_ITER(hh, m->all, mi, next)
		destroy(m, mi);
}

struct track *mirrors_track(struct mirrors *m, struct path_id path, enum source_kind kind, int64_t now_us)
{
	struct mirror *mi;

	if (path.worker >= exchange_workers(m->exchange))
		return NULL;
	mi = find(m, path, kind);
	if (!mi)
		mi = create(m, path, kind, now_us);
	return mi ? &mi->track : NULL;
}

/* State that comes unasked follows upon a change, perhaps upon one that had no room: what came before it counts no more then. */
static void on_state(struct mirror *mi, const struct handover_record *rec, int64_t now_us)
{
	if (rec->state.serial != 0 && rec->state.serial != mi->serial)
		return;
	if (rec->state.serial == 0 && !mi->said)
		return;
	mi->said = true;
	mi->up.number = rec->state.number;
	/* The track then takes all to be wanted. */
	if (mi->track.n_layers != rec->state.n_layers) {
		track_set_layers(&mi->track, rec->state.n_layers);
		tell_layers(mi, mi->track.wanted);
	}
	track_set_gate(&mi->track, rec->state.gate, now_us);
}

static void on_packet(struct mirror *mi, const struct handover_record *rec)
{
	struct rtp_view pkt = {
		.marker = rec->packet.marker, .seq = rec->packet.seq, .timestamp = rec->packet.timestamp, .ssrc = rec->packet.ssrc,
		.payload = (const uint8_t *)(rec + 1), .payload_len = rec->packet.payload_len, .has_audio_level = rec->packet.has_audio_level,
		.audio_level = rec->packet.audio_level & 0x7f, .voice = rec->packet.audio_level & 0x80,
	};

	if (!mi->said)
		return;
	/* By the clock of its arrival there, so that all that is decided by time is decided as there. */
	mi->up.capture_us = rec->packet.capture_us;
	track_receive(&mi->track, rec->packet.layer, &pkt, (enum codec)rec->packet.codec, false, rec->packet.arrival_us);
}

static void on_record(struct mirrors *m, const struct handover_record *rec, int64_t now_us)
{
	struct mirror *mi = find(m, rec->path, (enum source_kind)rec->kind);

	if (mi && rec->type == HANDOVER_STATE)
		on_state(mi, rec, now_us);
	else if (mi)
		on_packet(mi, rec);
}

static bool receive_from(struct mirrors *m, struct relay *relay, int64_t now_us)
{
	const struct handover_record *rec;
	size_t len;

	for (int i = 0; i < RECORDS_A_TURN; i++) {
		rec = relay_next(relay, &len);
		if (!rec)
			return false;
		on_record(m, rec, now_us);
		relay_done(relay);
	}
	return true;
}

bool mirrors_receive(struct mirrors *m, int64_t now_us)
{
	bool more = false;

	for (uint16_t from = 0; from < exchange_workers(m->exchange); from++)
		if (from != m->worker)
			more |= receive_from(m, exchange_relay(m->exchange, from, m->worker), now_us);
	return more;
}

bool mirrors_have_news(const struct mirrors *m)
{
	for (uint16_t from = 0; from < exchange_workers(m->exchange); from++)
		if (from != m->worker && !relay_is_empty(exchange_relay(m->exchange, from, m->worker)))
			return true;
	return false;
}

void mirrors_on_gone(struct mirrors *m, struct path_id path, enum source_kind kind)
{
	struct mirror *mi = find(m, path, kind);

	if (mi)
		destroy(m, mi);
}

static bool is_used(const struct track *t)
{
	for (int i = 0; i < t->n_layers; i++)
		if (t->layers[i] && t->layers[i]->slots.n > 0)
			return true;
	return t->slots.n > 0;
}

static void leave(struct mirrors *m, struct mirror *mi)
{
	struct order_subscribe o = { .id = mi->key.path, .kind = mi->track.kind, .reader = m->worker };

	post(mi, ORDER_UNSUBSCRIBE, &o, sizeof(o));
	destroy(m, mi);
}

void mirrors_tick(struct mirrors *m, int64_t now_us)
{
	struct mirror *mi, *next;

	HASH_ITER(hh, m->all, mi, next) {
		track_tick(&mi->track, now_us);
		if (!mi->said && now_us - mi->asked_us > ASK_AGAIN_US)
			subscribe(mi, now_us);
		if (is_used(&mi->track))
			mi->used_us = now_us;
		else if (now_us - mi->used_us > IDLE_US)
			leave(m, mi);
	}
}
