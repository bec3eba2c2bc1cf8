/* See streams.h. */
#include "media/streams.h"

#include <string.h>

const struct stream *streams_find(const struct streams *s, uint32_t ssrc)
{
	for (uint8_t i = 0; i < s->n; i++)
		if (s->list[i].ssrc == ssrc)
			return &s->list[i];
	return NULL;
}

static bool says(const uint8_t *said, uint8_t len, const char *name)
{
	return said && strlen(name) == len && memcmp(name, said, len) == 0;
}

/* The layer that this packet is of; -1 when it does not tell. */
static int layer_of(const struct streams *s, const struct negotiated_source *src, const struct rtp_view *pkt, bool rtx)
{
	const uint8_t *rid = rtx ? pkt->rrid : pkt->rid;
	const struct stream *repeated = NULL;

	if (src->n_layers < 2)
		return 0;
	for (int i = 0; i < src->n_layers; i++)
		if (says(rid, rtx ? pkt->rrid_len : pkt->rid_len, src->rids[i]))
			return i;
	for (int i = 0; i < src->n_fids && rtx && !rid; i++)
		if (src->fids[i].rtx_ssrc == pkt->ssrc)
			repeated = streams_find(s, src->fids[i].ssrc);
	return repeated && !repeated->rtx ? repeated->layer : -1;
}

static bool is_described(const struct negotiated_source *src, uint32_t ssrc, bool rtx)
{
	uint32_t known = rtx ? src->rtx_ssrc : src->ssrc;

	for (int i = 0; i < src->n_fids; i++)
		if (ssrc == (rtx ? src->fids[i].rtx_ssrc : src->fids[i].ssrc))
			return true;
	return known && known == ssrc;
}

static bool identify(const struct streams *s, const struct negotiated *n, const struct rtp_view *pkt, enum codec codec, bool rtx,
                     struct stream *ret)
{
	int candidates = 0;

	for (int kind = 0; kind < SOURCE_KINDS; kind++) {
		const struct negotiated_source *src = &n->sources[kind];
		bool sure = is_described(src, pkt->ssrc, rtx) || says(pkt->mid, pkt->mid_len, src->mid);
		int layer = layer_of(s, src, pkt, rtx);

		if (!src->active || source_is_audio((enum source_kind)kind) != codec_is_audio(codec) || layer < 0)
			continue;
		if (!sure && (rtx ? src->rtx_ssrc : src->ssrc))
			continue;
		*ret = (struct stream){ .ssrc = pkt->ssrc, .kind = (enum source_kind)kind, .layer = (uint8_t)layer, .rtx = rtx };
		if (sure)
			return true;
		candidates++;
	}
	return candidates == 1 && !pkt->mid;
}

static void drop(struct streams *s, uint8_t at)
{
	s->n--;
	memmove(&s->list[at], &s->list[at + 1], (size_t)(s->n - at) * sizeof(s->list[0]));
}

/* Makes room for one more of the same layer, and for any. */
static void forget_oldest(struct streams *s, const struct stream *like)
{
	int n = 0;

	for (uint8_t i = s->n; i-- > 0;) {
		const struct stream *o = &s->list[i];

		if (o->kind == like->kind && o->layer == like->layer && o->rtx == like->rtx && ++n == STREAMS_PER_LAYER)
			drop(s, i);
	}
	if (s->n == STREAMS_MAX)
		drop(s, 0);
}

const struct stream *streams_learn(struct streams *s, const struct negotiated *n, const struct rtp_view *pkt, enum codec codec, bool rtx)
{
	struct stream learned;

	if (!identify(s, n, pkt, codec, rtx, &learned))
		return NULL;
	forget_oldest(s, &learned);
	s->list[s->n] = learned;
	return &s->list[s->n++];
}
