/* The HTTP side of WHIP and WHEP, and what HTTP refuses. */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static struct http_reply *ask(const struct server *s, struct http_ask a)
{
	g_autofree char *url = server_url(s, a.url);
	struct http_reply *r;

	a.url = url;
	r = http_ask(&a);
	return defer(r, (void (*)(void *))(void (*)(void))http_reply_free);
}

static bool has_header(const struct http_reply *r, const char *name, const char *part)
{
	g_autofree char *value = http_reply_header(r, name);
	g_autofree char *small = value ? g_ascii_strdown(value, -1) : NULL;
	g_autofree char *want = g_ascii_strdown(part, -1);

	return small && strstr(small, want);
}

/* A refusal: that status, application/problem+json with a word for programs, and readable by pages of other origins. */
static void check_refused(const struct http_reply *r, long status, const char *what)
{
	json_t *problem = json_loads(r->body, 0, NULL);

	CHECK(r->status == status, "%s: %ld %s", what, r->status, r->body);
	CHECK(has_header(r, "Content-Type", "application/problem+json"), "%s: %s", what, r->headers);
	CHECK(json_is_string(json_object_get(problem, "code")) || json_is_string(json_object_get(problem, "type")), "%s: %s", what, r->body);
	json_decref(problem);
}

static char *an_offer(struct loop *l)
{
	struct endpoint *e = endpoint_create(l, &(struct endpoint_cfg){ 0 });
	struct source_cfg c = { .codec = PAYLOAD_VP8, .frame_us = 33333, .packets = 1, .body_bytes = 100 };
	char *offer;

	loop_lock(l);
	endpoint_add_source(e, &c);
	offer = endpoint_offer(e);
	loop_unlock(l);
	endpoint_destroy(e);
	return defer(offer, g_free);
}

static void preflight(void)
{
	struct server *s = server_stage();
	const char *const paths[] = { "/whip/demo-class", "/whep/demo-class" };

	REQUIRE(s);
	for (unsigned i = 0; i < 2; i++) {
		struct http_reply *r = ask(s, (struct http_ask){ .method = "OPTIONS", .url = paths[i], .headers = {
			"Origin: https://example.org", "Access-Control-Request-Method: POST",
			"Access-Control-Request-Headers: authorization, content-type" } });

		CHECK(r->status == 200 || r->status == 204, "%ld", r->status);
		CHECK(has_header(r, "Access-Control-Allow-Origin", "*"), "%s", r->headers);
		CHECK(has_header(r, "Access-Control-Allow-Methods", "post") && has_header(r, "Access-Control-Allow-Methods", "delete"), "%s", r->headers);
		CHECK(has_header(r, "Access-Control-Allow-Headers", "authorization") &&
		      has_header(r, "Access-Control-Allow-Headers", "content-type"), "%s", r->headers);
		CHECK(has_header(r, "Accept-Post", "application/sdp"), "%s", r->headers);
	}
}

static void resource(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *token = NULL, *other = NULL;
	struct http_reply *r;
	struct whip *p;

	REQUIRE(s);
	token = server_token(s, "demo-class", "presenter", "studio", 0);
	other = server_token(s, "demo-meeting", "presenter", "studio", 0);
	r = ask(s, (struct http_ask){ .method = "POST", .url = "/whip/demo-class", .bearer = token, .type = "application/sdp",
	                              .body = an_offer(l), .headers = { "Origin: https://example.org" } });
	CHECK(r->status == 201, "%ld %s", r->status, r->body);
	CHECK(has_header(r, "Content-Type", "application/sdp"));
	CHECK(has_header(r, "Location", "/"));
	CHECK(has_header(r, "Access-Control-Allow-Origin", "*") && has_header(r, "Access-Control-Expose-Headers", "location"), "%s", r->headers);
	CHECK(strstr(r->body, "a=ice-lite") && strstr(r->body, "a=setup:passive"), "%s", r->body);
	p = publisher_open(s, l, "demo-class", token, &(struct publisher_cfg){ .number = 10 });
	REQUIRE(p->status == 201 && endpoint_wait_up(p->endpoint, 5000));
	CHECK(whip_delete(p, other) == 403 || whip_delete(p, other) == 401, "a foreign token's DELETE");
	CHECK(whip_delete(p, token) == 200);
	CHECK(whip_delete(p, token) == 404, "the second DELETE");
}

static void refusals(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *token = NULL, *viewer = NULL, *other = NULL, *spoiled = NULL, *big = NULL;
	const char *offer;
	struct http_ask a = { .method = "POST", .url = "/whip/demo-class", .type = "application/sdp" };

	REQUIRE(s);
	token = server_token(s, "demo-class", "presenter", NULL, 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	other = server_token(s, "demo-meeting", "presenter", NULL, 0);
	offer = an_offer(l);
	a.body = offer;
	check_refused(ask(s, a), 401, "no token");
	CHECK(has_header(ask(s, a), "WWW-Authenticate", "bearer"));
	spoiled = g_strdup(token);
	spoiled[strlen(spoiled) - 3] ^= 1;
	a.bearer = spoiled;
	check_refused(ask(s, a), 401, "spoiled token");
	a.bearer = "x";
	check_refused(ask(s, a), 401, "no such token");
	a.bearer = other;
	check_refused(ask(s, a), 403, "token of another room");
	a.bearer = viewer;
	check_refused(ask(s, a), 403, "a viewer publishes");
	a.bearer = token;
	a.body = "v=0\r\nnot SDP at all";
	check_refused(ask(s, a), 400, "not SDP");
	a.body = "{}";
	check_refused(ask(s, a), 400, "JSON");
	a.type = "application/json";
	check_refused(ask(s, a), 415, "another type");
	a.type = "application/sdp";
	big = g_strnfill(70 * 1024, 'a');
	a.body = big;
	check_refused(ask(s, a), 413, "70 kB");
	a.body = offer;
	a.url = "/whip/no-such-room";
	check_refused(ask(s, a), 403, "another room, there or not: one answer");
	a.url = "/whip/";
	CHECK(ask(s, a)->status >= 400 && ask(s, a)->status < 500);
	CHECK(ask(s, (struct http_ask){ .url = "/whip/demo-class", .bearer = token })->status == 405, "GET");
	CHECK(ask(s, (struct http_ask){ .method = "DELETE", .url = "/whip/demo-class/nothing", .bearer = token })->status == 404);
	a.url = "/whip/demo-class";
	a.headers[0] = "Transfer-Encoding: chunked";
	check_refused(ask(s, a), 411, "chunked");
	CHECK(server_alive(s));
}

static bool is_expired(void *user)
{
	const struct http_ask *a = user;
	struct http_reply *r = http_ask(a);
	long status = r->status;

	http_reply_free(r);
	return status == 401;
}

static void expired(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *token = NULL, *url = NULL;
	struct http_ask a = { .method = "POST", .type = "application/sdp" };

	REQUIRE(s);
	token = server_token(s, "demo-class", "viewer", NULL, 1);
	url = server_url(s, "/whep/demo-class");
	a.url = url;
	a.bearer = token;
	a.body = an_offer(l);
	CHECK(wait_until(4000, is_expired, &a), "a token of one second lives on");
}

/* Each is one change to a good offer. */
static void bad_offers(void)
{
	static const struct { const char *from, *to, *what; } changes[] = {
		{ "a=fingerprint:sha-256 ", "a=fingerprint:sha-256 zz", "a fingerprint that is none" },
		{ "a=fingerprint:", "a=x-fingerprint:", "no fingerprint" },
		{ "a=ice-ufrag:", "a=x-ufrag:", "no ufrag" },
		{ "a=ice-pwd:", "a=x-pwd:", "no password" },
		{ "a=setup:actpass", "a=setup:passive", "setup:passive" },
		{ "VP8/90000", "AV9/90000", "no codec in common" },
		{ "UDP/TLS/RTP/SAVPF", "RTP/AVP", "no encryption" },
		{ "a=rtcp-mux", "a=x-mux", "no rtcp-mux" },
	};
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *token = NULL, *lines = NULL;
	const char *offer;
	struct http_reply *r;

	REQUIRE(s);
	token = server_token(s, "demo-class", "presenter", NULL, 0);
	offer = an_offer(l);
	for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_auto(GStrv) parts = g_strsplit(offer, changes[i].from, -1);
		g_autofree char *bad = g_strjoinv(changes[i].to, parts);
		g_auto(GStrv) h264 = g_strsplit(bad, "H264/90000", -1);
		g_autofree char *worse = strstr(changes[i].from, "VP8") ? g_strjoinv("AV8/90000", h264) : g_strdup(bad);

		REQUIRE(parts[1], "the offer has no %s", changes[i].from);
		r = ask(s, (struct http_ask){ .method = "POST", .url = "/whip/demo-class", .bearer = token, .type = "application/sdp", .body = worse });
		CHECK(r->status >= 400 && r->status < 500, "%s: %ld", changes[i].what, r->status);
		CHECK(has_header(r, "Content-Type", "application/problem+json"), "%s", changes[i].what);
	}
	lines = g_strnfill(10000 * 3, '\n');
	for (unsigned i = 0; i < 10000; i++)
		memcpy(lines + 3 * i, "a=\n", 3);
	r = ask(s, (struct http_ask){ .method = "POST", .url = "/whip/demo-class", .bearer = token, .type = "application/sdp", .body = lines });
	CHECK(r->status >= 400 && r->status < 500, "10,000 lines: %ld", r->status);
	CHECK(server_metric(s, "huitang_media_paths") == 0, "%f paths stayed", server_metric(s, "huitang_media_paths"));
}

static void health(void)
{
	struct server *s = server_stage();
	struct http_reply *r;
	json_t *api;

	REQUIRE(s);
	CHECK(ask(s, (struct http_ask){ .url = "/healthz" })->status == 200);
	r = ask(s, (struct http_ask){ .url = "/metrics" });
	CHECK(r->status == 200 && has_header(r, "Content-Type", "text/plain"));
	CHECK(strstr(r->body, "# TYPE huitang_") != NULL);
	r = ask(s, (struct http_ask){ .url = "/api/v1/openapi.json" });
	api = json_loads(r->body, JSON_REJECT_DUPLICATES, NULL);
	CHECK(json_is_string(json_object_get(api, "openapi")), "%.80s", r->body);
	CHECK(json_object_size(json_object_get(api, "paths")) >= 5);
	json_decref(api);
	CHECK(ask(s, (struct http_ask){ .url = "/api/v1/nothing" })->status == 404);
	r = ask(s, (struct http_ask){ .method = "BREW", .url = "/healthz" });
	CHECK(r->status >= 400 && r->status <= 501, "%ld", r->status);
	CHECK(ask(s, (struct http_ask){ .url = "/healthz", .headers = { "Transfer-Encoding: chunked" } })->status == 411, "waits for what cannot be read");
	CHECK(ask(s, (struct http_ask){ .url = "/healthz", .headers = { "Content-Length: many" } })->status == 400);
	r = ask(s, (struct http_ask){ .url = "/" });
	CHECK(has_header(r, "Cross-Origin-Resource-Policy", "same-origin"));
	CHECK(has_header(r, "Content-Security-Policy", "default-src 'none'") && !has_header(r, "Content-Security-Policy", "'unsafe-inline'"));
}

static void traversal(void)
{
	static const char *const paths[] = { "/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
	                                     "/assets/../../../../etc/passwd", "//etc/passwd", "/./../etc/passwd", "/%00/etc/passwd" };
	struct server *s = server_stage();

	REQUIRE(s);
	for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
		struct http_reply *r = ask(s, (struct http_ask){ .url = paths[i] });

		CHECK(!strstr(r->body, "root:"), "%s", paths[i]);
	}
	CHECK(server_alive(s));
}

/* ---- what the REST API says to what is no right question ---- */

static struct http_reply *api(const struct server *s, const char *method, const char *path, const char *cookie, const char *header)
{
	g_autofree char *with = cookie ? g_strconcat("Cookie: ", cookie, NULL) : NULL;

	return ask(s, (struct http_ask){ .method = method, .url = path, .headers = { with ? with : header, with ? header : NULL } });
}

static bool allows(const struct http_reply *r, const char *methods)
{
	g_autofree char *allow = http_reply_header(r, "Allow");

	return r->status == 405 && allow && strcmp(allow, methods) == 0;
}

static void methods_and_parameters(void)
{
	static const char *const bad[] = { "people?limit=-1", "people?limit=many", "people?cursor=x", "people?org=1x", "people?org=-1", "orgs?cursor=x", "orgs?cursor=987654", "orgs?parent=1&cursor=1",
	                                   "grants?cursor=987654", "classes?from_ms=-1", "audit?cursor=%31%20", "notices?limit=1.5" };
	struct server *s = server_stage();
	const char *admin;
	struct http_reply *r;

	REQUIRE(s);
	admin = account_cookie(s, "admin");
	CHECK(allows(api(s, "DELETE", "/api/v1/orgs", admin, NULL), "GET, HEAD, POST"));
	CHECK(allows(api(s, "DELETE", "/api/v1/orgs/1", admin, NULL), "GET, HEAD, PATCH"));
	CHECK(allows(api(s, "DELETE", "/api/v1/orgs/1/move", admin, NULL), "POST"));
	CHECK(allows(api(s, "TRACE", "/api/v1/orgs/1?x=y", admin, NULL), "GET, HEAD, PATCH") && allows(api(s, "BREW", "/healthz", NULL, NULL), "GET, HEAD"));
	check_refused(api(s, "BREW", "/healthz", NULL, NULL), 405, "a method that nobody knows");
	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *path = g_strconcat("/api/v1/", bad[i], NULL);

		check_refused(api(s, "GET", path, admin, NULL), 400, bad[i]);
	}
	r = api(s, "GET", "/api/v1/orgs", admin, NULL);
	g_autofree char *etag = http_reply_header(r, "ETag");
	g_autofree char *weak = g_strconcat("If-None-Match: W/", etag, NULL), *listed = g_strconcat("If-None-Match: \"x\", ", etag, NULL);
	CHECK(api(s, "GET", "/api/v1/orgs", admin, weak)->status == 304 && api(s, "GET", "/api/v1/orgs", admin, listed)->status == 304);
	CHECK(api(s, "GET", "/api/v1/orgs", admin, "If-None-Match: \"x\"")->status == 200);
}

/* Nothing of it may run, or stand within another page. */
static void headers_of_all(void)
{
	static const char *const paths[] = { "/", "/nothing.html", "/healthz", "/api/v1/orgs", "/api/v1/nothing", "/api/v1/session/ways", "/api/v1/openapi.json", "/ws" };
	struct server *s = server_stage();
	struct http_reply *r;

	REQUIRE(s);
	for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
		r = ask(s, (struct http_ask){ .url = paths[i] });
		CHECK(has_header(r, "Content-Security-Policy", "default-src 'none'") && has_header(r, "Content-Security-Policy", "frame-ancestors 'none'"), "%s: %s", paths[i], r->headers);
		CHECK(has_header(r, "X-Content-Type-Options", "nosniff") && !has_header(r, "Strict-Transport-Security", "max-age"), "%s: %s", paths[i], r->headers);
	}
	r = ask(s, (struct http_ask){ .url = "/ws", .headers = { "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
	                                                         "Origin: http://elsewhere.example" } });
	check_refused(r, 403, "a page of another site");
	CHECK(has_header(r, "Content-Security-Policy", "default-src 'none'"), "%s", r->headers);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "pages of other origins may use WHIP and WHEP", preflight },
		{ "a WHIP resource is made, protected and ended once", resource },
		{ "what may not be is refused with the right status and problem+json", refusals },
		{ "an expired token is refused", expired },
		{ "bad offers are refused and leave nothing behind", bad_offers },
		{ "health, metrics and the API's description are there", health },
		{ "methods and parameters that are none are refused with what there is", methods_and_parameters },
		{ "every reply forbids scripts and frames", headers_of_all },
		{ "no path leads out of the web folder", traversal },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 60);
}
