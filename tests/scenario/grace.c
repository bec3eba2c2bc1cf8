/* What takes half a minute by its nature, all at once: consent that runs out, and a grace that ends. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/report.h"
#include "tests/scenario/stage.h"

#define GRACE_MS 30000
#define CONSENT_MS 30000        /* since the last that was given: before the first cut */
#define LATE_MS 15000           /* of a machine that has other work to do */

static bool is_gone(void *user)
{
	struct seat **two = user;

	return !seat_row(two[0], two[1]->id, "name")[0];
}

struct reported {
	struct server *server;
	struct report_row *row;
};

/* Told at once, on record with the next commit. */
static bool is_reported_gone(void *user)
{
	struct reported *r = user;

	return report_row(r->server, ROOM, "ann", r->row) && !strcmp(r->row->state, "left");
}

static void half_a_minute(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *host = NULL, *viewer = NULL;
	struct endpoint_cfg silent = { .transport.no_consent = true };
	struct whip *p, *checks, *stays_silent;
	struct seat *bob, *ann, *two[2];
	struct report_row row;
	int64_t came, cut, gone, waited;
	uint32_t frames;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", host, &(struct publisher_cfg){ .number = 10, .audio_us = 60000, .video_us = 200000, .packets = 1 });
	checks = player_open(s, l, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	stays_silent = player_open(s, l, "demo-class", viewer, &silent);
	REQUIRE(p->status == 201 && checks->status == 201 && stays_silent->status == 201);
	bob = attendee(s, l, "participant", "bob", 300);
	came = now_us();
	ann = attendee(s, l, "participant", "ann", 200);
	REQUIRE(bob->id[0] && ann->id[0]);
	REQUIRE(player_wait_frames(stays_silent->endpoint, false, 5, 5000));
	seat_cut(ann);
	cut = now_us();
	CHECK(attendee_wait_field(bob, ann->id, "presence", "away", 2000));
	two[0] = bob, two[1] = ann;
	CHECK(wait_until(GRACE_MS + 7000, is_gone, two), "still there after its grace");
	gone = now_us();
	CHECK(gone - cut >= (GRACE_MS - 5000) * 1000LL, "gone before its grace was over");
	CHECK(gone - cut <= (GRACE_MS + LATE_MS) * 1000LL, "still there long after its grace");
	stage_note("gone %.1f s after its socket", (double)(gone - cut) / 1e6);
	CHECK(seat_resume(ann)[0], "resumed after the grace");
	CHECK(wait_until(5000, is_reported_gone, &(struct reported){ s, &row }), "state %s", row.state);
	CHECK(row.seconds <= (unsigned)((gone - came) / 1000000) + 5, "%u s", row.seconds);
	waited = now_us() - cut;
	CHECK(player_wait_silence(stays_silent->endpoint, false, 1000, MAX(38000 - (int)(waited / 1000), 2000)),
	      "media to one who has not agreed for over 30 s");
	CHECK(player_stats(stays_silent->endpoint, false).last_us <= cut + (CONSENT_MS + LATE_MS) * 1000LL, "media long after consent ran out");
	frames = player_stats(checks->endpoint, false).frames;
	CHECK(player_wait_frames(checks->endpoint, false, frames + 3, 3000), "one who checks lost its media");
	player_check(checks->endpoint, false, 60, "the one who checks");
}

/* A seat without media, in a server where nothing else happens: its pongs alone prove it. */
static void quiet_seat(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *ann;
	struct report_row row;
	int64_t came;

	REQUIRE(s);
	came = now_us();
	ann = attendee_with(s, l, "participant", "ann", &(struct seat_cfg){ .no_media = true });
	REQUIRE(ann->id[0]);
	g_usleep(21000000);
	server_end(s, SIGKILL);
	REQUIRE(report_row(s, ROOM, "ann", &row));
	CHECK(row.seconds >= 12 && row.seconds <= (unsigned)((now_us() - came) / 1000000) + 2, "%u s of 21", row.seconds);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "after half a minute a lost seat has left, and a silent path gets nothing", half_a_minute },
		{ "a quiet seat without media is present by its pongs", quiet_seat },
	};

	return stage_run(argc, argv, scenarios, 2, 70);
}
