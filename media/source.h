/* One stream that a seat sends: reception, gate, clock, kept packets, keyframes, voice; and the slots that show it. Media thread only. */
#ifndef HUITANG_MEDIA_SOURCE_H
#define HUITANG_MEDIA_SOURCE_H

#include "media/capture_clock.h"
#include "media/keyframe.h"
#include "media/media.h"
#include "media/packet_ring.h"
#include "media/reception.h"
#include "media/rtp.h"

struct slot;
struct source;

/* What the sources of a path share. The path owns it. */
struct uplink {
	struct counters *counters;      /* given */
	struct sender_clock clock;
	int64_t rtt_us;
	uint32_t number;                /* CSRC of what goes out */
	struct path_id path;
	void (*ask_keyframe)(struct source *s);                         /* given: sends a PLI */
	void (*emit)(void *user, const struct media_event *ev);         /* given */
	void *user;
};

struct source {
	struct uplink *up;              /* given */
	enum source_kind kind;
	bool gate;                      /* open */
	bool started;
	enum codec codec;               /* CODEC_OPUS also for RED */
	uint32_t ssrc;                  /* of the stream now received, 0: none yet */
	int64_t began_us;               /* when that stream did */
	struct reception reception;
	struct source_clock clock;
	struct packet_ring *ring;       /* owned, NULL until the first packet */
	struct keyframe_asker keyframe;
	bool has_keyframe;
	uint16_t keyframe_seq;          /* first packet of the newest keyframe */
	uint32_t keyframe_rtp;
	uint16_t newest_seq;            /* of the stream, also behind a shut gate */
	bool speaking;
	int64_t loud_us;
	struct slot **slots;            /* owned array of given slots: each that has us as current or pending, once */
	size_t n_slots;
	size_t slots_room;
};

void source_init(struct source *s, struct uplink *up, enum source_kind kind);

/** Takes itself out of all slots and frees what it owns. */
void source_done(struct source *s);

/**
 * An authenticated packet of a known codec; `repaired`: it came by RTX. Another SSRC or codec, or numbers more than 3,000 off, begin
 * the stream anew, at most four times a second. Errors: -EBUSY: too soon for that, the packet is dropped. -ENOMEM.
 */
int source_receive(struct source *s, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us);

void source_sender_report(struct source *s, uint64_t ntp, uint32_t rtp, int64_t now_us);

void source_set_gate(struct source *s, bool open, int64_t now_us);

/** Somebody needs a keyframe: asks for it as soon as the rules allow (keyframe.h). */
void source_want_keyframe(struct source *s, int64_t now_us);

/** Repeats requests that were held back, ends a voice. Each 50 ms. */
void source_tick(struct source *s, int64_t now_us);

/** True when the newest keyframe and all behind it are kept and at most 1 s old. */
bool source_has_fresh_keyframe(const struct source *s, int64_t now_us);

/** Slots come and go; adding twice is once. Errors: -ENOMEM. */
int source_add_slot(struct source *s, struct slot *slot);
void source_remove_slot(struct source *s, struct slot *slot);

#endif
