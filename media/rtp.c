/* See rtp.h. */
#include "media/rtp.h"

#include <errno.h>

#include "media/base/bytes.h"

#define PROFILE_ONE_BYTE 0xbede
#define PROFILE_TWO_BYTE 0x1000         /* the low four bits are the application's */
#define ONE_BYTE_STOP 15                /* RFC 8285 §4.2: nothing behind this id is read */

bool rtp_is_rtp(const uint8_t *data, size_t len)
{
	return len >= 2 && (data[1] < 192 || data[1] > 223);
}

static void on_element(struct rtp_view *v, const struct extension_ids *ids, uint8_t id, const uint8_t *data, uint8_t len)
{
	if (id == ids->mid) {
		v->mid = data;
		v->mid_len = len;
	} else if (id == ids->rid) {
		v->rid = data;
		v->rid_len = len;
	} else if (id == ids->rrid) {
		v->rrid = data;
		v->rrid_len = len;
	} else if (id == ids->twcc && len == 2) {
		v->has_twcc = true;
		v->twcc_seq = read_u16(data);
	} else if (id == ids->audio_level && len == 1) {
		v->has_audio_level = true;
		v->voice = data[0] & 0x80;
		v->audio_level = data[0] & 0x7f;
	}
}

static int parse_one_byte(struct rtp_view *v, const struct extension_ids *ids, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		uint8_t id = *p >> 4;
		uint8_t len = (*p & 0x0f) + 1;

		if (*p == 0) {
			p++;
			continue;
		}
		if (id == 0 || id == ONE_BYTE_STOP)
			return 0;
		if (len > end - p - 1)
			return -EBADMSG;
		on_element(v, ids, id, p + 1, len);
		p += 1 + len;
	}
	return 0;
}

static int parse_two_byte(struct rtp_view *v, const struct extension_ids *ids, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		if (*p == 0) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] > end - p - 2)
			return -EBADMSG;
		on_element(v, ids, p[0], p + 2, p[1]);
		p += 2 + p[1];
	}
	return 0;
}

/* Reads the extension block at `at` and sets header_len behind it. */
static int parse_extensions(struct rtp_view *v, const struct extension_ids *ids, size_t at)
{
	const uint8_t *p = v->data + at;
	uint16_t profile;
	size_t bytes;

	if (v->len - at < 4)
		return -EBADMSG;
	profile = read_u16(p);
	bytes = read_u16(p + 2) * 4u;
	if (v->len - at - 4 < bytes)
		return -EBADMSG;
	v->header_len = (uint16_t)(at + 4 + bytes);
	p += 4;
	if (profile == PROFILE_ONE_BYTE)
		return parse_one_byte(v, ids, p, p + bytes);
	if ((profile & 0xfff0) == PROFILE_TWO_BYTE)
		return parse_two_byte(v, ids, p, p + bytes);
	return 0;
}

static int parse_payload(struct rtp_view *v)
{
	size_t padding = 0;

	v->payload = v->data + v->header_len;
	v->payload_len = v->len - v->header_len;
	if (v->data[0] & 0x20) {
		if (v->payload_len == 0)
			return -EBADMSG;
		padding = v->data[v->len - 1];
		if (padding == 0 || padding > v->payload_len)
			return -EBADMSG;
	}
	v->payload_len -= padding;
	return 0;
}

int rtp_parse(struct rtp_view *ret, const uint8_t *data, size_t len, const struct extension_ids *ids)
{
	size_t fixed;
	int r;

	if (len > RTP_MAX_PACKET_BYTES)
		return -EMSGSIZE;
	if (len < RTP_HEADER_BYTES || data[0] >> 6 != 2)
		return -EBADMSG;
	fixed = RTP_HEADER_BYTES + (data[0] & 0x0f) * 4u;
	if (len < fixed)
		return -EBADMSG;
	*ret = (struct rtp_view) {
		.data = data,
		.len = len,
		.marker = data[1] & 0x80,
		.pt = data[1] & 0x7f,
		.seq = read_u16(data + 2),
		.timestamp = read_u32(data + 4),
		.ssrc = read_u32(data + 8),
		.header_len = (uint16_t)fixed,
	};
	if (data[0] & 0x10) {
		r = parse_extensions(ret, ids, fixed);
		if (r < 0)
			return r;
	}
	return parse_payload(ret);
}

/* One-byte elements (RFC 8285 §4.2), filled up to whole words. */
static size_t write_extensions(uint8_t *out, const struct rtp_header *h, size_t at, size_t *ret_twcc_at)
{
	size_t start = at, len;

	at += 4;
	if (h->twcc_id) {
		out[at] = (uint8_t)(h->twcc_id << 4 | 1);
		*ret_twcc_at = at + 1;
		write_u16(out + at + 1, 0);
		at += 3;
	}
	if (h->audio_level_id) {
		out[at] = (uint8_t)(h->audio_level_id << 4);
		out[at + 1] = h->audio_level;
		at += 2;
	}
	while ((at - start) % 4)
		out[at++] = 0;
	len = (at - start) / 4 - 1;
	write_u16(out + start, PROFILE_ONE_BYTE);
	write_u16(out + start + 2, (uint16_t)len);
	out[0] |= 0x10;
	return at;
}

size_t rtp_write_header(uint8_t *out, const struct rtp_header *h, size_t *ret_twcc_at)
{
	size_t len = RTP_HEADER_BYTES;

	out[0] = 0x80;
	out[1] = (uint8_t)((h->marker ? 0x80 : 0) | (h->pt & 0x7f));
	write_u16(out + 2, h->seq);
	write_u32(out + 4, h->timestamp);
	write_u32(out + 8, h->ssrc);
	if (h->csrc) {
		out[0] |= 1;
		write_u32(out + len, h->csrc);
		len += 4;
	}
	*ret_twcc_at = 0;
	return h->audio_level_id || h->twcc_id ? write_extensions(out, h, len, ret_twcc_at) : len;
}
