/*
 * Is what gets lost lost by crowding or by chance (radio, a bad cable)? Fewer packets help only in the first case. When much more is
 * lost than was known to be lost by chance, a trial begins: a cap below what arrives. If the loss falls as crowding would let it
 * fall, it was crowding and the estimate stays down; if not, it was chance: the cap goes, and so much loss is expected from then on.
 * (GCC's controller, §6 of its draft, goes on lowering the rate of a line that loses 10 % by chance until nothing is left.)
 *
 *   CALM ── loss > chance + 8 % + 2 sigma, or 3 s of chance + 3 % ──► TRIAL: cap at 50 to 75 % of what is sent
 *    ▲ ◄── loss fell: LOSS_CROWDED ──────────────────────────────────┤ ▲  (looks at packets sent after the cap only)
 *    └─◄── loss stayed: LOSS_CHANCE ─────────────────────────────────┘ └─ loss grew: again, lower
 *
 * Where nothing can be given up but a picture itself, loss without a queue is taken for chance, unless it is surely over a third: repeats make it
 * good. A trial that leaves so little to send that nothing can be seen ends after 2 s, and what was lost is taken for chance.
 *
 * A probe can tell, too, and costs nothing to see: loss_control_excuse() when it passed far above what is sent. So where the line is
 * not busy, a trial waits 2 s for that.
 *
 * Embedded and pure.
 */
#ifndef HUITANG_MEDIA_LOSS_CONTROL_H
#define HUITANG_MEDIA_LOSS_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

enum loss_verdict { LOSS_NONE, LOSS_TRIAL, LOSS_CROWDED, LOSS_CHANCE };

/* What else is known about the line. */
struct loss_scene {
	int64_t arrived_bps;            /* over about the last half second */
	int64_t least_bps;              /* below that a picture would be suspended: worse than the loss that a trial asks about */
	bool busy;                      /* that is near the estimate */
	bool queued;                    /* packets wait in a long queue: what is lost there is lost by crowding, no trial is needed */
	int64_t rtt_us;
};

struct loss_control {
	uint32_t arrived, lost;         /* in the present window */
	int64_t window_us;              /* when it begins; may lie ahead */
	bool trial;
	bool severe;                    /* it is about so much that no picture is worth it */
	float trial_loss;               /* before it */
	float trial_share;              /* of what was sent that the cap leaves */
	float chance;                   /* share that is lost by chance, as it is now */
	float most_chance;              /* what trials found at the most */
	float average;                  /* loss over some windows */
	uint8_t rough;                  /* windows in a row that were */
	float loss;                     /* of the last full window */
	int64_t cap_bps;                /* in a trial, else INT64_MAX */
	int64_t carried_bps;            /* after LOSS_CROWDED: what to send at the most */
};

void loss_control_init(struct loss_control *l, int64_t now_us);

/** Packets of which feedback has told. */
void loss_control_count(struct loss_control *l, unsigned arrived, unsigned lost, int64_t now_us);

/** A probe has shown that the line carries much more: what is lost now is lost by chance. Ends a trial. */
void loss_control_excuse(struct loss_control *l);

/** A probe has shown that the line carries less than is sent: nothing is known to be lost by chance. */
void loss_control_accuse(struct loss_control *l);

/** Pictures that are shown need so much: a trial that leaves less ends, and what is lost is taken for chance; unless it is severe. */
void loss_control_spare(struct loss_control *l, int64_t least_bps);

/**
 * Looks at the window when it is over: half a second, two round trips and 20 packets (in a trial up to 80). With each feedback, and in a trial
 * also without.
 */
enum loss_verdict loss_control_update(struct loss_control *l, const struct loss_scene *scene, int64_t now_us);

/** More is lost than by chance: no time to raise anything. */
bool loss_control_is_rough(const struct loss_control *l);

#endif
