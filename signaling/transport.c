/* Paths as clients see them. */
#include "signaling/transport.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/address.h"
#include "media/base/clock.h"
#include "signaling/random.h"
#include "signaling/server.h"

#define UFRAG_CHARS 8
#define PWD_CHARS 24

static void new_credentials(struct ice_credentials *c)
{
	random_ice_text(c->ufrag, UFRAG_CHARS);
	random_ice_text(c->pwd, PWD_CHARS);
}

static void choose_slots(struct path_cfg *cfg, uint8_t n_audio, uint8_t n_video)
{
	uint32_t numbers[2 * MAX_SLOTS];

	random_nonzero_u32s(numbers, ARRAY_LEN(numbers));
	cfg->n_slots = (uint8_t)(n_audio + n_video);
	for (unsigned i = 0; i < cfg->n_slots; i++) {
		cfg->slots[i].audio = i < n_audio;
		cfg->slots[i].ssrc = numbers[2 * i];
		cfg->slots[i].rtx_ssrc = i < n_audio ? 0 : numbers[2 * i + 1];
	}
}

/* What the client is told: our addresses with the worker's port. */
static void describe(struct transport *t, struct server *s)
{
	struct sdp_local *l = &t->local;

	*l = (struct sdp_local){ .ice = t->cfg.local, .fingerprint = s->fingerprint, .cname = t->cfg.cname, .tcp = s->config->media_tcp };
	l->n_candidates = (uint8_t)s->n_addresses;
	for (size_t i = 0; i < s->n_addresses; i++) {
		l->candidates[i] = s->addresses[i];
		address_set_port(&l->candidates[i], media_port(s->media, t->cfg.worker));
	}
	l->session_id = ((uint64_t)random_nonzero_u32() << 30 | random_nonzero_u32()) & INT64_MAX;
	l->session_version = 1;
}

int transport_open(struct transport *t, struct server *s, uint16_t worker, uint32_t number, uint8_t n_audio, uint8_t n_video)
{
	struct transport n = { .n_audio = n_audio, .n_video = n_video, .opened_us = clock_boot_us() };
	int r;

	n.cfg.worker = worker;
	n.cfg.source_number = number;
	new_credentials(&n.cfg.local);
	random_ice_text(n.cfg.cname, CNAME_BYTES - 1);
	choose_slots(&n.cfg, n_audio, n_video);
	r = media_path_open(s->media, &n.path, &n.cfg);
	if (r < 0)
		return r;
	n.state = TRANSPORT_OFFERED;
	*t = n;
	describe(t, s);
	return 0;
}

void transport_close(struct transport *t, struct server *s)
{
	if (t->state != TRANSPORT_CLOSED)
		media_path_close(s->media, t->path);
	*t = (struct transport){ 0 };
}

int transport_write_offer(struct transport *t, char **ret)
{
	int r = sdp_write_offer(ret, &t->local, t->cfg.slots, t->cfg.n_slots);

	t->expects_answer = r == 0;
	return r;
}

int transport_restart(struct transport *t, struct server *s)
{
	struct ice_credentials fresh;
	int r;

	if (!transport_bindable(t))
		return -ESTALE;
	new_credentials(&fresh);
	r = media_path_restart(s->media, t->path, &fresh);
	if (r < 0)
		return r;
	t->local.ice = t->cfg.local = fresh;
	t->local.session_version++;
	return 0;
}

static void keep_codecs(struct transport *t, const struct negotiated *n)
{
	for (unsigned i = 0; i < t->cfg.n_slots; i++)
		t->slot_codecs[i] = i < n->n_slots && n->slots[i].active ? n->slots[i].codecs : 0;
	for (unsigned pt = 0; pt < ARRAY_LEN(n->codec_of_pt); pt++)
		t->camera_codecs |= n->sources[SOURCE_CAMERA].active ? (uint16_t)(1u << n->codec_of_pt[pt]) : 0;
}

static int negotiated(struct transport *t, struct server *s, const struct negotiated *n)
{
	int r = media_path_negotiated(s->media, t->path, n);

	if (r < 0)
		return r;
	t->peer = n->fingerprint;
	keep_codecs(t, n);
	t->state = TRANSPORT_NEGOTIATED;
	return 0;
}

/* An ICE restart keeps everything else: another certificate would be another peer. */
static int restarted(struct transport *t, struct server *s, const struct negotiated *n, struct sdp_error *err)
{
	if (n->fingerprint.len == t->peer.len && memcmp(n->fingerprint.digest, t->peer.digest, t->peer.len) == 0)
		return media_path_negotiated(s->media, t->path, n);
	*err = (struct sdp_error){ .reason = "a restart may not change the certificate" };
	return -EBADMSG;
}

int transport_on_answer(struct transport *t, struct server *s, const char *sdp, size_t len, struct sdp_error *err)
{
	struct negotiated n;
	int r;

	*err = (struct sdp_error){ .reason = "no answer is expected now" };
	if (!t->expects_answer)
		return -EBADMSG;
	r = sdp_read_answer(&n, sdp, len, t->cfg.slots, t->cfg.n_slots, err);
	if (r == 0)
		r = t->state == TRANSPORT_OFFERED ? negotiated(t, s, &n) : restarted(t, s, &n, err);
	if (r == 0)
		t->expects_answer = false;
	return r;
}

int transport_answer(struct transport *t, struct server *s, enum whip_direction direction, const char *offer, size_t len, char **ret,
                     struct sdp_error *err)
{
	CLEANUP(mem_freep) char *answer = NULL;
	struct negotiated n;
	int r = sdp_answer_offer(&answer, &n, direction, offer, len, &t->local, t->cfg.slots, err);

	if (r == 0)
		r = negotiated(t, s, &n);
	if (r == 0)
		*ret = STEAL(answer);
	return r;
}

bool transport_plays(const struct transport *viewer, uint8_t slot, const struct transport *source, enum source_kind kind)
{
	enum codec codec = source->source_codec[kind];

	return source_is_audio(kind) || codec == CODEC_NONE || viewer->slot_codecs[slot] & (1u << codec);
}

void transport_on_slot(struct transport *t, const struct media_event *ev)
{
	uint32_t *suspended = &t->slot_suspended[ev->slot.slot];

	if (ev->type == MEDIA_SLOT_SUSPENDED)
		*suspended = ev->slot.binding;
	else if (*suspended == ev->slot.binding)
		*suspended = 0;
}
