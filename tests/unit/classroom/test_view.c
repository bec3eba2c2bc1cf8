/* Who is in which slot: the rules one by one, then random rooms against the invariants. */
#include "classroom/view.h"
#include "tests/unit/classroom/room_fixture.h"

struct viewing {
	struct fixture f;
	struct view *view;
	struct binding slots[VIEW_SLOTS_MAX];   /* the changes applied one by one */
	uint8_t n_audio, n_video;
	uint32_t last_number;
	struct seat *me;
	size_t n_pins;                          /* of the random rooms */
	char pins[VIEW_PINS_MAX][SEAT_ID_BYTES];
	bool repinned;                          /* by the last change */
};

static struct seat *sender(struct viewing *v, const char *key)
{
	struct seat *s = fixture_join(&v->f, key, ROLE_PARTICIPANT);

	room_sending(v->f.room, s->id, SEAT_MIC, true);
	room_sending(v->f.room, s->id, SEAT_CAMERA, true);
	return s;
}

static void viewing_init(struct viewing *v, enum view_mode mode, const char *key, uint8_t n_audio, uint8_t n_video)
{
	struct view_cfg cfg = { .mode = mode, .key = key, .n_audio = n_audio, .n_video = n_video };

	*v = (struct viewing){ .n_audio = n_audio, .n_video = n_video };
	fixture_init(&v->f);
	v->me = sender(v, "me");
	cfg.viewer = v->me->id;
	assert_int_equal(view_create(&v->view, &cfg), 0);
}

static void viewing_done(struct viewing *v)
{
	view_destroy(v->view);
	fixture_done(&v->f);
	assert_int_equal(mem_live(), 0);
}

/* Updates and follows the changes; returns their number. */
static size_t update(struct viewing *v)
{
	struct binding changes[VIEW_SLOTS_MAX], all[VIEW_SLOTS_MAX];
	size_t n = view_update(v->view, v->f.room, v->f.now.boot_us, changes);

	for (size_t i = 0; i < n; i++) {
		assert_true(changes[i].number > v->last_number);
		v->last_number = changes[i].number;
		v->slots[changes[i].slot] = changes[i];
		assert_true(i == 0 || changes[i - 1].seat[0] == '\0' || changes[i].seat[0] != '\0');
	}
	assert_int_equal(view_bindings(v->view, all), v->n_audio + v->n_video);
	for (unsigned i = 0; i < v->n_audio + v->n_video; i++)
		assert_string_equal(all[i].seat, v->slots[i].seat);
	return n;
}

static bool shows(const struct viewing *v, unsigned slot, const struct seat *s, enum seat_source source)
{
	return strcmp(v->slots[slot].seat, s->id) == 0 && v->slots[slot].source == source;
}

/* The slot of a source, -1 for none. */
static int slot_of(const struct viewing *v, const struct seat *s, enum seat_source source)
{
	for (unsigned i = 0; i < v->n_audio + v->n_video; i++)
		if (shows(v, i, s, source))
			return (int)i;
	return -1;
}

static void speak(struct viewing *v, const struct seat *s, bool speaking)
{
	room_voice(v->f.room, v->f.now.boot_us, s->id, speaking);
}

static void few_mics_all_have_slots_and_their_pictures_beside_them(void **state)
{
	struct viewing v;
	struct seat *s[4];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 25);
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
	}
	assert_int_equal(update(&v), 8);
	for (int i = 0; i < 4; i++)
		assert_int_equal(slot_of(&v, s[i], SEAT_CAMERA), slot_of(&v, s[i], SEAT_MIC) + 4);
	assert_int_equal(slot_of(&v, v.me, SEAT_MIC), -1);
	speak(&v, s[2], true);
	assert_int_equal(update(&v), 0);
	assert_int_equal(room_source_set(v.f.room, v.f.now, s[1]->id, SEAT_MIC, false), VERDICT_OK);
	assert_int_equal(update(&v), 1);
	assert_int_equal(slot_of(&v, s[1], SEAT_MIC), -1);
	assert_true(slot_of(&v, s[1], SEAT_CAMERA) >= 4);
	viewing_done(&v);
}

static void a_voice_takes_the_longest_silent_slot_but_none_within_two_seconds(void **state)
{
	struct viewing v;
	struct seat *s[6];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	for (int i = 0; i < 6; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
	}
	for (int i = 0; i < 4; i++) {
		fixture_pass(&v.f, 500000);
		speak(&v, s[i], true);
		speak(&v, s[i], false);
	}
	update(&v);
	fixture_pass(&v.f, 100000);
	speak(&v, s[4], true);
	assert_int_equal(update(&v), 0);
	assert_int_equal(view_next_us(v.view), s[0]->spoke_us + VIEW_HOLD_US);
	v.f.now.boot_us = view_next_us(v.view);
	assert_true(update(&v) > 0);
	assert_int_equal(slot_of(&v, s[0], SEAT_MIC), -1);
	assert_true(slot_of(&v, s[4], SEAT_MIC) >= 0);
	assert_int_equal(slot_of(&v, s[4], SEAT_CAMERA), slot_of(&v, s[4], SEAT_MIC) + 4);
	assert_true(slot_of(&v, s[0], SEAT_CAMERA) >= 4);
	assert_int_equal(view_next_us(v.view), INT64_MAX);
	viewing_done(&v);
}

static void screen_audio_is_always_heard_and_paired_with_its_screen(void **state)
{
	struct viewing v;
	struct seat *s[5];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	for (int i = 0; i < 5; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
		speak(&v, s[i], true);
	}
	update(&v);
	for (unsigned source = SEAT_SCREEN; source <= SEAT_SCREEN_AUDIO; source++) {
		assert_int_equal(room_source_set(v.f.room, v.f.now, s[4]->id, source, true), VERDICT_OK);
		room_sending(v.f.room, s[4]->id, source, true);
	}
	update(&v);
	assert_true(slot_of(&v, s[4], SEAT_SCREEN_AUDIO) >= 0);
	assert_int_equal(slot_of(&v, s[4], SEAT_SCREEN), slot_of(&v, s[4], SEAT_SCREEN_AUDIO) + 4);
	viewing_done(&v);
}

static void the_watch_list_is_served_in_its_order_without_needless_moves(void **state)
{
	struct viewing v;
	struct seat *s[6];
	struct watched list[6] = { 0 };
	int before;
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 0, 3);
	for (int i = 0; i < 6; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
		snprintf(list[i].seat, SEAT_ID_BYTES, "%s", s[i]->id);
		list[i].source = SEAT_CAMERA;
	}
	assert_int_equal(view_watch(v.view, list, 6), 0);
	assert_int_equal(update(&v), 3);
	assert_int_equal(slot_of(&v, s[0], SEAT_CAMERA), 0);
	assert_int_equal(slot_of(&v, s[2], SEAT_CAMERA), 2);
	before = slot_of(&v, s[2], SEAT_CAMERA);
	assert_int_equal(view_watch(v.view, list + 2, 4), 0);
	assert_int_equal(update(&v), 2);
	assert_int_equal(slot_of(&v, s[2], SEAT_CAMERA), before);
	assert_int_equal(slot_of(&v, s[5], SEAT_CAMERA), -1);
	assert_int_equal(view_watch(v.view, NULL, 0), 0);
	assert_int_equal(update(&v), 3);
	assert_int_equal(slot_of(&v, s[2], SEAT_CAMERA), -1);
	view_unwatch(v.view);
	assert_int_equal(update(&v), 3);
	assert_int_equal(view_watch(v.view, list, VIEW_WATCH_MAX + 1), -E2BIG);
	viewing_done(&v);
}

static struct watched item(const struct seat *s, uint16_t height)
{
	struct watched w = { .source = SEAT_CAMERA, .wish = { VIEW_RANK_UNSAID, height } };

	snprintf(w.seat, sizeof(w.seat), "%s", s->id);
	return w;
}

static struct view_wish wish_of(const struct viewing *v, const struct seat *s)
{
	struct binding all[VIEW_SLOTS_MAX];
	int slot = slot_of(v, s, SEAT_CAMERA);

	view_bindings(v->view, all);
	assert_true(slot >= 0);
	return all[slot].wish;
}

static void check_wish(const struct viewing *v, const struct seat *s, enum view_rank rank, uint16_t height)
{
	assert_int_equal(wish_of(v, s).rank, rank);
	assert_int_equal(wish_of(v, s).height, height);
}

static void heights_of_the_list_come_with_the_bindings_and_changed_ones_alone(void **state)
{
	struct binding changes[VIEW_SLOTS_MAX];
	struct watched list[3];
	struct viewing v;
	struct seat *s[3];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 0, 3);
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
		list[i] = item(s[i], i ? 180 : 700);
	}
	list[2].wish.rank = VIEW_SPOTLIGHT;
	assert_int_equal(view_watch(v.view, list, 3), 0);
	assert_int_equal(update(&v), 3);
	assert_int_equal(view_wishes(v.view, changes), 0);
	check_wish(&v, s[0], VIEW_STAGE, 700);
	check_wish(&v, s[1], VIEW_TILE, 180);
	check_wish(&v, s[2], VIEW_SPOTLIGHT, 180);
	list[1].wish.height = 360;
	assert_int_equal(view_watch(v.view, list, 3), 0);
	assert_int_equal(update(&v), 0);
	assert_int_equal(view_wishes(v.view, changes), 1);
	assert_string_equal(changes[0].seat, s[1]->id);
	assert_int_equal(changes[0].wish.height, 360);
	assert_int_equal(view_wishes(v.view, changes), 0);
	list[0].wish.height = 360;
	assert_int_equal(view_watch(v.view, list, 3), 0);
	assert_int_equal(update(&v), 0);
	check_wish(&v, s[0], VIEW_TILE, 360);
	assert_int_equal(view_watch(v.view, list + 1, 1), 0);
	assert_int_equal(update(&v), 2);
	assert_int_equal(view_wishes(v.view, changes), 1);
	check_wish(&v, s[1], VIEW_STAGE, 360);
	viewing_done(&v);
}

static void wishes_that_were_not_said_are_guessed(void **state)
{
	struct watched list[5];
	struct viewing v;
	struct seat *s[5];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 0, 9);
	for (int i = 0; i < 5; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
		list[i] = item(s[i], VIEW_HEIGHT_UNSAID);
		update(&v);
	}
	check_wish(&v, s[0], VIEW_STAGE, 720);
	check_wish(&v, s[4], VIEW_TILE, 240);
	assert_int_equal(view_watch(v.view, list + 1, 1), 0);
	update(&v);
	check_wish(&v, s[1], VIEW_STAGE, 0);
	assert_int_equal(view_watch(v.view, list, 3), 0);
	update(&v);
	check_wish(&v, s[0], VIEW_STAGE, 720);
	check_wish(&v, s[1], VIEW_TILE, 360);
	viewing_done(&v);
}

static void a_bound_leaves_the_first_pictures_and_lowers_the_others_wishes(void **state)
{
	struct watched list[4];
	struct viewing v;
	struct seat *s[4];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 0, 9);
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
		list[i] = item(s[i], i ? 180 : 0);
	}
	assert_int_equal(view_watch(v.view, list, 4), 0);
	assert_int_equal(update(&v), 4);
	view_bound(v.view, 2, 360);
	assert_int_equal(update(&v), 2);
	check_wish(&v, s[0], VIEW_STAGE, 360);
	check_wish(&v, s[1], VIEW_TILE, 180);
	assert_int_equal(slot_of(&v, s[2], SEAT_CAMERA), -1);
	view_bound(v.view, 0, 0);
	assert_int_equal(update(&v), 2);
	view_bound(v.view, UINT8_MAX, 0);
	assert_int_equal(update(&v), 4);
	check_wish(&v, s[0], VIEW_STAGE, 0);
	viewing_done(&v);
}

static void a_pinned_seat_is_always_heard(void **state)
{
	char pins[VIEW_PINS_MAX][SEAT_ID_BYTES];
	struct viewing v;
	struct seat *s[8];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	for (int i = 0; i < 8; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
	}
	for (int i = 0; i < 4; i++)
		speak(&v, s[i], true);
	update(&v);
	snprintf(pins[0], sizeof(pins[0]), "%s", s[6]->id);
	snprintf(pins[1], sizeof(pins[1]), "%s", s[7]->id);
	assert_int_equal(view_pin(v.view, pins, 2), 0);
	assert_true(update(&v) > 0);
	assert_true(slot_of(&v, s[6], SEAT_MIC) >= 0 && slot_of(&v, s[7], SEAT_MIC) >= 0);
	for (int i = 0; i < 4; i++)
		speak(&v, s[i], false);
	fixture_pass(&v.f, VIEW_HOLD_US);
	speak(&v, s[4], true);
	speak(&v, s[5], true);
	update(&v);
	for (int i = 4; i < 8; i++)
		assert_true(slot_of(&v, s[i], SEAT_MIC) >= 0);
	assert_int_equal(room_source_set(v.f.room, v.f.now, s[7]->id, SEAT_MIC, false), VERDICT_OK);
	update(&v);
	assert_int_equal(slot_of(&v, s[7], SEAT_MIC), -1);
	assert_int_equal(view_pin(v.view, pins, VIEW_PINS_MAX + 1), -E2BIG);
	assert_int_equal(view_pin(v.view, NULL, 0), 0);
	speak(&v, s[0], true);
	update(&v);
	speak(&v, s[1], true);
	update(&v);
	assert_int_equal(slot_of(&v, s[6], SEAT_MIC), -1);
	viewing_done(&v);
}

static void a_pin_takes_the_last_screens_slot_rather_than_none(void **state)
{
	char pins[1][SEAT_ID_BYTES];
	struct viewing v;
	struct seat *s[4];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = fixture_join(&v.f, key, ROLE_PARTICIPANT);
		assert_int_equal(room_source_set(v.f.room, v.f.now, s[i]->id, SEAT_SCREEN_AUDIO, true), VERDICT_OK);
		room_sending(v.f.room, s[i]->id, SEAT_SCREEN_AUDIO, true);
	}
	update(&v);
	for (int i = 0; i < 4; i++)
		assert_int_equal(slot_of(&v, s[i], SEAT_SCREEN_AUDIO), i);
	room_sending(v.f.room, s[0]->id, SEAT_MIC, true);
	snprintf(pins[0], sizeof(pins[0]), "%s", s[0]->id);
	assert_int_equal(view_pin(v.view, pins, 1), 0);
	update(&v);
	assert_int_equal(slot_of(&v, s[0], SEAT_MIC), 3);
	viewing_done(&v);
}

static void without_a_list_screens_go_first_then_who_is_heard(void **state)
{
	struct viewing v;
	struct seat *s[5];
	char key[16];

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 1, 2);
	for (int i = 0; i < 5; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		s[i] = sender(&v, key);
	}
	update(&v);
	assert_true(slot_of(&v, s[0], SEAT_CAMERA) >= 0);
	assert_true(slot_of(&v, s[1], SEAT_CAMERA) >= 0);
	speak(&v, s[3], true);
	update(&v);
	assert_int_equal(slot_of(&v, s[3], SEAT_MIC), 0);
	assert_int_equal(slot_of(&v, s[3], SEAT_CAMERA), 1);
	assert_int_equal(room_source_set(v.f.room, v.f.now, s[4]->id, SEAT_SCREEN, true), VERDICT_OK);
	room_sending(v.f.room, s[4]->id, SEAT_SCREEN, true);
	update(&v);
	assert_true(slot_of(&v, s[4], SEAT_SCREEN) >= 0);
	assert_int_equal(slot_of(&v, s[3], SEAT_CAMERA), 1);
	viewing_done(&v);
}

static void the_programme_follows_who_speaks_with_a_picture(void **state)
{
	struct viewing v;
	struct seat *a, *b, *mute_picture;

	(void)state;
	viewing_init(&v, VIEW_PROGRAMME, NULL, 1, 1);
	a = sender(&v, "a");
	assert_int_equal(update(&v), 2);
	assert_true(shows(&v, 0, a, SEAT_MIC) && shows(&v, 1, a, SEAT_CAMERA));
	b = sender(&v, "b");
	assert_int_equal(update(&v), 0);
	speak(&v, a, true);
	update(&v);
	speak(&v, b, true);
	assert_int_equal(update(&v), 0);
	speak(&v, a, false);
	assert_int_equal(update(&v), 0);
	fixture_pass(&v.f, VIEW_HOLD_US);
	assert_int_equal(update(&v), 2);
	assert_true(shows(&v, 0, b, SEAT_MIC) && shows(&v, 1, b, SEAT_CAMERA));
	speak(&v, b, false);
	fixture_pass(&v.f, 10 * VIEW_HOLD_US);
	assert_int_equal(update(&v), 0);
	mute_picture = fixture_join(&v.f, "c", ROLE_PARTICIPANT);
	room_sending(v.f.room, mute_picture->id, SEAT_MIC, true);
	speak(&v, mute_picture, true);
	update(&v);
	assert_true(shows(&v, 0, mute_picture, SEAT_MIC) && shows(&v, 1, b, SEAT_CAMERA));
	viewing_done(&v);
}

static void a_fixed_seat_is_shown_whenever_it_is_there(void **state)
{
	struct viewing v;
	struct seat *a, *whip;

	(void)state;
	viewing_init(&v, VIEW_SEAT, "seat:cam", 1, 1);
	a = sender(&v, "a");
	speak(&v, a, true);
	assert_int_equal(update(&v), 0);
	assert_int_equal(fixture_try_join(&v.f, "seat:cam", SEAT_WHIP, ROLE_PRESENTER, &whip), VERDICT_OK);
	room_sending(v.f.room, whip->id, SEAT_MIC, true);
	room_sending(v.f.room, whip->id, SEAT_CAMERA, true);
	assert_int_equal(update(&v), 2);
	assert_true(shows(&v, 0, whip, SEAT_MIC) && shows(&v, 1, whip, SEAT_CAMERA));
	room_leave(v.f.room, v.f.now, whip->id, LEAVE_LOST);
	assert_int_equal(update(&v), 2);
	viewing_done(&v);
}

static void a_seat_that_is_gone_or_may_not_watch_is_shown_nothing(void **state)
{
	struct viewing v;

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	sender(&v, "a");
	assert_int_equal(update(&v), 2);
	room_leave(v.f.room, v.f.now, v.me->id, LEAVE_LOST);
	assert_int_equal(update(&v), 2);
	assert_string_equal(v.slots[0].seat, "");
	viewing_done(&v);
}

static void reset_binds_anew_with_fresh_numbers(void **state)
{
	struct viewing v;

	(void)state;
	viewing_init(&v, VIEW_MEETING, NULL, 4, 9);
	sender(&v, "a");
	assert_int_equal(update(&v), 2);
	view_reset(v.view);
	assert_int_equal(update(&v), 2);
	assert_int_equal(v.last_number, 4);
	viewing_done(&v);
}

static void a_view_is_made_or_not_at_all(void **state)
{
	struct view_cfg cfg = { .viewer = "0123456789abcdef", .mode = VIEW_SEAT, .key = "seat:x", .n_audio = 4, .n_video = 28 };
	struct view *view = NULL;

	(void)state;
	for (unsigned nth = 1;; nth++) {
		mem_fail_at(nth);
		if (view_create(&view, &cfg) == 0)
			break;
		assert_int_equal(mem_live(), 0);
	}
	mem_fail_at(0);
	view = view_destroy(view);
	cfg.n_video = 29;
	assert_int_equal(view_create(&view, &cfg), -EINVAL);
	cfg = (struct view_cfg){ .viewer = "v", .mode = VIEW_SEAT, .n_audio = 1 };
	assert_int_equal(view_create(&view, &cfg), -EINVAL);
	assert_int_equal(mem_live(), 0);
}

/* Random rooms. */

#define SENDERS 12
#define STEPS 600
#define RUNS 40

static uint32_t pick(struct viewing *v, uint32_t n)
{
	return fixture_random(&v->f) % n;
}

static void change(struct viewing *v, struct seat **senders)
{
	struct seat *s = senders[pick(v, SENDERS)];
	enum seat_source source = (enum seat_source)pick(v, SEAT_SOURCES);
	struct watched list[VIEW_WATCH_MAX] = { 0 };
	size_t n = pick(v, 10);

	v->repinned = pick(v, 20) == 0;
	if (v->repinned) {
		v->n_pins = pick(v, VIEW_PINS_MAX + 1);
		for (size_t i = 0; i < v->n_pins; i++)
			snprintf(v->pins[i], SEAT_ID_BYTES, "%s", senders[pick(v, SENDERS)]->id);
		assert_int_equal(view_pin(v->view, v->pins, v->n_pins), 0);
	}
	switch (pick(v, 8)) {
	case 0:
		room_source_set(v->f.room, v->f.now, s->id, source, pick(v, 3));
		break;
	case 1:
		room_sending(v->f.room, s->id, source, pick(v, 4));
		break;
	case 2:
		if (pick(v, 4) == 0)
			view_unwatch(v->view);
		for (size_t i = 0; i < n; i++) {
			snprintf(list[i].seat, SEAT_ID_BYTES, "%s", senders[pick(v, SENDERS)]->id);
			list[i].source = (enum seat_source)pick(v, SEAT_SOURCES);
			list[i].wish = (struct view_wish){ (enum view_rank)pick(v, VIEW_RANKS + 1), (uint16_t)pick(v, VIEW_HEIGHT_MAX) };
		}
		if (pick(v, 3) == 0)
			view_watch(v->view, list, n);
		break;
	default:
		speak(v, s, pick(v, 2));
	}
	fixture_pass(&v->f, pick(v, 3) ? 50000 : 1500000);
}

static bool is_pinned(const struct viewing *v, const struct seat *s)
{
	for (size_t i = 0; i < v->n_pins && i < v->n_audio / 2; i++)
		if (strcmp(v->pins[i], s->id) == 0)
			return true;
	return false;
}

static void check_pins(const struct viewing *v)
{
	for (size_t i = 0; i < v->n_pins && i < v->n_audio / 2; i++) {
		const struct seat *s = room_seat(v->f.room, v->pins[i]);

		if (s != v->me && seat_live(s, SEAT_MIC))
			assert_true(slot_of(v, s, SEAT_MIC) >= 0);
	}
}

/* No own source, none twice, none that is not live, picture beside its sound. */
static void check_safe(const struct viewing *v)
{
	for (unsigned i = 0; i < v->n_audio + v->n_video; i++) {
		const struct binding *b = &v->slots[i];
		const struct seat *s = b->seat[0] ? room_seat(v->f.room, b->seat) : NULL;
		int picture;

		if (!b->seat[0])
			continue;
		assert_non_null(s);
		assert_ptr_not_equal(s, v->me);
		assert_true(seat_live(s, b->source));
		assert_int_equal(seat_source_is_audio(b->source), i < v->n_audio);
		assert_int_equal(slot_of(v, s, b->source), i);
		picture = slot_of(v, s, b->source == SEAT_MIC ? SEAT_CAMERA : SEAT_SCREEN);
		if (i < v->n_audio && i < v->n_video && picture >= 0)
			assert_int_equal(picture, i + v->n_audio);
	}
}

/* Nobody is left out while there is room, and who speaks waits only for others' two seconds. */
static void check_full(const struct viewing *v)
{
	for (int audio = 0; audio < 2; audio++) {
		unsigned from = audio ? 0 : v->n_audio, to = audio ? v->n_audio : v->n_audio + v->n_video, empty = 0;
		const struct live *live;
		size_t n = room_live(v->f.room, audio, &live);

		for (unsigned i = from; i < to; i++)
			empty += !v->slots[i].seat[0];
		for (size_t i = 0; i < n && empty > 0 && audio; i++)
			assert_true(live[i].seat == v->me || slot_of(v, live[i].seat, live[i].source) >= 0);
	}
	for (const struct seat *s = room_next_voice(v->f.room, NULL); s; s = room_next_voice(v->f.room, s)) {
		if (s == v->me || !seat_live(s, SEAT_MIC) || slot_of(v, s, SEAT_MIC) >= 0)
			continue;
		for (unsigned i = 0; i < v->n_audio; i++) {
			const struct seat *other = room_seat(v->f.room, v->slots[i].seat);

			assert_non_null(other);
			assert_true(v->slots[i].source == SEAT_SCREEN_AUDIO || other->speaking || is_pinned(v, other) ||
			            (other->spoke_us && v->f.now.boot_us < other->spoke_us + VIEW_HOLD_US &&
			             view_next_us(v->view) <= other->spoke_us + VIEW_HOLD_US));
		}
	}
}

/* Voices keep their slots for their time; pictures move only for the sake of a pair. */
static void check_stable(const struct viewing *v, const struct binding *old)
{
	bool screen_came = false, pin_came = false;

	for (unsigned i = 0; i < v->n_audio; i++)
		screen_came |= v->slots[i].seat[0] && v->slots[i].source == SEAT_SCREEN_AUDIO &&
		               v->slots[i].number != old[i].number;
	for (unsigned i = 0; i < v->n_audio; i++)
		pin_came |= v->slots[i].number != old[i].number && v->slots[i].seat[0] && v->slots[i].source == SEAT_MIC &&
		            is_pinned(v, room_seat(v->f.room, v->slots[i].seat));
	for (unsigned i = 0; i < v->n_audio + v->n_video; i++) {
		const struct seat *s = old[i].seat[0] ? room_seat(v->f.room, old[i].seat) : NULL;
		int at = s ? slot_of(v, s, old[i].source) : -1;
		unsigned pair = i - v->n_audio;

		if (!s || at == (int)i || !seat_live(s, old[i].source))
			continue;
		if (i < v->n_audio && old[i].source == SEAT_MIC)
			assert_true(screen_came || v->repinned || pin_came || (!s->speaking && v->f.now.boot_us >= s->spoke_us + VIEW_HOLD_US));
		if (i < v->n_audio || at < 0)
			continue;
		assert_true((at - v->n_audio < v->n_audio && strcmp(v->slots[at - v->n_audio].seat, s->id) == 0) ||
		            (pair < v->n_audio && strcmp(v->slots[pair].seat, v->slots[i].seat) == 0));
	}
}

static void run_random(unsigned run, uint8_t n_audio, uint8_t n_video)
{
	struct seat *senders[SENDERS];
	struct viewing v;
	char key[16];

	viewing_init(&v, VIEW_MEETING, NULL, n_audio, n_video);
	senders[0] = v.me;
	for (int i = 1; i < SENDERS; i++) {
		snprintf(key, sizeof(key), "s%d", i);
		senders[i] = sender(&v, key);
	}
	v.f.seed = run * 7919 + 3;
	for (unsigned i = 0; i < STEPS; i++) {
		struct binding old[VIEW_SLOTS_MAX];

		memcpy(old, v.slots, sizeof(old));
		change(&v, senders);
		update(&v);
		check_safe(&v);
		check_pins(&v);
		check_full(&v);
		check_stable(&v, old);
		assert_int_equal(update(&v), 0);
	}
	viewing_done(&v);
}

static void random_rooms_keep_the_rules(void **state)
{
	static const uint8_t profiles[][2] = { { 4, 25 }, { 4, 9 }, { 4, 3 }, { 1, 2 }, { 2, 5 }, { 3, 0 } };

	(void)state;
	for (unsigned run = 0; run < RUNS; run++)
		run_random(run, profiles[run % ARRAY_LEN(profiles)][0], profiles[run % ARRAY_LEN(profiles)][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_mics_all_have_slots_and_their_pictures_beside_them),
		cmocka_unit_test(a_voice_takes_the_longest_silent_slot_but_none_within_two_seconds),
		cmocka_unit_test(screen_audio_is_always_heard_and_paired_with_its_screen),
		cmocka_unit_test(the_watch_list_is_served_in_its_order_without_needless_moves),
		cmocka_unit_test(heights_of_the_list_come_with_the_bindings_and_changed_ones_alone),
		cmocka_unit_test(wishes_that_were_not_said_are_guessed),
		cmocka_unit_test(a_bound_leaves_the_first_pictures_and_lowers_the_others_wishes),
		cmocka_unit_test(a_pinned_seat_is_always_heard),
		cmocka_unit_test(a_pin_takes_the_last_screens_slot_rather_than_none),
		cmocka_unit_test(without_a_list_screens_go_first_then_who_is_heard),
		cmocka_unit_test(the_programme_follows_who_speaks_with_a_picture),
		cmocka_unit_test(a_fixed_seat_is_shown_whenever_it_is_there),
		cmocka_unit_test(a_seat_that_is_gone_or_may_not_watch_is_shown_nothing),
		cmocka_unit_test(reset_binds_anew_with_fresh_numbers),
		cmocka_unit_test(a_view_is_made_or_not_at_all),
		cmocka_unit_test(random_rooms_keep_the_rules),
	};

	fixture_count_json();
	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
