/* Hands, floor, stage, spotlight and rules for sources: who may, what flows, what a clock ends, what a restart keeps. */
#include "classroom/room_floor.h"
#include "tests/unit/classroom/room_fixture.h"

#define SECOND_US 1000000LL
#define MIC SEAT_BIT(SEAT_MIC)
#define CAMERA SEAT_BIT(SEAT_CAMERA)
#define SCREEN SEAT_BIT(SEAT_SCREEN)

static int start(void **state)
{
	static struct fixture f;

	f = (struct fixture){ 0 };
	fixture_init(&f);
	*state = &f;
	return 0;
}

static int stop(void **state)
{
	fixture_done(*state);
	assert_int_equal(mem_live(), 0);
	return 0;
}

static const struct written *last(const struct fixture *f)
{
	return &f->journal[f->n_journal - 1];
}

/* The last row of a kind. */
static const struct written *latest(const struct fixture *f, enum event_kind kind)
{
	for (size_t i = f->n_journal; i-- > 0;)
		if (f->journal[i].kind == kind)
			return &f->journal[i];
	fail_msg("no row of kind %d", (int)kind);
	return NULL;
}

/* A site of an organisation below two others. */
static struct seat *site(struct fixture *f, const char *key, int64_t org, int64_t district)
{
	struct join join = { .key = key, .name = key, .org = "支部", .site = org, .granted = ROLE_PARTICIPANT, .mic = true, .camera = true,
		             .orgs = { org, district, 1 }, .n_orgs = 3 };
	struct joined joined = { 0 };

	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	return joined.seat;
}

static size_t hands(const struct fixture *f, const struct seat **ret)
{
	return room_hands(f->room, ret, 8);
}

static void hands_stand_in_the_order_in_which_they_went_up(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT), *b = fixture_join(f, "b", ROLE_PARTICIPANT);
	struct seat *v = fixture_join(f, "v", ROLE_VIEWER);
	const struct seat *up[8];

	assert_int_equal(room_raise_hand(f->room, f->now, b->id, "张三"), VERDICT_OK);
	assert_int_equal(last(f)->kind, EVENT_HAND_RAISED);
	assert_string_equal(last(f)->payload, "{\"name\":\"b\",\"org\":\"一支部\",\"speaker\":\"张三\"}");
	assert_int_equal(room_raise_hand(f->room, f->now, a->id, NULL), VERDICT_OK);
	assert_int_equal(room_raise_hand(f->room, f->now, v->id, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(room_raise_hand(f->room, f->now, b->id, "李四"), VERDICT_OK);
	assert_int_equal(hands(f, up), 2);
	assert_ptr_equal(up[0], b);
	assert_string_equal(up[0]->speaker, "李四");
	assert_int_equal(room_hand_place(f->room, a), 2);
	assert_int_equal(room_raise_hand(f->room, f->now, a->id, "\n"), VERDICT_BAD);
	assert_int_equal(room_lower_hand(f->room, f->now, a->id, b->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_lower_hand(f->room, f->now, h->id, b->id), VERDICT_OK);
	assert_string_equal(last(f)->actor, h->id);
	assert_int_equal(room_hand_place(f->room, a), 1);
	assert_int_equal(room_lower_hand(f->room, f->now, a->id, a->id), VERDICT_OK);
	assert_int_equal(room_hands_up(f->room), 0);
}

static void the_same_again_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT);
	const struct source_rule rule = { .source = SEAT_CAMERA, .scope = RULE_ROLE, .role = ROLE_PARTICIPANT, .word = RULE_DENY };
	size_t n;

	assert_int_equal(room_raise_hand(f->room, f->now, a->id, "张三"), VERDICT_OK);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 60), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_spotlight(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	n = f->n_journal;
	assert_int_equal(room_lower_hand(f->room, f->now, a->id, a->id), VERDICT_OK);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 90), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_spotlight(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_spotlight(f->room, f->now, h->id, h->id, false), VERDICT_OK);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_end_floor(f->room, f->now, h->id, h->id), VERDICT_OK);
	assert_int_equal(f->n_journal, n);
}

static void a_hand_goes_down_with_its_seat_and_with_the_right_to_raise_it(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT), *b = fixture_join(f, "b", ROLE_PARTICIPANT);

	assert_int_equal(room_raise_hand(f->room, f->now, a->id, "张三"), VERDICT_OK);
	assert_int_equal(room_raise_hand(f->room, f->now, b->id, NULL), VERDICT_OK);
	room_away(f->room, f->now, a->id);
	assert_int_equal(room_hands_up(f->room), 2);
	room_leave(f->room, f->now, a->id, LEAVE_LOST);
	assert_int_equal(room_hands_up(f->room), 1);
	assert_int_equal(room_set_role(f->room, f->now, h->id, b->id, ROLE_VIEWER), VERDICT_OK);
	assert_int_equal(room_hands_up(f->room), 0);
}

static void the_floor_opens_the_microphone_until_the_clock_shuts_it(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3);
	struct room_floor floor;

	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_int_equal(room_raise_hand(f->room, f->now, a->id, "张三"), VERDICT_OK);
	assert_int_equal(room_give_floor(f->room, f->now, a->id, a->id, 60), VERDICT_FORBIDDEN);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 1), VERDICT_BAD);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, "nobody", 60), VERDICT_NO_SEAT);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 60), VERDICT_OK);
	assert_string_equal(last(f)->payload, "{\"name\":\"a\",\"org\":\"支部\",\"site\":7,\"speaker\":\"张三\",\"span_s\":60}");
	assert_int_equal(room_hands_up(f->room), 0);
	floor = room_floor(f->room);
	assert_ptr_equal(floor.seat, a);
	assert_string_equal(floor.speaker, "张三");
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(a->gates, MIC | CAMERA);
	fixture_pass(f, 60 * SECOND_US - 1);
	room_tick(f->room, f->now);
	assert_int_equal(a->gates, MIC | CAMERA);
	assert_int_equal(room_due_us(f->room), f->now.boot_us + 1);
	fixture_pass(f, 1);
	room_tick(f->room, f->now);
	assert_int_equal(a->gates, CAMERA);
	assert_string_equal(latest(f, EVENT_FLOOR_ENDED)->payload, "{\"reason\":\"time\"}");
	assert_string_equal(latest(f, EVENT_FLOOR_ENDED)->actor, "");
	assert_int_equal(last(f)->kind, EVENT_SOURCE_CHANGED);
	assert_string_equal(last(f)->payload, "{\"source\":\"mic\",\"on\":false,\"by_host\":true}");
	assert_int_equal(f->last_notice, NOTICE_FLOOR_ENDED);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_null(room_floor(f->room).seat);
	assert_int_equal(room_due_us(f->room), INT64_MAX);
}

static void the_floor_is_extended_taken_back_given_back_and_passed_on(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3), *b = site(f, "b", 8, 3), *obs, *v = fixture_join(f, "v", ROLE_VIEWER);

	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHIP, ROLE_PRESENTER, &obs), VERDICT_OK);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, obs->id, 60), VERDICT_FORBIDDEN);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, v->id, 60), VERDICT_FORBIDDEN);
	assert_int_equal(room_extend_floor(f->room, f->now, h->id, a->id, 60), VERDICT_NO_FLOOR);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 60), VERDICT_OK);
	assert_int_equal(room_extend_floor(f->room, f->now, a->id, a->id, 60), VERDICT_FORBIDDEN);
	assert_int_equal(room_extend_floor(f->room, f->now, h->id, a->id, 60), VERDICT_OK);
	assert_int_equal(room_extend_floor(f->room, f->now, h->id, a->id, FLOOR_SPAN_MAX_S), VERDICT_BAD);
	assert_int_equal(room_floor(f->room).until_wall_us, f->now.wall_us + 120 * SECOND_US);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, b->id, 60), VERDICT_OK);
	assert_int_equal(a->gates, CAMERA);
	assert_int_equal(room_end_floor(f->room, f->now, a->id, b->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_end_floor(f->room, f->now, b->id, b->id), VERDICT_OK);
	assert_string_equal(latest(f, EVENT_FLOOR_ENDED)->payload, "{\"reason\":\"returned\"}");
	assert_int_equal(b->gates, CAMERA);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, b->id, 60), VERDICT_OK);
	assert_int_equal(room_end_floor(f->room, f->now, h->id, b->id), VERDICT_OK);
	assert_string_equal(latest(f, EVENT_FLOOR_ENDED)->payload, "{\"reason\":\"taken_back\"}");
	assert_int_equal(room_give_floor(f->room, f->now, h->id, b->id, 60), VERDICT_OK);
	room_leave(f->room, f->now, b->id, LEAVE_LOST);
	assert_null(room_floor(f->room).seat);
	b = site(f, "b", 8, 3);
	assert_false(b->has_floor);
}

static size_t led(const struct fixture *f, const struct seat **ret, bool *spotlight)
{
	return room_led(f->room, ret, spotlight);
}

static void presenters_are_on_the_stage_and_one_site_beside_them(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3), *b = site(f, "b", 8, 3), *p = fixture_join(f, "p", ROLE_PRESENTER), *obs;
	const struct seat *shown[ROOM_LED_MAX];
	bool spotlight;

	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHIP, ROLE_PRESENTER, &obs), VERDICT_OK);
	assert_int_equal(room_on_stage(f->room, shown), 2);
	assert_true(shown[0] == p && shown[1] == obs);
	assert_int_equal(room_stage(f->room, f->now, a->id, a->id, true), VERDICT_FORBIDDEN);
	assert_int_equal(room_stage(f->room, f->now, p->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, b->id, true), VERDICT_OK);
	assert_int_equal(room_on_stage(f->room, shown), 3);
	assert_ptr_equal(shown[0], b);
	assert_false(a->staged);
	assert_int_equal(room_stage(f->room, f->now, p->id, obs->id, false), VERDICT_FORBIDDEN);
	assert_int_equal(room_stage(f->room, f->now, h->id, obs->id, false), VERDICT_OK);
	assert_int_equal(room_on_stage(f->room, shown), 2);
	assert_int_equal(room_spotlight(f->room, f->now, p->id, a->id, true), VERDICT_FORBIDDEN);
	assert_int_equal(room_spotlight(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(led(f, shown, &spotlight), 3);
	assert_true(spotlight && shown[0] == a && shown[1] == b && shown[2] == p);
	room_leave(f->room, f->now, a->id, LEAVE_LOST);
	room_leave(f->room, f->now, b->id, LEAVE_LEFT);
	assert_int_equal(led(f, shown, &spotlight), 1);
	assert_false(spotlight);
	room_leave(f->room, f->now, p->id, LEAVE_LOST);
	assert_int_equal(led(f, shown, &spotlight), 0);
	fixture_join(f, "p", ROLE_PRESENTER);
	assert_int_equal(led(f, shown, &spotlight), 1);
}

static void a_site_is_cut_to_when_its_picture_is_ready(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3), *b = site(f, "b", 8, 3);
	const struct seat *shown[ROOM_LED_MAX];

	room_sending(f->room, a->id, SEAT_CAMERA, true);
	room_sending(f->room, b->id, SEAT_CAMERA, true);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(f->n_cue, 1);
	assert_ptr_equal(room_cue(f->room), a);
	assert_int_equal(room_on_stage(f->room, shown), 0);
	room_cut(f->room);
	assert_null(room_cue(f->room));
	assert_int_equal(room_on_stage(f->room, shown), 1);
	assert_int_equal(room_stage(f->room, f->now, h->id, b->id, true), VERDICT_OK);
	assert_int_equal(room_on_stage(f->room, shown), 1);
	assert_ptr_equal(shown[0], a);
	room_leave(f->room, f->now, b->id, LEAVE_LEFT);
	assert_null(room_cue(f->room));
	room_cut(f->room);
	assert_int_equal(room_on_stage(f->room, shown), 0);
}

static void who_is_on_the_stage_speaks_whatever_mute_all_says(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3);

	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_mute(f->room, f->now, h->id, a->id, SEAT_MIC, false), VERDICT_OK);
	assert_int_equal(a->gates, CAMERA);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_int_equal(room_allow(f->room, f->now, h->id, a->id, SEAT_MIC), VERDICT_OK);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, false), VERDICT_OK);
	assert_int_equal(a->gates, CAMERA);
}

static void rules_reach_roles_subtrees_and_sites_the_nearest_holds(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST), *a = site(f, "a", 7, 3), *b = site(f, "b", 8, 3), *d = site(f, "d", 9, 4);
	struct source_rule rule = { .source = SEAT_CAMERA, .scope = RULE_ROLE, .role = ROLE_PARTICIPANT, .word = RULE_DENY };
	size_t changed = 0;

	assert_int_equal(room_rule_source(f->room, f->now, a->id, &rule, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(room_rule_source(f->room, f->now, c->id, &rule, &changed), VERDICT_OK);
	assert_string_equal(last(f)->payload, "{\"source\":\"camera\",\"rule\":\"deny\",\"role\":\"participant\"}");
	assert_int_equal(changed, 3);
	assert_int_equal(h->gates, MIC | CAMERA);
	assert_int_equal(a->gates, MIC);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_CAMERA, true), VERDICT_BLOCKED);
	rule = (struct source_rule){ .source = SEAT_CAMERA, .scope = RULE_SUBTREE, .org = 3, .word = RULE_ALLOW };
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, &changed), VERDICT_OK);
	assert_int_equal(changed, 2);
	rule = (struct source_rule){ .source = SEAT_CAMERA, .scope = RULE_SITE, .org = 8, .word = RULE_DENY };
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, &changed), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_CAMERA, true), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, b->id, SEAT_CAMERA, true), VERDICT_BLOCKED);
	assert_int_equal(room_source_set(f->room, f->now, d->id, SEAT_CAMERA, true), VERDICT_BLOCKED);
	assert_int_equal(site(f, "late", 10, 3)->gates, MIC | CAMERA);
	assert_int_equal(site(f, "late2", 11, 4)->gates, MIC);
	assert_int_equal(room_allow(f->room, f->now, h->id, d->id, SEAT_CAMERA), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, d->id, SEAT_CAMERA, true), VERDICT_OK);
	d = site(f, "d", 9, 4);
	assert_int_equal(d->gates, MIC | CAMERA);   /* a page that is loaded anew keeps what it was allowed */
	rule = (struct source_rule){ .source = SEAT_SCREEN, .scope = RULE_SUBTREE, .org = 1, .word = RULE_DENY };
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_SCREEN_AUDIO, true), VERDICT_BLOCKED);
	rule.word = RULE_CLEAR;
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_SCREEN, true), VERDICT_OK);
	rule = (struct source_rule){ .source = SEAT_SCREEN_AUDIO, .scope = RULE_SUBTREE, .org = 1, .word = RULE_DENY };
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_BAD);
	rule = (struct source_rule){ .source = SEAT_MIC, .scope = RULE_ROLE, .role = ROLE_HOST, .word = RULE_DENY };
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_BAD);
}

static void a_rule_gives_back_what_mute_all_took_and_a_mute_of_all_takes_it_again(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3), *d = site(f, "d", 9, 4);
	const struct source_rule rule = { .source = SEAT_MIC, .scope = RULE_SUBTREE, .org = 3, .word = RULE_ALLOW };

	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, d->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_int_equal(room_source_set(f->room, f->now, site(f, "late", 10, 3)->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_source_rules(f->room)->n, 0);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_MIC, true), VERDICT_BLOCKED);
}

static void there_are_so_many_rules_and_no_more(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST);
	struct source_rule rule = { .source = SEAT_MIC, .scope = RULE_SITE, .word = RULE_DENY };

	for (rule.org = 1; rule.org <= SOURCE_RULES_MAX; rule.org++)
		assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_BAD);
	rule.org = 1;
	rule.word = RULE_CLEAR;
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(room_source_rules(f->room)->n, SOURCE_RULES_MAX - 1);
}

static void what_is_for_the_host_leaders_and_the_writer_read(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT), *b = fixture_join(f, "b", ROLE_PARTICIPANT);
	const struct chat_line *line;

	assert_int_equal(room_chat(f->room, f->now, a->id, "听不清", true, NULL), VERDICT_OK);
	assert_non_null(strstr(last(f)->payload, "\"to\":\"host\""));
	assert_int_equal(room_chat_lines(f->room, &line, 1), 1);
	assert_true(room_may_read(f->room, h->id, line) && room_may_read(f->room, c->id, line) && room_may_read(f->room, a->id, line));
	assert_false(room_may_read(f->room, b->id, line));
}

/* A restart of the server in the middle of a turn: seats come back to hand, floor and stage, and the clock still ends the turn. */
static void a_restart_keeps_hands_floor_stage_and_rules(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = site(f, "a", 7, 3), *b = site(f, "b", 8, 3);
	const struct source_rule rule = { .source = SEAT_SCREEN, .scope = RULE_SITE, .org = 7, .word = RULE_DENY };
	const struct seat *shown[ROOM_LED_MAX];
	struct room *before = f->room;
	char aid[SEAT_ID_BYTES];

	strcpy(aid, a->id);
	assert_int_equal(room_raise_hand(f->room, f->now, b->id, "李四"), VERDICT_OK);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 60), VERDICT_OK);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_OK);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_OK);
	assert_int_equal(fixture_create(f, &f->room), 0);
	fixture_apply(f, f->room, f->n_journal);
	room_destroy(before);
	f->now.wall_us += 20 * SECOND_US;
	f->now.boot_us = 1000;
	room_settle(f->room, f->now);
	assert_null(room_floor(f->room).seat);
	assert_int_equal(room_hands_up(f->room), 0);
	a = site(f, "a", 7, 3);
	b = site(f, "b", 8, 3);
	assert_string_equal(a->id, aid);
	assert_int_equal(room_hands_up(f->room), 1);
	assert_string_equal(b->speaker, "李四");
	assert_int_equal(room_on_stage(f->room, shown), 1);
	assert_int_equal(a->gates, MIC | CAMERA);
	assert_int_equal(room_source_set(f->room, f->now, a->id, SEAT_SCREEN, true), VERDICT_BLOCKED);
	fixture_pass(f, 40 * SECOND_US - 1);
	room_tick(f->room, f->now);
	assert_ptr_equal(room_floor(f->room).seat, a);
	fixture_pass(f, 1);
	room_tick(f->room, f->now);
	assert_null(room_floor(f->room).seat);
	assert_int_equal(a->gates, CAMERA);
}

static void what_cannot_be_recorded_does_not_happen(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT);
	const struct source_rule rule = { .source = SEAT_MIC, .scope = RULE_ROLE, .role = ROLE_PARTICIPANT, .word = RULE_DENY };
	char *before = NULL, *after = NULL;

	assert_int_equal(room_write_durable(f->room, &before), 0);
	f->refusing = true;
	assert_int_equal(room_raise_hand(f->room, f->now, a->id, "张三"), VERDICT_NOT_RECORDED);
	assert_int_equal(room_give_floor(f->room, f->now, h->id, a->id, 60), VERDICT_NOT_RECORDED);
	assert_int_equal(room_stage(f->room, f->now, h->id, a->id, true), VERDICT_NOT_RECORDED);
	assert_int_equal(room_spotlight(f->room, f->now, h->id, a->id, true), VERDICT_NOT_RECORDED);
	assert_int_equal(room_rule_source(f->room, f->now, h->id, &rule, NULL), VERDICT_NOT_RECORDED);
	assert_int_equal(room_write_durable(f->room, &after), 0);
	assert_string_equal(before, after);
	mem_free(before);
	mem_free(after);
}

static void memory_that_runs_out_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT);
	enum verdict v = VERDICT_NO_MEMORY;

	for (unsigned nth = 1; v != VERDICT_OK; nth++) {
		mem_fail_at(nth);
		v = room_raise_hand(f->room, f->now, a->id, "张三");
		mem_fail_at(0);
		assert_int_equal(room_hands_up(f->room), v == VERDICT_OK);
	}
	v = VERDICT_NO_MEMORY;
	for (unsigned nth = 1; v != VERDICT_OK; nth++) {
		mem_fail_at(nth);
		v = room_give_floor(f->room, f->now, h->id, a->id, 60);
		mem_fail_at(0);
		assert_int_equal(room_floor(f->room).seat == a, v == VERDICT_OK);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(hands_stand_in_the_order_in_which_they_went_up),
		CASE(the_same_again_writes_nothing),
		CASE(a_hand_goes_down_with_its_seat_and_with_the_right_to_raise_it),
		CASE(the_floor_opens_the_microphone_until_the_clock_shuts_it),
		CASE(the_floor_is_extended_taken_back_given_back_and_passed_on),
		CASE(presenters_are_on_the_stage_and_one_site_beside_them),
		CASE(a_site_is_cut_to_when_its_picture_is_ready),
		CASE(who_is_on_the_stage_speaks_whatever_mute_all_says),
		CASE(rules_reach_roles_subtrees_and_sites_the_nearest_holds),
		CASE(a_rule_gives_back_what_mute_all_took_and_a_mute_of_all_takes_it_again),
		CASE(there_are_so_many_rules_and_no_more),
		CASE(what_is_for_the_host_leaders_and_the_writer_read),
		CASE(a_restart_keeps_hands_floor_stage_and_rules),
		CASE(what_cannot_be_recorded_does_not_happen),
		CASE(memory_that_runs_out_changes_nothing),
	};

	fixture_count_json();
	return cmocka_run_group_tests_name("floor", tests, NULL, NULL);
}
