/*
 * One outgoing m-line of a path: a fixed SSRC whose source changes without SDP (media.md: Slots, Clocks, Switching).
 * Media thread only.
 *
 *            bind            keyframe of pending (audio: any packet)
 *   EMPTY ─────────► PENDING ───────────────────────────────────────► LIVE
 *     ▲                 ▲   ▲──────────── gate shut ──────────────────┘ │ bind: pending beside current, at most 1 s
 *     └── unbind, source ends, from any state                           ▼
 */
#ifndef HUITANG_MEDIA_SLOT_H
#define HUITANG_MEDIA_SLOT_H

#include "media/media.h"
#include "media/packet_ring.h"
#include "media/sendqueue.h"
#include "media/timeline.h"
#include "media/vp8_rewrite.h"

struct source;

/* What the slots of a path share: where and how packets leave. The path owns it and keeps it true. */
struct downlink {
	struct sendqueue *queue;                /* given */
	struct counters *counters;              /* given */
	struct srtp *srtp;                      /* owned by the path; NULL until keys are agreed */
	bool open;                              /* keys, address and consent are there */
	unsigned replay_left;                   /* packets of kept keyframes that may leave before the next 10 ms */
	struct sockaddr_storage to;
	socklen_t to_len;
	uint32_t limit_bps;                     /* of what leaves, 0: none */
	const struct negotiated *negotiated;    /* owned by the path; NULL until known */
	char cname[CNAME_BYTES];
	int64_t wall_minus_boot_us;             /* fixed at start: NTP times in reports never step */
	struct path_id path;
	void (*emit)(void *user, const struct media_event *ev); /* given */
	void *user;
};

struct feed {
	struct source *source;                  /* given: source_destroy() takes itself out; NULL is none */
	uint32_t binding;
};

/* Where a sent packet came from, for RTX. A path may have 25 such tables. */
struct sent_packet {
	uint16_t out_seq;
	uint16_t in_seq;
	uint32_t out_rtp;
	uint16_t turn;                          /* the slot's at that time; 0: nothing is here */
	uint16_t resent_ms;                     /* low bits of the time; 0: never */
};

struct slot {
	struct downlink *down;                  /* given */
	uint8_t number;
	bool audio;
	uint32_t ssrc;
	uint32_t rtx_ssrc;
	struct slot_wish wish;

	struct feed current;
	struct feed pending;
	int64_t pending_since_us;
	bool replaying;                         /* current is served from its ring, from replay_next on */
	uint16_t replay_next;

	struct timeline time;
	uint16_t turn;                          /* counts switches, never 0 after the first */
	bool sent_any;
	uint16_t first_in;                      /* what is older came too late for the last switch */
	uint16_t seq_delta;                     /* out - in */
	uint16_t next_seq;
	uint16_t rtx_seq;
	unsigned since_switch;                  /* packets */
	struct vp8_rewrite vp8;
	struct sent_packet *sent;               /* owned, SENT_PACKETS, allocated when a video slot is first used */
	uint16_t repeats_left;                  /* one for each packet sent, so that NACKs cannot double more than that */
	uint32_t packets;
	uint32_t octets;
	int64_t report_due_us;
};

/** Embeds; `random` gives first sequence numbers and timestamps. */
void slot_init(struct slot *s, struct downlink *down, uint8_t number, const struct slot_cfg *cfg, uint64_t random, int64_t now_us);

/** Unbinds and frees what it owns. */
void slot_done(struct slot *s);

/** media_slot_bind() on the media thread; `source` NULL unbinds, and so does want of memory. */
void slot_bind(struct slot *s, struct source *source, uint32_t binding, int64_t now_us);

/** media_slot_want() on the media thread. */
void slot_want(struct slot *s, struct slot_wish wish, int64_t now_us);

/** The path may send from now on, for the first time or again: what is bound begins with a keyframe and the next number. */
void slot_on_open(struct slot *s, int64_t now_us);

/* From source.c, to each subscribed slot. */
void slot_on_packet(struct slot *s, struct source *source, const struct kept_packet *p, int64_t now_us);
void slot_on_gate_shut(struct slot *s, struct source *source, int64_t now_us);
void slot_on_source_gone(struct slot *s, struct source *source);

/** Goes on replaying a kept keyframe, and gives up waiting after 1 s. Each 10 ms. */
void slot_tick(struct slot *s, int64_t now_us);

/** Answers a NACK by RTX (RFC 4588), never with more packets than were sent; without RTX asks for a keyframe. */
void slot_on_nack(struct slot *s, const uint16_t *seqs, size_t n, int64_t now_us);

/** A PLI or FIR for this slot. */
void slot_on_keyframe_request(struct slot *s, int64_t now_us);

/** Writes SR and SDES if a report is due, at most `size` bytes; returns what was written. */
size_t slot_write_report(struct slot *s, uint8_t *out, size_t size, int64_t now_us);

#endif
