/*
 * What our SDP speaks: payload types, codecs, header extensions, and the m-lines of the room offer. Private to media/sdp_*;
 * one table for whoever writes and whoever reads.
 */
#ifndef HUITANG_MEDIA_SDP_PROFILE_H
#define HUITANG_MEDIA_SDP_PROFILE_H

#include "media/sdp.h"

/* A codec as the room offer names it. In a BUNDLE a payload type means one thing on all m-lines (RFC 8843 §9.1). */
struct sdp_codec {
	enum codec codec;
	uint8_t pt;
	uint8_t rtx_pt;         /* 0: none */
	const char *map;        /* a=rtpmap */
	const char *fmtp;       /* NULL: none */
};

#define SDP_CODECS 6

/* In the order in which m-lines list them: a sender takes the first that it knows, unless its page chooses another. */
extern const struct sdp_codec sdp_codecs[SDP_CODECS];

/* Feedback that payload types name. REMB is never offered; a WHEP client may have it that knows no transport-cc. */
#define SDP_FEEDBACKS 5
#define SDP_FEEDBACK_NACK (1u << 0)
#define SDP_FEEDBACK_PLI (1u << 1)
#define SDP_FEEDBACK_FIR (1u << 2)
#define SDP_FEEDBACK_TWCC (1u << 3)
#define SDP_FEEDBACK_REMB (1u << 4)
extern const char *const sdp_feedbacks[SDP_FEEDBACKS];

enum sdp_extension { SDP_EXT_MID, SDP_EXT_RID, SDP_EXT_RRID, SDP_EXT_TWCC, SDP_EXT_AUDIO_LEVEL, SDP_EXTENSIONS };

struct sdp_extension_row {
	const char *uri;
	uint8_t id;             /* in the room offer; equal on all m-lines */
	size_t offset;          /* of the id in struct extension_ids */
};

extern const struct sdp_extension_row sdp_extensions[SDP_EXTENSIONS];

static inline uint8_t *sdp_extension_id(struct extension_ids *ids, enum sdp_extension ext)
{
	return (uint8_t *)ids + sdp_extensions[ext].offset;
}

/* One m-line of the room offer. */
struct sdp_line {
	bool up;                /* from the client to us: `kind`; else down: `slot` */
	bool audio;
	enum source_kind kind;
	size_t slot;
	uint16_t codecs;        /* bits 1 << enum codec */
	uint8_t extensions;     /* bits 1 << enum sdp_extension */
	uint8_t n_rids;         /* simulcast layers that the client may send; 0: one stream without rid */
	const char *const *rids;        /* lowest quality first */
	char mid[MID_BYTES];
};

/** Describes m-line `index`, below SOURCE_KINDS + n_slots. */
void sdp_line_at(struct sdp_line *ret, size_t index, const struct slot_cfg *slots);

/** The row whose media or RTX payload type is `pt`, among the codecs of `line`; NULL: not offered there. */
const struct sdp_codec *sdp_codec_of_pt(const struct sdp_line *line, unsigned pt);

#endif
