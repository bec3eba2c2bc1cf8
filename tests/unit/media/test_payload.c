/* media/payload: keyframes are found, picture numbers read, foreign or truncated payloads refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/h264_sps.h"
#include "media/payload.h"
#include "media/temporal.h"

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

/* Sets that x264 wrote, and two of what it does not write. */
static const struct {
	const char *what;
	uint16_t width, height;
	size_t len;
	uint8_t bytes[32];
} sets[] = {
	{ "constrained baseline", 1280, 720, 27,
	  { 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x6a, 0x02, 0x02, 0x02, 0x80, 0x00, 0x00, 0x03, 0x00, 0x80, 0x00,
	    0x00, 0x1e, 0x47, 0x8c, 0x19, 0x24 } },
	{ "high, cropped", 1920, 1080, 30,
	  { 0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x5a, 0x80, 0x80, 0x80, 0xa0, 0x00, 0x00, 0x03, 0x00,
	    0x20, 0x00, 0x00, 0x07, 0x91, 0xe3, 0x06, 0x32, 0xc0 } },
	{ "4:4:4, cropped at both ends", 318, 178, 30,
	  { 0x67, 0xf4, 0x00, 0x0d, 0x91, 0x9b, 0x28, 0x28, 0x33, 0xdc, 0x7e, 0x02, 0xd4, 0x18, 0x18, 0x19, 0x00, 0x00, 0x03, 0x00, 0x01,
	    0x00, 0x00, 0x03, 0x00, 0x3c, 0x8f, 0x14, 0x29, 0x96 } },
	{ "interlaced", 720, 576, 30,
	  { 0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0xb4, 0x24, 0xd8, 0x0b, 0x50, 0x60, 0x60, 0x6a, 0x50, 0x00, 0x00, 0x03, 0x00, 0x10,
	    0x00, 0x00, 0x03, 0x03, 0xc9, 0xf1, 0x62, 0xd9, 0x60 } },
	{ "4:2:2", 640, 362, 30,
	  { 0x67, 0x7a, 0x00, 0x1e, 0xbc, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0xf0, 0x16, 0xa0, 0xc0, 0xc0, 0xc8, 0x00, 0x00, 0x03, 0x00, 0x08,
	    0x00, 0x00, 0x03, 0x01, 0xe4, 0x78, 0xb1, 0x6c, 0xb0 } },
	/* By hand. */
	{ "picture order by cycle", 320, 192, 25,
	  { 0x67, 0x42, 0x00, 0x1e, 0x95, 0x00, 0x00, 0x03, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0x80, 0x25, 0x86, 0xc0, 0x00, 0x11, 0x17,
	    0x02, 0x05, 0x06, 0x64 } },
	{ "scaling lists, cropped", 78, 60, 29,
	  { 0x67, 0x64, 0x00, 0x00, 0xad, 0xa6, 0x03, 0xf8, 0x07, 0xfa, 0x60, 0x3f, 0x80, 0x7f, 0xa6, 0x03, 0xf8, 0x07, 0xfa, 0x60, 0x3f,
	    0x80, 0x7f, 0x81, 0x08, 0xda, 0x14, 0x9e, 0xad } },
};

static void pictures_tell_their_size(void **state)
{
	struct picture_size size;
	uint16_t w, h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		uint8_t stap[64] = { 0x78, 0, 2, 0x09, 0xf0, 0, (uint8_t)sets[i].len };

		assert_true(payload_picture_size(CODEC_H264, sets[i].bytes, sets[i].len, &size));
		assert_int_equal(size.width, sets[i].width);
		assert_int_equal(size.height, sets[i].height);
		memcpy(stap + 7, sets[i].bytes, sets[i].len);
		size = (struct picture_size){ 0 };
		assert_true(payload_picture_size(CODEC_H264, stap, 7 + sets[i].len, &size));
		assert_int_equal(size.height, sets[i].height);
		assert_false(payload_picture_size(CODEC_H264, stap, 6 + sets[i].len, &size));
		/* Cut short it either has the size already or is refused. */
		for (size_t n = 0; n < sets[i].len; n++)
			if (h264_sps_size(sets[i].bytes, n, &w, &h) == 0)
				assert_true(w == sets[i].width && h == sets[i].height && n > 8);
	}
	assert_false(payload_picture_size(CODEC_H264, (const uint8_t *)"\x65\x88\x84", 3, &size));
	assert_false(payload_picture_size(CODEC_OPUS, sets[0].bytes, sets[0].len, &size));
}

static void vp8_keyframes_tell_their_size(void **state)
{
	/* As libvpx wrote it, 322x180, behind a descriptor with picture id; the size's top bits are scaling. */
	uint8_t frame[] = { 0x90, 0x80, 0x07, 0x70, 0x54, 0x00, 0x9d, 0x01, 0x2a, 0x42, 0xc1, 0xb4, 0x40, 0x01, 0x47 };
	struct picture_size size;

	(void)state;
	assert_true(payload_picture_size(CODEC_VP8, frame, sizeof(frame), &size));
	assert_int_equal(size.width, 322);
	assert_int_equal(size.height, 180);
	for (size_t n = 0; n < 13; n++)
		assert_false(payload_picture_size(CODEC_VP8, frame, n, &size));
	frame[6] = 0x9c;
	assert_false(payload_picture_size(CODEC_VP8, frame, sizeof(frame), &size));
	frame[6] = 0x9d;
	frame[3] |= 1;
	assert_false(payload_picture_size(CODEC_VP8, frame, sizeof(frame), &size));
	frame[3] &= 0xfe;
	frame[9] = 0;
	frame[10] = 0xc0;
	assert_false(payload_picture_size(CODEC_VP8, frame, sizeof(frame), &size));
	assert_int_equal(size.height, 180);
}

struct sent {
	uint8_t tid;
	bool sync, starts, key;
	uint8_t wanted;
	bool goes;
};

static void higher_layers_go_and_come_back_at_whole_pictures(void **state)
{
	static const struct sent sent[] = {
		{ 0, false, true, true, 2, true },
		{ 2, false, true, false, 2, true },
		{ 2, false, false, false, 0, true },    /* no longer wanted, but it has begun */
		{ 0, false, true, false, 0, true },
		{ 1, true, true, false, 0, false },
		{ 1, true, false, false, 1, false },    /* wanted again, but its beginning did not go */
		{ 0, false, true, false, 1, true },
		{ 1, false, true, false, 1, false },    /* may need what did not go */
		{ 1, true, true, false, 1, true },
		{ 2, true, true, false, 1, false },
		{ 1, false, true, false, 2, true },
		{ 2, false, true, false, 2, false },
		{ 2, true, true, false, 2, true },
		{ 0, false, true, false, 0, true },
		{ 2, false, true, false, 2, false },
		{ 0, false, true, true, 2, true },      /* all may follow a keyframe */
		{ 2, false, true, false, 2, true },
	};
	struct temporal t = { TEMPORAL_ALL, TEMPORAL_ALL };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sent); i++) {
		struct vp8_descriptor d = { .tid = sent[i].tid, .layer_sync = sent[i].sync, .starts_frame = sent[i].starts };

		t.wanted = sent[i].wanted;
		assert_int_equal(temporal_admits(&t, &d, sent[i].key), sent[i].goes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vp8_descriptor_is_read),
		cmocka_unit_test(kinds_and_keyframes_are_told),
		cmocka_unit_test(primary_block_is_found),
		cmocka_unit_test(pictures_tell_their_size),
		cmocka_unit_test(vp8_keyframes_tell_their_size),
		cmocka_unit_test(higher_layers_go_and_come_back_at_whole_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
