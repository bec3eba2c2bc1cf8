/*
 * Reads the offer of a WHIP or WHEP client (RFC 9725) through gstsdp. Before its parser sees a byte, length, lines and
 * characters are checked here.
 */
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/sdp_whip.h"

static int refuse(struct sdp_error *err, int code, const char *reason)
{
	err->reason = reason;
	err->line = 0;
	return code;
}

static int check_text(const char *offer, size_t len, struct sdp_error *err)
{
	struct sdp_lines lines = { .rest = span_of(offer, len) };
	size_t n_media = 0, n = 0;
	const char *why = NULL;
	struct span value;
	char type;
	int r;

	if (len > SDP_MAX_OFFER_BYTES)
		return refuse(err, -EBADMSG, "the offer is too long");
	while (!why && (r = sdp_next_line(&lines, &type, &value)) > 0) {
		if (n++ == 0 && (type != 'v' || !span_is(value, "0")))
			why = "SDP begins with v=0";
		if (type == 'm' && ++n_media > WHIP_MAX_LINES)
			why = "more than 16 m-lines";
	}
	if (!why && r < 0)
		why = lines.reason;
	if (!why && !n_media)
		return refuse(err, -EBADMSG, "no m-line");
	if (why)
		*err = (struct sdp_error){ why, lines.line };
	return why ? -EBADMSG : 0;
}

static struct span media_value(const GstSDPMedia *m, const char *key)
{
	const char *v = gst_sdp_media_get_attribute_val(m, key);

	return span_of(v, v ? strlen(v) : 0);
}

/* At media level or, where it is missing there, at session level. */
static struct span transport_value(const struct whip_offer *o, const char *key)
{
	struct span v = media_value(o->lines[o->tagged].media, key);

	if (!v.data) {
		v.data = gst_sdp_message_get_attribute_val(o->msg, key);
		v.len = v.data ? strlen(v.data) : 0;
	}
	return v;
}

static int read_mids(struct whip_offer *o, struct sdp_error *err)
{
	for (size_t i = 0; i < o->n_lines; i++) {
		struct whip_line *l = &o->lines[i];
		struct span mid = media_value(l->media, "mid");
		const char *why = mid.data ? sdp_parse_mid(l->mid, mid) : NULL;

		for (size_t k = 0; k < i && !why; k++)
			if (l->mid[0] && strcmp(o->lines[k].mid, l->mid) == 0)
				why = "a mid stands on two m-lines";
		if (!gst_sdp_media_formats_len(l->media))
			why = "an m-line without payload types";
		if (why)
			return refuse(err, -EBADMSG, why);
	}
	return 0;
}

static enum sdp_direction direction_of(const struct whip_offer *o, const GstSDPMedia *m)
{
	for (guint i = 0; i < gst_sdp_media_attributes_len(m); i++) {
		const char *key = gst_sdp_media_get_attribute(m, i)->key;
		enum sdp_direction d = sdp_direction_of(span_of(key, strlen(key)));

		if (d != SDP_NO_DIRECTION)
			return d;
	}
	for (guint i = 0; i < gst_sdp_message_attributes_len(o->msg); i++) {
		const char *key = gst_sdp_message_get_attribute(o->msg, i)->key;
		enum sdp_direction d = sdp_direction_of(span_of(key, strlen(key)));

		if (d != SDP_NO_DIRECTION)
			return d;
	}
	return SDP_SENDRECV;
}

static void take_extension(struct whip_offer *o, struct whip_line *l, enum sdp_extension ext, const struct sdp_extmap *e)
{
	enum sdp_direction unwanted = o->direction == WHIP_PUBLISH ? SDP_RECVONLY : SDP_SENDONLY;
	uint8_t *have = sdp_extension_id(&o->ids, ext);

	/* One-byte headers only; an id means one thing in the whole BUNDLE (RFC 8843 §9.2). */
	if (e->id > 14 || e->direction == unwanted || e->direction == SDP_INACTIVE || (*have && *have != e->id))
		return;
	for (size_t i = 0; i < SDP_EXTENSIONS; i++)
		if (i != ext && *sdp_extension_id(&o->ids, (enum sdp_extension)i) == e->id)
			return;
	*have = (uint8_t)e->id;
	l->extensions[ext] = (struct whip_extension){ *have, e->direction };
}

/*
 * The attribute's value when its name is `key`, else an empty span. For loops over all attributes: gstsdp's own "nth of
 * that name" begins anew each time, which 4,000 lines of one name would make slow.
 */
static struct span value_if(const GstSDPAttribute *a, const char *key)
{
	bool same = strcmp(a->key, key) == 0;

	return span_of(same ? a->value : NULL, same && a->value ? strlen(a->value) : 0);
}

static bool declares_rid(const struct whip_line *l, struct span id)
{
	struct sdp_rid rid;

	for (guint n = 0; n < gst_sdp_media_attributes_len(l->media); n++)
		if (!sdp_parse_rid(&rid, value_if(gst_sdp_media_get_attribute(l->media, n), "rid")) && rid.direction == SDP_SENDONLY &&
		    span_equal(rid.id, id))
			return true;
	return false;
}

/* A list that cannot be read is none: the client then sends one stream, since the answer has no a=simulcast. */
static void read_rids(struct whip_line *l)
{
	struct sdp_rid_list offered;

	if (sdp_parse_simulcast(&offered, media_value(l->media, "simulcast"), SDP_SENDONLY))
		return;
	for (size_t i = 0; i < offered.n && l->rids.n < MAX_LAYERS; i++)
		if (declares_rid(l, offered.ids[i]))
			l->rids.ids[l->rids.n++] = offered.ids[i];
}

static void read_extensions(struct whip_offer *o, struct whip_line *l)
{
	bool up = o->direction == WHIP_PUBLISH;
	const bool wanted[SDP_EXTENSIONS] = {
		[SDP_EXT_MID] = up && l->mid[0],
		[SDP_EXT_RID] = l->rids.n > 0,
		[SDP_EXT_RRID] = l->rids.n > 0,
		[SDP_EXT_TWCC] = true,
		[SDP_EXT_AUDIO_LEVEL] = l->audio,
	};
	struct sdp_extmap e;

	for (guint n = 0; n < gst_sdp_media_attributes_len(l->media); n++) {
		if (sdp_parse_extmap(&e, value_if(gst_sdp_media_get_attribute(l->media, n), "extmap")))
			continue;
		for (size_t i = 0; i < SDP_EXTENSIONS; i++)
			if (wanted[i] && span_is(e.uri, sdp_extensions[i].uri))
				take_extension(o, l, (enum sdp_extension)i, &e);
	}
	/* Layers that packets do not name could not be told apart. */
	if (!l->extensions[SDP_EXT_RID].id)
		l->rids.n = 0;
}

static void read_ssrcs(struct whip_line *l)
{
	struct span ssrc = media_value(l->media, "ssrc");

	span_number(span_word(&ssrc), UINT32_MAX, &l->ssrc);
	for (guint n = 0; n < gst_sdp_media_attributes_len(l->media); n++) {
		struct span group = value_if(gst_sdp_media_get_attribute(l->media, n), "ssrc-group");
		uint32_t main_ssrc, rtx;

		if (!span_is(span_word(&group), "FID") || !span_number(span_word(&group), UINT32_MAX, &main_ssrc) ||
		    !span_number(span_word(&group), UINT32_MAX, &rtx) || l->n_fids == MAX_LAYERS)
			continue;
		l->fids[l->n_fids].ssrc = main_ssrc;
		l->fids[l->n_fids++].rtx_ssrc = l->picks[0].rtx_pt ? rtx : 0;
	}
	if (l->n_fids) {
		l->ssrc = l->fids[0].ssrc;
		l->rtx_ssrc = l->fids[0].rtx_ssrc;
	}
}

static bool is_proto(const char *proto)
{
	return proto && (strcmp(proto, "UDP/TLS/RTP/SAVPF") == 0 || strcmp(proto, "RTP/SAVPF") == 0);
}

/* Returns NULL when the m-line can be taken, or why not. */
static const char *judge_line(const struct whip_offer *o, struct whip_line *l)
{
	bool bundle_only = gst_sdp_media_get_attribute_val(l->media, "bundle-only");
	enum sdp_direction d = direction_of(o, l->media);

	if (gst_sdp_media_get_port(l->media) == 0 && !bundle_only)
		return "the m-line is switched off by port 0";
	if (!is_proto(gst_sdp_media_get_proto(l->media)))
		return "the protocol is not UDP/TLS/RTP/SAVPF";
	if (!gst_sdp_media_get_attribute_val(l->media, "rtcp-mux"))
		return "rtcp-mux is needed";
	if (d != SDP_SENDRECV && d != (o->direction == WHIP_PUBLISH ? SDP_SENDONLY : SDP_RECVONLY))
		return o->direction == WHIP_PUBLISH ? "who publishes offers sendonly" : "who plays offers recvonly";
	if (!whip_pick_codecs(l, o->direction))
		return l->audio ? "no codec in common: audio is Opus" :
				  "no codec in common: video is VP8, H.264 with packetization-mode=1, or VP9 or AV1 of profile 0";
	return NULL;
}

/* A player's line that would not report on its packets leaves holes in the reports on the others: then none has numbers. */
static void check_twcc_down(struct whip_offer *o)
{
	bool whole = true;

	for (size_t i = 0; i < o->n_lines; i++) {
		const struct whip_line *l = &o->lines[i];

		for (size_t k = 0; k < l->n_picks && l->accepted; k++)
			whole = whole && l->extensions[SDP_EXT_TWCC].id && (l->picks[k].codec == CODEC_RED || (l->picks[k].feedback & SDP_FEEDBACK_TWCC));
	}
	if (whole || o->direction == WHIP_PUBLISH)
		return;
	o->ids.twcc = 0;
	for (size_t i = 0; i < o->n_lines; i++)
		o->lines[i].extensions[SDP_EXT_TWCC].id = 0;
}

/* The first usable audio and the first usable video. */
static int choose_lines(struct whip_offer *o, struct sdp_error *err)
{
	const char *why = NULL;
	bool have[2] = { false, false };

	for (size_t i = 0; i < o->n_lines; i++) {
		struct whip_line *l = &o->lines[i];
		const char *kind = gst_sdp_media_get_media(l->media), *unusable;

		l->audio = kind && strcmp(kind, "audio") == 0;
		if (!kind || (!l->audio && strcmp(kind, "video") != 0) || have[l->audio])
			continue;
		unusable = judge_line(o, l);
		why = why ? why : unusable;
		l->accepted = have[l->audio] = !unusable;
		l->rsize = gst_sdp_media_get_attribute_val(l->media, "rtcp-rsize");
		if (l->accepted) {
			if (!l->audio && o->direction == WHIP_PUBLISH)
				read_rids(l);
			read_extensions(o, l);
			read_ssrcs(l);
		}
	}
	check_twcc_down(o);
	if (have[0] || have[1])
		return 0;
	return refuse(err, -ENOTSUP, why ? why : "no m-line of audio or video");
}

static bool group_holds_accepted(const struct whip_offer *o, struct span mids)
{
	for (size_t i = 0; i < o->n_lines; i++) {
		const struct whip_line *l = &o->lines[i];

		if (l->accepted && !span_has_word(mids, span_of(l->mid, strlen(l->mid))))
			return false;
	}
	return true;
}

/* RFC 8843 §7.3.1: of what we accept, the m-line that stands first in the group carries the transport. */
static void choose_tagged(struct whip_offer *o)
{
	struct span mids = span_of(o->bundle, o->bundle ? strlen(o->bundle) : 0);

	while (mids.len) {
		struct span mid = span_word(&mids);

		for (size_t i = 0; i < o->n_lines; i++)
			if (o->lines[i].accepted && span_is(mid, o->lines[i].mid)) {
				o->tagged = i;
				return;
			}
	}
	while (!o->lines[o->tagged].accepted)
		o->tagged++;
}

static int choose_bundle(struct whip_offer *o, struct sdp_error *err)
{
	size_t n_accepted = 0;

	for (size_t i = 0; i < o->n_lines; i++)
		n_accepted += o->lines[i].accepted;
	for (guint n = 0; n < gst_sdp_message_attributes_len(o->msg) && !o->bundle; n++) {
		struct span mids = value_if(gst_sdp_message_get_attribute(o->msg, n), "group");

		if (span_is(span_word(&mids), "BUNDLE") && group_holds_accepted(o, mids))
			o->bundle = mids.data;
	}
	if (n_accepted > 1 && !o->bundle)
		return refuse(err, -ENOTSUP, "audio and video must be in one BUNDLE group (webrtcbin: bundle-policy=max-bundle)");
	choose_tagged(o);
	return 0;
}

/* In a BUNDLE a payload type has one meaning (RFC 8843 §9.1); without it a packet's codec would be a guess. */
static int check_payload_types(const struct whip_offer *o, struct sdp_error *err)
{
	bool used[128] = { false };

	for (size_t i = 0; i < o->n_lines; i++)
		for (size_t k = 0; k < o->lines[i].n_picks && o->lines[i].accepted; k++) {
			const struct whip_pick *p = &o->lines[i].picks[k];

			if (used[p->pt] || used[p->rtx_pt])
				return refuse(err, -EBADMSG, "a payload type means two codecs (webrtcbin: give each payloader its own pt)");
			used[p->pt] = true;
			used[p->rtx_pt] = p->rtx_pt != 0;
		}
	return 0;
}

static const char *read_fingerprint(struct whip_offer *o)
{
	const GstSDPMedia *m = o->lines[o->tagged].media;
	bool in_media = gst_sdp_media_get_attribute_val(m, "fingerprint");
	const char *why = "no fingerprint", *value;

	/* RFC 8122 §5 allows one of each hash: the first that we can check counts. */
	for (guint n = 0; n < 8; n++) {
		value = in_media ? gst_sdp_media_get_attribute_val_n(m, "fingerprint", n) :
				   gst_sdp_message_get_attribute_val_n(o->msg, "fingerprint", n);
		if (!value)
			return why;
		why = sdp_parse_fingerprint(&o->fingerprint, span_of(value, strlen(value)));
		if (why != sdp_unknown_hash)
			return why;
	}
	return why;
}

static int read_setup(const struct whip_offer *o, struct sdp_error *err)
{
	struct span setup = transport_value(o, "setup");

	/* Absent means active (RFC 4145 §4). */
	if (!setup.data || span_is(setup, "actpass") || span_is(setup, "active"))
		return 0;
	if (span_is(setup, "passive"))
		return refuse(err, -ENOTSUP, "a=setup:passive: the server is the DTLS server, so offer actpass or active");
	return refuse(err, -ENOTSUP, "a=setup is neither actpass nor active");
}

static int read_transport(struct whip_offer *o, struct sdp_error *err)
{
	const char *why;

	if (gst_sdp_message_get_attribute_val(o->msg, "ice-lite"))
		return refuse(err, -ENOTSUP, "both sides are ICE-lite");
	why = sdp_parse_ufrag(&o->remote, transport_value(o, "ice-ufrag"));
	if (!why)
		why = sdp_parse_pwd(&o->remote, transport_value(o, "ice-pwd"));
	if (!why)
		why = read_fingerprint(o);
	return why ? refuse(err, -EBADMSG, why) : read_setup(o, err);
}

static int parse(struct whip_offer *o, const char *offer, size_t len, struct sdp_error *err)
{
	if (gst_sdp_message_new(&o->msg) != GST_SDP_OK)
		return -ENOMEM;
	if (gst_sdp_message_parse_buffer((const guint8 *)offer, (guint)len, o->msg) != GST_SDP_OK)
		return refuse(err, -EBADMSG, "not SDP");
	o->n_lines = gst_sdp_message_medias_len(o->msg);
	if (!o->n_lines || o->n_lines > WHIP_MAX_LINES)
		return refuse(err, -EBADMSG, "no m-line, or more than 16");
	for (size_t i = 0; i < o->n_lines; i++)
		o->lines[i].media = gst_sdp_message_get_media(o->msg, (guint)i);
	return 0;
}

int whip_offer_read(struct whip_offer *ret, enum whip_direction direction, const char *offer, size_t len, struct sdp_error *err)
{
	int r;

	*ret = (struct whip_offer){ .direction = direction };
	r = check_text(offer, len, err);
	if (r == 0)
		r = parse(ret, offer, len, err);
	if (r == 0)
		r = read_mids(ret, err);
	if (r == 0)
		r = choose_lines(ret, err);
	if (r == 0)
		r = choose_bundle(ret, err);
	if (r == 0)
		r = check_payload_types(ret, err);
	if (r == 0)
		r = read_transport(ret, err);
	return r;
}

void whip_offer_done(struct whip_offer *o)
{
	if (o->msg)
		gst_sdp_message_free(o->msg);
	o->msg = NULL;
}
