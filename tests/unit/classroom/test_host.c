/* Who is host: exactly one seat, or none where nobody may, through lost lines, leaves, handovers and restarts; and the journal says the same. */
#include "classroom/room_floor.h"
#include "tests/unit/classroom/room_fixture.h"

#define RACES 1000
#define STEPS 100
#define PEOPLE 7

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

static void lose(struct fixture *f, const struct seat *s)
{
	room_away(f->room, f->now, s->id);
	fixture_pass(f, HOST_GRACE_US);
	room_tick(f->room, f->now);
}

static void a_cohost_acts_until_the_host_is_back(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PRESENTER), *c = fixture_join(f, "c", ROLE_COHOST);

	room_away(f->room, f->now, h->id);
	assert_int_equal(room_due_us(f->room), f->now.boot_us + HOST_GRACE_US);
	fixture_pass(f, HOST_GRACE_US - 1);
	room_tick(f->room, f->now);
	assert_ptr_equal(room_host(f->room), h);
	fixture_pass(f, 1);
	room_tick(f->room, f->now);
	assert_ptr_equal(room_host(f->room), c);
	assert_string_equal(last(f)->payload, "{\"role\":\"host\",\"acting\":true}");
	assert_string_equal(last(f)->actor, "");
	assert_int_equal(f->last_notice, NOTICE_ACTING_HOST);
	assert_int_equal(h->role, ROLE_COHOST);
	assert_int_equal(p->role, ROLE_PRESENTER);
	assert_int_equal(room_return(f->room, f->now, h->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(c->role, ROLE_COHOST);
	assert_int_equal(f->last_notice, NOTICE_YOU_ARE_HOST);
}

static void a_presenter_who_acted_is_no_more_than_presenter_again(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PRESENTER);

	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	lose(f, h);
	assert_ptr_equal(room_host(f->room), p);
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_OK);
	room_leave(f->room, f->now, h->id, LEAVE_LOST);
	h = fixture_join(f, "h", ROLE_HOST);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(p->role, ROLE_PRESENTER);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_BLOCKED);
}

static void who_leaves_on_purpose_is_succeeded_at_once_and_for_good(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);

	room_leave(f->room, f->now, h->id, LEAVE_LEFT);
	assert_ptr_equal(room_host(f->room), c);
	assert_string_equal(last(f)->payload, "{\"role\":\"host\"}");
	h = fixture_join(f, "h", ROLE_HOST);
	assert_int_equal(h->role, ROLE_COHOST);
	assert_ptr_equal(room_host(f->room), c);
}

static void nobody_who_may_not_becomes_host(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *obs;

	fixture_join(f, "a", ROLE_PARTICIPANT);
	fixture_join(f, "v", ROLE_VIEWER);
	fixture_join(f, "i", ROLE_INSPECTOR);
	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHIP, ROLE_HOST, &obs), VERDICT_OK);
	room_leave(f->room, f->now, h->id, LEAVE_LEFT);
	room_tick(f->room, f->now);
	assert_ptr_equal(room_host(f->room), h);
	assert_false(seat_present(room_host(f->room)));
	assert_int_equal(room_due_us(f->room), INT64_MAX);
	assert_int_equal(fixture_join(f, "c", ROLE_COHOST)->role, ROLE_COHOST);
	room_tick(f->room, f->now);
	assert_string_equal(room_host(f->room)->key, "c");
}

static void an_expert_by_link_leads_never(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *e;
	struct join join = { .key = "seat:expert-1", .name = "专家", .org = "", .granted = ROLE_PRESENTER, .by_link = true };
	struct joined joined = { 0 };
	char hid[SEAT_ID_BYTES];

	strcpy(hid, h->id);
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	e = joined.seat;
	assert_int_equal(room_set_role(f->room, f->now, hid, e->id, ROLE_COHOST), VERDICT_FORBIDDEN);
	assert_int_equal(room_hand_over(f->room, f->now, hid, e->id), VERDICT_FORBIDDEN);
	room_leave(f->room, f->now, hid, LEAVE_LEFT);
	assert_int_equal(e->role, ROLE_PRESENTER);
}

static void the_one_who_came_first_of_the_best_succeeds(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c[3];

	for (int i = 0; i < 3; i++) {
		fixture_pass(f, 1000);
		c[i] = fixture_join(f, i == 0 ? "x" : i == 1 ? "y" : "z", ROLE_COHOST);
	}
	room_away(f->room, f->now, c[0]->id);
	lose(f, h);
	assert_ptr_equal(room_host(f->room), c[1]);
	lose(f, c[1]);
	assert_ptr_equal(room_host(f->room), c[2]);
	assert_int_equal(room_return(f->room, f->now, c[1]->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), c[2]);
	assert_int_equal(room_return(f->room, f->now, h->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), h);
}

static void a_role_that_was_handed_over_does_not_come_back(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *a = fixture_join(f, "a", ROLE_PARTICIPANT);

	assert_int_equal(room_hand_over(f->room, f->now, h->id, a->id), VERDICT_OK);
	lose(f, h);
	assert_int_equal(room_return(f->room, f->now, h->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), a);
	lose(f, a);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(room_return(f->room, f->now, a->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), a);
}

static void who_acts_hands_over_no_more_than_that(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PRESENTER), *a = fixture_join(f, "a", ROLE_PARTICIPANT);

	lose(f, h);
	assert_int_equal(room_hand_over(f->room, f->now, p->id, a->id), VERDICT_OK);
	assert_int_equal(p->role, ROLE_PRESENTER);
	assert_ptr_equal(room_host(f->room), a);
	assert_int_equal(room_return(f->room, f->now, h->id), VERDICT_OK);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(a->role, ROLE_PARTICIPANT);
}

static void who_is_removed_has_no_claim_any_more(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);

	lose(f, h);
	assert_int_equal(room_remove(f->room, f->now, c->id, h->id), VERDICT_OK);
	assert_int_equal(fixture_try_join(f, "h", SEAT_BROWSER, ROLE_HOST, NULL), VERDICT_REMOVED);
	assert_false(c->acting);
	assert_ptr_equal(room_host(f->room), c);
}

/* ---- races ---- */

static const enum role grants[PEOPLE] = { ROLE_HOST, ROLE_HOST, ROLE_COHOST, ROLE_COHOST, ROLE_PRESENTER, ROLE_PARTICIPANT, ROLE_VIEWER };

static uint32_t pick(struct fixture *f, uint32_t n)
{
	return fixture_random(f) % n;
}

static const struct seat *seat_of(const struct fixture *f, uint32_t person)
{
	char key[32];

	snprintf(key, sizeof(key), "account:%u", person);
	return room_seat_by_key(f->room, key, SEAT_BROWSER);
}

static const char *somebody(struct fixture *f)
{
	const struct seat *s = seat_of(f, pick(f, PEOPLE));

	return s ? s->id : "nobody";
}

static void come(struct fixture *f)
{
	uint32_t person = pick(f, PEOPLE);
	char key[32];

	snprintf(key, sizeof(key), "account:%u", person);
	(void)fixture_try_join(f, key, SEAT_BROWSER, grants[person], NULL);
}

static char *durable(const struct room *r)
{
	char *text = NULL;

	assert_int_equal(room_write_durable(r, &text), 0);
	return text;
}

/* kill -9: the journal alone is left. */
static void kill_and_replay(struct fixture *f)
{
	struct room *before = f->room;
	char *was = durable(before), *is;

	assert_int_equal(fixture_create(f, &f->room), 0);
	fixture_apply(f, f->room, f->n_journal);
	room_settle(f->room, f->now);
	is = durable(f->room);
	assert_string_equal(was, is);
	mem_free(was);
	mem_free(is);
	room_destroy(before);
}

static void race_once(struct fixture *f)
{
	switch (pick(f, 12)) {
	case 0:
	case 1:
	case 2:
		come(f);
		break;
	case 3:
		room_away(f->room, f->now, somebody(f));
		break;
	case 4:
		room_return(f->room, f->now, somebody(f));
		break;
	case 5:
		room_leave(f->room, f->now, somebody(f), pick(f, 3) ? LEAVE_LOST : LEAVE_LEFT);
		break;
	case 6:
	case 7:
		room_hand_over(f->room, f->now, somebody(f), somebody(f));
		break;
	case 8:
		room_set_role(f->room, f->now, somebody(f), somebody(f), (enum role)pick(f, ROLES));
		break;
	case 9:
		room_give_floor(f->room, f->now, somebody(f), somebody(f), 5 + pick(f, 20));
		room_raise_hand(f->room, f->now, somebody(f), "张三");
		break;
	case 10:
		room_stage(f->room, f->now, somebody(f), somebody(f), pick(f, 3));
		break;
	default:
		if (pick(f, 3) == 0)
			kill_and_replay(f);
	}
}

static bool may_succeed(const struct seat *s)
{
	return s->presence == PRESENCE_HERE && s->role != ROLE_VIEWER && (role_leads(s->role) || s->role == ROLE_PRESENTER || s->granted == ROLE_HOST);
}

/* `due`: the grace of whoever is host is over. */
static void check(const struct fixture *f, bool due)
{
	const struct seat *host = room_host(f->room);
	unsigned hosts = 0, able = 0;

	for (uint32_t person = 0; person < PEOPLE; person++) {
		const struct seat *s = seat_of(f, person);

		hosts += s && s->role == ROLE_HOST;
		able += s && may_succeed(s);
	}
	assert_int_equal(hosts, host ? 1 : 0);
	assert_true(!host || host->role == ROLE_HOST);
	if (due && host && able)
		assert_int_equal(host->presence, PRESENCE_HERE);
}

static void a_thousand_races_leave_one_host(void **state)
{
	(void)state;
	for (unsigned race = 0; race < RACES; race++) {
		struct fixture f;

		fixture_init(&f);
		f.seed = race * 7919 + 1;
		for (unsigned i = 0; i < STEPS; i++) {
			race_once(&f);
			check(&f, false);
			fixture_pass(&f, pick(&f, 8) ? 200000 : 2 * HOST_GRACE_US);
			room_tick(f.room, f.now);
			check(&f, false);
		}
		fixture_pass(&f, HOST_GRACE_US);
		room_tick(f.room, f.now);
		check(&f, true);
		kill_and_replay(&f);
		fixture_done(&f);
		assert_int_equal(mem_live(), 0);
	}
}

/* A right that is taken away: whoever comes back without it is what they are granted now, and who may goes on. */
static void who_comes_back_without_the_grant_is_host_no_more(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);

	room_leave(f->room, f->now, h->id, LEAVE_REMOVED);
	assert_ptr_equal(fixture_join(f, "h", ROLE_PARTICIPANT), h);
	assert_int_equal(h->role, ROLE_PARTICIPANT);
	assert_ptr_equal(room_host(f->room), c);
	assert_int_equal(c->role, ROLE_HOST);
	room_leave(f->room, f->now, c->id, LEAVE_REMOVED);
	room_leave(f->room, f->now, h->id, LEAVE_LEFT);
	/* A co-host who was made host holds it by the room, not by a grant. */
	assert_ptr_equal(fixture_join(f, "c", ROLE_COHOST), c);
	assert_int_equal(c->role, ROLE_HOST);
}

static void alone_without_the_grant_nobody_is_host(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *n;

	room_leave(f->room, f->now, h->id, LEAVE_LOST);
	assert_ptr_equal(fixture_join(f, "h", ROLE_VIEWER), h);
	assert_int_equal(h->role, ROLE_VIEWER);
	assert_null(room_host(f->room));
	n = fixture_join(f, "n", ROLE_HOST);
	assert_ptr_equal(room_host(f->room), n);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_cohost_acts_until_the_host_is_back),
		CASE(a_presenter_who_acted_is_no_more_than_presenter_again),
		CASE(who_leaves_on_purpose_is_succeeded_at_once_and_for_good),
		CASE(nobody_who_may_not_becomes_host),
		CASE(an_expert_by_link_leads_never),
		CASE(the_one_who_came_first_of_the_best_succeeds),
		CASE(a_role_that_was_handed_over_does_not_come_back),
		CASE(who_acts_hands_over_no_more_than_that),
		CASE(who_is_removed_has_no_claim_any_more),
		CASE(who_comes_back_without_the_grant_is_host_no_more),
		CASE(alone_without_the_grant_nobody_is_host),
		cmocka_unit_test(a_thousand_races_leave_one_host),
	};

	fixture_count_json();
	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
