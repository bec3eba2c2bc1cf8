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

static void keep_codec(struct payload_types *pt, enum payload_codec codec)
{
	pt->red = 0;
	if (codec != PAYLOAD_VP8)
		pt->vp8 = pt->vp8_rtx = 0;
	if (codec != PAYLOAD_H264)
		pt->h264 = pt->h264_rtx = 0;
}

static struct media *add_media(struct description *d, bool audio, enum direction direction, enum payload_codec codec)
{
	struct media *m = &d->media[d->n_media];

	*m = (struct media){ .audio = audio, .direction = direction, .ids = { .mid = 4, .twcc = 3, .level = audio ? 1 : 0 } };
	if (audio)
		m->pt.opus = 111;
	else
		m->pt = (struct payload_types){ .vp8 = 96, .vp8_rtx = 97, .h264 = 102, .h264_rtx = 103 };
	keep_codec(&m->pt, codec);
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

char *sdp_offer_sending(const struct peer *p, const struct outgoing *o)
{
	g_autofree struct description *d = g_new0(struct description, 1);

	describe_peer(d, p);
	name_streams(add_media(d, true, SENDONLY, o->cfg.codec), &o->layers[0]);
	if (o->cfg.n_layers)
		name_streams(add_media(d, false, SENDONLY, o->cfg.codec), &o->layers[o->cfg.n_layers]);
	return description_write(d);
}

char *sdp_offer_receiving(const struct peer *p, enum payload_codec codec)
{
	g_autofree struct description *d = g_new0(struct description, 1);

	describe_peer(d, p);
	add_media(d, true, RECVONLY, codec);
	add_media(d, false, RECVONLY, codec);
	return description_write(d);
}

/* The part of an SDP text that is the m-line with this mid. */
static char *section_of(const char *text, const char *mid)
{
	g_autofree char *line = g_strdup_printf("\na=mid:%s\r", mid);
	const char *at = strstr(text, line), *begin = text, *end;

	if (!at)
		return NULL;
	for (const char *m = strstr(text, "\nm="); m && m < at; m = strstr(m + 1, "\nm="))
		begin = m;
	end = strstr(at, "\nm=");
	return g_strndup(begin, end ? (gsize)(end - begin) : strlen(begin));
}

/* What the server offers to take by RID (RFC 8853), among our layers. Lines of the answer, "" without simulcast; g_free(). */
static char *answer_rids(const struct outgoing *o, const char *offer, const char *mid)
{
	g_autofree char *section = section_of(offer, mid);
	GString *lines = g_string_new(NULL), *list = g_string_new(NULL);
	bool offered = section && strstr(section, "\na=simulcast:recv ");

	for (unsigned i = 1; i <= o->cfg.n_layers && offered; i++) {
		const char *rid = o->layers[i].cfg.rid;
		g_autofree char *line = g_strdup_printf("\na=rid:%s recv", rid);

		if (!rid[0] || !strstr(section, line))
			continue;
		g_string_append_printf(lines, "a=rid:%s send\r\n", rid);
		g_string_append_printf(list, "%s%s", list->len ? ";" : "", rid);
	}
	if (list->len)
		g_string_append_printf(lines, "a=simulcast:send %s\r\n", list->str);
	g_string_free(list, TRUE);
	return g_string_free(lines, FALSE);
}

static void answer_media(struct media *m, const struct media *offered, enum payload_codec codec)
{
	*m = *offered;
	m->direction = offered->direction == RECVONLY ? SENDONLY : offered->direction == SENDONLY ? RECVONLY : SENDRECV;
	keep_codec(&m->pt, codec);
	m->ssrc = m->rtx_ssrc = 0;
	m->cname[0] = m->msid[0] = 0;
}

static char *insert_behind_mid(char *text, const char *mid, const char *lines)
{
	g_autofree char *line = g_strdup_printf("\na=mid:%s\r\n", mid), *old = text;
	char *at = strstr(text, line);

	if (!at || !lines[0])
		return g_steal_pointer(&old);
	at += strlen(line);
	return g_strdup_printf("%.*s%s%s", (int)(at - text), text, lines, at);
}

char *sdp_answer(const struct peer *p, const struct description *offer, const char *text, struct outgoing *o, const char *voice, const char *camera,
                 enum payload_codec codec)
{
	g_autofree struct description *d = g_new0(struct description, 1);
	g_autofree char *rids = o ? answer_rids(o, text, camera) : g_strdup("");
	const struct media *v = NULL, *c = NULL;

	describe_peer(d, p);
	d->n_media = offer->n_media;
	for (unsigned i = 0; i < d->n_media; i++) {
		struct media *m = &d->media[i];

		answer_media(m, &offer->media[i], codec);
		if (o && !strcmp(m->mid, voice) && (v = m))
			name_streams(m, &o->layers[0]);
		if (o && !strcmp(m->mid, camera) && o->cfg.n_layers && (c = m) && !rids[0])
			name_streams(m, &o->layers[o->cfg.n_layers]);
	}
	if (o)
		outgoing_agree(o, v, c, rids);
	return insert_behind_mid(description_write(d), camera ? camera : "", rids);
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
	outgoing_agree(o, v, c, "");
	return v || c ? 0 : -ENOTSUP;
}

static void add_types(struct payload_types *sum, const struct payload_types *pt)
{
	sum->opus = sum->opus ? sum->opus : pt->opus;
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
		cfg->nack |= m->nack;
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
