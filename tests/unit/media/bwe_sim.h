/*
 * Simulated time for bwe, pacer and allocation: senders behind one bottleneck with a drop-tail queue, receivers that answer with
 * twcc.c's own feedback through rtcp_parse(). Nothing depends on the machine: a scenario gives the same figures each time.
 */
#ifndef HUITANG_TESTS_BWE_SIM_H
#define HUITANG_TESTS_BWE_SIM_H

#include "media/allocation.h"
#include "media/bwe.h"
#include "media/first_view.h"
#include "media/pacer.h"
#include "media/twcc.h"

#define SIM_MS INT64_C(1000)
#define SIM_S INT64_C(1000000)
#define SIM_FLOWS 3
#define SIM_SECONDS 700
#define SIM_IN_FLIGHT 8192
#define SIM_QUEUE 2048

/* From `at_us` on; ends with the next row. */
struct sim_step {
	int64_t at_us;
	int64_t bps;
	unsigned loss_permille;         /* by chance */
};

enum sim_source {
	SIM_ELASTIC,                    /* an encoder that sends 95 % of the estimate, sound included */
	SIM_LAYERS,                     /* what allocation_run() chooses for the slots */
	SIM_FIXED,                      /* fixed_bps, whatever the estimate */
};

struct sim_second {                     /* what one second of one flow was like */
	int64_t bits;                   /* media that arrived, without padding */
	int64_t padding_bits;
	int64_t estimate_bps;           /* at its end */
	int64_t queue_max_us;           /* in the bottleneck */
	int64_t queue_sum_us;
	int64_t lost, arrived;
};

struct sim_packet {
	uint8_t flow;
	bool padding;
	uint16_t seq;
	uint16_t bytes;
	int64_t arrival_us;
};

struct sim_flow {
	enum sim_source kind;
	int64_t begin_us;
	int64_t fixed_bps;
	int64_t wanted_bps;             /* elastic: the encoder's most */
	bool opens;                     /* its first pictures go ahead of the estimate, by first_view */
	struct first_view first_view;
	size_t picture_bytes;           /* keyframe with which a picture begins */
	int64_t shown_us;               /* when all of the first pictures had left, 0: not yet */
	int64_t keyframe_us;            /* each so often a frame four times as large; 0: never */
	struct bwe bwe;
	struct pacer pacer;
	struct allocation allocation;
	struct allocation_slot slots[ALLOCATION_SLOTS];
	size_t n_slots;
	struct allocation_sum sum;
	size_t layer_changes;

	uint16_t seq;
	size_t queued_bytes;            /* media that waits for the pacer */
	size_t dropped_bytes;           /* of a queue over 500 ms */
	int64_t flush_us;               /* next time the pacer lets go */
	int64_t audio_us, frame_us, next_keyframe_us, allocate_us;
	struct bwe_probe probe;
	int64_t probe_begin_us;
	int64_t probe_bytes;            /* sent in its time */
	size_t probes;

	struct twcc_receiver receiver;
	int64_t feedback_us;
	struct sim_second seconds[SIM_SECONDS];
};

/* A long download beside the flows: Reno, every packet acknowledged. */
struct sim_download {
	bool on;
	int64_t begin_us, end_us;
	double window, threshold;       /* packets */
	int64_t halved_us;
	size_t outstanding;
	size_t first, n;
	int64_t acked_at_us[1024];      /* ring of answers on their way; negative: that of a lost packet */
	int64_t bits[SIM_SECONDS];
};

struct sim {
	const struct sim_step *steps;
	size_t n_steps;
	int64_t delay_us;               /* each way */
	int64_t jitter_us;              /* at most, one way, without reordering */
	int64_t queue_us;               /* longest wait in the bottleneck */
	int64_t feedback_interval_us;
	bool feedback_lost_too;

	int64_t now_us;
	uint32_t random;
	int64_t busy_us;                /* until when the bottleneck is */
	int64_t last_arrival_us;
	size_t n_flows;
	struct sim_flow flows[SIM_FLOWS];
	size_t first, n;                /* of the ring */
	struct sim_packet in_flight[SIM_IN_FLIGHT];
	struct sim_download download;
	struct {
		bool used;
		uint8_t flow;
		int64_t at_us;
		size_t len;
		uint8_t data[1200];
	} answers[64];
};

/** A line of 50 ms each way with a queue of 300 ms. `steps` is borrowed. BWE_SIM_SEED=N in the environment gives other random numbers. */
void sim_init(struct sim *s, const struct sim_step *steps, size_t n_steps);

/** Fields of the result may be changed before the first sim_run(). */
struct sim_flow *sim_add(struct sim *s, enum sim_source kind, int64_t begin_us);

/** Opens a page of `n` thumbnails as rate_control.c does: its start, its first view, keyframes of 4 kB. `ahead` false: without first_view. */
struct sim_flow *sim_add_page(struct sim *s, size_t n, bool ahead);

/** A camera of 150, 500 and 1,500 kbit/s (180p, 360p, 720p). */
struct allocation_slot *sim_add_camera(struct sim_flow *f, enum allocation_rank rank, uint16_t wanted_px);

/** From `begin_us` to `end_us`. */
void sim_add_download(struct sim *s, int64_t begin_us, int64_t end_us);

void sim_run(struct sim *s, int64_t until_us);
void sim_done(struct sim *s);

/* Over the whole seconds [from, to): */
int64_t sim_bits(const struct sim_flow *f, int from_s, int to_s);
int64_t sim_queue_mean_us(const struct sim_flow *f, int from_s, int to_s);
int64_t sim_queue_max_us(const struct sim_flow *f, int from_s, int to_s);
unsigned sim_lost_permille(const struct sim_flow *f, int from_s, int to_s);
/** Seconds from `from_s` until media of `bps` arrive in a second; `to_s` - `from_s` when that never happens. */
int sim_seconds_until(const struct sim_flow *f, int64_t bps, int from_s, int to_s);

#endif
