/*
 * Which of a WHIP or WHEP client's payload types we take: Opus, alone or in RED, VP8, H.264 (RFC 6184 §8.2), VP9 and AV1, both of
 * profile 0. A player must take packetization-mode=1, since rooms send that; what a publisher sends in mode 0 is read by receivers of
 * mode 1 all the same. A publisher gets VP8 or H.264, which everybody can play, whichever it lists first, and one of the others where
 * it has neither of them; a player gets all that it has, since a slot may carry any.
 */
#include <string.h>
#include <strings.h>

#include "media/base/macros.h"
#include "media/sdp_whip.h"

/* What the attributes of an m-line say about one payload type. */
struct format {
	bool listed;            /* on the m= line */
	struct span map;
	struct span fmtp;
	unsigned feedback;
};

#define FORMATS 128

static struct span span_of_text(const char *text)
{
	return span_of(text, text ? strlen(text) : 0);
}

/* RFC 5761 §4: with rtcp-mux the types 64 to 95 read as RTCP; below 35 are static ones and FEC of others. */
static bool is_usable_pt(uint32_t pt)
{
	return pt >= 35 && pt < FORMATS && (pt < 64 || pt > 95);
}

static void read_feedback(struct format formats[FORMATS], struct span value)
{
	struct span pt = span_word(&value);
	bool all = span_is(pt, "*");
	unsigned bit = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < SDP_FEEDBACKS; i++)
		if (span_is(value, sdp_feedbacks[i]))
			bit = 1u << i;
	if (!bit || (!all && !span_number(pt, FORMATS - 1, &n)))
		return;
	for (size_t i = all ? 0 : n; i <= (all ? FORMATS - 1 : n); i++)
		formats[i].feedback |= bit;
}

static void read_format_attribute(struct format formats[FORMATS], const GstSDPAttribute *a)
{
	struct span value = span_of_text(a->value);
	struct span *at;
	uint32_t pt;

	if (strcmp(a->key, "rtcp-fb") == 0) {
		read_feedback(formats, value);
		return;
	}
	if (strcmp(a->key, "rtpmap") != 0 && strcmp(a->key, "fmtp") != 0)
		return;
	if (!span_number(span_word(&value), FORMATS - 1, &pt))
		return;
	at = a->key[0] == 'r' ? &formats[pt].map : &formats[pt].fmtp;
	if (!at->data)
		*at = value;
}

static void read_formats(struct format formats[FORMATS], const GstSDPMedia *m)
{
	uint32_t pt;

	memset(formats, 0, FORMATS * sizeof(formats[0]));
	for (guint i = 0; i < gst_sdp_media_formats_len(m); i++)
		if (span_number(span_of_text(gst_sdp_media_get_format(m, i)), FORMATS - 1, &pt))
			formats[pt].listed = is_usable_pt(pt);
	for (guint i = 0; i < gst_sdp_media_attributes_len(m); i++)
		read_format_attribute(formats, gst_sdp_media_get_attribute(m, i));
}

static struct span trim(struct span s)
{
	while (s.len && s.data[0] == ' ')
		s = span_of(s.data + 1, s.len - 1);
	while (s.len && s.data[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* The value of a parameter in `a=1;b=2`; empty when absent. */
static struct span fmtp_value(struct span fmtp, const char *name)
{
	while (fmtp.len) {
		struct span value = span_cut(&fmtp, ';');
		struct span key = trim(span_cut(&value, '='));

		if (span_is_nocase(key, name))
			return trim(value);
	}
	return span_of(NULL, 0);
}

/* 0 when it is not said, which means mode 0 (or caps that were not settled when the offer was made: webrtcbin). */
static char packetization_mode(const struct format *f)
{
	struct span mode = fmtp_value(f->fmtp, "packetization-mode");

	return mode.len == 1 ? mode.data[0] : 0;
}

/* It is the default of both (RFC 9628 §6, RTP Payload Format For AV1 §7.2). */
static bool is_profile_0(const struct format *f, const char *name)
{
	struct span profile = fmtp_value(f->fmtp, name);

	return profile.len == 0 || span_is(profile, "0");
}

static enum codec codec_of(const struct format *f, bool any_mode)
{
	struct span map = trim(f->map);
	char mode = packetization_mode(f);

	if (!f->listed)
		return CODEC_NONE;
	/* webrtcbin leaves /2 out when its caps do not say it. */
	if (span_is_nocase(map, "opus/48000/2") || span_is_nocase(map, "opus/48000"))
		return CODEC_OPUS;
	if (span_is_nocase(map, "VP8/90000"))
		return CODEC_VP8;
	if (span_is_nocase(map, "H264/90000") && (mode == '1' || (any_mode && (mode == '0' || mode == 0))))
		return CODEC_H264;
	if (span_is_nocase(map, "VP9/90000") && is_profile_0(f, "profile-id"))
		return CODEC_VP9;
	if (span_is_nocase(map, "AV1/90000") && is_profile_0(f, "profile"))
		return CODEC_AV1;
	return CODEC_NONE;
}

static uint8_t find_rtx(const struct format formats[FORMATS], uint8_t pt)
{
	uint32_t apt;

	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].listed && span_is_nocase(trim(formats[i].map), "rtx/90000") &&
		    span_number(fmtp_value(formats[i].fmtp, "apt"), FORMATS - 1, &apt) && apt == pt)
			return (uint8_t)i;
	return 0;
}

/* Opus within RED (RFC 2198): `a=fmtp:63 111/111`. What else may go in RED, as webrtcbin's ULPFEC, does not read as Opus. */
static uint8_t find_red(const struct format formats[FORMATS], uint8_t opus)
{
	for (size_t i = 0; i < FORMATS; i++) {
		struct span blocks = trim(formats[i].fmtp);
		bool red = formats[i].listed && span_is_nocase(trim(formats[i].map), "red/48000/2") && blocks.len > 0;
		uint32_t pt;

		while (red && blocks.len)
			red = span_number(span_cut(&blocks, '/'), FORMATS - 1, &pt) && pt == opus;
		if (red)
			return (uint8_t)i;
	}
	return 0;
}

static bool is_hex(const char *s)
{
	return strspn(s, "0123456789abcdefABCDEF") == strlen(s);
}

static void pick(struct whip_line *line, const struct format formats[FORMATS], uint8_t pt, enum codec codec)
{
	const struct format *f = &formats[pt];
	struct whip_pick *p = &line->picks[line->n_picks++];

	*p = (struct whip_pick){ .codec = codec, .pt = pt, .feedback = f->feedback };
	if (codec == CODEC_OPUS) {
		p->stereo = span_is(fmtp_value(f->fmtp, "stereo"), "1") || span_is(fmtp_value(f->fmtp, "sprop-stereo"), "1");
		p->two_channels = span_is_nocase(trim(f->map), "opus/48000/2");
		return;
	}
	p->rtx_pt = find_rtx(formats, pt);
	if (codec != CODEC_H264)
		return;
	p->mode = packetization_mode(f);
	p->asymmetric = span_is(fmtp_value(f->fmtp, "level-asymmetry-allowed"), "1");
	if (!span_copy(fmtp_value(f->fmtp, "profile-level-id"), p->profile, sizeof(p->profile)) ||
	    strlen(p->profile) != 6 || !is_hex(p->profile))
		p->profile[0] = 0;
}

/* The next payload type in the client's order from *at on; false at the end. */
static bool next_format(const struct whip_line *line, guint *at, uint8_t *ret)
{
	uint32_t pt;

	while (*at < gst_sdp_media_formats_len(line->media))
		if (span_number(span_of_text(gst_sdp_media_get_format(line->media, (*at)++)), FORMATS - 1, &pt)) {
			*ret = (uint8_t)pt;
			return true;
		}
	return false;
}

/* The first of the line's payload types with one of `codecs` (bits), and with the profile's first digits if they are given. */
static bool pick_first(struct whip_line *line, const struct format formats[FORMATS], bool any_mode, unsigned codecs,
                       const char *profile)
{
	guint at = 0;
	uint8_t pt;

	while (next_format(line, &at, &pt)) {
		enum codec codec = codec_of(&formats[pt], any_mode);
		struct span level = fmtp_value(formats[pt].fmtp, "profile-level-id");

		if (codec == CODEC_NONE || !(codecs & 1u << codec))
			continue;
		if (profile && (level.len < strlen(profile) || strncasecmp(level.data, profile, strlen(profile)) != 0))
			continue;
		pick(line, formats, pt, codec);
		return true;
	}
	return false;
}

/* RED first, as a sender takes the first that it knows. Only libwebrtc has it, and that repeats sound though it does not offer to. */
static bool pick_sound(struct whip_line *line, const struct format formats[FORMATS])
{
	struct whip_pick *opus = &line->picks[0];
	uint8_t red;

	if (!pick_first(line, formats, false, 1u << CODEC_OPUS, NULL))
		return false;
	red = find_red(formats, opus->pt);
	if (!red)
		return true;
	opus->feedback |= SDP_FEEDBACK_NACK;
	line->picks[1] = *opus;
	line->picks[0] = (struct whip_pick){ .codec = CODEC_RED, .pt = red, .opus_pt = opus->pt };
	line->n_picks = 2;
	return true;
}

bool whip_pick_codecs(struct whip_line *line, enum whip_direction direction)
{
	struct format formats[FORMATS];

	read_formats(formats, line->media);
	if (line->audio)
		return pick_sound(line, formats);
	if (direction == WHIP_PUBLISH)
		return pick_first(line, formats, false, 1u << CODEC_VP8 | 1u << CODEC_H264, NULL) ||
		       pick_first(line, formats, true, 1u << CODEC_H264, NULL) ||
		       pick_first(line, formats, false, 1u << CODEC_VP9 | 1u << CODEC_AV1, NULL);
	pick_first(line, formats, false, 1u << CODEC_VP8, NULL);
	/* Constrained baseline is what browsers in a room send. */
	if (!pick_first(line, formats, false, 1u << CODEC_H264, "42e0"))
		pick_first(line, formats, false, 1u << CODEC_H264, NULL);
	pick_first(line, formats, false, 1u << CODEC_VP9, NULL);
	pick_first(line, formats, false, 1u << CODEC_AV1, NULL);
	return line->n_picks > 0;
}
