/* See inspect.h. RTX is unwrapped (RFC 4588 §4) and fills the hole of the stream that it belongs to. */
#include "tests/load/inspect.h"

#include "media/red.h"
#include "tests/endpoint/bytes.h"
#include "tests/endpoint/packet.h"
#include "tests/endpoint/payload.h"

static struct stream *repaired_stream(struct incoming *in, const struct stream *rtx)
{
	return rtx->of < in->n_streams ? &in->streams[rtx->of] : NULL;
}

/* False: padding that probes the line, or a repeat of what came already. */
static bool unwrap(struct incoming *in, const struct stream *rtx, struct packet *p, struct stream **ret)
{
	struct stream *s = repaired_stream(in, rtx);
	uint16_t seq;
	uint32_t number;

	if (!s || p->payload_len < 2)
		return false;
	seq = get16(p->payload);
	number = s->number + (uint32_t)(int16_t)(seq - (uint16_t)s->number);
	p->payload += 2;
	p->payload_len -= 2;
	*ret = s;
	if (!incoming_fill_hole(s, number))
		return false;
	in->cfg.totals->repaired += in->cfg.totals->open;
	return true;
}

/* Each voice counts once, however often it came. */
static void hear(struct incoming *in, struct stream *s, const struct mark *m)
{
	int32_t ahead = (int32_t)(m->frame - s->voice);

	if (m->source != s->voice_source || ahead >= 64) {
		s->voice_source = m->source;
		s->voices = 0;
	} else if (ahead > 0) {
		s->voices <<= ahead;
	}
	if (ahead > 0 || !s->voices) {
		s->voice = m->frame;
		ahead = 0;
	}
	if (ahead <= -64 || s->voices >> -ahead & 1)
		return;
	s->voices |= 1ull << -ahead;
	in->cfg.totals->heard += in->cfg.totals->open && in->cfg.whole;
}

static void compare(struct incoming *in, struct stream *s, const uint8_t *payload, size_t len, bool timed, int64_t now)
{
	struct totals *t = in->cfg.totals;
	struct descriptor_seen seen;
	struct mark mark;

	t->checked += t->open;
	if (payload_check(&mark, &seen, s->codec, payload, len) < 0) {
		t->altered++;
		return;
	}
	if (t->open && timed) {
		histogram_add(&t->latency, now - mark.captured_us);
		if (t->joining && !in->cfg.late)
			histogram_add(&t->latency_meanwhile, now - mark.captured_us);
		histogram_add(&t->latency_second, now - mark.captured_us);
	}
	if (s->codec == PAYLOAD_OPUS)
		hear(in, s, &mark);
	if (s->frames)
		frames_take(s->frames, &mark, now);
}

static void compare_red(struct incoming *in, struct stream *s, const struct packet *p, int64_t now)
{
	struct red_block blocks[RED_MAX_BLOCKS];
	size_t n = red_read(blocks, p->payload, p->payload_len);

	in->cfg.totals->altered += !n;
	for (size_t i = 0; i < n; i++)
		compare(in, s, blocks[i].data, blocks[i].len, i + 1 == n, now);
}

/* Turns a bit in every so many packets: before they are opened and behind it by turns. */
static void spoil(const struct incoming *in, uint8_t *data, size_t len, bool opened)
{
	unsigned every = in->cfg.spoil_every;

	if (every && in->inspected % every == 0 && in->inspected / every % 2 == opened)
		data[len - 1] ^= 1;
}

void inspect(struct incoming *in, struct stream *s, uint8_t *data, size_t len, int64_t now_us)
{
	static const struct extensions none;
	struct stream *of = s;
	struct packet p;
	int n;

	in->inspected++;
	spoil(in, data, len, false);
	n = peer_open(in->cfg.peer, data, len);
	if (n > 0)
		spoil(in, data, (size_t)n, true);
	if (n < 0 || packet_read(&p, data, (size_t)n, &none) < 0) {
		in->cfg.totals->unopened++;
		return;
	}
	if (s->rtx && !unwrap(in, s, &p, &of))
		return;
	if (of->red && of == s)
		compare_red(in, s, &p, now_us);
	else if (p.payload_len) /* else padding alone */
		compare(in, of, p.payload, p.payload_len, of == s, now_us);
}
