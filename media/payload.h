/* What the server reads in codec payloads: where keyframes start, how large pictures are, the numbers of VP8 and VP9 (RFC 7741, RFC 9628, RFC 6184, RFC 2198). */
#ifndef HUITANG_MEDIA_PAYLOAD_H
#define HUITANG_MEDIA_PAYLOAD_H

#include "media/negotiated.h"

/* VP8 payload descriptor. Offsets count from the payload's start; 0 means absent. */
struct vp8_descriptor {
	uint8_t len;            /* of the descriptor */
	bool starts_frame;      /* S bit and PartID 0 */
	bool wide_picture_id;   /* 15 bits, else 7 */
	uint8_t picture_id_at;
	uint8_t tl0picidx_at;
	uint8_t tid_keyidx_at;
	uint16_t picture_id;
	uint8_t tl0picidx;
	uint8_t tid;
	bool layer_sync;
	uint8_t keyidx;
};

/* VP9 payload descriptor, see vp9.h. Offsets as above. Small, since each kept packet has one. */
struct vp9_descriptor {
	uint16_t len;
	uint16_t picture_id;
	bool begins : 1, ends : 1;      /* a layer's frame: its first, its last packet */
	bool inter_picture : 1;         /* needs pictures before this one */
	bool inter_layer : 1;           /* needs the spatial layer below, of the same picture */
	bool switching_up : 1;          /* pictures of higher temporal layers behind this one need none of theirs before it */
	bool wide_picture_id : 1;       /* 15 bits, else 7 */
	uint8_t tid : 3;
	uint8_t sid : 2;                /* below MAX_LAYERS */
	uint8_t n_spatial : 2;          /* as the scalability structure has it, 0: it is not here */
	uint8_t picture_id_at;
	uint8_t tl0picidx_at;
	uint8_t sizes_at;               /* of the spatial layers, four bytes each */
	uint8_t tl0picidx;
};

/** Errors: -EBADMSG when the descriptor is longer than the payload; *ret then undefined. */
int vp8_parse(struct vp8_descriptor *ret, const uint8_t *payload, size_t len);

/**
 * True when this packet begins a keyframe: VP8 with P=0; VP9 likewise, in the lowest spatial layer; AV1 with N=1; H.264 with IDR, or SPS before it (single, STAP-A, first FU-A). Any bytes are
 * safe. In H.264 it may be true of several packets of one keyframe (SPS, then each slice): the first of an RTP timestamp counts.
 */
bool payload_starts_keyframe(enum codec codec, const uint8_t *payload, size_t len);

/* In pixels, as encoded. */
struct picture_size {
	uint16_t width;
	uint16_t height;
};

/**
 * The size that this packet states: VP8 in the first packet of a keyframe (RFC 6386 §9.1), VP9 (the highest spatial layer) and AV1
 * likewise, H.264 where a whole SPS is in it (single or STAP-A). Any bytes are safe. False: none, or one without pixels; *ret is then untouched.
 */
bool payload_picture_size(enum codec codec, const uint8_t *payload, size_t len, struct picture_size *ret);

/**
 * True when the packet is of the kind that the codec allows and no length in it passes its end. H.264 is packetization mode 1: single
 * units, STAP-A, FU-A; NAL types 0, 25 to 27 and 29 to 31 are not (RFC 6184 §6.3). VP9 has at most MAX_LAYERS spatial layers. An empty payload is never valid.
 */
bool payload_is_valid(enum codec codec, const uint8_t *payload, size_t len);

/** Finds the primary block of a RED payload (RFC 2198); outputs are untouched on failure. Errors: -EBADMSG, also for an empty block. */
int red_primary(const uint8_t *payload, size_t len, uint8_t *ret_pt, const uint8_t **ret_block, size_t *ret_len);

#endif
