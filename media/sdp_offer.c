/*
 * The room offer: the client's m-lines, then the slots. Everything but ICE, DTLS and SSRCs is the same in every offer of
 * a profile.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "media/base/mem.h"
#include "media/sdp_profile.h"
#include "media/sdp_text.h"

static int check_slots(const struct slot_cfg *slots, size_t n_slots)
{
	bool video = false;

	if (n_slots > MAX_SLOTS)
		return -EINVAL;
	for (size_t i = 0; i < n_slots; i++) {
		video = video || !slots[i].audio;
		if (!slots[i].ssrc || (slots[i].audio && video))
			return -EINVAL;
		if (slots[i].audio != !slots[i].rtx_ssrc || slots[i].ssrc == slots[i].rtx_ssrc)
			return -EINVAL;
	}
	return 0;
}

static void write_head(struct text *t, const struct sdp_local *local, const struct slot_cfg *slots, size_t n_lines)
{
	struct sdp_line line;

	sdp_write_session(t, local);
	text_printf(t, "a=group:BUNDLE");
	for (size_t i = 0; i < n_lines; i++) {
		sdp_line_at(&line, i, slots);
		text_printf(t, " %s", line.mid);
	}
	text_printf(t, "\r\na=msid-semantic: WMS *\r\n");
	sdp_write_transport(t, local, "actpass");
}

static void write_payload_types(struct text *t, const struct sdp_line *line)
{
	text_printf(t, "m=%s 9 UDP/TLS/RTP/SAVPF", line->audio ? "audio" : "video");
	for (size_t i = 0; i < SDP_CODECS; i++) {
		const struct sdp_codec *c = &sdp_codecs[i];

		if (line->codecs & 1u << c->codec)
			text_printf(t, " %u", c->pt);
		if ((line->codecs & 1u << c->codec) && c->rtx_pt)
			text_printf(t, " %u", c->rtx_pt);
	}
	text_printf(t, "\r\nc=IN IP4 0.0.0.0\r\n");
}

static void write_codec(struct text *t, const struct sdp_line *line, const struct sdp_codec *c)
{
	unsigned feedback = SDP_FEEDBACK_TWCC | SDP_FEEDBACK_NACK | (line->audio ? 0 : SDP_FEEDBACK_PLI | SDP_FEEDBACK_FIR);

	text_printf(t, "a=rtpmap:%u %s\r\n", c->pt, c->map);
	if (c->fmtp)
		text_printf(t, "a=fmtp:%u %s\r\n", c->pt, c->fmtp);
	for (size_t i = 0; i < SDP_FEEDBACKS && c->codec != CODEC_RED; i++)
		if (feedback & 1u << i)
			text_printf(t, "a=rtcp-fb:%u %s\r\n", c->pt, sdp_feedbacks[i]);
	if (c->rtx_pt)
		text_printf(t, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", c->rtx_pt, c->rtx_pt, c->pt);
}

/* Browsers keep lips and sound together within one stream, so voice i and picture i share one. */
static void write_slot(struct text *t, const struct sdp_local *local, const struct sdp_line *line,
                       const struct slot_cfg *slots, size_t n_audio)
{
	size_t n = line->audio ? line->slot : line->slot - n_audio;
	char stream[MID_BYTES];

	if (n < MAX_VOICE_SLOTS)
		snprintf(stream, sizeof(stream), "pair%u", (unsigned)n);
	else
		snprintf(stream, sizeof(stream), "%s", line->mid);
	sdp_write_sent(t, local->cname, &slots[line->slot], stream, line->mid);
}

/* The lowest first: browsers take this order for that of their encodings, which must grow. */
static void write_rids(struct text *t, const struct sdp_line *line)
{
	for (size_t i = 0; i < line->n_rids; i++)
		text_printf(t, "a=rid:%s recv\r\n", line->rids[i]);
	for (size_t i = 0; i < line->n_rids; i++)
		text_printf(t, "%s%s", i ? ";" : "a=simulcast:recv ", line->rids[i]);
	text_printf(t, "\r\n");
}

/* What may be sent, and how: two thirds of an offer, and the same in all slots of a kind. */
struct formats {
	uint16_t codecs;
	uint8_t extensions;
	size_t at, len;         /* as written for the line before */
};

static void write_formats(struct text *t, const struct sdp_line *line, struct formats *last)
{
	size_t at = t->len;

	if (last->len && last->codecs == line->codecs && last->extensions == line->extensions) {
		text_repeat(t, last->at, last->len);
		return;
	}
	for (size_t i = 0; i < SDP_EXTENSIONS; i++)
		if (line->extensions & 1u << i)
			text_printf(t, "a=extmap:%u %s\r\n", sdp_extensions[i].id, sdp_extensions[i].uri);
	for (size_t i = 0; i < SDP_CODECS; i++)
		if (line->codecs & 1u << sdp_codecs[i].codec)
			write_codec(t, line, &sdp_codecs[i]);
	*last = (struct formats){ line->codecs, line->extensions, at, t->len - at };
}

static void write_line(struct text *t, const struct sdp_local *local, const struct sdp_line *line,
                       const struct slot_cfg *slots, size_t n_audio, struct formats *last)
{
	write_payload_types(t, line);
	text_printf(t, "a=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", line->mid, line->up ? "recvonly" : "sendonly");
	write_formats(t, line, last);
	if (line->n_rids)
		write_rids(t, line);
	if (!line->up)
		write_slot(t, local, line, slots, n_audio);
}

int sdp_write_offer(char **ret, const struct sdp_local *local, const struct slot_cfg *slots, size_t n_slots)
{
	struct text t = { 0 };
	struct sdp_line line;
	struct formats last = { 0 };
	size_t n_audio = 0;
	char *offer;

	if (sdp_local_check(local, n_slots > 0) < 0 || check_slots(slots, n_slots) < 0)
		return -EINVAL;
	while (n_audio < n_slots && slots[n_audio].audio)
		n_audio++;
	write_head(&t, local, slots, SOURCE_KINDS + n_slots);
	for (size_t i = 0; i < SOURCE_KINDS + n_slots; i++) {
		sdp_line_at(&line, i, slots);
		write_line(&t, local, &line, slots, n_audio, &last);
		if (i == 0)
			sdp_write_candidates(&t, local);
	}
	offer = text_take(&t);
	if (!offer)
		return -ENOMEM;
	*ret = offer;
	return 0;
}
