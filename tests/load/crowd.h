/*
 * The course of a run.
 *
 * OPEN: publishers come ─► JOIN: the others come ─► WARM ─► WINDOW: measured ─► LEAVE ─► DONE
 *                           ▲                                  │
 *                           └──── --knee: more viewers ────────┘
 */
#ifndef LOAD_CROWD_H
#define LOAD_CROWD_H

#include "tests/load/incoming.h"
#include "tests/load/load.h"
#include "tests/load/process.h"

#define CROWD_STEPS 32
#define CROWD_SECONDS 3600      /* of a window that are told one by one */

enum phase { PHASE_OPEN, PHASE_JOIN, PHASE_WARM, PHASE_WINDOW, PHASE_LEAVE, PHASE_DONE };

/* What the receivers on no line got: theirs is as the server sent it. */
struct steady {
	unsigned receivers, whole, pictures, wanted;
	uint64_t packets;
	int64_t frozen_us;
	struct incoming_loss loss;
};

/* What those who were there got while latecomers came. */
struct meanwhile {
	int64_t begin_us, end_us;       /* 0: not begun, not over */
	struct incoming_loss before, after;
	struct process_look server_begin, server_end;
	int64_t late_us;                /* how far this tool fell behind */
};

/* Of the window that was measured last. */
struct measure {
	int64_t window_us;
	struct totals totals;
	struct incoming_loss loss;
	double expected;                /* packets that should have come, 0: not known */
	unsigned receivers, silent, whole;
	unsigned pictures, wanted;      /* that came in the window, and that should have */
	struct steady steady;
	unsigned blind, mute;           /* receivers on a line to whom not one picture, not one voice came */
	bool has_server;
	struct process_look server_begin, server_end, own_begin, own_end;
	struct port_stats port_begin, port_end;
	int64_t late_us;
};

struct step {
	unsigned viewers;
	double packets_per_s, loss, p99_ms, server_share, own_share, waited;
	bool good;
};

/* What one second of the window brought. */
struct second {
	double t_s;                     /* its end */
	uint64_t packets, bytes, frames, freezes, heard;
	double p50_ms, p95_ms;
};

struct crowd {
	struct load *load;              /* given */
	enum phase phase;
	int64_t since_us;               /* when the phase began */
	int64_t look_us, speakers_us;
	unsigned n_publishers;          /* sites 0 to this - 1 publish first */
	unsigned n_early;               /* sites up to this come before the window */
	unsigned n_begun;
	struct chore begins;            /* the next latecomer */
	double begin_share;             /* part of a join that the ramp owes */
	bool stopped_early;             /* no publisher came, or we were interrupted */
	struct measure measure;
	struct meanwhile meanwhile;
	bool measured;
	int64_t rss_before_kb, rss_steady_kb;
	struct process_look server_join_begin, server_join_end;
	bool has_join;
	unsigned n_seconds;
	struct second seconds[CROWD_SECONDS];
	struct totals at_second;        /* totals at the end of the last second */
	unsigned n_steps, good_viewers;
	struct step steps[CROWD_STEPS];
	bool tried_again;
	const char *knee_reason;
};

/** Makes the sites of the shape. Errors: -ENOMEM. */
int crowd_init(struct crowd *c, struct load *l);

/** Called once a tick; true when all is over. */
bool crowd_turn(struct crowd *c, int64_t now_us);

/** Goes to LEAVE whatever the phase, as on SIGINT. */
void crowd_stop(struct crowd *c);

/** The first site whose join is measured: behind the publishers, or the first latecomer. */
unsigned crowd_first_measured(const struct crowd *c);

#endif
