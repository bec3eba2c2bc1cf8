/*
 * The media side of one client: its path on a worker, the one offer or answer, and what of it is bound to slots.
 *
 *                                                                           consent lost
 *   closed ── open ─► offered ── answer ─► negotiated ── MEDIA_PATH_UP ─► up ◄──────────────► stalled
 *                        │                                   a check again, after ice.restart perhaps
 *                        ├── DTLS failed, another certificate, closed by the peer ─► dead: a new path is needed
 *                        └── transport_close(), from everywhere ─► closed
 */
#ifndef HUITANG_SIGNALING_TRANSPORT_H
#define HUITANG_SIGNALING_TRANSPORT_H

#include "media/base/hash.h"

#include "classroom/view.h"
#include "media/media.h"
#include "media/sdp.h"

struct server;

#define TRANSPORT_AUDIO_SLOTS 4
#define TRANSPORT_VIDEO_SLOTS 25
#define TRANSPORT_VIDEO_SLOTS_PHONE 9

enum transport_state { TRANSPORT_CLOSED, TRANSPORT_OFFERED, TRANSPORT_NEGOTIATED, TRANSPORT_UP, TRANSPORT_STALLED, TRANSPORT_DEAD };

/* Embedded; zeroed is closed. */
struct transport {
	enum transport_state state;
	struct path_id path;
	struct path_cfg cfg;                    /* as opened */
	struct sdp_local local;                 /* as told */
	uint8_t n_audio, n_video;
	bool expects_answer;
	struct fingerprint peer;                /* of the first answer: a restart may not change it */
	uint16_t slot_codecs[MAX_SLOTS];        /* bits of enum codec that the peer takes there */
	uint16_t camera_codecs;                 /* those that the peer can send its camera in */
	enum codec source_codec[SOURCE_KINDS];  /* as seen, CODEC_NONE nothing yet */
	uint32_t slot_suspended[MAX_SLOTS];     /* the binding for whose picture the line has no room now, 0 none */
	int64_t opened_us;
};

/** Opens the path. `number` is the seat's. Errors: media_path_open()'s. */
int transport_open(struct transport *t, struct server *s, uint16_t worker, uint32_t number, uint8_t n_audio, uint8_t n_video);

void transport_close(struct transport *t, struct server *s);

/** Writes the offer of a browser's transport. Owns: *ret is the caller's, mem_free(). */
int transport_write_offer(struct transport *t, char **ret);

/** New ICE credentials; the next offer carries them. Errors: -ESTALE. */
int transport_restart(struct transport *t, struct server *s);

/** Reads the answer. Errors: -EBADMSG with *err; those of media_path_negotiated(). */
int transport_on_answer(struct transport *t, struct server *s, const char *sdp, size_t len, struct sdp_error *err);

/** Reads a WHIP or WHEP offer and writes the answer (mem_free()). Errors: sdp_answer_offer()'s and media_path_negotiated()'s. */
int transport_answer(struct transport *t, struct server *s, enum whip_direction direction, const char *offer, size_t len, char **ret,
                     struct sdp_error *err);

/** True once slots may be bound. */
static inline bool transport_bindable(const struct transport *t)
{
	return t->state == TRANSPORT_NEGOTIATED || t->state == TRANSPORT_UP || t->state == TRANSPORT_STALLED;
}

/** What a worker reported of a slot: MEDIA_SLOT_SUSPENDED, _SWITCHED and _QUIET are noted. */
void transport_on_slot(struct transport *t, const struct media_event *ev);

/** Whether the line has no room for the picture of that binding just now. */
static inline bool transport_suspends(const struct transport *t, uint8_t slot, uint32_t binding)
{
	return binding && t->slot_suspended[slot] == binding;
}

/** Whether the slot takes what the source sends; unknown codecs and audio are taken. */
bool transport_plays(const struct transport *viewer, uint8_t slot, const struct transport *source, enum source_kind kind);

#endif
