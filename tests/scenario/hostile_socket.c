/* Bad WebSocket clients: a typed error or a closed socket for them, nothing for the others. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define FLOOD 280       /* requests at once */
#define HELD_UP_US 10000000

struct cast {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann;
};

static void end_socket(void *s)
{
	socket_close(s);
}

static bool enter(struct cast *c)
{
	c->server = server_stage();
	if (!c->server)
		return false;
	c->loop = stage_loop();
	c->host = attendee_with(c->server, c->loop, "host", "chair", &(struct seat_cfg){ .no_media = true });
	c->ann = attendee_with(c->server, c->loop, "participant", "ann", &(struct seat_cfg){ .no_media = true });
	return c->host->id[0] && c->ann->id[0];
}

/* Those who behave can still talk. */
static void still_works(struct cast *c)
{
	size_t mark = seat_mark(c->host);

	CHECK(!seat_do(c->ann, "chat.send", "{s:s}", "text", "still here")[0]);
	CHECK(seat_event(c->host, mark, "chat.line", 2000) != NULL, "the others are cut off");
	CHECK(server_alive(c->server), "the server died");
}

static struct socket *stranger(struct cast *c)
{
	struct socket *s = socket_open(c->loop, "127.0.0.1", c->server->port, "/ws", NULL, NULL, NULL);

	CHECK(s != NULL, "no socket for a stranger");
	return defer(s, end_socket);
}

struct outcome_of {
	struct socket *socket;
	char *text;
};

static bool has_outcome(void *user)
{
	struct outcome_of *o = user;

	o->text = socket_take(o->socket);
	return o->text || socket_closed(o->socket, NULL);
}

/* Sends one message; true when it was answered by an error of this code, or (code NULL or "close") the socket was closed. */
static bool is_refused(struct cast *c, const void *data, size_t len, enum socket_opcode op, const char *code)
{
	struct outcome_of o = { stranger(c), NULL };
	g_autofree char *want = g_strdup_printf("\"code\":\"%s\"", code);
	g_autofree char *spaced = g_strdup_printf("\"code\": \"%s\"", code);
	bool good;

	socket_send(o.socket, op, data, len);
	wait_until(3000, has_outcome, &o);
	good = o.text ? strstr(o.text, want) || strstr(o.text, spaced) : socket_closed(o.socket, NULL);
	if (!good)
		stage_note("got %.200s", o.text ? o.text : "nothing");
	g_free(o.text);
	return good;
}

static void bad_messages(void)
{
	static const char *const messages[] = {
		"", "x", "[]", "null", "{}", "{\"id\":1}", "{\"id\":1,\"type\":\"nothing\"}", "{\"id\":\"1\",\"type\":\"hello\"}",
		"{\"id\":1,\"type\":\"hello\",\"version\":1,\"lang\":\"en\",\"more\":1}",
		"{\"id\":1,\"type\":\"hello\",\"version\":2,\"lang\":\"en\"}",
		"{\"id\":1,\"type\":\"hello\",\"version\":1}",
		"{\"id\":1,\"type\":\"hello\",\"version\":1,\"lang\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		"{\"id\":1,\"id\":2,\"type\":\"hello\",\"version\":1,\"lang\":\"en\"}",
		"{\"id\":1,\"type\":\"hello\",\"type\":\"join\",\"version\":1,\"lang\":\"en\"}",
		"{\"id\":-1,\"type\":\"hello\",\"version\":1,\"lang\":\"en\"}",
		"{\"id\":1e400,\"type\":\"hello\",\"version\":1,\"lang\":\"en\"}",
		"{\"id\":99999999999999999999,\"type\":\"hello\",\"version\":1,\"lang\":\"en\"}",
		"{\"id\":1,\"type\":\"hello\",\"version\":1,\"lang\":\"\\u0000\"}",
		"{\"id\":1,\"type\":\"hello\",\"version\":1,\"lang\":\"en\"} trailing",
	};
	struct cast c;

	REQUIRE(enter(&c));
	for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++)
		CHECK(is_refused(&c, messages[i], strlen(messages[i]), SOCKET_TEXT, "bad_message"), "%s", messages[i]);
	CHECK(is_refused(&c, "\xff\xfe{}", 4, SOCKET_TEXT, "bad_message"), "not UTF-8");
	CHECK(is_refused(&c, "\x01\x02\x03", 3, SOCKET_BINARY, "bad_message"), "binary");
	CHECK(is_refused(&c, "{\"id\":1,\"type\":\"leave\"}", 23, SOCKET_TEXT, "not_joined") ||
	      is_refused(&c, "{\"id\":1,\"type\":\"leave\"}", 23, SOCKET_TEXT, "not_signed_in"), "leave before hello");
	still_works(&c);
}

static void depth_bomb(void)
{
	struct cast c;
	g_autofree char *bomb = g_strnfill(60000, '[');
	g_autofree char *objects = g_malloc(50000);

	REQUIRE(enter(&c));
	for (unsigned i = 0; i < 10000; i++)
		memcpy(objects + 5 * i, "{\"a\":", 5);
	CHECK(is_refused(&c, bomb, 60000, SOCKET_TEXT, "bad_message"));
	CHECK(is_refused(&c, objects, 50000, SOCKET_TEXT, "bad_message"));
	still_works(&c);
}

static void too_large(void)
{
	struct cast c;
	const size_t size = 10 * 1024 * 1024;
	g_autofree char *big = g_strnfill(size, ' ');
	struct outcome_of o = { 0 };

	REQUIRE(enter(&c));
	big[0] = '{';
	CHECK(is_refused(&c, big, 70000, SOCKET_TEXT, "too_large"), "70 kB");
	CHECK(is_refused(&c, big, size, SOCKET_TEXT, "too_large"), "10 MB");
	o.socket = stranger(&c);
	socket_send_pieces(o.socket, big, size, 4096);
	CHECK(wait_until(3000, has_outcome, &o), "10 MB in pieces");
	g_free(o.text);
	still_works(&c);
}

static void foreign_origin(void)
{
	struct cast c;
	int status = 0;
	g_autofree char *own = NULL;
	struct socket *s;

	REQUIRE(enter(&c));
	s = socket_open(c.loop, "127.0.0.1", c.server->port, "/ws", "https://evil.example", NULL, &status);
	CHECK(!s && status == 403, "a page of another origin got %d", status);
	CHECK(server_metric(c.server, "huitang_origin_refused_total") >= 1);
	socket_close(s);
	own = g_strdup_printf("http://127.0.0.1:%u", c.server->port);
	s = socket_open(c.loop, "127.0.0.1", c.server->port, "/ws", own, NULL, &status);
	CHECK(s != NULL, "the own origin got %d", status);
	socket_close(s);
	still_works(&c);
}

static void broken_frames(void)
{
	static const uint8_t unmasked[] = { 0x81, 2, '{', '}' };
	static const uint8_t huge[] = { 0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };
	static const uint8_t lone_piece[] = { 0x80, 0x82, 0, 0, 0, 0, '{', '}' };
	static const struct { const uint8_t *data; size_t len; } frames[] = {
		{ huge, sizeof(huge) }, { unmasked, sizeof(unmasked) }, { lone_piece, sizeof(lone_piece) },
	};
	g_autofree char *more = g_strnfill(100000, 'x'); /* whoever believes the length waits for these */
	struct cast c;

	REQUIRE(enter(&c));
	for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++) {
		struct outcome_of o = { stranger(&c), NULL };

		socket_send_raw(o.socket, frames[i].data, frames[i].len);
		socket_send_raw(o.socket, more, 100000);
		CHECK(wait_until(3000, has_outcome, &o), "frame %u", i);
		g_free(o.text);
	}
	still_works(&c);
}

static void pieces(void)
{
	static const char text[] = "{\"id\":77,\"type\":\"chat.send\",\"text\":\"in pieces\"}";
	struct cast c;

	REQUIRE(enter(&c));
	socket_send_pieces(c.ann->socket, text, strlen(text), 3);
	CHECK(seat_event(c.host, 0, "chat.line", 2000) != NULL, "a message in pieces is not understood");
}

static void wrong_order(void)
{
	struct cast c;
	struct seat *t;
	const char *code;

	REQUIRE(enter(&c));
	code = seat_do(c.ann, "join", "{s:s, s:s, s:b, s:b}", "room", "demo-class", "profile", "phone", "mic", 0, "camera", 0);
	CHECK(!strcmp(code, "already_joined"), "%s", code);
	t = attendee_with(c.server, c.loop, NULL, "nobody", &(struct seat_cfg){ .no_media = true });
	CHECK(!t->id[0], "joined without a token");
	CHECK(!strcmp(seat_do(c.ann, "answer", "{s:s}", "sdp", "v=0\r\n"), "bad_sdp"));
	CHECK(!strcmp(seat_do(c.host, "seat.mute", "{s:s, s:s, s:b}", "seat", "0123456789abcdef", "source", "mic", "self_unmute", 0), "no_such_seat"));
	still_works(&c);
}

/* One who does not read is dropped; the others do not wait for it. */
static void slow_reader(void)
{
	struct cast c;
	g_autofree char *text = g_strnfill(1900, 'x');
	unsigned sent = 0, limited = 0;
	int64_t worst = 0;

	REQUIRE(enter(&c));
	socket_stop_reading(c.ann->socket, true);
	for (unsigned i = 0; i < 300; i++) {
		int64_t begin = now_us();
		const char *code = seat_do(c.host, "chat.send", "{s:s}", "text", text);

		sent += !code[0];
		limited += !strcmp(code, "rate_limited");
		worst = MAX(worst, now_us() - begin);
		if (limited > 3)
			break;
	}
	stage_note("%u lines, slowest %ld us, limited %u times", sent, (long)worst, limited);
	CHECK(worst < HELD_UP_US, "the slow reader held up the others");
	CHECK(sent > 3 && server_alive(c.server));
}

static void flood(void)
{
	struct cast c;
	uint32_t ids[FLOOD];
	unsigned limited = 0;

	REQUIRE(enter(&c));
	for (unsigned i = 0; i < FLOOD; i++)
		ids[i] = seat_begin(c.ann, "roster.page", "{s:s}", "after", "");
	for (unsigned i = 0; i < FLOOD; i++) {
		json_t *reply = seat_reply(c.ann, ids[i], 3000);

		limited += !strcmp(seat_error(reply), "rate_limited");
		json_decref(reply);
	}
	CHECK(limited > 0, "%u requests at once are all served", FLOOD);
	CHECK(!seat_do(c.host, "chat.send", "{s:s}", "text", "others are not limited")[0]);
}

static void idle_connections(void)
{
	struct cast c;
	struct socket *all[300];
	unsigned n = 0;

	REQUIRE(enter(&c));
	for (; n < G_N_ELEMENTS(all); n++) {
		all[n] = socket_open(c.loop, "127.0.0.1", c.server->port, "/ws", NULL, NULL, NULL);
		if (!all[n])
			break;
	}
	stage_note("%u silent sockets", n);
	still_works(&c);
	while (n)
		socket_close(all[--n]);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "messages of a wrong shape get a typed error", bad_messages },
		{ "depth bombs are refused", depth_bomb },
		{ "messages over the bound are refused", too_large },
		{ "a page of a foreign origin gets no socket", foreign_origin },
		{ "broken frames end their own socket only", broken_frames },
		{ "a message may come in pieces", pieces },
		{ "requests out of order get a typed error", wrong_order },
		{ "a slow reader does not hold up the others", slow_reader },
		{ "a flood is limited for its sender alone", flood },
		{ "hundreds of silent sockets disturb nobody", idle_connections },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
