/*
 * What was chosen from the offer of a WHIP or WHEP client: between its reader and the writer of our answer. Private to
 * media/sdp_whip*.
 */
#ifndef HUITANG_MEDIA_SDP_WHIP_H
#define HUITANG_MEDIA_SDP_WHIP_H

#include <gst/sdp/gstsdpmessage.h>

#include "media/sdp_field.h"
#include "media/sdp_profile.h"
#include "media/sdp_simulcast.h"

#define WHIP_MAX_LINES 16
#define WHIP_MAX_PICKS 4        /* a slot can carry VP8, H.264, VP9 and AV1, or RED and Opus */
#define H264_PROFILE_BYTES 7

/* A payload type that we take. */
struct whip_pick {
	enum codec codec;
	uint8_t pt;
	uint8_t rtx_pt;         /* 0: none */
	unsigned feedback;      /* SDP_FEEDBACK_ bits */
	char profile[H264_PROFILE_BYTES]; /* H.264 profile-level-id as offered, "" not said */
	char mode;              /* H.264 packetization-mode as offered: '1'; a publisher's also '0', or 0 for not said */
	bool asymmetric;        /* H.264 level-asymmetry-allowed=1 was offered */
	bool stereo;            /* Opus: the client sends two channels that differ */
	bool two_channels;      /* Opus: its rtpmap ends in /2 */
	uint8_t opus_pt;        /* RED: what is in it */
};

struct whip_extension {
	uint8_t id;             /* 0: not taken */
	enum sdp_direction direction; /* as offered, from the client's side */
};

struct whip_line {
	const GstSDPMedia *media;       /* borrowed from the message */
	char mid[MID_BYTES];            /* "" where the client names none */
	bool accepted;
	bool audio;
	bool rsize;
	uint8_t n_picks;
	struct whip_pick picks[WHIP_MAX_PICKS];
	struct whip_extension extensions[SDP_EXTENSIONS];
	uint32_t ssrc, rtx_ssrc;        /* the first named */
	struct sdp_rid_list rids;       /* the simulcast layers that are taken, at most MAX_LAYERS, in the client's order; empty: one stream */
	uint8_t n_fids;
	struct { uint32_t ssrc, rtx_ssrc; } fids[MAX_LAYERS];
};

struct whip_offer {
	GstSDPMessage *msg;             /* owned */
	enum whip_direction direction;
	size_t n_lines;
	struct whip_line lines[WHIP_MAX_LINES];
	const char *bundle;             /* the group that holds what was accepted; NULL: one m-line alone */
	size_t tagged;                  /* the line whose transport is taken (RFC 8843 §7.3.1) */
	struct extension_ids ids;
	struct ice_credentials remote;
	struct fingerprint fingerprint;
};

/**
 * Reads an offer and chooses from it.
 *
 * Owns:   whip_offer_done(ret) in any case. The text is not needed afterwards.
 * Errors: -EBADMSG, -ENOTSUP with *err; -ENOMEM.
 */
int whip_offer_read(struct whip_offer *ret, enum whip_direction direction, const char *offer, size_t len, struct sdp_error *err);
void whip_offer_done(struct whip_offer *o);

/** Chooses codecs of one m-line. False: none that we speak. */
bool whip_pick_codecs(struct whip_line *line, enum whip_direction direction);

#endif
