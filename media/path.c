/*
 * A path's state; see path.h.
 *
 *            check                  DTLS done and fingerprint matches      USE-CANDIDATE seen
 *   waiting ────────► handshaking ──────────────────────────────────► keys ─────────────────► open (PATH_UP)
 *                                                                               ▲    │ 30 s without a check from there: PATH_DOWN
 *                                                                               └────┘ one again, or USE-CANDIDATE: PATH_UP
 */
#include "media/path.h"

#include <errno.h>
#include <openssl/rand.h>
#include <string.h>

#include "media/base/log.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/path_private.h"
#include "media/rate_control.h"
#include "media/tcp_links.h"

#define CONSENT_US 30000000             /* RFC 7675 §5.1 */
#define CHECKED_US 7000000              /* peers check the way that they use each 2.5 to 6 s */
#define SILENT_US 450000                /* and one round trip; feedback comes each 50 to 100 ms */
#define SILENT_AGAIN_US 3000000
#define TICK_LATE_US 250000
#define DEFAULT_RTT_US 100000
#define PACKET_EVERY_US 250             /* 4,000 packets a second from one peer, some 40 Mbit/s, */
#define PACKETS_AT_ONCE 2000            /* and keyframes of any size */

static void emit(struct path *p, enum media_event_type type, enum path_down_reason reason)
{
	struct media_event ev = { .type = type, .path = p->id };

	if (type == MEDIA_PATH_DOWN)
		ev.down.reason = reason;
	p->site->emit(p->site->user, &ev);
}

static int create_slots(struct path *p, const struct path_cfg *cfg, int64_t now_us)
{
	uint64_t random[MAX_SLOTS];

	if (cfg->n_slots == 0)
		return 0;
	p->slots = mem_zalloc_line(cfg->n_slots * sizeof(*p->slots));
	if (!p->slots)
		return -ENOMEM;
	if (RAND_bytes((unsigned char *)random, sizeof(random)) != 1)
		return -EIO;
	p->n_slots = p->down.n_slots = cfg->n_slots;
	p->down.slots = p->slots;
	for (uint8_t i = 0; i < p->n_slots; i++)
		slot_init(&p->slots[i], &p->down, i, &cfg->slots[i], random[i], now_us);
	return 0;
}

static void init_links(struct path *p, const struct path_cfg *cfg)
{
	const struct path_site *site = p->site;

	p->down = (struct downlink){
		.queue = site->queue, .departures = site->departures, .counters = site->counters, .wall_minus_boot_us = site->wall_minus_boot_us, .path = p->id,
		.emit = site->emit, .user = site->user,
	};
	memcpy(p->down.cname, cfg->cname, sizeof(p->down.cname));
	p->up = (struct uplink){
		.counters = site->counters, .frames = site->frames, .fresh = site->fresh, .handover = site->handover, .rtt_us = DEFAULT_RTT_US, .number = cfg->source_number, .path = p->id,
		.ask_keyframe = path_send_keyframe_request, .emit = site->emit, .user = site->user,
	};
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		track_init(&p->tracks[kind], &p->up, (enum source_kind)kind);
	p->own_ssrc = cfg->n_slots > 0 ? cfg->slots[0].ssrc : cfg->source_number;
}

int path_create(struct path **ret, const struct path_site *site, struct path_id id, const struct path_cfg *cfg, int64_t now_us)
{
	struct path *p = mem_zalloc_line(sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->site = site;
	p->id = id;
	p->pass.owner = p;
	p->credentials[0] = cfg->local;
	p->consent_us = now_us;
	init_links(p, cfg);
	r = create_slots(p, cfg, now_us);
	if (r == 0)
		r = gate_add_ufrag(site->gate, &p->credentials[0], &p->pass);
	if (r < 0) {
		p->credentials[0].ufrag[0] = 0;
		path_destroy(p);
		return r;
	}
	p->counted = true;
	counters_add(site->counters, COUNT_PATHS, 1);
	*ret = p;
	return 0;
}

static void set_open(struct path *p, bool open, int64_t now_us)
{
	if (p->down.open == open)
		return;
	p->down.open = open;
	downlink_reset(&p->down);
	counters_add(p->site->counters, COUNT_PATHS_UP, open ? 1 : -1);
	for (uint8_t i = 0; open && i < p->n_slots; i++)
		slot_on_open(&p->slots[i], now_us);
}

static void drop_ufrag(struct path *p, struct ice_credentials *c)
{
	if (c->ufrag[0])
		gate_remove_ufrag(p->site->gate, c->ufrag);
	c->ufrag[0] = 0;
}

/* Packets that wait to be sealed name their keys. */
static void drop_keys(struct path *p)
{
	sendqueue_flush(p->site->queue);
	p->in = srtp_keys_destroy(p->in);
	p->down.srtp = srtp_keys_destroy(p->down.srtp);
}

struct path *path_destroy(struct path *p)
{
	if (!p)
		return NULL;
	if (p->counted)
		counters_add(p->site->counters, COUNT_PATHS, -1);
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		track_done(&p->tracks[kind]);
	for (uint8_t i = 0; i < p->n_slots; i++)
		slot_done(&p->slots[i]);
	set_open(p, false, 0);
	downlink_done(&p->down);
	drop_ufrag(p, &p->credentials[0]);
	drop_ufrag(p, &p->credentials[1]);
	gate_forget(p->site->gate, &p->pass);
	dtls_destroy(p->dtls);
	drop_keys(p);
	mem_free(p->slots);
	mem_free(p->negotiated);
	rate_control_destroy(p->down.rate);
	mem_free(p->before);
	mem_free(p->twcc);
	return mem_free(p);
}

struct path_id path_id(const struct path *p)
{
	return p->id;
}

struct path *path_of_pass(struct gate_pass *pass)
{
	return CONTAINER_OF(pass, struct path, pass);
}

struct track *path_track(struct path *p, enum source_kind kind)
{
	return &p->tracks[kind];
}

struct slot *path_slot(struct path *p, uint8_t number)
{
	return number < p->n_slots ? &p->slots[number] : NULL;
}

struct srtp *path_open_keys(struct path *p)
{
	return p->in;
}

void path_limit(struct path *p, uint32_t bps, uint32_t look_bps)
{
	p->limit_bps = bps;
	p->look_bps = look_bps;
	if (p->down.rate)
		rate_control_limit(p->down.rate, bps, look_bps);
}

/* Keys, a nominated address and consent: then media may leave. */
static void update_open(struct path *p, int64_t now_us)
{
	bool open = p->down.srtp && p->down.to_len > 0 && p->consent;

	if (open == p->down.open)
		return;
	set_open(p, open, now_us);
	emit(p, open ? MEDIA_PATH_UP : MEDIA_PATH_DOWN, PATH_DOWN_CONSENT);
}

static void end(struct path *p, enum path_down_reason reason)
{
	bool said = p->refused;

	p->refused = true;
	set_open(p, false, 0);
	drop_keys(p);
	if (!said)
		emit(p, MEDIA_PATH_DOWN, reason);
}

/* Both the handshake and the answer may come first. */
static void agree_keys(struct path *p, int64_t now_us)
{
	enum srtp_suite suite;

	if (p->in || p->refused || !p->dtls || dtls_state(p->dtls) != DTLS_DONE || !p->negotiated)
		return;
	if (!dtls_peer_matches(p->dtls, &p->negotiated->fingerprint)) {
		counters_add(p->site->counters, COUNT_DTLS_FINGERPRINT, 1);
		end(p, PATH_DOWN_FINGERPRINT);
		return;
	}
	if (dtls_srtp_keys(p->dtls, &suite, &p->in, &p->down.srtp) < 0) {
		counters_add(p->site->counters, COUNT_DTLS_FAILED, 1);
		end(p, PATH_DOWN_DTLS);
		return;
	}
	counters_add(p->site->counters, COUNT_DTLS_DONE, 1);
	update_open(p, now_us);
}

int path_negotiated(struct path *p, const struct negotiated *n, int64_t now_us)
{
	int r;

	if (p->negotiated) {
		/* After an ICE restart the answer repeats what was settled; only the peer's ICE credentials are new. */
		p->negotiated->remote = n->remote;
		return 0;
	}
	r = rate_control_create(&p->down.rate, n, now_us);
	if (r < 0)
		return r;
	p->negotiated = mem_memdup(n, sizeof(*n));
	if (!p->negotiated) {
		p->down.rate = rate_control_destroy(p->down.rate);
		return -ENOMEM;
	}
	p->down.negotiated = p->negotiated;
	p->up.repeats_sound = n->nack_up_sound;
	rate_control_limit(p->down.rate, p->limit_bps, p->look_bps);
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		track_set_layers(&p->tracks[kind], n->sources[kind].n_layers);
	agree_keys(p, now_us);
	return 0;
}

int path_restart(struct path *p, const struct ice_credentials *local)
{
	/* While nobody has checked with the newest, the peer may still have the other pair: that stays. */
	bool unused = p->credentials[!p->newest].ufrag[0];
	uint8_t at = unused ? p->newest : !p->newest;
	struct ice_credentials *c = &p->credentials[at];
	int r;

	drop_ufrag(p, c);
	*c = *local;
	r = gate_add_ufrag(p->site->gate, c, &p->pass);
	if (r < 0) {
		c->ufrag[0] = 0;
		return r;
	}
	p->newest = at;
	return 0;
}

static bool is_where_we_send(const struct path *p, const struct sockaddr_storage *from, socklen_t from_len)
{
	return from_len == p->down.to_len && memcmp(&p->down.to, from, from_len) == 0;
}

/*
 * ICE nominates one way. Firefox nominates one by TCP beside that by UDP over which it sends, and says both again and again: media would go
 * to and fro, and when UDP is blocked go on by TCP, while the peer sends into nothing and hears nothing wrong. UDP goes first while it is checked,
 * which does not say again that it is nominated. A peer that hears nothing by it restarts ICE, and then the first nominated goes.
 */
static bool is_second_best(const struct path *p, const struct sockaddr_storage *from, int64_t now_us)
{
	return tcp_links_is_link(from) && p->down.to_len > 0 && !tcp_links_is_link(&p->down.to) && p->consent && p->nominated_by == p->newest &&
	       now_us - p->consent_us < CHECKED_US;
}

void path_on_check(struct path *p, const char *pwd, bool use_candidate, const struct sockaddr_storage *from, socklen_t from_len,
                   int64_t now_us)
{
	if (gate_admit(p->site->gate, &p->pass, from, use_candidate, now_us) < 0)
		return;
	if (pwd == p->credentials[p->newest].pwd)
		drop_ufrag(p, &p->credentials[!p->newest]);
	if (use_candidate && !is_second_best(p, from, now_us)) {
		memcpy(&p->down.to, from, from_len);
		p->down.to_len = from_len;
		p->nominated_by = pwd == p->credentials[p->newest].pwd ? p->newest : !p->newest;
	}
	/* RFC 7675 §5.1: consent is an address's own. Else one forged nomination would send media there for as long as others check. */
	if (is_where_we_send(p, from, from_len)) {
		p->consent = true;
		p->consent_us = now_us;
	}
	if (!p->refused)
		update_open(p, now_us);
}

void path_on_address_gone(struct path *p, const struct sockaddr_storage *address, int64_t now_us)
{
	gate_expel(p->site->gate, &p->pass, address);
	if (p->down.to_len == 0 || memcmp(&p->down.to, address, p->down.to_len) != 0)
		return;
	p->consent = false;
	if (!p->refused)
		update_open(p, now_us);
}

/* DTLS. */

static void send_dtls(void *user, const uint8_t *data, size_t len)
{
	struct path *p = user;

	if (len > RTP_MAX_PACKET_BYTES)
		return;
	memcpy(sendqueue_begin(p->site->queue), data, len);
	sendqueue_commit(p->site->queue, len, NULL, false, &p->dtls_to, p->dtls_to_len);
}

bool path_floods(const struct path *p, int64_t now_us)
{
	return p->spent_us - now_us > PACKET_EVERY_US * PACKETS_AT_ONCE;
}

void path_spend(struct path *p, int64_t now_us)
{
	p->spent_us = MAX(p->spent_us, now_us) + PACKET_EVERY_US;
}

bool path_admits_dtls(const struct path *p, const uint8_t *data, size_t len)
{
	static const uint8_t handshake = 22;

	if (p->refused)
		return false;
	if (!p->dtls)
		return len > 13 && data[0] == handshake && data[13] == 1;
	return dtls_admits(p->dtls, data, len);
}

bool path_shakes(const struct path *p)
{
	return p->dtls;
}

static void on_dtls_state(struct path *p, enum dtls_state state, int64_t now_us)
{
	if (state == DTLS_DONE && !p->in)
		agree_keys(p, now_us);
	else if (state == DTLS_CLOSED)
		end(p, PATH_DOWN_DTLS);
}

void path_on_dtls(struct path *p, const uint8_t *data, size_t len, const struct sockaddr_storage *from, socklen_t from_len,
                  int64_t now_us)
{
	enum dtls_state state;

	if (!p->dtls && dtls_create(&p->dtls, p->site->dtls, send_dtls, p) < 0)
		return;
	memcpy(&p->dtls_to, from, from_len);
	p->dtls_to_len = from_len;
	state = dtls_receive(p->dtls, data, len);
	if (state == DTLS_IDLE)
		counters_add(p->site->counters, COUNT_DTLS_FAILED, 1);
	on_dtls_state(p, state, now_us);
}

static void check_consent(struct path *p, int64_t now_us)
{
	if (!p->consent || now_us - p->consent_us <= CONSENT_US)
		return;
	p->consent = false;
	update_open(p, now_us);
}

/*
 * A page that only watches sends little and cannot know that nothing comes by right: we can. Told by the socket it asks for new ways at once,
 * where browsers take five seconds and more.
 */
static void check_silence(struct path *p, int64_t now_us)
{
	int64_t since_us = p->down.open && p->down.rate ? bwe_waits_since_us(&p->down.rate->bwe) : 0;

	if (now_us - p->ticked_us > TICK_LATE_US)
		p->judged_from_us = now_us;
	p->ticked_us = now_us;
	if (since_us == 0 || now_us - MAX(since_us, p->judged_from_us) < SILENT_US + p->down.rate->bwe.rtt_us ||
	    now_us - p->silent_told_us < SILENT_AGAIN_US)
		return;
	p->silent_told_us = now_us;
	emit(p, MEDIA_PATH_SILENT, 0);
}

struct path *path_of_departure(struct departure *d)
{
	return CONTAINER_OF(d, struct path, down.departure);
}

/* Who only watches is looked at half as often, once up, unless the line has news for its slots. */
static bool may_rest(const struct path *p)
{
	return !p->rests && p->down.open && !p->twcc;
}

static void fetch(const void *from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += CACHE_LINE)
		__builtin_prefetch((const char *)from + i);
}

void path_foresee(const struct path *p, enum path_foresight what)
{
	switch (what) {
	case FORESEE_PATH:
		fetch(p, offsetof(struct path, down.to));
		break;
	case FORESEE_RTCP:
		if (p->down.rate)
			fetch(p->down.rate, offsetof(struct rate_control, bwe.plan));
		if (p->slots)
			fetch(p->slots, CACHE_LINE);
		break;
	case FORESEE_TICK:
		fetch(p->down.rate, p->down.rate ? CACHE_LINE : 0);
		if (may_rest(p))
			break;
		fetch(&p->consent_us, CACHE_LINE);
		for (int kind = 0; kind < SOURCE_KINDS; kind++)
			fetch(&p->tracks[kind], CACHE_LINE);
		if (p->down.rate) {
			fetch(p->down.rate, offsetof(struct rate_control, bwe.acked));
			fetch(&p->down.rate->bwe.loss, CACHE_LINE);
		}
		if (p->slots)
			fetch(p->slots, 2 * CACHE_LINE);
		break;
	}
}

/* How far ahead each step of downlink_prefetch() goes: so many departures take as long as a line needs to come. */
static const uint32_t steps_ahead[DOWNLINK_PREFETCH_STEPS] = { 9, 6, 3 };

void path_prefetch(const struct departures *d, int64_t now_us)
{
	for (unsigned step = 0; step < DOWNLINK_PREFETCH_STEPS; step++) {
		const struct departure *one = departures_peek(d, steps_ahead[step], now_us);

		if (one)
			downlink_prefetch(CONTAINER_OF(one, struct downlink, departure), step);
	}
}

void path_depart(struct path *p, int64_t now_us)
{
	downlink_depart(&p->down, now_us);
	if (p->down.looks)
		path_send_nacks(p, now_us);
}

void path_tick(struct path *p, int64_t now_us)
{
	p->rests = may_rest(p) && !p->down.rate->stale;
	if (p->rests)
		return;
	if (!p->in && p->dtls && dtls_state(p->dtls) < DTLS_DONE)
		on_dtls_state(p, dtls_tick(p->dtls), now_us);
	check_consent(p, now_us);
	check_silence(p, now_us);
	for (int kind = 0; kind < SOURCE_KINDS; kind++)
		track_tick(&p->tracks[kind], now_us);
	for (uint8_t i = 0; i < p->n_slots; i++)
		if (p->slots[i].track)
			slot_tick(&p->slots[i], now_us);
	if (p->down.rate)
		rate_control_tick(p->down.rate, &p->down, now_us);
	if (p->down.rate)
		downlink_tick(&p->down, now_us);
	path_send_reports(p, now_us);
	path_tell_stats(p, now_us);
}
