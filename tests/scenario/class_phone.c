/* Members' phones in a class: signing in by the code on the screen, with and without a sign-in of their own; what is asked, and what each answer does. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void end_json(void *j)
{
	json_decref(j);
}

static void signed_in_by_the_screen(void)
{
	struct hall h;
	struct office ann, bob = { 0 };
	const char *claim, *named;
	struct seat *phone, *other;
	json_t *state;

	REQUIRE(hall_open(&h));
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	ann = office_enter(&h.admin, h.ann);
	claim = hall_scan(&h, &ann);
	phone = hall_phone(&h, ann.cookie, NULL);
	state = hall_page(&h, phone, NULL, "device-of-ann");
	CHECK(!json_object_get(state, "site"), "an open page alone is no presence");
	state = hall_page(&h, phone, claim, "device-of-ann");
	CHECK(number(state, "site") == SITE && !strcmp(text(state, "grade"), "qr") && !strcmp(text(state, "name"), "安娜"), "%s", text(state, "grade"));
	/* Without a sign-in: the name, once the screen was scanned. */
	claim = hall_scan(&h, &bob);
	CHECK(!strcmp(office_code(&bob, "POST", "companion", json_pack("{s:s, s:s}", "claim", claim, "name", "没有这个人")), "class.person"));
	named = text(office_ask(&bob, "POST", "companion", json_pack("{s:s, s:s}", "claim", claim, "name", " 鲍勃")), "claim");
	CHECK(*named, "%s", bob.last->body);
	other = hall_phone(&h, NULL, named);
	CHECK(!*seat_error(other->hello), "%s", seat_error(other->hello));
	CHECK(!strcmp(seat_do(other, "join", "{s:s, s:s, s:b, s:b}", "room", h.room, "profile", "phone", "mic", 0, "camera", 0), "not_found"), "a claim opens nothing else");
	state = hall_page(&h, other, NULL, "device-of-ann");
	CHECK(!strcmp(text(state, "grade"), "typed") && !strcmp(text(state, "name"), "鲍勃"), "%s", text(state, "grade"));
	CHECK(!strcmp(seat_do(other, "companion.leave", "{}"), ""));
	office_ask(&h.admin, "GET", office_path("classes", h.class, "/people?site=4&limit=500"), NULL);
	CHECK(strstr(h.admin.last->body, "\"grade\":\"qr\"") && !strstr(h.admin.last->body, "\"grade\":\"typed\""), "%s", h.admin.last->body);
}

/* A name that somebody else knows: it neither moves nor signs out who has shown more, and does not vote. */
static void a_name_is_only_a_name(struct hall *h, uint32_t ballot)
{
	struct office other = { 0 };
	const char *claim = hall_scan(h, &other), *named;
	struct seat *phone;

	named = text(office_ask(&other, "POST", "companion", json_pack("{s:s, s:s}", "claim", claim, "name", "安娜")), "claim");
	phone = hall_phone(h, NULL, named);
	hall_page(h, phone, NULL, "device-of-another");
	CHECK(!strcmp(seat_do(phone, "companion.leave", "{}"), "not_now"), "not by the name alone");
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", (int)ballot, "choice", 0), "answer_refused"), "a ballot is for the own phone");
}

static void codes_that_do_not_count(void)
{
	struct hall h;
	struct office phone = { 0 };
	const char *claim;
	char *forged;

	REQUIRE(hall_open(&h));
	claim = hall_scan(&h, &phone);
	CHECK(*claim, "%s", phone.last->body);
	CHECK(!strcmp(office_code(&phone, "POST", "companion/visit", json_pack("{s:I, s:i, s:s}", "class", h.class, "site", SITE, "code", "AAAAAAAAAA")), "class.code"));
	CHECK(!strcmp(office_code(&phone, "POST", "companion/visit", json_pack("{s:I, s:i, s:s}", "class", 4711LL, "site", SITE, "code", "AAAAAAAAAA")), "class.code"), "the same words");
	forged = g_strdup(claim);
	forged[0] = forged[0] == '9' ? '8' : '9';
	CHECK(!strcmp(office_code(&phone, "POST", "companion", json_pack("{s:s, s:s}", "claim", forged, "name", "鲍勃")), "class.code"));
	g_free(forged);
	CHECK(!strcmp(office_code(&phone, "POST", "companion", json_pack("{s:s}", "name", "鲍勃")), "class.code"));
}

static json_t *ask_of(struct seat *phone, size_t mark)
{
	json_t *event = seat_event(phone, mark, "companion.state", 3000);

	return json_array_get(json_object_get(json_object_get(event, "state"), "asks"), 0);
}

/* Ann on her phone, Bob marked by the delegate. */
static struct seat *seated(struct hall *h)
{
	struct office ann = office_enter(&h->admin, h->ann);
	struct seat *phone;

	CHECK(!strcmp(seat_do(h->host, "class.open", "{}"), ""));
	phone = hall_phone(h, ann.cookie, NULL);
	hall_page(h, phone, hall_scan(h, &ann), "device-of-ann");
	CHECK(!strcmp(seat_do(h->site, "class.mark", "{s:[I], s:b}", "persons", h->bob, "here", 1), ""));
	return phone;
}

static void asked_and_answered(void)
{
	struct hall h;
	struct seat *phone;
	json_t *ask, *list;
	json_int_t stranger;
	size_t mark;

	REQUIRE(hall_open(&h));
	CHECK(!strcmp(seat_do(h.host, "ask.open", "{s:s, s:s, s:s, s:i}", "kind", "check", "audience", "persons", "prompt", "", "span_s", 30), "not_now"), "not before it begins");
	phone = seated(&h);
	stranger = office_person(&h.admin, "别处", BRANCH);
	CHECK(!strcmp(seat_do(h.site, "ask.open", "{s:s, s:s, s:s, s:i}", "kind", "check", "audience", "persons", "prompt", "", "span_s", 30), "forbidden"));
	mark = seat_mark(phone);
	CHECK(!strcmp(seat_do(h.host, "ask.open", "{s:s, s:s, s:s, s:[s,s], s:[i], s:i}", "kind", "quiz", "audience", "persons", "prompt", "党的生日", "options", "七月一日", "八月一日", "right", 0, "span_s", 60), ""));
	ask = ask_of(phone, mark);
	CHECK(number(ask, "ask") == 1 && !json_object_get(ask, "right") && !json_object_get(ask, "tally"), "nobody reads the right answer beforehand");
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 7), "answer_refused"), "no such option");
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 0), ""));
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 0), ""), "the same again is acknowledged");
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 1), "answer_refused"), "another is not");
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:I, s:[i]}", "ask", 1, "person", h.bob, "choice", 1), ""), "by the delegate");
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:I, s:[i]}", "ask", 1, "person", stranger, "choice", 1), "answer_refused"), "for another site's");
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server) && hall_enter(&h));
	CHECK(!strcmp(seat_do(h.host, "ask.close", "{s:i}", "ask", 1), ""));
	list = defer(seat_ask(h.site, "ask.list", "{}"), end_json);
	ask = json_array_get(json_object_get(list, "asks"), 0);
	CHECK(!strcmp(text(ask, "state"), "closed") && number(ask, "answered") == 2, "%s", text(ask, "state"));
	CHECK(json_integer_value(json_array_get(json_object_get(ask, "tally"), 0)) == 1 && json_integer_value(json_array_get(json_object_get(ask, "tally"), 1)) == 1, "acknowledged is counted, once");
	CHECK(json_array_size(json_object_get(ask, "right")) == 1, "after the close all see it");
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:I, s:[i]}", "ask", 1, "person", h.bob, "choice", 0), "answer_refused"), "after the close");
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:[i]}", "ask", 77, "choice", 0), "not_found"));
}

/* Five who are signed in by phones of their own. */
static void secret_ballots(void)
{
	struct hall h;
	struct seat *phones[5];
	json_t *list, *ask;
	char device[32];

	REQUIRE(hall_open(&h));
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	for (int i = 0; i < 5; i++) {
		struct office who = office_enter(&h.admin, i == 0 ? h.ann : office_person(&h.admin, "投票人", SITE));

		g_snprintf(device, sizeof(device), "device-number-%d", i);
		phones[i] = hall_phone(&h, who.cookie, NULL);
		hall_page(&h, phones[i], hall_scan(&h, &who), device);
		if (i == 0)
			CHECK(!strcmp(seat_do(h.host, "ask.open", "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "ballot", "audience", "persons", "prompt", "选举", "options", "甲", "乙", "span_s", 600), "not_now"), "too few");
	}
	CHECK(!strcmp(seat_do(h.host, "ask.open", "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "ballot", "audience", "persons", "prompt", "选举", "options", "甲", "乙", "span_s", 600), ""));
	for (int i = 0; i < 5; i++) {
		const char *code = "not_now";

		for (int tries = 0; tries < 100 && !strcmp(code, "not_now"); tries++)
			code = seat_do(phones[i], "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", i % 2);
		CHECK(!strcmp(code, ""), "%s", code);
	}
	CHECK(!strcmp(seat_do(phones[0], "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 1), ""), "replaced until the close");
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:I, s:[i]}", "ask", 1, "person", h.bob, "choice", 1), "answer_refused"), "not through the delegate");
	a_name_is_only_a_name(&h, 1);
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server) && hall_enter(&h));
	CHECK(!strcmp(seat_do(h.host, "ask.close", "{s:i}", "ask", 1), ""));
	for (int i = 0; i < 600; i++) {
		list = defer(seat_ask(h.host, "ask.list", "{}"), end_json);
		ask = json_array_get(json_object_get(list, "asks"), 0);
		if (!strcmp(text(ask, "state"), "counted"))
			break;
		g_usleep(50000);
	}
	CHECK(!strcmp(text(ask, "state"), "counted"), "%s", text(ask, "state"));
	CHECK(json_integer_value(json_array_get(json_object_get(ask, "tally"), 0)) == 2 && json_integer_value(json_array_get(json_object_get(ask, "tally"), 1)) == 3, "the last votes");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a member signs in by the code on the screen, on the own phone or by name", signed_in_by_the_screen },
		{ "codes and claims that are not ours count for nothing", codes_that_do_not_count },
		{ "a secret ballot is cast by own phones, survives kill -9 and is counted at its close", secret_ballots },
		{ "each answer counts once, for who takes part, and survives kill -9", asked_and_answered },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
