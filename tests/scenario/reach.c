/* Ways to the server: both families of addresses, TCP where UDP is blocked, another address in mid-meeting. */
#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/nat.h"
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

#define STRANGERS 300

static int connect_media(const struct server *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(s->media_port) };
	struct sockaddr_in own = to;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 + (uint32_t)fd / 8); /* eight of each place */
	own.sin_port = 0;
	bind(fd, (struct sockaddr *)&own, sizeof(own));
	connect(fd, (struct sockaddr *)&to, sizeof(to));
	return fd;
}

/* A third says nothing, a third claims nonsense lengths, a third sends checks that prove nothing. */
static void annoy(int fd, int kind)
{
	static const uint8_t nonsense[] = { 0xff, 0xff, 1, 2, 3 }, check[] = { 0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	uint8_t out[22 * 40] = { 0 };

	for (size_t at = 0; at < sizeof(out); at += 22)
		memcpy(out + at, check, sizeof(check));
	if (kind == 1)
		(void)!send(fd, nonsense, sizeof(nonsense), MSG_NOSIGNAL);
	else if (kind == 2)
		(void)!send(fd, out, sizeof(out), MSG_NOSIGNAL);
}

static bool strangers_are_gone(void *user)
{
	return server_metric(user, "huitang_tcp_links") == 1;
}

static void strangers_by_tcp(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *near, *far;
	int fds[STRANGERS];

	REQUIRE(s);
	near = attendee(s, l, "participant", "near", 10);
	for (int i = 0; i < STRANGERS; i++)
		fds[i] = connect_media(s);
	for (int i = 0; i < STRANGERS; i++)
		annoy(fds[i], i % 3);
	far = enter_by_tcp(s, l, "far", 20);
	CHECK(attendee_wait(near, far->id, "camera", 30, 6000) && attendee_wait(far, near->id, "camera", 30, 6000));
	CHECK(server_metric(s, "huitang_tcp_links_accepted_total") >= STRANGERS, "%.0f", server_metric(s, "huitang_tcp_links_accepted_total"));
	CHECK(server_metric(s, "huitang_tcp_links") <= 257, "%.0f connections", server_metric(s, "huitang_tcp_links"));
	CHECK(wait_until(9000, strangers_are_gone, s), "%.0f connections", server_metric(s, "huitang_tcp_links"));
	attendee_check(near, 60, "near");
	attendee_check(far, 60, "far");
	for (int i = 0; i < STRANGERS; i++)
		close(fds[i]);
}

struct change {
	struct seat *near, *far;        /* far is behind the NAT */
	uint32_t to_near, to_far;       /* frames before */
};

static bool flows_both_ways(void *user)
{
	struct change *c = user;

	return attendee_sees(c->near, c->far->id, "camera").frames > c->to_near + 1 && attendee_sees(c->far, c->near->id, "camera").frames > c->to_far + 1;
}

/* Lets what is under way arrive, so that what counts came by the new way. */
static void mark(struct change *c)
{
	g_usleep(100000);
	c->to_near = attendee_sees(c->near, c->far->id, "camera").frames;
	c->to_far = attendee_sees(c->far, c->near->id, "camera").frames;
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define CHANGES 20

/* What the server and the protocol need; a page needs up to a second more until it notices (web-client, pulse.ts). */
static void address_changes(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat_cfg cfg = { .mic = true, .camera = true, .number = 20, .frame_us = 33333 };
	struct change c = { 0 };
	int64_t gap_us[CHANGES];
	struct nat *n;
	char id[33];

	REQUIRE(s);
	n = nat_stage(s->media_port);
	cfg.endpoint.transport.through_port = nat_port(n);
	c.near = attendee(s, l, "participant", "near", 10);
	c.far = attendee_with(s, l, "participant", "far", &cfg);
	REQUIRE(c.far->id[0] && endpoint_wait_up(c.far->endpoint, 5000));
	memcpy(id, c.far->id, sizeof(id));
	REQUIRE(attendee_wait(c.near, c.far->id, "camera", 10, 6000) && attendee_wait(c.far, c.near->id, "camera", 10, 6000));
	for (int i = 0; i < CHANGES; i++) {
		int64_t begin = now_us();

		nat_change(n);
		mark(&c);
		REQUIRE(!*seat_restart(c.far));
		REQUIRE(wait_until(10000, flows_both_ways, &c), "change %d: no media after it", i);
		gap_us[i] = now_us() - begin;
		g_usleep(300000);
	}
	qsort(gap_us, CHANGES, sizeof(gap_us[0]), by_time);
	stage_note("media both ways after a change of address: median %ld ms, p95 %ld ms", (long)gap_us[CHANGES / 2] / 1000,
	           (long)gap_us[CHANGES * 95 / 100] / 1000);
	CHECK(gap_us[CHANGES * 95 / 100] < 5000000);
	CHECK(!strcmp(seat_row(c.near, id, "presence"), "here"), "the seat is %s", seat_row(c.near, id, "presence"));
	CHECK(server_metric(s, "huitang_media_paths") == 2, "%.0f paths", server_metric(s, "huitang_media_paths"));
}

/* It sends nothing but feedback, and would wait for what may well be nothing. */
static void only_watches(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat_cfg cfg = { .endpoint.feedback = true };
	struct seat *near, *far;
	struct nat *n;
	size_t mark;

	REQUIRE(s);
	n = nat_stage(s->media_port);
	cfg.endpoint.transport.through_port = nat_port(n);
	near = attendee(s, l, "participant", "near", 10);
	far = attendee_with(s, l, "participant", "far", &cfg);
	REQUIRE(far->id[0] && attendee_wait(far, near->id, "camera", 20, 6000));
	mark = seat_mark(far);
	nat_change(n);
	CHECK(seat_event(far, mark, "media.silent", 3000), "nobody tells it");
	REQUIRE(!*seat_restart(far));
	CHECK(attendee_wait(far, near->id, "camera", 10, 5000), "no media after the restart");
	/* The other side's silence is no broken way. */
	g_usleep(1000000);
	mark = seat_mark(far);
	CHECK(!*seat_do(near, "source.set", "{s:s, s:b}", "source", "camera", "on", 0) && !*seat_do(near, "source.set", "{s:s, s:b}", "source", "mic", "on", 0));
	CHECK(seat_no_event(far, mark, "media.silent", 2000), "told of a room where nobody sends");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "on [::] one port takes seats of IPv4 and IPv6", both_families },
		{ "seats that may use nothing but TCP see and are seen", tcp_only },
		{ "hundreds of strangers' connections keep nobody out and are closed", strangers_by_tcp },
		{ "a seat that only watches is told when its way is broken, and not when nobody sends", only_watches },
		{ "a seat whose address changes keeps its seat and soon has media again", address_changes },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
