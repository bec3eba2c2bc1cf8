/* media/rtp: headers are read as RFC 3550 and RFC 8285 say, and nothing is read past a length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/bytes.h"
#include "media/rtp.h"

static const struct extension_ids ids = { .mid = 1, .rid = 2, .rrid = 3, .twcc = 4, .audio_level = 5 };

static const uint8_t header[] = { 0x80, 0xe0, 0x12, 0x34, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd };

/* `header`, an extension block of `profile` with `data` (a multiple of 4), and 3 bytes of payload. */
static size_t with_extension(uint8_t *out, uint16_t profile, const uint8_t *data, size_t len)
{
	memcpy(out, header, sizeof(header));
	out[0] |= 0x10;
	out[12] = (uint8_t)(profile >> 8);
	out[13] = (uint8_t)profile;
	out[14] = 0;
	out[15] = (uint8_t)(len / 4);
	memcpy(out + 16, data, len);
	memcpy(out + 16 + len, "abc", 3);
	return 19 + len;
}

static void fields_are_read(void **state)
{
	uint8_t packet[] = { 0x82, 0x60, 0xff, 0xfe, 0, 0, 0, 9, 0x80, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 'x', 'y' };
	struct rtp_view v;

	(void)state;
	assert_int_equal(rtp_parse(&v, packet, sizeof(packet), &ids), 0);
	assert_false(v.marker);
	assert_int_equal(v.pt, 96);
	assert_int_equal(v.seq, 0xfffe);
	assert_int_equal(v.timestamp, 9);
	assert_int_equal(v.ssrc, 0x80000001);
	assert_int_equal(v.header_len, 20);
	assert_int_equal(v.payload_len, 2);
	assert_ptr_equal(v.payload, packet + 20);
	assert_null(v.mid);
	assert_false(v.has_twcc || v.has_audio_level);
	assert_int_equal(rtp_parse(&v, header, sizeof(header), &ids), 0);
	assert_true(v.marker);
	assert_int_equal(v.payload_len, 0);
}

static void one_byte_extensions_are_read(void **state)
{
	static const uint8_t data[] = { 0x10, '7', 0, 0, 0x22, 'h', 'i', '!', 0x41, 0xab, 0xcd, 0, 0x50, 0x85, 0x31, 'q', 'f', 0, 0, 0 };
	uint8_t packet[64];
	size_t len = with_extension(packet, 0xbede, data, sizeof(data));
	struct rtp_view v;

	(void)state;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), 0);
	assert_int_equal(v.mid_len, 1);
	assert_memory_equal(v.mid, "7", 1);
	assert_int_equal(v.rid_len, 3);
	assert_memory_equal(v.rid, "hi!", 3);
	assert_int_equal(v.rrid_len, 2);
	assert_memory_equal(v.rrid, "qf", 2);
	assert_true(v.has_twcc);
	assert_int_equal(v.twcc_seq, 0xabcd);
	assert_true(v.has_audio_level && v.voice);
	assert_int_equal(v.audio_level, 5);
	assert_int_equal(v.payload_len, 3);
	assert_memory_equal(v.payload, "abc", 3);
}

static void two_byte_extensions_are_read(void **state)
{
	static const uint8_t data[] = { 1, 2, 'm', '0', 0, 4, 2, 0x12, 0x34, 9, 0, 5, 1, 0x7f, 3, 0 };
	uint8_t packet[64];
	size_t len = with_extension(packet, 0x1003, data, sizeof(data));
	struct rtp_view v;

	(void)state;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), 0);
	assert_int_equal(v.mid_len, 2);
	assert_memory_equal(v.mid, "m0", 2);
	assert_int_equal(v.twcc_seq, 0x1234);
	assert_true(v.has_audio_level);
	assert_false(v.voice);
	assert_int_equal(v.audio_level, 127);
	assert_non_null(v.rrid);
	assert_int_equal(v.rrid_len, 0);
}

/* RFC 8285 §4.2: id 15, and id 0 with a length, end the reading; what stood before counts. */
static void reading_stops_where_it_must(void **state)
{
	static const uint8_t at15[] = { 0x10, 'a', 0xf0, 0, 0x41, 1, 2, 0 };
	static const uint8_t at0[] = { 0x10, 'a', 0x03, 0, 0x41, 1, 2, 0 };
	const uint8_t *cases[] = { at15, at0 };
	struct rtp_view v;
	uint8_t packet[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = with_extension(packet, 0xbede, cases[i], 8);

		assert_int_equal(rtp_parse(&v, packet, len, &ids), 0);
		assert_int_equal(v.mid_len, 1);
		assert_false(v.has_twcc);
	}
}

/* Extensions of another profile, of unknown ids and of wrong sizes are passed over. */
static void foreign_extensions_are_passed_over(void **state)
{
	static const uint8_t odd[] = { 0x42, 1, 2, 3, 0x51, 1, 2, 0x60, 9, 0, 0, 0 };
	static const struct extension_ids none;
	struct rtp_view v;
	uint8_t packet[64];
	size_t len = with_extension(packet, 0xbede, odd, sizeof(odd));

	(void)state;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), 0);
	assert_false(v.has_twcc || v.has_audio_level);
	assert_int_equal(v.payload_len, 3);
	assert_int_equal(rtp_parse(&v, packet, len, &none), 0);
	len = with_extension(packet, 0x4711, odd, sizeof(odd));
	assert_int_equal(rtp_parse(&v, packet, len, &ids), 0);
	assert_int_equal(v.payload_len, 3);
}

static void padding_is_taken_off(void **state)
{
	uint8_t packet[] = { 0xa0, 0x60, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 'x', 0, 0, 3 };
	struct rtp_view v;

	(void)state;
	assert_int_equal(rtp_parse(&v, packet, sizeof(packet), &ids), 0);
	assert_int_equal(v.payload_len, 1);
	packet[15] = 4;
	assert_int_equal(rtp_parse(&v, packet, sizeof(packet), &ids), 0);
	assert_int_equal(v.payload_len, 0);
	packet[15] = 5;
	assert_int_equal(rtp_parse(&v, packet, sizeof(packet), &ids), -EBADMSG);
	packet[15] = 0;
	assert_int_equal(rtp_parse(&v, packet, sizeof(packet), &ids), -EBADMSG);
	assert_int_equal(rtp_parse(&v, packet, 12, &ids), -EBADMSG);
}

static void truncation_is_refused(void **state)
{
	static const uint8_t data[] = { 0x10, '7', 0x41, 1, 2, 0, 0, 0 };
	uint8_t packet[1501] = { 0 };
	size_t len = with_extension(packet, 0xbede, data, sizeof(data));
	struct rtp_view v;

	(void)state;
	for (size_t n = 0; n < len - 3; n++)
		assert_int_equal(rtp_parse(&v, packet, n, &ids), -EBADMSG);
	packet[16 + 7] = 0x70;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), -EBADMSG);
	packet[0] = 0x50;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), -EBADMSG);
	packet[0] = 0x8f;
	assert_int_equal(rtp_parse(&v, packet, len, &ids), -EBADMSG);
	assert_int_equal(rtp_parse(&v, packet, 1501, &ids), -EMSGSIZE);
	packet[0] = 0x80;
	assert_int_equal(rtp_parse(&v, packet, 1500, &ids), 0);
}

static void written_headers_are_read_back(void **state)
{
	const struct rtp_header plain = { .marker = true, .pt = 111, .seq = 65535, .timestamp = 0xfffffff0, .ssrc = 1 };
	const struct rtp_header full = { .pt = 96, .seq = 3, .timestamp = 4, .ssrc = 5, .csrc = 6, .audio_level_id = 5, .audio_level = 0xff };
	struct rtp_header numbered = full;
	uint8_t out[RTP_MAX_WRITTEN_HEADER];
	struct rtp_view v;
	size_t at;

	(void)state;
	assert_int_equal(rtp_write_header(out, &plain, &at), 12);
	assert_int_equal(rtp_parse(&v, out, 12, &ids), 0);
	assert_true(v.marker);
	assert_int_equal(v.pt, 111);
	assert_int_equal(v.seq, 65535);
	assert_int_equal(v.timestamp, 0xfffffff0);
	assert_int_equal(rtp_write_header(out, &full, &at), 24);
	assert_int_equal(rtp_parse(&v, out, 24, &ids), 0);
	assert_int_equal(v.header_len, 24);
	assert_int_equal(v.payload_len, 0);
	assert_int_equal(out[0] & 0x0f, 1);
	assert_memory_equal(out + 12, "\0\0\0\6", 4);
	assert_true(v.has_audio_level && v.voice);
	assert_int_equal(v.audio_level, 127);
	assert_int_equal(at, 0);
	/* The transport-wide number is filled in where the header says. */
	numbered.twcc_id = ids.twcc;
	assert_int_equal(rtp_write_header(out, &numbered, &at), RTP_MAX_WRITTEN_HEADER);
	write_u16(out + at, 0xabcd);
	assert_int_equal(rtp_parse(&v, out, RTP_MAX_WRITTEN_HEADER, &ids), 0);
	assert_true(v.has_twcc && v.has_audio_level);
	assert_int_equal(v.twcc_seq, 0xabcd);
	assert_int_equal(v.audio_level, 127);
	numbered.audio_level_id = 0;
	assert_int_equal(rtp_write_header(out, &numbered, &at), 24);
	assert_int_equal(rtp_parse(&v, out, 24, &ids), 0);
	assert_true(v.has_twcc && !v.has_audio_level);
}

static void rtp_is_told_from_rtcp(void **state)
{
	uint8_t packet[2] = { 0x80, 0 };

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		packet[1] = (uint8_t)type;
		assert_int_equal(rtp_is_rtp(packet, 2), type < 192 || type > 223);
	}
	assert_false(rtp_is_rtp(packet, 1));
}

static void newer_is_modular(void **state)
{
	(void)state;
	assert_true(seq_newer(1, 0));
	assert_true(seq_newer(0, 65535));
	assert_false(seq_newer(65535, 0));
	assert_false(seq_newer(5, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(one_byte_extensions_are_read),
		cmocka_unit_test(two_byte_extensions_are_read),
		cmocka_unit_test(reading_stops_where_it_must),
		cmocka_unit_test(foreign_extensions_are_passed_over),
		cmocka_unit_test(padding_is_taken_off),
		cmocka_unit_test(truncation_is_refused),
		cmocka_unit_test(written_headers_are_read_back),
		cmocka_unit_test(rtp_is_told_from_rtcp),
		cmocka_unit_test(newer_is_modular),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
