/* A room's promises: who gets in, who is host, what is muted, what is on record, what memory and journal faults leave. */
#include "classroom/room_floor.h"
#include "tests/unit/classroom/room_fixture.h"

#define ALL_ON (SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_CAMERA))

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

static void assert_last(const struct fixture *f, enum event_kind kind, const char *seat, const char *payload)
{
	assert_int_equal(last(f)->kind, kind);
	assert_string_equal(last(f)->seat, seat);
	assert_string_equal(last(f)->payload, payload);
}

static void a_closed_room_takes_nobody(void **state)
{
	struct fixture *f = *state;
	struct room *closed = NULL;
	struct join join = { .key = "k", .name = "n", .org = "", .granted = ROLE_HOST };
	struct joined joined;

	assert_int_equal(fixture_create(f, &closed), 0);
	assert_int_equal(room_join(closed, f->now, &join, &joined), VERDICT_ENDED);
	assert_false(room_ended(closed));
	room_destroy(closed);
}

/* Who waits switches on what will be seen later; leaders and presenters are seen by all. */
static void a_lobby_shows_nobody_but_who_teaches(void **state)
{
	struct fixture *f = *state;
	struct join host = { .key = "h", .name = "h", .org = "", .granted = ROLE_HOST, .mic = true, .camera = true };
	struct join site = { .key = "s", .name = "s", .org = "", .granted = ROLE_PARTICIPANT, .mic = true, .camera = true };
	struct joined h, s;
	struct room *r = NULL;

	f->lobby = true;
	assert_int_equal(fixture_create(f, &r), 0);
	assert_int_equal(room_open(r, f->now), VERDICT_OK);
	assert_non_null(strstr(last(f)->payload, "\"lobby\":true"));
	assert_int_equal(room_state(r), ROOM_LOBBY);
	assert_int_equal(room_join(r, f->now, &host, &h), VERDICT_OK);
	assert_int_equal(room_join(r, f->now, &site, &s), VERDICT_OK);
	assert_int_equal(h.seat->gates, ALL_ON);
	assert_int_equal(s.seat->gates, 0);
	assert_int_equal(s.seat->on, ALL_ON);
	assert_int_equal(room_source_set(r, f->now, s.seat->id, SEAT_CAMERA, false), VERDICT_OK);
	assert_int_equal(room_lock(r, f->now, h.seat->id, true), VERDICT_FORBIDDEN);
	room_admit(r, f->now);
	assert_int_equal(room_state(r), ROOM_OPEN);
	assert_int_equal(s.seat->gates, SEAT_BIT(SEAT_MIC));
	room_destroy(r);
}

static void a_join_is_recorded_with_all_that_replay_needs(void **state)
{
	struct fixture *f = *state;
	struct join join = { .key = "account:7", .via = "link:9", .name = "张三", .org = "一支部", .granted = ROLE_PARTICIPANT,
		             .mic = true };
	struct joined joined;

	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	assert_false(joined.taken_over || joined.came_back);
	assert_int_equal(strlen(joined.seat->id), 16);
	assert_last(f, EVENT_SEAT_JOINED, joined.seat->id,
	            "{\"key\":\"account:7\",\"name\":\"张三\",\"org\":\"一支部\",\"role\":\"participant\",\"granted\":"
	            "\"participant\",\"kind\":\"browser\",\"on\":[\"mic\"],\"via\":\"link:9\"}");
	assert_int_equal(last(f)->wall_us, f->now.wall_us);
	assert_int_equal(last(f)->boot_us, f->now.boot_us);
	assert_int_equal(joined.seat->gates, SEAT_BIT(SEAT_MIC));
}

static void texts_have_bounds_and_are_utf8(void **state)
{
	struct fixture *f = *state;
	struct seat *s = fixture_join(f, "h", ROLE_HOST);
	char text[ROOM_CHAT_BYTES + 1];
	struct join join = { .key = "k", .name = "n", .org = "o", .granted = ROLE_VIEWER };
	struct joined joined;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(room_chat(f->room, f->now, s->id, text, false, NULL), VERDICT_BAD);
	text[ROOM_CHAT_BYTES - 1] = '\0';
	assert_int_equal(room_chat(f->room, f->now, s->id, text, false, NULL), VERDICT_OK);
	assert_int_equal(room_chat(f->room, f->now, s->id, "", false, NULL), VERDICT_BAD);
	assert_int_equal(room_chat(f->room, f->now, s->id, "\xed\xa0\x80", false, NULL), VERDICT_BAD);
	assert_int_equal(room_chat(f->room, f->now, s->id, "\xc0\x80", false, NULL), VERDICT_BAD);
	assert_int_equal(room_chat(f->room, f->now, s->id, "\xe4\xbc", false, NULL), VERDICT_BAD);
	join.name = text;
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_BAD);
	join.name = "\xff";
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_BAD);
	join = (struct join){ .key = "", .name = "n", .org = "o" };
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_BAD);
}

/* A name that turns what follows it around, or shows nothing, could pass for somebody else's. */
static void names_can_be_seen_and_are_one_line(void **state)
{
	static const char *const bad[] = { "", " ", "\u3000\u00a0", "\u200b", "a\nb", "a\tb", "\x7f", "a\xc2\x85", "\u202egnp.exe", "a\u2066b", "\u2028", "\ufeffa", "\u200d" };
	static const char *const good[] = { "王 伟", "O'Neil", "=1+1", "\U0001f468\u200d\U0001f4bb", "\u0645\u062d\u0645\u062f" };
	struct fixture *f = *state;
	struct join join = { .key = "k", .org = "", .granted = ROLE_PARTICIPANT };
	struct joined joined;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		join.name = bad[i];
		assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_BAD);
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		join.name = good[i];
		assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	}
}

static void the_first_who_is_granted_host_is_host(void **state)
{
	struct fixture *f = *state;
	struct seat *a = fixture_join(f, "account:1", ROLE_PARTICIPANT), *h, *h2, *again;

	assert_null(room_host(f->room));
	h = fixture_join(f, "account:2", ROLE_HOST);
	h2 = fixture_join(f, "account:3", ROLE_HOST);
	assert_int_equal(a->role, ROLE_PARTICIPANT);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(h2->role, ROLE_COHOST);
	again = fixture_join(f, "account:2", ROLE_HOST);
	assert_ptr_equal(again, h);
	assert_int_equal(h->role, ROLE_HOST);
}

static void a_hosts_token_on_whip_or_whep_never_displaces_the_host(void **state)
{
	struct fixture *f = *state;
	struct seat *whip, *whep, *h;

	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHIP, ROLE_HOST, &whip), VERDICT_OK);
	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHEP, ROLE_HOST, &whep), VERDICT_OK);
	assert_null(room_host(f->room));
	assert_int_equal(whip->role, ROLE_PRESENTER);
	assert_int_equal(whep->role, ROLE_VIEWER);
	assert_ptr_not_equal(whip, whep);
	assert_int_equal(whip->gates, ALL_ON);
	assert_int_equal(whep->gates, 0);
	h = fixture_join(f, "seat:obs", ROLE_HOST);
	assert_ptr_equal(room_host(f->room), h);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, whip->id), VERDICT_FORBIDDEN);
	assert_int_equal(fixture_try_join(f, "seat:cam", SEAT_WHIP, ROLE_VIEWER, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(fixture_try_join(f, "seat:cam", SEAT_WHIP, ROLE_INSPECTOR, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(fixture_try_join(f, "seat:i", SEAT_WHEP, ROLE_INSPECTOR, &whep), VERDICT_OK);
	assert_int_equal(whep->role, ROLE_INSPECTOR);
}

static void the_host_is_reserved_while_the_line_is_down(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "account:1", ROLE_HOST), *b;
	char id[SEAT_ID_BYTES];

	strcpy(id, h->id);
	room_away(f->room, f->now, id);
	b = fixture_join(f, "guest:b", ROLE_HOST);
	assert_int_equal(b->role, ROLE_COHOST);
	room_leave(f->room, f->now, id, LEAVE_LOST);
	fixture_pass(f, HOST_GRACE_US - 1);
	b = fixture_join(f, "guest:c", ROLE_HOST);
	assert_int_equal(b->role, ROLE_COHOST);
	h = fixture_join(f, "account:1", ROLE_HOST);
	assert_int_equal(h->role, ROLE_HOST);
	assert_string_equal(h->id, id);
	room_leave(f->room, f->now, id, LEAVE_LOST);
	fixture_pass(f, HOST_GRACE_US);
	assert_int_equal(fixture_join(f, "guest:p", ROLE_PARTICIPANT)->role, ROLE_PARTICIPANT);
	b = fixture_join(f, "guest:d", ROLE_HOST);
	assert_int_equal(b->role, ROLE_HOST);
	h = fixture_join(f, "account:1", ROLE_HOST);
	assert_int_equal(b->role, ROLE_COHOST);
	assert_ptr_equal(room_host(f->room), h);
}

static void a_host_who_leaves_on_purpose_frees_the_role_for_hosts_only(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "guest:1", ROLE_HOST);

	room_leave(f->room, f->now, h->id, LEAVE_LEFT);
	assert_int_equal(fixture_join(f, "guest:2", ROLE_COHOST)->role, ROLE_COHOST);
	assert_int_equal(fixture_join(f, "guest:3", ROLE_HOST)->role, ROLE_HOST);
}

static void hand_over_leaves_exactly_one_host(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT);
	struct seat *v = fixture_join(f, "v", ROLE_VIEWER), *i = fixture_join(f, "i", ROLE_INSPECTOR);

	assert_int_equal(room_hand_over(f->room, f->now, p->id, h->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, v->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, i->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, "nobody"), VERDICT_NO_SEAT);
	room_away(f->room, f->now, p->id);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, p->id), VERDICT_NO_SEAT);
	assert_int_equal(room_return(f->room, f->now, p->id), VERDICT_OK);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_CAMERA, false), VERDICT_OK);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, p->id), VERDICT_OK);
	assert_int_equal(p->blocked, 0);
	assert_last(f, EVENT_SEAT_ROLE, p->id, "{\"role\":\"host\"}");
	assert_int_equal(f->last_notice, NOTICE_YOU_ARE_HOST);
	assert_int_equal(h->role, ROLE_COHOST);
	assert_ptr_equal(room_host(f->room), p);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, h->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_end(f->room, f->now, h->id), VERDICT_FORBIDDEN);
	room_leave(f->room, f->now, p->id, LEAVE_LOST);
	p = fixture_join(f, "p", ROLE_VIEWER);
	assert_int_equal(p->role, ROLE_HOST);
}

static void a_locked_room_takes_back_whom_it_knows(void **state)
{
	struct fixture *f = *state;
	struct seat *c = fixture_join(f, "c", ROLE_COHOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT), *h;

	assert_int_equal(room_lock(f->room, f->now, p->id, true), VERDICT_FORBIDDEN);
	assert_int_equal(room_lock(f->room, f->now, c->id, true), VERDICT_OK);
	assert_last(f, EVENT_ROOM_LOCKED, "", "{\"locked\":true}");
	assert_int_equal(fixture_try_join(f, "new", SEAT_BROWSER, ROLE_PARTICIPANT, NULL), VERDICT_LOCKED);
	assert_int_equal(fixture_try_join(f, "new", SEAT_WHEP, ROLE_HOST, NULL), VERDICT_LOCKED);
	room_leave(f->room, f->now, p->id, LEAVE_LEFT);
	p = fixture_join(f, "p", ROLE_PARTICIPANT);
	assert_int_equal(p->gates, ALL_ON);
	h = fixture_join(f, "h", ROLE_HOST);
	assert_int_equal(room_lock(f->room, f->now, h->id, false), VERDICT_OK);
	assert_int_equal(fixture_try_join(f, "new", SEAT_BROWSER, ROLE_PARTICIPANT, NULL), VERDICT_OK);
}

static void a_muted_mic_forwards_nothing_whatever_its_client_says(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT);

	assert_int_equal(room_mute(f->room, f->now, p->id, h->id, SEAT_MIC, true), VERDICT_FORBIDDEN);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_MIC, true), VERDICT_OK);
	assert_last(f, EVENT_SOURCE_CHANGED, p->id, "{\"source\":\"mic\",\"on\":false,\"by_host\":true}");
	assert_string_equal(last(f)->actor, h->id);
	assert_int_equal(f->last_notice, NOTICE_MUTED);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(p->gates, ALL_ON);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_MIC, false), VERDICT_OK);
	assert_last(f, EVENT_SEAT_BLOCKED, p->id, "{\"source\":\"mic\",\"blocked\":true}");
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_CAMERA, false), VERDICT_OK);
	assert_int_equal(f->last_notice, NOTICE_CAMERA_STOPPED);
	assert_int_equal(p->gates, 0);
	room_leave(f->room, f->now, p->id, LEAVE_LOST);
	p = fixture_join(f, "p", ROLE_PARTICIPANT);
	assert_int_equal(p->gates, 0);
	assert_int_equal(room_allow(f->room, f->now, h->id, p->id, SEAT_MIC), VERDICT_OK);
	assert_int_equal(p->gates, 0);
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_MIC));
}

static void mute_all_without_self_unmute_holds_for_who_comes_later(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);
	struct seat *p = fixture_join(f, "p", ROLE_PARTICIPANT), *late;
	size_t muted = 99;

	assert_int_equal(room_mute_all(f->room, f->now, p->id, false, &muted), VERDICT_FORBIDDEN);
	assert_int_equal(room_mute_all(f->room, f->now, c->id, false, &muted), VERDICT_OK);
	assert_int_equal(muted, 1);
	assert_int_equal(h->gates, ALL_ON);
	assert_int_equal(c->gates, ALL_ON);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	late = fixture_join(f, "late", ROLE_PARTICIPANT);
	assert_int_equal(late->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, late->id, SEAT_MIC, true), VERDICT_BLOCKED);
	assert_int_equal(room_allow(f->room, f->now, h->id, late->id, SEAT_MIC), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, late->id, SEAT_MIC, true), VERDICT_OK);
	room_leave(f->room, f->now, late->id, LEAVE_LOST);
	late = fixture_join(f, "late", ROLE_PARTICIPANT);
	assert_int_equal(late->gates, ALL_ON);
	assert_int_equal(room_set_role(f->room, f->now, h->id, p->id, ROLE_COHOST), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_set_role(f->room, f->now, h->id, p->id, ROLE_PARTICIPANT), VERDICT_OK);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_BLOCKED);
}

static void lifting_leaves_mics_off_and_single_blocks_in_force(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT);
	struct seat *q = fixture_join(f, "q", ROLE_PARTICIPANT), *late;

	assert_int_equal(room_mute(f->room, f->now, h->id, q->id, SEAT_MIC, false), VERDICT_OK);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, true, NULL), VERDICT_OK);
	assert_int_equal(room_mute_rule(f->room), ROOM_MUTE_SOFT);
	late = fixture_join(f, "late", ROLE_PARTICIPANT);
	assert_int_equal(late->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, late->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_OK);
	assert_int_equal(room_unmute_all(f->room, f->now, h->id), VERDICT_OK);
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, q->id, SEAT_MIC, true), VERDICT_BLOCKED);
}

static void a_whip_seat_is_muted_by_blocking_and_comes_back_by_allowing(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *obs, *late;

	assert_int_equal(fixture_try_join(f, "seat:obs", SEAT_WHIP, ROLE_PRESENTER, &obs), VERDICT_OK);
	assert_int_equal(room_source_set(f->room, f->now, obs->id, SEAT_MIC, false), VERDICT_FORBIDDEN);
	assert_int_equal(room_mute(f->room, f->now, h->id, obs->id, SEAT_MIC, true), VERDICT_OK);
	assert_int_equal(obs->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_allow(f->room, f->now, h->id, obs->id, SEAT_MIC), VERDICT_OK);
	assert_int_equal(obs->gates, ALL_ON);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, true, NULL), VERDICT_OK);
	assert_int_equal(obs->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(fixture_try_join(f, "seat:late", SEAT_WHIP, ROLE_PRESENTER, &late), VERDICT_OK);
	assert_int_equal(late->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(room_unmute_all(f->room, f->now, h->id), VERDICT_OK);
	assert_int_equal(obs->gates, ALL_ON);
	assert_int_equal(late->gates, ALL_ON);
}

static void who_is_removed_does_not_return_by_key_or_token(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);
	struct join join = { .key = "guest:p", .via = "token:5", .name = "p", .org = "", .granted = ROLE_PARTICIPANT };
	struct joined joined;
	char id[SEAT_ID_BYTES];

	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	strcpy(id, joined.seat->id);
	assert_int_equal(room_remove(f->room, f->now, c->id, h->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_remove(f->room, f->now, h->id, h->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_remove(f->room, f->now, c->id, id), VERDICT_OK);
	assert_int_equal(f->journal[f->n_journal - 2].kind, EVENT_SEAT_REMOVED);
	assert_last(f, EVENT_SEAT_LEFT, id, "{\"reason\":\"removed\"}");
	assert_int_equal(f->last_ended, LEAVE_REMOVED);
	assert_int_equal(room_return(f->room, f->now, id), VERDICT_NO_SEAT);
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_REMOVED);
	join.via = NULL;
	join.kind = SEAT_WHEP;
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_REMOVED);
	join.key = "guest:other";
	join.via = "token:5";
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_REMOVED);
	assert_int_equal(room_remove(f->room, f->now, c->id, id), VERDICT_NO_SEAT);
	assert_int_equal(room_end(f->room, f->now, h->id), VERDICT_OK);
	assert_int_equal(room_open(f->room, f->now), VERDICT_OK);
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
}

static void ending_ends_every_seat_and_opening_again_is_a_new_epoch(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT);
	char epoch[ROOM_EPOCH_BYTES], hid[SEAT_ID_BYTES];

	strcpy(epoch, room_epoch(f->room));
	strcpy(hid, h->id);
	assert_int_equal(strlen(epoch), 16);
	assert_int_equal(room_end(f->room, f->now, p->id), VERDICT_FORBIDDEN);
	assert_int_equal(room_end(f->room, f->now, h->id), VERDICT_OK);
	assert_int_equal(f->n_ended, 2);
	assert_int_equal(f->last_ended, LEAVE_ENDED);
	assert_int_equal(room_here(f->room), 0);
	assert_true(room_ended(f->room));
	assert_int_equal(fixture_try_join(f, "h", SEAT_BROWSER, ROLE_HOST, NULL), VERDICT_ENDED);
	assert_int_equal(room_chat(f->room, f->now, hid, "x", false, NULL), VERDICT_ENDED);
	assert_int_equal(room_open(f->room, f->now), VERDICT_OK);
	assert_string_not_equal(room_epoch(f->room), epoch);
	h = fixture_join(f, "h", ROLE_HOST);
	assert_string_not_equal(h->id, hid);
}

static void coming_back_within_grace_is_no_second_join(void **state)
{
	struct fixture *f = *state;
	struct seat *p = fixture_join(f, "p", ROLE_PARTICIPANT);

	room_away(f->room, f->now, p->id);
	assert_last(f, EVENT_SEAT_AWAY, p->id, "{}");
	assert_int_equal(p->gates, ALL_ON);
	assert_int_equal(room_here(f->room), 1);
	assert_int_equal(room_return(f->room, f->now, p->id), VERDICT_OK);
	assert_last(f, EVENT_SEAT_RETURNED, p->id, "{}");
	room_leave(f->room, f->now, p->id, LEAVE_LEFT);
	assert_last(f, EVENT_SEAT_LEFT, p->id, "{\"reason\":\"left\"}");
	room_leave(f->room, f->now, p->id, LEAVE_LOST);
	assert_last(f, EVENT_SEAT_LEFT, p->id, "{\"reason\":\"left\"}");
	assert_int_equal(p->gates, 0);
	assert_int_equal(room_here(f->room), 0);
}

static void a_second_device_takes_the_seat_over(void **state)
{
	struct fixture *f = *state;
	struct join join = { .key = "account:1", .name = "新名", .org = "", .granted = ROLE_PARTICIPANT, .camera = true };
	struct seat *p = fixture_join(f, "account:1", ROLE_PARTICIPANT);
	struct joined joined;

	room_sending(f->room, p->id, SEAT_MIC, true);
	room_voice(f->room, f->now.boot_us, p->id, true);
	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	assert_true(joined.taken_over && joined.came_back);
	assert_ptr_equal(joined.seat, p);
	assert_string_equal(p->name, "新名");
	assert_int_equal(p->gates, SEAT_BIT(SEAT_CAMERA));
	assert_int_equal(p->sending, 0);
	assert_false(p->speaking);
	assert_int_equal(room_here(f->room), 1);
}

static void roles_follow_the_rooms_acts_unless_the_grant_changes(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *c = fixture_join(f, "c", ROLE_COHOST);
	struct seat *p = fixture_join(f, "p", ROLE_PARTICIPANT), *i = fixture_join(f, "i", ROLE_INSPECTOR);

	assert_int_equal(room_set_role(f->room, f->now, c->id, p->id, ROLE_COHOST), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, c->id, p->id, ROLE_HOST), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, h->id, p->id, ROLE_HOST), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, h->id, p->id, ROLE_INSPECTOR), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, h->id, i->id, ROLE_PARTICIPANT), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, h->id, h->id, ROLE_VIEWER), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_role(f->room, f->now, c->id, p->id, ROLE_VIEWER), VERDICT_OK);
	assert_int_equal(p->gates, 0);
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, true), VERDICT_FORBIDDEN);
	assert_int_equal(fixture_join(f, "p", ROLE_PARTICIPANT)->role, ROLE_VIEWER);
	assert_int_equal(fixture_join(f, "p", ROLE_PRESENTER)->role, ROLE_PRESENTER);
	assert_int_equal(room_set_role(f->room, f->now, h->id, c->id, ROLE_PARTICIPANT), VERDICT_OK);
	assert_int_equal(fixture_join(f, "c", ROLE_COHOST)->role, ROLE_PARTICIPANT);
	assert_int_equal(room_chat(f->room, f->now, i->id, "x", false, NULL), VERDICT_FORBIDDEN);
	assert_int_equal(room_source_set(f->room, f->now, i->id, SEAT_CAMERA, true), VERDICT_FORBIDDEN);
}

static void a_line_is_chosen_by_its_seat_or_a_leader_and_found_by_the_server(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT), *v = fixture_join(f, "v", ROLE_VIEWER);
	size_t recorded = f->n_journal;
	unsigned told;

	assert_int_equal(seat_line(p), LINE_FULL);
	room_line_found(f->room, p->id, true);
	assert_int_equal(seat_line(p), LINE_VILLAGE);
	assert_int_equal(room_set_line(f->room, f->now, p->id, p->id, LINE_FULL), VERDICT_OK);
	assert_int_equal(seat_line(p), LINE_FULL);
	assert_int_equal(f->n_notice, 0);
	assert_int_equal(room_set_line(f->room, f->now, p->id, v->id, LINE_VOICE), VERDICT_FORBIDDEN);
	assert_int_equal(room_set_line(f->room, f->now, v->id, v->id, LINE_VOICE), VERDICT_OK);
	assert_int_equal(room_set_line(f->room, f->now, h->id, p->id, LINE_VILLAGE), VERDICT_OK);
	assert_int_equal(f->last_notice, NOTICE_LINE_SET);
	assert_int_equal(f->n_notice, 1);
	told = f->n_seat;
	assert_int_equal(room_set_line(f->room, f->now, h->id, p->id, LINE_VILLAGE), VERDICT_OK);
	room_line_found(f->room, p->id, true);
	room_line_found(f->room, "nobody", true);
	assert_int_equal(f->n_seat, told);
	assert_int_equal(room_set_line(f->room, f->now, h->id, p->id, LINE_PROFILES), VERDICT_BAD);
	assert_int_equal(f->n_journal, recorded);
	assert_int_equal(room_set_line(f->room, f->now, p->id, p->id, LINE_AUTO), VERDICT_OK);
	assert_int_equal(seat_line(p), LINE_FULL);
	room_line_found(f->room, p->id, true);
	assert_int_equal(seat_line(p), LINE_VILLAGE);
	assert_int_equal(seat_line(fixture_join(f, "p", ROLE_PARTICIPANT)), LINE_FULL);
}

static void what_cannot_be_recorded_does_not_happen(void **state)
{
	struct fixture *f = *state;
	struct seat *h = fixture_join(f, "h", ROLE_HOST), *p = fixture_join(f, "p", ROLE_PARTICIPANT);
	char *before = NULL, *after = NULL;

	assert_int_equal(room_write_durable(f->room, &before), 0);
	f->refusing = true;
	assert_int_equal(fixture_try_join(f, "x", SEAT_BROWSER, ROLE_VIEWER, NULL), VERDICT_NOT_RECORDED);
	assert_int_equal(room_lock(f->room, f->now, h->id, true), VERDICT_NOT_RECORDED);
	assert_int_equal(room_mute_all(f->room, f->now, h->id, false, NULL), VERDICT_NOT_RECORDED);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_MIC, false), VERDICT_NOT_RECORDED);
	assert_int_equal(room_mute(f->room, f->now, h->id, p->id, SEAT_MIC, true), VERDICT_NOT_RECORDED);
	assert_int_equal(room_remove(f->room, f->now, h->id, p->id), VERDICT_NOT_RECORDED);
	assert_int_equal(room_set_role(f->room, f->now, h->id, p->id, ROLE_COHOST), VERDICT_NOT_RECORDED);
	assert_int_equal(room_hand_over(f->room, f->now, h->id, p->id), VERDICT_NOT_RECORDED);
	assert_int_equal(room_chat(f->room, f->now, p->id, "x", false, NULL), VERDICT_NOT_RECORDED);
	assert_int_equal(room_source_set(f->room, f->now, p->id, SEAT_MIC, false), VERDICT_NOT_RECORDED);
	assert_int_equal(room_end(f->room, f->now, h->id), VERDICT_NOT_RECORDED);
	assert_int_equal(p->gates, ALL_ON);
	assert_int_equal(room_write_durable(f->room, &after), 0);
	assert_string_equal(before, after);
	room_away(f->room, f->now, p->id);
	room_leave(f->room, f->now, p->id, LEAVE_LOST);
	assert_int_equal(room_here(f->room), 1);
	mem_free(before);
	mem_free(after);
}

static void the_roster_is_paged_in_the_order_of_ids(void **state)
{
	struct fixture *f = *state;
	const struct seat *page[7];
	const char *after = "";
	size_t n, total = 0;
	char key[32];

	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		fixture_join(f, key, ROLE_VIEWER);
	}
	do {
		n = room_roster(f->room, after, page, ARRAY_LEN(page));
		for (size_t i = 0; i < n; i++) {
			assert_true(strcmp(page[i]->id, after) > 0);
			after = page[i]->id;
		}
		total += n;
	} while (n == ARRAY_LEN(page));
	assert_int_equal(total, 40);
}

static void chat_keeps_the_last_hundred_lines(void **state)
{
	struct fixture *f = *state;
	struct seat *p = fixture_join(f, "p", ROLE_VIEWER);
	const struct chat_line *lines[CHAT_LINES];
	char text[16];
	uint64_t id;

	for (unsigned i = 1; i <= 130; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		assert_int_equal(room_chat(f->room, f->now, p->id, text, false, &id), VERDICT_OK);
		assert_int_equal(id, i);
	}
	assert_int_equal(room_chat_lines(f->room, lines, CHAT_LINES), CHAT_LINES);
	assert_string_equal(lines[0]->text, "line 31");
	assert_string_equal(lines[99]->text, "line 130");
	assert_int_equal(room_chat_lines(f->room, lines, 2), 2);
	assert_string_equal(lines[0]->text, "line 129");
}

static void who_was_forgotten_wrote_nothing(void **state)
{
	struct fixture *f = *state;
	struct seat *other = fixture_join(f, "other", ROLE_PARTICIPANT);
	struct join join = { .key = "account:7", .name = "欧阳忘却", .org = "x", .person = "00112233445566ff", .kind = SEAT_BROWSER, .granted = ROLE_PARTICIPANT };
	const struct chat_line *lines[CHAT_LINES];
	const struct seat *hands[2];
	struct joined joined;

	assert_int_equal(room_join(f->room, f->now, &join, &joined), VERDICT_OK);
	for (unsigned i = 0; i < 130; i++)
		assert_int_equal(room_chat(f->room, f->now, i % 3 ? other->id : joined.seat->id, i % 3 ? "kept" : "gone", false, NULL), VERDICT_OK);
	assert_int_equal(room_raise_hand(f->room, f->now, joined.seat->id, "欧阳忘却"), VERDICT_OK);
	room_forget(f->room, "00112233445566ff");
	assert_string_equal(joined.seat->name, "");
	assert_int_equal(room_hands(f->room, hands, 2), 0);
	assert_int_equal(room_chat_lines(f->room, lines, CHAT_LINES), 66);
	for (unsigned i = 0; i < 66; i++)
		assert_string_equal(lines[i]->text, "kept");
	assert_true(lines[65]->id == 129 && lines[0]->id == 32);
	assert_int_equal(room_chat(f->room, f->now, other->id, "last", false, NULL), VERDICT_OK);
	assert_int_equal(room_chat_lines(f->room, lines, CHAT_LINES), 67);
	assert_string_equal(lines[66]->text, "last");
	room_forget(f->room, "");
	assert_string_not_equal(other->name, "");
}

static void speakers_are_the_latest_first_and_at_most_eight(void **state)
{
	struct fixture *f = *state;
	const struct seat *speakers[ROOM_SPEAKERS_MAX];
	struct seat *seats[10];
	char key[32];

	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		seats[i] = fixture_join(f, key, ROLE_PARTICIPANT);
		fixture_pass(f, 1000);
		room_voice(f->room, f->now.boot_us, seats[i]->id, true);
	}
	assert_int_equal(room_speakers(f->room, speakers), 8);
	assert_ptr_equal(speakers[0], seats[9]);
	assert_ptr_equal(speakers[7], seats[2]);
	room_voice(f->room, f->now.boot_us, seats[9]->id, false);
	assert_int_equal(room_source_set(f->room, f->now, seats[8]->id, SEAT_MIC, false), VERDICT_OK);
	room_leave(f->room, f->now, seats[7]->id, LEAVE_LOST);
	assert_int_equal(room_speakers(f->room, speakers), 7);
	assert_ptr_equal(speakers[0], seats[6]);
	assert_ptr_equal(speakers[6], seats[0]);
	room_voice(f->room, f->now.boot_us, seats[8]->id, true);
	assert_int_equal(room_speakers(f->room, speakers), 7);
}

static void a_full_room_says_so_and_known_seats_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct seat *s, *first;
	char key[32];

	first = fixture_join(f, "first", ROLE_HOST);
	for (int i = 1; i < ROOM_SEATS_MAX; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		fixture_join(f, key, ROLE_VIEWER);
	}
	assert_int_equal(fixture_try_join(f, "more", SEAT_BROWSER, ROLE_VIEWER, NULL), VERDICT_FULL);
	assert_int_equal(fixture_try_join(f, "k5", SEAT_BROWSER, ROLE_VIEWER, NULL), VERDICT_OK);
	room_leave(f->room, f->now, first->id, LEAVE_LOST);
	for (int i = 0; i < ROOM_KNOWN_MAX; i++) {
		snprintf(key, sizeof(key), "m%d", i);
		assert_int_equal(fixture_try_join(f, key, SEAT_BROWSER, ROLE_VIEWER, &s), VERDICT_OK);
		room_leave(f->room, f->now, s->id, LEAVE_LEFT);
	}
	assert_null(room_seat_by_key(f->room, "m0", SEAT_BROWSER));
	assert_non_null(room_seat_by_key(f->room, "m19999", SEAT_BROWSER));
	assert_ptr_equal(room_host(f->room), first);
}

static void a_room_may_be_smaller(void **state)
{
	struct fixture *f = *state;
	struct room_cfg cfg = { .id = "small", .title = "t", .org = "o", .seats_max = 2, .random = fixture_bytes, .events = &fixture_events, .user = f };

	room_destroy(f->room);
	assert_int_equal(room_create(&f->room, &cfg), 0);
	assert_int_equal(room_open(f->room, f->now), VERDICT_OK);
	fixture_join(f, "first", ROLE_HOST);
	fixture_join(f, "second", ROLE_VIEWER);
	assert_int_equal(fixture_try_join(f, "third", SEAT_BROWSER, ROLE_VIEWER, NULL), VERDICT_FULL);
	assert_int_equal(fixture_try_join(f, "second", SEAT_BROWSER, ROLE_VIEWER, NULL), VERDICT_OK);
}

static void a_guests_whep_seat_is_forgotten_as_it_goes(void **state)
{
	struct fixture *f = *state;
	struct seat *s;

	assert_int_equal(fixture_try_join(f, "guest:w", SEAT_WHEP, ROLE_VIEWER, &s), VERDICT_OK);
	room_leave(f->room, f->now, s->id, LEAVE_LEFT);
	assert_null(room_seat_by_key(f->room, "guest:w", SEAT_WHEP));
}

static void proofs_of_life_are_one_event(void **state)
{
	struct fixture *f = *state;
	const char *const ids[] = { "aa", "bb" };

	assert_int_equal(room_alive(f->room, f->now, ids, 2), 0);
	assert_last(f, EVENT_SEATS_ALIVE, "", "{\"seats\":[\"aa\",\"bb\"]}");
	assert_int_equal(room_alive(f->room, f->now, NULL, 0), 0);
	assert_int_equal(f->n_journal, 2);
}

/* Every act with memory failing at the first, second, … allocation: the state is the old one or the new one. */
static enum verdict one_act(struct fixture *f, unsigned which, struct seat *h, struct seat *p)
{
	switch (which) {
	case 0:
		return fixture_try_join(f, "new", SEAT_BROWSER, ROLE_PARTICIPANT, NULL);
	case 1:
		return fixture_try_join(f, "p", SEAT_BROWSER, ROLE_PRESENTER, NULL);
	case 2:
		return room_chat(f->room, f->now, p->id, "你好", false, NULL);
	case 3:
		return room_mute_all(f->room, f->now, h->id, false, NULL);
	case 4:
		return room_mute(f->room, f->now, h->id, p->id, SEAT_CAMERA, false);
	case 5:
		return room_set_role(f->room, f->now, h->id, p->id, ROLE_VIEWER);
	case 6:
		return room_hand_over(f->room, f->now, h->id, p->id);
	case 7:
		return room_lock(f->room, f->now, h->id, true);
	case 8:
		return room_remove(f->room, f->now, h->id, p->id);
	default:
		return room_end(f->room, f->now, h->id);
	}
}

static void memory_fails_without_half_done_acts(void **state)
{
	struct fixture *f = *state;
	struct join join = { .key = "p", .via = "token:1", .name = "p", .org = "", .granted = ROLE_PARTICIPANT, .mic = true };
	struct joined p;

	for (unsigned which = 0; which < 10; which++)
		for (unsigned nth = 1;; nth++) {
			char *before = NULL, *after = NULL;
			enum verdict v;
			struct seat *h;
			int64_t live;

			fixture_done(f);
			fixture_init(f);
			for (int i = 0; i < 15; i++) {
				char key[32];

				snprintf(key, sizeof(key), "k%d", i);
				fixture_join(f, key, i == 0 ? ROLE_HOST : ROLE_VIEWER);
			}
			h = room_host(f->room);
			assert_int_equal(room_join(f->room, f->now, &join, &p), VERDICT_OK);
			assert_int_equal(room_write_durable(f->room, &before), 0);
			live = mem_live();
			mem_fail_at(nth);
			v = one_act(f, which, h, p.seat);
			mem_fail_at(0);
			if (v == VERDICT_OK) {
				mem_free(before);
				break;
			}
			assert_int_equal(v, VERDICT_NO_MEMORY);
			assert_int_equal(mem_live(), live);
			assert_int_equal(room_write_durable(f->room, &after), 0);
			assert_string_equal(before, after);
			mem_free(before);
			mem_free(after);
		}
}

static void a_room_is_made_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct room *r = NULL;
	struct room_cfg cfg = { .id = "", .title = "t", .org = "o", .random = fixture_bytes, .events = &fixture_events };
	int64_t live = mem_live();

	assert_int_equal(room_create(&r, &cfg), -EINVAL);
	cfg.id = "0123456789012345678901234567890123456789012345678901234567890123x";
	assert_int_equal(room_create(&r, &cfg), -EINVAL);
	for (unsigned nth = 1;; nth++) {
		mem_fail_at(nth);
		if (fixture_create(f, &r) == 0)
			break;
		assert_null(r);
		assert_int_equal(mem_live(), live);
	}
	mem_fail_at(1);
	assert_int_equal(room_open(r, f->now), VERDICT_NO_MEMORY);
	mem_fail_at(0);
	assert_int_equal(room_state(r), ROOM_CLOSED);
	room_destroy(r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lobby_shows_nobody_but_who_teaches),
		TEST(a_closed_room_takes_nobody),
		TEST(a_join_is_recorded_with_all_that_replay_needs),
		TEST(texts_have_bounds_and_are_utf8),
		TEST(names_can_be_seen_and_are_one_line),
		TEST(the_first_who_is_granted_host_is_host),
		TEST(a_hosts_token_on_whip_or_whep_never_displaces_the_host),
		TEST(the_host_is_reserved_while_the_line_is_down),
		TEST(a_host_who_leaves_on_purpose_frees_the_role_for_hosts_only),
		TEST(hand_over_leaves_exactly_one_host),
		TEST(a_locked_room_takes_back_whom_it_knows),
		TEST(a_muted_mic_forwards_nothing_whatever_its_client_says),
		TEST(mute_all_without_self_unmute_holds_for_who_comes_later),
		TEST(lifting_leaves_mics_off_and_single_blocks_in_force),
		TEST(a_whip_seat_is_muted_by_blocking_and_comes_back_by_allowing),
		TEST(who_is_removed_does_not_return_by_key_or_token),
		TEST(ending_ends_every_seat_and_opening_again_is_a_new_epoch),
		TEST(coming_back_within_grace_is_no_second_join),
		TEST(a_second_device_takes_the_seat_over),
		TEST(roles_follow_the_rooms_acts_unless_the_grant_changes),
		TEST(a_line_is_chosen_by_its_seat_or_a_leader_and_found_by_the_server),
		TEST(what_cannot_be_recorded_does_not_happen),
		TEST(the_roster_is_paged_in_the_order_of_ids),
		TEST(chat_keeps_the_last_hundred_lines),
		TEST(who_was_forgotten_wrote_nothing),
		TEST(speakers_are_the_latest_first_and_at_most_eight),
		TEST(a_full_room_says_so_and_known_seats_are_bounded),
		TEST(a_room_may_be_smaller),
		TEST(a_guests_whep_seat_is_forgotten_as_it_goes),
		TEST(proofs_of_life_are_one_event),
		TEST(memory_fails_without_half_done_acts),
		TEST(a_room_is_made_or_not_at_all),
	};

	fixture_count_json();
	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
