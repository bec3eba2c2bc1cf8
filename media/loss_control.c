/* See loss_control.h. */
#include "media/loss_control.h"

#include "media/base/macros.h"

#define WINDOW_US INT64_C(500000)
#define SETTLE_US INT64_C(200000)       /* beyond a round trip, until a cap has reached what is sent */
#define MIN_PACKETS 20
#define EXCESS 0.08f
#define ROUGH 0.03f
#define STALE_US INT64_C(5000000)
#define MOST_CHANCE 0.5f

void loss_control_init(struct loss_control *l, int64_t now_us)
{
	*l = (struct loss_control){ .window_us = now_us, .cap_bps = INT64_MAX };
}

void loss_control_count(struct loss_control *l, unsigned arrived, unsigned lost, int64_t now_us)
{
	if (now_us < l->window_us)
		return;
	l->arrived += arrived;
	l->lost += lost;
}

static void begin_window(struct loss_control *l, int64_t at_us)
{
	l->arrived = l->lost = 0;
	l->window_us = at_us;
}

static enum loss_verdict begin_trial(struct loss_control *l, int64_t arrived_bps, int64_t rtt_us, int64_t now_us)
{
	float sent_bps = (float)arrived_bps / MAX(1 - l->loss, 0.05f);

	l->trial = true;
	l->trial_loss = l->loss;
	l->trial_share = CLAMP(0.95f * (1 - l->loss), 0.5f, 0.75f);
	l->cap_bps = (int64_t)(sent_bps * l->trial_share);
	begin_window(l, now_us + rtt_us + SETTLE_US);
	return LOSS_TRIAL;
}

/* Crowding would leave 1 - (1 - before) / share, chance as much as before: the nearer of the two it is. */
static enum loss_verdict end_trial(struct loss_control *l)
{
	float crowded = MAX(1 - (1 - l->trial_loss) / l->trial_share, 0.0f);

	l->trial = false;
	l->cap_bps = INT64_MAX;
	if (l->loss < (crowded + l->trial_loss) / 2)
		return LOSS_CROWDED;
	l->chance = MIN(MAX(l->chance, l->loss), MOST_CHANCE);
	return LOSS_CHANCE;
}

/* Two sigma above what is expected and tolerated. */
static bool is_excessive(const struct loss_control *l, uint32_t all)
{
	float excess = l->loss - l->chance - EXCESS;

	return excess > 0 && excess * excess > 4 * l->loss * (1 - l->loss) / (float)all;
}

/* Hardly anything is sent: nothing can be learnt, and no trial goes on for that. */
static void give_up_window(struct loss_control *l, int64_t now_us)
{
	l->trial = false;
	l->cap_bps = INT64_MAX;
	begin_window(l, now_us);
}

enum loss_verdict loss_control_update(struct loss_control *l, int64_t arrived_bps, int64_t rtt_us, int64_t now_us)
{
	uint32_t all = l->arrived + l->lost;

	if (all < MIN_PACKETS && now_us - l->window_us > STALE_US)
		give_up_window(l, now_us);
	if (all < MIN_PACKETS || now_us - l->window_us < MAX(WINDOW_US, 2 * rtt_us))
		return LOSS_NONE;
	l->loss = (float)l->lost / (float)all;
	begin_window(l, now_us);
	if (l->trial)
		return end_trial(l);
	if (l->loss < l->chance)
		l->chance = (l->chance + l->loss) / 2;
	return is_excessive(l, all) ? begin_trial(l, arrived_bps, rtt_us, now_us) : LOSS_NONE;
}

bool loss_control_is_rough(const struct loss_control *l)
{
	return l->loss > l->chance + ROUGH;
}
