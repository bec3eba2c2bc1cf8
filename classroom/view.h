/*
 * Who is in which slot of one viewer (media.md, Slots; Switching). Pure: looks at the room, keeps its own bindings, and gives
 * what changed. Slots are numbered as on the path: audio 0 to n_audio-1, then video.
 *
 * Audio   Every live mic has a slot while there are enough. Beyond that a mic that begins to speak takes the slot that has been
 *         silent longest, but none within VIEW_HOLD_US of its speech. Screen audio always has a slot, but leaves one for mics.
 * Pins    The mics of who has the floor, of the spotlight and of the site on the stage (room_floor.h), then those that the viewer pinned, are heard
 *         first, as far as they take half of the audio slots at most; they take a slot at once and never give way.
 * Led     The spotlight and the site on the stage are seen first, whatever the list says, but for an empty one; without a list presenters after them.
 * Video   The watch list's live sources in its order, as many as fit; without a list screens, then who is heard, then who is
 *         shown already, then the rest by the time they went live. A source stays in its slot while it is shown. What is not on a
 *         list has no slot: nothing is forwarded that nobody watches. A bound (line_profile.h) leaves the first ones.
 * Wishes  Each picture has a rank and a height. Where the list does not say them, the first picture is the stage when it is higher
 *         than all others, and heights are those of a page with a stage and as many small pictures as there are.
 * Pairs   Where voice and picture of one source are both bound and the audio slot is i, the picture is in video slot i
 *         (microphone with camera, screen audio with screen), as far as there is such a slot.
 * Never   the viewer's own sources, one source twice, a source that is not live (gate shut or no media).
 */
#ifndef HUITANG_CLASSROOM_VIEW_H
#define HUITANG_CLASSROOM_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/room.h"

#define VIEW_AUDIO_MAX 4
#define VIEW_SLOTS_MAX 32               /* audio and video */
#define VIEW_WATCH_MAX 28
#define VIEW_PINS_MAX 2
#define VIEW_HOLD_US (2 * 1000000LL)

struct view;

enum view_mode {
	VIEW_MEETING,                   /* a browser's */
	VIEW_PROGRAMME,                 /* the spotlight, else the site on the stage, else who speaks; the picture stays until somebody else with a picture speaks */
	VIEW_SEAT,                      /* one seat, by its key */
};

struct view_cfg {
	const char *viewer;             /* seat id, copied */
	enum view_mode mode;
	const char *key;                /* VIEW_SEAT: the key shown, copied; else NULL. A browser's seat goes before a WHIP one. */
	uint8_t n_audio;                /* 0 to VIEW_AUDIO_MAX */
	uint8_t n_video;                /* together at most VIEW_SLOTS_MAX */
};

/* How important a picture is to who watches, in the order of the schema's enum `rank`. */
enum view_rank { VIEW_STAGE, VIEW_SPOTLIGHT, VIEW_TILE, VIEW_RANKS, VIEW_RANK_UNSAID = VIEW_RANKS };

#define VIEW_HEIGHT_MAX 2160
#define VIEW_HEIGHT_UNSAID 0xffff

/* At which place and size a picture is shown; of sound it means nothing. */
struct view_wish {
	enum view_rank rank;
	uint16_t height;                /* in pixels, as shown; 0: as large as there is */
};

struct watched {
	char seat[SEAT_ID_BYTES];
	enum seat_source source;        /* SEAT_CAMERA or SEAT_SCREEN; others are ignored */
	struct view_wish wish;          /* VIEW_RANK_UNSAID, VIEW_HEIGHT_UNSAID where the page did not say it */
};

/* What is in a slot. */
struct binding {
	uint8_t slot;
	uint32_t number;                /* of the change that put it there; grows, never repeats within a view */
	char seat[SEAT_ID_BYTES];       /* "" empty */
	enum seat_source source;
	struct view_wish wish;
};

/** Owns: *ret is the caller's. Errors: -EINVAL cfg, -ENOMEM. */
int view_create(struct view **ret, const struct view_cfg *cfg);
struct view *view_destroy(struct view *v);

/** What the page shows, most important first, copied; `n` 0 shows no pictures. Errors: -E2BIG over VIEW_WATCH_MAX. */
int view_watch(struct view *v, const struct watched *items, size_t n);

/** The seats whose mics are always heard, copied; `n` 0 for none. Errors: -E2BIG over VIEW_PINS_MAX. */
int view_pin(struct view *v, const char (*seats)[SEAT_ID_BYTES], size_t n);

/** At most so many pictures, and none asked for higher than `height` (0: no bound). At first there is no bound. */
void view_bound(struct view *v, uint8_t n_video, uint16_t height);

/** Back to the view without a list. */
void view_unwatch(struct view *v);

/**
 * Brings the view up to date and gives the slots that changed, empty ones first. Cheap when nothing can have changed:
 * call it after every change of the room (room_version) and at view_next_us().
 *
 * Returns the number of rows written to `ret`, which has VIEW_SLOTS_MAX.
 */
size_t view_update(struct view *v, const struct room *r, int64_t now_us, struct binding *ret);

/**
 * The slots whose wish is another than was told, by this or by view_update(), and whose source is the same. Call it after
 * view_update(). Returns the number of rows written to `ret`, which has VIEW_SLOTS_MAX.
 */
size_t view_wishes(struct view *v, struct binding *ret);

/** When a voice that waits may take a slot (boot clock): call view_update() then. INT64_MAX for never. */
int64_t view_next_us(const struct view *v);

/** All slots as they are, empty ones too, by slot; returns their number. `ret` has VIEW_SLOTS_MAX. For join and snapshots. */
size_t view_bindings(const struct view *v, struct binding *ret);

/**
 * Empties all slots at once without telling, as after the viewer's path was closed: the next view_update() binds anew.
 * Binding numbers go on.
 */
void view_reset(struct view *v);

#endif
