/*
 * SDP from outside: room answers (against an offer of 29 slots and one of 2), WHIP and WHEP offers. What is accepted must keep
 * the promises that the media worker relies on, and our own answer must be SDP again.
 */
#include <netinet/in.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/sdp_field.h"
#include "tests/fuzz/must.h"

static void check_string(const char *s, size_t size)
{
	MUST(memchr(s, 0, size));
}

static void check_layers(const struct negotiated_source *s, uint8_t rid_id)
{
	MUST(s->n_layers <= MAX_LAYERS && s->n_fids <= MAX_LAYERS && (s->n_layers == 0 || (rid_id > 0 && rid_id < 15)));
	MUST(s->n_layers < 2 ? s->n_fids == 0 : s->ssrc == 0 && s->rtx_ssrc == 0);
	for (size_t i = 0; i < s->n_layers; i++) {
		check_string(s->rids[i], RID_BYTES);
		MUST(s->rids[i][0]);
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(s->rids[i], s->rids[k]) != 0);
	}
}

static void check_negotiated(const struct negotiated *n)
{
	MUST(n->remote.ufrag[0] && n->remote.pwd[0]);
	check_string(n->remote.ufrag, sizeof(n->remote.ufrag));
	check_string(n->remote.pwd, sizeof(n->remote.pwd));
	MUST(n->fingerprint.hash != FINGERPRINT_NONE && n->fingerprint.len >= 32 && n->fingerprint.len <= FINGERPRINT_BYTES);
	MUST(n->n_slots <= MAX_SLOTS);
	for (size_t i = 0; i < SOURCE_KINDS; i++) {
		check_string(n->sources[i].mid, MID_BYTES);
		check_layers(&n->sources[i], n->up.rid);
	}
	for (size_t i = 0; i < MAX_SLOTS; i++) {
		check_string(n->slots[i].mid, MID_BYTES);
		MUST(!n->slots[i].active || (n->slots[i].codecs && i < n->n_slots));
	}
	for (size_t i = 0; i < 128; i++) {
		MUST(n->codec_of_pt[i] < CODECS && n->rtx_of_pt[i] < 128);
		MUST(!n->rtx_of_pt[i] || (!n->codec_of_pt[i] && n->codec_of_pt[n->rtx_of_pt[i]]));
	}
	for (size_t i = 0; i < CODECS; i++)
		MUST(n->pt_of_codec[i] < 128 && n->rtx_pt_of_codec[i] < 128 && (n->pt_of_codec[i] || !n->rtx_pt_of_codec[i]));
	MUST(n->up.mid < 15 && n->up.twcc < 15 && n->up.audio_level < 15 && n->down.audio_level < 15 && n->down.twcc < 15);
	MUST(!n->down.twcc || !n->remb_down);
}

static void read_answer(const char *sdp, size_t len, size_t n_audio, size_t n_slots)
{
	struct slot_cfg slots[MAX_SLOTS] = { 0 };
	struct sdp_error err = { 0 };
	struct negotiated n;

	for (size_t i = 0; i < n_slots; i++)
		slots[i] = (struct slot_cfg){ i < n_audio, (uint32_t)(100 + i), i < n_audio ? 0 : (uint32_t)(200 + i) };
	if (sdp_read_answer(&n, sdp, len, slots, n_slots, &err) == 0)
		check_negotiated(&n);
	else
		MUST(err.reason);
}

static void answer_offer(const char *sdp, size_t len, enum whip_direction direction)
{
	const struct slot_cfg slots[2] = { { true, 11, 0 }, { false, 22, 23 } };
	struct sdp_local local = { .ice = { "abcdefgh", "abcdefghijklmnopqrstuvwx" }, .cname = "c", .n_candidates = 1 };
	struct sdp_lines lines = { 0 };
	struct sdp_error err = { 0 };
	struct negotiated n;
	char *answer = NULL, type;
	struct span value;
	int r;

	local.fingerprint = (struct fingerprint){ FINGERPRINT_SHA256, 32, { 1, 2, 3 } };
	((struct sockaddr_in *)&local.candidates[0])->sin_family = AF_INET;
	r = sdp_answer_offer(&answer, &n, direction, sdp, len, &local, slots, &err);
	if (r < 0) {
		MUST(err.reason);
		return;
	}
	check_negotiated(&n);
	lines.rest = span_of(answer, strlen(answer));
	while ((r = sdp_next_line(&lines, &type, &value)) > 0)
		;
	MUST(r == 0);
	mem_free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *sdp = (const char *)data;

	read_answer(sdp, size, 4, 29);
	read_answer(sdp, size, 1, 2);
	answer_offer(sdp, size, WHIP_PUBLISH);
	answer_offer(sdp, size, WHEP_PLAY);
	return 0;
}
