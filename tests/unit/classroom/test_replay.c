/*
 * The journal rebuilds the room: random acts, then the events alone give the same durable state. With it, what holds after
 * every act.
 */
#include "classroom/room_floor.h"
#include "tests/unit/classroom/room_fixture.h"

#define PEOPLE 9
#define STEPS 400
#define RUNS 60

static const enum role grants[PEOPLE] = { ROLE_HOST,   ROLE_HOST,   ROLE_COHOST,    ROLE_PRESENTER, ROLE_PARTICIPANT,
	                                  ROLE_PARTICIPANT, ROLE_VIEWER, ROLE_INSPECTOR, ROLE_HOST };

static uint32_t pick(struct fixture *f, uint32_t n)
{
	return fixture_random(f) % n;
}

static void key_of(char ret[32], uint32_t person)
{
	snprintf(ret, 32, "%s:%u", person % 2 ? "account" : "guest", person);
}

/* Some known seat's id, or an unknown one. */
static const char *pick_seat(struct fixture *f)
{
	const struct seat *s;
	char key[32];

	key_of(key, pick(f, PEOPLE));
	s = room_seat_by_key(f->room, key, pick(f, 5) ? SEAT_BROWSER : (enum seat_kind)pick(f, SEAT_KINDS));
	return s ? s->id : "0000000000000000";
}

static void join_somebody(struct fixture *f)
{
	uint32_t person = pick(f, PEOPLE);
	struct join join = { .name = "名", .org = "支部", .kind = pick(f, 3) ? SEAT_BROWSER : (enum seat_kind)pick(f, SEAT_KINDS),
		             .granted = pick(f, 6) ? grants[person] : (enum role)pick(f, ROLES), .mic = pick(f, 2),
		             .camera = pick(f, 2), .orgs = { 1 + person % 4, 1 + person % 2 }, .n_orgs = (uint8_t)pick(f, 3) };
	struct joined joined;
	char key[32], via[32];

	key_of(key, person);
	snprintf(via, sizeof(via), "link:%u", pick(f, PEOPLE));
	join.key = key;
	join.via = pick(f, 2) ? via : NULL;
	room_join(f->room, f->now, &join, &joined);
}

static void go_or_come(struct fixture *f)
{
	static const enum leave_reason reasons[] = { LEAVE_LEFT, LEAVE_LOST, LEAVE_SERVER };

	switch (pick(f, 3)) {
	case 0:
		room_away(f->room, f->now, pick_seat(f));
		break;
	case 1:
		room_return(f->room, f->now, pick_seat(f));
		break;
	default:
		room_leave(f->room, f->now, pick_seat(f), reasons[pick(f, ARRAY_LEN(reasons))]);
	}
}

static void speak_or_show(struct fixture *f)
{
	const char *a = pick_seat(f), *t = pick_seat(f);
	struct source_rule rule = { .source = (enum seat_source)pick(f, SEAT_SOURCES), .scope = (enum rule_scope)pick(f, 3), .role = (enum role)pick(f, ROLES), .org = pick(f, 5),
		                    .word = (enum rule_word)pick(f, RULE_WORDS) };

	switch (pick(f, 7)) {
	case 0:
		room_raise_hand(f->room, f->now, a, pick(f, 2) ? "张三" : NULL);
		break;
	case 1:
		room_lower_hand(f->room, f->now, a, t);
		break;
	case 2:
		room_give_floor(f->room, f->now, a, t, 5 + pick(f, 100));
		break;
	case 3:
		room_extend_floor(f->room, f->now, a, t, 5 + pick(f, 100));
		break;
	case 4:
		room_end_floor(f->room, f->now, a, t);
		break;
	case 5:
		(pick(f, 2) ? room_stage : room_spotlight)(f->room, f->now, a, t, pick(f, 3));
		break;
	default:
		room_rule_source(f->room, f->now, a, &rule, NULL);
	}
}

static void act(struct fixture *f)
{
	const char *a = pick_seat(f), *t = pick_seat(f);
	enum seat_source source = (enum seat_source)pick(f, SEAT_SOURCES);

	switch (pick(f, 18)) {
	case 14:
	case 15:
	case 16:
		speak_or_show(f);
		break;
	case 17:
		room_tick(f->room, f->now);
		break;
	case 0:
		room_lock(f->room, f->now, a, pick(f, 2));
		break;
	case 1:
		room_mute_all(f->room, f->now, a, pick(f, 2), NULL);
		break;
	case 2:
		room_unmute_all(f->room, f->now, a);
		break;
	case 3:
	case 4:
		room_mute(f->room, f->now, a, t, source, pick(f, 2));
		break;
	case 5:
	case 6:
		room_allow(f->room, f->now, a, t, source);
		break;
	case 7:
		if (pick(f, 2) == 0)
			room_remove(f->room, f->now, a, t);
		break;
	case 8:
	case 9:
		room_set_role(f->room, f->now, a, t, (enum role)pick(f, ROLES));
		break;
	case 10:
		room_hand_over(f->room, f->now, a, t);
		break;
	case 11:
		room_chat(f->room, f->now, a, "一句话 \"quoted\" \n", false, NULL);
		break;
	case 12:
		if (pick(f, 12) == 0 && room_end(f->room, f->now, a) == VERDICT_OK)
			room_open(f->room, f->now);
		break;
	default:
		room_source_set(f->room, f->now, a, source, pick(f, 2));
	}
}

static void report_media(struct fixture *f)
{
	const char *id = pick_seat(f);

	if (pick(f, 2))
		room_sending(f->room, id, (enum seat_source)pick(f, SEAT_SOURCES), pick(f, 4));
	else
		room_voice(f->room, f->now.boot_us, id, pick(f, 2));
}

static bool is_listed(const struct fixture *f, const struct seat *s, enum seat_source source)
{
	const struct live *live;
	size_t n = room_live(f->room, seat_source_is_audio(source), &live);
	unsigned found = 0;

	for (size_t i = 0; i < n; i++)
		found += live[i].seat == s && live[i].source == source;
	assert_true(found <= 1);
	return found;
}

/* What holds after every act: one host at most and none lost, gates and lists as the rules say, the roster in order. */
static void check(const struct fixture *f, bool *had_host)
{
	const struct seat *roster[64], *voice;
	unsigned hosts = 0, voices = 0;
	size_t n;

	for (uint32_t person = 0; person < PEOPLE; person++)
		for (unsigned kind = 0; kind < SEAT_KINDS; kind++) {
			const struct seat *s;
			char key[32];

			key_of(key, person);
			s = room_seat_by_key(f->room, key, (enum seat_kind)kind);
			if (!s)
				continue;
			hosts += s->role == ROLE_HOST;
			assert_int_equal(s->role == ROLE_HOST, s == room_host(f->room));
			assert_int_equal(s->gates, seat_gates(s, room_state(f->room)));
			assert_true(kind == SEAT_BROWSER || !role_leads(s->role));
			for (unsigned source = 0; source < SEAT_SOURCES; source++)
				assert_int_equal(is_listed(f, s, source), seat_live(s, source));
			assert_true(!s->speaking || (s->gates & SEAT_BIT(SEAT_MIC)));
			voices += s->speaking;
		}
	assert_true(hosts <= 1);
	assert_true(hosts == 1 || !*had_host);
	*had_host = hosts == 1;
	for (voice = room_next_voice(f->room, NULL); voice; voice = room_next_voice(f->room, voice))
		voices--;
	assert_int_equal(voices, 0);
	n = room_roster(f->room, "", roster, ARRAY_LEN(roster));
	assert_int_equal(n, room_here(f->room));
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(roster[i - 1]->id, roster[i]->id) < 0);
}

static void step(struct fixture *f, bool *had_host)
{
	char epoch[ROOM_EPOCH_BYTES];
	uint32_t which = pick(f, 10);
	const struct seat *host = room_host(f->room);
	bool by_grant = host && host->granted == ROLE_HOST;

	snprintf(epoch, sizeof(epoch), "%s", room_epoch(f->room));
	f->refusing = which != 2 && which != 3 && pick(f, 12) == 0;
	if (which < 2)
		join_somebody(f);
	else if (which < 4)
		go_or_come(f);
	else if (which < 6)
		report_media(f);
	else
		act(f);
	f->refusing = false;
	if (room_state(f->room) == ROOM_CLOSED)
		assert_int_equal(room_open(f->room, f->now), VERDICT_OK);
	if (strcmp(epoch, room_epoch(f->room)) != 0)
		*had_host = false;
	if (which < 2 && by_grant && !room_host(f->room))       /* came back without the grant, and nobody else may */
		*had_host = false;
	fixture_pass(f, pick(f, 20) ? 100000 : HOST_GRACE_US);
	check(f, had_host);
}

static void assert_replays(struct fixture *f)
{
	char *original = NULL, *again = NULL;
	struct room *r = NULL;

	assert_int_equal(fixture_create(f, &r), 0);
	fixture_apply(f, r, f->n_journal);
	assert_int_equal(room_here(r), room_here(f->room));
	assert_int_equal(room_write_durable(f->room, &original), 0);
	assert_int_equal(room_write_durable(r, &again), 0);
	assert_string_equal(original, again);
	mem_free(again);
	room_settle(r, f->now);
	assert_int_equal(room_here(r), 0);
	assert_int_equal(room_write_durable(r, &again), 0);
	room_destroy(r);
	mem_free(original);
	mem_free(again);
}

static void random_acts_replay_to_the_same_room(void **state)
{
	(void)state;
	for (unsigned run = 0; run < RUNS; run++) {
		struct fixture f;
		bool had_host = false;

		fixture_init(&f);
		f.seed = run * 1000003 + 17;
		for (unsigned i = 0; i < STEPS; i++)
			step(&f, &had_host);
		assert_replays(&f);
		fixture_done(&f);
		assert_int_equal(mem_live(), 0);
	}
}

static void a_restart_gives_seats_roles_and_blocks_back(void **state)
{
	struct fixture f;
	struct room *before;
	struct seat *h, *p;
	char hid[SEAT_ID_BYTES], pid[SEAT_ID_BYTES];

	(void)state;
	fixture_init(&f);
	h = fixture_join(&f, "account:1", ROLE_HOST);
	p = fixture_join(&f, "guest:2", ROLE_PARTICIPANT);
	snprintf(hid, sizeof(hid), "%s", h->id);
	snprintf(pid, sizeof(pid), "%s", p->id);
	assert_int_equal(room_mute(f.room, f.now, h->id, p->id, SEAT_MIC, false), VERDICT_OK);
	assert_int_equal(room_lock(f.room, f.now, h->id, true), VERDICT_OK);
	before = f.room;
	assert_int_equal(fixture_create(&f, &f.room), 0);
	fixture_apply(&f, f.room, f.n_journal);
	assert_string_equal(room_epoch(f.room), room_epoch(before));
	room_destroy(before);
	f.now.boot_us = 1000;           /* the machine was restarted too */
	room_settle(f.room, f.now);
	assert_int_equal(fixture_try_join(&f, "account:3", SEAT_BROWSER, ROLE_HOST, &h), VERDICT_OK);
	assert_int_equal(h->role, ROLE_COHOST);
	p = fixture_join(&f, "guest:2", ROLE_PARTICIPANT);
	h = fixture_join(&f, "account:1", ROLE_HOST);
	assert_string_equal(p->id, pid);
	assert_string_equal(h->id, hid);
	assert_int_equal(h->role, ROLE_HOST);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(fixture_try_join(&f, "guest:9", SEAT_BROWSER, ROLE_PARTICIPANT, NULL), VERDICT_LOCKED);
	fixture_done(&f);
	assert_int_equal(mem_live(), 0);
}

static void forgetting_beyond_the_bound_is_the_same_in_replay(void **state)
{
	struct fixture f;
	struct seat *s;
	char key[32];

	(void)state;
	fixture_init(&f);
	for (int i = 0; i < ROOM_KNOWN_MAX + 50; i++) {
		snprintf(key, sizeof(key), "account:%d", i);
		assert_int_equal(fixture_try_join(&f, key, SEAT_BROWSER, i % 40 ? ROLE_VIEWER : ROLE_HOST, &s), VERDICT_OK);
		room_leave(f.room, f.now, s->id, LEAVE_LOST);
	}
	assert_replays(&f);
	fixture_done(&f);
	assert_int_equal(mem_live(), 0);
}

static int apply_one(struct room *r, enum event_kind kind, const char *seat, const char *payload)
{
	struct event ev = { kind, "r1", seat, "", payload, 1, 1 };

	return room_apply(r, &ev);
}

static void strange_events_are_refused_and_change_nothing(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *payload;
	} bad[] = {
		{ EVENT_ROOM_OPENED, "{}" },
		{ EVENT_ROOM_OPENED, "{\"epoch\":\"0123456789abcdef0\"}" },
		{ EVENT_ROOM_LOCKED, "{\"locked\":1}" },
		{ EVENT_ROOM_MUTED, "{}" },
		{ EVENT_SEAT_JOINED, "{}" },
		{ EVENT_SEAT_JOINED, "[]" },
		{ EVENT_SEAT_JOINED, "" },
		{ EVENT_SEAT_JOINED, "{\"key\":\"k\",\"name\":\"n\",\"org\":\"o\",\"role\":\"king\",\"granted\":\"host\",\"kind\":"
		                     "\"browser\",\"on\":[]}" },
		{ EVENT_SEAT_JOINED, "{\"key\":\"\",\"name\":\"n\",\"org\":\"o\",\"role\":\"host\",\"granted\":\"host\",\"kind\":"
		                     "\"browser\",\"on\":[]}" },
		{ EVENT_SEAT_JOINED, "{\"key\":\"k\",\"name\":\"n\",\"org\":\"o\",\"role\":\"host\",\"granted\":\"host\",\"kind\":"
		                     "\"browser\",\"on\":[7]}" },
		{ EVENT_SEAT_LEFT, "{\"reason\":\"bored\"}" },
		{ EVENT_SEAT_ROLE, "{\"role\":\"\"}" },
		{ EVENT_SEAT_BLOCKED, "{\"source\":\"mic\"}" },
		{ EVENT_SOURCE_CHANGED, "{\"source\":\"nose\",\"on\":true}" },
		{ EVENT_CHAT, "{\"id\":0,\"name\":\"n\",\"text\":\"t\"}" },
	};
	struct fixture f;
	char *before = NULL, *after = NULL;

	(void)state;
	fixture_init(&f);
	assert_int_equal(room_write_durable(f.room, &before), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(apply_one(f.room, bad[i].kind, "s", bad[i].payload), -EBADMSG);
	assert_int_equal(apply_one(f.room, EVENT_SEAT_ROLE, "unknown", "{\"role\":\"host\"}"), 0);
	assert_int_equal(apply_one(f.room, (enum event_kind)999, "", "{}"), 0);
	assert_int_equal(room_write_durable(f.room, &after), 0);
	assert_string_equal(before, after);
	mem_free(before);
	mem_free(after);
	fixture_done(&f);
	assert_int_equal(mem_live(), 0);
}

/* jansson's reader drops characters without a word when memory is short (2.14), so that here only ours runs out. */
static void replay_without_memory_says_so_and_can_go_on(void **state)
{
	struct fixture f;
	struct room *r = NULL;
	char *original = NULL, *again = NULL;
	bool had_host = false;

	(void)state;
	json_set_alloc_funcs(malloc, free);
	fixture_init(&f);
	f.seed = 4;
	for (unsigned i = 0; i < 300; i++)
		step(&f, &had_host);
	assert_int_equal(fixture_create(&f, &r), 0);
	for (size_t i = 0; i < f.n_journal; i++) {
		const struct written *w = &f.journal[i];
		struct event ev = { w->kind, "r1", w->seat, w->actor, w->payload, w->wall_us, w->boot_us };
		int err = -1;

		for (unsigned nth = 1; err != 0; nth++) {
			mem_fail_at(nth);
			err = room_apply(r, &ev);
			mem_fail_at(0);
			assert_true(err == 0 || err == -ENOMEM);
		}
	}
	assert_int_equal(room_write_durable(f.room, &original), 0);
	assert_int_equal(room_write_durable(r, &again), 0);
	assert_string_equal(original, again);
	mem_free(original);
	mem_free(again);
	room_destroy(r);
	fixture_done(&f);
	fixture_count_json();
	assert_int_equal(mem_live(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_acts_replay_to_the_same_room),
		cmocka_unit_test(a_restart_gives_seats_roles_and_blocks_back),
		cmocka_unit_test(forgetting_beyond_the_bound_is_the_same_in_replay),
		cmocka_unit_test(strange_events_are_refused_and_change_nothing),
		cmocka_unit_test(replay_without_memory_says_so_and_can_go_on),
	};

	fixture_count_json();
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
