/*
 * One stream that an endpoint receives. Each packet's payload is compared on arrival; then packets are put back in order of
 * sequence, and order, frames, timestamps and keyframes are judged there. Losses are asked for by NACK. Under the loop's lock.
 */
#ifndef ENDPOINT_SINK_H
#define ENDPOINT_SINK_H

#include "control.h"
#include "packet.h"
#include "payload.h"

struct sink_cfg {
	uint32_t ssrc, rtx_ssrc;        /* rtx_ssrc 0: none, nothing is asked for again */
	struct payload_types_of_sink {
		uint8_t opus, red, vp8, vp8_rtx, h264, h264_rtx, vp9, vp9_rtx;
	} pt;
	unsigned drop_every;            /* every nth packet is dropped as if the line had lost it; 0 none */
	uint32_t reporter;              /* our SSRC in RTCP */
};

#define LIVE_US 50000

struct sink_stats {
	uint32_t packets;               /* first copies, RTX counted when it brought something */
	uint32_t payloads;              /* compared and equal */
	uint32_t wrong_payloads;        /* not equal, or no mark */
	uint32_t paddings;              /* without payload: nothing for a decoder */
	uint32_t wrong_types;           /* payload types that were not negotiated */
	uint32_t duplicates;            /* one sequence number twice, without RTX */
	uint32_t rtx, rtx_useless;      /* repeats that came; of those, what was there already */
	uint32_t wrong_rtx;             /* too short, or it repeats a number that was never near */
	uint32_t dropped;               /* by drop_every */
	uint32_t lost;                  /* gaps that were never filled */
	uint32_t nacked;
	uint32_t frames, keyframes;     /* complete ones, in order */
	uint32_t runs;                  /* times a source began or went on after a pause, the first included */
	uint32_t resumes;               /* of those, the same source after a pause: frames between were not sent to us */
	uint32_t bad_starts;            /* runs of video that did not begin with the first packet of a keyframe */
	uint32_t broken_frames;         /* within a run: a frame number left out, or packets out of place */
	uint32_t bad_timestamps;        /* changed within a frame, or not ahead of the last frame */
	uint32_t bad_markers;
	uint32_t bad_numbers;           /* picture id or TL0PICIDX that did not count on */
	int64_t skew_min_us, skew_max_us; /* RTP clock against the senders' capture clock; of frames that came within LIVE_US */
	int64_t skew_us;                /* of the last */
	uint32_t live;                  /* such frames: others were kept and played again */
	int64_t latency_max_us, latency_sum_us;
	uint32_t reports;               /* sender reports */
	int64_t report_error_us;        /* by the last SR: when it says the last frame was captured, less when it was */
	uint32_t last_source, last_frame, last_csrc;
	uint32_t run_timestamp;         /* RTP timestamp of the first packet of this run */
	uint32_t key_timestamp;         /* of the first packet of the last keyframe */
	bool run_key;                   /* this run began with a keyframe */
	int64_t first_us, last_us;      /* now_us() of the first and the last packet */
	uint8_t last_level;
	enum payload_codec last_codec;
	uint8_t last_layer;             /* VP9: the highest of the last complete frame */
	char cname[64];
};

struct sink;

/** Owns: the caller's. */
struct sink *sink_create(const struct sink_cfg *cfg);
struct sink *sink_destroy(struct sink *s);

/** `p` of cfg.ssrc or cfg.rtx_ssrc. */
void sink_on_packet(struct sink *s, const struct packet *p, int64_t now);
void sink_on_sender(struct sink *s, const struct sender_info *i, int64_t now);
void sink_on_cname(struct sink *s, const char *cname);

/** Gives gaps up after a second. When a NACK is due, writes it to `out` (CONTROL_BYTES) and returns its length, else 0. */
size_t sink_tick(struct sink *s, int64_t now, uint8_t *out);

/** Fills a report block about the stream. False when nothing came yet. */
bool sink_report(struct sink *s, int64_t now, struct report_block *ret);

const struct sink_cfg *sink_cfg(const struct sink *s);
const struct sink_stats *sink_stats(const struct sink *s);

/** Begins to count anew; what is known of order stays. */
void sink_reset_stats(struct sink *s);

/** True when nothing that is always wrong was counted; else says what in `why` (200 bytes). */
bool sink_is_clean(const struct sink *s, char *why);

#endif
