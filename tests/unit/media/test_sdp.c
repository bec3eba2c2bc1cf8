/* The room offer and its answer: what browsers really answer is read, and what no browser writes is refused with the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <time.h>

#include "sdp_text_help.h"

#include <gst/sdp/gstsdpmessage.h>

static char *make_offer(size_t n_audio, size_t n_slots)
{
	struct sdp_local local = example_local();
	struct slot_cfg slots[MAX_SLOTS];
	char *offer = NULL;

	example_slots(slots, n_audio, n_slots);
	assert_int_equal(sdp_write_offer(&offer, &local, slots, n_slots), 0);
	return offer;
}

static void offer_has_the_client_s_lines_and_then_the_slots(void **state)
{
	char *offer = make_offer(4, 29);

	(void)state;
	assert_int_equal(count(offer, "\r\nm="), 33);
	assert_int_equal(count(offer, "\r\nm=audio"), 6);
	assert_int_equal(count(offer, "\r\na=recvonly\r\n"), 4);
	assert_int_equal(count(offer, "\r\na=sendonly\r\n"), 29);
	assert_int_equal(count(offer, "\r\na=ssrc-group:FID "), 25);
	assert_int_equal(count(offer, " UDP/TLS/RTP/SAVPF 63 111\r\n"), 5);
	assert_int_equal(count(offer, " UDP/TLS/RTP/SAVPF 111\r\n"), 1);
	assert_int_equal(count(offer, " UDP/TLS/RTP/SAVPF 96 97 102 103 98 99 45 46\r\n"), 27);
	assert_int_equal(count(offer, "\r\na=ice-ufrag:abcdefgh\r\n"), 1);
	assert_int_equal(count(offer, "\r\na=setup:actpass\r\n"), 1);
	assert_int_equal(count(offer, "\r\na=ice-lite\r\n"), 1);
	assert_non_null(strstr(offer, "\r\na=group:BUNDLE 0 1 2 3 s0 s1 s2 "));
	assert_non_null(strstr(offer, " s28\r\na=msid-semantic"));
	mem_free(offer);
}

/* Upwards MID, RID, TWCC and level; downwards TWCC and level. What the senders would otherwise do to the picture is not offered. */
static void offer_names_few_extensions(void **state)
{
	char *offer = make_offer(4, 29);

	(void)state;
	assert_int_equal(count(offer, "\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"), 4);
	assert_int_equal(count(offer, "\r\na=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"), 33);
	assert_int_equal(count(offer, "\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"), 6);
	assert_int_equal(count(offer, "\r\na=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"), 2);
	assert_int_equal(count(offer, "\r\na=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"), 2);
	assert_int_equal(count(offer, "\r\na=extmap:"), 47);
	assert_int_equal(count(offer, " transport-cc\r\n"), 114);
	assert_int_equal(count(offer, "remb"), 0);
	mem_free(offer);
}

static void offer_takes_layers_of_camera_and_screen(void **state)
{
	char *offer = make_offer(4, 29), *camera = strstr(offer, "a=mid:1\r\n"), *screen = strstr(offer, "a=mid:2\r\n");

	(void)state;
	assert_int_equal(count(offer, "\r\na=rid:"), 5);
	assert_int_equal(count(offer, "\r\na=simulcast:"), 2);
	assert_ptr_equal(strstr(offer, "\r\na=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n"), strstr(camera, "\r\na=rid"));
	assert_ptr_equal(strstr(offer, "\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv h;f\r\n"), strstr(screen, "\r\na=rid"));
	mem_free(offer);
}

static void offer_pairs_voice_and_picture(void **state)
{
	char *offer = make_offer(4, 29);

	(void)state;
	assert_non_null(strstr(offer, "a=msid:pair0 s0\r\n"));
	assert_non_null(strstr(offer, "a=msid:pair0 s4\r\n"));
	assert_non_null(strstr(offer, "a=msid:pair3 s3\r\n"));
	assert_non_null(strstr(offer, "a=msid:pair3 s7\r\n"));
	assert_non_null(strstr(offer, "a=msid:s8 s8\r\na=ssrc-group:FID 1016 1017\r\na=ssrc:1016 cname:c0ffee\r\n"
	                              "a=ssrc:1017 cname:c0ffee\r\n"));
	assert_int_equal(count(offer, "a=msid:pair"), 8);
	mem_free(offer);
}

static void tcp_candidates_follow_with_lower_priority(void **state)
{
	struct sdp_local local = example_local();
	struct slot_cfg slots[2];
	char *sdp = NULL;

	(void)state;
	local.tcp = true;
	example_slots(slots, 1, 2);
	assert_int_equal(sdp_write_offer(&sdp, &local, slots, 2), 0);
	assert_non_null(strstr(sdp, " 2001:db8::7 5004 typ host\r\n"
	                            "a=candidate:3 1 tcp 1520435199 192.0.2.7 5004 typ host tcptype passive\r\n"
	                            "a=candidate:4 1 tcp 1520434943 2001:db8::7 5004 typ host tcptype passive\r\na=end-of-candidates\r\n"));
	mem_free(sdp);
}

static void offer_carries_candidates_on_its_first_line(void **state)
{
	char *offer = make_offer(1, 2), *second = strstr(offer, "m=video");

	(void)state;
	assert_int_equal(count(offer, "a=candidate:"), 2);
	assert_non_null(strstr(offer, "a=candidate:1 1 udp 2130706431 192.0.2.7 5004 typ host\r\n"
	                              "a=candidate:2 1 udp 2130706175 2001:db8::7 5004 typ host\r\na=end-of-candidates\r\nm=video"));
	assert_null(strstr(second, "candidate"));
	mem_free(offer);
}

/* The message that carries it has 65,536 bytes. */
static void longest_offer_fits_its_message(void **state)
{
	struct sdp_local local = example_local();
	struct slot_cfg slots[MAX_SLOTS];
	char *offer = NULL;

	(void)state;
	memset(local.ice.ufrag, 'u', ICE_UFRAG_BYTES - 1);
	memset(local.ice.pwd, 'p', ICE_PWD_BYTES - 1);
	local.cname = "0123456789abcdef";
	local.session_id = INT64_MAX;
	local.session_version = UINT32_MAX;
	local.fingerprint.hash = FINGERPRINT_SHA512;
	local.fingerprint.len = 64;
	local.n_candidates = SDP_MAX_CANDIDATES;
	for (size_t i = 0; i < SDP_MAX_CANDIDATES; i++) {
		local.candidates[i] = local.candidates[1];
		memset(&((struct sockaddr_in6 *)&local.candidates[i])->sin6_addr, 0xfd, 16);
	}
	for (size_t i = 0; i < MAX_SLOTS; i++)
		slots[i] = (struct slot_cfg){ false, (uint32_t)(UINT32_MAX - 2 * i), (uint32_t)(UINT32_MAX - 2 * i - 1) };
	assert_int_equal(sdp_write_offer(&offer, &local, slots, MAX_SLOTS), 0);
	print_message("# the longest offer has %zu bytes, one of 29 slots about 35,000\n", strlen(offer));
	assert_true(strlen(offer) < 48 * 1024);
	mem_free(offer);
}

static void offer_refuses_what_it_cannot_write(void **state)
{
	struct sdp_local local = example_local(), l;
	struct slot_cfg slots[MAX_SLOTS];
	char *offer = NULL;

	(void)state;
	example_slots(slots, 1, 2);
	l = local, l.ice.pwd[0] = 0;
	assert_int_equal(sdp_write_offer(&offer, &l, slots, 2), -EINVAL);
	l = local, l.fingerprint.hash = FINGERPRINT_NONE;
	assert_int_equal(sdp_write_offer(&offer, &l, slots, 2), -EINVAL);
	l = local, l.n_candidates = SDP_MAX_CANDIDATES + 1;
	assert_int_equal(sdp_write_offer(&offer, &l, slots, 2), -EINVAL);
	l = local, l.candidates[1].ss_family = AF_UNIX;
	assert_int_equal(sdp_write_offer(&offer, &l, slots, 2), -EINVAL);
	assert_int_equal(sdp_write_offer(&offer, &local, slots, MAX_SLOTS + 1), -EINVAL);
	slots[0].ssrc = 0;
	assert_int_equal(sdp_write_offer(&offer, &local, slots, 2), -EINVAL);
	slots[0] = (struct slot_cfg){ false, 1, 2 };
	slots[1] = (struct slot_cfg){ true, 3, 0 };
	assert_int_equal(sdp_write_offer(&offer, &local, slots, 2), -EINVAL);
	assert_null(offer);
}

static void offer_survives_no_memory(void **state)
{
	struct sdp_local local = example_local();
	int64_t before = mem_live();
	struct slot_cfg slots[29];
	char *offer = NULL;
	int r = -ENOMEM;

	(void)state;
	example_slots(slots, 4, 29);
	for (uint64_t n = 1; r == -ENOMEM; n++) {
		assert_null(offer);
		assert_int_equal(mem_live(), before);
		mem_fail_at(n);
		r = sdp_write_offer(&offer, &local, slots, 29);
		mem_fail_at(0);
	}
	assert_int_equal(r, 0);
	mem_free(offer);
	assert_int_equal(mem_live(), before);
}

static int read_text(struct negotiated *ret, const char *sdp, size_t n_audio, size_t n_slots, struct sdp_error *err)
{
	struct slot_cfg slots[MAX_SLOTS];

	example_slots(slots, n_audio, n_slots);
	*err = (struct sdp_error){ "", 0 };
	return sdp_read_answer(ret, sdp, strlen(sdp), slots, n_slots, err);
}

static void check_browser_s_answer(const struct negotiated *n, size_t n_audio, size_t n_slots, uint16_t audio, uint16_t video)
{
	static const char *const mids[] = { "0", "1", "2", "3" };

	assert_int_equal(n->n_slots, n_slots);
	for (size_t i = 0; i < SOURCE_KINDS; i++) {
		assert_true(n->sources[i].active);
		assert_string_equal(n->sources[i].mid, mids[i]);
		assert_true(n->sources[i].ssrc != 0);
		assert_int_equal(n->sources[i].rtx_ssrc != 0, !source_is_audio((enum source_kind)i));
	}
	for (size_t i = 0; i < n_slots; i++) {
		char mid[MID_BYTES];

		snprintf(mid, sizeof(mid), "s%zu", i);
		assert_true(n->slots[i].active);
		assert_string_equal(n->slots[i].mid, mid);
		assert_int_equal(n->slots[i].codecs, i < n_audio ? audio : video);
	}
	assert_int_equal(n->up.mid, 4);
	assert_int_equal(n->up.twcc, 3);
	assert_int_equal(n->up.audio_level, 1);
	assert_int_equal(n->down.audio_level, 1);
	assert_int_equal(n->down.mid, 0);
	assert_true(n->nack_up);
	assert_int_equal(n->fingerprint.hash, FINGERPRINT_SHA256);
	assert_int_equal(n->fingerprint.len, 32);
}

static void answer_of_chromium_is_read(void **state)
{
	char *sdp = read_fixture("chromium_answer_29");
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(read_text(&n, sdp, 4, 29, &err), 0);
	check_browser_s_answer(&n, 4, 29, 1 << CODEC_OPUS | 1 << CODEC_RED, 1 << CODEC_VP8 | 1 << CODEC_H264);
	assert_string_equal(n.remote.ufrag, "h4dt");
	assert_string_equal(n.remote.pwd, "nE+PEvYVUS/rwhp+BQxF+Cn1");
	assert_int_equal(n.fingerprint.digest[0], 0xd9);
	assert_int_equal(n.fingerprint.digest[31], 0x34);
	assert_int_equal(n.codec_of_pt[63], CODEC_RED);
	assert_int_equal(n.codec_of_pt[111], CODEC_OPUS);
	/* It does not say so. */
	assert_int_equal(count(sdp, "a=rtcp-fb:111 nack"), 0);
	assert_true(n.nack_up_sound);
	assert_int_equal(n.codec_of_pt[96], CODEC_VP8);
	assert_int_equal(n.codec_of_pt[102], CODEC_H264);
	assert_int_equal(n.codec_of_pt[97], CODEC_NONE);
	assert_int_equal(n.rtx_of_pt[97], 96);
	assert_int_equal(n.rtx_of_pt[103], 102);
	assert_int_equal(n.pt_of_codec[CODEC_H264], 102);
	assert_int_equal(n.rtx_pt_of_codec[CODEC_H264], 103);
	assert_int_equal(n.sources[SOURCE_CAMERA].ssrc, 3284949731u);
	assert_int_equal(n.sources[SOURCE_CAMERA].rtx_ssrc, 3023534574u);
	mem_free(sdp);
}

/* Its ESR without the OpenH264 plug-in has no H.264, and it has no RED. */
static void answer_of_firefox_is_read(void **state)
{
	char *sdp = read_fixture("firefox_answer_29");
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(read_text(&n, sdp, 4, 29, &err), 0);
	check_browser_s_answer(&n, 4, 29, 1 << CODEC_OPUS, 1 << CODEC_VP8);
	assert_string_equal(n.remote.ufrag, "b1d284f6");
	assert_int_equal(n.codec_of_pt[63], CODEC_NONE);
	assert_int_equal(n.codec_of_pt[102], CODEC_NONE);
	assert_int_equal(n.pt_of_codec[CODEC_RED], 0);
	assert_int_equal(n.pt_of_codec[CODEC_H264], 0);
	assert_int_equal(n.rtx_pt_of_codec[CODEC_VP8], 97);
	assert_int_equal(n.sources[SOURCE_CAMERA].ssrc, 1549721295u);
	assert_int_equal(n.sources[SOURCE_CAMERA].rtx_ssrc, 4227111815u);
	mem_free(sdp);
}

/* gstsdp is the oracle: both must see the same m-lines, SSRCs and credentials. */
static void answer_reads_as_gstsdp_reads_it(void **state)
{
	static const char *const files[] = { "chromium_answer_29", "firefox_answer_29" };

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(files); f++) {
		char *sdp = read_fixture(files[f]);
		GstSDPMessage *msg = NULL;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(read_text(&n, sdp, 4, 29, &err), 0);
		assert_int_equal(gst_sdp_message_new(&msg), GST_SDP_OK);
		assert_int_equal(gst_sdp_message_parse_buffer((guint8 *)sdp, (guint)strlen(sdp), msg), GST_SDP_OK);
		assert_int_equal(gst_sdp_message_medias_len(msg), 33);
		for (guint i = 0; i < 33; i++) {
			const GstSDPMedia *m = gst_sdp_message_get_media(msg, i);
			const char *ssrc = gst_sdp_media_get_attribute_val(m, "ssrc");

			assert_string_equal(gst_sdp_media_get_attribute_val(m, "mid"),
			                    i < 4 ? n.sources[i].mid : n.slots[i - 4].mid);
			assert_string_equal(gst_sdp_media_get_attribute_val(m, "ice-pwd"), n.remote.pwd);
			if (i < 4)
				assert_int_equal(strtoul(ssrc, NULL, 10), n.sources[i].ssrc);
		}
		gst_sdp_message_free(msg);
		mem_free(sdp);
	}
}

static void answer_reader_does_not_allocate(void **state)
{
	char *sdp = read_fixture("chromium_answer_29");
	int64_t before = mem_live();
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(read_text(&n, sdp, 4, 29, &err), 0);
	mem_fail_at(0);
	assert_int_equal(mem_live(), before);
	mem_free(sdp);
}

/* The answer to make_offer(1, 2) of a client that takes everything. */
static char *plain_answer(void)
{
	char *sdp = make_offer(1, 2);

	sdp = with_all(sdp, "a=sendonly", "a=x");
	sdp = with_all(sdp, "a=recvonly", "a=sendonly");
	sdp = with_all(sdp, "a=x", "a=recvonly");
	sdp = with_all(sdp, "a=setup:actpass", "a=setup:active");
	sdp = with_all(sdp, "a=ice-lite\r\n", "");
	sdp = with_all(sdp, "a=ssrc", "a=y");
	sdp = with_all(sdp, " recv\r\n", " send\r\n");
	sdp = with_all(sdp, "a=simulcast:recv", "a=simulcast:send");
	return sdp;
}

static void answer_may_speak_at_session_level(void **state)
{
	char *sdp = plain_answer();
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
	assert_string_equal(n.remote.ufrag, "abcdefgh");
	assert_int_equal(n.fingerprint.digest[31], 31 * 7);
	assert_int_equal(n.sources[SOURCE_MIC].ssrc, 0);
	sdp = with_all(sdp, "\r\n", "\n");
	assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
	mem_free(sdp);
}

static void answer_may_reject_lines(void **state)
{
	char *sdp = plain_answer();
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	sdp = with_first(sdp, "a=mid:1", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 98 99 45 46", "m=video 0 UDP/TLS/RTP/SAVPF 120");
	sdp = with_all(sdp, "a=mid:2\r\n", "");
	sdp = with_first(sdp, "a=mid:s0", "a=recvonly", "a=inactive");
	assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
	assert_true(n.sources[SOURCE_CAMERA].active);
	assert_false(n.sources[SOURCE_SCREEN].active);
	assert_string_equal(n.sources[SOURCE_SCREEN].mid, "2");
	assert_false(n.slots[0].active);
	assert_int_equal(n.slots[0].codecs, 0);
	assert_int_equal(n.pt_of_codec[CODEC_OPUS], 0);
	assert_int_equal(n.down.audio_level, 0);
	assert_true(n.slots[1].active);
	mem_free(sdp);
}

static void answer_keeps_what_it_lists(void **state)
{
	char *sdp = plain_answer();
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	sdp = with_all(sdp, " 96 97 102 103 98 99 45 46", " 102");
	sdp = with_all(sdp, "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n", "");
	sdp = with_all(sdp, "a=rtcp-fb:102 nack\r\n", "");
	sdp = with_all(sdp, "a=rtcp-fb:96 nack\r\n", "");
	sdp = with_all(sdp, "a=rtcp-fb:98 nack\r\n", "");
	sdp = with_all(sdp, "a=rtcp-fb:45 nack\r\n", "");
	assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
	assert_int_equal(n.codec_of_pt[96], CODEC_NONE);
	assert_int_equal(n.codec_of_pt[102], CODEC_H264);
	assert_int_equal(n.rtx_of_pt[103], 0);
	assert_int_equal(n.slots[1].codecs, 1 << CODEC_H264);
	assert_int_equal(n.pt_of_codec[CODEC_VP9] + n.pt_of_codec[CODEC_AV1], 0);
	assert_int_equal(n.rtx_pt_of_codec[CODEC_H264], 0);
	assert_int_equal(n.up.twcc, 0);
	assert_int_equal(n.down.twcc, 0);
	assert_int_equal(n.up.mid, 4);
	assert_false(n.nack_up);
	mem_free(sdp);
}

/* Both browsers send all that is offered, under two kinds of description. */
static void simulcast_of_browsers_is_read(void **state)
{
	static const char *const files[] = { "chromium_simulcast_29", "firefox_simulcast_29" };

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(files); f++) {
		char *sdp = read_fixture(files[f]);
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(read_text(&n, sdp, 4, 29, &err), 0);
		assert_int_equal(n.sources[SOURCE_CAMERA].n_layers, 3);
		assert_string_equal(n.sources[SOURCE_CAMERA].rids[0], "q");
		assert_string_equal(n.sources[SOURCE_CAMERA].rids[2], "f");
		assert_int_equal(n.sources[SOURCE_SCREEN].n_layers, 2);
		assert_string_equal(n.sources[SOURCE_SCREEN].rids[0], "h");
		assert_int_equal(n.sources[SOURCE_MIC].n_layers, 0);
		assert_int_equal(n.sources[SOURCE_CAMERA].ssrc, 0);
		assert_int_equal(n.sources[SOURCE_CAMERA].n_fids, f ? 3 : 0);
		assert_int_equal(n.sources[SOURCE_SCREEN].n_fids, f ? 2 : 0);
		assert_int_equal(n.sources[SOURCE_CAMERA].fids[2].rtx_ssrc != 0, f);
		assert_int_equal(n.up.rid, 10);
		assert_int_equal(n.up.rrid, 11);
		assert_int_equal(n.down.rid, 0);
		assert_int_equal(n.down.twcc, 3);
		assert_int_equal(n.codec_of_pt[102], f ? CODEC_NONE : CODEC_H264);
		mem_free(sdp);
	}
}

struct layers {
	const char *after, *find, *put, *rids;
};

static void answer_may_keep_some_layers(void **state)
{
	static const struct layers cases[] = {
		{ "", "send q;h;f", "send q;h;f", "qhf" },
		{ "", "send q;h;f", "send f;h;q", "qhf" },
		{ "", "send q;h;f", "send ~q;h;~f", "qhf" },
		{ "", "send q;h;f", "send h,q;f", "qhf" },
		{ "", "send q;h;f", "send f;q", "qf" },
		{ "", "send q;h;f", "send h", "h" },
		{ "", "a=simulcast:send q;h;f\r\n", "", "" },
		{ "a=mid:1", "a=extmap:10 ", "a=x:", "" },
		{ "a=mid:1", "a=rid:q send", "a=rid:q send pt=96;max-width=320", "qhf" },
		{ "a=mid:1", "a=extmap:11 ", "a=x:", "qhf" },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc-group:FID 7 8\r\na=ssrc-group:FID 9 10", "qhf" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *sdp = with_first(plain_answer(), cases[i].after, cases[i].find, cases[i].put);
		const struct negotiated_source *camera;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
		camera = &n.sources[SOURCE_CAMERA];
		assert_int_equal(camera->n_layers, strlen(cases[i].rids));
		for (size_t k = 0; k < camera->n_layers; k++)
			assert_int_equal(camera->rids[k][0], cases[i].rids[k]);
		assert_int_equal(n.sources[SOURCE_SCREEN].n_layers, 2);
		mem_free(sdp);
	}
}

/* Packets of one slot without numbers, or with numbers that nobody reports, spoil what is known of all. */
static void numbers_go_down_where_all_slots_report(void **state)
{
	static const struct { const char *after, *find, *put; uint8_t id; } cases[] = {
		{ "", "v=0", "v=0", 3 },
		{ "a=mid:s0", "a=extmap:3", "a=x", 0 },
		{ "a=mid:s1", "a=extmap:3", "a=x", 0 },
		{ "a=mid:s0", "a=rtcp-fb:111 transport-cc", "a=x", 0 },
		{ "a=mid:1", "a=extmap:3", "a=x", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *sdp = with_first(plain_answer(), cases[i].after, cases[i].find, cases[i].put);
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(read_text(&n, sdp, 1, 2, &err), 0);
		assert_int_equal(n.down.twcc, cases[i].id);
		assert_int_equal(n.up.twcc, 3);
		assert_false(n.remb_down);
		mem_free(sdp);
	}
}

static void answer_that_no_browser_writes_is_refused(void **state)
{
	static const struct { const char *after, *find, *put, *reason; unsigned line; } cases[] = {
		{ "", "a=setup:active", "a=setup:passive", "a=setup is not active: the server is the DTLS server", 10 },
		{ "", "a=setup:active\r\n", "", "no a=setup", 0 },
		{ "", "a=fingerprint:sha-256 00", "a=fingerprint:sha-256 0G", "the fingerprint is not the hex digits of its hash", 9 },
		{ "", "a=fingerprint:sha-256 00:", "a=fingerprint:sha-256 ", "the fingerprint is not the hex digits of its hash", 9 },
		{ "", "a=fingerprint:sha-256 ", "a=fingerprint:md5 ", "the fingerprint's hash is not sha-256, sha-384 or sha-512", 9 },
		{ "", "a=fingerprint:sha-256 ", "a=fingerprint:\r\na=x:", "the fingerprint is empty", 9 },
		{ "", "a=fingerprint:sha-256 ", "a=fingerprint:sha-256\r\na=x:", "the fingerprint is empty", 9 },
		{ "", "a=fingerprint:", "a=x:", "no fingerprint", 0 },
		{ "", "a=ice-ufrag:abcdefgh", "a=ice-ufrag:abc", "ice-ufrag is not 4 to 32 characters of ICE", 7 },
		{ "", "a=ice-ufrag:abcdefgh", "a=ice-ufrag:abcd:fgh", "ice-ufrag is not 4 to 32 characters of ICE", 7 },
		{ "", "a=ice-ufrag:abcdefgh\r\n", "", "no ICE credentials", 0 },
		{ "", "a=ice-pwd:abcdefgh", "a=ice-pwd:abc", "ice-pwd is not 22 to 64 characters of ICE", 8 },
		{ "", "a=mid:0", "a=mid:0\r\na=ice-ufrag:other", "m-lines differ in ice-ufrag", 14 },
		{ "", "a=mid:0", "a=mid:0\r\na=ice-pwd:otherotherotherotherother", "m-lines differ in ice-pwd", 14 },
		{ "a=mid:1", "a=mid:1", "a=mid:0", "a mid stands on two m-lines", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=mid:1", "an m-line has two mids", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:s1", "the m-lines are not in the offer's order", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:s2", "a mid that was not offered", 0 },
		{ "a=mid:1", "a=mid:1\r\n", "", "an m-line without mid", 0 },
		{ "a=mid:1", "a=rtcp-mux\r\n", "", "an m-line without rtcp-mux", 0 },
		{ "", "a=group:BUNDLE 0 1 2", "a=group:BUNDLE 0 2", "an m-line is not in the BUNDLE group", 0 },
		{ "", "a=group:BUNDLE", "a=group:LS", "an m-line is not in the BUNDLE group", 0 },
		{ "", "a=group:BUNDLE", "a=group:BUNDLE\r\na=group:BUNDLE", "two BUNDLE groups", 6 },
		{ "a=mid:1", "a=sendonly", "a=sendrecv", "an m-line of the client is not sendonly", 0 },
		{ "a=mid:1", "a=sendonly", "a=recvonly", "an m-line of the client is not sendonly", 0 },
		{ "a=mid:1", "a=sendonly\r\n", "", "an m-line of the client is not sendonly", 0 },
		{ "a=mid:s0", "a=recvonly", "a=sendrecv", "a slot is not recvonly", 0 },
		{ "a=mid:s0", "a=recvonly", "a=recvonly\r\na=sendonly", "two directions", 0 },
		{ "", "m=audio 9", "m=video 9", "an m-line is not of the kind that was offered", 11 },
		{ "", "m=audio 9", "m=audio x", "an m-line has no port, or another protocol", 11 },
		{ "", "SAVPF 63 111", "SAVP 63 111", "an m-line has no port, or another protocol", 11 },
		{ "", "SAVPF 63 111", "SAVPF 63 111 0", "a payload type that was not offered on this m-line", 11 },
		{ "", "SAVPF 63 111", "SAVPF 63", "an m-line is accepted without a codec", 0 },
		{ "", "SAVPF 63 111", "SAVPF", "an m-line is accepted without a codec", 0 },
		{ "", "SAVPF 96 97 102 103 98 99 45 46", "SAVPF 97", "an m-line is accepted without a codec", 0 },
		{ "", "a=rtpmap:96 VP8", "a=rtpmap:96 VP9", "a payload type means another codec than in the offer", 0 },
		{ "", "a=rtpmap:97 rtx", "a=rtpmap:97 red", "a payload type means another codec than in the offer", 0 },
		{ "", "a=extmap:4 ", "a=extmap:5 ", "an extmap has another id than in the offer", 0 },
		{ "", "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:4 urn:x", "an extmap has another id than in the offer", 0 },
		{ "", "a=extmap:4 ", "a=extmap:0 ", "an extmap is malformed", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc:4294967296 cname:x", "an a=ssrc without number", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc-group:FID 7", "a FID group is not of two SSRCs", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc-group:FID 7 8 9", "a FID group is not of two SSRCs", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc-group:FID 7 8\r\na=ssrc-group:FID 9 7", "one SSRC is named for two streams", 0 },
		{ "a=mid:0", "a=mid:0", "a=mid:0\r\na=ssrc-group:FID 7 8\r\na=ssrc-group:FID 9 10",
		  "more FID groups on an m-line than streams", 0 },
		{ "a=mid:1", "a=mid:1",
		  "a=mid:1\r\na=ssrc-group:FID 1 2\r\na=ssrc-group:FID 3 4\r\na=ssrc-group:FID 5 6\r\na=ssrc-group:FID 7 8",
		  "more FID groups on an m-line than streams", 0 },
		{ "", "a=rid:q send", "a=rid:x send", "a rid that was not offered", 0 },
		{ "", "a=rid:q send", "a=rid:h send", "a rid stands on two lines", 0 },
		{ "", "a=rid:q send", "a=rid:q recv", "a rid is not sent", 0 },
		{ "", "a=rid:q send", "a=rid:q", "a rid is neither send nor recv", 0 },
		{ "", "a=rid:q send", "a=rid:", "a rid is not 1 to 16 letters, digits, - or _", 0 },
		{ "", "a=rid:q send", "a=rid:12345678901234567 send", "a rid is not 1 to 16 letters, digits, - or _", 0 },
		{ "", "a=rid:q send\r\n", "", "a=simulcast names a rid without a=rid", 0 },
		{ "a=mid:2", "a=rid:h send", "a=rid:q send", "a rid that was not offered", 0 },
		{ "a=mid:0", "a=mid:0", "a=mid:0\r\na=rid:q send", "a rid that was not offered", 0 },
		{ "a=mid:s1", "a=mid:s1", "a=mid:s1\r\na=simulcast:send q", "a rid that was not offered", 0 },
		{ "", "send q;h;f", "send q;h;f;x", "a rid that was not offered", 0 },
		{ "", "send q;h;f", "send q;h;q", "a=simulcast names a rid twice", 0 },
		{ "", "send q;h;f", "send q;~q", "a=simulcast names a rid twice", 0 },
		{ "", "send q;h;f", "send q;;f", "a=simulcast is malformed", 0 },
		{ "", "send q;h;f", "send ~", "a=simulcast is malformed", 0 },
		{ "", "send q;h;f", "send", "a=simulcast is malformed", 0 },
		{ "", "send q;h;f", "", "a=simulcast is malformed", 0 },
		{ "", "send q;h;f", "q;h;f", "a=simulcast is malformed", 0 },
		{ "", "send q;h;f", "send q send h", "a=simulcast has a direction twice", 0 },
		{ "", "send q;h;f", "recv q;h;f", "a=simulcast sends nothing", 0 },
		{ "", "send q;h;f", "send a;b;c;d;e;f;g;h;i", "a=simulcast names too many rids", 0 },
		{ "", "a=simulcast:send q;h;f", "a=simulcast:send q\r\na=simulcast:send h", "two a=simulcast on one m-line", 0 },
		{ "a=mid:1", "a=extmap:10 ", "a=extmap:9 ", "an extmap has another id than in the offer", 0 },
		{ "a=mid:1", "a=mid:1", "a=mid:1\r\na=ssrc-group:FID 7 7", "one SSRC is named for two streams", 0 },
		{ "", "v=0", "v=1", "SDP begins with v=0", 1 },
		{ "", "v=0\r\n", "", "SDP begins with v=0", 1 },
		{ "", "s=-", "s=-\r\nnonsense", "not a line of SDP", 4 },
		{ "", "s=-", "s=-\ra", "a control character", 3 },
		{ "", "t=0 0", "a=ice-lite", "both sides are ICE-lite", 4 },
		{ "m=audio", "m=audio", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=audio", "an m-line without mid", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *sdp = with_first(plain_answer(), cases[i].after, cases[i].find, cases[i].put);
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(read_text(&n, sdp, 1, 2, &err), -EBADMSG);
		assert_string_equal(err.reason, cases[i].reason);
		if (cases[i].line)
			assert_int_equal(err.line, cases[i].line);
		mem_free(sdp);
	}
}

static void answer_of_another_offer_is_refused(void **state)
{
	char *sdp = plain_answer();
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(read_text(&n, sdp, 1, 3, &err), -EBADMSG);
	assert_string_equal(err.reason, "fewer m-lines than the offer");
	assert_int_equal(read_text(&n, sdp, 1, 1, &err), -EBADMSG);
	assert_string_equal(err.reason, "more m-lines than the offer");
	assert_int_equal(read_text(&n, sdp, 2, 2, &err), -EBADMSG);
	assert_int_equal(read_text(&n, "", 1, 2, &err), -EBADMSG);
	assert_string_equal(err.reason, "no m-line");
	sdp = with_all(sdp, "m=audio 9", "m=audio 0");
	sdp = with_all(sdp, "m=video 9", "m=video 0");
	assert_int_equal(read_text(&n, sdp, 1, 2, &err), -EBADMSG);
	assert_string_equal(err.reason, "all m-lines are rejected");
	mem_free(sdp);
}

/* A flood is refused at the bound, before it has cost anything. */
static void floods_are_refused_quickly(void **state)
{
	size_t size = SDP_MAX_ANSWER_BYTES + 1;
	char *flood = mem_zalloc(size + 1);
	struct slot_cfg slots[2];
	struct timespec t0, t1;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	example_slots(slots, 1, 2);
	strcpy(flood, "v=0\r\n");
	for (int i = 0; i < 10000; i++)
		strcat(flood + (i ? 5 * (i - 1) : 0), "a=x\r\n");
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t0);
	assert_int_equal(sdp_read_answer(&n, flood, strlen(flood), slots, 2, &err), -EBADMSG);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t1);
	assert_string_equal(err.reason, "too many lines");
	assert_int_equal(err.line, 4097);
	assert_true((t1.tv_sec - t0.tv_sec) * 1000000000 + t1.tv_nsec - t0.tv_nsec < 500000000);
	memset(flood, 'a', size);
	assert_int_equal(sdp_read_answer(&n, flood, size, slots, 2, &err), -EBADMSG);
	assert_string_equal(err.reason, "the answer is too long");
	memcpy(flood, "v=0\na=", 6);
	assert_int_equal(sdp_read_answer(&n, flood, 3000, slots, 2, &err), -EBADMSG);
	assert_string_equal(err.reason, "a line is too long");
	assert_int_equal(err.line, 2);
	assert_int_equal(sdp_read_answer(&n, "v=0\na=x\0y\n", 10, slots, 2, &err), -EBADMSG);
	assert_string_equal(err.reason, "a control character");
	mem_free(flood);
}

/* Every beginning of a real answer is refused, none is misread. */
static void cut_answers_are_refused(void **state)
{
	char *sdp = read_fixture("chromium_answer_2");
	struct slot_cfg slots[2];
	struct sdp_error err;
	struct negotiated n;
	size_t whole = strlen(sdp), accepted = 0;

	(void)state;
	example_slots(slots, 1, 2);
	for (size_t len = 0; len <= whole; len++) {
		char *exact = mem_memdup(len ? sdp : "x", len ? len : 1);
		int r = sdp_read_answer(&n, exact, len, slots, 2, &err);

		assert_true(r == 0 || r == -EBADMSG);
		accepted += r == 0;
		assert_true(r < 0 || strstr(sdp + len, "\r\nm=") == NULL);
		mem_free(exact);
	}
	assert_true(accepted > 0);
	mem_free(sdp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(offer_has_the_client_s_lines_and_then_the_slots),
		LEAVES_NOTHING(offer_names_few_extensions),
		LEAVES_NOTHING(offer_takes_layers_of_camera_and_screen),
		LEAVES_NOTHING(offer_pairs_voice_and_picture),
		LEAVES_NOTHING(tcp_candidates_follow_with_lower_priority),
		LEAVES_NOTHING(offer_carries_candidates_on_its_first_line),
		LEAVES_NOTHING(longest_offer_fits_its_message),
		LEAVES_NOTHING(offer_refuses_what_it_cannot_write),
		LEAVES_NOTHING(offer_survives_no_memory),
		LEAVES_NOTHING(answer_of_chromium_is_read),
		LEAVES_NOTHING(answer_of_firefox_is_read),
		LEAVES_NOTHING(answer_reads_as_gstsdp_reads_it),
		LEAVES_NOTHING(answer_reader_does_not_allocate),
		LEAVES_NOTHING(answer_may_speak_at_session_level),
		LEAVES_NOTHING(answer_may_reject_lines),
		LEAVES_NOTHING(answer_keeps_what_it_lists),
		LEAVES_NOTHING(simulcast_of_browsers_is_read),
		LEAVES_NOTHING(answer_may_keep_some_layers),
		LEAVES_NOTHING(numbers_go_down_where_all_slots_report),
		LEAVES_NOTHING(answer_that_no_browser_writes_is_refused),
		LEAVES_NOTHING(answer_of_another_offer_is_refused),
		LEAVES_NOTHING(floods_are_refused_quickly),
		LEAVES_NOTHING(cut_answers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
