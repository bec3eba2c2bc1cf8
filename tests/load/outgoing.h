/*
 * What one endpoint sends: a voice, and a camera in one to three layers, marked payloads (tests/endpoint/payload.h) that a receiver can compare
 * and time. Keyframes at the start and on request, repeats on NACK (pictures by RTX, voices as they were), sender reports.
 */
#ifndef LOAD_OUTGOING_H
#define LOAD_OUTGOING_H

#include "tests/endpoint/control.h"
#include "tests/endpoint/description.h"
#include "tests/endpoint/payload.h"
#include "tests/load/peer.h"
#include "tests/load/spoken.h"
#include "tests/load/totals.h"

#define LAYERS 3
#define OUTGOING (1 + LAYERS)           /* the voice, then the layers */
#define SENT_KEPT 512                   /* packets of a layer that can be repeated, a power of two */
#define HEAD_BYTES 48

struct layer_cfg {
	char rid[4];                    /* "" alone */
	uint32_t bps;
	unsigned height;                /* keyframes tell the nearest that payloads can show: 180, 360 or 720 lines */
};

/** The mark's layer whose keyframes tell that height, or the nearest. */
uint8_t outgoing_shown_layer(unsigned height);

struct sent {
	struct mark mark;
	uint32_t timestamp;
	uint16_t seq;
	bool marker, full;
};

/* An RTP header as it is written, but for what changes. */
struct head {
	uint8_t bytes[HEAD_BYTES];
	uint8_t len;
	uint8_t twcc_at, level_at;      /* 0: not there */
};

struct outgoing_layer {
	struct layer_cfg cfg;
	enum payload_codec codec;
	uint32_t number;                /* the source of its marks */
	uint32_t ssrc, rtx_ssrc;
	uint8_t red_pt;                 /* 0: no RED */
	uint8_t pt, rtx_pt;             /* 0: not agreed on, nothing is sent; no repeats */
	uint16_t seq, rtx_seq, first_picture;
	uint32_t timestamp, frame, packets, octets;
	double owed;                    /* bytes that the rate allows and no packet took yet */
	bool off;                       /* nobody wants it just now */
	bool want_key, known;           /* known: the other side reported on it, MID and RID may be left out */
	struct head named, bare, repeat;
	struct sent *kept;              /* owned, SENT_KEPT; NULL for the voice */
};

struct outgoing_cfg {
	struct peer *peer;              /* given, as the next ones */
	struct totals *totals;
	enum payload_codec codec;
	unsigned fps, packet_bytes;
	unsigned n_layers;              /* 0: no camera */
	struct layer_cfg layers[LAYERS];
	uint32_t number;                /* marks count from it: the voice, then the layers */
	unsigned red;                   /* voices before that go along, when RED is agreed on */
	bool temporal;                  /* every second frame is of an upper temporal layer */
};

struct outgoing {
	struct outgoing_cfg cfg;
	struct outgoing_layer layers[OUTGOING];
	uint16_t twcc;
	bool running, speaks;
	struct sent before[2];          /* the last voices, the newest first */
	struct spoken *spoken;          /* owned, of who is on a line; else NULL */
	int64_t epoch_us;
	struct timer voice, camera;
	int64_t report_us;
};

/** Embedded; SSRCs are given out. Errors: -ENOMEM. */
int outgoing_init(struct outgoing *o, const struct outgoing_cfg *cfg);
void outgoing_done(struct outgoing *o);

/**
 * Payload types and extension ids as agreed on: `voice`, `camera` NULL when refused. The layers that camera->rids names are sent; without
 * simulcast the last layer goes alone.
 */
void outgoing_agree(struct outgoing *o, const struct media *voice, const struct media *camera);

/** Begins to send, at a moment of its own within a frame's time. */
void outgoing_begin(struct outgoing *o, int64_t now_us);
void outgoing_end(struct outgoing *o);

/** Sends only the layers whose bit is set, 1 << 0 being the lowest; one that comes back begins with a keyframe. */
void outgoing_want(struct outgoing *o, unsigned layers);

void outgoing_on_nack(struct outgoing *o, uint32_t ssrc, const uint16_t *seqs, size_t n);
void outgoing_on_pli(struct outgoing *o, uint32_t ssrc);
void outgoing_on_report(struct outgoing *o, uint32_t ssrc);

#endif
