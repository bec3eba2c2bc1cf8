/*
 * Distributions as Prometheus reads them: in each look at a line all buckets whose bound it does not exceed count up. Looks are
 * one a second and line, so that rates of these are shares of the time of all lines.
 */
#include "signaling/line_counters.h"

#include "media/base/macros.h"

enum {
	RTT_50, RTT_100, RTT_200, RTT_400, RTT_800, RTT_INF, RTT_SUM,
	DOWN_1, DOWN_3, DOWN_10, DOWN_30, DOWN_INF,
	UP_1, UP_3, UP_10, UP_30, UP_INF,
	ESTIMATE_500K, ESTIMATE_1M, ESTIMATE_1500K, ESTIMATE_2500K, ESTIMATE_5M, ESTIMATE_INF,
	SLOT_SECONDS, SUSPENDED_SECONDS, FREEZES, FREEZE_MS, DROPPED, CPU_LIMITED, REPORTS, LINE_COUNTS
};

#define RTT_HELP "Looks at lines (one a second and line) by round trip"
#define LOSS_HELP "Looks at lines by the share of packets lost before repair"
#define ESTIMATE_HELP "Looks at lines by the estimate of what the line towards the seat carries"

static const struct counter_def defs[LINE_COUNTS] = {
	[RTT_50] = { "line_rtt_seconds_bucket{le=\"0.05\"}", RTT_HELP, false },
	[RTT_100] = { "line_rtt_seconds_bucket{le=\"0.1\"}", RTT_HELP, false },
	[RTT_200] = { "line_rtt_seconds_bucket{le=\"0.2\"}", RTT_HELP, false },
	[RTT_400] = { "line_rtt_seconds_bucket{le=\"0.4\"}", RTT_HELP, false },
	[RTT_800] = { "line_rtt_seconds_bucket{le=\"0.8\"}", RTT_HELP, false },
	[RTT_INF] = { "line_rtt_seconds_bucket{le=\"+Inf\"}", RTT_HELP, false },
	[RTT_SUM] = { "line_rtt_milliseconds_sum", "Sum of the round trips of these looks", false },
	[DOWN_1] = { "line_lost_ratio_bucket{direction=\"down\",le=\"0.01\"}", LOSS_HELP, false },
	[DOWN_3] = { "line_lost_ratio_bucket{direction=\"down\",le=\"0.03\"}", LOSS_HELP, false },
	[DOWN_10] = { "line_lost_ratio_bucket{direction=\"down\",le=\"0.1\"}", LOSS_HELP, false },
	[DOWN_30] = { "line_lost_ratio_bucket{direction=\"down\",le=\"0.3\"}", LOSS_HELP, false },
	[DOWN_INF] = { "line_lost_ratio_bucket{direction=\"down\",le=\"+Inf\"}", LOSS_HELP, false },
	[UP_1] = { "line_lost_ratio_bucket{direction=\"up\",le=\"0.01\"}", LOSS_HELP, false },
	[UP_3] = { "line_lost_ratio_bucket{direction=\"up\",le=\"0.03\"}", LOSS_HELP, false },
	[UP_10] = { "line_lost_ratio_bucket{direction=\"up\",le=\"0.1\"}", LOSS_HELP, false },
	[UP_30] = { "line_lost_ratio_bucket{direction=\"up\",le=\"0.3\"}", LOSS_HELP, false },
	[UP_INF] = { "line_lost_ratio_bucket{direction=\"up\",le=\"+Inf\"}", LOSS_HELP, false },
	[ESTIMATE_500K] = { "line_estimate_bps_bucket{le=\"500000\"}", ESTIMATE_HELP, false },
	[ESTIMATE_1M] = { "line_estimate_bps_bucket{le=\"1000000\"}", ESTIMATE_HELP, false },
	[ESTIMATE_1500K] = { "line_estimate_bps_bucket{le=\"1500000\"}", ESTIMATE_HELP, false },
	[ESTIMATE_2500K] = { "line_estimate_bps_bucket{le=\"2500000\"}", ESTIMATE_HELP, false },
	[ESTIMATE_5M] = { "line_estimate_bps_bucket{le=\"5000000\"}", ESTIMATE_HELP, false },
	[ESTIMATE_INF] = { "line_estimate_bps_bucket{le=\"+Inf\"}", ESTIMATE_HELP, false },
	[SLOT_SECONDS] = { "slot_seconds_total{state=\"flowing\"}", "Seconds of slots in which something flowed or wanted to", false },
	[SUSPENDED_SECONDS] = { "slot_seconds_total{state=\"suspended\"}", "Seconds of slots in which something flowed or wanted to", false },
	[FREEZES] = { "page_freezes_total", "Frozen pictures that pages reported", false },
	[FREEZE_MS] = { "page_freeze_milliseconds_total", "How long those were frozen", false },
	[DROPPED] = { "page_dropped_frames_total", "Frames that pages received and did not show", false },
	[CPU_LIMITED] = { "page_reports_cpu_limited_total", "Reports of pages whose computer is too slow for what it sends", false },
	[REPORTS] = { "page_reports_total", "Reports of pages", false },
};

int line_counters_create(struct counters **ret)
{
	return counters_create(ret, defs, LINE_COUNTS);
}

/* Buckets lie one after the other from `first`, the last without bound. */
static void count(struct counters *c, unsigned first, const uint32_t *bounds, size_t n, uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if (value <= bounds[i])
			counters_add(c, first + i, 1);
	counters_add(c, first + n, 1);
}

void line_counters_feed(struct counters *c, const struct path_stats *s)
{
	static const uint32_t rtt_us[] = { 50000, 100000, 200000, 400000, 800000 };
	static const uint32_t lost[] = { 256 / 100, 256 * 3 / 100, 256 / 10, 256 * 3 / 10 };
	static const uint32_t bps[] = { 500000, 1000000, 1500000, 2500000, 5000000 };

	if (s->rtt_us) {
		count(c, RTT_50, rtt_us, ARRAY_LEN(rtt_us), s->rtt_us);
		counters_add(c, RTT_SUM, (s->rtt_us + 500) / 1000);
	}
	if (s->sent_bps)
		count(c, DOWN_1, lost, ARRAY_LEN(lost), s->down_lost);
	if (s->received_bps)
		count(c, UP_1, lost, ARRAY_LEN(lost), s->up_lost);
	if (s->estimate_bps)
		count(c, ESTIMATE_500K, bps, ARRAY_LEN(bps), s->estimate_bps);
	for (unsigned i = 0; i < MIN(s->n_slots, MAX_SLOTS); i++) {
		counters_add(c, SLOT_SECONDS, s->slots[i].layer != STATS_NO_LAYER);
		counters_add(c, SUSPENDED_SECONDS, s->slots[i].suspended);
	}
}

void line_counters_report(struct counters *c, const struct quality_report *r)
{
	counters_add(c, FREEZES, r->freezes);
	counters_add(c, FREEZE_MS, r->freeze_ms);
	counters_add(c, DROPPED, r->dropped);
	counters_add(c, CPU_LIMITED, r->cpu_limited);
	counters_add(c, REPORTS, 1);
}
