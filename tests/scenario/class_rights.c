/*
 * Who may do what in a class, from outside: every request of schema.json, by every role, by phones and by those outside, in the lobby and once the class
 * runs. A request without a row in the table here fails. What is denied leaves no trace in the journal; whom a delegate may speak for stands in class_run.c and class_phone.c.
 */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

/* Who tries. */
enum who {
	HOST, COHOST, PRESENTER, SITE_PC, OWN_SEAT, VIEWER, INSPECTOR,  /* seats */
	PHONE,          /* a member's page, by the own sign-in */
	TYPED,          /* the same by a name alone; once the roster is frozen */
	OUTSIDE,        /* signed in, with no business in the class */
	SILENT,         /* said no good hello */
	WHOS
};

#define RATE_TRIES 10
#define RATE_WAIT_US 100000
#define M(who) (1u << (who))
#define LEADERS (M(HOST) | M(COHOST))
#define SENDERS (LEADERS | M(PRESENTER) | M(SITE_PC) | M(OWN_SEAT))
#define WRITERS (SENDERS | M(VIEWER))
#define SEATS (WRITERS | M(INSPECTOR))
#define PHONES (M(PHONE) | M(TYPED))
#define ALL (M(WHOS) - 1)

struct row {
	const char *type;
	unsigned may;           /* who is not denied; what else is wrong with it then is not looked at */
	const char *fields;     /* of a well-formed request; CLASS and ROOM are filled in */
	unsigned never;         /* who may ask, and is refused in any case */
	unsigned not_in_lobby;
	unsigned skipped;       /* whose answer another scenario looks at */
	const char *seat, *phone, *outside;     /* codes of the denial where they are not forbidden, not_joined, not_joined */
	bool ends;              /* only denials are tried: it changes too much, or needs media */
};

static const struct row rows[] = {
	{ "answer", SEATS, "{\"sdp\": \"v=0\"}" },
	{ "ask.answer", SEATS, "{\"ask\": 1, \"choice\": [0]}", .never = SEATS },
	{ "ask.close", LEADERS, "{\"ask\": 400}" },
	{ "ask.list", SEATS, "{}" },
	{ "ask.open", LEADERS, "{\"kind\": \"poll\", \"audience\": \"persons\", \"prompt\": \"?\", \"options\": [\"a\"], \"span_s\": 30}", .never = SEATS },
	{ "chat.send", WRITERS, "{\"text\": \"x\"}" },
	{ "class.close", LEADERS, "{}", .ends = true },
	{ "class.code", SEATS, "{}", .never = SEATS & ~M(SITE_PC) },
	{ "class.mark", SEATS, "{\"persons\": [1], \"here\": true}", .never = SEATS },
	{ "class.open", LEADERS, "{}", .ends = true },
	{ "class.pause", LEADERS, "{}", .ends = true },
	{ "class.resume", LEADERS, "{}" },
	{ "coding.set", SEATS, "{\"coding\": \"usual\"}" },
	{ "companion.answer", PHONES, "{\"ask\": 400, \"choice\": [0]}", .seat = "not_joined" },
	{ "companion.leave", PHONES, "{}", .seat = "not_joined" },
	{ "companion.open", PHONES, "{\"class\": CLASS, \"device\": \"a-phone-of-somebody\"}", .skipped = M(OWN_SEAT), .seat = "not_found", .outside = "not_found" },
	{ "floor.end", LEADERS, "{\"seat\": \"nobody\"}" },
	{ "floor.extend", LEADERS, "{\"seat\": \"nobody\", \"span_s\": 60}" },
	{ "floor.give", LEADERS, "{\"seat\": \"nobody\", \"span_s\": 60}" },
	{ "hand.lower", SEATS, "{}" },
	{ "hand.raise", SENDERS, "{}" },
	{ "hello", M(SILENT), "{\"version\": 1, \"lang\": \"en\", \"token\": \"x\"}", .seat = "bad_message", .phone = "bad_message", .outside = "bad_message" },
	{ "ice.restart", SEATS, "{}", .ends = true },
	{ "join", SEATS, "{\"room\": \"ROOM\", \"profile\": \"desktop\", \"mic\": false, \"camera\": false}", .skipped = M(PHONE), .phone = "not_found", .outside = "not_found" },
	{ "leave", SEATS, "{}", .ends = true },
	{ "line.set", SEATS, "{\"line\": \"auto\"}" },
	{ "look.check", M(HOST), "{\"class\": CLASS, \"sites\": [4]}", .seat = "not_joined", .ends = true },
	{ "look.close", ALL & ~M(SILENT), "{}" },
	{ "look.open", M(HOST), "{}", .phone = "forbidden", .outside = "forbidden" },
	{ "look.room", M(HOST), "{\"room\": \"ROOM\"}", .seat = "not_joined" },
	{ "notices.close", ALL & ~M(SILENT), "{}" },
	{ "notices.open", M(HOST) | M(SITE_PC) | M(OWN_SEAT) | M(PHONE) | M(OUTSIDE), "{}", .seat = "not_signed_in", .phone = "not_signed_in" },
	{ "room.allow_unmute", LEADERS, "{}" },
	{ "room.end", M(HOST), "{}", .ends = true },
	{ "room.hand_over", M(HOST), "{\"seat\": \"nobody\"}" },
	{ "room.link", LEADERS, "{\"role\": \"viewer\"}" },
	{ "room.lock", LEADERS, "{\"locked\": false}", .not_in_lobby = ALL },
	{ "room.mute_all", LEADERS, "{\"self_unmute\": true}" },
	{ "roster.page", SEATS, "{\"after\": \"\"}" },
	{ "seat.allow", LEADERS, "{\"seat\": \"nobody\", \"source\": \"mic\"}" },
	{ "seat.coding", LEADERS, "{\"seat\": \"nobody\", \"coding\": \"usual\"}" },
	{ "seat.line", LEADERS, "{\"seat\": \"nobody\", \"line\": \"auto\"}" },
	{ "seat.mute", LEADERS, "{\"seat\": \"nobody\", \"source\": \"mic\", \"self_unmute\": true}" },
	{ "seat.remove", LEADERS, "{\"seat\": \"nobody\"}" },
	{ "seat.role", LEADERS, "{\"seat\": \"nobody\", \"role\": \"viewer\"}" },
	{ "source.places", LEADERS, "{}" },
	{ "source.rule", LEADERS, "{\"source\": \"screen\", \"rule\": \"clear\", \"role\": \"participant\"}" },
	{ "source.set", SENDERS, "{\"source\": \"mic\", \"on\": true}" },
	{ "spotlight.set", LEADERS, "{\"seat\": \"nobody\", \"on\": true}" },
	{ "stage.set", LEADERS | M(PRESENTER), "{\"seat\": \"nobody\", \"on\": true}" },
	{ "stats.report", SEATS, "{}" },
	{ "stats.room", LEADERS, "{\"after\": \"\"}" },
	{ "wall.close", 0, "{}", .seat = "not_joined" },
	{ "wall.open", 0, "{\"profile\": \"desktop\"}", .skipped = M(PHONE) | M(OUTSIDE), .seat = "already_joined", .phone = "not_signed_in" },
	{ "wall.show", 0, "{\"slots\": []}", .seat = "not_joined" },
	{ "watch", SEATS, "{\"items\": []}" },
};

static const char *const names[WHOS] = {
	"host", "co-host", "presenter", "site", "own seat", "viewer", "inspector", "phone", "phone by name", "somebody outside", "who said no hello",
};

struct stand {
	struct hall hall;
	struct seat *of[WHOS];  /* NULL: not there yet */
};

/* ---- the table ---- */

static const struct row *row_of(const char *type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(rows[i].type, type))
			return &rows[i];
	return NULL;
}

static void end_json(void *j)
{
	json_decref(j);
}

static bool table_is_whole(void)
{
	json_t *requests = json_object_get(defer(json_load_file(SCHEMA, 0, NULL), end_json), "requests"), *request;
	const char *type;
	bool whole = CHECK(json_object_size(requests) == G_N_ELEMENTS(rows), "%zu requests, %zu rows", json_object_size(requests), G_N_ELEMENTS(rows));

	json_object_foreach(requests, type, request)
		whole = CHECK(row_of(type) != NULL, "%s has no row that says who may", type) && whole;
	return whole;
}

static json_t *fields_of(const struct stand *s, const struct row *row)
{
	g_autofree char *number = g_strdup_printf("%lld", (long long)s->hall.class);
	g_auto(GStrv) classes = g_strsplit(row->fields, "CLASS", -1);
	g_autofree char *with_class = g_strjoinv(number, classes);
	g_auto(GStrv) rooms = g_strsplit(with_class, "ROOM", -1);
	g_autofree char *text = g_strjoinv(s->hall.room, rooms);

	return json_loads(text, 0, NULL);
}

static const char *denial(const struct row *row, enum who who)
{
	if (M(who) & SEATS)
		return row->seat ? row->seat : "forbidden";
	if (M(who) & PHONES)
		return row->phone ? row->phone : "not_joined";
	if (who == OUTSIDE)
		return row->outside ? row->outside : "not_joined";
	return "not_signed_in";
}

/* ---- trying ---- */

/* All of the protocol from one socket at once is over the rate: as a page does, it waits and asks again. */
static json_t *ask_in_time(struct seat *seat, const char *type, json_t *fields)
{
	json_t *reply = seat_ask(seat, type, "O", fields);

	for (unsigned i = 0; i < RATE_TRIES && !strcmp(seat_error(reply), "rate_limited"); i++) {
		json_decref(reply);
		g_usleep(RATE_WAIT_US);
		reply = seat_ask(seat, type, "O", fields);
	}
	json_decref(fields);
	return reply;
}

static void try(struct stand *s, const struct row *row, enum who who, bool lobby)
{
	bool may = row->may & M(who) && !(lobby && row->not_in_lobby & M(who));
	json_t *reply;
	const char *code;

	if (!s->of[who] || row->skipped & M(who) || (may && row->ends))
		return;
	reply = ask_in_time(s->of[who], row->type, fields_of(s, row));
	code = seat_error(reply);
	if (!may)
		CHECK(!strcmp(code, denial(row, who)), "%s, by %s%s: \"%s\", not \"%s\"", row->type, names[who], lobby ? " in the lobby" : "", code, denial(row, who));
	else
		CHECK(strcmp(code, "forbidden") && strcmp(code, "not_joined") && strcmp(code, "not_signed_in") && strcmp(code, "timeout") && strcmp(code, "internal") &&
		              (*code || !(row->never & M(who))), "%s, by %s%s: \"%s\"", row->type, names[who], lobby ? " in the lobby" : "", code);
	json_decref(reply);
}

/* Rows of the class's room, without proofs of life and what the server does by itself. */
static unsigned count_rows(struct stand *s)
{
	struct outcome *o = server_command((const char *const[]){ "export", "--data", s->hall.admin.server->data, "--room", s->hall.room, "--format", "jsonl", NULL });
	g_auto(GStrv) lines = g_strsplit(o->out, "\n", -1);
	unsigned n = 0;

	CHECK(o->status == 0, "%s", o->err);
	for (unsigned i = 0; lines[i]; i++)
		n += *lines[i] && !strstr(lines[i], "\"SEATS_ALIVE\"") && !strstr(lines[i], "\"seat\":\"\"");
	outcome_free(o);
	return n;
}

static void try_all(struct stand *s, bool denied, bool lobby)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int who = 0; who < WHOS; who++) {
			bool may = rows[i].may & M(who) && !(lobby && rows[i].not_in_lobby & M(who));

			if (may != denied)
				try(s, &rows[i], (enum who)who, lobby);
		}
}

static void try_matrix(struct stand *s, bool lobby)
{
	unsigned before = count_rows(s), after;

	try_all(s, true, lobby);
	after = count_rows(s);
	CHECK(before == after, "what was denied left %u rows", after - before);
	try_all(s, false, lobby);
}

/* ---- who is there ---- */

static struct seat *by_token(struct stand *s, const char *role)
{
	struct seat *t = attendee_with(s->hall.admin.server, s->hall.loop, role, role, &(struct seat_cfg){ .room = s->hall.room, .no_media = true });

	CHECK(!strcmp(t->role, role), "%s: %s", role, seat_error(t->joined));
	return t;
}

static void end_seat(void *s)
{
	seat_free(s);
}

static struct seat *greet(struct stand *s, const char *cookie, const char *token)
{
	return defer(seat_open(&(struct seat_cfg){ .loop = s->hall.loop, .host = "127.0.0.1", .port = s->hall.admin.server->port, .cookie = cookie, .token = token }), end_seat);
}

static bool gather(struct stand *s)
{
	struct office ann, bob;

	if (!hall_open(&s->hall))
		return false;
	ann = office_enter(&s->hall.admin, s->hall.ann);
	bob = office_enter(&s->hall.admin, s->hall.bob);
	s->of[HOST] = s->hall.host;
	s->of[SITE_PC] = s->hall.site;
	s->of[COHOST] = by_token(s, "cohost");
	s->of[PRESENTER] = by_token(s, "presenter");
	s->of[VIEWER] = by_token(s, "viewer");
	s->of[INSPECTOR] = by_token(s, "inspector");
	s->of[OWN_SEAT] = attendee_with(s->hall.admin.server, s->hall.loop, NULL, NULL, &(struct seat_cfg){ .room = s->hall.room, .cookie = bob.cookie, .no_media = true });
	CHECK(!strcmp(s->of[OWN_SEAT]->role, "participant"), "%s", seat_error(s->of[OWN_SEAT]->joined));
	s->of[PHONE] = hall_phone(&s->hall, ann.cookie, NULL);
	hall_page(&s->hall, s->of[PHONE], NULL, "a-phone-of-ann");
	s->of[OUTSIDE] = greet(s, account_cookie(s->hall.admin.server, "expert"), NULL);
	s->of[SILENT] = greet(s, NULL, "no token");
	return s->of[SILENT]->socket && !strcmp(seat_error(s->of[SILENT]->hello), "token_invalid");
}

static void by_name(struct stand *s)
{
	struct office phone = { 0 };
	const char *claim = hall_scan(&s->hall, &phone);
	json_t *named = office_ask(&phone, "POST", "companion", json_pack("{s:s, s:s}", "claim", claim, "name", "鲍勃"));

	s->of[TYPED] = hall_phone(&s->hall, NULL, json_string_value(json_object_get(named, "claim")));
	hall_page(&s->hall, s->of[TYPED], NULL, "a-phone-of-whom");
}

static void every_act_by_everybody(void)
{
	struct stand s = { 0 };

	REQUIRE(table_is_whole());
	REQUIRE(gather(&s));
	try_matrix(&s, true);
	CHECK(!strcmp(seat_do(s.of[HOST], "class.open", "{}"), ""));
	by_name(&s);
	try_matrix(&s, false);
	/* A co-host's acts do not reach the host. */
	CHECK(!strcmp(seat_do(s.of[COHOST], "seat.mute", "{s:s, s:s, s:b}", "seat", s.of[HOST]->id, "source", "mic", "self_unmute", 1), "forbidden"));
	CHECK(!strcmp(seat_do(s.of[COHOST], "seat.remove", "{s:s}", "seat", s.of[HOST]->id), "forbidden"));
	CHECK(!strcmp(seat_do(s.of[COHOST], "seat.role", "{s:s, s:s}", "seat", s.of[HOST]->id, "role", "viewer"), "forbidden"));
}

/* A grant in one class opens no other: neither a seat, nor a token, nor a phone's claim. */
static void one_class_is_not_another(void)
{
	struct stand s = { 0 };
	struct seat *t;
	json_int_t other;
	char room[32];
	const char *token;

	REQUIRE(gather(&s));
	other = json_integer_value(json_object_get(office_ask(&s.hall.admin, "POST", "classes",
		json_pack("{s:i, s:s, s:s, s:I, s:I}", "org", ELSEWHERE, "title", "另一堂课", "kind", "lecture", "start_ms", (json_int_t)(g_get_real_time() / 1000 + 1200000),
		          "end_ms", (json_int_t)(g_get_real_time() / 1000 + 6000000))), "id"));
	REQUIRE(other > 0, "%s", s.hall.admin.last->body);
	g_snprintf(room, sizeof(room), "class-%lld", (long long)other);
	token = defer(server_token(s.hall.admin.server, s.hall.room, "host", NULL, 0), g_free);
	t = greet(&s, NULL, token);
	CHECK(!strcmp(seat_do(t, "join", "{s:s, s:s, s:s, s:b, s:b}", "room", room, "name", "x", "profile", "desktop", "mic", 0, "camera", 0), "token_invalid"));
	t = greet(&s, account_cookie(s.hall.admin.server, "branch001"), NULL);
	CHECK(!strcmp(seat_do(t, "join", "{s:s, s:s, s:b, s:b}", "room", room, "profile", "desktop", "mic", 0, "camera", 0), "not_found"));
	CHECK(!strcmp(seat_do(s.of[PHONE], "companion.open", "{s:I, s:s}", "class", other, "device", "a-phone-of-ann"), "not_found"));
	CHECK(!strcmp(seat_do(s.of[OUTSIDE], "companion.open", "{s:I, s:s}", "class", other + 1, "device", "a-phone-of-whom"), "not_found"), "the same words");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "every request of the protocol is tried by everybody, and what is denied leaves no trace", every_act_by_everybody },
		{ "what opens one class opens no other", one_class_is_not_another },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
