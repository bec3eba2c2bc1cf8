/* Ways to the server: both families of addresses, TCP where UDP is blocked. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static struct server *start(const char *media, const char *announce)
{
	static char listen[64];
	struct server_cfg cfg = { .options = { "--media", listen, "--announce", announce } };
	struct server *s;

	g_snprintf(listen, sizeof(listen), "%s:%u", media, server_free_port());
	s = server_start(&cfg);
	return s ? defer(s, server_free) : NULL;
}

static struct seat *enter(struct server *s, struct loop *l, const char *name, uint32_t number, const char *local)
{
	struct seat_cfg cfg = { .mic = true, .camera = true, .number = number, .endpoint.transport.local = local };
	struct seat *t = attendee_with(s, l, "participant", name, &cfg);

	CHECK(t->id[0], "%s: %s", name, seat_error(t->joined));
	CHECK(t->endpoint && endpoint_wait_up(t->endpoint, 5000), "%s has no media", name);
	return t;
}

static void both_families(void)
{
	struct server *s = start("[::]", "127.0.0.1,::1");
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *four, *six;

	REQUIRE(s);
	four = enter(s, l, "four", 10, "127.0.0.1");
	six = enter(s, l, "six", 20, "::1");
	CHECK(strstr(json_string_value(json_object_get(four->joined, "offer")), " 127.0.0.1 "), "IPv4 is written as such");
	CHECK(attendee_wait(four, six->id, "camera", 15, 6000), "IPv4 sees IPv6");
	CHECK(attendee_wait(six, four->id, "camera", 15, 6000), "IPv6 sees IPv4");
	attendee_check(four, 60, "four");
	attendee_check(six, 60, "six");
}

static struct seat *enter_by_tcp(struct server *s, struct loop *l, const char *name, uint32_t number)
{
	struct seat_cfg cfg = { .mic = true, .camera = true, .number = number, .endpoint.transport.tcp = true };
	struct seat *t = attendee_with(s, l, "participant", name, &cfg);

	CHECK(t->id[0], "%s: %s", name, seat_error(t->joined));
	CHECK(t->endpoint && endpoint_wait_up(t->endpoint, 5000), "%s has no media", name);
	return t;
}

static void tcp_only(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *near, *far, *other;

	REQUIRE(s);
	near = attendee(s, l, "participant", "near", 10);
	far = enter_by_tcp(s, l, "far", 20);
	other = enter_by_tcp(s, l, "other", 30);
	CHECK(server_metric(s, "huitang_tcp_links") == 2, "%.0f connections", server_metric(s, "huitang_tcp_links"));
	CHECK(attendee_wait(near, far->id, "camera", 30, 6000), "UDP sees TCP");
	CHECK(attendee_wait(far, near->id, "camera", 30, 6000), "TCP sees UDP");
	CHECK(attendee_wait(far, other->id, "camera", 30, 6000), "TCP sees TCP");
	attendee_check(near, 60, "near");
	attendee_check(far, 60, "far");
	CHECK(server_metric(s, "huitang_tcp_packets_dropped_total") == 0);
	CHECK(!seat_do(far, "leave", "{}")[0]);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "on [::] one port takes seats of IPv4 and IPv6", both_families },
		{ "seats that may use nothing but TCP see and are seen", tcp_only },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
