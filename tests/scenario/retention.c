/* Erasing by days on the real server: old rows go, also when it is killed meanwhile; who may see that it did. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/endpoint/loop.h"
#include "tests/scenario/account.h"
#include "tests/scenario/stage.h"

#define OLD_LINES 6000
#define RETENTION "/api/v1/orgs/1/retention"

static bool age(struct server *s)
{
	g_autofree char *database = g_build_filename(s->data, "huitang.db", NULL), *err = NULL;
	char *arguments[] = { "python3", ORACLE "/age.py", database, G_STRINGIFY(OLD_LINES), "200", NULL };
	int status = -1;

	g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &err, &status, NULL);
	return CHECK(status == 0, "age.py: %s", err);
}

static bool some_are_gone(void *user)
{
	return server_metric(user, "huitang_retention_removed_total") > 500;
}

static json_t *last_run(struct server *s)
{
	struct http_reply *r = account_ask(s, "GET", RETENTION, NULL, account_cookie(s, "admin"), NULL);
	json_t *all = json_loadb(r->body ? r->body : "", r->body_len, 0, NULL);

	CHECK(r->status == 200, "%ld", r->status);
	defer(all, (void (*)(void *))(void (*)(void))json_decref);
	return json_array_get(json_object_get(all, "items"), 0);
}

static bool is_finished(void *user)
{
	return json_is_integer(json_object_get(last_run(user), "finished_ms"));
}

static void killed(void)
{
	struct server *s = server_stage();
	struct outcome *o;

	REQUIRE(s);
	REQUIRE(wait_until(20000, is_finished, s), "an empty folder's run does not end");
	CHECK(json_object_size(json_object_get(last_run(s), "removed")) == 0);
	CHECK(server_end(s, SIGTERM) == 0);
	REQUIRE(age(s));
	REQUIRE(server_restart(s));
	REQUIRE(wait_until(30000, some_are_gone, s), "nothing is erased");
	server_end(s, SIGKILL);
	REQUIRE(server_restart(s));
	REQUIRE(wait_until(60000, is_finished, s), "it does not go on");
	o = server_command((const char *const[]){ "verify", "--data", s->data, NULL });
	CHECK(o->status == 0 && strstr(o->out, G_STRINGIFY(OLD_LINES) " of them erased"), "%s %s", o->out, o->err);
	outcome_free(o);
	o = server_command((const char *const[]){ "export", "--data", s->data, "--room", "demo-class", "--format", "jsonl", NULL });
	CHECK(o->status == 0 && !strstr(o->out, "LONGAGO") && strstr(o->out, "\"erased\":true"), "what was erased is exported");
	outcome_free(o);
}

static void who_sees(void)
{
	struct server *s = server_stage();

	REQUIRE(s);
	CHECK(account_ask(s, "GET", RETENTION, NULL, account_cookie(s, "admin"), NULL)->status == 200);
	CHECK(account_ask(s, "GET", RETENTION, NULL, account_cookie(s, "secretary"), NULL)->status == 404);
	CHECK(account_ask(s, "GET", RETENTION, NULL, NULL, NULL)->status == 401);
	CHECK(account_ask(s, "GET", "/api/v1/orgs/99999/retention", NULL, account_cookie(s, "admin"), NULL)->status == 404);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "what is older than its days is erased, also when the server is killed meanwhile", killed },
		{ "who sees the policy of an organisation sees what was erased there", who_sees },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
