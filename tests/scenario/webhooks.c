/* Events for others' servers: signed, sent at least once, tried again, set aside and sent anew; never to where they must not go. */
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"
#include "tests/scenario/account.h"
#include "tests/scenario/stage.h"

#define HOOKS "/api/v1/orgs/1/webhooks"

struct hook {
	struct server *server;
	const char *cookie;
	pid_t receiver;
	char folder[40];
	json_int_t id;
	char secret[64];
	char url[64];
};

/* ---- the receiver ---- */

static void end_receiver(void *user)
{
	struct hook *h = user;

	if (h->receiver > 0) {
		kill(h->receiver, SIGKILL);
		waitpid(h->receiver, NULL, 0);
	}
	h->receiver = 0;
	server_remove_folder(h->folder);
	g_free(h);
}

static void set_mode(const struct hook *h, const char *mode)
{
	g_autofree char *path = g_build_filename(h->folder, "mode", NULL);

	g_file_set_contents(path, mode, -1, NULL);
}

static bool has_port(void *user)
{
	struct hook *h = user;
	g_autofree char *path = g_build_filename(h->folder, "port", NULL), *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	g_snprintf(h->url, sizeof(h->url), "http://127.0.0.1:%s/hook", text);
	return true;
}

static bool start_receiver(struct hook *h)
{
	strcpy(h->folder, "/tmp/huitang-receiver-XXXXXX");
	if (!CHECK(g_mkdtemp(h->folder) != NULL))
		return false;
	set_mode(h, "ok");
	h->receiver = fork();
	if (h->receiver == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("python3", "python3", ORACLE "/receiver.py", "serve", h->folder, NULL);
		_exit(127);
	}
	return CHECK(wait_until(15000, has_port, h), "no receiver");
}

/* Lines of the receiver's log in this mode; NULL: all. */
static unsigned received(const struct hook *h, const char *mode)
{
	g_autofree char *path = g_build_filename(h->folder, "log", NULL), *text = NULL, *word = mode ? g_strdup_printf("\"mode\": \"%s\"", mode) : g_strdup("\"mode\"");
	unsigned n = 0;

	g_file_get_contents(path, &text, NULL, NULL);
	for (const char *at = text; at && (at = strstr(at, word)); at++)
		n++;
	return n;
}

static bool signatures_are_right(const struct hook *h)
{
	g_autofree char *out = NULL, *err = NULL;
	int status = -1;

	g_spawn_sync(NULL, (char *[]){ "python3", ORACLE "/receiver.py", "check", (char *)h->folder, (char *)h->secret, NULL }, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL);
	stage_note("%s", g_strchomp(out));
	return CHECK(status == 0, "%s", err);
}

/* ---- the subscription ---- */

static json_t *ask(const struct hook *h, const char *method, const char *path, const char *body, long expected)
{
	struct http_reply *r = account_ask(h->server, method, path, body, h->cookie, NULL);
	json_t *j = json_loadb(r->body ? r->body : "", r->body_len, 0, NULL);

	CHECK(r->status == expected, "%s %s: %ld %s", method, path, r->status, r->body);
	return defer(j, (void (*)(void *))(void (*)(void))json_decref);
}

static const char *at(const struct hook *h, const char *rest)
{
	return defer(g_strdup_printf(HOOKS "/%lld%s", (long long)h->id, rest), g_free);
}

static bool subscribe(struct hook *h, const char *url, const char *events)
{
	const char *body = defer(g_strdup_printf("{\"url\":\"%s\",\"events\":\"%s\"}", url, events), g_free);
	json_t *j = ask(h, "POST", HOOKS, body, 201);
	const char *secret = json_string_value(json_object_get(j, "secret"));

	h->id = json_integer_value(json_object_get(j, "id"));
	g_strlcpy(h->secret, secret ? secret : "", sizeof(h->secret));
	return CHECK(h->id > 0 && g_str_has_prefix(h->secret, "whsec_"));
}

static json_int_t count(struct hook *h, const char *what)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(ask(h, "GET", HOOKS, NULL, 200), "items"), i, item)
		if (json_integer_value(json_object_get(item, "id")) == h->id) {
			CHECK(!json_object_get(item, "secret"), "the secret is told again");
			return json_integer_value(json_object_get(item, what));
		}
	return -1;
}

static void happen(const struct hook *h)
{
	static unsigned n;
	const char *body = defer(g_strdup_printf("{\"name\":\"甲%u\",\"kind\":\"member\",\"org\":78}", ++n), g_free);

	ask(h, "POST", "/api/v1/people", body, 201);
}

static struct hook *begin(const struct server_cfg *cfg)
{
	struct hook *h = g_new0(struct hook, 1);

	h->server = server_start(cfg);
	if (!h->server)
		return NULL;
	defer(h->server, server_free);
	defer(h, end_receiver);
	h->cookie = account_cookie(h->server, "admin");
	return start_receiver(h) ? h : NULL;
}

static const struct server_cfg near_by = { .options = { "--webhook-private", "yes", "--webhook-retry", "1", "--webhook-attempts", "3", NULL } };

/* ---- scenarios ---- */

static bool has_two(void *user)
{
	return received(user, "ok") >= 2;
}

static bool failed_once(void *user)
{
	return received(user, "fail") >= 1;
}

static bool is_dead(void *user)
{
	return count(user, "dead") == 1;
}

static bool is_empty(void *user)
{
	return count(user, "dead") == 0 && count(user, "waiting") == 0;
}

static void fails_and_comes_back(void)
{
	struct hook *h = begin(&near_by);

	REQUIRE(h);
	REQUIRE(subscribe(h, h->url, "ACT"));
	happen(h);
	happen(h);
	REQUIRE(wait_until(15000, has_two, h), "nothing came");
	set_mode(h, "fail");
	happen(h);
	REQUIRE(wait_until(15000, failed_once, h), "nothing came");
	set_mode(h, "ok");
	REQUIRE(wait_until(20000, is_empty, h), "it is not tried again");
	CHECK(signatures_are_right(h));
	/* Once more until it is set aside, then sent anew. */
	set_mode(h, "fail");
	happen(h);
	REQUIRE(wait_until(40000, is_dead, h), "it is not set aside");
	set_mode(h, "ok");
	CHECK(json_array_size(json_object_get(ask(h, "GET", at(h, "/dead"), NULL, 200), "items")) == 1);
	ask(h, "POST", at(h, "/replay"), "{}", 200);
	REQUIRE(wait_until(20000, is_empty, h), "it is not sent anew");
	CHECK(signatures_are_right(h));
	ask(h, "POST", at(h, "/end"), "{\"why\":\"over\"}", 200);
	ask(h, "GET", at(h, "/dead"), NULL, 404);
	CHECK(count(h, "dead") == -1);
}

static bool was_slow(void *user)
{
	return received(user, "slow") >= 1;
}

static void slow_and_killed(void)
{
	struct hook *h = begin(&near_by);

	REQUIRE(h);
	REQUIRE(subscribe(h, h->url, "*"));
	set_mode(h, "slow");
	happen(h);
	REQUIRE(wait_until(15000, was_slow, h), "nothing came");
	happen(h);
	server_end(h->server, SIGKILL);
	set_mode(h, "ok");
	REQUIRE(server_restart(h->server));
	h->cookie = account_cookie(h->server, "admin");
	REQUIRE(wait_until(30000, has_two, h), "what a killed server had to send is lost");
	REQUIRE(wait_until(30000, is_empty, h), "it does not come to its end");
	CHECK(signatures_are_right(h));
}

static bool was_flooded(void *user)
{
	return received(user, "flood") >= 1;
}

static bool is_waiting_for_nothing(void *user)
{
	return count(user, "waiting") == 0;
}

static void redirects_and_floods(void)
{
	struct hook *h = begin(&near_by);

	REQUIRE(h);
	REQUIRE(subscribe(h, h->url, "ACT"));
	set_mode(h, "redirect");
	happen(h);
	REQUIRE(wait_until(40000, is_dead, h), "a redirect is followed");
	CHECK(received(h, "get") == 0 && received(h, "redirect") == 3, "%u", received(h, "redirect"));
	set_mode(h, "flood");
	happen(h);
	REQUIRE(wait_until(20000, was_flooded, h), "nothing came");
	CHECK(wait_until(20000, is_waiting_for_nothing, h) && count(h, "dead") == 1, "what was taken is sent again");
	CHECK(received(h, "flood") == 1 && server_alive(h->server), "%u", received(h, "flood"));
}

static void stays_outside(void)
{
	struct hook *h = begin(&(struct server_cfg){ .options = { "--webhook-retry", "1", "--webhook-attempts", "1", NULL } });
	const char *port = h ? strrchr(h->url, ':') : NULL;

	REQUIRE(h);
	ask(h, "POST", HOOKS, defer(g_strdup_printf("{\"url\":\"%s\",\"events\":\"*\"}", h->url), g_free), 400);
	REQUIRE(subscribe(h, defer(g_strdup_printf("https://localhost%s", port), g_free), "ACT"));
	happen(h);
	REQUIRE(wait_until(30000, is_dead, h), "it is not set aside");
	CHECK(strstr(json_string_value(json_object_get(json_array_get(json_object_get(ask(h, "GET", at(h, "/dead"), NULL, 200), "items"), 0), "error")), "not a public address"));
	CHECK(received(h, NULL) == 0, "somebody knocked inside");
}

static void only_of_the_subtree(void)
{
	struct hook *h = begin(&near_by);
	g_autofree char *elsewhere = g_strdup("/api/v1/orgs/5/webhooks");
	json_t *j;

	REQUIRE(h);
	j = ask(h, "POST", elsewhere, defer(g_strdup_printf("{\"url\":\"%s\",\"events\":\"*\"}", h->url), g_free), 201);
	g_strlcpy(h->secret, json_string_value(json_object_get(j, "secret")), sizeof(h->secret));
	happen(h);      /* at 78, which lies elsewhere */
	ask(h, "POST", "/api/v1/people", "{\"name\":\"乙\",\"kind\":\"member\",\"org\":5}", 201);
	g_usleep(3000000);
	CHECK(received(h, NULL) == 1, "%u", received(h, NULL));
	CHECK(signatures_are_right(h));
	h->cookie = account_cookie(h->server, "secretary");
	ask(h, "GET", HOOKS, NULL, 404);
	h->cookie = account_cookie(h->server, "member");
	ask(h, "POST", HOOKS, "{\"url\":\"https://example.com/\",\"events\":\"*\"}", 404);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "an event is sent, tried again, set aside and sent anew, always signed", fails_and_comes_back },
		{ "what a killed server had to send is sent after it starts again", slow_and_killed },
		{ "a receiver can neither redirect nor flood", redirects_and_floods },
		{ "nothing is sent to addresses inside", stays_outside },
		{ "events are those of the subtree, and only administrators subscribe", only_of_the_subtree },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
