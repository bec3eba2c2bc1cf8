/* Loss and repair, and what the server tells senders about how their packets arrive. */
#include <glib.h>

#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

struct show {
	struct server *server;
	struct loop *loop;
	struct whip *publisher, *viewer;
};

static bool enter(struct show *t, const struct publisher_cfg *p, const struct endpoint_cfg *v)
{
	char *host, *viewer;

	t->server = server_stage();
	if (!t->server)
		return false;
	t->loop = stage_loop();
	host = defer(server_token(t->server, "demo-class", "presenter", "studio", 0), g_free);
	viewer = defer(server_token(t->server, "demo-class", "viewer", NULL, 0), g_free);
	t->publisher = publisher_open(t->server, t->loop, "demo-class", host, p);
	t->viewer = player_open(t->server, t->loop, "demo-class", viewer, v);
	return t->publisher->status == 201 && t->viewer->status == 201;
}

static void downlink_loss(void)
{
	struct show t;
	struct sink_stats v;

	REQUIRE(enter(&t, &(struct publisher_cfg){ .number = 10, .numbers = VP8_ALL_NUMBERS }, &(struct endpoint_cfg){ .drop_every = 12 }));
	REQUIRE(player_wait_frames(t.viewer->endpoint, false, 120, 8000));
	v = player_stats(t.viewer->endpoint, false);
	player_check(t.viewer->endpoint, false, 60, "viewer");
	stage_note("%u dropped, %u asked for, %u repeated, %u of them useless", v.dropped, v.nacked, v.rtx, v.rtx_useless);
	CHECK(v.dropped >= 25);
	CHECK(v.rtx >= v.dropped - 3 && v.wrong_rtx == 0);
	CHECK(v.rtx_useless <= v.rtx / 5);
	CHECK(publisher_stats(t.publisher->endpoint, 1).nacks == 0, "the publisher was bothered %u times",
	      publisher_stats(t.publisher->endpoint, 1).nacks);
	CHECK(publisher_stats(t.publisher->endpoint, 1).plis <= 3);
}

static void uplink_loss(void)
{
	struct show t;
	struct source_stats p;
	struct twcc_stats w;

	REQUIRE(enter(&t, &(struct publisher_cfg){ .number = 10, .lose_every = 15, .numbers = VP8_ALL_NUMBERS }, &(struct endpoint_cfg){ 0 }));
	REQUIRE(player_wait_frames(t.viewer->endpoint, false, 120, 10000), "%u frames", player_stats(t.viewer->endpoint, false).frames);
	p = publisher_stats(t.publisher->endpoint, 1);
	w = publisher_twcc(t.publisher->endpoint);
	stage_note("%u lost, %u asked for, %u repeated", p.lost, p.nacks, p.resent);
	player_check(t.viewer->endpoint, false, 60, "viewer");
	CHECK(p.lost >= 20 && p.resent >= p.lost - 3);
	CHECK(p.nacks <= p.lost * 6, "asked %u times for %u packets", p.nacks, p.lost);
	CHECK(p.last_report.lost + 3 >= p.lost / 20, "RR tells %u lost", p.last_report.lost);
	CHECK(w.reported - w.received >= w.lost - 5 && w.reported - w.received <= w.lost + 2, "TWCC: %u missing of %u, lost %u",
	      w.reported - w.received, w.reported, w.lost);
}

static bool has_feedback(void *user)
{
	struct show *t = user;

	return publisher_twcc(t->publisher->endpoint).feedbacks >= 20 && publisher_stats(t->publisher->endpoint, 1).reports >= 2 &&
	       publisher_stats(t->publisher->endpoint, 0).reports >= 2;
}

static void feedback(void)
{
	struct show t;
	struct twcc_stats w;
	struct source_stats p;
	int64_t begin, per_s;
	uint32_t rtt;

	REQUIRE(enter(&t, &(struct publisher_cfg){ .number = 10 }, &(struct endpoint_cfg){ 0 }));
	REQUIRE(endpoint_wait_up(t.publisher->endpoint, 5000));
	begin = now_us();
	REQUIRE(wait_until(8000, has_feedback, &t), "%u TWCC, %u and %u RR", publisher_twcc(t.publisher->endpoint).feedbacks,
	        publisher_stats(t.publisher->endpoint, 0).reports, publisher_stats(t.publisher->endpoint, 1).reports);
	w = publisher_twcc(t.publisher->endpoint);
	p = publisher_stats(t.publisher->endpoint, 1);
	per_s = w.feedbacks * INT64_C(1000000) / (now_us() - begin + 1);
	stage_note("%u feedbacks, %ld a second; %u of %u numbers reported as arrived", w.feedbacks, (long)per_s, w.received, w.reported);
	CHECK(per_s >= 8 && per_s <= 25, "every 50 to 100 ms");
	CHECK(w.received == w.reported, "%u said to be lost", w.reported - w.received);
	CHECK(w.sent - w.reported < 60, "%u of %u reported", w.reported, w.sent);
	CHECK(!w.never_sent && !w.bad_gaps && !w.wrong_counts, "%u never sent, %u off in time, %u wrong counts", w.never_sent, w.bad_gaps,
	      w.wrong_counts);
	CHECK(p.last_report.fraction == 0 && p.last_report.lost == 0);
	CHECK(p.last_report.last_sr != 0, "RR without LSR");
	rtt = (uint32_t)(ntp_of_us(now_us()) >> 16) - p.last_report.last_sr - p.last_report.delay;
	CHECK(rtt < 65536 * 6 / 5, "LSR and DLSR give %u/65536 s", rtt);
}

static void no_repeats_for_who_has_none(void)
{
	struct show t;

	REQUIRE(enter(&t, &(struct publisher_cfg){ .number = 10 }, &(struct endpoint_cfg){ .no_rtx = true }));
	REQUIRE(player_wait_frames(t.viewer->endpoint, false, 40, 8000));
	player_check(t.viewer->endpoint, false, 60, "viewer");
	CHECK(player_stats(t.viewer->endpoint, false).rtx == 0);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "what a viewer lost is repeated by RTX, and the publisher hears nothing of it", downlink_loss },
		{ "what a publisher lost is asked for, repeated, and reaches the viewer", uplink_loss },
		{ "transport-wide feedback and receiver reports tell the publisher what arrived and when", feedback },
		{ "a viewer without RTX gets media without repeats", no_repeats_for_who_has_none },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
