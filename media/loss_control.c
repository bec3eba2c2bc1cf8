/* See loss_control.h. */
#include "media/loss_control.h"

#include "media/base/macros.h"

#define WINDOW_US INT64_C(500000)
#define SETTLE_US INT64_C(200000)       /* beyond a round trip, until a cap has reached what is sent */
#define TRIAL_US INT64_C(2000000)
#define MIN_PACKETS 20
#define TRIAL_PACKETS 80
#define ROUGH_WINDOWS 6                 /* when they alone call for a trial */
#define PROBE_WINDOWS 4                 /* how long a line that is not busy waits for a probe to tell */
#define GREW 0.1f
#define EXCESS 0.08f
#define ROUGH 0.03f
#define STALE_US INT64_C(5000000)
#define MOST_CHANCE 0.5f
#define REPAIRED 0.33f                  /* loss that repeats make good, more or less: worse is no picture at all */
#define TRIAL_MOST 0.85f                /* of what is sent: a trial that leaves more tells nothing */
#define CROWDED_SIDE 0.4f               /* of the way from what crowding would leave to what there was before */

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

/* Chance follows the loss down, and up again only as far as trials have shown: crowding must not creep in. */
static void follow_chance(struct loss_control *l)
{
	l->average += (l->loss - l->average) * 0.3f;
	l->most_chance += MIN(l->average - l->most_chance, 0.0f) * 0.03f;
	l->chance = MIN(l->chance + (l->loss - l->chance) * 0.2f, l->most_chance);
	l->rough = loss_control_is_rough(l) ? (uint8_t)MIN(l->rough + 1, UINT8_MAX) : 0;
}

static void excuse(struct loss_control *l, float loss)
{
	l->trial = false;
	l->cap_bps = INT64_MAX;
	l->rough = 0;
	l->chance = l->most_chance = MIN(MAX(l->chance, loss), MOST_CHANCE);
	l->average = MIN(l->average, l->chance);
}

/* Two sigma over: few packets tell little. */
static bool is_surely_over(float loss, float bound, uint32_t all)
{
	float over = loss - bound;

	return over > 0 && over * over > 4 * loss * (1 - loss) / (float)all;
}

/* The share of what is sent that a trial leaves, or 0: it would cost a picture, and not so much is lost that this would be less bad. */
static float share_of_trial(const struct loss_control *l, const struct loss_scene *scene, float sent_bps)
{
	float share = CLAMP(0.95f * (1 - l->trial_loss), 0.5f, 0.75f);
	float least = (float)scene->least_bps * 1.02f / MAX(sent_bps, 1.0f);

	if (least <= TRIAL_MOST || l->severe)
		return least <= TRIAL_MOST ? MAX(share, least) : share;
	return 0;
}

static enum loss_verdict begin_trial(struct loss_control *l, const struct loss_scene *scene, uint32_t all, int64_t now_us)
{
	float sent_bps = (float)scene->arrived_bps / MAX(1 - l->average, 0.05f);

	l->trial_loss = MAX(l->loss, l->average);
	l->severe = is_surely_over(l->loss, REPAIRED, all);
	l->trial_share = share_of_trial(l, scene, sent_bps);
	if (l->trial_share == 0) {
		excuse(l, l->trial_loss);
		return LOSS_CHANCE;
	}
	l->trial = true;
	l->rough = 0;
	l->cap_bps = (int64_t)(sent_bps * l->trial_share);
	begin_window(l, now_us + scene->rtt_us + SETTLE_US);
	return LOSS_TRIAL;
}

/* What was lost in the queue is over when the queue is: it is no part of what is lost afterwards. */
static enum loss_verdict condemn(struct loss_control *l, int64_t arrived_bps)
{
	l->carried_bps = arrived_bps * 9 / 10;
	return LOSS_CROWDED;
}

void loss_control_spare(struct loss_control *l, int64_t least_bps)
{
	if (l->trial && !l->severe && least_bps > l->cap_bps)
		excuse(l, l->trial_loss);
}

void loss_control_excuse(struct loss_control *l)
{
	excuse(l, MAX(l->average, l->loss));
}

void loss_control_accuse(struct loss_control *l)
{
	l->chance = l->most_chance = 0;
}

/*
 * Crowding would leave 1 - (1 - before) / share, and little scatter; chance as much as before, and more scatter: the line between
 * them is nearer to the first.
 */
static enum loss_verdict end_trial(struct loss_control *l)
{
	float crowded = MAX(1 - (1 - l->trial_loss) / l->trial_share, 0.0f);

	l->trial = false;
	l->carried_bps = l->cap_bps;
	l->cap_bps = INT64_MAX;
	/* Sending less cannot help against chance: then that ended by itself, and with it the reason for the trial. */
	if (l->loss < l->chance / 2)
		return LOSS_NONE;
	if (l->loss < crowded + (l->trial_loss - crowded) * CROWDED_SIDE)
		return LOSS_CROWDED;
	excuse(l, MAX(l->loss, l->trial_loss));
	return LOSS_CHANCE;
}

/* Of what is expected and tolerated. */
static bool is_excessive(const struct loss_control *l, uint32_t all)
{
	return is_surely_over(l->loss, l->chance + EXCESS, all);
}

/* Much more is lost than expected, or a little more for long. */
static bool calls_for_trial(const struct loss_control *l, uint32_t all, bool busy)
{
	bool much = is_excessive(l, all);

	return busy ? much || l->rough >= ROUGH_WINDOWS : much && l->rough >= PROBE_WINDOWS;
}

/* Hardly anything is sent: nothing can be learnt. A trial that leaves nothing would be followed by the next one for the same loss: that is taken for chance. */
static void give_up_window(struct loss_control *l, int64_t now_us)
{
	if (l->trial)
		excuse(l, l->trial_loss);
	begin_window(l, now_us);
}

enum loss_verdict loss_control_update(struct loss_control *l, const struct loss_scene *scene, int64_t now_us)
{
	uint32_t all = l->arrived + l->lost;

	if (all < MIN_PACKETS && now_us - l->window_us > (l->trial ? TRIAL_US : STALE_US))
		give_up_window(l, now_us);
	if (all < MIN_PACKETS || now_us - l->window_us < MAX(WINDOW_US, 2 * scene->rtt_us) ||
	    (l->trial && all < TRIAL_PACKETS && now_us - l->window_us < TRIAL_US))
		return LOSS_NONE;
	l->loss = (float)l->lost / (float)all;
	begin_window(l, now_us);
	if (l->trial && l->loss > l->trial_loss + GREW) {
		l->average = l->loss;
		return begin_trial(l, scene, all, now_us);
	}
	if (l->trial)
		return end_trial(l);
	if (scene->queued)
		return is_excessive(l, all) ? condemn(l, scene->arrived_bps) : LOSS_NONE;
	follow_chance(l);
	return calls_for_trial(l, all, scene->busy) ? begin_trial(l, scene, all, now_us) : LOSS_NONE;
}

bool loss_control_is_rough(const struct loss_control *l)
{
	return l->average > l->chance + ROUGH + l->chance / 10;
}
