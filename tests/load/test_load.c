/* The load tool against the real server: what it tells when all is well, and that it tells when it is not. */
#include <fcntl.h>
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"
#include "tests/scenario/server.h"
#include "tests/scenario/stage.h"

/* One run of the tool: its exit status and its JSON. */
struct run {
	GPid pid;
	char json[64];
	int status;
	json_t *said;           /* owned; NULL: it wrote none */
};

static char *tool(void)
{
	g_autofree char *folder = g_path_get_dirname(stage_program());

	return g_build_filename(folder, "huitang-load", NULL);
}

static void run_free(void *run)
{
	struct run *r = run;

	if (r->pid)
		kill(r->pid, SIGKILL), waitpid(r->pid, NULL, 0);
	json_decref(r->said);
	unlink(r->json);
	g_free(r);
}

/* Light: what is tested is that it tells the truth, on whatever machine this is. */
static struct run *begin(struct server *s, const char *options)
{
	struct run *r = defer(g_new0(struct run, 1), run_free);
	g_autofree char *program = tool(), *line = NULL;
	g_auto(GStrv) words = g_strsplit(options, " ", 2), argv = NULL;
	g_autoptr(GError) error = NULL;
	int fd;

	strcpy(r->json, "/tmp/huitang-load-XXXXXX");
	fd = mkstemp(r->json);
	close(fd);
	r->status = -1;
	line = g_strdup_printf("%s %s --server http://127.0.0.1:%u --pid %d --video-bps 200k --layers q:40k:180,h:80k:360,f:200k:720 "
	                       "--packet-bytes 600 --ramp 50 --seconds 2 --warmup 1 --json %s%s%s", program, words[0], s->port, (int)s->pid, r->json,
	                       words[1] ? " " : "", words[1] ? words[1] : "");
	argv = g_strsplit(line, " ", -1);
	if (!CHECK(g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &r->pid, &error),
	           "%s", error ? error->message : ""))
		r->pid = 0;
	return r;
}

static bool has_ended(void *user)
{
	struct run *r = user;
	int status;

	if (!r->pid)
		return true;
	if (waitpid(r->pid, &status, WNOHANG) != r->pid)
		return false;
	r->pid = 0;
	r->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return true;
}

static void end(struct run *r)
{
	size_t i;
	json_t *p;

	CHECK(wait_until(90000, has_ended, r), "the tool does not end");
	r->said = json_load_file(r->json, 0, NULL);
	json_array_foreach(json_object_get(r->said, "problems"), i, p)
		stage_note("it says: %s", json_string_value(p));
}

static struct run *run(struct server *s, const char *options)
{
	struct run *r = begin(s, options);

	end(r);
	return r;
}

static double number(const struct run *r, const char *group, const char *name)
{
	return json_number_value(json_object_get(json_object_get(r->said, group), name));
}

static bool says(const struct run *r, const char *words)
{
	size_t i;
	json_t *p;

	json_array_foreach(json_object_get(r->said, "problems"), i, p)
		if (strstr(json_string_value(p), words))
			return true;
	return false;
}

/* What a machine with other work to do may bring about: it says nothing of the tool's sense. */
static bool is_of_busy_machine(const char *problem)
{
	static const char *const words[] = { "this tool was held up", "pictures stood still", "was forwarded" };

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(problem, words[i]))
			return true;
	return false;
}

static void check_well(const struct run *r, unsigned seats)
{
	json_t *problems = json_object_get(r->said, "problems"), *p;
	size_t i;

	CHECK(r->status == (json_array_size(problems) ? 1 : 0), "exit status %d", r->status);
	CHECK(json_is_true(json_object_get(r->said, "ok")) == (r->status == 0));
	json_array_foreach(problems, i, p)
		CHECK(is_of_busy_machine(json_string_value(p)), "%s", json_string_value(p));
	CHECK(number(r, "seats", "joined") == seats, "%g of %u joined", number(r, "seats", "joined"), seats);
	CHECK(number(r, "seats", "failed") == 0 && number(r, "seats", "lost") == 0 && number(r, "seats", "silent") == 0);
	CHECK(number(r, "checked", "packets") > 0 && number(r, "checked", "altered") == 0 && number(r, "checked", "unopened") == 0);
	CHECK(number(r, "latency_ms", "samples") > 0 && number(r, "join_ms", "samples") > 0);
	CHECK(number(r, "server", "cpu_us_per_packet") > 0 && number(r, "tool", "cpu_s") > 0);
}

static char *data_option(struct server *s, const char *words)
{
	return g_strdup_printf("%s --data %s --huitang %s", words, s->data, stage_program());
}

static void lecture(void)
{
	struct server *s = server_stage();
	g_autofree char *gcm = NULL, *cm = NULL;
	struct run *r;

	REQUIRE(s);
	gcm = data_option(s, "lecture --viewers 20");
	r = run(s, gcm);
	check_well(r, 21);
	CHECK(number(r, "delivered", "ratio") > 0.5 && number(r, "delivered", "video_packets") > 0 && number(r, "delivered", "audio_packets") > 0);
	cm = data_option(s, "lecture --viewers 10 --suite cm --codec h264 --sockets each --check 1");
	r = run(s, cm);
	check_well(r, 11);
	CHECK(number(r, "checked", "viewers") == 10);
	CHECK(number(r, "frames", "whole") > 0);
}

static void meeting(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "meeting --sites 5");
	r = run(s, options);
	check_well(r, 5);
	CHECK(number(r, "delivered", "video_packets") > 0 && number(r, "delivered", "audio_packets") > 0);
}

/* Others come, who only watch: what those who were there got meanwhile is told apart. */
static void newcomers(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	json_t *meanwhile;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "meeting --sites 4 --latecomers 6 --late-watch 1 --check-every 1");
	r = run(s, options);
	check_well(r, 10);
	meanwhile = json_object_get(r->said, "meanwhile");
	CHECK(number(r, "join_ms", "samples") == 6 && number(r, "join_video_ms", "samples") == 6);
	CHECK(number(r, "seats", "pictures_wanted") == 4 * 3 + 6);
	CHECK(json_number_value(json_object_get(meanwhile, "s")) > 0);
	CHECK(json_integer_value(json_object_get(json_object_get(meanwhile, "latency_ms"), "samples")) > 0);
}

static void join(void)
{
	struct server *s = server_stage();
	g_autofree char *seats = NULL, *players = NULL;
	struct run *r;

	REQUIRE(s);
	seats = data_option(s, "join --sites 20");
	r = run(s, seats);
	check_well(r, 21);
	CHECK(number(r, "join_ms", "samples") == 20 && number(r, "join_video_ms", "samples") == 20);
	players = data_option(s, "join --whep --viewers 20");
	check_well(run(s, players), 21);
}

static void repairs(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "lecture --viewers 4 --line rtt=20,loss=5 --line-for 2");
	r = run(s, options);
	check_well(r, 5);
	CHECK(number(r, "line", "down_lost") > 0 && number(r, "loss", "missing") > 0 && number(r, "loss", "repaired") > 0);
	CHECK(number(r, "checked", "viewers") >= 2, "who is on a line is opened whole");
	CHECK(json_array_size(json_object_get(r->said, "series")) >= 1);
}

/* A line begins to lose 30 % a second into the window: how much is heard in all. */
static double hears(struct server *s, const char *who, const char *options)
{
	g_autofree char *words = g_strdup_printf("lecture --viewers 3 --seconds 8 --warmup 2 --line rtt=60,jitter=5 --line at=1,rtt=60,jitter=5,loss=30%s%s",
	                                         options[0] ? " " : "", options);
	g_autofree char *all = data_option(s, words);
	struct run *r = run(s, all);

	CHECK(number(r, "seats", "failed") == 0 && number(r, "seats", "lost") == 0, "%s", who);
	CHECK(number(r, "line", "down_lost") > 0 && number(r, "checked", "altered") == 0, "%s", who);
	stage_note("%s: %.1f %% of the sound, pictures stand still for %.0f ms at the longest", who, 100 * number(r, "frames", "audio_ratio"),
	           number(r, "frames", "longest_freeze_ms"));
	return number(r, "frames", "audio_ratio");
}

/* Arrival alone counts, but a server that cannot run for a while learns late that much is lost: three tries. */
static void loses_sound(struct server *s, const char *who, const char *options)
{
	double heard = 0;

	for (int i = 0; i < 3 && heard < 0.97; i++)
		heard = hears(s, who, options);
	CHECK(heard >= 0.97, "%s hears %.1f %%", who, 100 * heard);
}

static void sound_through_loss(void)
{
	struct server *s = server_stage();
	double repeated, filled;

	REQUIRE(s);
	loses_sound(s, "a seat of a room", "--ws");
	loses_sound(s, "a WHEP player with RED", "--red 1");
	repeated = server_metric(s, "huitang_sound_repeated_total");
	loses_sound(s, "a WHEP player without", "");
	CHECK(server_metric(s, "huitang_sound_repeated_total") > repeated, "nothing was repeated");
	filled = server_metric(s, "huitang_red_filled_total");
	loses_sound(s, "whoever listens to a WHIP publisher with RED on such a line", "--line-publishers --red 2");
	CHECK(server_metric(s, "huitang_red_filled_total") > filled, "no hole was filled");
	loses_sound(s, "whoever listens to one without", "--line-publishers");
}

static void knee(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "lecture --viewers 2 --knee --knee-step 10 --video-bps 20k --packet-bytes 200");
	r = begin(s, options);
	CHECK(stays_false(3000, has_ended, r));
	kill(r->pid, SIGINT);
	end(r);
	CHECK(r->status == 1 && says(r, "ended before its time"), "a run that was cut short says so");
}

static void tells_refusal(void)
{
	struct server *s = server_stage();
	struct run *r;

	REQUIRE(s);
	r = run(s, "lecture --viewers 3 --token wrong");
	CHECK(r->status == 1 && says(r, "HTTP 401"), "a wrong token");
	r = run(s, "meeting --sites 3 --token wrong");
	CHECK(r->status == 1 && says(r, "token_invalid"), "a wrong token at the WebSocket");
	CHECK(number(r, "seats", "joined") == 0 && number(r, "seats", "failed") == 3);
}

static void tells_alteration(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "lecture --viewers 3 --check 1 --spoil 20");
	r = run(s, options);
	CHECK(r->status == 1 && number(r, "checked", "altered") > 0 && says(r, "altered"), "a bit behind the opening");
	CHECK(number(r, "checked", "unopened") > 0 && says(r, "did not open"), "a bit before the opening");
}

static void tells_death(void)
{
	struct server *s = server_stage();
	g_autofree char *options = NULL;
	struct run *r;

	REQUIRE(s);
	options = data_option(s, "meeting --sites 3 --seconds 20");
	r = begin(s, options);
	CHECK(stays_false(3000, has_ended, r));
	server_end(s, SIGKILL);
	end(r);
	CHECK(r->status == 1, "exit status %d", r->status);
	CHECK(number(r, "seats", "lost") == 3 || number(r, "seats", "failed") == 3, "%g lost", number(r, "seats", "lost"));
}

static void refuses_nonsense(void)
{
	struct server *s = server_stage();

	REQUIRE(s);
	CHECK(run(s, "lecture --token x --viewers 0")->status == 2);
	CHECK(run(s, "lecture --token x --line speed=3")->status == 2);
	CHECK(run(s, "party --token x")->status == 2);
	CHECK(run(s, "meeting --token x --late-watch 1")->status == 2, "nobody comes late");
	CHECK(run(s, "lecture --token x --target janus --ws")->status == 2);
	CHECK(run(s, "lecture")->status == 2, "neither token nor data folder");
	CHECK(run(s, "lecture --data /nonexistent")->status == 2, "no token can be made there");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "load tool: a lecture with both suites and codecs, all packets as they were sent", lecture },
		{ "load tool: a meeting of five sites by WebSocket", meeting },
		{ "load tool: others come while a meeting runs", newcomers },
		{ "load tool: twenty come at once, by WebSocket and by WHEP", join },
		{ "load tool: losses of its line are repaired and told apart", repairs },
		{ "load tool: sound is heard through lines that lose 30 %, with RED and without", sound_through_loss },
		{ "load tool: a run that is interrupted reports what it has, and fails", knee },
		{ "load tool: refused endpoints make it fail", tells_refusal },
		{ "load tool: altered packets make it fail", tells_alteration },
		{ "load tool: a server that dies makes it fail", tells_death },
		{ "load tool: options that make no sense are refused", refuses_nonsense },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
