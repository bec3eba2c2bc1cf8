/* Marked payloads. Layout of a mark: "HTep", source, frame, packet, count, flags and layer, codec, body bytes, captured_us. */
#include "payload.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "vp9.h"

#define LAYERS 4
#define SPS_BYTES 10

static const uint8_t magic[4] = { 'H', 'T', 'e', 'p' };
static const uint8_t vp8_size[LAYERS][7] = { /* start code, width, height */
	{ 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01 },
	{ 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00 },
	{ 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01 },
	{ 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02 },
};
static const struct { uint8_t len, bytes[SPS_BYTES]; } sps[LAYERS] = {
	{ 10, { 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0x40 } },
	{ 9, { 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x05, 0x06, 0x7e, 0x74 } },
	{ 10, { 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0x40 } },
	{ 9, { 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4 } },
};
static const uint8_t pps[] = { 0x68, 0xce, 0x3c, 0x80 };

/* Eight bytes of each step of xorshift, the upper four first, little endian. */
static void fill(uint8_t *out, size_t len, uint64_t x)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t eight;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		eight = htole64(x >> 32 | x << 32);
		memcpy(out + i, &eight, len - i < 8 ? len - i : 8);
	}
}

static size_t write_body(uint8_t *out, const struct mark *m)
{
	uint64_t x = (uint64_t)m->source * 0x9e3779b97f4a7c15u ^ (uint64_t)m->frame << 17 ^ m->packet;

	memcpy(out, magic, 4);
	put32(out + 4, m->source);
	put32(out + 8, m->frame);
	put16(out + 12, m->packet);
	put16(out + 14, m->count);
	out[16] = (uint8_t)(m->key | m->layer << 1 | m->begins << 3);
	out[17] = (uint8_t)m->codec;
	put16(out + 18, m->body_bytes);
	put64(out + 20, (uint64_t)m->captured_us);
	fill(out + MARK_BYTES, m->body_bytes - MARK_BYTES, x | 1);
	return m->body_bytes;
}

static int read_body(struct mark *ret, const uint8_t *d, size_t len)
{
	if (len < MARK_BYTES || memcmp(d, magic, 4))
		return -EBADMSG;
	ret->source = get32(d + 4);
	ret->frame = get32(d + 8);
	ret->packet = get16(d + 12);
	ret->count = get16(d + 14);
	ret->key = d[16] & 1;
	ret->layer = d[16] >> 1 & 3;
	ret->begins = d[16] & 8;
	ret->codec = d[17];
	ret->body_bytes = get16(d + 18);
	ret->captured_us = (int64_t)get64(d + 20);
	return ret->body_bytes < MARK_BYTES || ret->body_bytes > 1200 ? -EBADMSG : 0;
}

static size_t write_vp8_descriptor(uint8_t *out, const struct mark *m, enum vp8_numbers numbers, uint16_t first)
{
	uint16_t picture = (uint16_t)((first + m->frame) & 0x7fff);
	size_t n = 1;

	out[0] = m->packet ? 0x00 : 0x10;
	if (numbers == VP8_NO_NUMBERS)
		return n;
	out[0] |= 0x80;
	out[n++] = numbers == VP8_PICTURE_ID ? 0x80 : 0xf0;
	put16(out + n, 0x8000u | picture);
	n += 2;
	if (numbers == VP8_ALL_NUMBERS) {
		out[n++] = (uint8_t)m->frame;           /* TL0PICIDX: every frame is of the base layer */
		out[n++] = (uint8_t)(m->frame / 30 & 31); /* TID 0, Y 0, KEYIDX */
	}
	return n;
}

/* The uncompressed data chunk of a frame, RFC 6386 §9.1: bit 0 of the first byte is clear in keyframes. */
static size_t write_vp8_frame(uint8_t *out, const struct mark *m)
{
	if (m->packet)
		return 0;
	out[0] = m->key ? 0x10 : 0x11;
	out[1] = 0x20;
	out[2] = 0x00;
	if (!m->key)
		return 3;
	memcpy(out + 3, vp8_size[m->layer], sizeof(vp8_size[0]));
	return 3 + sizeof(vp8_size[0]);
}

/* STAP-A of SPS and PPS; the mark is the tail of the PPS. */
static size_t write_parameter_sets(uint8_t *out, const struct mark *m)
{
	size_t n = 1;

	out[0] = 0x78;
	put16(out + n, sps[m->layer].len);
	memcpy(out + n + 2, sps[m->layer].bytes, sps[m->layer].len);
	n += 2u + sps[m->layer].len;
	put16(out + n, (uint32_t)(sizeof(pps) + m->body_bytes));
	memcpy(out + n + 2, pps, sizeof(pps));
	return n + 2 + sizeof(pps);
}

/* FU-A (RFC 6184 §5.8). A keyframe's slice begins behind the parameter sets, in packet 1. */
static size_t write_fragment(uint8_t *out, const struct mark *m)
{
	bool first = m->packet == (m->key ? 1 : 0);
	bool last = m->packet + 1 == m->count;

	if (first && last) {
		out[0] = m->key ? 0x65 : 0x41;
		out[1] = 0x9a;
		return 2;
	}
	out[0] = m->key ? 0x7c : 0x5c;
	out[1] = (uint8_t)((first ? 0x80 : 0) | (last ? 0x40 : 0) | (m->key ? 5 : 1));
	return 2;
}

size_t payload_write(uint8_t *out, const struct mark *m, enum vp8_numbers numbers, uint16_t first_picture_id)
{
	size_t n = 0;

	switch (m->codec) {
	case PAYLOAD_OPUS:
		out[n++] = 0xf8; /* CELT, full band, 20 ms, mono, one frame */
		break;
	case PAYLOAD_VP8:
		n = write_vp8_descriptor(out, m, numbers, first_picture_id);
		n += write_vp8_frame(out + n, m);
		break;
	case PAYLOAD_H264:
		n = m->key && !m->packet ? write_parameter_sets(out, m) : write_fragment(out, m);
		break;
	case PAYLOAD_VP9:
		n = vp9_write_descriptor(out, m, (uint16_t)((first_picture_id + m->frame) & 0x7fff));
		break;
	}
	return n + write_body(out + n, m);
}

static int read_vp8_descriptor(struct descriptor_seen *ret, const uint8_t *d, size_t len)
{
	size_t n = 1;
	uint8_t x = 0;

	*ret = (struct descriptor_seen){ 0 };
	if (!len)
		return -EBADMSG;
	ret->start = (d[0] & 0x17) == 0x10;
	if (d[0] & 0x80 && n < len)
		x = d[n++];
	if (x & 0x80 && n + 1 < len) {
		ret->has_picture_id = true;
		ret->picture_id = d[n] & 0x80 ? get16(d + n) & 0x7fff : d[n];
		n += d[n] & 0x80 ? 2 : 1;
	}
	if (x & 0x40 && n < len) {
		ret->has_tl0 = true;
		ret->tl0 = d[n++];
	}
	if (x & 0x30 && n < len) {
		ret->has_keyidx = x & 0x10;
		ret->keyidx = d[n++] & 31;
	}
	ret->len = (uint8_t)n;
	return n < len ? 0 : -EBADMSG;
}

/* Where the body begins behind the codec's header, or 0. */
static size_t find_body(enum payload_codec codec, const struct descriptor_seen *seen, const uint8_t *p, size_t len)
{
	if (codec == PAYLOAD_OPUS)
		return 1;
	if (codec == PAYLOAD_H264)
		return (p[0] & 31) == 24 && len > 3 ? 1 + 2 + get16(p + 1) + 2 + sizeof(pps) : 2;
	if (!seen->start || codec == PAYLOAD_VP9)
		return seen->len;
	return seen->len < len && p[seen->len] & 1 ? seen->len + 3u : seen->len + 3 + sizeof(vp8_size[0]);
}

static int read_descriptor(struct descriptor_seen *ret, enum payload_codec codec, const uint8_t *payload, size_t len)
{
	*ret = (struct descriptor_seen){ 0 };
	if (codec == PAYLOAD_VP8)
		return read_vp8_descriptor(ret, payload, len);
	return codec == PAYLOAD_VP9 ? vp9_read_descriptor(ret, payload, len) : 0;
}

int payload_check(struct mark *ret, struct descriptor_seen *ret_seen, enum payload_codec codec, const uint8_t *payload, size_t len)
{
	uint8_t want[PAYLOAD_BYTES];
	size_t at, n, skip = 0, want_skip = 0;

	if (!len || read_descriptor(ret_seen, codec, payload, len) < 0)
		return -EBADMSG;
	at = find_body(codec, ret_seen, payload, len);
	if (at >= len || read_body(ret, payload + at, len - at) < 0 || ret->codec != codec)
		return -EBADMSG;
	n = payload_write(want, ret, VP8_NO_NUMBERS, 0);
	if (codec == PAYLOAD_VP9)
		vp9_renumber(want, ret_seen);
	if (codec == PAYLOAD_VP8) { /* its numbers may be rewritten, S and what follows may not */
		skip = ret_seen->len;
		want_skip = 1;
		if (ret_seen->start != !ret->packet)
			return -EILSEQ;
	}
	return n - want_skip == len - skip && !memcmp(want + want_skip, payload + skip, len - skip) ? 0 : -EILSEQ;
}
