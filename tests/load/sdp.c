/* See sdp.h. Codecs are cut down to the one that the run is about, so that both sides send just that. */
#include "tests/load/sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void describe_peer(struct description *d, const struct peer *p)
{
	char address[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &p->local.sin_addr, address, sizeof(address));
	d->bundled = true;
	g_strlcpy(d->ufrag, p->ufrag, sizeof(d->ufrag));
	g_strlcpy(d->pwd, p->pwd, sizeof(d->pwd));
	g_strlcpy(d->fingerprint, p->fingerprint, sizeof(d->fingerprint));
	g_strlcpy(d->setup, "active", sizeof(d->setup));
	d->n_candidates = 1;
	g_snprintf(d->candidates[0], sizeof(d->candidates[0]), "candidate:1 1 udp 2130706431 %s %u typ host", address,
	           ntohs(p->local.sin_port));
}

static void keep_codec(struct payload_types *pt, enum payload_codec codec, bool red)
{
	if (!red)
		pt->red = 0;
	if (codec != PAYLOAD_VP8)
		pt->vp8 = pt->vp8_rtx = 0;
	if (codec != PAYLOAD_H264)
		pt->h264 = pt->h264_rtx = 0;
}

static struct media *add_media(struct description *d, bool audio, enum direction direction, enum payload_codec codec, bool red)
{
	struct media *m = &d->media[d->n_media];

	*m = (struct media){ .audio = audio, .direction = direction, .ids = { .mid = 4, .twcc = 3, .level = audio ? 1 : 0 } };
	if (audio)
		m->pt = (struct payload_types){ .opus = 111, .red = 63 }, m->nack = true;
	else
		m->pt = (struct payload_types){ .vp8 = 96, .vp8_rtx = 97, .h264 = 102, .h264_rtx = 103 };
	keep_codec(&m->pt, codec, red);
	g_snprintf(m->mid, sizeof(m->mid), "%u", d->n_media++);
	return m;
}

static void name_streams(struct media *m, const struct outgoing_layer *l)
{
	m->ssrc = l->ssrc;
	m->rtx_ssrc = l->codec == PAYLOAD_OPUS ? 0 : l->rtx_ssrc;
	g_strlcpy(m->cname, "load", sizeof(m->cname));
	g_strlcpy(m->msid, "load load", sizeof(m->msid));
}

/* Our layers by their RIDs (RFC 8853), of those that are in `offered`; NULL: all. */
static void name_layers(struct media *m, const struct outgoing *o, const struct media *offered)
{
	for (unsigned i = 1; i <= o->cfg.n_layers; i++) {
		const char *rid = o->layers[i].cfg.rid;
		bool taken = rid[0] && !offered;

		for (unsigned k = 0; offered && rid[0] && k < offered->n_rids; k++)
			taken |= !strcmp(offered->rids[k], rid);
		if (taken)
			g_strlcpy(m->rids[m->n_rids++], rid, sizeof(m->rids[0]));
	}
}

/* With simulcast the streams are known by their RIDs, without by their SSRCs. */
static void name_camera(struct media *m, const struct outgoing *o, const struct media *offered)
{
	m->n_rids = 0;
	if (o->cfg.n_layers > 1)
		name_layers(m, o, offered);
	if (m->n_rids) {
		m->ids.rid = m->ids.rid ? m->ids.rid : 10;
		m->ids.rrid = m->ids.rrid ? m->ids.rrid : 11;
	} else {
		name_streams(m, &o->layers[o->cfg.n_layers]);
	}
}

char *sdp_offer_sending(const struct peer *p, const struct outgoing *o)
{
	g_autofree struct description *d = g_new0(struct description, 1);

	describe_peer(d, p);
	name_streams(add_media(d, true, SENDONLY, o->cfg.codec, o->cfg.red), &o->layers[0]);
	if (o->cfg.n_layers)
		name_camera(add_media(d, false, SENDONLY, o->cfg.codec, false), o, NULL);
	return description_write(d);
}

char *sdp_offer_receiving(const struct peer *p, enum payload_codec codec, bool red)
{
	g_autofree struct description *d = g_new0(struct description, 1);

	describe_peer(d, p);
	add_media(d, true, RECVONLY, codec, red);
	add_media(d, false, RECVONLY, codec, false);
	return description_write(d);
}

static void answer_media(struct media *m, const struct media *offered, enum payload_codec codec, bool red)
{
	*m = *offered;
	m->direction = offered->direction == RECVONLY ? SENDONLY : offered->direction == SENDONLY ? RECVONLY : SENDRECV;
	keep_codec(&m->pt, codec, red);
	m->ssrc = m->rtx_ssrc = m->n_rids = 0;
	m->cname[0] = m->msid[0] = 0;
	m->n_rids = 0;                          /* answer_rids() names those that are sent */
}

char *sdp_answer(const struct peer *p, const struct description *offer, struct outgoing *o, const char *voice, const char *camera,
                 enum payload_codec codec, bool red)
{
	g_autofree struct description *d = g_new0(struct description, 1);
	const struct media *v = NULL, *c = NULL;

	describe_peer(d, p);
	d->n_media = offer->n_media;
	for (unsigned i = 0; i < d->n_media; i++) {
		struct media *m = &d->media[i];

		answer_media(m, &offer->media[i], codec, red);
		if (o && !strcmp(m->mid, voice) && (v = m))
			name_streams(m, &o->layers[0]);
		if (o && !strcmp(m->mid, camera) && o->cfg.n_layers && (c = m))
			name_camera(m, o, &offer->media[i]);
	}
	if (o)
		outgoing_agree(o, v, c);
	return description_write(d);
}

int sdp_take_answer(struct outgoing *o, const struct description *answer)
{
	const struct media *v = NULL, *c = NULL;

	for (unsigned i = 0; i < answer->n_media; i++) {
		const struct media *m = &answer->media[i];

		if (m->rejected)
			continue;
		if (m->audio)
			v = v ? v : m;
		else
			c = c ? c : m;
	}
	outgoing_agree(o, v, c);
	return v || c ? 0 : -ENOTSUP;
}

static void add_types(struct payload_types *sum, const struct payload_types *pt)
{
	sum->opus = sum->opus ? sum->opus : pt->opus;
	sum->red = sum->red ? sum->red : pt->red;
	sum->vp8 = sum->vp8 ? sum->vp8 : pt->vp8;
	sum->vp8_rtx = sum->vp8_rtx ? sum->vp8_rtx : pt->vp8_rtx;
	sum->h264 = sum->h264 ? sum->h264 : pt->h264;
	sum->h264_rtx = sum->h264_rtx ? sum->h264_rtx : pt->h264_rtx;
}

int sdp_expect(struct incoming *in, struct incoming_cfg *cfg, const struct description *d)
{
	int r;

	for (unsigned i = 0; i < d->n_media; i++) {
		const struct media *m = &d->media[i];

		if (m->rejected || !(m->direction & SENDONLY))
			continue;
		add_types(&cfg->pt, &m->pt);
		*(m->audio ? &cfg->nack_voice : &cfg->nack) |= m->nack;
		if (m->ids.twcc && m->twcc)
			cfg->twcc_id = m->ids.twcc;
	}
	r = incoming_init(in, cfg);
	for (unsigned i = 0; i < d->n_media && r == 0; i++)
		if (d->media[i].ssrc && d->media[i].direction & SENDONLY)
			incoming_expect(in, d->media[i].ssrc, d->media[i].rtx_ssrc, d->media[i].audio);
	return r;
}

static bool read_candidate(struct sockaddr_in *ret, const char *line)
{
	char kind[8], address[64];
	unsigned component, port;

	if (sscanf(line, "candidate:%*s %u %7s %*u %63s %u", &component, kind, address, &port) != 4)
		return false;
	*ret = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	return component == 1 && !g_ascii_strcasecmp(kind, "udp") && port <= 65535 && inet_pton(AF_INET, address, &ret->sin_addr) == 1;
}

int sdp_remote(struct peer_remote *ret, const struct description *d)
{
	struct sockaddr_in a;
	bool any = false;

	for (unsigned i = 0; i < d->n_candidates; i++) {
		if (!read_candidate(&a, d->candidates[i]) || (any && ntohl(a.sin_addr.s_addr) >> 24 != 127))
			continue;
		ret->address = a;
		any = true;
	}
	ret->ufrag = d->ufrag;
	ret->pwd = d->pwd;
	ret->fingerprint = d->fingerprint;
	ret->controls = false;
	return any ? 0 : -ENOENT;
}
