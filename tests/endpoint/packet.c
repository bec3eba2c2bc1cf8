/* RTP headers, by the RFC's figures. */
#include "packet.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"

static size_t write_element(uint8_t *out, uint8_t id, const void *data, size_t len)
{
	out[0] = (uint8_t)(id << 4 | (len - 1));
	memcpy(out + 1, data, len);
	return len + 1;
}

static size_t write_extensions(uint8_t *out, const struct packet *p, const struct extensions *ids)
{
	size_t n = 4;
	uint8_t level = (uint8_t)((p->voice ? 0x80 : 0) | (p->level & 0x7f));
	uint8_t twcc[2];

	if (ids->level && p->has_level)
		n += write_element(out + n, ids->level, &level, 1);
	if (ids->mid && p->mid[0])
		n += write_element(out + n, ids->mid, p->mid, strlen(p->mid));
	if (ids->rid && p->rid[0])
		n += write_element(out + n, ids->rid, p->rid, strlen(p->rid));
	if (ids->rrid && p->rrid[0])
		n += write_element(out + n, ids->rrid, p->rrid, strlen(p->rrid));
	if (ids->twcc && p->has_twcc) {
		put16(twcc, p->twcc);
		n += write_element(out + n, ids->twcc, twcc, 2);
	}
	if (n == 4)
		return 0;
	while (n % 4)
		out[n++] = 0;
	put16(out, 0xbede);
	put16(out + 2, (uint32_t)(n / 4 - 1));
	return n;
}

size_t packet_write(uint8_t *out, const struct packet *p, const struct extensions *ids)
{
	size_t n = 12, x;

	out[0] = 0x80;
	out[1] = (uint8_t)((p->marker ? 0x80 : 0) | p->pt);
	put16(out + 2, p->seq);
	put32(out + 4, p->timestamp);
	put32(out + 8, p->ssrc);
	x = write_extensions(out + n, p, ids);
	if (x)
		out[0] |= 0x10;
	memcpy(out + n + x, p->payload, p->payload_len);
	return n + x + p->payload_len;
}

static void read_name(char ret[17], const uint8_t *d, size_t len)
{
	if (len > 16)
		return;
	memcpy(ret, d, len);
	ret[len] = 0;
}

static void read_element(struct packet *ret, uint8_t id, const uint8_t *d, size_t len, const struct extensions *ids)
{
	if (!id)
		return;
	if (id == ids->level && len == 1) {
		ret->has_level = true;
		ret->voice = d[0] & 0x80;
		ret->level = d[0] & 0x7f;
	} else if (id == ids->twcc && len == 2) {
		ret->has_twcc = true;
		ret->twcc = get16(d);
	} else if (id == ids->mid) {
		read_name(ret->mid, d, len);
	} else if (id == ids->rid) {
		read_name(ret->rid, d, len);
	} else if (id == ids->rrid) {
		read_name(ret->rrid, d, len);
	}
}

static int read_extensions(struct packet *ret, uint16_t profile, const uint8_t *d, size_t len, const struct extensions *ids)
{
	bool wide = (profile & 0xfff0) == 0x1000;
	size_t i = 0;

	if (profile != 0xbede && !wide)
		return 0;
	while (i < len) {
		uint8_t id = wide ? d[i] : d[i] >> 4;
		size_t n;

		if (!d[i]) {
			i++;
			continue;
		}
		if (wide && i + 2 > len)
			return -EBADMSG;
		n = wide ? d[i + 1] : (d[i] & 15u) + 1;
		i += wide ? 2 : 1;
		if (i + n > len)
			return -EBADMSG;
		read_element(ret, id, d + i, n, ids);
		i += n;
	}
	return 0;
}

static int strip_padding(struct packet *ret, const uint8_t *data, size_t len)
{
	if (!(data[0] & 0x20))
		return 0;
	if (!data[len - 1] || data[len - 1] > ret->payload_len)
		return -EBADMSG;
	ret->payload_len -= data[len - 1];
	return 0;
}

int packet_read(struct packet *ret, const uint8_t *data, size_t len, const struct extensions *ids)
{
	size_t n, x;
	int r;

	*ret = (struct packet){ 0 };
	if (len < 12 || data[0] >> 6 != 2)
		return -EBADMSG;
	ret->marker = data[1] & 0x80;
	ret->pt = data[1] & 0x7f;
	ret->seq = get16(data + 2);
	ret->timestamp = get32(data + 4);
	ret->ssrc = get32(data + 8);
	ret->n_csrcs = data[0] & 15;
	n = 12 + 4u * ret->n_csrcs;
	if (n > len)
		return -EBADMSG;
	if (ret->n_csrcs)
		ret->csrc = get32(data + 12);
	if (data[0] & 0x10) {
		if (n + 4 > len)
			return -EBADMSG;
		x = 4u * get16(data + n + 2);
		if (n + 4 + x > len)
			return -EBADMSG;
		r = read_extensions(ret, get16(data + n), data + n + 4, x, ids);
		if (r < 0)
			return r;
		n += 4 + x;
	}
	ret->payload = data + n;
	ret->payload_len = len - n;
	return strip_padding(ret, data, len);
}
