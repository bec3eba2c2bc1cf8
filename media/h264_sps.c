/* See h264_sps.h. */
#include "media/h264_sps.h"

#include <errno.h>
#include <stdbool.h>

#include "media/base/macros.h"

#define NAL_SPS 7
#define MAX_UNIT_BYTES 256      /* real ones have 10 to 60 */
#define MAX_MACROBLOCKS 1024    /* to a side: 16,384 pixels */
#define MAX_POC_CYCLE 255       /* §7.4.2.1.1 */

/* Bits of a unit's payload. After the end it gives zeroes and `past_end`. */
struct bits {
	const uint8_t *data;
	size_t len;
	size_t at;              /* byte */
	unsigned used;          /* bits of that byte */
	unsigned zeroes;        /* zero bytes before it */
	bool past_end;
};

/* §7.4.1.1: 3 after two zero bytes is there only so that no start code appears. */
static void next_byte(struct bits *b)
{
	b->zeroes = b->data[b->at] == 0 ? b->zeroes + 1 : 0;
	b->at++;
	b->used = 0;
	if (b->zeroes >= 2 && b->at < b->len && b->data[b->at] == 3) {
		b->at++;
		b->zeroes = 0;
	}
}

static unsigned read_bit(struct bits *b)
{
	unsigned bit;

	if (b->at >= b->len) {
		b->past_end = true;
		return 0;
	}
	bit = b->data[b->at] >> (7 - b->used) & 1;
	if (++b->used == 8)
		next_byte(b);
	return bit;
}

static uint32_t read_bits(struct bits *b, unsigned n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 1 | read_bit(b);
	return v;
}

/* ue(v), §9.1; above 16 bits is no number that a set of ours could have. */
static uint32_t read_ue(struct bits *b)
{
	unsigned zeroes = 0;

	while (!b->past_end && read_bit(b) == 0)
		zeroes++;
	if (zeroes > 16)
		b->past_end = true;
	return b->past_end ? 0 : (1u << zeroes) - 1 + read_bits(b, zeroes);
}

/* se(v), whose value is not needed but in scaling lists; there only modulo 256. Up to 32 bits long. */
static uint32_t read_se(struct bits *b)
{
	unsigned zeroes = 0;
	uint64_t code;

	while (!b->past_end && zeroes < 32 && read_bit(b) == 0)
		zeroes++;
	code = (UINT64_C(1) << zeroes) - 1 + read_bits(b, zeroes);
	return (uint32_t)(code & 1 ? (code + 1) / 2 : 0 - code / 2);
}

static void skip_scaling_list(struct bits *b, unsigned size)
{
	uint8_t last = 8, next = 8;

	for (unsigned i = 0; i < size && next != 0; i++) {
		next = (uint8_t)(last + read_se(b));
		last = next ? next : last;
	}
}

static bool has_chroma(uint32_t profile)
{
	static const uint8_t profiles[] = { 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 };

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (profiles[i] == profile)
			return true;
	return false;
}

/* Returns chroma_format_idc, 0 where planes are coded apart. */
static uint32_t read_chroma(struct bits *b)
{
	uint32_t format = read_ue(b);
	bool separate = format == 3 && read_bit(b);

	if (format > 3)
		b->past_end = true;
	read_ue(b);
	read_ue(b);
	read_bit(b);
	if (read_bit(b))
		for (unsigned i = 0; i < (format == 3 ? 12u : 8u); i++)
			if (read_bit(b))
				skip_scaling_list(b, i < 6 ? 16 : 64);
	return separate ? 0 : format;
}

static void skip_picture_order(struct bits *b)
{
	uint32_t type = read_ue(b), n;

	if (type == 0) {
		read_ue(b);
		return;
	}
	if (type != 1)
		return;
	read_bit(b);
	read_se(b);
	read_se(b);
	n = read_ue(b);
	if (n > MAX_POC_CYCLE)
		b->past_end = true;
	for (uint32_t i = 0; i < n && !b->past_end; i++)
		read_se(b);
}

/* What is left of `size` after cropping in units of `unit` at both ends; 0 when nothing is. */
static uint32_t cropped(uint32_t size, uint32_t unit, uint32_t before, uint32_t after)
{
	return (before + after) * unit < size ? size - (before + after) * unit : 0;
}

static int read_size(struct bits *b, uint32_t chroma, uint16_t *ret_width, uint16_t *ret_height)
{
	uint32_t width = read_ue(b) + 1, map_units = read_ue(b) + 1, frames_only = read_bit(b);
	uint32_t crop[4] = { 0 }, w, h;

	if (!frames_only)
		read_bit(b);
	read_bit(b);
	if (read_bit(b))
		for (size_t i = 0; i < ARRAY_LEN(crop); i++)
			crop[i] = read_ue(b);
	if (b->past_end || width > MAX_MACROBLOCKS || map_units * (2 - frames_only) > MAX_MACROBLOCKS)
		return -EBADMSG;
	w = cropped(width * 16, chroma == 1 || chroma == 2 ? 2 : 1, crop[0], crop[1]);
	h = cropped(map_units * (2 - frames_only) * 16, (chroma == 1 ? 2 : 1) * (2 - frames_only), crop[2], crop[3]);
	if (!w || !h)
		return -EBADMSG;
	*ret_width = (uint16_t)w;
	*ret_height = (uint16_t)h;
	return 0;
}

int h264_sps_size(const uint8_t *unit, size_t len, uint16_t *ret_width, uint16_t *ret_height)
{
	struct bits b = { .data = unit, .len = MIN(len, MAX_UNIT_BYTES), .at = 1 };
	uint32_t profile, chroma = 1;

	if (len < 4 || (unit[0] & 0x1f) != NAL_SPS)
		return -EBADMSG;
	profile = read_bits(&b, 8);
	read_bits(&b, 16);
	read_ue(&b);
	if (has_chroma(profile))
		chroma = read_chroma(&b);
	read_ue(&b);
	skip_picture_order(&b);
	read_ue(&b);
	read_bit(&b);
	return read_size(&b, chroma, ret_width, ret_height);
}
