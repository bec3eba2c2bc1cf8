/* The view's inside, for the view*.c files alone: what each slot is to show, worked out anew at each update. */
#ifndef HUITANG_CLASSROOM_VIEW_PLAN_H
#define HUITANG_CLASSROOM_VIEW_PLAN_H

#include "classroom/view.h"

struct view {
	char viewer[SEAT_ID_BYTES];
	enum view_mode mode;
	char *key;                              /* owned */
	uint8_t n_audio, n_video;
	uint8_t max_video;
	uint16_t max_height;                    /* 0: no bound */
	bool watching;
	size_t n_watched;
	struct watched watched[VIEW_WATCH_MAX];
	size_t n_pins;
	char pins[VIEW_PINS_MAX][SEAT_ID_BYTES];
	struct binding slots[VIEW_SLOTS_MAX];
	uint32_t rewished;                      /* bit i: the wish of slot i changed and was not told */
	uint32_t last_number;
	bool stale;                             /* something of ours changed since the last update */
	uint64_t version;                       /* the room's, at the last update */
	int64_t next_us;
	char picture[SEAT_ID_BYTES];            /* programme: whose picture was shown last */
};

/* A source to be shown; seat NULL for none. */
struct shown {
	const struct seat *seat;
	enum seat_source source;
	struct view_wish wish;
};

struct plan {
	struct view *view;
	const struct room *room;
	int64_t now_us;
	struct shown audio[VIEW_AUDIO_MAX];
	struct shown video[VIEW_SLOTS_MAX];
	int64_t next_us;                        /* when a voice that waits may take a slot */
	size_t n_pins;
	const struct seat *pins[VIEW_AUDIO_MAX]; /* whose mics are always heard */
};

/* Whatever size and place they are wanted at. */
static inline bool shown_equal(struct shown a, struct shown b)
{
	return a.seat == b.seat && (!a.seat || a.source == b.source);
}

/** Live and not the viewer's own. */
bool plan_may_show(const struct plan *p, struct shown s);

/** The seat of VIEW_SEAT when it is here, else NULL. */
const struct seat *plan_fixed_seat(const struct plan *p);

/** The wish of the `nth` of `n` pictures where the page did not say it. */
struct view_wish wish_guess(size_t nth, size_t n);

/* Both start from what is shown and still may be; audio goes first, since pictures follow voices. */
void plan_audio(struct plan *p);
void plan_video(struct plan *p);

#endif
