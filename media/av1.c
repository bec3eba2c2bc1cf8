/* See av1.h. */
#include "media/av1.h"

#define CONTINUES 0x80          /* Z */
#define OBU_SEQUENCE_HEADER 1
#define OBU_EXTENSION 0x04
#define OBU_HAS_SIZE 0x02
#define LENGTH_BYTES 5          /* of a leb128 that a packet could need, and more */
#define MAX_PIXELS 0x4000       /* to a side */

/* Walks the elements of a packet. */
struct walk {
	const uint8_t *data;
	size_t len, at;
	unsigned left;          /* that the header counts, this one too; 0: each tells its length */
};

static bool read_length(struct walk *w, size_t *ret)
{
	size_t v = 0;

	for (unsigned i = 0; i < LENGTH_BYTES && w->at < w->len; i++) {
		uint8_t b = w->data[w->at++];

		v |= (size_t)(b & 0x7f) << (7 * i);
		if (!(b & 0x80)) {
			*ret = v;
			return true;
		}
	}
	return false;
}

static struct walk walk_of(const uint8_t *payload, size_t len)
{
	return (struct walk){ payload, len, 1, payload[0] >> 4 & 3 };
}

/* 1: an element; 0: the end; -1: it does not fit. */
static int next_element(struct walk *w, const uint8_t **ret, size_t *ret_len)
{
	if (w->at >= w->len)
		return w->left > 0 ? -1 : 0;
	if (w->left == 1)
		*ret_len = w->len - w->at;
	else if (!read_length(w, ret_len) || *ret_len > w->len - w->at)
		return -1;
	*ret = w->data + w->at;
	w->at += *ret_len;
	w->left -= w->left > 0;
	return 1;
}

bool av1_is_valid(const uint8_t *payload, size_t len)
{
	const uint8_t *element;
	size_t element_len, bytes = 0;
	struct walk w;
	int r;

	if (len < 2)
		return false;
	w = walk_of(payload, len);
	while ((r = next_element(&w, &element, &element_len)) > 0)
		bytes += element_len;
	return r == 0 && bytes > 0;
}

/* Bits of a sequence header. After the end it gives zeroes and `past_end`. */
struct bits {
	const uint8_t *data;
	size_t n, at;
	bool past_end;
};

static uint32_t read_bits(struct bits *b, unsigned n)
{
	uint32_t v = 0;

	for (; n > 0; n--, b->at++) {
		b->past_end |= b->at >= b->n;
		v = v << 1 | (b->past_end ? 0 : b->data[b->at / 8] >> (7 - b->at % 8) & 1u);
	}
	return v;
}

static void skip_uvlc(struct bits *b)
{
	unsigned zeroes = 0;

	while (zeroes < 32 && !b->past_end && !read_bits(b, 1))
		zeroes++;
	read_bits(b, zeroes < 32 ? zeroes : 0);
}

/* AV1 bitstream specification §5.5.1, up to the operating points. What is read of it is how the rest is laid out. */
struct sequence {
	bool decoder_model;
	unsigned delay_bits;
	bool display_delay;
};

static void read_timing(struct bits *b, struct sequence *s)
{
	read_bits(b, 32);
	read_bits(b, 32);
	if (read_bits(b, 1))
		skip_uvlc(b);
	s->decoder_model = read_bits(b, 1);
	if (!s->decoder_model)
		return;
	s->delay_bits = read_bits(b, 5) + 1;
	read_bits(b, 32);
	read_bits(b, 10);
}

static void skip_operating_point(struct bits *b, const struct sequence *s)
{
	read_bits(b, 12);
	if (read_bits(b, 5) > 7)
		read_bits(b, 1);
	if (s->decoder_model && read_bits(b, 1)) {
		read_bits(b, s->delay_bits);
		read_bits(b, s->delay_bits);
		read_bits(b, 1);
	}
	if (s->display_delay && read_bits(b, 1))
		read_bits(b, 4);
}

static bool read_sequence(struct bits *b, struct picture_size *ret)
{
	struct sequence s = { 0 };
	uint32_t width_bits, height_bits, width, height;

	read_bits(b, 4);
	if (read_bits(b, 1)) {
		read_bits(b, 5);
	} else {
		unsigned points;

		if (read_bits(b, 1))
			read_timing(b, &s);
		s.display_delay = read_bits(b, 1);
		points = read_bits(b, 5) + 1;
		while (points-- > 0)
			skip_operating_point(b, &s);
	}
	width_bits = read_bits(b, 4) + 1;
	height_bits = read_bits(b, 4) + 1;
	width = read_bits(b, width_bits) + 1;
	height = read_bits(b, height_bits) + 1;
	if (b->past_end || width > MAX_PIXELS || height > MAX_PIXELS)
		return false;
	*ret = (struct picture_size){ (uint16_t)width, (uint16_t)height };
	return true;
}

static bool size_of_unit(const uint8_t *unit, size_t len, struct picture_size *ret)
{
	struct walk w = { .data = unit, .len = len, .at = 1 };
	size_t n;

	if (len < 2 || (unit[0] >> 3 & 0xf) != OBU_SEQUENCE_HEADER)
		return false;
	w.at += unit[0] & OBU_EXTENSION ? 1 : 0;
	if (!(unit[0] & OBU_HAS_SIZE))
		n = w.at < len ? len - w.at : 0;
	else if (!read_length(&w, &n) || n > len - w.at)
		return false;
	return read_sequence(&(struct bits){ unit + w.at, 8 * n, 0, false }, ret);
}

bool av1_picture_size(const uint8_t *payload, size_t len, struct picture_size *ret)
{
	const uint8_t *element;
	size_t element_len;
	struct walk w;

	if (!av1_is_valid(payload, len) || !av1_starts_sequence(payload))
		return false;
	w = walk_of(payload, len);
	while (next_element(&w, &element, &element_len) > 0)
		if (size_of_unit(element, element_len, ret))
			return true;
	return false;
}

bool av1_temporal_layer(const uint8_t *payload, size_t len, uint8_t *ret)
{
	const uint8_t *element;
	size_t element_len;
	struct walk w;

	if (len < 2 || payload[0] & CONTINUES)
		return false;
	*ret = 0;
	w = walk_of(payload, len);
	while (next_element(&w, &element, &element_len) > 0)
		if (element_len >= 2 && element[0] & OBU_EXTENSION) {
			*ret = element[1] >> 5;
			return true;
		}
	return true;
}
