/* A compound RTCP packet from outside; then the same bytes as values that we write, which must be read back as they were. */
#include <string.h>

#include "media/base/macros.h"
#include "media/rtcp.h"
#include "media/twcc_feedback.h"
#include "tests/fuzz/must.h"

struct seen {
	struct rtcp_sender_report sr;
	struct rtcp_report_block blocks[31];
	uint8_t nacked[65536];
	size_t n_sr, n_blocks, n_nacked, n_keyframes, n_byes, n_feedbacks;
};

static struct seen seen;

static void on_sr(void *user, const struct rtcp_sender_report *sr)
{
	struct seen *s = user;

	s->sr = *sr;
	s->n_sr++;
}

static void on_block(void *user, const struct rtcp_report_block *rb)
{
	struct seen *s = user;

	MUST(rb->lost >= -0x800000 && rb->lost <= 0x7fffff);
	s->blocks[s->n_blocks++ % ARRAY_LEN(s->blocks)] = *rb;
}

static void on_nack(void *user, uint32_t ssrc, const uint16_t *seqs, size_t n)
{
	struct seen *s = user;

	(void)ssrc;
	MUST(n > 0 && n <= RTCP_MAX_NACKS);
	for (size_t i = 0; i < n; i++)
		s->nacked[seqs[i]] = 1;
	s->n_nacked += n;
}

static void on_keyframe(void *user, uint32_t ssrc)
{
	(void)ssrc;
	((struct seen *)user)->n_keyframes++;
}

static void on_bye(void *user, uint32_t ssrc)
{
	(void)ssrc;
	((struct seen *)user)->n_byes++;
}

static void on_transport_feedback(void *user, const struct twcc_feedback *fb)
{
	MUST(fb->n > 0 && fb->n <= TWCC_FEEDBACK_PACKETS && fb->reference_us >= 0 && fb->reference_us < TWCC_REFERENCE_WRAP_US);
	for (size_t i = 0; i < fb->n; i++)
		MUST(fb->arrival_ticks[i] == TWCC_LOST || (fb->arrival_ticks[i] >= INT16_MIN * TWCC_FEEDBACK_PACKETS &&
		                                           fb->arrival_ticks[i] <= INT16_MAX * TWCC_FEEDBACK_PACKETS));
	((struct seen *)user)->n_feedbacks++;
}

static void on_remb(void *user, uint64_t bps)
{
	(void)bps;
	((struct seen *)user)->n_feedbacks++;
}

static const struct rtcp_handlers handlers = { on_sr, on_block, on_nack, on_keyframe, on_bye, on_transport_feedback, on_remb };

static void check_reports(const uint8_t *data, size_t size)
{
	static struct rtcp_report_block blocks[31];
	struct rtcp_sender_report sr = { 0 };
	uint8_t out[1024];
	size_t n = MIN(size / sizeof(blocks[0]), ARRAY_LEN(blocks));
	size_t len;

	memcpy(&sr, data, MIN(size, sizeof(sr)));
	memset(blocks, 0, sizeof(blocks));
	memcpy(blocks, data, n * sizeof(blocks[0]));
	for (size_t i = 0; i < n; i++) {
		blocks[i].reporter = sr.ssrc;
		blocks[i].lost = CLAMP(blocks[i].lost, -0x800000, 0x7fffff);
	}
	len = rtcp_write_sr(out, sizeof(out), &sr, blocks, n);
	len += rtcp_write_rr(out + len, sizeof(out) - len, sr.ssrc, NULL, 0);
	memset(&seen, 0, sizeof(seen));
	MUST(len > 0 && len % 4 == 0 && rtcp_parse(out, len, &handlers, &seen) == 0);
	MUST(seen.n_sr == 1 && seen.sr.ssrc == sr.ssrc && seen.sr.ntp == sr.ntp && seen.sr.rtp == sr.rtp);
	MUST(seen.sr.packets == sr.packets && seen.sr.octets == sr.octets && seen.n_blocks == n);
	for (size_t i = 0; i < n; i++)
		MUST(seen.blocks[i].ssrc == blocks[i].ssrc && seen.blocks[i].lost == blocks[i].lost &&
		     seen.blocks[i].delay_since_sr == blocks[i].delay_since_sr);
}

/* Whatever the order, what is read back was asked for; with room enough it is all of it. */
static void check_nack(const uint8_t *data, size_t size)
{
	static uint8_t wanted[65536];
	uint16_t seqs[RTCP_MAX_NACKS];
	uint8_t out[12 + 4 * RTCP_MAX_NACKS];
	size_t n = MIN(size / 2, ARRAY_LEN(seqs));
	size_t len;

	memcpy(seqs, data, n * 2);
	memset(wanted, 0, sizeof(wanted));
	for (size_t i = 0; i < n; i++)
		wanted[seqs[i]] = 1;
	len = rtcp_write_nack(out, sizeof(out), 1, 2, seqs, n);
	MUST((len == 0) == (n == 0) && len % 4 == 0);
	memset(&seen, 0, sizeof(seen));
	MUST(n == 0 || rtcp_parse(out, len, &handlers, &seen) == 0);
	MUST(memcmp(seen.nacked, wanted, sizeof(wanted)) == 0);
	len = rtcp_write_nack(out, size ? data[0] : 0, 1, 2, seqs, n);
	MUST(len <= (size ? data[0] : 0u));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&seen, 0, sizeof(seen));
	rtcp_parse(data, size, &handlers, &seen);
	MUST(seen.n_sr * 28 + seen.n_blocks * 24 + seen.n_keyframes * 8 + seen.n_feedbacks * 20 <= size * 2);
	check_reports(data, size);
	check_nack(data, size);
	return 0;
}
