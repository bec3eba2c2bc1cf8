/* What all endpoints together saw since the window began. Written by one thread. */
#ifndef LOAD_TOTALS_H
#define LOAD_TOTALS_H

#include <stdbool.h>

#include "tests/load/histogram.h"

struct totals {
	bool open;                      /* the window has begun and not ended */
	uint64_t packets, bytes, audio, video, rtx, strays;
	uint64_t reordered, duplicates, repaired;
	uint64_t nacks_sent, nacks_received, plis_sent, plis_received;
	uint64_t checked, altered, unopened;
	uint64_t sent_packets, sent_bytes;
	uint64_t whole_frames, broken_frames, freezes, heard;
	int64_t longest_freeze_us, frozen_us; /* the second one: all freezes together */
	bool joining;                   /* latecomers come */
	struct histogram latency_meanwhile; /* of those who were there before */
	struct histogram latency, latency_second; /* the second one of the series' current second */
};

#endif
