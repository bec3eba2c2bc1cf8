/* See bwe.h. */
#include "media/bwe.h"

#include <errno.h>

#include "media/base/macros.h"

#define RATE_WINDOW_US 500000
#define SHORT_WINDOW_US 200000
#define CARRIED_WINDOW_US 1000000               /* jitter may bunch what arrives */
#define BACK_OFF(bps) ((bps) * 9 / 10)
#define PROVED(bps) ((bps) * 23 / 20 + 10000)    /* as far as media alone may lift the estimate over what arrives */
#define DRAIN_PERMILLE 950                      /* of what a full line carries, while the queue is not long */
#define QUEUE_LOW_US 40000                      /* no raise and no probe above */
#define NEWS_US 30000                           /* queue by which a line that is new tells that it is full */
#define QUEUE_HIGH_US 60000                     /* above, what arrives is what the line carries, be there little to send or much */
#define DROP_WAIT_US 300000                     /* beyond a round trip, until a drop can be seen in the trend */
#define PROBE_ECHO_US 400000                    /* likewise for the queue that a probe left */
#define RAISE_PER_S 0.08
#define PACKET_BITS 9600
#define LOSSY 0.05f
#define CROWDED_US INT64_C(1000000)
#define SILENCE_US INT64_C(1500000)
#define SILENT_PACKETS 5                        /* fewer, the last before a pause, may be lost by chance, or the word of them */
#define DEAF_US INT64_C(1500000)
#define PROBE_PACKETS 16
#define PROBE_LATE_US INT64_C(1000000)
#define REPORT_RTT_VALID_US INT64_C(10000000)
#define RTT_MAX_US INT64_C(10000000)
#define MOST_BPS INT64_C(1000000000000)

int bwe_init(struct bwe *b, const struct bwe_cfg *cfg, int64_t now_us)
{
	int r;

	*b = (struct bwe){
		.transport_feedback = cfg->transport_feedback, .floor_bps = BWE_FLOOR_BPS, .ceiling_bps = BWE_CEILING_BPS,
		.delay_bps = cfg->start_bps, .raised_us = now_us,
	};
	if (cfg->start_bps < 0)
		return -EINVAL;
	if (cfg->start_bps == 0)
		b->delay_bps = cfg->transport_feedback ? BWE_START_BPS : BWE_START_REPORTS_BPS;
	r = sent_history_init(&b->sent, cfg->history_packets);
	if (r < 0)
		return r;
	acked_rate_init(&b->acked);
	delay_trend_init(&b->trend);
	queue_blame_init(&b->blame);
	loss_control_init(&b->loss, now_us);
	probe_init(&b->probe);
	probe_plan_init(&b->plan, now_us);
	return 0;
}

void bwe_done(struct bwe *b)
{
	sent_history_done(&b->sent);
}

void bwe_set_bounds(struct bwe *b, int64_t floor_bps, int64_t ceiling_bps)
{
	b->floor_bps = CLAMP(floor_bps, 1000, MOST_BPS);
	b->ceiling_bps = CLAMP(ceiling_bps, b->floor_bps, MOST_BPS);
	b->delay_bps = CLAMP(b->delay_bps, b->floor_bps, b->ceiling_bps);
}

void bwe_set_wanted(struct bwe *b, int64_t wanted_bps)
{
	b->wanted_bps = CLAMP(wanted_bps, 0, MOST_BPS);
}

void bwe_set_least(struct bwe *b, int64_t least_bps)
{
	b->least_bps = CLAMP(least_bps, 0, MOST_BPS);
	loss_control_spare(&b->loss, b->least_bps);
}

static bool measures(const struct bwe *b)
{
	return b->transport_feedback && !b->deaf;
}

int64_t bwe_estimate_bps(const struct bwe *b)
{
	int64_t bps = MIN(b->delay_bps, b->loss.cap_bps);

	if (b->remb_bps && !measures(b))
		bps = MIN(bps, b->remb_bps);
	return CLAMP(bps, b->floor_bps, b->ceiling_bps);
}

int64_t bwe_rtt_us(const struct bwe *b)
{
	return b->rtt_us;
}

int64_t bwe_acked_bps(const struct bwe *b)
{
	return acked_rate_bps(&b->acked, RATE_WINDOW_US);
}

unsigned bwe_loss_permille(const struct bwe *b)
{
	return (unsigned)(b->loss.loss * 1000);
}

enum delay_state bwe_state(const struct bwe *b)
{
	return b->trend.state;
}

void bwe_on_sent(struct bwe *b, uint16_t seq, size_t bytes, int64_t now_us, uint8_t probe)
{
	sent_history_add(&b->sent, seq, bytes, now_us, probe);
	probe_sent(&b->probe, probe);
	b->sent_bytes += (int64_t)bytes;
	b->waiting++;
	if (b->waiting_us == 0)
		b->waiting_us = now_us;
}

static void drop_to(struct bwe *b, int64_t bps, int64_t now_us)
{
	if (bps >= b->delay_bps)
		return;
	probe_plan_on_drop(&b->plan, b->delay_bps, now_us);
	b->delay_bps = MAX(bps, b->floor_bps);
	b->dropped_us = now_us;
}

static void raise_to(struct bwe *b, int64_t bps)
{
	b->delay_bps = MAX(b->delay_bps, MIN(bps, b->ceiling_bps));
}

static bool is_busy(int64_t arrives_bps, int64_t estimate_bps)
{
	return arrives_bps > estimate_bps / 2;
}

/* Whoever's queue it is. */
static bool is_queued(const struct bwe *b)
{
	return delay_trend_queue_us(&b->trend) >= QUEUE_HIGH_US;
}

bool bwe_has_met_limit(const struct bwe *b)
{
	return b->dropped_us || b->plan.limited || loss_control_is_rough(&b->loss) || delay_trend_newest_us(&b->trend) > NEWS_US;
}

bool bwe_is_crowded(const struct bwe *b, int64_t now_us)
{
	return b->crowded_us && now_us - b->crowded_us < CROWDED_US;
}

static int64_t own_queue_us(struct bwe *b, int64_t now_us)
{
	return queue_blame_ours_us(&b->blame, delay_trend_queue_us(&b->trend), QUEUE_LOW_US, now_us);
}

/* A long queue: what arrives now is what the line carries. The longer it is, the further below that we go, so that it drains. */
static void on_long_queue(struct bwe *b, int64_t queue_us, int64_t now_us)
{
	int64_t carried_bps = acked_rate_bps(&b->acked, SHORT_WINDOW_US);
	int64_t arrives_bps = bwe_acked_bps(b);

	if (carried_bps == 0 || now_us - b->drained_us < b->rtt_us + DROP_WAIT_US ||
	    !queue_blame_accept(&b->blame, queue_us, MIN(carried_bps, arrives_bps), MAX(carried_bps, arrives_bps), now_us))
		return;
	b->drained_us = now_us;
	b->full_bps = carried_bps;
	drop_to(b, carried_bps / 1000 * CLAMP(DRAIN_PERMILLE - (queue_us - QUEUE_HIGH_US) / 1000, 600, DRAIN_PERMILLE), now_us);
}

/*
 * A short queue that grows. Where little was sent before, only the shorter window sees what the line carries. Where little is sent now
 * nothing does, and it may be mere jitter: a queue in earnest will soon be long. The queue that a probe left is no news.
 */
static void on_short_queue(struct bwe *b, int64_t now_us)
{
	int64_t carried_bps = MAX(bwe_acked_bps(b), acked_rate_bps(&b->acked, SHORT_WINDOW_US));

	if (now_us - b->dropped_us < b->rtt_us + DROP_WAIT_US || !is_busy(carried_bps, b->delay_bps) ||
	    (b->probe.number && now_us - b->probe.end_us < b->rtt_us + PROBE_ECHO_US))
		return;
	b->full_bps = carried_bps;
	drop_to(b, MAX(BACK_OFF(carried_bps), BACK_OFF(b->delay_bps)), now_us);
}

static void on_queue(struct bwe *b, int64_t queue_us, int64_t now_us)
{
	if (queue_us >= QUEUE_HIGH_US)
		on_long_queue(b, queue_us, now_us);
	else
		on_short_queue(b, now_us);
}

/* What arrives is carried, at once; more than that by 8 % a second; near the rate at which the line was full last, a packet per response time. */
static void maybe_raise(struct bwe *b, int64_t now_us)
{
	int64_t arrives_bps = bwe_acked_bps(b);
	int64_t elapsed_us = MIN(now_us - b->raised_us, 200000);
	int64_t more_bps;

	b->raised_us = now_us;
	if (loss_control_is_rough(&b->loss) || b->loss.trial || own_queue_us(b, now_us) > QUEUE_LOW_US)
		return;
	/* Unless the line has been full: then it may have waited in the queue. */
	if (!b->full_bps)
		raise_to(b, acked_rate_bps(&b->acked, CARRIED_WINDOW_US));
	if (b->delay_bps >= PROVED(arrives_bps))
		return;
	if (b->full_bps && arrives_bps > b->full_bps + b->full_bps / 20) {
		b->full_bps = 0;
		probe_plan_hurry(&b->plan, now_us);
	}
	if (b->full_bps && b->delay_bps > BACK_OFF(b->full_bps) - 1)
		more_bps = PACKET_BITS * elapsed_us / (b->rtt_us + 100000);
	else
		more_bps = (int64_t)((double)b->delay_bps * RAISE_PER_S * (double)elapsed_us / 1e6);
	raise_to(b, MIN(b->delay_bps + more_bps, PROVED(arrives_bps)));
}

/* What a probe says about packets that get lost: it passed far above what is sent, or came out below the estimate. */
static void judge_loss_by_probe(struct bwe *b, enum probe_verdict verdict, int64_t bps, int64_t now_us)
{
	if (verdict == PROBE_PASSED && bps > bwe_acked_bps(b) * 3 / 2 && !is_queued(b)) {
		loss_control_excuse(&b->loss);
	} else if (verdict == PROBE_LIMITED && bps < b->delay_bps * 9 / 10 && b->loss.average > LOSSY) {
		loss_control_accuse(&b->loss);
		b->full_bps = bps;
		drop_to(b, bps, now_us);
	}
}

static void end_probe(struct bwe *b, int64_t now_us)
{
	unsigned lost_permille = is_queued(b) ? 0 : (unsigned)(MAX(b->loss.chance, b->loss.average) * 1000);
	int64_t bps = 0;
	enum probe_verdict verdict = probe_end(&b->probe, lost_permille, &bps);
	bool gained = bps > b->delay_bps + b->delay_bps / 20;

	judge_loss_by_probe(b, verdict, bps, now_us);
	raise_to(b, bps);
	if (verdict == PROBE_PASSED && b->full_bps && bps > b->full_bps)
		b->full_bps = 0;
	probe_plan_on_verdict(&b->plan, verdict, gained, b->rtt_us, now_us);
}

static void judge_loss(struct bwe *b, int64_t arrived_bps, int64_t now_us)
{
	unsigned rough_before = b->loss.rough;
	struct loss_scene scene = { arrived_bps, b->least_bps, is_busy(arrived_bps, b->delay_bps), is_queued(b), b->rtt_us };

	if (scene.queued)
		loss_control_accuse(&b->loss);
	if (loss_control_update(&b->loss, &scene, now_us) == LOSS_CROWDED) {
		b->full_bps = b->loss.carried_bps;
		drop_to(b, b->loss.carried_bps, now_us);
	}
	if (b->loss.rough == 1 && rough_before == 0)
		probe_plan_hurry(&b->plan, now_us);
}

static void decide(struct bwe *b, int64_t now_us)
{
	int64_t queue_us = own_queue_us(b, now_us);

	if (queue_us >= QUEUE_HIGH_US)
		b->crowded_us = now_us;
	judge_loss(b, bwe_acked_bps(b), now_us);
	if (b->trend.state == DELAY_OVERUSE || (b->trend.state == DELAY_NORMAL && queue_us >= QUEUE_HIGH_US))
		on_queue(b, queue_us, now_us);
	else if (b->trend.state == DELAY_NORMAL)
		maybe_raise(b, now_us);
}

/* The reference time turns after 12 days; between two feedbacks there is less than half of that. */
static int64_t unwrap_reference(struct bwe *b, int64_t reference_us)
{
	int64_t ahead_us = (reference_us - b->reference_us) % TWCC_REFERENCE_WRAP_US;

	if (!b->has_reference)
		ahead_us = reference_us;
	else if (ahead_us > TWCC_REFERENCE_WRAP_US / 2)
		ahead_us -= TWCC_REFERENCE_WRAP_US;
	else if (ahead_us < -TWCC_REFERENCE_WRAP_US / 2)
		ahead_us += TWCC_REFERENCE_WRAP_US;
	b->has_reference = true;
	b->reference_us += ahead_us;
	return b->reference_us;
}

static void note_rtt(struct bwe *b, int64_t rtt_us)
{
	if (rtt_us <= 0 || rtt_us > RTT_MAX_US)
		return;
	b->rtt_us = b->rtt_us ? (b->rtt_us * 7 + rtt_us) / 8 : rtt_us;
}

static void on_arrived(struct bwe *b, struct sent_record *r, int64_t sent_us, int64_t arrival_us)
{
	r->fate = SENT_ARRIVED;
	b->arrived_bytes += r->bytes;
	acked_rate_add(&b->acked, arrival_us, r->bytes);
	delay_trend_packet(&b->trend, sent_us, arrival_us);
	probe_arrived(&b->probe, r->probe, r->bytes, sent_us, arrival_us);
}

void bwe_on_repeated(struct bwe *b, uint16_t number, bool asked, int64_t now_us)
{
	struct sent_record *r = sent_history_find(&b->sent, number);

	if (!r || (r->fate != SENT_WAITING && r->fate != SENT_LOST))
		return;
	if (r->fate == SENT_WAITING) {
		probe_lost(&b->probe, r->probe);
		loss_control_count(&b->loss, 0, asked, now_us);
		b->told_lost += asked;
	}
	r->fate = SENT_AGAIN;
}

static void on_arrived_again(struct bwe *b, struct sent_record *r, int64_t arrival_us)
{
	r->fate = SENT_ARRIVED;
	acked_rate_add(&b->acked, arrival_us, r->bytes);
}

/* Returns the time at which the newest packet that arrived was sent, 0: none did. */
static int64_t read_fates(struct bwe *b, const struct twcc_feedback *fb, int64_t now_us)
{
	int64_t reference_us = unwrap_reference(b, fb->reference_us);
	unsigned arrived = 0, lost = 0;
	int64_t newest_us = 0;

	for (uint16_t i = 0; i < fb->n; i++) {
		struct sent_record *r = sent_history_find(&b->sent, (uint16_t)(fb->base + i));

		int64_t arrival_us = reference_us + fb->arrival_ticks[i] * (int64_t)TWCC_TICK_US;

		if (!r || r->fate == SENT_ARRIVED)
			continue;
		if (fb->arrival_ticks[i] != TWCC_LOST && r->fate == SENT_AGAIN) {
			on_arrived_again(b, r, arrival_us);
		} else if (fb->arrival_ticks[i] != TWCC_LOST) {
			newest_us = MAX(newest_us, sent_record_us(r, now_us));
			on_arrived(b, r, sent_record_us(r, now_us), arrival_us);
			arrived++;
		} else if (r->fate == SENT_WAITING) {
			r->fate = SENT_LOST;
			probe_lost(&b->probe, r->probe);
			lost++;
		}
	}
	loss_control_count(&b->loss, arrived, lost, now_us);
	b->told_arrived += arrived;
	b->told_lost += lost;
	return newest_us;
}

void bwe_on_feedback(struct bwe *b, const struct twcc_feedback *fb, int64_t now_us)
{
	int64_t newest_us;

	if (!b->transport_feedback)
		return;
	if (b->deaf)
		b->delay_bps = MIN(b->delay_bps, BWE_START_BPS);
	b->deaf = false;
	newest_us = read_fates(b, fb, now_us);
	b->feedback_us = now_us;
	b->waiting_us = 0;
	b->waiting = b->held = 0;
	if (newest_us == 0)
		return;
	if (b->report_rtt_us == 0 || now_us - b->report_rtt_us > REPORT_RTT_VALID_US)
		note_rtt(b, now_us - newest_us);
	if (probe_is_complete(&b->probe, newest_us))
		end_probe(b, now_us);
	decide(b, now_us);
}

void bwe_on_remb(struct bwe *b, uint64_t bps, int64_t now_us)
{
	(void)now_us;
	if (measures(b))
		return;
	b->remb_bps = (int64_t)CLAMP(bps, 1, (uint64_t)MOST_BPS);
	if (!loss_control_is_rough(&b->loss))
		raise_to(b, b->remb_bps);
}

void bwe_on_receiver_report(struct bwe *b, uint8_t fraction_lost, int64_t rtt_us, int64_t sent_bps, int64_t now_us)
{
	unsigned packets, lost;

	if (rtt_us > 0) {
		note_rtt(b, rtt_us);
		b->report_rtt_us = now_us;
	}
	if (measures(b))
		return;
	sent_bps = CLAMP(sent_bps, 0, MOST_BPS);
	packets = (unsigned)(sent_bps / PACKET_BITS);
	lost = packets * fraction_lost / 256;
	loss_control_count(&b->loss, packets - lost, lost, now_us);
	judge_loss(b, sent_bps - sent_bps * fraction_lost / 256, now_us);
	if (!loss_control_is_rough(&b->loss) && b->delay_bps < PROVED(sent_bps))
		raise_to(b, MIN(b->delay_bps + (int64_t)((double)b->delay_bps * RAISE_PER_S), PROVED(sent_bps)));
}

void bwe_tick(struct bwe *b, int64_t now_us)
{
	if (b->probe.running && now_us - b->probe.end_us > b->rtt_us + PROBE_LATE_US)
		end_probe(b, now_us);
	/* Which may have left nothing that feedback could tell of. */
	if (b->loss.trial)
		judge_loss(b, bwe_acked_bps(b), now_us);
	if (!measures(b) || b->waiting_us == 0)
		return;
	if (b->feedback_us == 0 && now_us - b->waiting_us >= DEAF_US) {
		/* Who tells nothing but loss is not held back before there is any. */
		b->deaf = true;
		raise_to(b, b->ceiling_bps);
	} else if (b->feedback_us && b->delay_bps > b->floor_bps && b->waiting - b->held >= SILENT_PACKETS &&
		   now_us - b->waiting_us >= SILENCE_US + 2 * b->rtt_us) {
		drop_to(b, b->delay_bps / 2, now_us);
		b->waiting_us += 1000000;
		b->held = b->waiting;
	}
}

struct bwe_probe bwe_probe_wanted(struct bwe *b, int64_t now_us)
{
	int64_t estimate_bps = bwe_estimate_bps(b);
	int64_t rate_bps, duration_us;

	if (!measures(b) || b->probe.running || b->trend.state != DELAY_NORMAL || b->loss.trial ||
	    own_queue_us(b, now_us) > QUEUE_LOW_US || (b->waiting >= SILENT_PACKETS && now_us - b->waiting_us > SILENCE_US))
		return (struct bwe_probe){ 0 };
	rate_bps = probe_plan_next(&b->plan, estimate_bps, MIN(b->wanted_bps, b->ceiling_bps), now_us);
	if (rate_bps == 0)
		return (struct bwe_probe){ 0 };
	duration_us = probe_plan_duration_us(rate_bps, delay_trend_jitter_us(&b->trend));
	probe_begin(&b->probe, rate_bps, duration_us, now_us);
	return (struct bwe_probe){
		.number = b->probe.number, .rate_bps = rate_bps, .duration_us = duration_us,
		.bytes = (uint32_t)(rate_bps * duration_us / 8000000),
		.packet_bytes = (uint32_t)CLAMP(rate_bps * duration_us / 8000000 / PROBE_PACKETS, 100, 1200),
	};
}
