/* Who is seen, and where. See view.h, Video and Pairs. */
#include "classroom/view_plan.h"

#include <stdio.h>
#include <string.h>

#include "classroom/room_floor.h"
#include "media/base/macros.h"

/* The pictures to be shown, most important first. */
struct wanted {
	struct shown items[VIEW_SLOTS_MAX];
	size_t n, max;
};

static void want(const struct plan *p, struct wanted *w, struct shown s)
{
	if (w->n == w->max || seat_source_is_audio(s.source) || !plan_may_show(p, s))
		return;
	for (size_t i = 0; i < w->n; i++)
		if (shown_equal(w->items[i], s))
			return;
	w->items[w->n++] = s;
}

/* A seat's one picture: its screen, else its camera. */
static struct shown picture_of(const struct plan *p, const struct seat *seat)
{
	struct shown screen = { .seat = seat, .source = SEAT_SCREEN }, camera = { .seat = seat, .source = SEAT_CAMERA };

	if (plan_may_show(p, screen))
		return screen;
	return plan_may_show(p, camera) ? camera : (struct shown){ 0 };
}

/* At which size the page shows it, if it said so; else large. */
static struct view_wish wish_of(const struct plan *p, struct shown s, enum view_rank rank)
{
	const struct view *v = p->view;

	for (size_t i = 0; v->watching && i < v->n_watched; i++)
		if (v->watched[i].source == s.source && strcmp(v->watched[i].seat, s.seat->id) == 0)
			return v->watched[i].wish;
	return (struct view_wish){ rank, 720 };
}

/* Whoever chose, everybody sees it: the spotlight and the site on the stage go before what a page asks for. Presenters stand where it puts them. */
static void want_led(const struct plan *p, struct wanted *w)
{
	const struct seat *led[ROOM_LED_MAX];
	bool spotlight;
	size_t n = room_led(p->room, led, &spotlight);

	for (size_t i = 0; i < n; i++) {
		bool chosen = (i == 0 && spotlight) || led[i]->staged;
		struct shown s = picture_of(p, led[i]);

		if (!s.seat || (p->view->watching && !chosen))
			continue;
		s.wish = wish_of(p, s, i == 0 ? VIEW_STAGE : VIEW_SPOTLIGHT);
		want(p, w, s);
	}
}

static void want_watched(const struct plan *p, struct wanted *w)
{
	const struct view *v = p->view;

	for (size_t i = 0; i < v->n_watched && w->n < w->max; i++)
		want(p, w, (struct shown){ room_seat(p->room, v->watched[i].seat), v->watched[i].source, v->watched[i].wish });
}

/* All live pictures of one kind, those that went live first in front. */
static void want_live(const struct plan *p, struct wanted *w, enum seat_source source)
{
	const struct live *live;
	size_t n = room_live(p->room, false, &live);

	for (size_t i = 0; i < n && w->n < w->max; i++)
		if (live[i].source == source)
			want(p, w, (struct shown){ .seat = live[i].seat, .source = source });
}

/* Without a watch list: screens, who is heard, who is shown, the rest. */
static void want_default(const struct plan *p, struct wanted *w)
{
	const struct view *v = p->view;

	want_led(p, w);
	want_live(p, w, SEAT_SCREEN);
	for (unsigned i = 0; i < v->n_audio; i++)
		if (p->audio[i].seat)
			want(p, w, (struct shown){ .seat = p->audio[i].seat, .source = SEAT_CAMERA });
	for (unsigned i = 0; i < v->n_video; i++)
		want(p, w, p->video[i]);
	want_live(p, w, SEAT_CAMERA);
}

/* Of what no list asked for. */
static void guess_wishes(struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		w->items[i].wish = wish_guess(i, w->n);
}

static struct shown first_live_picture(const struct plan *p)
{
	const struct live *live;
	size_t n = room_live(p->room, false, &live);
	struct shown s = { 0 };

	for (size_t i = 0; i < n && !s.seat; i++)
		s = picture_of(p, live[i].seat);
	return s;
}

/* Who is in the spotlight or the site on the stage, else who is heard and has spoken, else whose picture is shown, else who was first. */
static void want_programme(const struct plan *p, struct wanted *w)
{
	const struct seat *heard = p->audio[0].seat, *led[ROOM_LED_MAX];
	bool spotlight;
	struct shown s = { 0 };

	if (room_led(p->room, led, &spotlight) > 0 && (spotlight || led[0]->staged))
		s = picture_of(p, led[0]);
	if (!s.seat && heard && p->audio[0].source == SEAT_MIC && heard->spoke_us != 0)
		s = picture_of(p, heard);
	if (!s.seat)
		s = picture_of(p, room_seat(p->room, p->view->picture));
	if (!s.seat)
		s = first_live_picture(p);
	snprintf(p->view->picture, sizeof(p->view->picture), "%s", s.seat ? s.seat->id : "");
	want(p, w, s);
}

static void want_all(const struct plan *p, struct wanted *w)
{
	switch (p->view->mode) {
	case VIEW_PROGRAMME:
		want_programme(p, w);
		break;
	case VIEW_SEAT:
		want(p, w, picture_of(p, plan_fixed_seat(p)));
		break;
	case VIEW_MEETING:
		if (p->view->watching) {
			if (p->view->n_watched > 0)
				want_led(p, w);
			want_watched(p, w);
			return;
		}
		want_default(p, w);
		break;
	}
	guess_wishes(w);
}

/* The slot that the picture shares with its own sound, or -1. */
static int paired_slot(const struct plan *p, struct shown s)
{
	struct shown sound = { .seat = s.seat, .source = s.source == SEAT_CAMERA ? SEAT_MIC : SEAT_SCREEN_AUDIO };

	for (unsigned i = 0; i < MIN(p->view->n_audio, p->view->n_video); i++)
		if (shown_equal(p->audio[i], sound))
			return (int)i;
	return -1;
}

static int current_slot(const struct plan *p, struct shown s)
{
	for (unsigned i = 0; i < p->view->n_video; i++)
		if (shown_equal(p->video[i], s))
			return (int)i;
	return -1;
}

/* A free slot, rather one that no other's voice may claim for its picture. There is one: wanted are no more than slots. */
static int free_slot(const struct plan *p, const struct shown *video)
{
	int last = 0;

	for (int i = p->view->n_video - 1; i >= 0; i--)
		if (!video[i].seat)
			last = i;
	for (unsigned i = 0; i < p->view->n_video; i++)
		if (!video[i].seat && (i >= p->view->n_audio || !p->audio[i].seat))
			return (int)i;
	return last;
}

/* Puts into `video` those wanted that have a place by `slot_of` which is still free, and takes them off the list. */
static void place(const struct plan *p, struct wanted *w, struct shown *video,
                  int (*slot_of)(const struct plan *p, struct shown s))
{
	size_t left = 0;

	for (size_t i = 0; i < w->n; i++) {
		int slot = slot_of(p, w->items[i]);

		if (slot >= 0 && !video[slot].seat)
			video[slot] = w->items[i];
		else
			w->items[left++] = w->items[i];
	}
	w->n = left;
}

static void bound_heights(const struct plan *p, struct wanted *w)
{
	uint16_t max = p->view->max_height;

	for (size_t i = 0; i < w->n && max; i++)
		if (w->items[i].wish.height == 0 || w->items[i].wish.height > max)
			w->items[i].wish.height = max;
}

void plan_video(struct plan *p)
{
	struct wanted w = { .max = p->view->max_video };
	struct shown video[VIEW_SLOTS_MAX] = { 0 };

	want_all(p, &w);
	bound_heights(p, &w);
	place(p, &w, video, paired_slot);
	place(p, &w, video, current_slot);
	for (size_t i = 0; i < w.n; i++)
		video[free_slot(p, video)] = w.items[i];
	memcpy(p->video, video, sizeof(video));
}
