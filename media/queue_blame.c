/* See queue_blame.h. */
#include "media/queue_blame.h"

#include "media/base/macros.h"

#define PATIENCE_MIN_US INT64_C(10000000)
#define PATIENCE_MAX_US INT64_C(60000000)
#define EPISODE_US INT64_C(3000000)     /* what was lowered before is another story */
#define EFFECT_US INT64_C(1000000)       /* until a lower rate shows in the queue */
#define VAIN_TIMES 2
#define SHORTER(us) ((us) * 9 / 10)
#define LESS(bps) ((bps) * 19 / 20)

void queue_blame_init(struct queue_blame *q)
{
	*q = (struct queue_blame){ .patience_us = PATIENCE_MIN_US };
}

int64_t queue_blame_ours_us(struct queue_blame *q, int64_t queue_us, int64_t short_us, int64_t now_us)
{
	if (queue_us < short_us && q->foreign_until_us) {
		queue_blame_init(q);
		return queue_us;
	}
	return now_us < q->foreign_until_us ? 0 : queue_us;
}

bool queue_blame_accept(struct queue_blame *q, int64_t queue_us, int64_t least_bps, int64_t most_bps, int64_t now_us)
{
	bool again = q->lowered_us && now_us - q->lowered_us < EPISODE_US, vain;

	if (again && now_us - q->lowered_us < EFFECT_US)
		return true;
	vain = again && queue_us > SHORTER(q->queue_us) && most_bps < LESS(q->arrives_bps);
	q->vain = vain ? q->vain + 1 : 0;
	q->lowered_us = now_us;
	q->queue_us = queue_us;
	q->arrives_bps = least_bps;
	if (q->vain < VAIN_TIMES)
		return true;
	q->vain = 0;
	q->lowered_us = 0;
	q->foreign_until_us = now_us + q->patience_us;
	q->patience_us = MIN(q->patience_us * 2, PATIENCE_MAX_US);
	return false;
}
