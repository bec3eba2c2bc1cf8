/*
 * Once a day, at night where it can wait: what is kept for longer than its days is erased (attendance/retention.h), then the records of persons
 * who left long ago (attendance/person_state.h), sixteen in one act. Thread: control.
 */
#ifndef HUITANG_SIGNALING_RETENTION_H
#define HUITANG_SIGNALING_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

struct server;

struct retention_watch {
	int64_t last_us;        /* wall: when the last run began that was finished; 0: none, or it was cut off */
	int64_t looked_us;      /* boot */
	bool running;
	bool people;            /* more of them may be due */
};

/** Looks once in a minute whether it is time. */
void retention_on_tick(struct server *s);

/** Whether a run is due. `hour` is the local one. */
bool retention_is_due(int64_t last_us, int64_t now_us, int hour);

#endif
