/*
 * One outgoing m-line of a path: a fixed SSRC whose source changes without SDP (media.md: Slots, Clocks, Switching).
 * It is bound to a track and shows that layer of it which it was told to aim at, as far as it flows. What it is to send lies in the
 * ring of the layer: a cursor says how far it has come. Media thread only.
 *
 *            bind            keyframe of pending (audio: any packet)
 *   EMPTY ─────────► PENDING ───────────────────────────────────────► LIVE ──── suspended ────► bound, nothing aimed at
 *     ▲                 ▲   ▲─────── gate shut, stream ended ─────────┘ │ bind, another layer: pending beside current, at most 1 s
 *     └── unbind, track gone, from any state                            ▼ (another layer of the same track: for as long as it takes)
 */
#ifndef HUITANG_MEDIA_SLOT_H
#define HUITANG_MEDIA_SLOT_H

#include <stdalign.h>

#include "media/base/macros.h"
#include "media/downlink.h"
#include "media/packet_ring.h"
#include "media/picture_rewrite.h"
#include "media/renumber.h"
#include "media/spatial.h"
#include "media/temporal.h"
#include "media/timeline.h"

struct source;
struct track;

#define SLOT_SUSPENDED 0xff             /* aims at no layer */

#define SENT_IS_THERE 0xffff            /* its receiver has told so */

/* Where a sent packet came from, for RTX. A path may have 25 such tables. */
struct sent_packet {
	uint16_t out_seq;
	uint16_t in_seq;
	uint32_t out_rtp;
	uint16_t turn : 15;                     /* the slot's at that time; 0: nothing is here */
	uint16_t marker : 1;
	uint16_t resent_ms;                     /* low bits of the time; 0: never, SENT_IS_THERE */
};

struct slot {
	/* What each packet touches stands together, and so does what each tick looks at: four lines of the cache, and one of time.frames. */
	alignas(CACHE_LINE) struct downlink *down; /* given */
	struct source *current;                 /* given: whose packets leave; it may be of the track before */
	struct source *pending;                 /* given: takes over at its next keyframe */
	struct sent_packet *sent;               /* owned, sent_mask + 1, allocated when a video slot is first used */
	struct kept_sound *kept_sound;          /* owned, of an audio slot whose receiver loses many; else NULL */
	struct track *track;                    /* given: what is to be shown; it takes itself out; NULL none */
	uint32_t ssrc;
	uint8_t number;
	bool audio;
	uint8_t target;                         /* best layer that it may show, or SLOT_SUSPENDED */
	bool told;                              /* that this binding is shown */
	bool sent_any;
	struct temporal temporal;               /* which pictures go */
	bool may_wait;                          /* sound, or a small picture: for company */
	uint16_t next_in;                       /* cursor in the ring of current */
	uint16_t first_in;                      /* what is older came too late for the last switch */
	uint16_t next_seq;
	uint16_t sent_mask;
	uint16_t turn;                          /* counts switches in 15 bits, never 0 after the first */
	int64_t turn_us;                        /* when the last one was */
	int64_t report_due_us;
	unsigned since_switch;                  /* packets */
	uint32_t packets;
	uint32_t octets;
	uint16_t repeats_left;                  /* one for each packet sent, so that NACKs cannot double more than that */
	uint16_t rtx_seq;
	struct slot_wish wish;
	struct picture_rewrite pictures;
	struct renumber numbers;
	struct timeline time;
	struct spatial spatial;                 /* which layers of VP9 go */

	uint32_t rtx_ssrc;
	uint32_t binding;
	uint32_t current_binding;
	int64_t pending_since_us;
	int64_t given_up_us;                    /* only a keyframe that came later counts; 0: any */
	uint32_t repeats;
	uint32_t keyframe_requests;             /* of the peer */
	uint32_t jitter_rtp;                    /* as the peer reported last */
	uint32_t reported_seq;                  /* up to which number it has reported */
	uint8_t fraction_lost;                  /* as the peer reported last, 1/256 */
};

/** Embeds; `random` gives first sequence numbers and timestamps. */
void slot_init(struct slot *s, struct downlink *down, uint8_t number, const struct slot_cfg *cfg, uint64_t random, int64_t now_us);

/** Unbinds and frees what it owns. */
void slot_done(struct slot *s);

/** media_slot_bind() on the media thread; `track` NULL unbinds, and so does want of memory. */
void slot_bind(struct slot *s, struct track *track, uint32_t binding, int64_t now_us);

/** media_slot_want() on the media thread. */
void slot_want(struct slot *s, struct slot_wish wish);

/** The best layer that may be shown from now on, or SLOT_SUSPENDED. */
void slot_set_target(struct slot *s, uint8_t target, int64_t now_us);

/** Looks anew for the layer to show: one has begun or ended. */
void slot_aim(struct slot *s, int64_t now_us);

/** The path may send from now on, for the first time or again: what is bound begins with a keyframe and the next number. */
void slot_on_open(struct slot *s, int64_t now_us);

/* From source.c and track.c. */
void slot_on_fresh(struct slot *s, struct source *source, int64_t now_us);
void slot_on_late(struct slot *s, struct source *source, uint16_t seq);
void slot_on_stream_end(struct slot *s, struct source *source, int64_t now_us); /* gate shut, or another stream begins */
void slot_on_source_gone(struct slot *s, struct source *source);
void slot_on_track_gone(struct slot *s, struct track *track);

/* From downlink.c, within a group. */

/** Writes packets until the ring has no more (true), or the group has no room or the pacer no leave. */
bool slot_pump(struct slot *s, int64_t now_us);
void slot_send_late(struct slot *s, uint16_t seq, int64_t now_us);

/**
 * Ballast of a probe under the RTX SSRC, until the group has `bytes`: the newest packets again, or without `repeats` padding alone
 * (RFC 3550 §5.1). False: it had not enough.
 */
bool slot_pad(struct slot *s, size_t bytes, bool repeats, int64_t now_us);

/** Sound to a receiver that loses many: keeps packets from now on, or no longer. Not within a group. */
void slot_keep_sound(struct slot *s, bool keep);

/**
 * Sends again what each packet is followed by where there is no RED. After each group with sound in it; `trailing`: now and then, for
 * the last packets before a pause. Not within a group.
 */
void slot_send_owed(struct slot *s, bool trailing, int64_t now_us);

/** Gives up waiting for a keyframe after 1 s, leaves a layer that has stopped. Each 50 ms. */
void slot_tick(struct slot *s, int64_t now_us);

/** Answers a NACK by RTX (RFC 4588), of sound by the packet as it was; never with more packets than were sent; without RTX asks for a keyframe. */
void slot_on_nack(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us);

/**
 * Feedback tells of a packet of a picture: that it, or a repeat of it, is there, so that no NACK that is on its way is answered; that it was lost,
 * or a repeat of it with all its copies: then it is sent again, unless the receiver has asked for it meanwhile. Within a group.
 */
void slot_on_arrived(struct slot *s, uint16_t seq);
void slot_on_lost(struct slot *s, uint16_t seq, int64_t now_us);
void slot_on_repeat_lost(struct slot *s, uint16_t seq, int64_t now_us);

/** A PLI or FIR for this slot. */
void slot_on_keyframe_request(struct slot *s, int64_t now_us);

/** Writes SR and SDES if a report is due, at most `size` bytes; returns what was written. */
size_t slot_write_report(struct slot *s, uint8_t *out, size_t size, int64_t now_us);

#endif
