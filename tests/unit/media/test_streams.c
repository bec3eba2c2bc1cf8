/* media/streams: each SSRC is found to be a layer or the repeats of one, by whatever the peer says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/streams.h"

static struct streams streams;
static struct negotiated n;

/* Camera q h f and screen h f, microphone and screen sound: an answer of Chromium, without SSRCs for pictures. */
static int setup(void **state)
{
	static const char rids[] = "qhf";

	(void)state;
	memset(&streams, 0, sizeof(streams));
	memset(&n, 0, sizeof(n));
	for (int kind = 0; kind < SOURCE_KINDS; kind++) {
		n.sources[kind].active = true;
		n.sources[kind].mid[0] = (char)('0' + kind);
	}
	n.sources[SOURCE_MIC].ssrc = 1;
	n.sources[SOURCE_SCREEN_AUDIO].ssrc = 4;
	n.sources[SOURCE_CAMERA].n_layers = 3;
	n.sources[SOURCE_SCREEN].n_layers = 2;
	for (int i = 0; i < 3; i++) {
		n.sources[SOURCE_CAMERA].rids[i][0] = rids[i];
		n.sources[SOURCE_SCREEN].rids[i][0] = i < 2 ? rids[i + 1] : 0;
	}
	return 0;
}

static struct rtp_view packet(uint32_t ssrc, const char *mid, const char *rid, const char *rrid)
{
	struct rtp_view pkt = { .ssrc = ssrc, .mid = (const uint8_t *)mid, .rid = (const uint8_t *)rid, .rrid = (const uint8_t *)rrid };

	pkt.mid_len = (uint8_t)(mid ? strlen(mid) : 0);
	pkt.rid_len = (uint8_t)(rid ? strlen(rid) : 0);
	pkt.rrid_len = (uint8_t)(rrid ? strlen(rrid) : 0);
	return pkt;
}

/* Kind and layer as 10 * kind + layer, repeats with 100 on top; -1 unknown. */
static int learn(uint32_t ssrc, enum codec codec, bool rtx, const char *mid, const char *rid, const char *rrid)
{
	struct rtp_view pkt = packet(ssrc, mid, rid, rrid);
	const struct stream *s = streams_find(&streams, ssrc);

	if (!s)
		s = streams_learn(&streams, &n, &pkt, codec, rtx);
	return s ? (int)s->kind * 10 + s->layer + (s->rtx ? 100 : 0) : -1;
}

#define CAMERA(layer) (10 * SOURCE_CAMERA + (layer))
#define SCREEN(layer) (10 * SOURCE_SCREEN + (layer))
#define REPEATS(of) (100 + (of))
#define MEDIA(ssrc, mid, rid) learn(ssrc, CODEC_VP8, false, mid, rid, NULL)
#define RTX(ssrc, mid, rrid) learn(ssrc, CODEC_VP8, true, mid, NULL, rrid)

static void layers_are_told_by_rid(void **state)
{
	(void)state;
	assert_int_equal(MEDIA(10, "1", "f"), CAMERA(2));
	assert_int_equal(MEDIA(11, "1", "q"), CAMERA(0));
	assert_int_equal(MEDIA(12, "1", "h"), CAMERA(1));
	assert_int_equal(MEDIA(20, "2", "h"), SCREEN(0));
	assert_int_equal(MEDIA(21, "2", "f"), SCREEN(1));
	assert_int_equal(RTX(30, "1", "h"), REPEATS(CAMERA(1)));
	assert_int_equal(RTX(31, "2", "h"), REPEATS(SCREEN(0)));
	/* Once the browser has heard of us it says no more. */
	assert_int_equal(MEDIA(12, NULL, NULL), CAMERA(1));
	assert_int_equal(RTX(31, NULL, NULL), REPEATS(SCREEN(0)));
	assert_int_equal(streams.n, 7);
}

static void what_does_not_tell_is_nobody(void **state)
{
	(void)state;
	assert_int_equal(MEDIA(10, "1", NULL), -1);
	assert_int_equal(MEDIA(10, "1", "x"), -1);
	assert_int_equal(MEDIA(10, "1", "qq"), -1);
	assert_int_equal(MEDIA(10, "1", ""), -1);
	assert_int_equal(MEDIA(10, "2", "q"), -1);      /* the screen has no quarter */
	assert_int_equal(MEDIA(10, "9", "q"), -1);
	assert_int_equal(MEDIA(10, NULL, "h"), -1);     /* both have a half */
	assert_int_equal(MEDIA(10, NULL, "q"), CAMERA(0));
	assert_int_equal(RTX(40, "1", NULL), -1);
	/* RID names what is sent, RRID what is repeated; one does not stand for the other. */
	assert_int_equal(learn(41, CODEC_VP8, true, "1", "q", NULL), -1);
	assert_int_equal(learn(42, CODEC_VP8, false, "1", NULL, "q"), -1);
	assert_int_equal(learn(43, CODEC_OPUS, false, "1", "q", NULL), -1);
	assert_int_equal(streams.n, 1);
}

/* Firefox names all SSRCs in its answer. */
static void fid_pairs_tell_whose_repeats_they_are(void **state)
{
	struct negotiated_source *camera = &n.sources[SOURCE_CAMERA];

	(void)state;
	camera->n_fids = 3;
	for (uint32_t i = 0; i < 3; i++) {
		camera->fids[i].ssrc = 50 + i;
		camera->fids[i].rtx_ssrc = 60 + i;
	}
	assert_int_equal(RTX(61, "1", NULL), -1);       /* its layer has not come yet */
	assert_int_equal(MEDIA(50, NULL, "f"), CAMERA(2));
	assert_int_equal(MEDIA(51, NULL, "q"), CAMERA(0));
	assert_int_equal(RTX(61, NULL, NULL), REPEATS(CAMERA(0)));
	assert_int_equal(RTX(60, NULL, NULL), REPEATS(CAMERA(2)));
	assert_int_equal(RTX(62, NULL, "x"), -1);
	assert_int_equal(RTX(62, NULL, "h"), REPEATS(CAMERA(1)));
}

static void one_layer_needs_no_rid(void **state)
{
	(void)state;
	n.sources[SOURCE_CAMERA].n_layers = 1;
	n.sources[SOURCE_SCREEN].n_layers = 0;
	n.sources[SOURCE_SCREEN].ssrc = 20;
	assert_int_equal(MEDIA(10, "1", "q"), CAMERA(0));
	assert_int_equal(MEDIA(20, NULL, NULL), SCREEN(0));
	assert_int_equal(MEDIA(21, NULL, NULL), CAMERA(0));     /* the screen's is known, so that it can only be the camera */
	assert_int_equal(learn(1, CODEC_RED, false, NULL, NULL, NULL), 0);
	assert_int_equal(learn(2, CODEC_OPUS, false, NULL, NULL, NULL), -1);
}

static void a_restart_follows_and_a_flood_forgets_only_itself(void **state)
{
	(void)state;
	assert_int_equal(MEDIA(10, "1", "q"), CAMERA(0));
	assert_int_equal(MEDIA(20, "2", "h"), SCREEN(0));
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(MEDIA(1000 + i, "1", "f"), CAMERA(2));
	assert_int_equal(streams.n, 4);
	assert_int_equal(MEDIA(1999, NULL, NULL), CAMERA(2));
	assert_int_equal(MEDIA(1998, NULL, NULL), CAMERA(2));
	assert_int_equal(MEDIA(1997, NULL, NULL), -1);
	assert_int_equal(MEDIA(10, NULL, NULL), CAMERA(0));
	assert_int_equal(MEDIA(20, NULL, NULL), SCREEN(0));
}

static void everything_at_once_fits(void **state)
{
	static const char *const mids[] = { "0", "1", "2", "3" };
	static const char *const rids[] = { "q", "h", "f" };
	uint32_t ssrc = 100;

	(void)state;
	n.sources[SOURCE_SCREEN] = n.sources[SOURCE_CAMERA];
	n.sources[SOURCE_SCREEN].mid[0] = '2';
	for (int round = 0; round < 3; round++)
		for (size_t m = 0; m < ARRAY_LEN(mids); m++)
			for (size_t r = 0; r < (m == 1 || m == 2 ? ARRAY_LEN(rids) : 1); r++) {
				bool audio = m == 0 || m == 3;

				assert_true(learn(ssrc++, audio ? CODEC_OPUS : CODEC_H264, false, mids[m], rids[r], NULL) >= 0);
				if (!audio)
					assert_true(learn(ssrc++, CODEC_H264, true, mids[m], NULL, rids[r]) >= 100);
			}
	assert_int_equal(streams.n, STREAMS_MAX);
	for (uint8_t i = 0; i < streams.n; i++)
		assert_in_range(streams.list[i].ssrc, 100 + 14, ssrc - 1);
}

#define STREAMS_TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STREAMS_TEST(layers_are_told_by_rid),
		STREAMS_TEST(what_does_not_tell_is_nobody),
		STREAMS_TEST(fid_pairs_tell_whose_repeats_they_are),
		STREAMS_TEST(one_layer_needs_no_rid),
		STREAMS_TEST(a_restart_follows_and_a_flood_forgets_only_itself),
		STREAMS_TEST(everything_at_once_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
