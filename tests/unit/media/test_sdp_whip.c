/* WHIP and WHEP: the offers of real clients are answered in their own numbers; what cannot work is refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "sdp_text_help.h"
#include "media/sdp_simulcast.h"

#include <gst/sdp/gstsdpmessage.h>

static const struct slot_cfg play_slots[2] = { { true, 11, 0 }, { false, 22, 23 } };

static int answer_text(char **ret_answer, struct negotiated *ret, enum whip_direction direction, const char *offer,
                       struct sdp_error *err)
{
	struct sdp_local local = example_local();

	*err = (struct sdp_error){ "", 0 };
	*ret_answer = NULL;
	return sdp_answer_offer(ret_answer, ret, direction, offer, strlen(offer), &local, play_slots, err);
}

static GstSDPMessage *parse(const char *sdp)
{
	GstSDPMessage *msg = NULL;

	assert_int_equal(gst_sdp_message_new(&msg), GST_SDP_OK);
	assert_int_equal(gst_sdp_message_parse_buffer((const guint8 *)sdp, (guint)strlen(sdp), msg), GST_SDP_OK);
	return msg;
}

/* RFC 8829 §5.3: as many m-lines, of the same kinds and mids, in the same order. */
static void check_answer_mirrors(const char *offer, const char *answer, const char *direction)
{
	GstSDPMessage *o = parse(offer), *a = parse(answer);

	assert_int_equal(gst_sdp_message_medias_len(o), gst_sdp_message_medias_len(a));
	for (guint i = 0; i < gst_sdp_message_medias_len(o); i++) {
		const GstSDPMedia *mo = gst_sdp_message_get_media(o, i), *ma = gst_sdp_message_get_media(a, i);
		const char *mid = gst_sdp_media_get_attribute_val(mo, "mid");

		assert_string_equal(gst_sdp_media_get_media(mo), gst_sdp_media_get_media(ma));
		assert_string_equal(gst_sdp_media_get_proto(mo), gst_sdp_media_get_proto(ma));
		if (mid)
			assert_string_equal(mid, gst_sdp_media_get_attribute_val(ma, "mid"));
		if (gst_sdp_media_get_port(ma) == 0) {
			assert_non_null(gst_sdp_media_get_attribute_val(ma, "inactive"));
			continue;
		}
		assert_non_null(gst_sdp_media_get_attribute_val(ma, direction));
		assert_non_null(gst_sdp_media_get_attribute_val(ma, "rtcp-mux"));
		assert_string_equal(gst_sdp_media_get_attribute_val(ma, "setup"), "passive");
		assert_string_equal(gst_sdp_media_get_attribute_val(ma, "ice-ufrag"), "abcdefgh");
	}
	assert_int_equal(count(answer, "\r\na=ice-lite\r\n"), 1);
	assert_int_equal(count(answer, "\r\na=candidate:"), 2);
	assert_int_equal(count(answer, "\r\na=end-of-candidates\r\n"), 1);
	gst_sdp_message_free(o);
	gst_sdp_message_free(a);
}

struct publisher {
	const char *file, *mic, *camera;
	uint8_t opus, video_pt, rtx;
	enum codec video;
	bool nack;
	uint8_t mid_id, twcc_id, level_id;
	const char *bundle;
	uint8_t red;
};

static const struct publisher publishers[] = {
	{ "chromium_whip", "0", "1", 111, 96, 97, CODEC_VP8, true, 4, 3, 1, "0 1", 63 },
	{ "chromium_datachannel", "0", "1", 111, 96, 97, CODEC_VP8, true, 4, 3, 1, "0 1", 63 },
	{ "firefox_whip", "0", "1", 109, 120, 124, CODEC_VP8, true, 3, 7, 1, "0 1" },
	{ "firefox_datachannel", "0", "1", 109, 120, 124, CODEC_VP8, true, 3, 7, 1, "0 1" },
	{ "webrtcbin_whip_vp8", "audio1", "video0", 97, 96, 0, CODEC_VP8, false, 0, 0, 0, "video0 audio1" },
	{ "webrtcbin_whip_h264", "audio1", "video0", 97, 96, 0, CODEC_H264, false, 0, 0, 0, "video0 audio1" },
	{ "webrtcbin_video_only", NULL, "video0", 0, 96, 0, CODEC_VP8, false, 0, 0, 0, NULL },
	{ "obs30_whip", "0", "1", 111, 96, 0, CODEC_H264, true, 0, 0, 0, "0 1" },
	{ "ffmpeg_whip_active", "0", "1", 111, 106, 0, CODEC_H264, false, 0, 0, 0, "0 1" },
};

/* RED is listed first and holds Opus alone; whoever has it is asked to repeat sound, and may ask for it. */
static void check_red(const char *answer, uint8_t opus, uint8_t red)
{
	char line[128];

	snprintf(line, sizeof(line), "UDP/TLS/RTP/SAVPF %u %u\r\n", red, opus);
	assert_int_equal(count(answer, line), red ? 1 : 0);
	snprintf(line, sizeof(line), "a=rtpmap:%u red/48000/2\r\na=fmtp:%u %u/%u\r\n", red, red, opus, opus);
	assert_int_equal(count(answer, line), red ? 1 : 0);
	snprintf(line, sizeof(line), "a=rtcp-fb:%u nack\r\n", opus);
	assert_int_equal(count(answer, line), red ? 1 : 0);
	assert_int_equal(count(answer, "red/"), red ? 1 : 0);
}

static void check_publisher(const struct publisher *p, const struct negotiated *n, const char *answer)
{
	char line[128];

	assert_int_equal(n->n_slots, 0);
	assert_int_equal(n->sources[SOURCE_MIC].active, p->mic != NULL);
	if (p->mic) {
		assert_string_equal(n->sources[SOURCE_MIC].mid, p->mic);
		assert_int_equal(n->codec_of_pt[p->opus], CODEC_OPUS);
		assert_true(n->sources[SOURCE_MIC].ssrc != 0);
		check_red(answer, p->opus, p->red);
	}
	assert_true(n->sources[SOURCE_CAMERA].active);
	assert_string_equal(n->sources[SOURCE_CAMERA].mid, p->camera);
	assert_true(n->sources[SOURCE_CAMERA].ssrc != 0);
	assert_int_equal(n->sources[SOURCE_CAMERA].rtx_ssrc != 0, p->rtx != 0);
	assert_false(n->sources[SOURCE_SCREEN].active);
	assert_int_equal(n->codec_of_pt[p->video_pt], p->video);
	if (p->rtx)
		assert_int_equal(n->rtx_of_pt[p->rtx], p->video_pt);
	if (p->red)
		assert_int_equal(n->codec_of_pt[p->red], CODEC_RED);
	assert_int_equal(n->nack_up_sound, p->red != 0);
	assert_int_equal(n->nack_up, p->nack);
	assert_int_equal(n->up.mid, p->mid_id);
	assert_int_equal(n->up.twcc, p->twcc_id);
	assert_int_equal(n->up.audio_level, p->level_id);
	assert_int_equal(n->down.audio_level, 0);
	snprintf(line, sizeof(line), "\r\na=group:BUNDLE %s\r\n", p->bundle ? p->bundle : "");
	assert_int_equal(count(answer, line), p->bundle ? 1 : 0);
	assert_int_equal(count(answer, "a=ssrc"), 0);
	assert_int_equal(count(answer, "remb"), 0);
	assert_int_equal(count(answer, " transport-cc\r\n") > 0, p->twcc_id != 0);
}

static void publishers_are_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		char *offer = read_fixture(publishers[i].file), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		check_answer_mirrors(offer, answer, "recvonly");
		check_publisher(&publishers[i], &n, answer);
		mem_free(answer);
		mem_free(offer);
	}
}

static const struct player {
	const char *file, *audio, *video;
	uint8_t opus, vp8, vp8_rtx, h264, h264_rtx, level_id, twcc_id, red, vp9, av1;
} players[] = {
	{ "chromium_whep", "0", "1", 111, 96, 97, 108, 109, 1, 3, 63, 98, 45 },
	{ "firefox_whep", "0", "1", 109, 120, 124, 0, 0, 1, 7, 0, 121, 99 },
	{ "webrtcbin_whep_vp8", "audio0", "video1", 97, 96, 98, 0, 0, 0, 0 },
	{ "webrtcbin_whep_h264", "audio0", "video1", 97, 0, 0, 96, 98, 0, 0 },
};

static void players_are_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(players); i++) {
		const struct player *p = &players[i];
		char *offer = read_fixture(p->file), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHEP_PLAY, offer, &err), 0);
		check_answer_mirrors(offer, answer, "sendonly");
		assert_int_equal(n.n_slots, 2);
		assert_true(n.slots[0].active && n.slots[1].active);
		assert_string_equal(n.slots[0].mid, p->audio);
		assert_string_equal(n.slots[1].mid, p->video);
		assert_int_equal(n.slots[0].codecs, 1 << CODEC_OPUS | (p->red ? 1 << CODEC_RED : 0));
		assert_int_equal(n.pt_of_codec[CODEC_RED], p->red);
		check_red(answer, p->opus, p->red);
		assert_int_equal(n.slots[1].codecs, (p->vp8 ? 1 << CODEC_VP8 : 0) | (p->h264 ? 1 << CODEC_H264 : 0) | (p->vp9 ? 1 << CODEC_VP9 : 0) |
		                                    (p->av1 ? 1 << CODEC_AV1 : 0));
		assert_int_equal(n.pt_of_codec[CODEC_VP9], p->vp9);
		assert_int_equal(n.pt_of_codec[CODEC_AV1], p->av1);
		assert_int_equal(n.rtx_pt_of_codec[CODEC_AV1] != 0, p->av1 != 0);
		assert_int_equal(n.pt_of_codec[CODEC_OPUS], p->opus);
		assert_int_equal(n.pt_of_codec[CODEC_VP8], p->vp8);
		assert_int_equal(n.rtx_pt_of_codec[CODEC_VP8], p->vp8_rtx);
		assert_int_equal(n.pt_of_codec[CODEC_H264], p->h264);
		assert_int_equal(n.rtx_pt_of_codec[CODEC_H264], p->h264_rtx);
		assert_int_equal(n.down.audio_level, p->level_id);
		assert_int_equal(n.up.mid + n.up.twcc + n.up.audio_level, 0);
		assert_false(n.sources[SOURCE_MIC].active || n.sources[SOURCE_CAMERA].active);
		assert_int_equal(count(answer, "a=ssrc:11 cname:c0ffee\r\n"), 1);
		assert_int_equal(count(answer, "a=ssrc-group:FID 22 23\r\n"), 1);
		assert_int_equal(count(answer, "a=msid:programme "), 2);
		assert_int_equal(n.down.twcc, p->twcc_id);
		assert_int_equal(count(answer, " transport-cc\r\n") > 0, p->twcc_id != 0);
		assert_int_equal(count(answer, "remb"), 0);
		assert_false(n.remb_down);
		mem_free(answer);
		mem_free(offer);
	}
}

/* webrtcbin offers RED for ULPFEC, which nobody could play as Opus. */
static void red_of_other_things_is_not_taken(void **state)
{
	static const char *const instead[] = { "a=fmtp:63 111/112", "a=fmtp:63 /111", "a=fmtp:63 x", "a=fmtp:63 ", "a=x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(instead); i++) {
		char *offer = with_first(read_fixture("chromium_whip"), "m=audio", "a=fmtp:63 111/111", instead[i]), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		assert_int_equal(n.codec_of_pt[63], CODEC_NONE);
		assert_int_equal(n.codec_of_pt[111], CODEC_OPUS);
		check_red(answer, 111, 0);
		mem_free(answer);
		mem_free(offer);
	}
}

/* Who cannot report on each packet of sound and picture tells by REMB, if at all. */
static void remb_is_taken_where_reports_are_not_whole(void **state)
{
	static const struct { const char *after, *find; } cases[] = {
		{ "m=audio", "a=extmap:3 " },
		{ "m=video", "a=extmap:3 " },
		{ "m=video", "a=rtcp-fb:96 transport-cc" },
		{ "m=audio", "a=rtcp-fb:111 transport-cc" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *offer = with_first(read_fixture("chromium_whep"), cases[i].after, cases[i].find, "a=x "), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHEP_PLAY, offer, &err), 0);
		assert_int_equal(n.down.twcc, 0);
		assert_true(n.remb_down);
		assert_int_equal(count(answer, "transport"), 0);
		assert_int_equal(count(answer, " goog-remb\r\n"), 4);
		mem_free(answer);
		mem_free(offer);
	}
}

static void extra_lines_are_rejected_with_their_mid(void **state)
{
	char *offer = read_fixture("chromium_datachannel"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_non_null(strstr(answer, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=inactive\r\n"));
	assert_non_null(strstr(answer, "a=group:BUNDLE 0 1\r\n"));
	mem_free(answer);
	mem_free(offer);
}

/* The studio's stereo stays stereo. */
static void stereo_is_asked_for_where_it_is_offered(void **state)
{
	char *offer = read_fixture("obs30_whip"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_non_null(strstr(answer, "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n"));
	assert_non_null(strstr(answer, "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1\r\n"));
	assert_string_equal(n.remote.ufrag, "k3Vw");
	assert_int_equal(n.sources[SOURCE_CAMERA].ssrc, 2894410732u);
	mem_free(answer);
	mem_free(offer);
}

static void one_line_needs_neither_mid_nor_bundle(void **state)
{
	char *offer = read_fixture("no_mid"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_true(n.sources[SOURCE_MIC].active);
	assert_string_equal(n.sources[SOURCE_MIC].mid, "");
	assert_int_equal(count(answer, "a=mid"), 0);
	assert_int_equal(count(answer, "BUNDLE"), 0);
	mem_free(answer);
	mem_free(offer);
}

/* Firefox with bundlePolicy balanced names another transport for each m-line: the first of the group counts (RFC 8843). */
static void transport_is_that_of_the_first_in_the_group(void **state)
{
	char *offer = with_first(read_fixture("webrtcbin_whip_vp8"), "m=audio", "a=ice-ufrag:", "a=ice-ufrag:Q"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	offer = with_first(offer, "m=video", "a=ice-ufrag:I9xIXAIVHP0i2bpGax96k1oRP9sJPajC", "a=ice-ufrag:vvvv");
	offer = with_first(offer, "m=audio", "a=ice-ufrag:QI9xIXAIVHP0i2bpGax96k1oRP9sJPajC", "a=ice-ufrag:aaaa");
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_string_equal(n.remote.ufrag, "vvvv");
	mem_free(answer);
	offer = with_first(offer, "", "BUNDLE video0 audio1", "BUNDLE audio1 video0");
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_string_equal(n.remote.ufrag, "aaaa");
	assert_non_null(strstr(answer, "a=group:BUNDLE audio1 video0\r\n"));
	assert_true(strstr(answer, "a=candidate") > strstr(answer, "m=audio"));
	mem_free(answer);
	mem_free(offer);
}

/* OBS offers the one codec that its user chose. Whoever has VP8 or H.264 as well is taken at that. */
static void a_studio_may_send_av1_or_vp9(void **state)
{
	static const struct { const char *map; enum codec codec; } cases[] = { { "AV1/90000", CODEC_AV1 }, { "VP9/90000", CODEC_VP9 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *offer = with_all(read_fixture("obs30_whip"), "H264/90000", cases[i].map), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		assert_true(n.sources[SOURCE_CAMERA].active);
		assert_int_equal(n.codec_of_pt[96], cases[i].codec);
		assert_int_equal(count(answer, cases[i].map), 1);
		mem_free(answer);
		mem_free(offer);
		/* Of another profile than 0 it could be played by few. */
		offer = with_first(with_all(read_fixture("obs30_whip"), "H264/90000", cases[i].map), "m=video", "profile-level-id=", i ? "profile-id=2;x=" : "profile=1;x=");
		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		assert_false(n.sources[SOURCE_CAMERA].active);
		mem_free(answer);
		mem_free(offer);
	}
}

static void unusable_video_leaves_the_audio(void **state)
{
	char *offer = with_all(read_fixture("obs30_whip"), "H264/90000", "H265/90000"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_true(n.sources[SOURCE_MIC].active);
	assert_false(n.sources[SOURCE_CAMERA].active);
	assert_non_null(strstr(answer, "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=inactive\r\n"));
	assert_non_null(strstr(answer, "a=group:BUNDLE 0\r\n"));
	mem_free(answer);
	mem_free(offer);
}

/* What mode 0 sends is read by receivers of mode 1; the answer says what the offer said, or nothing where that said nothing. */
static void a_publisher_may_send_h264_in_mode_0(void **state)
{
	static const char *const said[] = { "packetization-mode=0", "" };
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *offer = with_all(read_fixture("obs30_whip"), "packetization-mode=1", said[i]), *answer;

		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		assert_true(n.sources[SOURCE_CAMERA].active);
		assert_int_equal(n.codec_of_pt[96], CODEC_H264);
		assert_null(strstr(answer, "packetization-mode=1"));
		assert_int_equal(strstr(answer, "packetization-mode") != NULL, i == 0);
		mem_free(answer);
		assert_int_equal(answer_text(&answer, &n, WHEP_PLAY, offer, &err), -ENOTSUP);
		mem_free(offer);
	}
}

static void first_codec_of_the_publisher_is_taken(void **state)
{
	char *offer = with_all(read_fixture("chromium_whip"), "SAVPF 96 97 102 103 104 107 108", "SAVPF 104 107 102 103 96 97 108"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_int_equal(n.codec_of_pt[102], CODEC_H264);
	assert_int_equal(n.codec_of_pt[104], CODEC_NONE);
	assert_int_equal(n.codec_of_pt[96], CODEC_NONE);
	assert_int_equal(n.rtx_of_pt[103], 102);
	assert_non_null(strstr(answer, "profile-level-id=42001f"));
	mem_free(answer);
	mem_free(offer);
}

/* Two-byte ids are not spoken; an id that stands for two things, or a thing with two ids, is left out. */
static void extensions_are_taken_where_they_are_clear(void **state)
{
	char *offer = read_fixture("firefox_whip"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	offer = with_all(offer, "a=extmap:1 urn", "a=extmap:1/sendonly urn");
	offer = with_first(offer, "m=audio", "a=extmap:7 http", "a=extmap:15 http");
	offer = with_first(offer, "m=video", "a=extmap:3 urn", "a=extmap:9 urn");
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_int_equal(n.up.mid, 3);
	assert_int_equal(n.up.twcc, 7);
	assert_int_equal(count(answer, "a=extmap:1/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"), 1);
	assert_int_equal(count(answer, "sdes:mid\r\n"), 1);
	assert_int_equal(count(answer, "a=extmap:7 "), 1);
	assert_int_equal(count(answer, " transport-cc\r\n"), 1);
	mem_free(answer);
	mem_free(offer);
}

static void simulcast_is_taken(const char *file, const char *lowest_first, const char *as_offered, uint8_t rid, uint8_t rrid, int n_fids)
{
	char *offer = read_fixture(file), *answer, line[64];
	const struct negotiated_source *camera;
	struct sdp_error err;
	struct negotiated n;

	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	check_answer_mirrors(offer, answer, "recvonly");
	camera = &n.sources[SOURCE_CAMERA];
	assert_int_equal(camera->n_layers, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(camera->rids[i][0] == lowest_first[i] && camera->rids[i][1] == 0);
	assert_int_equal(camera->ssrc, 0);
	assert_int_equal(camera->n_fids, n_fids);
	assert_int_equal(n.up.rid, rid);
	assert_int_equal(n.up.rrid, rrid);
	snprintf(line, sizeof(line), "\r\na=simulcast:recv %s\r\n", as_offered);
	assert_int_equal(count(answer, line), 1);
	assert_int_equal(count(answer, "\r\na=rid:"), 3);
	assert_int_equal(count(answer, " send"), 0);
	mem_free(answer);
	mem_free(offer);
}

static void simulcast_of_publishers_is_answered(void **state)
{
	(void)state;
	simulcast_is_taken("chromium_whip_simulcast", "lmh", "h;m;l", 10, 11, 0);
	simulcast_is_taken("firefox_whip_simulcast", "lmh", "h;m;l", 9, 10, 3);
	simulcast_is_taken("obs31_whip_simulcast", "210", "0;1;2", 2, 0, 0);
}

struct offered_rids {
	const char *find, *put, *lowest_first;
};

static void simulcast_is_taken_as_far_as_it_is_clear(void **state)
{
	static const struct offered_rids cases[] = {
		{ "send 0;1;2", "send 2;0", "20" },
		{ "send 0;1;2", "send 0;~1,2", "210" },
		{ "a=rid:1 send", "a=rid:1 recv", "20" },
		{ "a=rid:1 send\r\n", "", "20" },
		{ "a=rid:2 send\r\na=simulcast:send 0;1;2", "a=rid:2 send\r\na=rid:3 send\r\na=simulcast:send 1;2;3;0", "321" },
		{ "a=rid:2 send\r\na=simulcast:send 0;1;2", "a=rid:x send\r\na=simulcast:send x;1;0", "x10" },
		{ "send 0;1;2", "send 1", "1" },
		{ "send 0;1;2", "send 1;1", "" },
		{ "send 0;1;2", "recv 0;1;2", "" },
		{ "send 0;1;2", "", "" },
		{ "a=simulcast", "a=x", "" },
		{ "a=extmap:2 ", "a=x:", "" },
		{ "a=extmap:2 ", "a=extmap:15 ", "" },
		{ "a=extmap:2 ", "a=extmap:1 ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *offer = with_first(read_fixture("obs31_whip_simulcast"), "m=video", cases[i].find, cases[i].put), *answer;
		const struct negotiated_source *camera;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
		camera = &n.sources[SOURCE_CAMERA];
		assert_int_equal(camera->n_layers, strlen(cases[i].lowest_first));
		for (size_t k = 0; k < camera->n_layers; k++)
			assert_int_equal(camera->rids[k][0], cases[i].lowest_first[k]);
		assert_int_equal(count(answer, "a=simulcast:recv "), camera->n_layers > 0);
		assert_int_equal(camera->ssrc, camera->n_layers < 2 ? 2894410732u : 0);
		mem_free(answer);
		mem_free(offer);
	}
}

static void rids_are_put_in_order(void **state)
{
	static const struct { const char *listed, *lowest_first; } cases[] = {
		{ "f;h;q", "q h f" }, { "h;f", "h f" }, { "H;M;L", "L M H" }, { "hi;mid;lo", "lo mid hi" }, { "0;1;2", "2 1 0" },
		{ "3;1;2", "3 2 1" }, { "high;low", "low high" }, { "b;a;c", "b a c" }, { "q;x;f", "q x f" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[64], got[64] = "";
		struct sdp_rid_list rids;

		snprintf(text, sizeof(text), "send %s", cases[i].listed);
		assert_null(sdp_parse_simulcast(&rids, span_of(text, strlen(text)), SDP_SENDONLY));
		sdp_order_rids(&rids);
		for (size_t k = 0; k < rids.n; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s", k ? " " : "", (int)rids.ids[k].len, rids.ids[k].data);
		assert_string_equal(got, cases[i].lowest_first);
	}
}

static void what_cannot_work_is_refused_with_its_reason(void **state)
{
	static const struct { const char *file, *find, *put; enum whip_direction direction; int r; const char *reason; } cases[] = {
		{ "ffmpeg_whip_passive", "s=F", "s=G", WHIP_PUBLISH, -ENOTSUP,
		  "a=setup:passive: the server is the DTLS server, so offer actpass or active" },
		{ "obs30_whip", "a=setup:actpass", "a=setup:holdconn", WHIP_PUBLISH, -ENOTSUP, "a=setup is neither actpass nor active" },
		{ "webrtcbin_no_bundle", "s=-", "s=x", WHIP_PUBLISH, -ENOTSUP,
		  "audio and video must be in one BUNDLE group (webrtcbin: bundle-policy=max-bundle)" },
		{ "webrtcbin_same_pt", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG,
		  "a payload type means two codecs (webrtcbin: give each payloader its own pt)" },
		{ "chromium_whep", "s=-", "s=x", WHIP_PUBLISH, -ENOTSUP, "who publishes offers sendonly" },
		{ "chromium_whip", "s=-", "s=x", WHEP_PLAY, -ENOTSUP, "who plays offers recvonly" },
		{ "webrtcbin_video_only", "VP8", "VP7", WHIP_PUBLISH, -ENOTSUP,
		  "no codec in common: video is VP8, H.264 with packetization-mode=1, or VP9 or AV1 of profile 0" },
		{ "no_mid", "opus", "PCMU", WHIP_PUBLISH, -ENOTSUP, "no codec in common: audio is Opus" },
		{ "no_mid", " 111", " 70", WHIP_PUBLISH, -ENOTSUP, "no codec in common: audio is Opus" },
		{ "no_mid", "a=rtcp-mux", "a=x", WHIP_PUBLISH, -ENOTSUP, "rtcp-mux is needed" },
		{ "no_mid", "m=audio 9", "m=audio 0", WHIP_PUBLISH, -ENOTSUP, "the m-line is switched off by port 0" },
		{ "no_mid", "UDP/TLS/RTP/SAVPF", "RTP/AVP", WHIP_PUBLISH, -ENOTSUP, "the protocol is not UDP/TLS/RTP/SAVPF" },
		{ "no_mid", "m=audio", "m=text", WHIP_PUBLISH, -ENOTSUP, "no m-line of audio or video" },
		{ "no_mid", "t=0 0", "a=ice-lite", WHIP_PUBLISH, -ENOTSUP, "both sides are ICE-lite" },
		{ "no_mid", "m=audio", "x=audio", WHIP_PUBLISH, -EBADMSG, "no m-line" },
		{ "no_mid", "v=0", "v=2", WHIP_PUBLISH, -EBADMSG, "SDP begins with v=0" },
		{ "no_mid", "a=ice-ufrag", "a=x", WHIP_PUBLISH, -EBADMSG, "ice-ufrag is not 4 to 32 characters of ICE" },
		{ "no_mid", "a=ice-pwd", "a=x", WHIP_PUBLISH, -EBADMSG, "ice-pwd is not 22 to 64 characters of ICE" },
		{ "no_mid", "a=fingerprint", "a=x", WHIP_PUBLISH, -EBADMSG, "no fingerprint" },
		{ "no_mid", "SAVPF 111", "SAVPF 111\r\na=mid:12345678901234567", WHIP_PUBLISH, -EBADMSG, "a mid is longer than 16 characters" },
		{ "no_mid", "SAVPF 111", "SAVPF 111\r\na=mid:a;b", WHIP_PUBLISH, -EBADMSG, "a mid is not a token" },
		{ "hostile_empty_fingerprint", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "the fingerprint is empty" },
		{ "hostile_sha1", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "the fingerprint's hash is not sha-256, sha-384 or sha-512" },
		{ "hostile_duplicate_mids", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "a mid stands on two m-lines" },
		{ "hostile_lines", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "too many lines" },
		{ "hostile_mlines", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "more than 16 m-lines" },
		{ "hostile_long_line", "s=-", "s=x", WHIP_PUBLISH, -EBADMSG, "a line is too long" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *offer = with_all(read_fixture(cases[i].file), cases[i].find, cases[i].put), *answer;
		struct sdp_error err;
		struct negotiated n;

		assert_int_equal(answer_text(&answer, &n, cases[i].direction, offer, &err), cases[i].r);
		assert_string_equal(err.reason, cases[i].reason);
		assert_null(answer);
		mem_free(offer);
	}
}

static void a_second_hash_may_be_unknown(void **state)
{
	char *offer = with_all(read_fixture("no_mid"), "a=fingerprint:", "a=fingerprint:sha-1 00:11\r\na=fingerprint:"), *answer;
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	assert_int_equal(answer_text(&answer, &n, WHIP_PUBLISH, offer, &err), 0);
	assert_int_equal(n.fingerprint.hash, FINGERPRINT_SHA256);
	assert_int_equal(n.fingerprint.digest[31], 0x0e);
	mem_free(answer);
	mem_free(offer);
}

static void answer_survives_no_memory(void **state)
{
	char *offer = read_fixture("chromium_whip"), *answer = NULL;
	int64_t before = mem_live();
	struct sdp_error err;
	struct negotiated n;
	int r = -ENOMEM;

	(void)state;
	for (uint64_t i = 1; r == -ENOMEM; i++) {
		assert_int_equal(mem_live(), before);
		mem_fail_at(i);
		r = answer_text(&answer, &n, WHIP_PUBLISH, offer, &err);
		mem_fail_at(0);
	}
	assert_int_equal(r, 0);
	mem_free(answer);
	mem_free(offer);
}

static void cut_offers_do_no_harm(void **state)
{
	char *offer = read_fixture("webrtcbin_whip_h264"), *answer;
	struct sdp_local local = example_local();
	size_t whole = strlen(offer);
	struct sdp_error err;
	struct negotiated n;

	(void)state;
	for (size_t len = 0; len <= whole; len++) {
		char *exact = mem_memdup(len ? offer : "x", len ? len : 1);

		answer = NULL;
		err.reason = NULL;
		if (sdp_answer_offer(&answer, &n, WHIP_PUBLISH, exact, len, &local, play_slots, &err) < 0)
			assert_non_null(err.reason);
		mem_free(answer);
		mem_free(exact);
	}
	mem_free(offer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(publishers_are_answered),
		LEAVES_NOTHING(players_are_answered),
		LEAVES_NOTHING(red_of_other_things_is_not_taken),
		LEAVES_NOTHING(remb_is_taken_where_reports_are_not_whole),
		LEAVES_NOTHING(extra_lines_are_rejected_with_their_mid),
		LEAVES_NOTHING(stereo_is_asked_for_where_it_is_offered),
		LEAVES_NOTHING(one_line_needs_neither_mid_nor_bundle),
		LEAVES_NOTHING(transport_is_that_of_the_first_in_the_group),
		LEAVES_NOTHING(a_studio_may_send_av1_or_vp9),
		LEAVES_NOTHING(unusable_video_leaves_the_audio),
		LEAVES_NOTHING(a_publisher_may_send_h264_in_mode_0),
		LEAVES_NOTHING(first_codec_of_the_publisher_is_taken),
		LEAVES_NOTHING(extensions_are_taken_where_they_are_clear),
		LEAVES_NOTHING(simulcast_of_publishers_is_answered),
		LEAVES_NOTHING(simulcast_is_taken_as_far_as_it_is_clear),
		LEAVES_NOTHING(rids_are_put_in_order),
		LEAVES_NOTHING(what_cannot_work_is_refused_with_its_reason),
		LEAVES_NOTHING(a_second_hash_may_be_unknown),
		LEAVES_NOTHING(answer_survives_no_memory),
		LEAVES_NOTHING(cut_offers_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
