/* Figures of lines: who gets them, and that they are there. */
#include <glib.h>
#include <string.h>

#include "tests/endpoint/http.h"
#include "tests/scenario/attendee.h"
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
	l = defer(loop_create(), (void (*)(void *))(void (*)(void))loop_destroy);
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

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "figures of everybody's line are for who leads the room", who_may_see },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
