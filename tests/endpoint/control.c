/* RTCP, one function a packet type. */
#include "control.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "loop.h"

#define NTP_TO_UNIX 2208988800u


static int read_blocks(const uint8_t *d, size_t len, unsigned n, uint32_t from, const struct control_handlers *h, void *user)
{
	if (len < n * 24u)
		return -EBADMSG;
	for (unsigned i = 0; i < n && h->on_block; i++, d += 24) {
		struct report_block b = {
			.about = get32(d), .fraction = d[4], .lost = get32(d + 4) & 0xffffff, .highest = get32(d + 8),
			.jitter = get32(d + 12), .last_sr = get32(d + 16), .delay = get32(d + 20),
		};

		h->on_block(user, from, &b);
	}
	return 0;
}

static int read_sr(const uint8_t *d, size_t len, unsigned n, const struct control_handlers *h, void *user)
{
	struct sender_info s;

	if (len < 28)
		return -EBADMSG;
	s = (struct sender_info){ get32(d + 4), get64(d + 8), get32(d + 16), get32(d + 20), get32(d + 24) };
	if (h->on_sender)
		h->on_sender(user, &s);
	return read_blocks(d + 28, len - 28, n, s.ssrc, h, user);
}

static int read_sdes(const uint8_t *d, size_t len, const struct control_handlers *h, void *user)
{
	char cname[256];

	if (len < 12 || d[8] != 1)
		return 0;
	if (10u + d[9] > len)
		return -EBADMSG;
	memcpy(cname, d + 10, d[9]);
	cname[d[9]] = 0;
	if (h->on_cname)
		h->on_cname(user, get32(d + 4), cname);
	return 0;
}

static int read_nack(const uint8_t *d, size_t len, const struct control_handlers *h, void *user)
{
	uint16_t seqs[17 * 64];
	size_t n = 0;

	for (size_t i = 12; i + 4 <= len && n + 17 <= sizeof(seqs) / sizeof(seqs[0]); i += 4) {
		uint16_t mask = get16(d + i + 2);

		seqs[n++] = get16(d + i);
		for (unsigned b = 0; b < 16; b++)
			if (mask >> b & 1)
				seqs[n++] = (uint16_t)(get16(d + i) + b + 1);
	}
	if (h->on_nack)
		h->on_nack(user, get32(d + 8), seqs, n);
	return 0;
}

/* Spreads one status chunk over symbols; returns how many it holds. */
static unsigned read_chunk(uint16_t chunk, uint8_t *symbols, unsigned left)
{
	unsigned n = chunk & 0x8000 ? (chunk & 0x4000 ? 7 : 14) : chunk & 0x1fff;

	if (n > left)
		n = left;
	for (unsigned i = 0; i < n; i++) {
		if (!(chunk & 0x8000))
			symbols[i] = chunk >> 13 & 3;
		else if (chunk & 0x4000)
			symbols[i] = chunk >> (12 - 2 * i) & 3;
		else
			symbols[i] = chunk >> (13 - i) & 1;
	}
	return n;
}

static int read_deltas(struct twcc_feedback *f, const uint8_t *symbols, const uint8_t *d, size_t len, int64_t t_us)
{
	size_t at = 0;

	for (unsigned i = 0; i < f->count; i++) {
		unsigned bytes = symbols[i] == 1 ? 1 : symbols[i] == 2 ? 2 : 0;

		f->arrival_us[i] = -1;
		if (symbols[i] == 3 || at + bytes > len)
			return -EBADMSG;
		if (!bytes)
			continue;
		t_us += 250 * (bytes == 1 ? d[at] : (int16_t)get16(d + at));
		f->arrival_us[i] = t_us;
		at += bytes;
	}
	return len - at < 4 ? 0 : -EBADMSG;
}

static int read_twcc(const uint8_t *d, size_t len, const struct control_handlers *h, void *user)
{
	static __thread struct twcc_feedback f;
	static __thread uint8_t symbols[TWCC_MAX];
	size_t at = 20;

	if (len < 20)
		return -EBADMSG;
	f.sender = get32(d + 4);
	f.about = get32(d + 8);
	f.base = get16(d + 12);
	f.count = get16(d + 14);
	f.number = d[19];
	if (!f.count || f.count > TWCC_MAX)
		return -EBADMSG;
	for (unsigned i = 0; i < f.count; at += 2) {
		unsigned n = at + 2 <= len ? read_chunk(get16(d + at), symbols + i, f.count - i) : 0;

		if (!n)
			return -EBADMSG;
		i += n;
	}
	if (read_deltas(&f, symbols, d + at, len - at, (int64_t)(get32(d + 16) >> 8) * 64000) < 0)
		return -EBADMSG;
	if (h->on_twcc)
		h->on_twcc(user, &f);
	return 0;
}

static int read_feedback(const uint8_t *d, size_t len, unsigned fmt, const struct control_handlers *h, void *user)
{
	if (len < 12)
		return -EBADMSG;
	if (d[1] == 205 && fmt == 1)
		return read_nack(d, len, h, user);
	if (d[1] == 205 && fmt == 15)
		return read_twcc(d, len, h, user);
	if (d[1] == 206 && h->on_pli && fmt == 1)
		h->on_pli(user, get32(d + 8));
	if (d[1] == 206 && h->on_pli && fmt == 4 && len >= 20)
		h->on_pli(user, get32(d + 12));
	return 0;
}

/* `len` is of this packet without its padding. */
static int read_one(const uint8_t *d, size_t len, const struct control_handlers *h, void *user)
{
	unsigned count = d[0] & 31;

	switch (d[1]) {
	case 200:
		return read_sr(d, len, count, h, user);
	case 201:
		return len < 8 ? -EBADMSG : read_blocks(d + 8, len - 8, count, get32(d + 4), h, user);
	case 202:
		return count ? read_sdes(d, len, h, user) : 0;
	case 203:
		if (h->on_bye && count && len >= 8)
			h->on_bye(user, get32(d + 4));
		return 0;
	case 205:
	case 206:
		return read_feedback(d, len, count, h, user);
	default:
		return 0;
	}
}

int control_read(const uint8_t *data, size_t len, const struct control_handlers *h, void *user)
{
	while (len) {
		size_t n, pad;

		if (len < 4 || data[0] >> 6 != 2)
			return -EBADMSG;
		n = 4u * (get16(data + 2) + 1u);
		if (n > len)
			return -EBADMSG;
		pad = data[0] & 0x20 ? data[n - 1] : 0;
		if (pad > n - 4 || read_one(data, n - pad, h, user) < 0)
			return -EBADMSG;
		data += n;
		len -= n;
	}
	return 0;
}

static size_t write_head(uint8_t *out, unsigned count, unsigned type, size_t bytes)
{
	out[0] = (uint8_t)(0x80 | count);
	out[1] = (uint8_t)type;
	put16(out + 2, (uint32_t)(bytes / 4 - 1));
	return bytes;
}

size_t control_write_sr(uint8_t *out, const struct sender_info *s)
{
	put32(out + 4, s->ssrc);
	put64(out + 8, s->ntp);
	put32(out + 16, s->rtp);
	put32(out + 20, s->packets);
	put32(out + 24, s->octets);
	return write_head(out, 0, 200, 28);
}

size_t control_write_rr(uint8_t *out, uint32_t from, const struct report_block *blocks, unsigned n)
{
	put32(out + 4, from);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *d = out + 8 + i * 24;

		put32(d, blocks[i].about);
		put32(d + 4, blocks[i].lost & 0xffffff);
		d[4] = blocks[i].fraction;
		put32(d + 8, blocks[i].highest);
		put32(d + 12, blocks[i].jitter);
		put32(d + 16, blocks[i].last_sr);
		put32(d + 20, blocks[i].delay);
	}
	return write_head(out, n, 201, 8 + n * 24u);
}

size_t control_write_cname(uint8_t *out, uint32_t ssrc, const char *cname)
{
	size_t n = strlen(cname), all = (8 + 2 + n + 1 + 3) & ~(size_t)3;

	memset(out, 0, all);
	put32(out + 4, ssrc);
	out[8] = 1;
	out[9] = (uint8_t)n;
	memcpy(out + 10, cname, n);
	return write_head(out, 1, 202, all);
}

size_t control_write_pli(uint8_t *out, uint32_t from, uint32_t about)
{
	put32(out + 4, from);
	put32(out + 8, about);
	return write_head(out, 1, 206, 12);
}

size_t control_write_nack(uint8_t *out, uint32_t from, uint32_t about, const uint16_t *seqs, size_t n)
{
	size_t at = 12;

	put32(out + 4, from);
	put32(out + 8, about);
	for (size_t i = 0; i < n && at + 4 < CONTROL_BYTES / 2;) {
		uint16_t base = seqs[i++], mask = 0;

		while (i < n && (uint16_t)(seqs[i] - base) <= 16)
			mask |= (uint16_t)(1u << ((uint16_t)(seqs[i++] - base) - 1));
		put16(out + at, base);
		put16(out + at + 2, mask);
		at += 4;
	}
	return write_head(out, 1, 205, at);
}

/* Status chunks of seven two-bit symbols, and all deltas of two bytes: not the shortest, but never wrong. */
size_t control_write_twcc(uint8_t *out, const struct twcc_feedback *f)
{
	unsigned count = f->count < TWCC_WRITTEN ? f->count : TWCC_WRITTEN, first = 0;
	size_t at = 20, all;
	int64_t last_us;

	while (first < count && f->arrival_us[first] < 0)
		first++;
	last_us = first < count ? f->arrival_us[first] / 64000 * 64000 : 0;
	put32(out + 4, f->sender);
	put32(out + 8, f->about);
	put16(out + 12, f->base);
	put16(out + 14, count);
	put32(out + 16, (uint32_t)(last_us / 64000) << 8 | f->number);
	for (unsigned i = 0; i < count; i += 7, at += 2) {
		uint32_t chunk = 0xc000;

		for (unsigned k = 0; k < 7 && i + k < count; k++)
			chunk |= f->arrival_us[i + k] < 0 ? 0 : 2u << (12 - 2 * k);
		put16(out + at, chunk);
	}
	for (unsigned i = 0; i < count; i++) {
		int64_t delta = (f->arrival_us[i] - last_us) / 250;

		if (f->arrival_us[i] < 0)
			continue;
		put16(out + at, (uint32_t)delta & 0xffff);
		last_us += delta * 250;
		at += 2;
	}
	all = (at + 3) & ~(size_t)3;
	memset(out + at, 0, all - at);
	return write_head(out, 15, 205, all);
}

size_t control_write_bye(uint8_t *out, uint32_t ssrc)
{
	put32(out + 4, ssrc);
	return write_head(out, 1, 203, 8);
}

uint64_t ntp_of_us(int64_t mono_us)
{
	int64_t wall = wall_of_us(mono_us);
	uint64_t s = (uint64_t)(wall / 1000000) + NTP_TO_UNIX;

	return s << 32 | ((uint64_t)(wall % 1000000) << 32) / 1000000;
}

int64_t us_of_ntp(uint64_t ntp)
{
	int64_t wall = (int64_t)((ntp >> 32) - NTP_TO_UNIX) * 1000000 + (int64_t)(((ntp & 0xffffffff) * 1000000) >> 32);

	return wall - wall_of_us(0);
}
