/* Who is heard. See view.h, Audio. */
#include "classroom/view_plan.h"

#include <string.h>

#include "classroom/room_floor.h"
#include "media/base/macros.h"

static bool is_heard(const struct plan *p, struct shown s)
{
	for (unsigned i = 0; i < p->view->n_audio; i++)
		if (shown_equal(p->audio[i], s))
			return true;
	return false;
}

static unsigned count_source(const struct plan *p, enum seat_source source)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->view->n_audio; i++)
		n += p->audio[i].seat && p->audio[i].source == source;
	return n;
}

/* Where the picture of a voice is shown now, or -1. */
static int picture_slot(const struct plan *p, struct shown voice)
{
	struct shown picture = { .seat = voice.seat, .source = voice.source == SEAT_MIC ? SEAT_CAMERA : SEAT_SCREEN };

	for (unsigned i = 0; i < p->view->n_video; i++)
		if (shown_equal(p->video[i], picture))
			return (int)i;
	return -1;
}

/* An empty slot, that of the voice's picture if it can be, or -1. */
static int empty_slot(const struct plan *p, struct shown voice)
{
	int at_picture = picture_slot(p, voice);

	if (at_picture >= 0 && at_picture < p->view->n_audio && !p->audio[at_picture].seat)
		return at_picture;
	for (unsigned i = 0; i < p->view->n_audio; i++)
		if (!p->audio[i].seat)
			return (int)i;
	return -1;
}

/* Whether a is the better one to give up: silent before speaking, then by the earlier end (or begin) of its speech. */
static bool gives_way(const struct seat *a, const struct seat *b)
{
	if (a->speaking != b->speaking)
		return !a->speaking;
	return a->spoke_us < b->spoke_us;
}

static bool is_pinned(const struct plan *p, struct shown s)
{
	for (size_t i = 0; i < p->n_pins; i++)
		if (s.source == SEAT_MIC && s.seat && s.seat == p->pins[i])
			return true;
	return false;
}

/* Half of the slots at most: the others are for who speaks. */
static void pin(struct plan *p, const struct seat *seat)
{
	if (seat && p->n_pins < p->view->n_audio / 2 && !is_pinned(p, (struct shown){ .seat = seat, .source = SEAT_MIC }))
		p->pins[p->n_pins++] = seat;
}

/* Who has the floor, who is in the spotlight, the site on the stage; then whom this page wants. */
static void choose_pins(struct plan *p)
{
	const struct seat *stage[ROOM_LED_MAX];
	size_t n = room_on_stage(p->room, stage);

	pin(p, room_floor(p->room).seat);
	pin(p, room_spotlit(p->room));
	if (n > 0 && stage[0]->staged)
		pin(p, stage[0]);
	for (size_t i = 0; i < p->view->n_pins; i++)
		pin(p, room_seat(p->room, p->view->pins[i]));
}

static unsigned count_pinned(const struct plan *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->view->n_audio; i++)
		n += is_pinned(p, p->audio[i]);
	return n;
}

/* The mic's slot that gives way first, or -1 without a mic that may. */
static int weakest_mic(const struct plan *p)
{
	int best = -1;

	for (unsigned i = 0; i < p->view->n_audio; i++) {
		if (!p->audio[i].seat || p->audio[i].source != SEAT_MIC || is_pinned(p, p->audio[i]))
			continue;
		if (best < 0 || gives_way(p->audio[i].seat, p->audio[best].seat))
			best = (int)i;
	}
	return best;
}

static int64_t free_at_us(const struct seat *s)
{
	if (s->speaking)
		return INT64_MAX;
	return s->spoke_us ? s->spoke_us + VIEW_HOLD_US : INT64_MIN;
}

/* The last slot of a screen's sound, or -1. */
static int last_screen(const struct plan *p)
{
	int last = -1;

	for (unsigned i = 0; i < p->view->n_audio; i++)
		if (p->audio[i].seat && p->audio[i].source == SEAT_SCREEN_AUDIO)
			last = (int)i;
	return last;
}

/* At once: whoever is pinned waits for nobody's two seconds. Pins are at most half of the slots, so that there is one to take. */
static void hear_pinned(struct plan *p)
{
	for (size_t i = 0; i < p->n_pins; i++) {
		struct shown s = { .seat = p->pins[i], .source = SEAT_MIC };
		int slot;

		if (is_heard(p, s) || !plan_may_show(p, s))
			continue;
		slot = empty_slot(p, s);
		if (slot < 0)
			slot = weakest_mic(p);
		p->audio[slot >= 0 ? slot : last_screen(p)] = s;
	}
}

static void hear_screens(struct plan *p)
{
	const struct live *live;
	size_t n = room_live(p->room, true, &live);

	for (size_t i = 0; i < n && count_source(p, SEAT_SCREEN_AUDIO) + count_pinned(p) + 1 < p->view->n_audio; i++) {
		struct shown s = { .seat = live[i].seat, .source = live[i].source };
		int slot;

		if (s.source != SEAT_SCREEN_AUDIO || is_heard(p, s) || !plan_may_show(p, s))
			continue;
		slot = empty_slot(p, s);
		p->audio[slot >= 0 ? slot : weakest_mic(p)] = s;    /* full, and screens and pins leave one: there is a mic */
	}
}

/* Lets one that speaks in, or notes when it may come in. */
static void hear_voice(struct plan *p, struct shown s)
{
	int slot = empty_slot(p, s);
	int64_t at_us;

	if (slot < 0)
		slot = weakest_mic(p);
	if (slot < 0)
		slot = last_screen(p);          /* screens and pins alone: the last screen leaves one for mics */
	if (p->audio[slot].seat && p->audio[slot].source == SEAT_MIC) {
		at_us = free_at_us(p->audio[slot].seat);
		if (at_us > p->now_us) {
			p->next_us = MIN(p->next_us, at_us);
			return;
		}
	}
	p->audio[slot] = s;
}

static void hear_voices(struct plan *p)
{
	for (const struct seat *s = room_next_voice(p->room, NULL); s; s = room_next_voice(p->room, s)) {
		struct shown voice = { .seat = s, .source = SEAT_MIC };

		if (!is_heard(p, voice) && plan_may_show(p, voice))
			hear_voice(p, voice);
		if (p->next_us != INT64_MAX)
			return;         /* who began later waits behind */
	}
}

/* Open mics that do not speak, and screens beyond their share, take what is empty. */
static void hear_others(struct plan *p, enum seat_source source)
{
	const struct live *live;
	size_t n = room_live(p->room, true, &live);

	for (size_t i = 0; i < n; i++) {
		struct shown s = { .seat = live[i].seat, .source = live[i].source };
		int slot = empty_slot(p, s);

		if (slot < 0)
			return;
		if (s.source == source && !is_heard(p, s) && plan_may_show(p, s))
			p->audio[slot] = s;
	}
}

/* VIEW_SEAT: its mic, then its screen's sound, as far as there are slots. */
static void hear_seat(struct plan *p)
{
	const struct seat *seat = plan_fixed_seat(p);
	struct shown mic = { .seat = seat, .source = SEAT_MIC }, screen = { .seat = seat, .source = SEAT_SCREEN_AUDIO };
	unsigned n = 0;

	memset(p->audio, 0, sizeof(p->audio));
	if (plan_may_show(p, mic) && n < p->view->n_audio)
		p->audio[n++] = mic;
	if (plan_may_show(p, screen) && n < p->view->n_audio)
		p->audio[n++] = screen;
}

void plan_audio(struct plan *p)
{
	if (p->view->n_audio == 0)
		return;
	if (p->view->mode == VIEW_SEAT) {
		hear_seat(p);
		return;
	}
	choose_pins(p);
	hear_pinned(p);
	hear_screens(p);
	hear_voices(p);
	hear_others(p, SEAT_MIC);
	hear_others(p, SEAT_SCREEN_AUDIO);
}
