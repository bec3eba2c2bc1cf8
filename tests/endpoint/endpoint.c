/* Puts transport, sources and sinks together: who sends on which m-line, which SSRC is whose, RTCP both ways. */
#include "endpoint.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "bytes.h"

#define REPORT_US 1000000
#define FEEDBACK_US 50000
#define TWCC_KEPT 8192

struct endpoint {
	struct loop *loop;              /* given */
	struct endpoint_cfg cfg;
	struct transport *transport;    /* owned */
	struct source *sources[ENDPOINT_SOURCES]; /* owned */
	struct extensions ids[ENDPOINT_SOURCES];
	unsigned line[ENDPOINT_SOURCES]; /* m-line of our offer */
	unsigned n_sources;
	struct sink *sinks[ENDPOINT_SINKS]; /* owned */
	const struct media *sink_media[ENDPOINT_SINKS];
	unsigned n_sinks;
	struct description remote;
	struct extensions down;
	bool hears;                     /* a first packet came */
	uint32_t reporter, strays, byes;
	uint16_t twcc_seq, twcc_expect;
	struct twcc_stats twcc;
	int64_t *twcc_sent_us;          /* owned; 0 not sent */
	int64_t report_us, feedback_us;
	struct twcc_feedback *arrived;  /* owned, with cfg.feedback: since the last feedback */
};

/* Out. */

static unsigned source_index(const struct endpoint *e, uint32_t ssrc)
{
	unsigned i = 0;

	while (i < e->n_sources && source_cfg(e->sources[i])->ssrc != ssrc && source_cfg(e->sources[i])->rtx_ssrc != ssrc)
		i++;
	return i;
}

static void send_rtp(void *user, struct packet *p)
{
	struct endpoint *e = user;
	unsigned i = source_index(e, p->ssrc);
	uint8_t out[PACKET_BYTES];
	size_t n;

	if (transport_state(e->transport) != TRANSPORT_UP || i == e->n_sources)
		return;
	p->has_twcc = e->ids[i].twcc != 0;
	p->twcc = e->twcc_seq;
	if (p->has_twcc) {
		e->twcc_sent_us[e->twcc_seq++ % TWCC_KEPT] = p->lost ? 0 : now_us();
		e->twcc.sent += !p->lost;
		e->twcc.lost += p->lost;
	}
	if (p->lost)
		return;
	n = packet_write(out, p, &e->ids[i]);
	transport_send_rtp(e->transport, out, n);
}

static void send_rtcp(void *user, const uint8_t *data, size_t len)
{
	struct endpoint *e = user;

	transport_send_rtcp(e->transport, data, len);
}

static const struct source_output output = { send_rtp, send_rtcp };

static void send_feedback(struct endpoint *e, const uint8_t *feedback, size_t len)
{
	uint8_t out[2 * CONTROL_BYTES];
	size_t n = control_write_rr(out, e->reporter, NULL, 0);

	n += control_write_cname(out + n, e->reporter, "endpoint");
	memcpy(out + n, feedback, len);
	transport_send_rtcp(e->transport, out, n + len);
}

static void send_report_blocks(struct endpoint *e, int64_t now)
{
	struct report_block blocks[ENDPOINT_SINKS];
	uint8_t out[CONTROL_BYTES];
	unsigned n = 0;
	size_t len;

	for (unsigned i = 0; i < e->n_sinks && n < 31; i++)
		n += sink_report(e->sinks[i], now, &blocks[n]);
	if (!n)
		return;
	len = control_write_rr(out, e->reporter, blocks, n);
	len += control_write_cname(out + len, e->reporter, "endpoint");
	transport_send_rtcp(e->transport, out, len);
}

/* `base` is what the last feedback ended with: what comes from before it was reported as lost and stays so. */
static void note_arrival(struct endpoint *e, uint16_t number, int64_t now)
{
	struct twcc_feedback *f = e->arrived;
	uint16_t at;

	if (!e->hears)
		f->base = number;
	e->hears = true;
	at = (uint16_t)(number - f->base);
	if (at >= TWCC_WRITTEN)
		return;
	while (f->count <= at)
		f->arrival_us[f->count++] = -1;
	f->arrival_us[at] = now;
}

static void send_arrivals(struct endpoint *e, int64_t now)
{
	uint8_t out[CONTROL_BYTES];

	e->feedback_us = now + FEEDBACK_US;
	if (e->arrived->count == 0)
		return;
	send_feedback(e, out, control_write_twcc(out, e->arrived));
	e->arrived->base = (uint16_t)(e->arrived->base + e->arrived->count);
	e->arrived->count = 0;
	e->arrived->number++;
}

static void on_tick(void *user, int64_t now)
{
	struct endpoint *e = user;
	uint8_t out[CONTROL_BYTES];

	if (transport_state(e->transport) != TRANSPORT_UP)
		return;
	for (unsigned i = 0; i < e->n_sources; i++)
		if (source_cfg(e->sources[i])->pt)
			source_tick(e->sources[i], now);
	for (unsigned i = 0; i < e->n_sinks; i++) {
		size_t n = sink_tick(e->sinks[i], now, out);

		if (n)
			send_feedback(e, out, n);
	}
	if (e->arrived && now >= e->feedback_us)
		send_arrivals(e, now);
	if (now >= e->report_us) {
		e->report_us = now + REPORT_US;
		send_report_blocks(e, now);
	}
}

/* In. */

static bool carries(const struct media *m, uint8_t pt)
{
	return pt && (pt == m->pt.opus || pt == m->pt.red || pt == m->pt.vp8 || pt == m->pt.h264 || pt == m->pt.vp8_rtx ||
	              pt == m->pt.h264_rtx || pt == m->pt.vp9 || pt == m->pt.vp9_rtx);
}

static const struct media *media_of(const struct endpoint *e, const struct packet *p)
{
	for (unsigned i = 0; i < e->remote.n_media; i++) {
		const struct media *m = &e->remote.media[i];

		if (m->ssrc && (m->ssrc == p->ssrc || m->rtx_ssrc == p->ssrc))
			return m;
	}
	for (unsigned i = 0; i < e->remote.n_media; i++) {
		const struct media *m = &e->remote.media[i];

		if (!m->ssrc && !m->rejected && m->direction & SENDONLY && carries(m, p->pt))
			return m;
	}
	return NULL;
}

static struct sink *add_sink(struct endpoint *e, const struct media *m, const struct packet *p)
{
	struct sink_cfg cfg = {
		.ssrc = m->ssrc ? m->ssrc : p->ssrc, .rtx_ssrc = e->cfg.no_rtx ? 0 : m->rtx_ssrc, .reporter = e->reporter,
		.drop_every = m->audio ? 0 : e->cfg.drop_every,
		.pt = { m->pt.opus, e->cfg.accept_red ? m->pt.red : 0, e->cfg.no_vp8 ? 0 : m->pt.vp8, m->pt.vp8_rtx,
		        e->cfg.no_h264 ? 0 : m->pt.h264, m->pt.h264_rtx, e->cfg.newer ? m->pt.vp9 : 0, m->pt.vp9_rtx },
	};

	if (e->n_sinks == ENDPOINT_SINKS)
		return NULL;
	e->sink_media[e->n_sinks] = m;
	return e->sinks[e->n_sinks++] = sink_create(&cfg);
}

static struct sink *sink_of_ssrc(struct endpoint *e, uint32_t ssrc)
{
	for (unsigned i = 0; i < e->n_sinks; i++) {
		const struct sink_cfg *c = sink_cfg(e->sinks[i]);

		if (c->ssrc == ssrc || (c->rtx_ssrc && c->rtx_ssrc == ssrc))
			return e->sinks[i];
	}
	return NULL;
}

static void on_rtp(void *user, const uint8_t *data, size_t len)
{
	struct endpoint *e = user;
	struct packet p;
	struct sink *s;
	const struct media *m;

	if (e->cfg.no_sinks && !e->arrived)
		return;
	if (packet_read(&p, data, len, &e->down) < 0) {
		e->strays++;
		return;
	}
	if (e->arrived && p.has_twcc)
		note_arrival(e, p.twcc, now_us());
	if (e->cfg.no_sinks)
		return;
	s = sink_of_ssrc(e, p.ssrc);
	if (!s && (m = media_of(e, &p)))
		s = add_sink(e, m, &p);
	if (s)
		sink_on_packet(s, &p, now_us());
	else
		e->strays++;
}

static void on_sender(void *user, const struct sender_info *i)
{
	struct sink *s = sink_of_ssrc(user, i->ssrc);

	if (s)
		sink_on_sender(s, i, now_us());
}

static void on_cname(void *user, uint32_t ssrc, const char *cname)
{
	struct sink *s = sink_of_ssrc(user, ssrc);

	if (s)
		sink_on_cname(s, cname);
}

static void on_block(void *user, uint32_t from, const struct report_block *b)
{
	struct endpoint *e = user;
	unsigned i = source_index(e, b->about);

	(void)from;
	if (i < e->n_sources)
		source_on_block(e->sources[i], b);
}

static void on_nack(void *user, uint32_t about, const uint16_t *seqs, size_t n)
{
	struct endpoint *e = user;
	unsigned i = source_index(e, about);

	if (i < e->n_sources)
		source_on_nack(e->sources[i], seqs, n);
}

static void on_pli(void *user, uint32_t about)
{
	struct endpoint *e = user;
	unsigned i = source_index(e, about);

	if (i < e->n_sources)
		source_on_pli(e->sources[i]);
}

/* The first arrival of a feedback fixes the offset between its clock and ours; the others must keep the distance. */
static void on_twcc(void *user, const struct twcc_feedback *f)
{
	struct endpoint *e = user;
	int64_t offset = 0;
	bool first = true;

	if (e->twcc.feedbacks++ && f->number != (uint8_t)e->twcc_expect)
		e->twcc.wrong_counts++;
	e->twcc_expect = f->number + 1;
	for (unsigned i = 0; i < f->count; i++) {
		int64_t sent = e->twcc_sent_us[(uint16_t)(f->base + i) % TWCC_KEPT];
		int64_t off = f->arrival_us[i] - sent;

		e->twcc.reported++;
		if (f->arrival_us[i] < 0)
			continue;
		e->twcc.received++;
		if (!sent || (uint16_t)(e->twcc_seq - 1 - (f->base + i)) >= TWCC_KEPT) {
			e->twcc.never_sent++;
			continue;
		}
		if (first)
			offset = off;
		first = false;
		if (ABS(off - offset) > 50000)
			e->twcc.bad_gaps++;
	}
}

static void on_bye(void *user, uint32_t ssrc)
{
	struct endpoint *e = user;

	(void)ssrc;
	e->byes++;
}

static void on_rtcp(void *user, const uint8_t *data, size_t len)
{
	static const struct control_handlers handlers = { on_sender, on_block, on_nack, on_pli, on_twcc, on_bye, on_cname };
	struct endpoint *e = user;

	if (control_read(data, len, &handlers, e) < 0)
		e->strays++;
}

static const struct transport_events events = { NULL, on_rtp, on_rtcp };

struct endpoint *endpoint_create(struct loop *l, const struct endpoint_cfg *cfg)
{
	struct endpoint *e = g_new0(struct endpoint, 1);

	e->loop = l;
	e->cfg = *cfg;
	e->reporter = g_random_int();
	if (cfg->feedback) {
		e->arrived = g_new0(struct twcc_feedback, 1);
		e->arrived->sender = e->reporter;
	}
	loop_lock(l);
	e->transport = transport_create(l, &cfg->transport, &events, e);
	loop_add(l, on_tick, e);
	loop_unlock(l);
	return e;
}

struct endpoint *endpoint_destroy(struct endpoint *e)
{
	if (!e)
		return NULL;
	loop_lock(e->loop);
	loop_remove(e->loop, e);
	transport_destroy(e->transport);
	loop_unlock(e->loop);
	for (unsigned i = 0; i < e->n_sources; i++)
		source_destroy(e->sources[i]);
	for (unsigned i = 0; i < e->n_sinks; i++)
		sink_destroy(e->sinks[i]);
	g_free(e->twcc_sent_us);
	g_free(e->arrived);
	g_free(e);
	return NULL;
}

/* Negotiation. A source is made when its m-line is known; until then its wish waits as a source with pt 0. */

struct source *endpoint_add_source(struct endpoint *e, const struct source_cfg *cfg)
{
	struct source_cfg c = *cfg;

	if (e->n_sources == ENDPOINT_SOURCES)
		return NULL;
	if (!e->twcc_sent_us)
		e->twcc_sent_us = g_new0(int64_t, TWCC_KEPT);
	c.ssrc = g_random_int();
	c.rtx_ssrc = c.codec == PAYLOAD_OPUS || e->cfg.no_rtx ? 0 : g_random_int();
	c.pt = 0;
	return e->sources[e->n_sources++] = source_create(&c, &output, e);
}

static void restrict_types(const struct endpoint *e, struct payload_types *pt)
{
	if (e->cfg.no_rtx)
		pt->vp8_rtx = pt->h264_rtx = pt->vp9_rtx = 0;
	if (e->cfg.no_h264)
		pt->h264 = pt->h264_rtx = 0;
	if (e->cfg.no_vp8)
		pt->vp8 = pt->vp8_rtx = 0;
	if (!e->cfg.newer)
		pt->vp9 = pt->vp9_rtx = pt->av1 = 0;
}

/* Payload types and extensions for source i as agreed on its m-line. */
static void settle_source(struct endpoint *e, unsigned i, const struct media *m)
{
	const struct source_cfg *c = source_cfg(e->sources[i]);
	const struct { uint8_t pt, rtx; } types[] = {
		[PAYLOAD_OPUS] = { m->pt.opus, 0 }, [PAYLOAD_VP8] = { m->pt.vp8, m->pt.vp8_rtx }, [PAYLOAD_H264] = { m->pt.h264, m->pt.h264_rtx },
		[PAYLOAD_VP9] = { e->cfg.newer ? m->pt.vp9 : 0, m->pt.vp9_rtx },
	};

	e->ids[i] = m->ids;
	source_settle(e->sources[i], m->mid, m->rejected ? 0 : types[c->codec].pt, e->cfg.no_rtx ? 0 : types[c->codec].rtx, c->red_pt ? m->pt.red : 0);
}

void endpoint_recode(struct endpoint *e, struct source *s, enum payload_codec codec)
{
	const struct media *m = description_media(&e->remote, source_cfg(s)->mid);

	source_recode(s, codec);
	if (m)
		settle_source(e, source_index(e, source_cfg(s)->ssrc), m);
}

static void describe_transport(struct endpoint *e, struct description *d, const char *setup)
{
	g_autofree char *candidate = transport_candidate(e->transport);

	d->bundled = true;
	g_strlcpy(d->ufrag, transport_ufrag(e->transport), sizeof(d->ufrag));
	g_strlcpy(d->pwd, transport_pwd(e->transport), sizeof(d->pwd));
	g_strlcpy(d->fingerprint, transport_fingerprint(e->transport), sizeof(d->fingerprint));
	g_strlcpy(d->setup, setup, sizeof(d->setup));
	if (candidate) {
		d->n_candidates = 1;
		g_strlcpy(d->candidates[0], candidate, sizeof(d->candidates[0]));
	}
}

static void offer_media(struct endpoint *e, struct media *m, bool audio, const struct source *s)
{
	*m = (struct media){
		.audio = audio, .direction = s ? SENDONLY : RECVONLY, .ids = { .mid = 4, .twcc = 3, .level = audio ? 1 : 0 },
	};
	if (audio)
		m->pt = (struct payload_types){ .opus = 111, .red = s && source_cfg(s)->red_pt ? 63 : 0 };
	else
		m->pt = (struct payload_types){ .vp8 = 96, .vp8_rtx = 97, .h264 = 102, .h264_rtx = 103, .vp9 = 98, .vp9_rtx = 99 };
	restrict_types(e, &m->pt);
	if (s && !source_cfg(s)->rid[0]) {
		m->ssrc = source_cfg(s)->ssrc;
		m->rtx_ssrc = source_cfg(s)->rtx_ssrc;
		g_strlcpy(m->cname, "endpoint", sizeof(m->cname));
		g_strlcpy(m->msid, "- endpoint", sizeof(m->msid));
	}
}

static bool is_next_layer(const struct source *before, const struct source *s)
{
	return before && s && source_cfg(before)->rid[0] && source_cfg(s)->rid[0];
}

/* A layer of the m-line: it then names rids and their extensions, and no SSRC. */
static void add_rid(struct media *m, const struct source *s)
{
	if (!source_cfg(s)->rid[0] || m->n_rids == DESCRIPTION_RIDS)
		return;
	m->ids.rid = m->ids.rid ? m->ids.rid : 10;
	m->ids.rrid = m->ids.rrid ? m->ids.rrid : 11;
	g_strlcpy(m->rids[m->n_rids++], source_cfg(s)->rid, sizeof(m->rids[0]));
}

char *endpoint_offer(struct endpoint *e)
{
	struct description *d = g_new0(struct description, 1);
	struct source *before = NULL;
	char *text;

	describe_transport(e, d, "actpass");
	for (unsigned i = 0; i < (e->n_sources ? e->n_sources : 2); i++) {
		struct source *s = i < e->n_sources ? e->sources[i] : NULL;
		struct media *m = &d->media[d->n_media];

		if (is_next_layer(before, s)) {
			e->line[i] = d->n_media - 1;
			add_rid(m - 1, s);
			before = s;
			continue;
		}
		offer_media(e, m, s ? source_cfg(s)->codec == PAYLOAD_OPUS : i == 0, s);
		g_snprintf(m->mid, sizeof(m->mid), "%u", d->n_media);
		if (s) {
			e->line[i] = d->n_media;
			add_rid(m, s);
		}
		d->n_media++;
		before = s;
	}
	text = description_write(d);
	g_free(d);
	return text;
}

static int connect_remote(struct endpoint *e)
{
	const char *list[8];
	struct remote r = { e->remote.ufrag, e->remote.pwd, e->remote.fingerprint, list, e->remote.n_candidates };

	for (unsigned i = 0; i < e->remote.n_candidates; i++)
		list[i] = e->remote.candidates[i];
	return transport_connect(e->transport, &r);
}

static void take_down_ids(struct endpoint *e)
{
	for (unsigned i = 0; i < e->remote.n_media; i++) {
		const struct extensions *x = &e->remote.media[i].ids;

		e->down.level = x->level ? x->level : e->down.level;
		e->down.twcc = x->twcc ? x->twcc : e->down.twcc;
		e->down.mid = x->mid ? x->mid : e->down.mid;
	}
}

int endpoint_read_answer(struct endpoint *e, const char *sdp)
{
	int r = description_read(&e->remote, sdp);

	if (r < 0)
		return r;
	take_down_ids(e);
	for (unsigned i = 0; i < e->n_sources; i++)
		if (e->line[i] < e->remote.n_media)
			settle_source(e, i, &e->remote.media[e->line[i]]);
	return connect_remote(e);
}

static unsigned source_of_mid(const struct endpoint *e, const char *mid)
{
	unsigned i = 0;

	while (i < e->n_sources && strcmp(source_cfg(e->sources[i])->mid, mid))
		i++;
	return i;
}

static void answer_layers(struct endpoint *e, struct media *m)
{
	for (unsigned i = 0; i < e->n_sources; i++)
		if (!strcmp(source_cfg(e->sources[i])->mid, m->mid)) {
			settle_source(e, i, m);
			add_rid(m, e->sources[i]);
		}
}

/* What we send is answered sendonly even without a track, as a browser that will replaceTrack() later. */
static void answer_media(struct endpoint *e, struct media *m, const struct media *offered)
{
	unsigned i = source_of_mid(e, offered->mid);

	*m = *offered;
	m->direction = offered->direction == RECVONLY ? SENDONLY : offered->direction == SENDONLY ? RECVONLY : SENDRECV;
	restrict_types(e, &m->pt);
	if (!e->cfg.accept_red && (i == e->n_sources || !source_cfg(e->sources[i])->red_pt))
		m->pt.red = 0;
	m->ssrc = m->rtx_ssrc = 0;
	m->cname[0] = m->msid[0] = 0;
	m->n_rids = 0;
	if (i == e->n_sources)
		return;
	if (source_cfg(e->sources[i])->rid[0] && offered->n_rids) {
		answer_layers(e, m);
		return;
	}
	m->ssrc = source_cfg(e->sources[i])->ssrc;
	m->rtx_ssrc = m->pt.vp8_rtx || m->pt.h264_rtx ? source_cfg(e->sources[i])->rtx_ssrc : 0;
	g_strlcpy(m->cname, "endpoint", sizeof(m->cname));
	settle_source(e, i, m);
}

static char *write_answer(struct endpoint *e)
{
	struct description *d = g_new0(struct description, 1);
	char *text;

	describe_transport(e, d, "active");
	if (e->cfg.transport.controlled)
		g_strlcpy(d->setup, "passive", sizeof(d->setup));
	d->n_media = e->remote.n_media;
	for (unsigned i = 0; i < d->n_media; i++)
		answer_media(e, &d->media[i], &e->remote.media[i]);
	text = description_write(d);
	g_free(d);
	return text;
}

char *endpoint_answer(struct endpoint *e, const char *offer)
{
	char *text;

	if (description_read(&e->remote, offer) < 0)
		return NULL;
	take_down_ids(e);
	text = write_answer(e);
	if (connect_remote(e) == 0)
		return text;
	g_free(text);
	return NULL;
}

char *endpoint_restart(struct endpoint *e, const char *offer)
{
	transport_restart(e->transport);
	return endpoint_answer(e, offer);
}

/* Looks. */

struct transport *endpoint_transport(struct endpoint *e)
{
	return e->transport;
}

struct loop *endpoint_loop(struct endpoint *e)
{
	return e->loop;
}

const struct description *endpoint_remote(const struct endpoint *e)
{
	return &e->remote;
}

unsigned endpoint_sources(const struct endpoint *e)
{
	return e->n_sources;
}

struct source *endpoint_source(struct endpoint *e, unsigned i)
{
	return e->sources[i];
}

unsigned endpoint_sinks(const struct endpoint *e)
{
	return e->n_sinks;
}

struct sink *endpoint_sink(struct endpoint *e, unsigned i)
{
	return e->sinks[i];
}

struct sink *endpoint_sink_of_mid(struct endpoint *e, const char *mid)
{
	for (unsigned i = 0; i < e->n_sinks; i++)
		if (!strcmp(e->sink_media[i]->mid, mid))
			return e->sinks[i];
	return NULL;
}

struct sink *endpoint_sink_of_kind(struct endpoint *e, bool audio)
{
	for (unsigned i = 0; i < e->n_sinks; i++)
		if (e->sink_media[i]->audio == audio)
			return e->sinks[i];
	return NULL;
}

void endpoint_send_pli(struct endpoint *e, uint32_t ssrc)
{
	uint8_t out[16];

	send_feedback(e, out, control_write_pli(out, e->reporter, ssrc));
}

void endpoint_request_keyframes(struct endpoint *e)
{
	for (unsigned i = 0; i < e->remote.n_media; i++) {
		const struct media *m = &e->remote.media[i];

		if (!m->audio && m->ssrc && !m->rejected)
			endpoint_send_pli(e, m->ssrc);
	}
	for (unsigned i = 0; i < e->n_sinks; i++)
		if (!e->sink_media[i]->audio && !e->sink_media[i]->ssrc)
			endpoint_send_pli(e, sink_cfg(e->sinks[i])->ssrc);
}

void endpoint_send_nack(struct endpoint *e, uint32_t ssrc, const uint16_t *seqs, size_t n)
{
	uint8_t out[CONTROL_BYTES];

	send_feedback(e, out, control_write_nack(out, e->reporter, ssrc, seqs, n));
}

uint32_t endpoint_strays(const struct endpoint *e)
{
	return e->strays;
}

uint32_t endpoint_byes(const struct endpoint *e)
{
	return e->byes;
}

const struct twcc_stats *endpoint_twcc(const struct endpoint *e)
{
	return &e->twcc;
}

static bool is_up(void *user)
{
	struct endpoint *e = user;
	bool up;

	loop_lock(e->loop);
	up = transport_state(e->transport) == TRANSPORT_UP;
	loop_unlock(e->loop);
	return up;
}

bool endpoint_wait_up(struct endpoint *e, int timeout_ms)
{
	return wait_until(timeout_ms, is_up, e);
}

bool endpoint_stays_down(struct endpoint *e, int ms)
{
	return stays_false(ms, is_up, e);
}
