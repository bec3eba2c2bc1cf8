/* media/rtcp: what is written is read back, compounds are read in order, and lies about lengths are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/rtcp.h"

struct seen {
	struct rtcp_sender_report sr;
	struct rtcp_report_block rb[64];
	uint16_t nacks[RTCP_MAX_NACKS];
	uint32_t nack_ssrc;
	uint32_t keyframes[8];
	uint32_t byes[32];
	size_t n_sr, n_rb, n_nack_calls, n_nacks, n_keyframes, n_byes;
};

static void on_sr(void *user, const struct rtcp_sender_report *sr)
{
	struct seen *s = user;

	s->sr = *sr;
	s->n_sr++;
}

static void on_rb(void *user, const struct rtcp_report_block *rb)
{
	struct seen *s = user;

	s->rb[s->n_rb++ % ARRAY_LEN(s->rb)] = *rb;
}

static void on_nack(void *user, uint32_t ssrc, const uint16_t *seqs, size_t n)
{
	struct seen *s = user;

	assert_true(n <= RTCP_MAX_NACKS);
	memcpy(s->nacks, seqs, n * sizeof(*seqs));
	s->nack_ssrc = ssrc;
	s->n_nacks = n;
	s->n_nack_calls++;
}

static void on_keyframe(void *user, uint32_t ssrc)
{
	struct seen *s = user;

	s->keyframes[s->n_keyframes++ % ARRAY_LEN(s->keyframes)] = ssrc;
}

static void on_bye(void *user, uint32_t ssrc)
{
	struct seen *s = user;

	s->byes[s->n_byes++ % ARRAY_LEN(s->byes)] = ssrc;
}

static const struct rtcp_handlers handlers = { on_sr, on_rb, on_nack, on_keyframe, on_bye };

static const struct rtcp_sender_report report = { .ssrc = 0x80000001, .ntp = 0x1122334455667788, .rtp = 7, .packets = 8, .octets = 9 };

static const struct rtcp_report_block blocks[2] = {
	{ .reporter = 0x80000001, .ssrc = 2, .fraction_lost = 255, .lost = -3, .highest_seq = 0x10005, .jitter = 6, .last_sr = 7,
	  .delay_since_sr = 8 },
	{ .reporter = 0x80000001, .ssrc = 3, .lost = 0x7fffff, .highest_seq = 1 },
};

static void check_report(const struct rtcp_sender_report *a, const struct rtcp_sender_report *b)
{
	assert_int_equal(a->ssrc, b->ssrc);
	assert_true(a->ntp == b->ntp);
	assert_int_equal(a->rtp, b->rtp);
	assert_int_equal(a->packets, b->packets);
	assert_int_equal(a->octets, b->octets);
}

static void check_block(const struct rtcp_report_block *a, const struct rtcp_report_block *b)
{
	assert_int_equal(a->reporter, b->reporter);
	assert_int_equal(a->ssrc, b->ssrc);
	assert_int_equal(a->fraction_lost, b->fraction_lost);
	assert_int_equal(a->lost, b->lost);
	assert_int_equal(a->highest_seq, b->highest_seq);
	assert_int_equal(a->jitter, b->jitter);
	assert_int_equal(a->last_sr, b->last_sr);
	assert_int_equal(a->delay_since_sr, b->delay_since_sr);
}

static void a_compound_is_read_in_order(void **state)
{
	const uint16_t lost[] = { 65530, 65531, 65535, 3, 10, 11, 500 };
	struct seen s = { 0 };
	uint8_t out[512];
	size_t len = 0;

	(void)state;
	len += rtcp_write_sr(out, sizeof(out), &report, blocks, 2);
	assert_int_equal(len, 28 + 48);
	len += rtcp_write_sdes(out + len, sizeof(out) - len, report.ssrc, "abcdefgh");
	assert_int_equal(len, 76 + 20);
	len += rtcp_write_pli(out + len, sizeof(out) - len, 1, 0xcafe);
	len += rtcp_write_nack(out + len, sizeof(out) - len, 1, 0xbeef, lost, ARRAY_LEN(lost));
	len += rtcp_write_bye(out + len, sizeof(out) - len, 77);
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	assert_int_equal(s.n_sr, 1);
	check_report(&s.sr, &report);
	assert_int_equal(s.n_rb, 2);
	for (size_t i = 0; i < 2; i++)
		check_block(&s.rb[i], &blocks[i]);
	assert_int_equal(s.n_keyframes, 1);
	assert_int_equal(s.keyframes[0], 0xcafe);
	assert_int_equal(s.nack_ssrc, 0xbeef);
	assert_int_equal(s.n_nacks, ARRAY_LEN(lost));
	assert_memory_equal(s.nacks, lost, sizeof(lost));
	assert_int_equal(s.n_byes, 1);
	assert_int_equal(s.byes[0], 77);
}

static void receiver_reports_are_read_back(void **state)
{
	struct rtcp_report_block many[40] = { { 0 } };
	struct seen s = { 0 };
	uint8_t out[2048];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (struct rtcp_report_block) { .reporter = 4, .ssrc = (uint32_t)i, .lost = i % 2 ? 0x1000000 : -0x1000000 };
	len = rtcp_write_rr(out, sizeof(out), 4, many, ARRAY_LEN(many));
	assert_int_equal(len, 8 + 31 * 24);
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	assert_int_equal(s.n_rb, 31);
	assert_int_equal(s.rb[30].ssrc, 30);
	assert_int_equal(s.rb[0].lost, -0x800000);
	assert_int_equal(s.rb[1].lost, 0x7fffff);
	assert_int_equal(s.rb[1].reporter, 4);
	len = rtcp_write_rr(out, sizeof(out), 4, NULL, 0);
	assert_int_equal(len, 8);
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	assert_int_equal(s.n_rb, 31);
	assert_int_equal(rtcp_parse(out, len, &(struct rtcp_handlers) { 0 }, NULL), 0);
}

static void writers_keep_to_their_room(void **state)
{
	const uint16_t far_apart[] = { 1, 100, 200 };
	struct seen s = { 0 };
	uint8_t out[300];
	char cname[300];

	(void)state;
	assert_int_equal(rtcp_write_sr(out, 27, &report, NULL, 0), 0);
	assert_int_equal(rtcp_write_rr(out, 31, 1, blocks, 1), 0);
	assert_int_equal(rtcp_write_pli(out, 11, 1, 2), 0);
	assert_int_equal(rtcp_write_bye(out, 7, 1), 0);
	assert_int_equal(rtcp_write_nack(out, 15, 1, 2, far_apart, 3), 0);
	assert_int_equal(rtcp_write_nack(out, sizeof(out), 1, 2, far_apart, 0), 0);
	assert_int_equal(rtcp_write_nack(out, 23, 1, 2, far_apart, 3), 20);
	assert_int_equal(rtcp_parse(out, 20, &handlers, &s), 0);
	assert_int_equal(s.n_nacks, 2);
	memset(cname, 'x', sizeof(cname) - 1);
	cname[sizeof(cname) - 1] = 0;
	for (size_t n = 0; n < 10; n++) {
		size_t len = rtcp_write_sdes(out, sizeof(out), 1, cname + sizeof(cname) - 1 - n);

		assert_int_equal(len % 4, 0);
		assert_int_equal(out[9], n);
		assert_int_equal(out[10 + n], 0);
		assert_true(len >= 10 + n + 1 && len <= 10 + n + 4);
		assert_int_equal(rtcp_write_sdes(out, len - 1, 1, cname + sizeof(cname) - 1 - n), 0);
	}
	assert_int_equal(rtcp_write_sdes(out, sizeof(out), 1, cname), 268);
	assert_int_equal(rtcp_parse(out, 268, &handlers, &s), 0);
}

static void keyframe_requests_come_as_pli_and_fir(void **state)
{
	static const uint8_t fir[] = { 0x84, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xa, 1, 0, 0, 0, 0, 0, 0, 0xb, 2, 0, 0, 0 };
	static const uint8_t empty_fir[] = { 0x84, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0 };
	static const uint8_t remb[] = { 0x8f, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0 };
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(rtcp_parse(fir, sizeof(fir), &handlers, &s), 0);
	assert_int_equal(s.n_keyframes, 2);
	assert_int_equal(s.keyframes[0], 0xa);
	assert_int_equal(s.keyframes[1], 0xb);
	assert_int_equal(rtcp_parse(empty_fir, sizeof(empty_fir), &handlers, &s), -EBADMSG);
	assert_int_equal(rtcp_parse(remb, sizeof(remb), &handlers, &s), 0);
	assert_int_equal(s.n_keyframes, 2);
}

/* 40 entries with all bits name 680 packets: 512 are taken, and the packet counts as malformed. */
static void nacks_have_a_bound(void **state)
{
	uint8_t out[12 + 40 * 4] = { 0x81, 205, 0, 2 + 40 };
	struct seen s = { 0 };

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		write_u16(out + 12 + i * 4, (uint16_t)(i * 17));
		write_u16(out + 14 + i * 4, 0xffff);
	}
	assert_int_equal(rtcp_parse(out, sizeof(out), &handlers, &s), -EBADMSG);
	assert_int_equal(s.n_nacks, RTCP_MAX_NACKS);
	for (size_t i = 0; i < RTCP_MAX_NACKS; i++)
		assert_int_equal(s.nacks[i], i);
	out[3] = 2;
	assert_int_equal(rtcp_parse(out, 12, &handlers, &s), -EBADMSG);
	assert_int_equal(s.n_nack_calls, 1);
}

/* Each packet is cut at every length and given every count and length that it has not. */
static void lies_about_lengths_are_refused(void **state)
{
	const uint16_t lost[] = { 1, 2 };
	uint8_t out[256], bent[256];
	struct seen s = { 0 };
	size_t starts[6], n = 0, len = 0;

	(void)state;
	starts[n++] = len;
	len += rtcp_write_sr(out, sizeof(out), &report, blocks, 1);
	starts[n++] = len;
	len += rtcp_write_rr(out + len, sizeof(out) - len, 1, blocks, 1);
	starts[n++] = len;
	len += rtcp_write_nack(out + len, sizeof(out) - len, 1, 2, lost, 2);
	starts[n++] = len;
	len += rtcp_write_pli(out + len, sizeof(out) - len, 1, 2);
	starts[n++] = len;
	len += rtcp_write_bye(out + len, sizeof(out) - len, 1);
	starts[n] = len;
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	for (size_t cut = 0, k = 0; cut < len; cut++) {
		while (starts[k] < cut)
			k++;
		assert_int_equal(rtcp_parse(out, cut, &handlers, &s), cut > 0 && starts[k] == cut ? 0 : -EBADMSG);
	}
	for (size_t k = 0; k < n; k++) {
		size_t size = starts[k + 1] - starts[k];

		memcpy(bent, out + starts[k], size);
		for (unsigned words = 0; words < 200; words++) {
			write_u16(bent + 2, (uint16_t)words);
			if ((words + 1) * 4 > size)
				assert_int_equal(rtcp_parse(bent, size, &handlers, &s), -EBADMSG);
			else
				rtcp_parse(bent, size, &handlers, &s);
		}
	}
	out[0] = 0x9f;
	s.n_sr = 0;
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), -EBADMSG);
	assert_int_equal(s.n_sr, 0);
	out[0] = 0x41;
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), -EBADMSG);
}

static void padding_stands_only_at_the_end(void **state)
{
	uint8_t out[64] = { 0 };
	struct seen s = { 0 };
	size_t len = rtcp_write_rr(out, sizeof(out), 1, NULL, 0);

	(void)state;
	rtcp_write_bye(out + len, sizeof(out) - len, 5);
	out[len] |= 0x20;
	write_u16(out + len + 2, 2);
	out[len + 11] = 4;
	assert_int_equal(rtcp_parse(out, len + 12, &handlers, &s), 0);
	assert_int_equal(s.byes[0], 5);
	out[len + 11] = 8;
	assert_int_equal(rtcp_parse(out, len + 12, &handlers, &s), -EBADMSG);
	out[len + 11] = 9;
	assert_int_equal(rtcp_parse(out, len + 12, &handlers, &s), -EBADMSG);
	out[len + 11] = 0;
	assert_int_equal(rtcp_parse(out, len + 12, &handlers, &s), -EBADMSG);
	rtcp_write_rr(out, sizeof(out), 1, NULL, 0);
	out[0] |= 0x20;
	out[7] = 4;
	rtcp_write_bye(out + 8, sizeof(out) - 8, 5);
	assert_int_equal(rtcp_parse(out, 16, &handlers, &s), -EBADMSG);
}

/* Reports of kinds that we do not know, and reduced size, are no errors. */
static void unknown_kinds_are_passed_over(void **state)
{
	uint8_t out[64] = { 0x80, 204, 0, 1, 1, 2, 3, 4 };
	struct seen s = { 0 };
	size_t len = 8;

	(void)state;
	len += rtcp_write_bye(out + len, sizeof(out) - len, 6);
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	out[1] = 255;
	assert_int_equal(rtcp_parse(out, len, &handlers, &s), 0);
	assert_int_equal(s.n_byes, 2);
}

static void ntp_times_go_there_and_back(void **state)
{
	static const int64_t times[] = { 0, 1, 999999, 1000000, 1767225599999999, 1767225600000001, 2085978495999999 };

	(void)state;
	assert_true(ntp_from_wall_us(0) == UINT64_C(2208988800) << 32);
	assert_true(ntp_from_wall_us(500000) == ((UINT64_C(2208988800) << 32) | 0x80000000));
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		assert_true(wall_us_from_ntp(ntp_from_wall_us(times[i])) == times[i]);
	assert_true(wall_us_from_ntp(UINT64_MAX) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compound_is_read_in_order),
		cmocka_unit_test(receiver_reports_are_read_back),
		cmocka_unit_test(writers_keep_to_their_room),
		cmocka_unit_test(keyframe_requests_come_as_pli_and_fir),
		cmocka_unit_test(nacks_have_a_bound),
		cmocka_unit_test(lies_about_lengths_are_refused),
		cmocka_unit_test(padding_stands_only_at_the_end),
		cmocka_unit_test(unknown_kinds_are_passed_over),
		cmocka_unit_test(ntp_times_go_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
