/* RTCP that a path sends: keyframe requests, transport-wide feedback, NACK, receiver and sender reports. See path.h. */
#include "media/base/macros.h"
#include "media/counter.h"
#include "media/path_private.h"
#include "media/rtcp.h"
#include "media/source.h"

#define RTCP_BYTES 1200
#define REPORT_INTERVAL_US 1000000
#define FEEDBACK_INTERVAL_US 50000
#define NACKS_AT_ONCE 64
#define SOON_US 50000                   /* until the next tick */

static void send_rtcp(struct path *p, size_t len)
{
	sendqueue_commit(p->site->queue, len, p->down.srtp, true, &p->down.to, p->down.to_len);
}

void path_send_keyframe_request(struct source *s)
{
	struct path *p = CONTAINER_OF(s->track->up, struct path, up);
	uint8_t *out;

	if (!p->down.open)
		return;
	out = sendqueue_begin(p->site->queue);
	send_rtcp(p, rtcp_write_pli(out, RTCP_BYTES, p->own_ssrc, s->ssrc));
	counters_add(p->site->counters, COUNT_KEYFRAME_REQUESTS_TX, 1);
}

static void send_feedback(struct path *p, int64_t now_us)
{
	if (!p->twcc || now_us < p->feedback_due_us)
		return;
	p->feedback_due_us = now_us + FEEDBACK_INTERVAL_US;
	for (int i = 0; i < 8 && twcc_pending(p->twcc); i++) {
		size_t len = twcc_write(p->twcc, sendqueue_begin(p->site->queue), RTCP_BYTES, p->own_ssrc, p->twcc_ssrc);

		if (len == 0)
			return;
		send_rtcp(p, len);
		counters_add(p->site->counters, COUNT_TWCC_TX, 1);
	}
}

/* INT64_MAX: there is nothing to ask for, or it is no use. */
static int64_t nacks_due_us(const struct path *p, const struct source *s)
{
	bool asks = codec_is_audio(s->codec) ? p->negotiated->nack_up_sound : p->negotiated->nack_up;

	return asks && s->track->gate && p->down.open ? s->reception.nacks_due_us : INT64_MAX;
}

static void send_nacks(struct path *p, struct source *s, int64_t now_us)
{
	uint16_t seqs[NACKS_AT_ONCE];
	size_t n;

	if (now_us < nacks_due_us(p, s))
		return;
	n = reception_nacks(&s->reception, seqs, NACKS_AT_ONCE, now_us, p->up.rtt_us);
	if (n == 0)
		return;
	send_rtcp(p, rtcp_write_nack(sendqueue_begin(p->site->queue), RTCP_BYTES, p->own_ssrc, s->ssrc, seqs, n));
	counters_add(p->site->counters, COUNT_NACKED_TX, (int64_t)n);
}

struct source *path_next_source(const struct path *p, const struct source *after)
{
	size_t i = after ? (size_t)after->track->kind * MAX_LAYERS + after->layer + 1 : 0;

	for (; i < SOURCE_KINDS * MAX_LAYERS; i++)
		if (p->tracks[i / MAX_LAYERS].layers[i % MAX_LAYERS])
			return p->tracks[i / MAX_LAYERS].layers[i % MAX_LAYERS];
	return NULL;
}

void path_send_nacks(struct path *p, int64_t now_us)
{
	struct source *s = NULL;

	if (now_us >= p->nacks_due_us) {
		p->nacks_due_us = INT64_MAX;
		while ((s = path_next_source(p, s))) {
			send_nacks(p, s, now_us);
			p->nacks_due_us = MIN(p->nacks_due_us, nacks_due_us(p, s));
		}
	}
	/* Neither a packet nor the next tick may come in time. */
	p->down.looks = p->nacks_due_us - now_us < SOON_US;
	if (p->down.looks)
		departures_later(p->down.departures, &p->down.departure, now_us);
}

void path_note_holes(struct path *p, const struct source *s, int64_t now_us)
{
	p->nacks_due_us = MIN(p->nacks_due_us, nacks_due_us(p, s));
	path_send_nacks(p, now_us);
}

static void send_receiver_report(struct path *p, int64_t now_us)
{
	struct rtcp_report_block blocks[SOURCE_KINDS * MAX_LAYERS];
	struct source *s = NULL;
	size_t n = 0, len;
	uint8_t *out;

	while ((s = path_next_source(p, s)))
		reception_report(&s->reception, &blocks[n++], p->own_ssrc, s->ssrc, now_us);
	if (n == 0)
		return;
	out = sendqueue_begin(p->site->queue);
	len = rtcp_write_rr(out, RTCP_BYTES, p->own_ssrc, blocks, n);
	len += rtcp_write_sdes(out + len, RTCP_BYTES - len, p->own_ssrc, p->down.cname);
	send_rtcp(p, len);
}

/* Reports of several slots share a datagram: each is a compound of its own, and so is their sum (RFC 3550 §6.1). */
static void send_sender_reports(struct path *p, int64_t now_us)
{
	uint8_t *out = sendqueue_begin(p->site->queue);
	size_t len = 0;

	for (uint8_t i = 0; i < p->n_slots; i++) {
		if (RTCP_BYTES - len < 128) {
			send_rtcp(p, len);
			out = sendqueue_begin(p->site->queue);
			len = 0;
		}
		len += slot_write_report(&p->slots[i], out + len, RTCP_BYTES - len, now_us);
	}
	if (len > 0)
		send_rtcp(p, len);
}

void path_send_reports(struct path *p, int64_t now_us)
{
	if (!p->down.open)
		return;
	send_feedback(p, now_us);
	path_send_nacks(p, now_us);
	send_sender_reports(p, now_us);
	if (now_us < p->report_due_us)
		return;
	p->report_due_us = now_us + REPORT_INTERVAL_US;
	send_receiver_report(p, now_us);
}
