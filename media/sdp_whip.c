/* Answers a WHIP or WHEP client's offer with the client's own payload types and extension ids (RFC 9725 §4, RFC 8829 §5.3). */
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/sdp_text.h"
#include "media/sdp_whip.h"

static void settle_picks(struct negotiated *n, const struct whip_line *l, bool up)
{
	for (size_t i = 0; i < l->n_picks; i++) {
		const struct whip_pick *p = &l->picks[i];

		if (up) {
			n->codec_of_pt[p->pt] = (uint8_t)p->codec;
			if (p->rtx_pt)
				n->rtx_of_pt[p->rtx_pt] = p->pt;
			n->nack_up = n->nack_up || (!l->audio && (p->feedback & SDP_FEEDBACK_NACK));
			n->nack_up_sound = n->nack_up_sound || (l->audio && (p->feedback & SDP_FEEDBACK_NACK));
		} else {
			n->pt_of_codec[p->codec] = p->pt;
			n->rtx_pt_of_codec[p->codec] = p->rtx_pt;
			n->slots[l->audio ? 0 : 1].codecs |= (uint16_t)(1u << p->codec);
			n->remb_down = n->remb_down || (p->feedback & SDP_FEEDBACK_REMB);
		}
	}
}

static void settle_layers(struct negotiated_source *src, const struct whip_line *l)
{
	struct sdp_rid_list rids = l->rids;

	sdp_order_rids(&rids);
	src->n_layers = (uint8_t)rids.n;
	for (size_t i = 0; i < rids.n; i++)
		span_copy(rids.ids[i], src->rids[i], sizeof(src->rids[i]));
	if (rids.n < 2) {
		src->ssrc = l->ssrc;
		src->rtx_ssrc = l->rtx_ssrc;
		return;
	}
	src->n_fids = l->n_fids;
	for (size_t i = 0; i < l->n_fids; i++) {
		src->fids[i].ssrc = l->fids[i].ssrc;
		src->fids[i].rtx_ssrc = l->fids[i].rtx_ssrc;
	}
}

static void settle_line(struct negotiated *n, const struct whip_line *l, bool up)
{
	if (up) {
		struct negotiated_source *src = &n->sources[l->audio ? SOURCE_MIC : SOURCE_CAMERA];

		src->active = true;
		memcpy(src->mid, l->mid, MID_BYTES);
		settle_layers(src, l);
	} else {
		struct negotiated_slot *slot = &n->slots[l->audio ? 0 : 1];

		slot->active = true;
		memcpy(slot->mid, l->mid, MID_BYTES);
	}
	settle_picks(n, l, up);
}

static void settle(struct negotiated *ret, const struct whip_offer *o)
{
	bool up = o->direction == WHIP_PUBLISH;

	memset(ret, 0, sizeof(*ret));
	ret->fingerprint = o->fingerprint;
	ret->remote = o->remote;
	ret->n_slots = up ? 0 : 2;
	for (size_t i = 0; i < o->n_lines; i++)
		if (o->lines[i].accepted)
			settle_line(ret, &o->lines[i], up);
	if (up)
		ret->up = o->ids;
	else
		ret->down = o->ids;
	ret->remb_down = ret->remb_down && !ret->down.twcc;
}

static void write_rejected(struct text *t, const struct whip_line *l)
{
	text_printf(t, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\n", gst_sdp_media_get_media(l->media),
	            gst_sdp_media_get_proto(l->media), gst_sdp_media_get_format(l->media, 0));
	if (l->mid[0])
		text_printf(t, "a=mid:%s\r\n", l->mid);
	text_printf(t, "a=inactive\r\n");
}

static void write_opus(struct text *t, const struct whip_pick *p, bool up)
{
	text_printf(t, "a=rtpmap:%u opus/48000%s\r\n", p->pt, p->two_channels ? "/2" : "");
	text_printf(t, "a=fmtp:%u minptime=10;useinbandfec=1%s\r\n", p->pt, up && p->stereo ? ";stereo=1" : "");
}

static void write_h264(struct text *t, const struct whip_pick *p)
{
	text_printf(t, "a=rtpmap:%u H264/90000\r\n", p->pt);
	if (!p->mode && !p->profile[0])
		return;
	text_printf(t, "a=fmtp:%u ", p->pt);
	if (p->mode)
		text_printf(t, "packetization-mode=%c%s", p->mode, p->profile[0] ? ";" : "");
	if (p->profile[0])
		text_printf(t, "profile-level-id=%s", p->profile);
	text_printf(t, "%s\r\n", p->asymmetric ? ";level-asymmetry-allowed=1" : "");
}

/* As the room offer names them. */
static void write_plain(struct text *t, const struct whip_pick *p)
{
	for (size_t i = 0; i < SDP_CODECS; i++) {
		const struct sdp_codec *c = &sdp_codecs[i];

		if (c->codec != p->codec)
			continue;
		text_printf(t, "a=rtpmap:%u %s\r\n", p->pt, c->map);
		if (c->codec == CODEC_VP9)
			text_printf(t, "a=fmtp:%u %s\r\n", p->pt, c->fmtp);
	}
}

static void write_pick(struct text *t, const struct whip_line *l, const struct whip_pick *p, bool up)
{
	unsigned feedback = SDP_FEEDBACK_NACK | (l->audio ? 0 : SDP_FEEDBACK_PLI | SDP_FEEDBACK_FIR);

	if (l->extensions[SDP_EXT_TWCC].id)
		feedback |= SDP_FEEDBACK_TWCC;
	else if (!up)
		feedback |= SDP_FEEDBACK_REMB;
	if (p->codec == CODEC_OPUS)
		write_opus(t, p, up);
	else if (p->codec == CODEC_RED)
		text_printf(t, "a=rtpmap:%u red/48000/2\r\na=fmtp:%u %u/%u\r\n", p->pt, p->pt, p->opus_pt, p->opus_pt);
	else if (p->codec == CODEC_H264)
		write_h264(t, p);
	else
		write_plain(t, p);
	for (size_t i = 0; i < SDP_FEEDBACKS; i++)
		if (feedback & p->feedback & 1u << i)
			text_printf(t, "a=rtcp-fb:%u %s\r\n", p->pt, sdp_feedbacks[i]);
	if (p->rtx_pt)
		text_printf(t, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", p->rtx_pt, p->rtx_pt, p->pt);
}

static void write_extensions(struct text *t, const struct whip_line *l)
{
	static const char *const mirrored[] = { [SDP_NO_DIRECTION] = "", [SDP_SENDRECV] = "/sendrecv",
		                                [SDP_SENDONLY] = "/recvonly", [SDP_RECVONLY] = "/sendonly" };

	for (size_t i = 0; i < SDP_EXTENSIONS; i++)
		if (l->extensions[i].id)
			text_printf(t, "a=extmap:%u%s %s\r\n", l->extensions[i].id, mirrored[l->extensions[i].direction],
			            sdp_extensions[i].uri);
}

static void write_rids(struct text *t, const struct whip_line *l)
{
	for (size_t i = 0; i < l->rids.n; i++)
		text_printf(t, "a=rid:%.*s recv\r\n", (int)l->rids.ids[i].len, l->rids.ids[i].data);
	for (size_t i = 0; i < l->rids.n; i++)
		text_printf(t, "%s%.*s", i ? ";" : "a=simulcast:recv ", (int)l->rids.ids[i].len, l->rids.ids[i].data);
	text_printf(t, "%s", l->rids.n ? "\r\n" : "");
}

/* A slot's RTX stream is named only where the client took RTX. */
static void write_slot(struct text *t, const struct sdp_local *local, const struct whip_line *l, const struct slot_cfg slots[2])
{
	struct slot_cfg slot = slots[l->audio ? 0 : 1];
	bool rtx = false;

	for (size_t i = 0; i < l->n_picks; i++)
		rtx = rtx || l->picks[i].rtx_pt;
	if (!rtx)
		slot.rtx_ssrc = 0;
	sdp_write_sent(t, local->cname, &slot, "programme", l->audio ? "audio" : "video");
}

static void write_accepted(struct text *t, const struct sdp_local *local, const struct whip_offer *o,
                           const struct whip_line *l, const struct slot_cfg slots[2])
{
	bool up = o->direction == WHIP_PUBLISH;

	text_printf(t, "m=%s 9 %s", l->audio ? "audio" : "video", gst_sdp_media_get_proto(l->media));
	for (size_t i = 0; i < l->n_picks; i++) {
		text_printf(t, " %u", l->picks[i].pt);
		if (l->picks[i].rtx_pt)
			text_printf(t, " %u", l->picks[i].rtx_pt);
	}
	text_printf(t, "\r\nc=IN IP4 0.0.0.0\r\n");
	if (l->mid[0])
		text_printf(t, "a=mid:%s\r\n", l->mid);
	/* On each m-line, though the tagged one's would do: some clients read the first, some each. */
	sdp_write_transport(t, local, "passive");
	text_printf(t, "a=%s\r\na=rtcp-mux\r\n%s", up ? "recvonly" : "sendonly", l->rsize ? "a=rtcp-rsize\r\n" : "");
	write_extensions(t, l);
	for (size_t i = 0; i < l->n_picks; i++)
		write_pick(t, l, &l->picks[i], up);
	write_rids(t, l);
	if (!up)
		write_slot(t, local, l, slots);
	if (l == &o->lines[o->tagged])
		sdp_write_candidates(t, local);
}

/* The tagged m-line first (RFC 8843 §7.3.1). */
static void write_bundle(struct text *t, const struct whip_offer *o)
{
	if (!o->bundle)
		return;
	text_printf(t, "a=group:BUNDLE %s", o->lines[o->tagged].mid);
	for (size_t i = 0; i < o->n_lines; i++)
		if (o->lines[i].accepted && i != o->tagged)
			text_printf(t, " %s", o->lines[i].mid);
	text_printf(t, "\r\n");
}

static char *write_answer(const struct sdp_local *local, const struct whip_offer *o, const struct slot_cfg slots[2])
{
	struct text t = { 0 };

	sdp_write_session(&t, local);
	write_bundle(&t, o);
	text_printf(&t, "a=msid-semantic: WMS *\r\n");
	for (size_t i = 0; i < o->n_lines; i++)
		if (o->lines[i].accepted)
			write_accepted(&t, local, o, &o->lines[i], slots);
		else
			write_rejected(&t, &o->lines[i]);
	return text_take(&t);
}

int sdp_answer_offer(char **ret_answer, struct negotiated *ret, enum whip_direction direction, const char *offer, size_t len,
                     const struct sdp_local *local, const struct slot_cfg slots[2], struct sdp_error *err)
{
	CLEANUP(whip_offer_done) struct whip_offer o = { 0 };
	char *answer;
	int r;

	r = sdp_local_check(local, direction == WHEP_PLAY);
	if (r < 0) {
		*err = (struct sdp_error){ "our own side of the SDP is not complete", 0 };
		return r;
	}
	r = whip_offer_read(&o, direction, offer, len, err);
	if (r < 0)
		return r;
	answer = write_answer(local, &o, slots);
	if (!answer)
		return -ENOMEM;
	settle(ret, &o);
	*ret_answer = answer;
	return 0;
}
