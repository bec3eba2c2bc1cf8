/* What a class's asks promise: who may answer what, once; what is refused and how it is recorded; tallies; the journal alone rebuilds all. */
#include "tests/unit/classroom/asks_fixture.h"

static int start(void **state)
{
	static struct fixture f;

	fixture_init(&f);
	*state = &f;
	return 0;
}

static int stop(void **state)
{
	struct fixture *f = *state;

	fixture_check_rebuilt(f);
	fixture_done(f);
	assert_int_equal(mem_live(), 0);
	return 0;
}

static void assert_last(const struct fixture *f, enum event_kind kind, const char *actor, const char *payload)
{
	assert_true(f->n_journal > 0);
	assert_int_equal(fixture_last(f)->kind, kind);
	assert_string_equal(fixture_last(f)->actor, actor);
	assert_string_equal(fixture_last(f)->payload, payload);
}

static void an_ask_is_recorded_with_all_that_replay_needs(void **state)
{
	struct fixture *f = *state;
	int64_t sites[] = { 7, 3, 7 };
	struct ask_spec spec = fixture_spec(ASK_QUIZ);
	uint32_t id = 0;

	spec.most = 2;
	spec.right = 5;
	spec.sites = sites;
	spec.n_sites = 3;
	assert_int_equal(asks_next_id(f->asks), 1);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id), ASK_TAKEN);
	assert_int_equal(id, 1);
	assert_last(f, EVENT_ASK_OPENED, fixture_host.id,
	            "{\"ask\":1,\"kind\":\"quiz\",\"audience\":\"persons\",\"prompt\":\"同意吗?\",\"deadline_ms\":1000000030000,\"options\":"
	            "[\"同意\",\"不同意\",\"弃权\"],\"most\":2,\"right\":[0,2],\"sites\":[3,7]}");
	assert_int_equal(asks_deadline_us(f->asks), f->now.boot_us + SPAN_US);
	assert_int_equal(f->n_state, 1);
}

static void what_cannot_be_asked_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ask_spec good = fixture_spec(ASK_POLL), bad[16];
	struct actor stranger = { ACTOR_PERSON, "xyz" };
	char longer[ASK_PROMPT_BYTES + 1];
	int64_t none[] = { 0 };
	uint32_t id = 0;

	memset(longer, 'x', sizeof(longer));
	longer[ASK_PROMPT_BYTES] = 0;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = good;
	bad[0].prompt = "";
	bad[1].prompt = longer;
	bad[2].prompt = "\xed\xa0\x80";
	bad[3].n_options = 1;
	bad[4].options[1] = "同意";
	bad[5].options[1] = " ";
	bad[6].right = 1;
	bad[7].kind = ASK_QUIZ;
	bad[8].most = 4;
	bad[9].kind = ASK_CHECK;
	bad[10].hour = 1;
	bad[11].sites = none;
	bad[11].n_sites = 1;
	bad[12].kind = ASK_KINDS;
	bad[13].kind = ASK_BALLOT;
	bad[13].audience = ASK_SEATS;
	bad[14].options[2] = "a\nb";
	bad[15].kind = ASK_QUIZ;
	bad[15].right = 8;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &bad[i], SPAN_US, 9, &id), ASK_BAD);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &good, ASK_SPAN_MIN_US - 1, 9, &id), ASK_BAD);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &good, ASK_SPAN_MAX_US + 1, 9, &id), ASK_BAD);
	assert_int_equal(asks_open(f->asks, f->now, &stranger, &good, SPAN_US, 9, &id), ASK_BAD);
	assert_int_equal(f->n_journal, 0);
	assert_int_equal(id, 0);
}

static void a_persons_own_answer_counts_once(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_VOTE), choice = 0;
	const struct ask_tally *t = &asks_get(f->asks, id)->tally;

	assert_int_equal(fixture_answer(f, id, 12, 1), ASK_TAKEN);
	assert_last(f, EVENT_ASK_ANSWERED, "000000000000000c",
	            "{\"ask\":1,\"site\":2,\"grade\":\"qr\",\"by\":\"person\",\"choice\":[0],\"person\":\"000000000000000c\"}");
	assert_int_equal(fixture_answer(f, id, 12, 1), ASK_SAME);
	assert_int_equal(f->n_journal, 2);
	assert_int_equal(fixture_answer(f, id, 12, 2), ASK_REPLAYED);
	assert_last(f, EVENT_ASK_REFUSED, "000000000000000c", "{\"ask\":1,\"why\":\"replayed\",\"person\":\"000000000000000c\"}");
	assert_int_equal(t->answered, 1);
	assert_int_equal(t->options[0], 1);
	assert_int_equal(t->options[1], 0);
	assert_int_equal(f->n_tally, 1);
	assert_true(asks_choice(f->asks, id, "000000000000000c", 0, &choice));
	assert_int_equal(choice, 1);
	assert_false(asks_choice(f->asks, id, "000000000000000d", 0, &choice));
	assert_false(asks_choice(f->asks, id, "@2", 0, &choice));
}

static void a_delegate_answers_for_who_is_signed_in_there_and_nobody_else(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_CHECK);

	assert_int_equal(fixture_name(f, id, 12, 2, 0), ASK_TAKEN);
	assert_string_equal(fixture_last(f)->actor, "000000000000ff02");
	assert_int_equal(fixture_name(f, id, 3, 2, 0), ASK_FOREIGN);
	assert_last(f, EVENT_ASK_REFUSED, "000000000000ff02", "{\"ask\":1,\"why\":\"foreign\",\"person\":\"0000000000000003\",\"site\":2}");
	assert_int_equal(fixture_name(f, id, 5000, 2, 0), ASK_NOT_SIGNED_IN);
	/* Marked by the delegate and answered by the phone: one effect. */
	assert_int_equal(fixture_answer(f, id, 12, 0), ASK_SAME);
	/* Another delegate learns nothing of it. */
	assert_int_equal(fixture_name(f, id, 12, 1, 0), ASK_FOREIGN);
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 1);
	assert_int_equal(asks_get(f->asks, id)->refused, 3);
}

static void nobody_answers_for_another(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_POLL);
	struct who me = fixture_person(1), other = fixture_person(2);
	struct ask_answer x = { .ask = id, .person = other.id, .choice = 1, .grade = PROOF_OWN, .by = { ACTOR_PERSON, me.id } };

	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_FOREIGN);
	x.person = "";
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_FOREIGN);
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 0);
}

static void answers_that_make_no_sense_are_refused_without_a_record(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_POLL);
	struct who me = fixture_person(1);
	struct ask_answer good = { .ask = id, .person = me.id, .choice = 1, .grade = PROOF_OWN, .by = { ACTOR_PERSON, me.id } }, x = good;

	x.person = "<script>";
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_BAD);
	x = good;
	x.by = fixture_server;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_BAD);
	x = good;
	x.site = 1;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_BAD);
	x = good;
	x.grade = PROOF_GRADES;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_BAD);
	x = good;
	x.ask = 2;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_UNKNOWN);
	x.ask = 0;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_UNKNOWN);
	assert_int_equal(f->n_journal, 1);
}

static void options_that_are_none_or_too_many_are_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t poll = fixture_ask(f, ASK_POLL), check = fixture_ask(f, ASK_CHECK);

	assert_int_equal(fixture_answer(f, poll, 1, 0), ASK_NO_OPTION);
	assert_int_equal(fixture_answer(f, poll, 1, 8), ASK_NO_OPTION);
	assert_int_equal(fixture_answer(f, poll, 1, 3), ASK_NO_OPTION);
	assert_int_equal(fixture_answer(f, poll, 2, 1u << 31), ASK_NO_OPTION);
	assert_int_equal(fixture_answer(f, check, 1, 1), ASK_NO_OPTION);
	assert_int_equal(fixture_answer(f, poll, 1, 4), ASK_TAKEN);
	assert_int_equal(fixture_answer(f, check, 1, 0), ASK_TAKEN);
}

static void late_answers_are_refused_and_repetitions_of_timely_ones_are_not(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_CHECK);

	assert_int_equal(fixture_answer(f, id, 1, 0), ASK_TAKEN);
	fixture_pass(f, SPAN_US - 1);
	assert_int_equal(fixture_answer(f, id, 2, 0), ASK_TAKEN);
	fixture_pass(f, 1);
	assert_int_equal(fixture_answer(f, id, 3, 0), ASK_LATE);
	assert_last(f, EVENT_ASK_REFUSED, "0000000000000003", "{\"ask\":1,\"why\":\"late\",\"person\":\"0000000000000003\"}");
	asks_tick(f->asks, f->now);
	assert_last(f, EVENT_ASK_CLOSED, "", "{\"ask\":1,\"by\":\"server\",\"refused\":1}");
	assert_int_equal(asks_deadline_us(f->asks), INT64_MAX);
	assert_int_equal(fixture_answer(f, id, 4, 0), ASK_LATE);
	f->site[1] = -1;
	assert_int_equal(fixture_answer(f, id, 1, 0), ASK_SAME);
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 2);
}

static void a_close_by_the_host_is_no_deadline(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_POLL);

	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id), ASK_TAKEN);
	assert_last(f, EVENT_ASK_CLOSED, fixture_host.id, "{\"ask\":1,\"by\":\"seat\"}");
	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id), ASK_TAKEN);
	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id + 1), ASK_UNKNOWN);
	assert_int_equal(f->n_journal, 2);
	assert_int_equal(fixture_answer(f, id, 1, 1), ASK_ENDED);
	assert_last(f, EVENT_ASK_REFUSED, "0000000000000001", "{\"ask\":1,\"why\":\"closed\",\"person\":\"0000000000000001\"}");
}

static void a_flood_of_refused_answers_is_counted_and_not_written(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_POLL);

	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(fixture_answer(f, id, 1, 0), ASK_NO_OPTION);
	/* A site that names others by the thousand is one actor. */
	for (unsigned i = 10; i < 5000; i++)
		assert_int_equal(fixture_name(f, id, i, 1, 1), i < 1000 ? ASK_FOREIGN : ASK_NOT_SIGNED_IN);
	assert_int_equal(f->n_journal, 1 + 2 * ASK_REFUSALS_WRITTEN);
	assert_int_equal(asks_get(f->asks, id)->refused, 5000 + 4990);
	assert_int_equal(fixture_answer(f, id, 1, 1), ASK_TAKEN);
	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id), ASK_TAKEN);
	assert_last(f, EVENT_ASK_CLOSED, fixture_host.id, "{\"ask\":1,\"by\":\"seat\",\"refused\":9990}");
}

static void only_the_chosen_sites_are_asked(void **state)
{
	struct fixture *f = *state;
	struct ask_spec spec = fixture_spec(ASK_POLL);
	int64_t sites[] = { 2, 1 };
	uint32_t id = 0;

	spec.sites = sites;
	spec.n_sites = 2;
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id), ASK_TAKEN);
	assert_int_equal(fixture_answer(f, id, 5, 1), ASK_TAKEN);
	assert_int_equal(fixture_name(f, id, 15, 2, 1), ASK_TAKEN);
	assert_int_equal(fixture_answer(f, id, 25, 1), ASK_FOREIGN);
	assert_int_equal(fixture_name(f, id, 25, 3, 1), ASK_FOREIGN);
}

static enum ask_verdict answer_for_seat(struct fixture *f, uint32_t id, int64_t site, const char *person, uint32_t choice)
{
	struct ask_answer x = { .ask = id, .person = person, .choice = choice, .grade = PROOF_OWN, .by = { ACTOR_SEAT, "00000000000000bb" }, .site = site };

	return asks_answer(f->asks, f->now, &x);
}

static void a_seat_may_be_asked_instead_of_persons(void **state)
{
	struct fixture *f = *state;
	struct ask_spec spec = fixture_spec(ASK_POLL);
	uint32_t id = 0, choice = 0;

	spec.audience = ASK_SEATS;
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id), ASK_TAKEN);
	assert_int_equal(answer_for_seat(f, id, 4, "", 2), ASK_TAKEN);
	assert_int_equal(answer_for_seat(f, id, 4, "", 2), ASK_SAME);
	assert_int_equal(answer_for_seat(f, id, 4, "", 1), ASK_REPLAYED);
	assert_int_equal(answer_for_seat(f, id, 4, "000000000000001e", 1), ASK_FOREIGN);
	assert_int_equal(fixture_answer(f, id, 30, 1), ASK_FOREIGN);
	assert_true(asks_choice(f->asks, id, "", 4, &choice));
	assert_int_equal(choice, 2);
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 1);
}

static void tallies_are_told_by_option_by_site_and_by_right_and_wrong(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_QUIZ);
	const struct ask_tally *t = &asks_get(f->asks, id)->tally;
	const struct ask_site *sites[8];

	f->site[7] = 0;         /* in an own seat, at no site */
	for (unsigned i = 5; i < 25; i++)
		assert_int_equal(fixture_answer(f, id, i, i % 2 ? 2 : 4), ASK_TAKEN);
	assert_int_equal(t->answered, 20);
	assert_int_equal(t->right, 10);
	assert_int_equal(t->wrong, 10);
	assert_int_equal(t->options[1], 10);
	assert_int_equal(t->options[2], 10);
	assert_int_equal(asks_sites(f->asks, id, 0, sites, 8), 4);
	assert_int_equal(sites[0]->id, 1);
	assert_int_equal(sites[0]->tally.answered, 4);
	assert_int_equal(sites[1]->id, 0);
	assert_int_equal(sites[1]->tally.right, 1);
	assert_int_equal(sites[2]->tally.answered, 10);
	assert_int_equal(sites[3]->tally.wrong, 3);
	assert_int_equal(asks_sites(f->asks, id, 3, sites, 8), 1);
	assert_int_equal(sites[0]->id, 3);
	assert_int_equal(asks_sites(f->asks, id + 1, 0, sites, 8), 0);
}

struct listed {
	unsigned n;
	char first[PERSON_ID_BYTES];
	int64_t sites;
	uint32_t choices;
};

static void list(void *user, const char *person, int64_t site, uint32_t choice)
{
	struct listed *l = user;

	if (l->n++ == 0)
		snprintf(l->first, sizeof(l->first), "%s", person);
	l->sites += site;
	l->choices |= choice;
}

static void a_named_vote_lists_its_voters(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_VOTE);
	struct listed l = { 0 };

	fixture_answer(f, id, 14, 1);
	fixture_name(f, id, 3, 1, 4);
	asks_each(f->asks, id, list, &l);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.first, "000000000000000e");
	assert_int_equal(l.sites, 3);
	assert_int_equal(l.choices, 5);
}

static void of_a_ballot_nothing_is_kept(void **state)
{
	struct fixture *f = *state;
	struct ask_spec spec = fixture_spec(ASK_BALLOT);
	struct who me = fixture_person(1);
	struct ask_answer x = { .person = me.id, .choice = 1, .grade = PROOF_QR, .by = { ACTOR_PERSON, me.id }, .shared = true };
	uint32_t id = 0, choice = 0;

	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, BALLOT_VOTERS_MIN - 1, &id), ASK_FEW_VOTERS);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, BALLOT_VOTERS_MIN, &id), ASK_TAKEN);
	assert_int_equal(fixture_answer(f, id, 1, 1), ASK_SEAL);
	assert_int_equal(fixture_answer(f, id, 1, 2), ASK_SEAL);
	assert_int_equal(f->n_journal, 1);
	assert_int_equal(f->n_tally, 0);
	assert_false(asks_choice(f->asks, id, me.id, 0, &choice));
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 0);
	/* Only on a device of one's own; what is refused says not whose it was. */
	assert_int_equal(fixture_name(f, id, 1, 1, 1), ASK_NOT_OWN);
	assert_last(f, EVENT_ASK_REFUSED, "", "{\"ask\":1,\"why\":\"not_own\"}");
	x.ask = id;
	assert_int_equal(asks_answer(f->asks, f->now, &x), ASK_NOT_OWN);
	assert_int_equal(fixture_answer(f, id, 1, 3), ASK_NO_OPTION);
	for (unsigned i = 0; i < 3000; i++)
		assert_int_equal(fixture_answer(f, id, 2000 + i, 1), ASK_NOT_SIGNED_IN);
	assert_int_equal(f->n_journal, 1 + BALLOT_REFUSALS_WRITTEN);
	for (size_t i = 1; i < f->n_journal; i++) {
		assert_string_equal(f->journal[i].actor, "");
		assert_null(strstr(f->journal[i].payload, "person"));
	}
	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id), ASK_TAKEN);
	assert_int_equal(fixture_answer(f, id, 1, 1), ASK_ENDED);
}

static void a_ballots_result_comes_from_the_store(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_BALLOT), second = fixture_ask(f, ASK_BALLOT);
	struct event ev = { .kind = EVENT_BALLOT_COUNTED, .room = "class-1", .seat = "", .actor = "", .wall_us = f->now.wall_us,
		            .payload = "{\"ask\":1,\"votes\":[6,0,0],\"voters\":6,\"unanimous\":true,\"spoiled\":1}" };
	const struct ask *ask = asks_get(f->asks, id);

	asks_close(f->asks, f->now, &fixture_host, id);
	assert_int_equal(ask->state, ASK_CLOSED);
	assert_int_equal(fixture_event(f, &ev), 0);
	assert_int_equal(asks_counted(f->asks, &ev), 0);
	assert_int_equal(f->n_state, 4);
	assert_int_equal(ask->state, ASK_COUNTED);
	assert_int_equal(ask->tally.answered, 6);
	assert_int_equal(ask->tally.options[0], 6);
	assert_int_equal(ask->spoiled, 1);
	assert_true(ask->unanimous);
	/* A second count changes nothing. */
	ev.payload = "{\"ask\":1,\"votes\":[0,7,0],\"voters\":7,\"unanimous\":true}";
	assert_int_equal(asks_counted(f->asks, &ev), 0);
	assert_int_equal(ask->tally.options[1], 0);
	ev.kind = EVENT_BALLOT_VOID;
	ev.payload = "{\"ask\":2,\"why\":\"key_lost\"}";
	assert_int_equal(fixture_event(f, &ev), 0);
	assert_int_equal(asks_counted(f->asks, &ev), 0);
	assert_int_equal(asks_get(f->asks, second)->state, ASK_VOID);
	assert_int_equal(asks_get(f->asks, second)->why_void, ASK_VOID_KEY_LOST);
	assert_int_equal(asks_deadline_us(f->asks), INT64_MAX);
}

static void what_is_not_recorded_does_not_happen(void **state)
{
	struct fixture *f = *state;
	struct ask_spec spec = fixture_spec(ASK_POLL);
	uint32_t id = fixture_ask(f, ASK_POLL), other = 0;
	const struct ask_site *sites[2];

	f->refusing = true;
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &other), ASK_NOT_RECORDED);
	assert_int_equal(fixture_answer(f, id, 1, 1), ASK_NOT_RECORDED);
	assert_int_equal(fixture_answer(f, id, 1, 0), ASK_NO_OPTION);
	assert_int_equal(asks_close(f->asks, f->now, &fixture_host, id), ASK_NOT_RECORDED);
	assert_int_equal(asks_sites(f->asks, id, 0, sites, 2), 0);
	fixture_pass(f, SPAN_US);
	asks_tick(f->asks, f->now);
	assert_int_equal(asks_get(f->asks, id)->state, ASK_OPEN);
	assert_int_equal(fixture_answer(f, id, 2, 1), ASK_LATE);
	f->refusing = false;
	asks_tick(f->asks, f->now);
	assert_int_equal(asks_get(f->asks, id)->state, ASK_CLOSED);
	assert_int_equal(asks_get(f->asks, id)->refused, 2);
	assert_int_equal(asks_next_id(f->asks), 2);
	assert_int_equal(f->n_journal, 2);
}

static void what_is_asked_at_once_has_a_bound(void **state)
{
	struct fixture *f = *state;
	struct ask_spec spec = fixture_spec(ASK_CHECK);
	uint32_t id = 0;

	for (unsigned i = 0; i < ASKS_OPEN_MAX; i++)
		fixture_ask(f, ASK_CHECK);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id), ASK_FULL);
	for (unsigned i = ASKS_OPEN_MAX; i < ASKS_MAX; i++) {
		fixture_pass(f, SPAN_US);
		asks_tick(f->asks, f->now);
		fixture_ask(f, ASK_CHECK);
	}
	fixture_pass(f, SPAN_US);
	asks_tick(f->asks, f->now);
	assert_int_equal(asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id), ASK_FULL);
}

/* The journal's boot clock is of another boot, in which nothing was past 50 s. */
static void deadlines_outlive_a_restart(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_POLL);
	struct asks *again = NULL;
	struct instant later = { f->now.wall_us + SPAN_US / 3, 1000 };

	assert_int_equal(fixture_create(f, &again), 0);
	fixture_apply(f, again);
	asks_settle(again, later);
	assert_int_equal(asks_deadline_us(again), 1000 + SPAN_US - SPAN_US / 3);
	asks_settle(again, (struct instant){ f->now.wall_us + 2 * SPAN_US, 5 });
	asks_tick(again, (struct instant){ f->now.wall_us + 2 * SPAN_US, 5 });
	assert_int_equal(asks_get(again, id)->state, ASK_CLOSED);
	asks_destroy(again);
	asks_tick(f->asks, (struct instant){ f->now.wall_us, INT64_MAX });
	/* The close is in the journal of both: the second one changes nothing. */
	fixture_check_rebuilt(f);
}

static void nine_thousand_answers_are_counted(void **state)
{
	struct fixture *f = *state;
	uint32_t id = fixture_ask(f, ASK_VOTE);
	const struct ask_site *sites[300];
	size_t n;

	for (int64_t i = 0; i < 9000; i++)
		f->site[i] = 1 + i % 200;
	for (unsigned i = 0; i < 9000; i++)
		assert_int_equal(fixture_answer(f, id, i, 1u << i % 3), ASK_TAKEN);
	for (unsigned i = 0; i < 9000; i++)
		assert_int_equal(fixture_answer(f, id, i, 1u << i % 3), ASK_SAME);
	assert_int_equal(asks_get(f->asks, id)->tally.answered, 9000);
	n = asks_sites(f->asks, id, 0, sites, 300);
	assert_int_equal(n, 200);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sites[i]->tally.answered, 45);
}

static void a_journal_that_makes_no_sense_is_said_to(void **state)
{
	static const struct {
		enum event_kind kind;
		const char *payload;
	} bad[] = {
		{ EVENT_ASK_OPENED, "[]" },
		{ EVENT_ASK_OPENED, "{\"ask\":3,\"kind\":\"check\",\"audience\":\"persons\",\"prompt\":\"\",\"deadline_ms\":1,\"options\":[]}" },
		{ EVENT_ASK_OPENED, "{\"ask\":2,\"kind\":\"check\",\"audience\":\"persons\",\"prompt\":\"\",\"deadline_ms\":1,\"options\":[\"a\"]}" },
		{ EVENT_ASK_OPENED, "{\"ask\":2,\"kind\":\"chat\",\"audience\":\"persons\",\"prompt\":\"\",\"deadline_ms\":1,\"options\":[]}" },
		{ EVENT_ASK_ANSWERED, "{\"ask\":1,\"site\":1,\"grade\":\"own\",\"by\":\"person\",\"choice\":[3],\"person\":\"0000000000000001\"}" },
		{ EVENT_ASK_ANSWERED, "{\"ask\":1,\"site\":1,\"grade\":\"own\",\"by\":\"person\",\"choice\":[0]}" },
		{ EVENT_ASK_ANSWERED, "{\"ask\":2,\"site\":1,\"grade\":\"own\",\"by\":\"person\",\"choice\":[0],\"person\":\"0000000000000001\"}" },
		{ EVENT_ASK_REFUSED, "{}" },
		{ EVENT_ASK_CLOSED, "{\"ask\":1}" },
		{ EVENT_BALLOT_COUNTED, "{\"ask\":1,\"votes\":[1,2,3],\"voters\":6,\"unanimous\":false}" },
		{ EVENT_BALLOT_VOID, "{\"ask\":1,\"why\":\"too_few\"}" },
	};
	struct fixture *f = *state;

	fixture_ask(f, ASK_POLL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct event ev = { .kind = bad[i].kind, .room = "class-1", .seat = "", .actor = "", .payload = bad[i].payload };

		assert_int_equal(asks_apply(f->asks, &ev), -EBADMSG);
		ev.room = "class-2";
		assert_int_equal(asks_apply(f->asks, &ev), 0);
	}
}

/* One of everything, as far as memory goes. */
static void play(struct fixture *f)
{
	int64_t sites[] = { 1, 2 };
	struct ask_spec spec = fixture_spec(ASK_POLL);
	uint32_t id = 0;

	spec.sites = sites;
	spec.n_sites = 2;
	asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, 0, &id);
	fixture_answer(f, 1, 1, 1);
	fixture_name(f, 1, 12, 2, 2);
	fixture_answer(f, 1, 1, 2);
	asks_close(f->asks, f->now, &fixture_host, 1);
}

static void every_allocation_may_fail(void **state)
{
	struct fixture *f = *state;
	bool failed = true;

	for (uint64_t nth = 1; failed && nth < 2000; nth++) {
		fixture_done(f);
		assert_int_equal(mem_live(), 0);
		fixture_init(f);
		mem_fail_at(nth);
		play(f);
		mem_fail_at(0);
		failed = f->n_journal < 5;
		fixture_check_rebuilt(f);
	}
	assert_false(failed);
}

/* jansson's reader drops characters without a word when memory is short (2.14), so that here only ours runs out. */
static void replay_without_memory_says_so_and_can_go_on(void **state)
{
	struct fixture *f = *state;
	struct asks *again = NULL;
	char *live = NULL, *rebuilt = NULL;

	json_set_alloc_funcs(malloc, free);
	play(f);
	assert_int_equal(fixture_create(f, &again), 0);
	for (size_t i = 0; i < f->n_journal; i++) {
		const struct written *w = &f->journal[i];
		struct event ev = { w->kind, "class-1", "", w->actor, w->payload, w->wall_us, w->boot_us };
		int r = -1;

		for (unsigned nth = 1; r != 0; nth++) {
			mem_fail_at(nth);
			r = asks_apply(again, &ev);
			mem_fail_at(0);
			assert_true(r == 0 || (r == -ENOMEM && w->kind != EVENT_ASK_REFUSED));
		}
	}
	assert_int_equal(asks_write_durable(f->asks, &live), 0);
	assert_int_equal(asks_write_durable(again, &rebuilt), 0);
	mem_free(live);
	mem_free(rebuilt);
	asks_destroy(again);
	fixture_count_json();
}

static uint32_t pick(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % n;
}

static void random_act(struct fixture *f, uint64_t *seed)
{
	uint32_t ask = pick(seed, asks_next_id(f->asks) + 1), choice = 1u << pick(seed, 4);
	unsigned person = pick(seed, 60);
	struct ask_spec spec = fixture_spec((enum ask_kind)pick(seed, ASK_KINDS));

	switch (pick(seed, 9)) {
	case 0:
		spec.most = spec.kind == ASK_CHECK ? 0 : pick(seed, 3);
		spec.hour = spec.kind == ASK_CHECK ? pick(seed, 3) : 0;
		asks_open(f->asks, f->now, &fixture_host, &spec, SPAN_US, pick(seed, 9), &ask);
		break;
	case 1:
		asks_close(f->asks, f->now, &fixture_host, ask);
		break;
	case 2:
		fixture_pass(f, pick(seed, 5000000));
		asks_tick(f->asks, f->now);
		break;
	case 3:
		f->site[person] = pick(seed, 4) ? 1 + (int64_t)person / 10 : -1;
		break;
	case 4:
		f->refusing = !pick(seed, 5);
		break;
	case 5:
		fixture_name(f, ask, person, 1 + pick(seed, 7), pick(seed, 2) ? choice : 0);
		break;
	default:
		fixture_answer(f, ask, person, pick(seed, 2) ? choice : 0);
	}
}

/* What holds always: each person once, sites sum up to the whole, options to the answers where one may be named. */
static void check_sums(struct fixture *f)
{
	for (uint32_t id = 1; id < asks_next_id(f->asks); id++) {
		const struct ask *ask = asks_get(f->asks, id);
		const struct ask_site *sites[16];
		size_t n = asks_sites(f->asks, id, 0, sites, 16);
		struct listed l = { 0 };
		uint32_t answered = 0, options = 0;

		asks_each(f->asks, id, list, &l);
		assert_int_equal(l.n, ask->tally.answered);
		for (size_t i = 0; i < n; i++)
			answered += sites[i]->tally.answered;
		for (unsigned i = 0; i < ASK_OPTIONS_MAX; i++)
			options += ask->tally.options[i];
		assert_int_equal(answered, ask->tally.answered);
		if (ask->spec.kind != ASK_CHECK && ask->spec.most == 1)
			assert_int_equal(options, answered);
		if (ask->spec.kind == ASK_QUIZ)
			assert_int_equal(ask->tally.right + ask->tally.wrong, answered);
	}
}

static void any_acts_are_rebuilt_by_the_journal_alone(void **state)
{
	struct fixture *f = *state;

	for (uint64_t run = 1; run <= 40; run++) {
		uint64_t seed = run;

		fixture_done(f);
		fixture_init(f);
		for (unsigned i = 0; i < 600; i++)
			random_act(f, &seed);
		check_sums(f);
		fixture_check_rebuilt(f);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_ask_is_recorded_with_all_that_replay_needs),
		TEST(what_cannot_be_asked_is_refused),
		TEST(a_persons_own_answer_counts_once),
		TEST(a_delegate_answers_for_who_is_signed_in_there_and_nobody_else),
		TEST(nobody_answers_for_another),
		TEST(answers_that_make_no_sense_are_refused_without_a_record),
		TEST(options_that_are_none_or_too_many_are_refused),
		TEST(late_answers_are_refused_and_repetitions_of_timely_ones_are_not),
		TEST(a_close_by_the_host_is_no_deadline),
		TEST(a_flood_of_refused_answers_is_counted_and_not_written),
		TEST(only_the_chosen_sites_are_asked),
		TEST(a_seat_may_be_asked_instead_of_persons),
		TEST(tallies_are_told_by_option_by_site_and_by_right_and_wrong),
		TEST(a_named_vote_lists_its_voters),
		TEST(of_a_ballot_nothing_is_kept),
		TEST(a_ballots_result_comes_from_the_store),
		TEST(what_is_not_recorded_does_not_happen),
		TEST(what_is_asked_at_once_has_a_bound),
		TEST(deadlines_outlive_a_restart),
		TEST(nine_thousand_answers_are_counted),
		TEST(a_journal_that_makes_no_sense_is_said_to),
		TEST(every_allocation_may_fail),
		TEST(replay_without_memory_says_so_and_can_go_on),
		TEST(any_acts_are_rebuilt_by_the_journal_alone),
	};

	fixture_count_json();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
