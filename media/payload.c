/* See payload.h. */
#include "media/payload.h"

#include <errno.h>
#include <string.h>

#include "media/av1.h"
#include "media/base/bytes.h"
#include "media/h264_sps.h"
#include "media/vp9.h"

enum nal_type {
	NAL_IDR = 5,
	NAL_SPS = 7,
	NAL_LAST_SINGLE = 23,
	NAL_STAP_A = 24,
	NAL_FU_A = 28,
};

/* Picture id of 7 or 15 bits at ret->len, RFC 7741 §4.2. */
static int parse_picture_id(struct vp8_descriptor *ret, const uint8_t *payload, size_t len)
{
	if (ret->len >= len)
		return -EBADMSG;
	ret->picture_id_at = ret->len;
	ret->wide_picture_id = payload[ret->len] & 0x80;
	ret->len += ret->wide_picture_id ? 2 : 1;
	if (ret->len > len)
		return -EBADMSG;
	ret->picture_id = ret->wide_picture_id ? read_u16(payload + ret->picture_id_at) & 0x7fff : payload[ret->picture_id_at];
	return 0;
}

static int parse_vp8_extension(struct vp8_descriptor *ret, const uint8_t *payload, size_t len)
{
	uint8_t flags;
	int r;

	if (len < 2)
		return -EBADMSG;
	flags = payload[1];
	ret->len = 2;
	if (flags & 0x80) {
		r = parse_picture_id(ret, payload, len);
		if (r < 0)
			return r;
	}
	if (flags & 0x40) {
		ret->tl0picidx_at = ret->len++;
		if (ret->len > len)
			return -EBADMSG;
		ret->tl0picidx = payload[ret->tl0picidx_at];
	}
	if (flags & 0x30) {
		ret->tid_keyidx_at = ret->len++;
		if (ret->len > len)
			return -EBADMSG;
		ret->tid = payload[ret->tid_keyidx_at] >> 6;
		ret->layer_sync = payload[ret->tid_keyidx_at] & 0x20;
		ret->keyidx = payload[ret->tid_keyidx_at] & 0x1f;
	}
	return 0;
}

int vp8_parse(struct vp8_descriptor *ret, const uint8_t *payload, size_t len)
{
	if (len < 1)
		return -EBADMSG;
	*ret = (struct vp8_descriptor) {
		.len = 1,
		.starts_frame = (payload[0] & 0x17) == 0x10,
	};
	return payload[0] & 0x80 ? parse_vp8_extension(ret, payload, len) : 0;
}

static bool vp8_starts_keyframe(const uint8_t *payload, size_t len)
{
	struct vp8_descriptor d;

	return vp8_parse(&d, payload, len) == 0 && d.starts_frame && d.len < len && !(payload[d.len] & 1);
}

/* Frame tag, start code, then 14 bits of width and of height, each with two bits of scaling; RFC 6386 §9.1. */
static bool vp8_picture_size(const uint8_t *payload, size_t len, struct picture_size *ret)
{
	static const uint8_t start_code[] = { 0x9d, 0x01, 0x2a };
	struct vp8_descriptor d;
	const uint8_t *at;
	struct picture_size size;

	if (!vp8_starts_keyframe(payload, len))
		return false;
	vp8_parse(&d, payload, len);
	at = payload + d.len + 3;
	if (len < d.len + 10u || memcmp(at, start_code, sizeof(start_code)) != 0)
		return false;
	size.width = (uint16_t)((at[3] | at[4] << 8) & 0x3fff);
	size.height = (uint16_t)((at[5] | at[6] << 8) & 0x3fff);
	if (!size.width || !size.height)
		return false;
	*ret = size;
	return true;
}

/* Walks the units of a STAP-A: their sizes must fill it exactly (RFC 6184 §5.7.1). */
static bool stap_a_walk(const uint8_t *payload, size_t len, bool *ret_keyframe)
{
	size_t at = 1;

	*ret_keyframe = false;
	while (at < len) {
		size_t unit;
		uint8_t type;

		if (len - at < 3)
			return false;
		unit = read_u16(payload + at);
		at += 2;
		if (unit == 0 || unit > len - at)
			return false;
		type = payload[at] & 0x1f;
		if (type == 0 || type > NAL_LAST_SINGLE)
			return false;
		if (type == NAL_IDR || type == NAL_SPS)
			*ret_keyframe = true;
		at += unit;
	}
	return at > 1;
}

/* Start and end in one fragment are forbidden, RFC 6184 §5.8. */
static bool fu_a_is_valid(const uint8_t *payload, size_t len)
{
	uint8_t type;

	if (len < 3 || (payload[1] & 0xc0) == 0xc0)
		return false;
	type = payload[1] & 0x1f;
	return type >= 1 && type <= NAL_LAST_SINGLE;
}

static bool h264_is_valid(const uint8_t *payload, size_t len)
{
	uint8_t type;
	bool keyframe;

	if (len < 1)
		return false;
	type = payload[0] & 0x1f;
	if (type == NAL_STAP_A)
		return stap_a_walk(payload, len, &keyframe);
	if (type == NAL_FU_A)
		return fu_a_is_valid(payload, len);
	return type >= 1 && type <= NAL_LAST_SINGLE;
}

static bool h264_starts_keyframe(const uint8_t *payload, size_t len)
{
	uint8_t type;
	bool keyframe;

	if (!h264_is_valid(payload, len))
		return false;
	type = payload[0] & 0x1f;
	if (type == NAL_STAP_A)
		return stap_a_walk(payload, len, &keyframe) && keyframe;
	if (type == NAL_FU_A) {
		if (!(payload[1] & 0x80))
			return false;
		type = payload[1] & 0x1f;
	}
	return type == NAL_IDR || type == NAL_SPS;
}

static bool vp9_starts_keyframe(const uint8_t *payload, size_t len)
{
	struct vp9_descriptor d;

	return vp9_parse(&d, payload, len) == 0 && d.begins && vp9_is_key(&d) && d.len < len;
}

bool payload_starts_keyframe(enum codec codec, const uint8_t *payload, size_t len)
{
	switch (codec) {
	case CODEC_VP8:
		return vp8_starts_keyframe(payload, len);
	case CODEC_H264:
		return h264_starts_keyframe(payload, len);
	case CODEC_VP9:
		return vp9_starts_keyframe(payload, len);
	case CODEC_AV1:
		return av1_is_valid(payload, len) && av1_starts_sequence(payload);
	default:
		return false;
	}
}

static bool h264_picture_size(const uint8_t *payload, size_t len, struct picture_size *ret)
{
	size_t at = 1;

	if (!h264_is_valid(payload, len))
		return false;
	if ((payload[0] & 0x1f) != NAL_STAP_A)
		return h264_sps_size(payload, len, &ret->width, &ret->height) == 0;
	while (at < len) {
		size_t unit = read_u16(payload + at);

		if (h264_sps_size(payload + at + 2, unit, &ret->width, &ret->height) == 0)
			return true;
		at += 2 + unit;
	}
	return false;
}

static bool vp9_picture_size(const uint8_t *payload, size_t len, struct picture_size *ret)
{
	struct vp9_descriptor d;

	if (!vp9_starts_keyframe(payload, len))
		return false;
	vp9_parse(&d, payload, len);
	return vp9_layer_size(&d, (uint8_t)(d.n_spatial ? d.n_spatial - 1 : 0), payload, len, ret);
}

bool payload_picture_size(enum codec codec, const uint8_t *payload, size_t len, struct picture_size *ret)
{
	switch (codec) {
	case CODEC_VP8:
		return vp8_picture_size(payload, len, ret);
	case CODEC_H264:
		return h264_picture_size(payload, len, ret);
	case CODEC_VP9:
		return vp9_picture_size(payload, len, ret);
	case CODEC_AV1:
		return av1_picture_size(payload, len, ret);
	default:
		return false;
	}
}

bool payload_is_valid(enum codec codec, const uint8_t *payload, size_t len)
{
	struct vp8_descriptor d;
	struct vp9_descriptor d9;
	const uint8_t *block;
	size_t block_len;
	uint8_t pt;

	switch (codec) {
	case CODEC_OPUS:
		return len > 0;
	case CODEC_RED:
		return red_primary(payload, len, &pt, &block, &block_len) == 0;
	case CODEC_VP8:
		return vp8_parse(&d, payload, len) == 0 && d.len < len;
	case CODEC_H264:
		return h264_is_valid(payload, len);
	case CODEC_VP9:
		return vp9_parse(&d9, payload, len) == 0 && d9.len < len;
	case CODEC_AV1:
		return av1_is_valid(payload, len);
	default:
		return false;
	}
}

int red_primary(const uint8_t *payload, size_t len, uint8_t *ret_pt, const uint8_t **ret_block, size_t *ret_len)
{
	size_t redundant = 0;
	size_t at = 0;

	while (at < len && payload[at] & 0x80) {
		if (len - at < 4)
			return -EBADMSG;
		redundant += read_u16(payload + at + 2) & 0x3ff;
		at += 4;
	}
	/* One byte of header and at least one of the block must be left behind the redundant blocks. */
	if (at + 1 + redundant >= len)
		return -EBADMSG;
	*ret_pt = payload[at] & 0x7f;
	*ret_block = payload + at + 1 + redundant;
	*ret_len = len - at - 1 - redundant;
	return 0;
}
