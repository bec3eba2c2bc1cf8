/* What comes in on a path: RTP finds its source, RTX becomes the packet that it repeats, RTCP is handed out. See path.h. */
#include <errno.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/path_private.h"
#include "media/payload.h"
#include "media/rate_control.h"
#include "media/rtcp.h"
#include "media/source.h"

static void note_transport_number(struct path *p, const struct rtp_view *pkt, int64_t now_us)
{
	if (!pkt->has_twcc)
		return;
	if (!p->twcc) {
		p->twcc = mem_zalloc(sizeof(*p->twcc));
		if (!p->twcc)
			return;
		twcc_init(p->twcc);
	}
	p->twcc_ssrc = pkt->ssrc;
	twcc_on_packet(p->twcc, pkt->twcc_seq, now_us);
}

/* Probes of padding alone are no repeats, and no fault either. */
static bool is_padding(const struct rtp_view *pkt)
{
	return pkt->payload_len == 0 && (pkt->data[0] & 0x20);
}

/* RFC 4588 §4: the payload begins with the sequence number of the packet that is repeated. False: shorter than that, or padding. */
static bool unwrap_rtx(const struct path *p, struct rtp_view *pkt, const struct source *source)
{
	if (pkt->payload_len < 3 || !source)
		return false;
	pkt->seq = read_u16(pkt->payload);
	pkt->pt = p->negotiated->rtx_of_pt[pkt->pt];
	pkt->ssrc = source->ssrc;
	pkt->payload += 2;
	pkt->payload_len -= 2;
	return true;
}

static void deliver(struct path *p, struct rtp_view *pkt, const struct stream *stream, bool rtx, int64_t now_us)
{
	struct track *track = &p->tracks[stream->kind];
	enum codec codec;

	if (rtx) {
		if (pkt->payload_len < 2 && !is_padding(pkt))
			counters_add(p->site->counters, COUNT_DROP_MALFORMED_RTP, 1);
		if (!unwrap_rtx(p, pkt, track->layers[stream->layer]))
			return;
		counters_add(p->site->counters, COUNT_RTX_RX, 1);
	}
	codec = (enum codec)p->negotiated->codec_of_pt[pkt->pt];
	if (pkt->payload_len > 0 && !payload_is_valid(codec, pkt->payload, pkt->payload_len)) {
		counters_add(p->site->counters, COUNT_DROP_UNKNOWN_PAYLOAD, 1);
		return;
	}
	if (track_receive(track, stream->layer, pkt, codec, rtx, now_us) == -EBUSY)
		counters_add(p->site->counters, COUNT_DROP_UNKNOWN_SSRC, 1);
	/* Holes are found by what comes behind them, and sooner than the next tick. */
	if (track->layers[stream->layer])
		path_note_holes(p, track->layers[stream->layer], now_us);
}

void path_on_rtp(struct path *p, const uint8_t *data, size_t len, int64_t now_us)
{
	const struct stream *stream;
	struct rtp_view pkt;
	enum codec codec;
	bool rtx;

	if (rtp_parse(&pkt, data, len, &p->negotiated->up) < 0) {
		counters_add(p->site->counters, COUNT_DROP_MALFORMED_RTP, 1);
		return;
	}
	rtx = p->negotiated->rtx_of_pt[pkt.pt] != 0;
	codec = (enum codec)p->negotiated->codec_of_pt[rtx ? p->negotiated->rtx_of_pt[pkt.pt] : pkt.pt];
	if (codec == CODEC_NONE) {
		counters_add(p->site->counters, COUNT_DROP_UNKNOWN_PAYLOAD, 1);
		return;
	}
	p->received_bytes += len;
	note_transport_number(p, &pkt, now_us);
	stream = streams_find(&p->streams, pkt.ssrc);
	if (!stream)
		stream = streams_learn(&p->streams, p->negotiated, &pkt, codec, rtx);
	if (!stream || stream->rtx != rtx || source_is_audio(stream->kind) != codec_is_audio(codec)) {
		counters_add(p->site->counters, COUNT_DROP_UNKNOWN_SSRC, 1);
		return;
	}
	deliver(p, &pkt, stream, rtx, now_us);
}

/* RTCP. */

struct rtcp_reading {
	struct path *path;
	int64_t now_us;
	int64_t rtt_us;                 /* 0: no block told it */
	uint64_t reported;              /* packets that blocks were about */
	uint64_t lost;                  /* 1/256 of a packet */
};

static struct slot *slot_of_ssrc(struct path *p, uint32_t ssrc)
{
	for (uint8_t i = 0; i < p->n_slots; i++)
		if (p->slots[i].ssrc == ssrc)
			return &p->slots[i];
	return NULL;
}

static void on_sender_report(void *user, const struct rtcp_sender_report *sr)
{
	struct rtcp_reading *r = user;
	const struct stream *stream = streams_find(&r->path->streams, sr->ssrc);

	struct source *source = stream ? r->path->tracks[stream->kind].layers[stream->layer] : NULL;

	/* Of the stream that is shown, not of another that said it were the same source. */
	if (source && !stream->rtx && source->ssrc == sr->ssrc)
		source_sender_report(source, sr->ntp, sr->rtp, r->now_us);
}

/* Round trip by RFC 3550 §6.4.1, from reports about what we send; 0: not to be told. */
static int64_t round_trip_us(const struct path *p, const struct rtcp_report_block *rb, int64_t now_us)
{
	uint32_t now = (uint32_t)(ntp_from_wall_us(now_us + p->site->wall_minus_boot_us) >> 16);
	int32_t round_trip = (int32_t)(now - rb->last_sr - rb->delay_since_sr);

	if (rb->last_sr == 0 || round_trip < 0 || round_trip >= 10 * 65536)
		return 0;
	return (int64_t)round_trip * 1000000 / 65536;
}

/* Where no transport feedback tells. */
static void count_sound_loss(const struct slot *slot, uint32_t packets)
{
	struct sound_care *care = &slot->down->care;
	bool red = slot->down->negotiated->slots[slot->number].codecs & 1u << CODEC_RED;

	sound_care_report(care, packets, slot->fraction_lost, slot->kept_sound && !red ? 1u + care->level : 1);
}

static void on_report_block(void *user, const struct rtcp_report_block *rb)
{
	struct rtcp_reading *r = user;
	struct slot *slot = slot_of_ssrc(r->path, rb->ssrc);
	int64_t rtt_us;
	uint32_t packets;

	if (!slot)
		return;
	rtt_us = round_trip_us(r->path, rb, r->now_us);
	if (rtt_us > 0)
		r->path->up.rtt_us = r->rtt_us = rtt_us;
	/* A report about more packets counts for more. */
	packets = MIN(rb->highest_seq - slot->reported_seq, 10000u);
	slot->reported_seq = rb->highest_seq;
	slot->fraction_lost = rb->fraction_lost;
	slot->jitter_rtp = rb->jitter;
	if (slot->audio && !r->path->down.negotiated->down.twcc)
		count_sound_loss(slot, packets);
	r->reported += packets;
	r->lost += (uint64_t)packets * rb->fraction_lost;
}

static void on_transport_feedback(void *user, const struct twcc_feedback *fb)
{
	struct rtcp_reading *r = user;

	if (r->path->down.rate && rate_control_on_feedback(r->path->down.rate, fb, r->now_us))
		downlink_on_feedback(&r->path->down, fb, r->now_us);
}

static void on_remb(void *user, uint64_t bps)
{
	struct rtcp_reading *r = user;

	if (r->path->down.rate)
		rate_control_on_remb(r->path->down.rate, bps, r->now_us);
}

static void on_nack(void *user, uint32_t media_ssrc, const uint16_t *seqs, size_t n)
{
	struct rtcp_reading *r = user;
	struct slot *slot = slot_of_ssrc(r->path, media_ssrc);

	counters_add(r->path->site->counters, COUNT_NACKED_RX, (int64_t)n);
	if (slot)
		slot_on_nack(slot, seqs, n, r->now_us);
}

static void on_keyframe_request(void *user, uint32_t media_ssrc)
{
	struct rtcp_reading *r = user;
	struct slot *slot = slot_of_ssrc(r->path, media_ssrc);

	counters_add(r->path->site->counters, COUNT_KEYFRAME_REQUESTS_RX, 1);
	if (slot)
		slot_on_keyframe_request(slot, r->now_us);
}

void path_on_rtcp(struct path *p, const uint8_t *data, size_t len, int64_t now_us)
{
	/* BYE has no handler: who is there is decided by the room, never by a packet (media.md, Clocks). */
	static const struct rtcp_handlers handlers = {
		.on_sender_report = on_sender_report,
		.on_report_block = on_report_block,
		.on_nack = on_nack,
		.on_keyframe_request = on_keyframe_request,
		.on_transport_feedback = on_transport_feedback,
		.on_remb = on_remb,
	};
	struct rtcp_reading reading = { .path = p, .now_us = now_us };

	if (rtcp_parse(data, len, &handlers, &reading) < 0)
		counters_add(p->site->counters, COUNT_DROP_MALFORMED_RTCP, 1);
	if (reading.reported > 0 && p->down.rate)
		rate_control_on_loss(p->down.rate, (uint8_t)(reading.lost / reading.reported), reading.rtt_us, path_sent_bps(p, now_us), now_us);
}
