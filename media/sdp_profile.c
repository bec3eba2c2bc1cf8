/* The tables of sdp_profile.h. */
#include "media/sdp_profile.h"

#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"

/* The numbers are Chromium's own, so that a dump of its traffic reads as usual. */
const struct sdp_codec sdp_codecs[SDP_CODECS] = {
	{ CODEC_RED, 63, 0, "red/48000/2", "111/111" },
	{ CODEC_OPUS, 111, 0, "opus/48000/2", "minptime=10;useinbandfec=1;usedtx=1" },
	{ CODEC_VP8, 96, 97, "VP8/90000", NULL },
	{ CODEC_H264, 102, 103, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" },
	{ CODEC_VP9, 98, 99, "VP9/90000", "profile-id=0" },
	{ CODEC_AV1, 45, 46, "AV1/90000", "level-idx=5;profile=0;tier=0" },
};

const char *const sdp_feedbacks[SDP_FEEDBACKS] = { "nack", "nack pli", "ccm fir", "transport-cc", "goog-remb" };

const struct sdp_extension_row sdp_extensions[SDP_EXTENSIONS] = {
	[SDP_EXT_MID] = { "urn:ietf:params:rtp-hdrext:sdes:mid", 4, offsetof(struct extension_ids, mid) },
	[SDP_EXT_RID] = { "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 10, offsetof(struct extension_ids, rid) },
	[SDP_EXT_RRID] = { "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", 11, offsetof(struct extension_ids, rrid) },
	[SDP_EXT_TWCC] = { "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", 3,
	                   offsetof(struct extension_ids, twcc) },
	[SDP_EXT_AUDIO_LEVEL] = { "urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1,
	                          offsetof(struct extension_ids, audio_level) },
};

static uint16_t codecs_of(bool audio, bool red)
{
	if (!audio)
		return 1 << CODEC_VP8 | 1 << CODEC_H264 | 1 << CODEC_VP9 | 1 << CODEC_AV1;
	return (uint16_t)(1 << CODEC_OPUS | (red ? 1 << CODEC_RED : 0));
}

/* Quarter, half and full size. Of a shared screen a quarter could not be read. */
static void add_rids(struct sdp_line *line)
{
	static const char *const rids[] = { "q", "h", "f" };
	size_t first = line->kind == SOURCE_SCREEN ? 1 : 0;

	line->rids = rids + first;
	line->n_rids = (uint8_t)(ARRAY_LEN(rids) - first);
	line->extensions |= 1 << SDP_EXT_RID | 1 << SDP_EXT_RRID;
}

void sdp_line_at(struct sdp_line *ret, size_t index, const struct slot_cfg *slots)
{
	memset(ret, 0, sizeof(*ret));
	ret->up = index < SOURCE_KINDS;
	if (ret->up) {
		ret->kind = (enum source_kind)index;
		ret->audio = source_is_audio(ret->kind);
		ret->extensions = 1 << SDP_EXT_MID | 1 << SDP_EXT_TWCC | (ret->audio ? 1 << SDP_EXT_AUDIO_LEVEL : 0);
		if (!ret->audio)
			add_rids(ret);
		snprintf(ret->mid, sizeof(ret->mid), "%u", (unsigned)index);
	} else {
		ret->slot = index - SOURCE_KINDS;
		ret->audio = slots[ret->slot].audio;
		ret->extensions = 1 << SDP_EXT_TWCC | (ret->audio ? 1 << SDP_EXT_AUDIO_LEVEL : 0);
		snprintf(ret->mid, sizeof(ret->mid), "s%u", (unsigned)ret->slot);
	}
	/* A shared screen's sound is mostly music or film: RED would only double it. */
	ret->codecs = codecs_of(ret->audio, !ret->up || ret->kind != SOURCE_SCREEN_AUDIO);
}

const struct sdp_codec *sdp_codec_of_pt(const struct sdp_line *line, unsigned pt)
{
	for (size_t i = 0; i < SDP_CODECS; i++) {
		const struct sdp_codec *c = &sdp_codecs[i];

		if ((line->codecs & 1u << c->codec) && (c->pt == pt || (c->rtx_pt && c->rtx_pt == pt)))
			return c;
	}
	return NULL;
}
