/*
 * What a seat sends under one kind: a microphone, or a picture in up to three simulcast layers, each a source, or with up to three
 * spatial layers in one source, which to everybody else are the same; and the slots that are to show it. The gate is the track's: shut, nothing of any layer passes. Media thread only.
 */
#ifndef HUITANG_MEDIA_TRACK_H
#define HUITANG_MEDIA_TRACK_H

#include "media/capture_clock.h"
#include "media/handover.h"
#include "media/media.h"
#include "media/rtp.h"
#include "media/slot_list.h"

struct slot;
struct source;

/* What the tracks of a path share. The path owns it. */
struct frame_clock;

struct uplink {
	struct counters *counters;      /* given */
	struct frame_clock *frames;     /* given: the worker's; NULL where packets do not come from a line */
	struct source **fresh;          /* given: head of the list of sources that have news for their slots; the worker empties it */
	const struct handover *handover; /* given: how tracks reach other workers; NULL where there are none */
	struct sender_clock clock;
	int64_t capture_us;             /* a mirror's: of the packet that is being received, as its own worker reckoned it; else 0 */
	int64_t rtt_us;
	bool repeats_sound;             /* the peer sends sound again that is asked for */
	uint32_t number;                /* CSRC of what goes out */
	struct path_id path;
	void (*ask_keyframe)(struct source *s);                         /* given: sends a PLI */
	void (*emit)(void *user, const struct media_event *ev);         /* given */
	void *user;
};

struct track {
	struct uplink *up;              /* given */
	enum source_kind kind;
	bool gate;                      /* open */
	enum codec codec;               /* as last told, CODEC_NONE nothing yet; CODEC_OPUS also for RED */
	uint8_t n_layers;               /* that were negotiated, at least 1 */
	struct source *layers[MAX_LAYERS]; /* owned, lowest quality first, NULL until its first packet */
	struct slot_list slots;         /* that are bound to us */
	uint8_t wanted;                 /* mask of layers that the sender was told are wanted; at first all */
	int64_t wanted_us[MAX_LAYERS];  /* of these, since when */
	int64_t unwanted_us;            /* since when fewer are, 0: they are not */
	int64_t cued_us;                /* since when it is about to be shown, 0: it is not */
	uint64_t readers;               /* bits of workers that mirror us */
	uint64_t unsaid;                /* of these, who did not get our newest state */
	uint64_t readers_want[MAX_LAYERS]; /* of these, by what they want */
};

/** Embeds. `up` outlives it. */
void track_init(struct track *t, struct uplink *up, enum source_kind kind);

/** How many layers the answer named. Before the first packet. */
void track_set_layers(struct track *t, uint8_t n_layers);

/** Takes itself out of all slots and frees what it owns. */
void track_done(struct track *t);

/**
 * An authenticated packet of a known codec in one layer; `repaired`: it came by RTX.
 * Errors: -EINVAL no such layer; source_receive()'s.
 */
int track_receive(struct track *t, uint8_t layer, const struct rtp_view *pkt, enum codec codec, bool repaired, int64_t now_us);

void track_set_gate(struct track *t, bool open, int64_t now_us);

/** media_source_cue() on the media thread. */
void track_cue(struct track *t, int64_t now_us);

/** Repeats requests that were held back, ends a voice. Each 50 ms. */
void track_tick(struct track *t, int64_t now_us);

/** The best layer up to `most` that flows now, else the lowest that does; NULL for none. */
struct source *track_pick(const struct track *t, uint8_t most);

/** The layer whose one stream has several spatial layers (VP9), which then are the track's; NULL: there is none. */
const struct source *track_layered(const struct track *t);

/** From source.c: a layer's stream began, for the first time or anew. */
void track_on_stream(struct track *t, struct source *s, bool news, int64_t now_us);

#endif
