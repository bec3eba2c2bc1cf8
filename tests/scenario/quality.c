/* Figures of lines: who gets them, and that they are there. */
#include <glib.h>
#include <string.h>

#include "tests/endpoint/http.h"
#include "tests/scenario/account.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static void free_reply(void *r)
{
	http_reply_free(r);
}

/* GET of the room's figures, ended with the scenario. */
static struct http_reply *get(struct server *s, const char *path, const char *bearer)
{
	g_autofree char *url = server_url(s, path);

	return defer(http_ask(&(struct http_ask){ .url = url, .bearer = bearer }), free_reply);
}

#define QUALITY "/api/v1/rooms/" ROOM "/quality"

static void who_may_see(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat *host, *ann;
	char *other;

	REQUIRE(s);
	l = stage_loop();
	host = attendee(s, l, "host", "chair", 100);
	ann = attendee(s, l, "participant", "ann", 200);
	REQUIRE(host->id[0] && ann->id[0]);
	CHECK(!strcmp(seat_do(ann, "stats.room", "{s:s}", "after", ""), "forbidden"));
	CHECK(!seat_do(host, "stats.room", "{s:s}", "after", "")[0]);
	CHECK(get(s, QUALITY, NULL)->status == 401);
	CHECK(get(s, QUALITY, ann->cfg.token)->status == 403);
	CHECK(get(s, QUALITY, host->cfg.token)->status == 200);
	CHECK(get(s, QUALITY "?seat=nobody", host->cfg.token)->status == 404);
	CHECK(get(s, "/api/v1/rooms/none/quality", host->cfg.token)->status == 403);
	CHECK(get(s, "/api/v1/rooms/" ROOM "/other", host->cfg.token)->status == 404);
	other = defer(server_token(s, "demo-class", "host", "chair", 0), g_free);
	CHECK(get(s, QUALITY, other)->status == 403, "the host of another room");
	CHECK(server_metric(s, "huitang_page_reports_total") >= 0);
}

static long asked(struct server *s, const char *cookie)
{
	return account_ask(s, "GET", QUALITY, NULL, cookie, NULL)->status;
}

/* A right that was given counts for no more than what the room made of its seat. */
static void what_the_room_decided(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *vera, *account;
	const char *cookie;

	REQUIRE(s);
	host = attendee_with(s, l, "host", "chair", &(struct seat_cfg){ .no_media = true });
	vera = attendee_with(s, l, "cohost", "vera", &(struct seat_cfg){ .no_media = true });
	cookie = account_cookie(s, "cohost");
	REQUIRE(host->id[0] && vera->id[0] && cookie);
	CHECK(asked(s, cookie) == 200, "a co-host by account, not in the room");
	account = attendee_with(s, l, NULL, NULL, &(struct seat_cfg){ .no_media = true, .cookie = cookie });
	REQUIRE(account->id[0], "%s", seat_error(account->joined));
	CHECK(get(s, QUALITY, vera->cfg.token)->status == 200 && asked(s, cookie) == 200);
	CHECK(!seat_do(host, "seat.role", "{s:s, s:s}", "seat", vera->id, "role", "participant")[0]);
	CHECK(!seat_do(host, "seat.role", "{s:s, s:s}", "seat", account->id, "role", "participant")[0]);
	CHECK(get(s, QUALITY, vera->cfg.token)->status == 403 && asked(s, cookie) == 403, "made participant");
	CHECK(!seat_do(host, "seat.role", "{s:s, s:s}", "seat", vera->id, "role", "cohost")[0]);
	CHECK(get(s, QUALITY, vera->cfg.token)->status == 200, "made co-host again");
	CHECK(!seat_do(host, "seat.remove", "{s:s}", "seat", vera->id)[0]);
	CHECK(!seat_do(host, "seat.remove", "{s:s}", "seat", account->id)[0]);
	CHECK(get(s, QUALITY, vera->cfg.token)->status == 403 && asked(s, cookie) == 403, "removed");
	CHECK(get(s, QUALITY, host->cfg.token)->status == 200);
}

struct awaited_line {
	struct seat *host;
	const char *seat;
	json_t *row;                    /* owned: the last, NULL none */
};

static void drop_row(void *w)
{
	json_decref(((struct awaited_line *)w)->row);
	g_free(w);
}

static bool has_row(void *user)
{
	struct awaited_line *w = user;
	json_t *reply = seat_ask(w->host, "stats.room", "{s:s}", "after", ""), *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "seats"), i, row) {
		if (strcmp(json_string_value(json_object_get(row, "seat")), w->seat) != 0 || !json_integer_value(json_object_get(row, "received_bps")))
			continue;
		json_decref(w->row);
		w->row = json_incref(row);
	}
	json_decref(reply);
	return w->row != NULL;
}

static json_int_t figure(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

/* Of so many reports at once some are over the rate, and told when to try again. */
static bool are_limited(struct seat *s)
{
	uint32_t ids[30];
	unsigned limited = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++)
		ids[i] = seat_begin(s, "stats.report", "{}");
	for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
		json_t *reply = seat_reply(s, ids[i], 3000);

		limited += !strcmp(seat_error(reply), "rate_limited") && json_integer_value(json_object_get(json_object_get(reply, "error"), "retry_ms")) > 0;
		json_decref(reply);
	}
	return limited > 0;
}

/* What is reported by the page comes back in its own seconds, the host's table and the room's minutes. */
static void figures(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat *host, *ann;
	struct awaited_line *w = defer(g_new0(struct awaited_line, 1), drop_row);
	g_autofree char *path = NULL;
	struct http_reply *http;
	json_t *own, *slots, *all;

	REQUIRE(s);
	l = stage_loop();
	host = attendee(s, l, "host", "chair", 100);
	ann = attendee(s, l, "participant", "ann", 200);
	REQUIRE(host->id[0] && ann->id[0] && attendee_wait(ann, host->id, "camera", 30, 4000));
	w->host = host;
	w->seat = ann->id;
	REQUIRE(wait_until(6000, has_row, w), "no figures of ann's line");
	CHECK(figure(w->row, "sent_bps") > 10000 && figure(w->row, "loss_up") == 0, "%lld bit/s, %lld lost", (long long)figure(w->row, "sent_bps"),
	      (long long)figure(w->row, "loss_up"));
	own = seat_ask(ann, "stats.report", "{s:i, s:i, s:b, s:[{s:i, s:i}], s:i}", "freezes", 2, "freeze_ms", 700, "cpu_limited", 1, "slots", "slot", 4, "freezes", 2,
		       "history", 300);
	slots = json_object_get(own, "line_slots");
	CHECK(json_array_size(json_object_get(own, "seconds")) >= 1, "%s", seat_error(own));
	CHECK(figure(json_array_get(json_object_get(own, "seconds"), json_array_size(json_object_get(own, "seconds")) - 1), "freezes") == 2);
	CHECK(json_array_size(slots) >= 1 && json_object_get(json_array_get(slots, 0), "layer"), "%zu slots", json_array_size(slots));
	json_decref(own);
	CHECK(are_limited(ann), "reports without bound");
	CHECK(!strcmp(seat_do(ann, "stats.report", "{s:[{s:i, s:i}]}", "slots", "slot", 32, "freezes", 2), "bad_message"));
	w->row = (json_decref(w->row), NULL);
	CHECK(wait_until(3000, has_row, w) && figure(w->row, "freezes") == 2 && json_is_true(json_object_get(w->row, "cpu_limited")) == 0);
	path = g_strdup_printf(QUALITY "?seat=%s", ann->id);
	http = get(s, path, host->cfg.token);
	all = json_loads(http->body, 0, NULL);
	CHECK(http->status == 200 && json_array_size(json_object_get(all, "minutes")) >= 1 && json_object_get(all, "now"), "%ld %s", http->status, http->body);
	CHECK(figure(json_object_get(all, "total"), "freeze_ms") == 700 && !strcmp(json_string_value(json_object_get(all, "name")), "ann"));
	json_decref(all);
	CHECK(server_metric(s, "huitang_page_freezes_total") == 2 && server_metric(s, "huitang_line_lost_ratio_bucket{direction=\"up\",le=\"+Inf\"}") > 0);
	seat_do(ann, "leave", "{}");
	all = json_loads(get(s, path, host->cfg.token)->body, 0, NULL);
	CHECK(json_array_size(json_object_get(all, "minutes")) >= 1 && !json_object_get(all, "now"), "a seat that left is forgotten");
	json_decref(all);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "figures of everybody's line are for who leads the room", who_may_see },
		{ "who was made participant or removed sees them no more", what_the_room_decided },
		{ "how a line is comes to its page and to the host, and stays for the meeting", figures },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
