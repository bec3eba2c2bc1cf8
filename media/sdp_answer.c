/*
 * Reads the answer to a room offer in one pass: 29 slots make 30 kB of it, and 200 sites may answer at once. What the
 * offer said is known from sdp_profile.h, so that only what the answer kept has to be read.
 */
#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/sdp_field.h"
#include "media/sdp_profile.h"
#include "media/sdp_simulcast.h"

/* The m-line that is being read. */
struct media_scan {
	struct sdp_line offered;
	bool rejected;                  /* port 0 */
	bool has_mid, rtcp_mux, nack, transport_cc;
	enum sdp_direction direction;
	uint16_t codecs;                /* bits of enum codec that the answer kept */
	uint16_t rtx;                   /* those of them with RTX */
	uint8_t extensions;             /* bits of enum sdp_extension */
	uint8_t rids, layers;           /* bits of the offered rids: declared by a=rid, listed by a=simulcast */
	bool has_simulcast;
	uint32_t ssrc;                  /* the first named */
	uint8_t n_fids;
	struct { uint32_t ssrc, rtx_ssrc; } fids[MAX_LAYERS];
};

struct scan {
	struct negotiated *ret;
	const struct slot_cfg *slots;
	size_t n_lines;                 /* that the answer must have */
	size_t n_seen;                  /* m-lines begun; 0: still at session level */
	uint64_t mids_seen;             /* bits of offered m-lines */
	bool begun;                     /* v=0 was read */
	bool accepted;                  /* any m-line */
	bool has_setup;
	bool down_without_twcc;         /* a slot whose packets would not be reported on */
	enum sdp_direction direction;   /* session level */
	struct span bundle;
	struct media_scan m;
};

/* Handlers return NULL, or why the answer is refused. */
typedef const char *attribute_reader(struct scan *s, struct span value);

static const char *read_group(struct scan *s, struct span value)
{
	if (s->n_seen || !span_is(span_word(&value), "BUNDLE"))
		return NULL;
	if (s->bundle.data)
		return "two BUNDLE groups";
	s->bundle = value;
	return NULL;
}

/* All m-lines are bundled on one transport, so whoever names its parts must name the same (RFC 8843 §7). */
static const char *read_ufrag(struct scan *s, struct span value)
{
	struct ice_credentials *have = &s->ret->remote, new = { 0 };
	const char *why = sdp_parse_ufrag(&new, value);

	if (!why && have->ufrag[0] && strcmp(have->ufrag, new.ufrag) != 0)
		return "m-lines differ in ice-ufrag";
	if (!why)
		memcpy(have->ufrag, new.ufrag, sizeof(have->ufrag));
	return why;
}

static const char *read_pwd(struct scan *s, struct span value)
{
	struct ice_credentials *have = &s->ret->remote, new = { 0 };
	const char *why = sdp_parse_pwd(&new, value);

	if (!why && have->pwd[0] && strcmp(have->pwd, new.pwd) != 0)
		return "m-lines differ in ice-pwd";
	if (!why)
		memcpy(have->pwd, new.pwd, sizeof(have->pwd));
	return why;
}

static const char *read_fingerprint(struct scan *s, struct span value)
{
	struct fingerprint *have = &s->ret->fingerprint, new;
	const char *why = sdp_parse_fingerprint(&new, value);

	if (why)
		return why;
	if (have->hash != FINGERPRINT_NONE &&
	    (have->hash != new.hash || memcmp(have->digest, new.digest, sizeof(new.digest)) != 0))
		return "m-lines differ in fingerprint";
	*have = new;
	return NULL;
}

static const char *read_setup(struct scan *s, struct span value)
{
	s->has_setup = true;
	return span_is(value, "active") ? NULL : "a=setup is not active: the server is the DTLS server";
}

static const char *read_ice_lite(struct scan *s, struct span value)
{
	(void)s;
	(void)value;
	return "both sides are ICE-lite";
}

static size_t find_mid(const struct scan *s, struct span mid)
{
	struct sdp_line line;

	for (size_t i = 0; i < s->n_lines; i++) {
		sdp_line_at(&line, i, s->slots);
		if (span_is(mid, line.mid))
			return i;
	}
	return s->n_lines;
}

static const char *read_mid(struct scan *s, struct span value)
{
	size_t index = find_mid(s, value);

	if (s->m.has_mid)
		return "an m-line has two mids";
	if (index == s->n_lines)
		return "a mid that was not offered";
	if (s->mids_seen & UINT64_C(1) << index)
		return "a mid stands on two m-lines";
	if (index != s->n_seen - 1)
		return "the m-lines are not in the offer's order";
	s->mids_seen |= UINT64_C(1) << index;
	s->m.has_mid = true;
	return NULL;
}

static const char *read_rtcp_mux(struct scan *s, struct span value)
{
	(void)value;
	s->m.rtcp_mux = true;
	return NULL;
}

static const char *read_rtpmap(struct scan *s, struct span value)
{
	struct span pt = span_word(&value), map = span_word(&value);
	const struct sdp_codec *c;
	uint32_t n;

	if (!span_number(pt, 127, &n))
		return "an rtpmap without payload type";
	c = sdp_codec_of_pt(&s->m.offered, n);
	if (c && !span_is_nocase(map, n == c->pt ? c->map : "rtx/90000"))
		return "a payload type means another codec than in the offer";
	return NULL;
}

static const char *read_feedback(struct scan *s, struct span value)
{
	span_word(&value);
	if (span_is(value, "nack"))
		s->m.nack = true;
	else if (span_is(value, "transport-cc"))
		s->m.transport_cc = true;
	return NULL;
}

static const char *read_extmap(struct scan *s, struct span value)
{
	struct sdp_extmap e;
	const char *why = sdp_parse_extmap(&e, value);

	if (why)
		return why;
	for (size_t i = 0; i < SDP_EXTENSIONS; i++) {
		bool same_uri = span_is(e.uri, sdp_extensions[i].uri);

		if (same_uri != (e.id == sdp_extensions[i].id))
			return "an extmap has another id than in the offer";
		if (same_uri)
			s->m.extensions |= (uint8_t)(1u << i & s->m.offered.extensions);
	}
	return NULL;
}

static const char *read_ssrc(struct scan *s, struct span value)
{
	uint32_t ssrc;

	if (!span_number(span_word(&value), UINT32_MAX, &ssrc))
		return "an a=ssrc without number";
	if (!s->m.ssrc)
		s->m.ssrc = ssrc;
	return NULL;
}

static const char *read_ssrc_group(struct scan *s, struct span value)
{
	uint32_t ssrc, rtx;

	if (!span_is(span_word(&value), "FID"))
		return NULL;
	if (!span_number(span_word(&value), UINT32_MAX, &ssrc) || !span_number(span_word(&value), UINT32_MAX, &rtx) || value.len)
		return "a FID group is not of two SSRCs";
	if (s->m.n_fids == MAX(1, s->m.offered.n_rids))
		return "more FID groups on an m-line than streams";
	s->m.fids[s->m.n_fids].ssrc = ssrc;
	s->m.fids[s->m.n_fids++].rtx_ssrc = rtx;
	return NULL;
}

/* Bit of an offered rid, 0 for any other. */
static uint8_t rid_bit(const struct sdp_line *offered, struct span id)
{
	for (size_t i = 0; i < offered->n_rids; i++)
		if (span_is(id, offered->rids[i]))
			return (uint8_t)(1u << i);
	return 0;
}

static const char *read_rid(struct scan *s, struct span value)
{
	struct sdp_rid rid;
	const char *why = sdp_parse_rid(&rid, value);
	uint8_t bit = why ? 0 : rid_bit(&s->m.offered, rid.id);

	if (why)
		return why;
	if (!bit)
		return "a rid that was not offered";
	if (rid.direction != SDP_SENDONLY)
		return "a rid is not sent";
	if (s->m.rids & bit)
		return "a rid stands on two lines";
	s->m.rids |= bit;
	return NULL;
}

static const char *read_simulcast(struct scan *s, struct span value)
{
	struct sdp_rid_list list;
	const char *why = sdp_parse_simulcast(&list, value, SDP_SENDONLY);

	if (why)
		return why;
	if (s->m.has_simulcast)
		return "two a=simulcast on one m-line";
	s->m.has_simulcast = true;
	for (size_t i = 0; i < list.n; i++) {
		uint8_t bit = rid_bit(&s->m.offered, list.ids[i]);

		if (!bit)
			return "a rid that was not offered";
		s->m.layers |= bit;
	}
	return s->m.layers ? NULL : "a=simulcast sends nothing";
}

static const char *read_direction(struct scan *s, enum sdp_direction d)
{
	enum sdp_direction *at = s->n_seen ? &s->m.direction : &s->direction;

	if (*at != SDP_NO_DIRECTION)
		return "two directions";
	*at = d;
	return NULL;
}

static const struct attribute {
	const char *name;
	attribute_reader *read;
	bool session;           /* also where no m-line is open */
	bool rejected;          /* also on a rejected m-line */
} attributes[] = {
	{ "extmap", read_extmap, false, false },
	{ "fingerprint", read_fingerprint, true, false },
	{ "group", read_group, true, false },
	{ "ice-lite", read_ice_lite, true, true },
	{ "ice-pwd", read_pwd, true, false },
	{ "ice-ufrag", read_ufrag, true, false },
	{ "mid", read_mid, false, true },
	{ "rid", read_rid, false, false },
	{ "rtcp-fb", read_feedback, false, false },
	{ "rtcp-mux", read_rtcp_mux, false, false },
	{ "rtpmap", read_rtpmap, false, false },
	{ "setup", read_setup, true, false },
	{ "simulcast", read_simulcast, false, false },
	{ "ssrc", read_ssrc, false, false },
	{ "ssrc-group", read_ssrc_group, false, false },
};

static const char *read_attribute(struct scan *s, struct span text)
{
	bool in_media = s->n_seen > 0;
	enum sdp_direction d;
	struct span name, value;

	sdp_split_attribute(text, &name, &value);
	d = sdp_direction_of(name);
	if (d != SDP_NO_DIRECTION)
		return read_direction(s, d);
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		const struct attribute *a = &attributes[i];

		if (!span_is(name, a->name))
			continue;
		if ((!in_media && !a->session) || (in_media && s->m.rejected && !a->rejected))
			return NULL;
		return a->read(s, value);
	}
	return NULL;
}

static const char *read_payload_types(struct media_scan *m, struct span list)
{
	uint16_t rtx = 0;

	while (list.len) {
		struct span word = span_word(&list);
		const struct sdp_codec *c = NULL;
		uint32_t pt;

		if (span_number(word, 127, &pt))
			c = sdp_codec_of_pt(&m->offered, pt);
		if (!c)
			return "a payload type that was not offered on this m-line";
		if (pt == c->pt)
			m->codecs |= (uint16_t)(1u << c->codec);
		else
			rtx |= (uint16_t)(1u << c->codec);
	}
	m->rtx = rtx & m->codecs;
	return NULL;
}

static const char *begin_media(struct scan *s, struct span value)
{
	struct span kind = span_word(&value), port = span_word(&value), proto = span_word(&value);
	uint32_t number;

	if (s->n_seen == s->n_lines)
		return "more m-lines than the offer";
	s->m = (struct media_scan){ 0 };
	sdp_line_at(&s->m.offered, s->n_seen++, s->slots);
	if (!span_is(kind, s->m.offered.audio ? "audio" : "video"))
		return "an m-line is not of the kind that was offered";
	if (!span_number(port, 65535, &number) || !span_is(proto, "UDP/TLS/RTP/SAVPF"))
		return "an m-line has no port, or another protocol";
	s->m.rejected = number == 0;
	return s->m.rejected ? NULL : read_payload_types(&s->m, value);
}

/* Payload types and ids are those of the offer; what counts is whether the answer kept them. */
static void keep_codecs(struct scan *s)
{
	struct negotiated *n = s->ret;

	for (size_t i = 0; i < SDP_CODECS; i++) {
		const struct sdp_codec *c = &sdp_codecs[i];
		bool rtx = s->m.rtx & 1u << c->codec;

		if (!(s->m.codecs & 1u << c->codec))
			continue;
		if (s->m.offered.up) {
			n->codec_of_pt[c->pt] = (uint8_t)c->codec;
			if (rtx)
				n->rtx_of_pt[c->rtx_pt] = c->pt;
		} else {
			n->pt_of_codec[c->codec] = c->pt;
			if (rtx)
				n->rtx_pt_of_codec[c->codec] = c->rtx_pt;
		}
	}
}

/* Without a=simulcast, or where the extension was not kept, it is one stream whatever the rids are. */
static void keep_layers(struct negotiated_source *src, const struct media_scan *m)
{
	if (!m->has_simulcast || !(m->extensions & 1u << SDP_EXT_RID))
		return;
	for (size_t i = 0; i < m->offered.n_rids; i++)
		if (m->layers & 1u << i)
			strcpy(src->rids[src->n_layers++], m->offered.rids[i]);
}

/* Which layer an SSRC is, only its packets tell. */
static void keep_ssrcs(struct negotiated_source *src, const struct media_scan *m)
{
	if (src->n_layers < 2) {
		src->ssrc = m->n_fids ? m->fids[0].ssrc : m->ssrc;
		src->rtx_ssrc = m->rtx ? m->fids[0].rtx_ssrc : 0;
		return;
	}
	src->n_fids = m->rtx ? m->n_fids : 0;
	for (size_t i = 0; i < src->n_fids; i++) {
		src->fids[i].ssrc = m->fids[i].ssrc;
		src->fids[i].rtx_ssrc = m->fids[i].rtx_ssrc;
	}
}

/* libwebrtc repeats sound when its peer says so, though its own side does not say it; nobody else has RED for sound. */
static bool repeats_sound(const struct media_scan *m)
{
	return m->offered.audio && (m->nack || m->codecs & 1u << CODEC_RED);
}

static void keep_source(struct scan *s)
{
	struct negotiated_source *src = &s->ret->sources[s->m.offered.kind];

	src->active = true;
	keep_layers(src, &s->m);
	keep_ssrcs(src, &s->m);
	s->ret->nack_up = s->ret->nack_up || (!s->m.offered.audio && s->m.nack);
	s->ret->nack_up_sound = s->ret->nack_up_sound || repeats_sound(&s->m);
	for (size_t i = 0; i < SDP_EXTENSIONS; i++)
		if (s->m.extensions & 1u << i)
			*sdp_extension_id(&s->ret->up, (enum sdp_extension)i) = sdp_extensions[i].id;
}

static void keep_slot(struct scan *s)
{
	struct negotiated_slot *slot = &s->ret->slots[s->m.offered.slot];

	slot->active = true;
	slot->codecs = s->m.codecs;
	if (s->m.extensions & 1u << SDP_EXT_AUDIO_LEVEL)
		s->ret->down.audio_level = sdp_extensions[SDP_EXT_AUDIO_LEVEL].id;
	if (s->m.extensions & 1u << SDP_EXT_TWCC && s->m.transport_cc)
		s->ret->down.twcc = sdp_extensions[SDP_EXT_TWCC].id;
	else
		s->down_without_twcc = true;
}

static const char *check_media(struct scan *s)
{
	uint16_t wanted = s->m.offered.audio ? 1 << CODEC_OPUS : 1 << CODEC_VP8 | 1 << CODEC_H264;
	struct span mid = span_of(s->m.offered.mid, strlen(s->m.offered.mid));

	if (!s->m.has_mid)
		return "an m-line without mid";
	if (!s->m.rtcp_mux)
		return "an m-line without rtcp-mux";
	if (!span_has_word(s->bundle, mid))
		return "an m-line is not in the BUNDLE group";
	if (!(s->m.codecs & wanted))
		return "an m-line is accepted without a codec";
	if (s->m.layers & ~s->m.rids)
		return "a=simulcast names a rid without a=rid";
	return NULL;
}

static const char *end_media(struct scan *s)
{
	enum sdp_direction wanted = s->m.offered.up ? SDP_SENDONLY : SDP_RECVONLY;
	enum sdp_direction d = s->m.direction ? s->m.direction : s->direction;
	const char *why;

	if (s->m.offered.up)
		memcpy(s->ret->sources[s->m.offered.kind].mid, s->m.offered.mid, MID_BYTES);
	else
		memcpy(s->ret->slots[s->m.offered.slot].mid, s->m.offered.mid, MID_BYTES);
	if (s->m.rejected)
		return NULL;
	why = check_media(s);
	if (why)
		return why;
	s->accepted = true;
	if (d == SDP_INACTIVE)
		return NULL;
	if (d != wanted)
		return s->m.offered.up ? "an m-line of the client is not sendonly" : "a slot is not recvonly";
	keep_codecs(s);
	if (s->m.offered.up)
		keep_source(s);
	else
		keep_slot(s);
	return NULL;
}

#define LINE_SSRCS (2 + 2 * MAX_LAYERS)

static size_t list_ssrcs(uint32_t ret[LINE_SSRCS], const struct negotiated_source *src)
{
	size_t n = 0;

	ret[n++] = src->ssrc;
	ret[n++] = src->rtx_ssrc;
	for (size_t i = 0; i < src->n_fids; i++) {
		ret[n++] = src->fids[i].ssrc;
		ret[n++] = src->fids[i].rtx_ssrc;
	}
	return n;
}

static const char *check_ssrcs(const struct negotiated *n)
{
	uint32_t seen[SOURCE_KINDS * LINE_SSRCS];
	size_t n_seen = 0;

	for (size_t i = 0; i < SOURCE_KINDS; i++)
		n_seen += list_ssrcs(seen + n_seen, &n->sources[i]);
	for (size_t i = 0; i < n_seen; i++)
		for (size_t k = 0; k < i; k++)
			if (seen[i] && seen[i] == seen[k])
				return "one SSRC is named for two streams";
	return NULL;
}

static const char *check_end(const struct scan *s)
{
	if (s->n_seen != s->n_lines)
		return "fewer m-lines than the offer";
	if (!s->accepted)
		return "all m-lines are rejected";
	if (!s->ret->remote.ufrag[0] || !s->ret->remote.pwd[0])
		return "no ICE credentials";
	if (s->ret->fingerprint.hash == FINGERPRINT_NONE)
		return "no fingerprint";
	if (!s->has_setup)
		return "no a=setup";
	return check_ssrcs(s->ret);
}

static const char *read_line(struct scan *s, char type, struct span value)
{
	const char *why = NULL;

	if (!s->begun && (type != 'v' || !span_is(value, "0")))
		return "SDP begins with v=0";
	s->begun = true;
	if (type == 'a')
		return read_attribute(s, value);
	if (type != 'm')
		return NULL;
	if (s->n_seen)
		why = end_media(s);
	return why ? why : begin_media(s, value);
}

static int refuse(struct sdp_error *err, const char *reason, unsigned line)
{
	err->reason = reason;
	err->line = line;
	return -EBADMSG;
}

int sdp_read_answer(struct negotiated *ret, const char *sdp, size_t len, const struct slot_cfg *slots, size_t n_slots,
                    struct sdp_error *err)
{
	struct scan s = { .ret = ret, .slots = slots, .n_lines = SOURCE_KINDS + n_slots };
	struct sdp_lines lines = { .rest = span_of(sdp, len) };
	const char *why = NULL;
	struct span value;
	char type;
	int r;

	if (len > SDP_MAX_ANSWER_BYTES || n_slots > MAX_SLOTS)
		return refuse(err, "the answer is too long", 0);
	memset(ret, 0, sizeof(*ret));
	ret->n_slots = (uint8_t)n_slots;
	while (!why && (r = sdp_next_line(&lines, &type, &value)) > 0)
		why = read_line(&s, type, value);
	if (why)
		return refuse(err, why, lines.line);
	if (r < 0)
		return refuse(err, lines.reason, lines.line);
	why = s.n_seen ? end_media(&s) : "no m-line";
	/* Numbers that nobody reports would read as loss. */
	if (s.down_without_twcc)
		ret->down.twcc = 0;
	if (!why)
		why = check_end(&s);
	return why ? refuse(err, why, 0) : 0;
}
