/*
 * One stream that an endpoint sends: frames on a clock, keyframes when asked, repeats by RTX, sender reports. It knows
 * nothing of transports: packets leave through `output`. All under the loop's lock.
 */
#ifndef ENDPOINT_SOURCE_H
#define ENDPOINT_SOURCE_H

#include "control.h"
#include "packet.h"
#include "payload.h"

struct source_cfg {
	enum payload_codec codec;
	uint32_t number;                /* in the marks: who this is */
	uint32_t ssrc, rtx_ssrc;
	uint8_t pt, rtx_pt;             /* rtx_pt 0: NACKs stay unanswered */
	uint8_t red_pt;                 /* not 0: audio is wrapped into RED with its last packet as redundancy (RFC 2198) */
	char mid[17];                   /* written into each packet when not "" */
	char rid[17];                   /* a simulcast layer: packets say mid and rid until it is reported on, as Chromium's; "" none */
	int64_t frame_us;               /* between frames; 20,000 is Opus' own */
	uint8_t layer;                  /* in the marks; it decides how large the pictures say that they are (payload.h) */
	unsigned packets;               /* a video frame has so many; keyframes twice as many. VP9: its lowest layer, each above it twice as many as the one below */
	unsigned body_bytes;            /* of each packet; MARK_BYTES to 1,200 */
	unsigned key_every;             /* frames; 0: only when asked */
	enum vp8_numbers numbers;
	uint8_t level;                  /* -dBov for the audio-level extension */
	unsigned lose_every;            /* every nth packet gets lost on the way out; 0 none */
};

struct source_output {
	/* `p->payload` is borrowed. */
	void (*send_rtp)(void *user, struct packet *p);
	void (*send_rtcp)(void *user, const uint8_t *data, size_t len);
};

struct source_stats {
	uint32_t frames, packets, keyframes, lost;
	uint32_t plis, nacks, resent;   /* asked for, asked for, answered */
	uint32_t reports;               /* report blocks about us */
	struct report_block last_report;
	uint32_t last_frame, last_timestamp;
	uint16_t last_seq;
};

struct source;

/** Owns: the caller's. cfg is copied; `output` outlives it. */
struct source *source_create(const struct source_cfg *cfg, const struct source_output *output, void *user);
struct source *source_destroy(struct source *s);

/** What was negotiated; pt 0: the stream was refused and stays silent. */
void source_settle(struct source *s, const char *mid, uint8_t pt, uint8_t rtx_pt, uint8_t red_pt);

void source_tick(struct source *s, int64_t now);

/** A paused source sends no RTP; its clock runs on. After it the first frame is a keyframe. New sources run. */
void source_pause(struct source *s, bool paused);

/** Another codec from the next frame on, which is a keyframe; source_settle() follows. */
void source_recode(struct source *s, enum payload_codec codec);
void source_lose(struct source *s, unsigned every); /* cfg.lose_every from now on */
void source_set_level(struct source *s, uint8_t level);

void source_on_pli(struct source *s);
void source_on_nack(struct source *s, const uint16_t *seqs, size_t n);
void source_on_block(struct source *s, const struct report_block *b);

const struct source_cfg *source_cfg(const struct source *s);
const struct source_stats *source_stats(const struct source *s);

#endif
