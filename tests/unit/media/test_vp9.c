/* media/vp9, media/av1: descriptors are read, layers' sizes found, what is cut short or goes too far is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/av1.h"
#include "media/base/macros.h"
#include "media/vp9.h"

/* A keyframe of L3T3_KEY: 15-bit picture id, layer 0, TL0PICIDX; three sizes, a group of four pictures; then some picture. */
static const uint8_t key[] = { 0xaa, 0x81, 0x23, 0x10, 0x45, 0x58, 0, 240, 0, 135, 1, 224, 1, 14, 3, 192, 2, 28,
	                       4, 0x10, 0x54, 1, 0x34, 2, 0x54, 1, 0x11, 0x22 };

static void descriptors_are_read(void **state)
{
	/* I P L B E; 7-bit id; TID 2, U, SID 1, D; TL0PICIDX */
	static const uint8_t delta[] = { 0xec, 0x05, 0x53, 0x46, 0x11 };
	/* The same in flexible mode, with two references instead. */
	static const uint8_t flexible[] = { 0xfc, 0x05, 0x53, 0x03, 0x04, 0x11 };
	static const uint8_t plain[] = { 0x08, 0x11 };
	struct vp9_descriptor d;

	(void)state;
	assert_int_equal(vp9_parse(&d, key, sizeof(key)), 0);
	assert_int_equal(d.len, 26);
	assert_true(d.begins && !d.ends && vp9_is_key(&d) && d.switching_up && d.wide_picture_id && !d.inter_layer);
	assert_int_equal(d.picture_id, 0x123);
	assert_int_equal(d.picture_id_at, 1);
	assert_int_equal(d.tl0picidx_at, 4);
	assert_int_equal(d.tl0picidx, 0x45);
	assert_int_equal(d.n_spatial, 3);
	assert_int_equal(vp9_parse(&d, delta, sizeof(delta)), 0);
	assert_int_equal(d.len, 4);
	assert_true(d.begins && d.ends && d.inter_picture && d.inter_layer && d.switching_up && !d.wide_picture_id);
	assert_int_equal(d.picture_id, 5);
	assert_int_equal(d.tid, 2);
	assert_int_equal(d.sid, 1);
	assert_int_equal(d.tl0picidx, 0x46);
	assert_int_equal(vp9_parse(&d, flexible, sizeof(flexible)), 0);
	assert_int_equal(d.len, 5);
	assert_int_equal(d.tl0picidx_at, 0);
	assert_int_equal(vp9_parse(&d, plain, sizeof(plain)), 0);
	assert_int_equal(d.len, 1);
	assert_true(vp9_is_key(&d));
}

static void bad_descriptors_are_refused(void **state)
{
	static const uint8_t fourth_layer[] = { 0x28, 0x06, 0, 0x11 };
	static const uint8_t five_sizes[] = { 0x0a, 0x80, 0x11, 0x11 };
	static const uint8_t endless_references[] = { 0x58, 0x03, 0x03, 0x03, 0x03, 0x11 };
	struct vp9_descriptor d;

	(void)state;
	for (size_t n = 0; n < 26; n++)
		assert_int_equal(vp9_parse(&d, key, n), -EBADMSG);
	assert_false(payload_is_valid(CODEC_VP9, key, 26));             /* nothing behind it */
	assert_true(payload_is_valid(CODEC_VP9, key, 27));
	assert_int_equal(vp9_parse(&d, fourth_layer, sizeof(fourth_layer)), -EBADMSG);
	assert_int_equal(vp9_parse(&d, five_sizes, sizeof(five_sizes)), -EBADMSG);
	assert_int_equal(vp9_parse(&d, endless_references, sizeof(endless_references)), -EBADMSG);
}

static void layers_tell_their_size(void **state)
{
	static const uint8_t plain[] = { 0x08, 0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0b, 0x30 };   /* 320x180 */
	uint8_t zero[sizeof(key)];
	struct picture_size size;
	struct vp9_descriptor d;

	(void)state;
	assert_int_equal(vp9_parse(&d, key, sizeof(key)), 0);
	for (uint8_t sid = 0; sid < 3; sid++) {
		assert_true(vp9_layer_size(&d, sid, key, sizeof(key), &size));
		assert_int_equal(size.width, 240 << sid);
		assert_int_equal(size.height, 135 << sid);
	}
	assert_false(vp9_layer_size(&d, 3, key, sizeof(key), &size));
	assert_true(payload_picture_size(CODEC_VP9, key, sizeof(key), &size));
	assert_int_equal(size.height, 540);
	assert_true(payload_starts_keyframe(CODEC_VP9, plain, sizeof(plain)));
	assert_true(payload_picture_size(CODEC_VP9, plain, sizeof(plain), &size));
	assert_int_equal(size.width, 320);
	assert_int_equal(size.height, 180);
	for (size_t n = 1; n < sizeof(plain); n++)
		assert_false(payload_picture_size(CODEC_VP9, plain, n, &size));
	memcpy(zero, key, sizeof(key));
	zero[14] = zero[15] = 0;
	assert_false(payload_picture_size(CODEC_VP9, zero, sizeof(zero), &size));
}

/* 320x180: a sequence header, then the beginning of a frame. */
static const uint8_t av1_key[] = { 0x28, 0x09, 0x08, 0x00, 0x00, 0x00, 0x24, 0x3c, 0xfe, 0xcc, 0x10, 0x30, 0x10, 0x00 };

static void av1_packets_are_told(void **state)
{
	static const struct { bool valid, key; size_t len; uint8_t bytes[8]; } rows[] = {
		{ true, true, 3, { 0x18, 0x0a, 0x01 } },
		{ true, false, 3, { 0x10, 0x32, 0x01 } },
		{ true, false, 3, { 0x98, 0x32, 0x01 } },               /* it goes on: no beginning, whatever N says */
		{ true, true, 6, { 0x08, 1, 0x12, 2, 0x32, 0x01 } },    /* each with its length */
		{ false, false, 6, { 0x08, 1, 0x12, 3, 0x32, 0x01 } },
		{ true, true, 5, { 0x28, 1, 0x12, 0x32, 0x01 } },       /* the last without */
		{ false, false, 3, { 0x28, 1, 0x12 } },                 /* no last one */
		{ false, false, 4, { 0x28, 9, 0x12, 0x32 } },
		{ false, false, 2, { 0x08, 0x80 } },                    /* a length that does not end */
		{ false, false, 2, { 0x08, 0 } },                       /* nothing in it */
		{ false, false, 1, { 0x18 } },
		{ false, false, 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(payload_is_valid(CODEC_AV1, rows[i].bytes, rows[i].len), rows[i].valid);
		assert_int_equal(payload_starts_keyframe(CODEC_AV1, rows[i].bytes, rows[i].len), rows[i].key);
	}
}

static void av1_tells_size_and_layer(void **state)
{
	static const uint8_t layered[] = { 0x10, 0x36, 0x48, 0x01 }, going_on[] = { 0x90, 0x36, 0x48, 0x01 };
	struct picture_size size = { 0 };
	uint8_t tid = 0;

	(void)state;
	assert_true(payload_picture_size(CODEC_AV1, av1_key, sizeof(av1_key), &size));
	assert_int_equal(size.width, 320);
	assert_int_equal(size.height, 180);
	for (size_t n = 0; n < sizeof(av1_key) - 4; n++)
		assert_false(payload_picture_size(CODEC_AV1, av1_key, n, &size));
	assert_true(av1_temporal_layer(layered, sizeof(layered), &tid));
	assert_int_equal(tid, 2);
	assert_false(av1_temporal_layer(going_on, sizeof(going_on), &tid));
	assert_true(av1_temporal_layer(av1_key, sizeof(av1_key), &tid));
	assert_int_equal(tid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_are_read),
		cmocka_unit_test(bad_descriptors_are_refused),
		cmocka_unit_test(layers_tell_their_size),
		cmocka_unit_test(av1_packets_are_told),
		cmocka_unit_test(av1_tells_size_and_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
