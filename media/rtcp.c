/* See rtcp.h. */
#include "media/rtcp.h"

#include <errno.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/twcc_feedback.h"

enum rtcp_type {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_RTPFB = 205,
	RTCP_PSFB = 206,
};

enum feedback_format { RTPFB_NACK = 1, RTPFB_TRANSPORT = 15, PSFB_PLI = 1, PSFB_FIR = 4, PSFB_APPLICATION = 15 };

#define HEADER_BYTES 4
#define SENDER_INFO_BYTES 24    /* SSRC, NTP, RTP, packets, octets */
#define BLOCK_BYTES 24
#define FEEDBACK_BYTES 8        /* sender, media */
#define MAX_BLOCKS 31
#define SDES_CNAME 1
#define NTP_UNIX_S UINT64_C(2208988800)

/* One packet of a compound: `body` is behind its header, padding not counted. */
struct packet {
	uint8_t count;          /* or feedback format */
	uint8_t type;
	const uint8_t *body;
	size_t len;
};

static void read_block(const uint8_t *p, uint32_t reporter, struct rtcp_report_block *rb)
{
	*rb = (struct rtcp_report_block) {
		.reporter = reporter,
		.ssrc = read_u32(p),
		.fraction_lost = p[4],
		.lost = (int32_t)(read_u24(p + 5) << 8) >> 8,
		.highest_seq = read_u32(p + 8),
		.jitter = read_u32(p + 12),
		.last_sr = read_u32(p + 16),
		.delay_since_sr = read_u32(p + 20),
	};
}

static void on_blocks(const struct packet *p, size_t at, const struct rtcp_handlers *h, void *user)
{
	struct rtcp_report_block rb;

	for (unsigned i = 0; h->on_report_block && i < p->count; i++) {
		read_block(p->body + at + i * BLOCK_BYTES, read_u32(p->body), &rb);
		h->on_report_block(user, &rb);
	}
}

static int on_sr(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	struct rtcp_sender_report sr;

	if (p->len < SENDER_INFO_BYTES + p->count * (size_t)BLOCK_BYTES)
		return -EBADMSG;
	sr = (struct rtcp_sender_report) {
		.ssrc = read_u32(p->body),
		.ntp = read_u64(p->body + 4),
		.rtp = read_u32(p->body + 12),
		.packets = read_u32(p->body + 16),
		.octets = read_u32(p->body + 20),
	};
	if (h->on_sender_report)
		h->on_sender_report(user, &sr);
	on_blocks(p, SENDER_INFO_BYTES, h, user);
	return 0;
}

static int on_rr(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	if (p->len < 4 + p->count * (size_t)BLOCK_BYTES)
		return -EBADMSG;
	on_blocks(p, 4, h, user);
	return 0;
}

static int on_bye(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	if (p->len < p->count * 4u)
		return -EBADMSG;
	for (unsigned i = 0; h->on_bye && i < p->count; i++)
		h->on_bye(user, read_u32(p->body + i * 4u));
	return 0;
}

/* PID and BLP pairs (RFC 4585 §6.2.1), at most RTCP_MAX_NACKS numbers. */
static int on_nack(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	uint16_t seqs[RTCP_MAX_NACKS];
	bool all = true;
	size_t n = 0;

	if (p->len < FEEDBACK_BYTES + 4 || p->len % 4)
		return -EBADMSG;
	for (size_t at = FEEDBACK_BYTES; at < p->len; at += 4) {
		uint32_t bits = (uint32_t)read_u16(p->body + at + 2) << 1 | 1;
		uint16_t seq = read_u16(p->body + at);

		for (; bits; bits >>= 1, seq++) {
			if (!(bits & 1))
				continue;
			if (n < RTCP_MAX_NACKS)
				seqs[n++] = seq;
			else
				all = false;
		}
	}
	if (h->on_nack)
		h->on_nack(user, read_u32(p->body + 4), seqs, n);
	return all ? 0 : -EBADMSG;
}

/* FIR names its media in entries of 8 bytes (RFC 5104 §4.3.1); the common field is unused there. */
static int on_fir(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	if (p->len < FEEDBACK_BYTES + 8 || p->len % 8)
		return -EBADMSG;
	for (size_t at = FEEDBACK_BYTES; h->on_keyframe_request && at < p->len; at += 8)
		h->on_keyframe_request(user, read_u32(p->body + at));
	return 0;
}

static int on_transport(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	struct twcc_feedback fb;
	int r;

	if (!h->on_transport_feedback)
		return 0;
	r = twcc_feedback_parse(&fb, p->body, p->len);
	if (r == 0)
		h->on_transport_feedback(user, &fb);
	return r;
}

/* REMB (draft-alvestrand-rmcat-remb-03 §2.2) says its name; other application feedback is passed over. */
static int on_application(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	const uint8_t *remb = p->body + FEEDBACK_BYTES;
	uint64_t mantissa;
	unsigned exponent;

	if (p->len < FEEDBACK_BYTES + 4 || memcmp(remb, "REMB", 4) != 0)
		return 0;
	if (p->len < FEEDBACK_BYTES + 8)
		return -EBADMSG;
	exponent = remb[5] >> 2;
	mantissa = read_u24(remb + 5) & 0x3ffff;
	if (h->on_remb)
		h->on_remb(user, exponent > 63 - 18 ? UINT64_MAX : mantissa << exponent);
	return 0;
}

static int on_feedback(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	if (p->len < FEEDBACK_BYTES)
		return -EBADMSG;
	if (p->type == RTCP_RTPFB && p->count == RTPFB_NACK)
		return on_nack(p, h, user);
	if (p->type == RTCP_RTPFB)
		return p->count == RTPFB_TRANSPORT ? on_transport(p, h, user) : 0;
	if (p->count == PSFB_APPLICATION)
		return on_application(p, h, user);
	if (p->count == PSFB_FIR)
		return on_fir(p, h, user);
	if (p->count == PSFB_PLI && h->on_keyframe_request)
		h->on_keyframe_request(user, read_u32(p->body + 4));
	return 0;
}

static int on_packet(const struct packet *p, const struct rtcp_handlers *h, void *user)
{
	switch (p->type) {
	case RTCP_SR:
		return on_sr(p, h, user);
	case RTCP_RR:
		return on_rr(p, h, user);
	case RTCP_BYE:
		return on_bye(p, h, user);
	case RTCP_RTPFB:
	case RTCP_PSFB:
		return on_feedback(p, h, user);
	default:
		return 0;
	}
}

/* Takes one packet off the front; only the last may be padded (RFC 3550 §6.4.1). Returns its length with header and padding. */
static int read_packet(struct packet *ret, const uint8_t *data, size_t len)
{
	size_t whole, padding = 0;

	if (len < HEADER_BYTES || data[0] >> 6 != 2)
		return -EBADMSG;
	whole = (read_u16(data + 2) + 1u) * 4u;
	if (whole > len)
		return -EBADMSG;
	if (data[0] & 0x20) {
		padding = data[whole - 1];
		if (whole != len || padding == 0 || padding > whole - HEADER_BYTES)
			return -EBADMSG;
	}
	*ret = (struct packet) { data[0] & 0x1f, data[1], data + HEADER_BYTES, whole - HEADER_BYTES - padding };
	return (int)whole;
}

int rtcp_parse(const uint8_t *data, size_t len, const struct rtcp_handlers *h, void *user)
{
	struct packet p;
	int r;

	do {
		int whole = read_packet(&p, data, len);

		if (whole < 0)
			return whole;
		r = on_packet(&p, h, user);
		if (r < 0)
			return r;
		data += whole;
		len -= (size_t)whole;
	} while (len > 0);
	return 0;
}

static void write_rtcp_header(uint8_t *out, size_t count, enum rtcp_type type, size_t len)
{
	out[0] = (uint8_t)(0x80 | count);
	out[1] = (uint8_t)type;
	write_u16(out + 2, (uint16_t)(len / 4 - 1));
}

static void write_blocks(uint8_t *out, const struct rtcp_report_block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++, out += BLOCK_BYTES) {
		const struct rtcp_report_block *b = &blocks[i];

		write_u32(out, b->ssrc);
		out[4] = b->fraction_lost;
		write_u24(out + 5, (uint32_t)CLAMP(b->lost, -0x800000, 0x7fffff) & 0xffffff);
		write_u32(out + 8, b->highest_seq);
		write_u32(out + 12, b->jitter);
		write_u32(out + 16, b->last_sr);
		write_u32(out + 20, b->delay_since_sr);
	}
}

size_t rtcp_write_sr(uint8_t *out, size_t size, const struct rtcp_sender_report *sr, const struct rtcp_report_block *blocks,
                     size_t n_blocks)
{
	size_t n = MIN(n_blocks, (size_t)MAX_BLOCKS);
	size_t len = HEADER_BYTES + SENDER_INFO_BYTES + n * BLOCK_BYTES;

	if (size < len)
		return 0;
	write_rtcp_header(out, n, RTCP_SR, len);
	write_u32(out + 4, sr->ssrc);
	write_u64(out + 8, sr->ntp);
	write_u32(out + 16, sr->rtp);
	write_u32(out + 20, sr->packets);
	write_u32(out + 24, sr->octets);
	write_blocks(out + HEADER_BYTES + SENDER_INFO_BYTES, blocks, n);
	return len;
}

size_t rtcp_write_rr(uint8_t *out, size_t size, uint32_t ssrc, const struct rtcp_report_block *blocks, size_t n_blocks)
{
	size_t n = MIN(n_blocks, (size_t)MAX_BLOCKS);
	size_t len = HEADER_BYTES + 4 + n * BLOCK_BYTES;

	if (size < len)
		return 0;
	write_rtcp_header(out, n, RTCP_RR, len);
	write_u32(out + 4, ssrc);
	write_blocks(out + 8, blocks, n);
	return len;
}

size_t rtcp_write_sdes(uint8_t *out, size_t size, uint32_t ssrc, const char *cname)
{
	size_t text = strnlen(cname, 255);
	/* SSRC, item type, item length, text, then 1 to 4 zeros that end the items at a word. */
	size_t len = HEADER_BYTES + (4 + 2 + text + 4) / 4 * 4;

	if (size < len)
		return 0;
	memset(out, 0, len);
	write_rtcp_header(out, 1, RTCP_SDES, len);
	write_u32(out + 4, ssrc);
	out[8] = SDES_CNAME;
	out[9] = (uint8_t)text;
	memcpy(out + 10, cname, text);
	return len;
}

size_t rtcp_write_pli(uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc)
{
	size_t len = HEADER_BYTES + FEEDBACK_BYTES;

	if (size < len)
		return 0;
	write_rtcp_header(out, PSFB_PLI, RTCP_PSFB, len);
	write_u32(out + 4, sender);
	write_u32(out + 8, media_ssrc);
	return len;
}

size_t rtcp_write_nack(uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc, const uint16_t *seqs, size_t n)
{
	size_t len = HEADER_BYTES + FEEDBACK_BYTES;
	size_t i = 0;

	if (n == 0 || size < len + 4)
		return 0;
	write_u32(out + 4, sender);
	write_u32(out + 8, media_ssrc);
	while (i < n && size - len >= 4) {
		uint16_t pid = seqs[i++];
		uint16_t blp = 0;

		for (; i < n && (uint16_t)(seqs[i] - pid - 1) < 16; i++)
			blp |= (uint16_t)(1u << (uint16_t)(seqs[i] - pid - 1));
		write_u16(out + len, pid);
		write_u16(out + len + 2, blp);
		len += 4;
	}
	write_rtcp_header(out, RTPFB_NACK, RTCP_RTPFB, len);
	return len;
}

size_t rtcp_write_bye(uint8_t *out, size_t size, uint32_t ssrc)
{
	size_t len = HEADER_BYTES + 4;

	if (size < len)
		return 0;
	write_rtcp_header(out, 1, RTCP_BYE, len);
	write_u32(out + 4, ssrc);
	return len;
}

uint64_t ntp_from_wall_us(int64_t wall_us)
{
	uint64_t us = (uint64_t)wall_us + NTP_UNIX_S * 1000000;

	return us / 1000000 << 32 | ((us % 1000000) << 32) / 1000000;
}

int64_t wall_us_from_ntp(uint64_t ntp)
{
	uint64_t fraction_us = ((ntp & UINT32_MAX) * 1000000 + (UINT64_C(1) << 31)) >> 32;

	return ((int64_t)(ntp >> 32) - (int64_t)NTP_UNIX_S) * 1000000 + (int64_t)fraction_us;
}
