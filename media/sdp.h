/*
 * SDP at the two edges. Browsers in a room: we offer from a template, and read the answer by a bounded line scanner.
 * WHIP and WHEP: the peer offers, gstsdp reads it, we answer (RFC 9725, RFC 8829).
 */
#ifndef HUITANG_MEDIA_SDP_H
#define HUITANG_MEDIA_SDP_H

#include <netinet/in.h>

#include "media/media.h"

#define SDP_MAX_ANSWER_BYTES (192 * 1024)
#define SDP_MAX_OFFER_BYTES (64 * 1024)         /* WHIP and WHEP bodies */
#define SDP_MAX_CANDIDATES 4

/* What the peer is told about us. */
struct sdp_local {
	struct ice_credentials ice;
	struct fingerprint fingerprint;
	uint8_t n_candidates;
	struct sockaddr_storage candidates[SDP_MAX_CANDIDATES]; /* host candidates, UDP */
	bool tcp;                               /* and TCP on the same ports, passive */
	const char *cname;                      /* given; may be NULL where no stream of ours is named (WHIP) */
	uint64_t session_id;                    /* o= line, below 2^63 */
	uint32_t session_version;               /* counts up with each offer of the session */
};

/* Why an SDP was refused: a fixed English sentence for the log and the peer's developer, and the 1-based line, 0 if none. */
struct sdp_error {
	const char *reason;
	unsigned line;
};

/**
 * Writes the room offer: m-lines 0..3 are the client's (SOURCE_KINDS order, recvonly for us), then one sendonly m-line a slot
 * with a=ssrc, a=ssrc-group:FID, msid. Audio slot i and video slot i (i < MAX_VOICE_SLOTS) share a stream. mids are "0".."3"
 * and then "s0", "s1"… in slot order; audio slots come first in `slots`.
 *
 * What it offers in them (payload types, codecs, extension ids, simulcast rids) is the table of sdp_profile.c. A video slot has an RTX SSRC,
 * an audio slot has none.
 *
 * Owns:   *ret is the caller's, mem_free().
 * Errors: -EINVAL (`local`; slots out of order, too many, or without SSRC), -ENOMEM.
 * Spec:   RFC 8829, RFC 8843
 */
int sdp_write_offer(char **ret, const struct sdp_local *local, const struct slot_cfg *slots, size_t n_slots);

/**
 * Reads the answer to such an offer. Payload types and extension ids are the offer's; an m-line's codecs are those the answer kept.
 * An m-line without a=simulcast is one stream; rids that were not offered are refused.
 * down.twcc is set when every slot that is taken kept the extension and transport-cc.
 *
 * Thread: any; no allocation.
 * Errors: -EBADMSG with *err; *ret then undefined.
 */
int sdp_read_answer(struct negotiated *ret, const char *sdp, size_t len, const struct slot_cfg *slots, size_t n_slots,
                    struct sdp_error *err);

/* What a WHIP or WHEP client's offer asked for. */
enum whip_direction { WHIP_PUBLISH, WHEP_PLAY };

/**
 * Reads a client's offer and writes our answer. WHIP: the first audio becomes SOURCE_MIC, the first video SOURCE_CAMERA.
 * WHEP: slot 0 is the first audio, slot 1 the first video, with `slots` (2 entries) for SSRCs. Other m-lines are rejected (port 0).
 * A publisher's simulcast is taken, up to MAX_LAYERS rids; for their order see sdp_order_rids().
 * A player's down.twcc is set when all that it takes has the extension and transport-cc; else remb_down, when it offers that.
 * At least one m-line must be usable. All accepted m-lines must be bundled (RFC 9725 §4.2: we take one transport).
 *
 * Owns:   *ret_answer is the caller's, mem_free().
 * Errors: -EBADMSG not SDP or missing fields; -ENOTSUP nothing usable (no common codec, setup:passive, no BUNDLE);
 *         -EINVAL `local`; *err set. -ENOMEM.
 */
int sdp_answer_offer(char **ret_answer, struct negotiated *ret, enum whip_direction direction, const char *offer, size_t len,
                     const struct sdp_local *local, const struct slot_cfg slots[2], struct sdp_error *err);

#endif
