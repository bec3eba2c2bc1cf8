/* SDP line by line. Session-level attributes count for all m-lines, the first m-line's transport for the bundle. */
#include "description.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URI_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define URI_RID "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define URI_RRID "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define URI_TWCC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define URI_LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

static const char *after(const char *line, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(line, prefix, n) ? NULL : line + n;
}

static void read_extmap(struct extensions *ids, const char *v)
{
	char uri[160];
	unsigned id;

	if (sscanf(v, "%u%*[^ ] %159s", &id, uri) != 2 && sscanf(v, "%u %159s", &id, uri) != 2)
		return;
	if (!strcmp(uri, URI_MID))
		ids->mid = (uint8_t)id;
	else if (!strcmp(uri, URI_RID))
		ids->rid = (uint8_t)id;
	else if (!strcmp(uri, URI_RRID))
		ids->rrid = (uint8_t)id;
	else if (!strcmp(uri, URI_TWCC))
		ids->twcc = (uint8_t)id;
	else if (!strcmp(uri, URI_LEVEL))
		ids->level = (uint8_t)id;
}

static void read_rtpmap(struct media *m, const char *v)
{
	char name[32];
	unsigned pt;

	if (sscanf(v, "%u %31[^/]", &pt, name) != 2)
		return;
	if (!strcasecmp(name, "opus"))
		m->pt.opus = (uint8_t)pt;
	else if (!strcasecmp(name, "red") && m->audio)
		m->pt.red = (uint8_t)pt;
	else if (!strcasecmp(name, "VP8"))
		m->pt.vp8 = (uint8_t)pt;
	else if (!strcasecmp(name, "H264") && !m->pt.h264)
		m->pt.h264 = (uint8_t)pt;
	else if (!strcasecmp(name, "VP9"))
		m->pt.vp9 = (uint8_t)pt;
	else if (!strcasecmp(name, "AV1"))
		m->pt.av1 = (uint8_t)pt;
}

static void read_fmtp(struct media *m, const char *v)
{
	const char *apt = strstr(v, "apt=");
	uint8_t pt = (uint8_t)atoi(v), of = apt ? (uint8_t)atoi(apt + 4) : 0;

	if (of && of == m->pt.vp8)
		m->pt.vp8_rtx = pt;
	else if (of && of == m->pt.h264)
		m->pt.h264_rtx = pt;
	else if (of && of == m->pt.vp9)
		m->pt.vp9_rtx = pt;
	else if (strstr(v, "packetization-mode=1") && strstr(v, "42e01f"))
		m->pt.h264 = pt;
}

static void read_ssrc(struct media *m, const char *v)
{
	const char *cname = strstr(v, "cname:");

	if (!m->ssrc)
		m->ssrc = (uint32_t)strtoul(v, NULL, 10);
	if (cname)
		sscanf(cname + 6, "%63s", m->cname);
}

/* `send a;b` or `recv a;b` of one direction, without alternatives. */
static void read_simulcast(struct media *m, const char *v)
{
	g_auto(GStrv) rids = g_strsplit(v + MIN(strlen(v), 5), ";", -1);

	for (unsigned i = 0; rids[i] && m->n_rids < DESCRIPTION_RIDS; i++)
		g_strlcpy(m->rids[m->n_rids++], rids[i], sizeof(m->rids[0]));
}

static bool read_direction(struct media *m, const char *v)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

	for (unsigned i = 0; i < 4; i++)
		if (!strcmp(v, names[i])) {
			m->direction = (enum direction)i;
			return true;
		}
	return false;
}

static void read_media_attribute(struct media *m, const char *a)
{
	const char *v;

	if (read_direction(m, a))
		return;
	if ((v = after(a, "mid:")))
		g_strlcpy(m->mid, v, sizeof(m->mid));
	else if ((v = after(a, "rtpmap:")))
		read_rtpmap(m, v);
	else if ((v = after(a, "fmtp:")))
		read_fmtp(m, v);
	else if ((v = after(a, "extmap:")))
		read_extmap(&m->ids, v);
	else if ((v = after(a, "ssrc-group:FID ")))
		sscanf(v, "%u %u", &m->ssrc, &m->rtx_ssrc);
	else if ((v = after(a, "ssrc:")))
		read_ssrc(m, v);
	else if ((v = after(a, "simulcast:")))
		read_simulcast(m, v);
	else if ((v = after(a, "msid:")))
		g_strlcpy(m->msid, v, sizeof(m->msid));
	else if ((v = after(a, "rtcp-fb:"))) {
		m->nack |= g_str_has_suffix(v, " nack");
		m->pli |= g_str_has_suffix(v, " nack pli");
		m->twcc |= g_str_has_suffix(v, " transport-cc");
	}
}

static void read_transport_attribute(struct description *d, const char *a)
{
	const char *v;

	if ((v = after(a, "ice-ufrag:")))
		g_strlcpy(d->ufrag, v, sizeof(d->ufrag));
	else if ((v = after(a, "ice-pwd:")))
		g_strlcpy(d->pwd, v, sizeof(d->pwd));
	else if ((v = after(a, "fingerprint:")))
		g_strlcpy(d->fingerprint, v, sizeof(d->fingerprint));
	else if ((v = after(a, "setup:")))
		g_strlcpy(d->setup, v, sizeof(d->setup));
	else if (after(a, "group:BUNDLE"))
		d->bundled = true;
	else if (!strcmp(a, "ice-lite"))
		d->lite = true;
	else if (after(a, "candidate:") && d->n_candidates < 8)
		g_strlcpy(d->candidates[d->n_candidates++], a, sizeof(d->candidates[0]));
}

static int read_m_line(struct description *d, const char *v)
{
	struct media *m = &d->media[d->n_media];

	if (d->n_media == DESCRIPTION_MEDIA)
		return -EBADMSG;
	d->n_media++;
	m->audio = after(v, "audio ") != NULL;
	m->direction = SENDRECV;
	m->rejected = atoi(strchr(v, ' ') ? strchr(v, ' ') + 1 : "0") == 0;
	return 0;
}

int description_read(struct description *ret, const char *sdp)
{
	g_auto(GStrv) lines = g_strsplit(sdp, "\n", -1);

	*ret = (struct description){ 0 };
	for (unsigned i = 0; lines[i]; i++) {
		char *line = g_strchomp(lines[i]);

		if (after(line, "m=") && read_m_line(ret, line + 2) < 0)
			return -EBADMSG;
		if (!after(line, "a="))
			continue;
		if (!ret->n_media || ret->n_media == 1)
			read_transport_attribute(ret, line + 2);
		if (ret->n_media)
			read_media_attribute(&ret->media[ret->n_media - 1], line + 2);
	}
	ret->rtcp_mux = strstr(sdp, "a=rtcp-mux") != NULL;
	return ret->n_media && ret->ufrag[0] && ret->pwd[0] ? 0 : -EBADMSG;
}

static void write_codec(GString *s, uint8_t pt, const char *map, const char *fmtp, bool video)
{
	if (!pt)
		return;
	g_string_append_printf(s, "a=rtpmap:%u %s\r\n", pt, map);
	if (fmtp)
		g_string_append_printf(s, "a=fmtp:%u %s\r\n", pt, fmtp);
	g_string_append_printf(s, "a=rtcp-fb:%u transport-cc\r\n", pt);
	if (video)
		g_string_append_printf(s, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\na=rtcp-fb:%u ccm fir\r\n", pt, pt, pt);
}

static void write_rtx(GString *s, uint8_t pt, uint8_t of)
{
	if (pt)
		g_string_append_printf(s, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", pt, pt, of);
}

static void write_formats(GString *s, const struct media *m)
{
	const uint8_t all[] = { m->pt.red, m->pt.opus, m->pt.vp8, m->pt.vp8_rtx, m->pt.h264, m->pt.h264_rtx, m->pt.vp9, m->pt.vp9_rtx, m->pt.av1 };
	bool any = false;

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
		if (all[i]) {
			g_string_append_printf(s, " %u", all[i]);
			any = true;
		}
	g_string_append(s, any ? "\r\n" : " 0\r\n");
}

static void write_codecs(GString *s, const struct media *m)
{
	g_autofree char *red = g_strdup_printf("%u/%u", m->pt.opus, m->pt.opus);

	write_codec(s, m->pt.red, "red/48000/2", red, false);
	write_codec(s, m->pt.opus, "opus/48000/2", "minptime=10;useinbandfec=1;usedtx=1", false);
	if (m->audio && m->nack)
		g_string_append_printf(s, "a=rtcp-fb:%u nack\r\n", m->pt.opus);
	write_codec(s, m->pt.vp8, "VP8/90000", NULL, true);
	write_rtx(s, m->pt.vp8_rtx, m->pt.vp8);
	write_codec(s, m->pt.h264, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", true);
	write_rtx(s, m->pt.h264_rtx, m->pt.h264);
	write_codec(s, m->pt.vp9, "VP9/90000", "profile-id=0", true);
	write_rtx(s, m->pt.vp9_rtx, m->pt.vp9);
	write_codec(s, m->pt.av1, "AV1/90000", NULL, true);
}

static void write_extmap(GString *s, uint8_t id, const char *uri)
{
	if (id)
		g_string_append_printf(s, "a=extmap:%u %s\r\n", id, uri);
}

static void write_ssrcs(GString *s, const struct media *m)
{
	if (m->msid[0])
		g_string_append_printf(s, "a=msid:%s\r\n", m->msid);
	if (m->rtx_ssrc)
		g_string_append_printf(s, "a=ssrc-group:FID %u %u\r\n", m->ssrc, m->rtx_ssrc);
	if (m->ssrc)
		g_string_append_printf(s, "a=ssrc:%u cname:%s\r\n", m->ssrc, m->cname);
	if (m->rtx_ssrc)
		g_string_append_printf(s, "a=ssrc:%u cname:%s\r\n", m->rtx_ssrc, m->cname);
}

static void write_rids(GString *s, const struct media *m)
{
	const char *direction = m->direction == RECVONLY ? "recv" : "send";

	for (unsigned i = 0; i < m->n_rids; i++)
		g_string_append_printf(s, "a=rid:%s %s\r\n", m->rids[i], direction);
	if (!m->n_rids)
		return;
	g_string_append_printf(s, "a=simulcast:%s %s", direction, m->rids[0]);
	for (unsigned i = 1; i < m->n_rids; i++)
		g_string_append_printf(s, ";%s", m->rids[i]);
	g_string_append(s, "\r\n");
}

static void write_media(GString *s, const struct description *d, const struct media *m)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

	g_string_append_printf(s, "m=%s %u UDP/TLS/RTP/SAVPF", m->audio ? "audio" : "video", m->rejected ? 0u : 9u);
	write_formats(s, m);
	g_string_append_printf(s, "c=IN IP4 0.0.0.0\r\na=mid:%s\r\n", m->mid);
	if (m->rejected) {
		g_string_append(s, "a=inactive\r\n");
		return;
	}
	g_string_append_printf(s, "a=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", names[m->direction]);
	g_string_append_printf(s, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", d->ufrag, d->pwd);
	g_string_append_printf(s, "a=fingerprint:%s\r\na=setup:%s\r\n", d->fingerprint, d->setup);
	write_codecs(s, m);
	write_extmap(s, m->ids.level, URI_LEVEL);
	write_extmap(s, m->ids.mid, URI_MID);
	write_extmap(s, m->ids.twcc, URI_TWCC);
	write_extmap(s, m->ids.rid, URI_RID);
	write_extmap(s, m->ids.rrid, URI_RRID);
	write_rids(s, m);
	write_ssrcs(s, m);
	for (unsigned i = 0; i < d->n_candidates && m == d->media; i++)
		g_string_append_printf(s, "a=%s\r\n", d->candidates[i]);
}

char *description_write(const struct description *d)
{
	GString *s = g_string_new("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");

	if (d->bundled) {
		g_string_append(s, "a=group:BUNDLE");
		for (unsigned i = 0; i < d->n_media; i++)
			if (!d->media[i].rejected)
				g_string_append_printf(s, " %s", d->media[i].mid);
		g_string_append(s, "\r\n");
	}
	g_string_append(s, "a=extmap-allow-mixed\r\na=msid-semantic: WMS *\r\n");
	for (unsigned i = 0; i < d->n_media; i++)
		write_media(s, d, &d->media[i]);
	return g_string_free(s, FALSE);
}

const struct media *description_media(const struct description *d, const char *mid)
{
	for (unsigned i = 0; i < d->n_media; i++)
		if (!strcmp(d->media[i].mid, mid))
			return &d->media[i];
	return NULL;
}
