/*
 * Does the line's queue grow? The delay gradient of draft-ietf-rmcat-gcc-02 §5.1 to §5.4, with these differences. Packets that left
 * within 10 ms are one group, and so is what left in one flush; a group counts by its least delay, that of the packet that had
 * none of its own flush before it: so the size of a flush is no noise. The trend is a line through the groups of the last 300 to
 * 600 ms. Besides the gradient stands the queue itself: the least delay of the last 10 groups over the least of the last 10 to 20 s.
 *
 * Embedded and pure. Delays are arrival minus sending, in two clocks: only differences count.
 */
#ifndef HUITANG_MEDIA_DELAY_TREND_H
#define HUITANG_MEDIA_DELAY_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DELAY_TREND_POINTS 32

enum delay_state { DELAY_NORMAL, DELAY_OVERUSE, DELAY_UNDERUSE };

struct delay_trend {
	enum delay_state state;
	bool started;
	int64_t group_sent_us;          /* first packet of the group */
	int64_t group_delay_us;         /* least delay in it */
	int64_t group_arrival_us;       /* of that packet */
	int64_t epoch_us;               /* arrival of the first group: the points count from it */
	int64_t epoch_delay_us;         /* likewise */
	uint8_t n;
	uint8_t next;
	float arrival_ms[DELAY_TREND_POINTS];
	float delay_ms[DELAY_TREND_POINTS];
	float trend_ms;                 /* the gradient as growth in 240 ms */
	float threshold_ms;
	float over_ms;                  /* how long the trend has been over it */
	float last_ms;                  /* arrival and delay of the newest point */
	float last_delay_ms;
	float jitter_ms;                /* smoothed difference of neighbouring delays */
	float base_ms[2];               /* least delay of this 10 s and the 10 s before */
	float base_since_ms;
};

void delay_trend_init(struct delay_trend *t);

/** A packet that arrived, in the order of sending. A clock that leaps begins anew. */
void delay_trend_packet(struct delay_trend *t, int64_t sent_us, int64_t arrival_us);

/** What stands in the queue all the time now: 0 where only jitter is seen. */
int64_t delay_trend_queue_us(const struct delay_trend *t);

/** What stood in it just now, by the last three groups: sooner known, and more easily jitter. */
int64_t delay_trend_newest_us(const struct delay_trend *t);

/** How much neighbouring delays differ, smoothed. */
int64_t delay_trend_jitter_us(const struct delay_trend *t);

#endif
