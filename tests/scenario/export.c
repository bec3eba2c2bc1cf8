/* What `huitang export` gives: enough to verify the chain and to compute presence again, by somebody who has the documentation alone. */
#include <glib.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const struct seat_cfg plain = { .no_media = true };

struct people {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann, *bob;
};

static bool enter(struct people *p)
{
	p->server = server_stage();
	if (!p->server)
		return false;
	p->loop = stage_loop();
	p->host = attendee_with(p->server, p->loop, "host", "chair", &plain);
	p->ann = attendee_with(p->server, p->loop, "participant", "ann", &plain);
	p->bob = attendee_with(p->server, p->loop, "participant", "bob", &plain);
	return CHECK(p->host->id[0] && p->ann->id[0] && p->bob->id[0]);
}

/* One of each kind that a room has. */
static void do_everything(struct people *p)
{
	CHECK(!seat_do(p->ann, "chat.send", "{s:s}", "text", "\"}\n,\"payload\":{ 你好")[0]);
	CHECK(!seat_do(p->ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1)[0]);
	CHECK(!seat_do(p->host, "seat.mute", "{s:s, s:s, s:b}", "seat", p->ann->id, "source", "mic", "self_unmute", 0)[0]);
	CHECK(!seat_do(p->host, "room.mute_all", "{s:b}", "self_unmute", 0)[0]);
	CHECK(!seat_do(p->host, "room.allow_unmute", "{}")[0]);
	CHECK(!seat_do(p->host, "room.lock", "{s:b}", "locked", 1)[0]);
	CHECK(!seat_do(p->host, "room.lock", "{s:b}", "locked", 0)[0]);
	CHECK(!seat_do(p->host, "seat.role", "{s:s, s:s}", "seat", p->ann->id, "role", "presenter")[0]);
}

static void come_and_go(struct people *p)
{
	struct seat *again;

	seat_cut(p->bob);
	CHECK(attendee_wait_field(p->host, p->bob->id, "presence", "away", 5000));
	CHECK(!seat_resume(p->bob)[0]);
	CHECK(!seat_do(p->ann, "leave", "{}")[0]);
	g_usleep(1500000);
	again = attendee_with(p->server, p->loop, NULL, "ann", &(struct seat_cfg){ .token = p->ann->cfg.token, .no_media = true });
	CHECK(again->id[0], "%s", seat_error(again->joined));
	g_usleep(1500000);
	CHECK(!seat_do(p->host, "seat.remove", "{s:s}", "seat", again->id)[0]);
}

static void presence_again(void)
{
	struct people p = { 0 };
	struct seat *host;

	REQUIRE(enter(&p));
	do_everything(&p);
	come_and_go(&p);
	CHECK(account_ask(p.server, "POST", "/api/v1/people", "{\"name\":\"甲乙\",\"kind\":\"member\",\"org\":78}", account_cookie(p.server, "admin"), NULL)->status == 201);
	CHECK(oracle_agrees(p.server, ROOM), "while the server runs and people are there");
	/* Proofs come each five seconds: some of those, a killed server, and more. */
	g_usleep(6000000);
	server_end(p.server, SIGKILL);
	REQUIRE(server_restart(p.server));
	seat_cut(p.host);
	host = attendee_with(p.server, p.loop, NULL, "chair", &(struct seat_cfg){ .token = p.host->cfg.token, .no_media = true });
	REQUIRE(host->id[0], "%s", seat_error(host->joined));
	g_usleep(6000000);
	CHECK(oracle_agrees(p.server, ROOM), "after a kill");
	CHECK(!seat_do(host, "room.end", "{}")[0]);
	CHECK(oracle_agrees(p.server, ROOM), "after the end");
	CHECK(server_end(p.server, SIGTERM) == 0);
	CHECK(oracle_agrees(p.server, ROOM), "without a server");
}

static void refusals(void)
{
	static const char *const wrong[][8] = {
		{ "export", NULL }, { "export", "--data", "/tmp", NULL }, { "export", "--data", "/tmp", "--format", "csv", NULL },
		{ "export", "--data", "/nowhere", "--format", "jsonl", NULL },
	};
	struct server *s = server_stage();
	struct outcome *o;

	REQUIRE(s);
	for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
		o = server_command(wrong[i]);
		CHECK(o->status > 0 && o->err[0] && !o->out[0], "%u: %d %s", i, o->status, o->err);
		outcome_free(o);
	}
	o = server_command((const char *const[]){ "export", "--data", s->data, "--room", "no-such-room", "--format", "jsonl", NULL });
	CHECK(o->status > 0 && strstr(o->err, "no-such-room"), "%d %s", o->status, o->err);
	outcome_free(o);
	o = server_command((const char *const[]){ "export", "--data", s->data, "--room", "demo-class", "--format", "jsonl", NULL });
	CHECK(o->status == 0 && !strstr(o->out, ROOM), "another room: %d %s", o->status, o->err);
	outcome_free(o);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "presence computed from the export is the report's", presence_again },
		{ "an export that cannot be made is refused with the reason", refusals },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
