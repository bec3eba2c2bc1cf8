/* media/payload: keyframes are found, picture numbers read, foreign or truncated payloads refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "media/base/macros.h"
#include "media/payload.h"

static void vp8_descriptor_is_read(void **state)
{
	/* X S; I L T K; 15-bit picture id; TL0PICIDX; TID 2, Y, KEYIDX 17; payload */
	static const uint8_t full[] = { 0x90, 0xf0, 0x81, 0x23, 0x45, 0xb1, 0x10, 0, 0 };
	static const uint8_t narrow[] = { 0x80, 0x80, 0x7f, 0x01 };
	static const uint8_t keyidx_only[] = { 0x90, 0x10, 0x03, 0x01 };
	static const uint8_t plain[] = { 0x10, 0x00 };
	struct vp8_descriptor d;

	(void)state;
	assert_int_equal(vp8_parse(&d, full, sizeof(full)), 0);
	assert_int_equal(d.len, 6);
	assert_true(d.starts_frame && d.wide_picture_id && d.layer_sync);
	assert_int_equal(d.picture_id_at, 2);
	assert_int_equal(d.picture_id, 0x123);
	assert_int_equal(d.tl0picidx_at, 4);
	assert_int_equal(d.tl0picidx, 0x45);
	assert_int_equal(d.tid_keyidx_at, 5);
	assert_int_equal(d.tid, 2);
	assert_int_equal(d.keyidx, 17);
	assert_int_equal(vp8_parse(&d, narrow, sizeof(narrow)), 0);
	assert_int_equal(d.len, 3);
	assert_false(d.starts_frame || d.wide_picture_id);
	assert_int_equal(d.picture_id, 0x7f);
	assert_int_equal(d.tl0picidx_at, 0);
	assert_int_equal(vp8_parse(&d, keyidx_only, sizeof(keyidx_only)), 0);
	assert_int_equal(d.picture_id_at, 0);
	assert_int_equal(d.tid_keyidx_at, 2);
	assert_int_equal(vp8_parse(&d, plain, sizeof(plain)), 0);
	assert_int_equal(d.len, 1);
	for (size_t n = 0; n < 6; n++)
		assert_int_equal(vp8_parse(&d, full, n), -EBADMSG);
}

struct row {
	enum codec codec;
	bool valid;
	bool keyframe;
	size_t len;
	uint8_t bytes[12];
};

static const struct row rows[] = {
	{ CODEC_VP8, true, true, 2, { 0x10, 0x00 } },
	{ CODEC_VP8, true, false, 2, { 0x10, 0x01 } },          /* interframe */
	{ CODEC_VP8, true, false, 2, { 0x00, 0x00 } },          /* not the frame's start */
	{ CODEC_VP8, true, false, 2, { 0x11, 0x00 } },          /* second partition */
	{ CODEC_VP8, true, true, 4, { 0x90, 0x80, 0x01, 0x10 } },
	{ CODEC_VP8, false, false, 3, { 0x90, 0x80, 0x01 } },   /* descriptor only */
	{ CODEC_VP8, false, false, 3, { 0x90, 0x80, 0x81 } },   /* descriptor longer than the payload */
	{ CODEC_VP8, false, false, 0, { 0 } },
	{ CODEC_H264, true, true, 2, { 0x65, 0x88 } },          /* IDR */
	{ CODEC_H264, true, true, 2, { 0x67, 0x42 } },          /* SPS */
	{ CODEC_H264, true, false, 2, { 0x68, 0xce } },         /* PPS */
	{ CODEC_H264, true, false, 2, { 0x41, 0x9a } },
	{ CODEC_H264, false, false, 2, { 0x60, 0 } },           /* type 0 */
	{ CODEC_H264, true, true, 8, { 0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68 } },
	{ CODEC_H264, true, false, 5, { 0x78, 0, 2, 0x41, 0x9a } },
	{ CODEC_H264, false, false, 5, { 0x78, 0, 3, 0x67, 0x42 } },
	{ CODEC_H264, false, false, 6, { 0x78, 0, 2, 0x67, 0x42, 0 } },
	{ CODEC_H264, false, false, 4, { 0x78, 0, 0, 0x67 } },  /* empty unit */
	{ CODEC_H264, false, false, 5, { 0x78, 0, 2, 0x78, 0 } }, /* STAP in STAP */
	{ CODEC_H264, false, false, 1, { 0x78 } },
	{ CODEC_H264, true, true, 3, { 0x7c, 0x85, 0x88 } },    /* first fragment of an IDR */
	{ CODEC_H264, true, false, 3, { 0x7c, 0x05, 0x88 } },
	{ CODEC_H264, true, false, 3, { 0x7c, 0x45, 0x88 } },
	{ CODEC_H264, true, false, 3, { 0x7c, 0x81, 0x88 } },
	{ CODEC_H264, false, false, 3, { 0x7c, 0xc5, 0x88 } },  /* start and end */
	{ CODEC_H264, false, false, 2, { 0x7c, 0x85 } },
	{ CODEC_H264, false, false, 3, { 0x7c, 0x9c, 0 } },     /* fragment of a fragment */
	{ CODEC_H264, false, false, 0, { 0 } },
	{ CODEC_OPUS, true, false, 1, { 0xf8 } },
	{ CODEC_OPUS, false, false, 0, { 0 } },
	{ CODEC_RED, true, false, 2, { 0x6f, 0xf8 } },
	{ CODEC_RED, false, false, 1, { 0x6f } },
	{ CODEC_NONE, false, false, 2, { 0x10, 0 } },
};

static void kinds_and_keyframes_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];

		assert_int_equal(payload_is_valid(r->codec, r->bytes, r->len), r->valid);
		assert_int_equal(payload_starts_keyframe(r->codec, r->bytes, r->len), r->keyframe);
	}
	for (uint8_t type = 24; type < 32; type++) {
		const uint8_t nal[] = { type, 0x85, 0, 0 };

		assert_int_equal(payload_is_valid(CODEC_H264, nal, sizeof(nal)), type == 28);
	}
}

static void primary_block_is_found(void **state)
{
	/* Two redundant blocks of 3 and 2 bytes, the primary of 4. */
	static const uint8_t red[] = { 0xef, 0x0f, 0x00, 3, 0xef, 0x07, 0x80, 2, 0x6f, 'a', 'a', 'a', 'b', 'b', 'p', 'r', 'i', 'm' };
	const uint8_t *block = NULL;
	uint8_t pt = 0;
	size_t len = 0;

	(void)state;
	assert_int_equal(red_primary(red, sizeof(red), &pt, &block, &len), 0);
	assert_int_equal(pt, 111);
	assert_ptr_equal(block, red + 14);
	assert_int_equal(len, 4);
	for (size_t n = 0; n <= 14; n++)
		assert_int_equal(red_primary(red, n, &pt, &block, &len), -EBADMSG);
	assert_int_equal(len, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vp8_descriptor_is_read),
		cmocka_unit_test(kinds_and_keyframes_are_told),
		cmocka_unit_test(primary_block_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
