/*
 * Payloads that look like VP8, VP9, H.264 and Opus to a server and can be recomputed by a receiver: behind the codec's own header
 * stands a mark (who, which frame, which packet, when), and the rest is a function of the mark. A receiver reads the mark,
 * builds the payload again and compares every byte.
 */
#ifndef ENDPOINT_PAYLOAD_H
#define ENDPOINT_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum payload_codec { PAYLOAD_OPUS, PAYLOAD_VP8, PAYLOAD_H264, PAYLOAD_VP9 };

/* How a VP8 sender numbers its pictures (RFC 7741 §4.2). */
enum vp8_numbers {
	VP8_NO_NUMBERS,         /* one-byte descriptor, as GStreamer's payloader by default */
	VP8_PICTURE_ID,         /* 15 bits */
	VP8_ALL_NUMBERS,        /* 15-bit picture id, TL0PICIDX, TID and KEYIDX, as Chromium */
};

struct mark {
	uint32_t source;        /* sender's number */
	uint32_t frame;
	uint16_t packet;        /* within the frame */
	uint16_t count;         /* packets of the frame; of VP9 those of its spatial layer and of all below it */
	bool key;
	bool begins;            /* VP9: the first packet of its spatial layer */
	enum payload_codec codec;
	uint8_t layer;          /* 1 to 3: keyframes say 320x180, 640x360, 1280x720; 0: 640x360. VP9: the packet's spatial layer */
	uint16_t body_bytes;    /* mark and filler */
	int64_t captured_us;    /* now_us() of the sender */
};

#define MARK_BYTES 28
#define PAYLOAD_BYTES 1300

/* What a VP8 or VP9 descriptor said, as received. */
struct descriptor_seen {
	uint8_t len;
	bool start;             /* S and PID 0; B */
	bool has_picture_id, has_tl0, has_keyidx;
	uint16_t picture_id;
	uint8_t tl0, keyidx;
};

/** Writes a payload; returns its length, at most PAYLOAD_BYTES. `body_bytes` of at least MARK_BYTES and at most 1,200. */
size_t payload_write(uint8_t *out, const struct mark *m, enum vp8_numbers numbers, uint16_t first_picture_id);

/**
 * Reads the mark out of a received payload and compares everything but the numbers of pictures with what that mark stands for.
 *
 * Errors: -EBADMSG no mark, -EILSEQ another byte than was sent.
 */
int payload_check(struct mark *ret, struct descriptor_seen *ret_seen, enum payload_codec codec, const uint8_t *payload, size_t len);

#endif
