/* A path's promises about credentials, consent and keys, without DTLS: keys are put in by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/path_private.h"
#include "media/tcp_links.h"
#include "media/source.h"

#define SECOND 1000000LL
#define FROM_A 0, true
#define FROM_B 1, true
#define FROM_LINK 2, true               /* by TCP */

struct world {
	int64_t live, now_us;
	int tx, rx;
	struct sockaddr_storage addr[3];
	struct counters *counters;
	struct path_site site;
	struct departures departures;
	struct source *fresh;
	struct path *path, *other;
	enum media_event_type last;
	int n_events;
};

static struct world w;

static void on_event(void *user, const struct media_event *ev)
{
	(void)user;
	if (ev->type == MEDIA_STATS)
		return;
	w.last = ev->type;
	w.n_events++;
}

static struct path_cfg config(const char *ufrag)
{
	struct path_cfg cfg = { .source_number = 7, .cname = "cname", .n_slots = 1, .slots = { { true, 100, 0 } } };

	strcpy(cfg.local.ufrag, ufrag);
	strcpy(cfg.local.pwd, "password-of-24-chars----");
	return cfg;
}

static struct ice_credentials credentials(const char *ufrag)
{
	return config(ufrag).local;
}

static int setup(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	struct path_cfg first = config("firstone"), other = config("anothers");

	(void)state;
	memset(&w, 0, sizeof(w));
	w.live = mem_live();
	w.now_us = 1000 * SECOND;
	w.rx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	w.tx = socket(AF_INET, SOCK_DGRAM, 0);
	bind(w.rx, (struct sockaddr *)&in, len);
	getsockname(w.rx, (struct sockaddr *)&in, &len);
	memcpy(&w.addr[0], &in, len);
	in.sin_port = htons(9);
	memcpy(&w.addr[1], &in, len);
	w.addr[2].ss_family = TCP_LINKS_FAMILY;
	counters_create(&w.counters, media_counter_defs, MEDIA_COUNTERS);
	w.site = (struct path_site){ .counters = w.counters, .emit = on_event };
	gate_create(&w.site.gate);
	w.site.departures = &w.departures;
	w.site.fresh = &w.fresh;
	sendqueue_create(&w.site.queue, w.tx, NULL, w.counters);
	assert_int_equal(path_create(&w.path, &w.site, (struct path_id){ 0, 0, 1 }, &first, w.now_us), 0);
	assert_int_equal(path_create(&w.other, &w.site, (struct path_id){ 0, 1, 2 }, &other, w.now_us), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	path_destroy(w.path);
	path_destroy(w.other);
	sendqueue_destroy(w.site.queue);
	gate_destroy(w.site.gate);
	counters_destroy(w.counters);
	close(w.tx);
	close(w.rx);
	return mem_live() == w.live ? 0 : -1;
}

/* An authenticated check for this ufrag; false when nobody has it. */
static bool check(const char *ufrag, int from, bool use_candidate)
{
	const char *pwd;
	struct gate_pass *pass = gate_find_ufrag(w.site.gate, ufrag, strlen(ufrag), &pwd);

	if (!pass)
		return false;
	path_on_check(path_of_pass(pass), pwd, use_candidate, &w.addr[from], sizeof(struct sockaddr_in), w.now_us);
	return true;
}

static void put_keys(void)
{
	static const uint8_t keying[32] = { 1 };
	struct negotiated n = { .n_slots = 1 };

	assert_int_equal(path_negotiated(w.path, &n, w.now_us), 0);
	assert_int_equal(srtp_keys_create(&w.path->in, SUITE_AEAD_AES_128_GCM, keying), 0);
	assert_int_equal(srtp_keys_create(&w.path->down.srtp, SUITE_AEAD_AES_128_GCM, keying), 0);
}

static void run_for(int seconds, int checks_from, bool use_candidate)
{
	for (int i = 0; i < seconds * 20; i++) {
		w.now_us += 50000;
		if (checks_from >= 0 && i % 20 == 0)
			check("firstone", checks_from, use_candidate);
		path_tick(w.path, w.now_us);
	}
}

static void old_credentials_live_until_the_first_check_on_the_new(void **state)
{
	struct ice_credentials second = credentials("secondly"), third = credentials("thirdone");

	(void)state;
	assert_int_equal(path_restart(w.path, &second), 0);
	assert_true(check("firstone", FROM_A));
	assert_true(check("firstone", FROM_A));
	/* Another restart before the peer has used the second pair: it still has the first. */
	assert_int_equal(path_restart(w.path, &third), 0);
	assert_true(check("firstone", FROM_A));
	assert_false(check("secondly", FROM_A));
	assert_true(check("thirdone", FROM_A));
	assert_false(check("firstone", FROM_A));
	assert_int_equal(path_restart(w.path, &second), 0);
	assert_true(check("thirdone", FROM_A));
	assert_true(check("secondly", FROM_A));
	assert_false(check("thirdone", FROM_A));
}

static void a_refused_restart_changes_nothing(void **state)
{
	struct ice_credentials theirs = credentials("anothers"), second = credentials("secondly");

	(void)state;
	assert_int_equal(path_restart(w.path, &theirs), -EEXIST);
	assert_true(check("firstone", FROM_A));
	for (uint64_t nth = 1;; nth++) {
		int r;

		mem_fail_at(nth);
		r = path_restart(w.path, &second);
		mem_fail_at(0);
		assert_true(check("firstone", FROM_A) || r == 0);
		if (r == 0)
			break;
		assert_int_equal(r, -ENOMEM);
	}
	assert_true(check("secondly", FROM_A));
	w.path = path_destroy(w.path);
	assert_true(check("anothers", FROM_B));
}

static void consent_is_that_of_the_address_that_we_send_to(void **state)
{
	(void)state;
	put_keys();
	check("firstone", 0, false);
	assert_int_equal(w.n_events, 0);
	check("firstone", FROM_A);
	assert_int_equal(w.last, MEDIA_PATH_UP);
	run_for(60, 0, false);
	assert_int_equal(w.n_events, 1);
	/* Somebody checks on from another address, but nobody from where the media go: they stop. */
	run_for(29, 1, false);
	assert_int_equal(w.n_events, 1);
	run_for(2, 1, false);
	assert_int_equal(w.last, MEDIA_PATH_DOWN);
	assert_false(w.path->down.open);
	check("firstone", FROM_B);
	assert_int_equal(w.last, MEDIA_PATH_UP);
	assert_int_equal(w.n_events, 3);
}

static int newest_of(enum source_kind kind)
{
	const struct source *s = w.path->tracks[kind].layers[0];

	return s ? s->newest_seq : -1;
}

/* A packet of the peer as its sources were negotiated; true when it was taken for `kind`. */
static bool is_taken(uint32_t ssrc, uint8_t pt, uint16_t seq, const char *mid, enum source_kind kind)
{
	uint8_t packet[64] = { 0x80, pt };
	size_t len = 12;
	int64_t unknown = counters_get(w.counters, COUNT_DROP_UNKNOWN_SSRC);
	int before = newest_of(kind);

	write_u16(packet + 2, seq);
	write_u32(packet + 8, ssrc);
	if (mid) {
		packet[0] = 0x90;
		write_u32(packet + 12, 0xbede0001);
		packet[16] = 0x10;
		packet[17] = (uint8_t)mid[0];
		len = 20;
	}
	if (pt == 97) {
		write_u16(packet + len, 1);
		len += 2;
	}
	memcpy(packet + len, "\x10\1payload", 9);
	path_on_rtp(w.path, packet, len + 9, w.now_us);
	return counters_get(w.counters, COUNT_DROP_UNKNOWN_SSRC) == unknown && (pt == 97 || newest_of(kind) != before);
}

static struct negotiated cameras(uint32_t camera_ssrc, uint32_t rtx_ssrc, uint32_t screen_ssrc)
{
	struct negotiated n = { .up = { .mid = 1 } };

	n.sources[SOURCE_CAMERA] = (struct negotiated_source){ true, "1", camera_ssrc, rtx_ssrc, 0, { "" } };
	n.sources[SOURCE_SCREEN] = (struct negotiated_source){ true, "2", screen_ssrc, 0, 0, { "" } };
	n.codec_of_pt[96] = CODEC_VP8;
	n.rtx_of_pt[97] = 96;
	return n;
}

static void a_closed_connection_stops_media_until_another_way_is_nominated(void **state)
{
	(void)state;
	put_keys();
	assert_true(check("firstone", FROM_B));
	assert_true(check("firstone", FROM_A));
	assert_true(w.path->down.open);
	/* One that media do not go to. */
	path_on_address_gone(w.path, &w.addr[1], w.now_us);
	assert_true(w.path->down.open);
	assert_null(gate_find_address(w.site.gate, &w.addr[1]));
	path_on_address_gone(w.path, &w.addr[0], w.now_us);
	assert_false(w.path->down.open);
	assert_null(gate_find_address(w.site.gate, &w.addr[0]));
	assert_true(check("firstone", FROM_B));
	assert_true(w.path->down.open);
}

static bool sends_to(int to)
{
	return memcmp(&w.path->down.to, &w.addr[to], sizeof(struct sockaddr_in)) == 0;
}

/* As Firefox does. */
static void of_two_nominated_ways_udp_is_taken_while_it_is_checked(void **state)
{
	struct ice_credentials fresh = credentials("newerone");

	(void)state;
	put_keys();
	assert_true(check("firstone", FROM_LINK));
	assert_true(sends_to(2));
	assert_true(check("firstone", FROM_A));
	assert_true(check("firstone", FROM_LINK));
	assert_true(sends_to(0));
	/* It is checked, without being nominated again. */
	run_for(20, 0, false);
	assert_true(check("firstone", FROM_LINK));
	assert_true(sends_to(0));
	run_for(8, -1, false);
	assert_true(check("firstone", FROM_LINK));
	assert_true(sends_to(2));
	/* After a restart the first that is nominated counts, whatever was before. */
	assert_true(check("firstone", FROM_A));
	assert_int_equal(path_restart(w.path, &fresh), 0);
	assert_true(check("newerone", FROM_LINK));
	assert_true(sends_to(2));
	assert_true(check("newerone", FROM_B));
	assert_true(check("newerone", FROM_LINK));
	assert_true(sends_to(1));
}

static void streams_find_their_source(void **state)
{
	struct negotiated n = cameras(10, 0, 20);

	(void)state;
	assert_int_equal(path_negotiated(w.path, &n, w.now_us), 0);
	assert_true(is_taken(10, 96, 1, NULL, SOURCE_CAMERA));
	assert_true(is_taken(20, 96, 2, NULL, SOURCE_SCREEN));
	assert_false(is_taken(30, 96, 3, NULL, SOURCE_CAMERA));
	assert_false(is_taken(31, 96, 3, "9", SOURCE_CAMERA));
	/* Two kinds might be repeated there; then one says so. */
	assert_false(is_taken(40, 97, 1, NULL, SOURCE_CAMERA));
	assert_true(is_taken(40, 97, 1, "1", SOURCE_CAMERA));
	assert_true(is_taken(40, 97, 2, NULL, SOURCE_CAMERA));
	/* An SSRC of repeats carries nothing else, and none is another's. */
	assert_false(is_taken(40, 96, 5, NULL, SOURCE_CAMERA));
	assert_false(is_taken(10, 97, 5, NULL, SOURCE_CAMERA));
	assert_int_equal(w.path->tracks[SOURCE_CAMERA].layers[0]->ssrc, 10);
	assert_int_equal(w.path->tracks[SOURCE_SCREEN].layers[0]->ssrc, 20);
}

static void repeats_need_no_ssrc_in_the_description(void **state)
{
	struct negotiated n = cameras(10, 0, 0);

	(void)state;
	n.sources[SOURCE_SCREEN].active = false;
	assert_int_equal(path_negotiated(w.path, &n, w.now_us), 0);
	assert_true(is_taken(10, 96, 1, NULL, SOURCE_CAMERA));
	assert_true(is_taken(40, 97, 1, NULL, SOURCE_CAMERA));
	assert_false(is_taken(41, 96, 2, NULL, SOURCE_CAMERA));
}

static void an_ssrc_of_repeats_is_no_second_stream(void **state)
{
	struct negotiated n = cameras(10, 11, 20);

	(void)state;
	assert_int_equal(path_negotiated(w.path, &n, w.now_us), 0);
	assert_true(is_taken(10, 96, 1, NULL, SOURCE_CAMERA));
	assert_false(is_taken(11, 96, 1, NULL, SOURCE_CAMERA));
	assert_true(is_taken(11, 97, 1, NULL, SOURCE_CAMERA));
}

static void what_waits_leaves_before_the_keys_go(void **state)
{
	uint8_t packet[14] = { 0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 100, 'h', 'i' }, got[64];

	(void)state;
	put_keys();
	check("firstone", FROM_A);
	memcpy(sendqueue_begin(w.site.queue), packet, sizeof(packet));
	sendqueue_commit(w.site.queue, sizeof(packet), w.path->down.srtp, false, &w.path->down.to, w.path->down.to_len);
	w.path = path_destroy(w.path);
	sendqueue_flush(w.site.queue);
	assert_int_equal(recv(w.rx, got, sizeof(got), 0), sizeof(packet) + 16);
	assert_memory_equal(got, packet, 12);
}

/* How many of `n` packets, one each `every_us`, are let through. */
static int let_through(int n, int64_t every_us)
{
	int passed = 0;

	for (int i = 0; i < n; i++, w.now_us += every_us) {
		if (path_floods(w.path, w.now_us))
			continue;
		path_spend(w.path, w.now_us);
		passed++;
	}
	return passed;
}

static void a_flood_is_cut_down_and_ends(void **state)
{
	int passed;

	(void)state;
	assert_int_equal(let_through(40000, 300), 40000);
	passed = let_through(100000, 50);
	assert_in_range(passed, 20000, 23000);
	assert_false(path_floods(w.other, w.now_us));
	w.now_us += SECOND;
	assert_int_equal(let_through(1900, 0), 1900);
}

static void repeats_shorter_than_their_header_are_counted(void **state)
{
	static const uint8_t padding[16] = { 0xa0, 97, 0, 1, 0, 0, 0, 1, 0, 0, 0, 11, 0, 0, 0, 4 };
	static const uint8_t cut[13] = { 0x80, 97, 0, 2, 0, 0, 0, 1, 0, 0, 0, 11, 9 };
	struct negotiated n = cameras(10, 11, 20);

	(void)state;
	assert_int_equal(path_negotiated(w.path, &n, w.now_us), 0);
	path_on_rtp(w.path, padding, sizeof(padding), w.now_us);
	assert_int_equal(counters_get(w.counters, COUNT_DROP_MALFORMED_RTP), 0);
	path_on_rtp(w.path, cut, sizeof(cut), w.now_us);
	path_on_rtp(w.path, cut, sizeof(cut) - 1, w.now_us);
	assert_int_equal(counters_get(w.counters, COUNT_DROP_MALFORMED_RTP), 2);
}

#define PATH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PATH_TEST(old_credentials_live_until_the_first_check_on_the_new),
		PATH_TEST(a_refused_restart_changes_nothing),
		PATH_TEST(a_closed_connection_stops_media_until_another_way_is_nominated),
		PATH_TEST(consent_is_that_of_the_address_that_we_send_to),
		PATH_TEST(of_two_nominated_ways_udp_is_taken_while_it_is_checked),
		PATH_TEST(streams_find_their_source),
		PATH_TEST(repeats_need_no_ssrc_in_the_description),
		PATH_TEST(an_ssrc_of_repeats_is_no_second_stream),
		PATH_TEST(what_waits_leaves_before_the_keys_go),
		PATH_TEST(a_flood_is_cut_down_and_ends),
		PATH_TEST(repeats_shorter_than_their_header_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
