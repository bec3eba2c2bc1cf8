/* The record: what `huitang report` says against what happened; and what `huitang serve` refuses to start on. */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/report.h"
#include "tests/scenario/stage.h"

/* Somebody's time there as seen from outside, however slow the machine is: the record's lies between. */
struct stay {
	int64_t least_us, most_us;
};

static struct seat *come(struct stay *y, struct server *s, struct loop *l, const char *role, const char *name, const char *token)
{
	struct seat *t;

	y->most_us -= now_us();
	t = attendee_with(s, l, role, name, &(struct seat_cfg){ .token = token, .no_media = true });
	y->least_us -= now_us();
	return t;
}

static void go(struct stay *y, struct seat *t)
{
	y->least_us += now_us();
	CHECK(!seat_do(t, "leave", "{}")[0]);
	y->most_us += now_us();
}

static bool is_reported(const struct stay *y, unsigned seconds)
{
	int64_t us = (int64_t)seconds * 1000000;

	return us <= y->most_us + 500000 && us >= y->least_us - 1000000;
}

static void comings_and_goings(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct stay chair_stay = { 0, 0 }, ann_stay = { 0, 0 };
	struct seat *host, *ann, *again;
	struct report_row row;

	REQUIRE(s);
	host = come(&chair_stay, s, l, "host", "chair", NULL);
	ann = come(&ann_stay, s, l, "participant", "ann", NULL);
	REQUIRE(host->id[0] && ann->id[0]);
	g_usleep(3000000);
	go(&ann_stay, ann);
	g_usleep(2000000);
	again = come(&ann_stay, s, l, NULL, "ann", ann->cfg.token);
	REQUIRE(again->id[0]);
	CHECK(!strcmp(again->id, ann->id), "another seat for the same person");
	g_usleep(2000000);
	go(&ann_stay, again);
	go(&chair_stay, host);
	REQUIRE(report_row(s, ROOM, "ann", &row));
	stage_note("ann: %.2f to %.2f s in two spans, reported %u", (double)ann_stay.least_us / 1e6, (double)ann_stay.most_us / 1e6, row.seconds);
	CHECK(row.rows == 1 && row.reconnects == 1, "%u rows, %u reconnects", row.rows, row.reconnects);
	CHECK(is_reported(&ann_stay, row.seconds), "%u s", row.seconds);
	CHECK(!strcmp(row.state, "left") && row.last_leave[0] && !strcmp(row.role, "participant"), "%s %s", row.state, row.role);
	REQUIRE(report_row(s, ROOM, "chair", &row));
	CHECK(is_reported(&chair_stay, row.seconds), "%u s", row.seconds);
}

static void csv(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *token = NULL;
	struct seat *t;
	struct outcome *o;

	REQUIRE(s);
	token = server_token(s, ROOM, "participant", NULL, 0);
	t = attendee_with(s, l, NULL, "=cmd(\"x\"), y", &(struct seat_cfg){ .token = token, .no_media = true });
	REQUIRE(t->id[0], "%s", seat_error(t->joined));
	o = server_command((const char *const[]){ "report", "--data", s->data, "--room", ROOM, "--format", "csv", NULL });
	CHECK(o->status == 0, "%s", o->err);
	CHECK(g_str_has_prefix(o->out, "\xef\xbb\xbfseat,name,org,kind,role,first_join,last_leave"), "%.80s", o->out);
	CHECK(strstr(o->out, "\"'=cmd(\"\"x\"\"), y\"") != NULL, "%s", o->out);
	CHECK(strstr(o->out, "\r\n") != NULL);
	outcome_free(o);
	o = server_command((const char *const[]){ "report", "--data", s->data, "--room", "no-such-room", "--format", "csv", NULL });
	CHECK(o->status != 0 && o->err[0], "an unknown room is reported");
	outcome_free(o);
}

static void one_server_a_folder(void)
{
	struct server *s = server_stage();
	g_autofree char *listen = g_strdup_printf("127.0.0.1:%u", server_free_port());
	g_autofree char *media = g_strdup_printf("127.0.0.1:%u", server_free_port());
	struct outcome *o;

	REQUIRE(s);
	o = server_command((const char *const[]){ "serve", "--data", s->data, "--listen", listen, "--media", media, NULL });
	CHECK(o->status > 0, "the second server runs: %d", o->status);
	CHECK(strstr(o->err, s->data) != NULL, "%s", o->err);
	outcome_free(o);
	CHECK(server_alive(s));
	CHECK(server_metric(s, "huitang_media_paths") == 0);
}

static void bad_folder(void)
{
	char folder[] = "/tmp/huitang-scenario-XXXXXX";
	g_autofree char *file = NULL;
	struct outcome *o;

	REQUIRE(g_mkdtemp(folder));
	file = g_build_filename(folder, "file", NULL);
	g_file_set_contents(file, "x", 1, NULL);
	o = server_command((const char *const[]){ "serve", "--data", file, "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", NULL });
	CHECK(o->status > 0 && strstr(o->err, file), "%d %s", o->status, o->err);
	outcome_free(o);
	o = server_command((const char *const[]){ "serve", "--data", "/proc/huitang", "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", NULL });
	CHECK(o->status > 0 && strstr(o->err, "/proc/huitang"), "%d %s", o->status, o->err);
	outcome_free(o);
	g_unlink(file);
	g_rmdir(folder);
}

static void bad_configuration(void)
{
	static const struct { const char *text; const char *line; const char *word; } bad[] = {
		{ "# comment\nlisten = 127.0.0.1:8080\nlissten = 1\n", "3", "lissten" },
		{ "workers = many\n", "1", "workers" },
		{ "demo = yes\nmedia = nowhere\n", "2", "media" },
		{ "log-level = loud\n", "1", "log-level" },
	};
	char folder[] = "/tmp/huitang-scenario-XXXXXX";
	g_autofree char *file = NULL;

	REQUIRE(g_mkdtemp(folder));
	file = g_build_filename(folder, "huitang.conf", NULL);
	for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct outcome *o;
		g_autofree char *place = NULL;

		g_file_set_contents(file, bad[i].text, -1, NULL);
		o = server_command((const char *const[]){ "serve", "--data", folder, "--config", file, NULL });
		place = g_strdup_printf("%s:%s", file, bad[i].line);
		CHECK(o->status > 0, "%s was taken", bad[i].text);
		CHECK(strstr(o->err, place) && strstr(o->err, bad[i].word), "%s wants %s: %s", bad[i].text, place, o->err);
		outcome_free(o);
	}
	g_unlink(file);
	g_rmdir(folder);
}

static void clean_stop(void)
{
	struct server *s = server_start(&(struct server_cfg){ 0 });
	struct loop *l;
	struct seat *t;
	struct report_row row;
	int64_t came;

	REQUIRE(s);
	defer(s, server_free);
	l = stage_loop();
	came = now_us();
	t = attendee_with(s, l, "host", "chair", &(struct seat_cfg){ .no_media = true });
	REQUIRE(t->id[0]);
	g_usleep(2000000);
	CHECK(server_end(s, SIGTERM) == 0, "no clean end");
	CHECK(seat_event(t, 0, "server.closing", 1000) != NULL, "nobody was told");
	CHECK(report_row(s, ROOM, "chair", &row), "no report without a server");
	CHECK(row.seconds >= 1 && row.seconds <= (unsigned)((now_us() - came) / 1000000) + 1, "%u s", row.seconds);
}

static void words(void)
{
	static const char *const commands[] = { "serve", "token", "report" };

	for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
		struct outcome *o = server_command((const char *const[]){ commands[i], "--help", NULL });

		CHECK(o->status == 0 && strstr(o->out, "--data"), "%s --help: %d %s", commands[i], o->status, o->out);
		outcome_free(o);
	}
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "the report says who was there, and for how long", comings_and_goings },
		{ "the report as CSV is safe in a spreadsheet", csv },
		{ "a second server on the folder is refused", one_server_a_folder },
		{ "a folder that cannot be written is refused with the reason", bad_folder },
		{ "a bad setting is refused with file and line", bad_configuration },
		{ "a server that is stopped tells its clients and closes the record", clean_stop },
		{ "each command explains itself", words },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
