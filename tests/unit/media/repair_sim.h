/*
 * Simulated time for repair: a publisher and a viewer, each on a line of its own that delays and loses both ways, and between them the server's own two
 * paths, from opened packet to sealed. What publisher and viewer do is what browsers do (libwebrtc: RTX at most once in a round trip; a NACK at once,
 * then each round trip, ten in all). Nothing depends on the machine: a seed gives the same figures each time.
 */
#ifndef HUITANG_TESTS_REPAIR_SIM_H
#define HUITANG_TESTS_REPAIR_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_MS INT64_C(1000)
#define SIM_S INT64_C(1000000)

struct sim_line {
	unsigned loss_permille;         /* each way */
	int64_t delay_us;               /* each way, and up to 10 ms of jitter that keeps the order */
};

struct repair_cfg {
	uint32_t seed;
	struct sim_line publisher, viewer;
	int64_t bps;                    /* of the picture, at 30 fps; beside it goes sound */
	bool from_start;                /* the first five seconds count, too */
	bool vp9;                       /* in three spatial layers, of which the viewer wants all; else VP8 */
};

struct repair_figures {
	uint64_t frames, freezes;       /* shown; pauses over 500 ms */
	uint64_t whole;                 /* pictures that came in all layers */
	int64_t longest_us;             /* pause over 500 ms */
	uint64_t sent;                  /* packets of the picture by the publisher, without repeats */
	uint64_t lost_up, lost_down;    /* of all packets of media */
	uint64_t nacked_up, nacked_down; /* numbers asked for: by the server, by the viewer */
	uint64_t repeated_up, repeated_down; /* RTX: by the publisher, by the server */
	uint64_t useless_down;          /* of these what was there already */
	uint64_t keyframes;
};

/** The first five seconds do not count unless told so. Ends what it began: nothing is left. */
void repair_sim_run(struct repair_figures *ret, const struct repair_cfg *cfg, int seconds);

#endif
