/*
 * A class on a slow and on a full disk: media go on, pages say that records are not being written, and nothing acknowledged is lost. The disk is made
 * bad inside the server's process (bad_disk.h).
 */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/scenario/bad_disk.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/stage.h"
#include "tests/scenario/throng.h"

#define SITES 8
#define PHONES 5
#define MARKED 2
#define SLOW_US 20000

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static void end_json(void *j)
{
	json_decref(j);
}

/* ---- the disk ---- */

struct stand {
	struct throng t;
	struct bad_disk *disk;
	char path[64];
};

static void end_stand(void *user)
{
	struct stand *s = user;

	munmap(s->disk, sizeof(*s->disk));
	g_unlink(s->path);
	g_free(s);
}

static struct stand *stand_new(void)
{
	struct stand *s = g_new0(struct stand, 1);
	int fd;

	strcpy(s->path, "/tmp/huitang-disk-XXXXXX");
	fd = mkostemp(s->path, O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, sizeof(*s->disk)) < 0)
		g_error("no file for the disk: %s", g_strerror(errno));
	s->disk = mmap(NULL, sizeof(*s->disk), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return defer(s, end_stand);
}

/* Only the server gets it. */
static void preload(const struct stand *s, bool on)
{
	if (on) {
		g_setenv("LD_PRELOAD", BAD_DISK, TRUE);
		g_setenv(BAD_DISK_ENV, s->path, TRUE);
		g_setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", TRUE);
	} else {
		g_unsetenv("LD_PRELOAD");
		g_unsetenv(BAD_DISK_ENV);
	}
}

static bool begin(struct stand *s)
{
	struct office admin = { 0 };
	bool good;

	preload(s, true);
	good = office_open(&admin);
	preload(s, false);
	if (!good || !throng_plan(&s->t, &admin, COUNTY))
		return false;
	s->t.n_media = 1;
	return throng_pair(&s->t, SITES) && throng_enter(&s->t) && throng_choose(&s->t, PHONES, MARKED) && throng_scan(&s->t) && throng_mark(&s->t) &&
	       CHECK(!strcmp(seat_do(s->t.host, "class.open", "{}"), "")) && CHECK(attendee_wait(s->t.host, s->t.sites[0].seat->id, "camera", 5, 10000));
}

/* The new process has a good disk. */
static bool kill_and_come_back(struct stand *s)
{
	bool good = CHECK(server_end(s->t.admin.server, SIGKILL) != -1);

	atomic_store(&s->disk->full, 0);
	preload(s, true);
	good = good && CHECK(server_restart(s->t.admin.server));
	preload(s, false);
	return good && throng_enter(&s->t) && throng_scan(&s->t);
}

static json_int_t vote(struct stand *s)
{
	return throng_ask(&s->t, "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "vote", "audience", "persons", "prompt", "决议", "options", "同意", "不同意", "span_s", 600);
}

static void close_and_look(struct stand *s)
{
	struct outcome *o;

	CHECK(!strcmp(seat_do(s->t.host, "class.close", "{}"), ""));
	o = server_command((const char *const[]){ "verify", "--data", s->t.admin.server->data, NULL });
	CHECK(o->status == 0, "%s%s", o->out, o->err);
	outcome_free(o);
	CHECK(oracle_agrees(s->t.admin.server, s->t.room));
}

/* ---- slow ---- */

static void slow_disk(void)
{
	struct stand *s = stand_new();
	struct throng_replies n;
	json_int_t ask;
	json_t *one;

	REQUIRE(begin(s));
	CHECK(atomic_load(&s->disk->syncs) > 0, "the disk is not between");
	atomic_store(&s->disk->sync_us, SLOW_US);
	ask = vote(s);
	n = throng_answer(&s->t, ask, 0);
	CHECK(n.good == s->t.n_phones, "%u acknowledged, %u refused (%s), %u without reply", n.good, n.refused, n.code, n.none);
	n = throng_answer_marked(&s->t, ask, 1);
	CHECK(n.good == s->t.n_marked, "%u acknowledged, %u refused (%s), %u without reply", n.good, n.refused, n.code, n.none);
	CHECK(attendee_wait(s->t.host, s->t.sites[0].seat->id, "camera", 30, 10000), "pictures wait for the disk");
	attendee_check(s->t.host, 60, "host");
	CHECK(server_metric(s->t.admin.server, "huitang_journal_failing") == 0, "slow is not broken");
	REQUIRE(kill_and_come_back(s));
	one = throng_asked(&s->t, ask);
	CHECK(json_integer_value(json_object_get(one, "answered")) == s->t.n_phones + s->t.n_marked, "acknowledged and lost");
	close_and_look(s);
}

/* ---- full ---- */

static bool is_failing(void *user)
{
	return server_metric(user, "huitang_journal_failing") == 1;
}

static bool is_well(void *user)
{
	return server_metric(user, "huitang_journal_failing") == 0;
}

/* The last journal.state among the events from `mark` on. */
static bool is_told(struct seat *seat, size_t mark, const char *state)
{
	json_t *event = seat_event(seat, mark, "journal.state", 5000);

	return event && !strcmp(text(event, "state"), state);
}

struct phone_wait {
	struct seat *seat;
	const char *records;
};

static bool shows_records(void *user)
{
	struct phone_wait *w = user;
	const char *last = "none";
	json_t *event;
	size_t i;

	seat_pump(w->seat);
	json_array_foreach(w->seat->events, i, event)
		if (!strcmp(text(event, "event"), "companion.state"))
			last = text(json_object_get(event, "state"), "records");
	return !strcmp(last, w->records);
}

static void told_on_all_pages(struct stand *s, struct seat *phone, size_t host_mark, size_t site_mark, const char *state)
{
	struct phone_wait w = { phone, !strcmp(state, "ok") ? "" : state };

	CHECK(is_told(s->t.host, host_mark, state), "host: not told that it is %s", state);
	CHECK(is_told(s->t.sites[0].seat, site_mark, state), "site: not told that it is %s", state);
	CHECK(wait_until(5000, shows_records, &w), "phone: not told that it is %s", state);
}

/* A page that is loaded anew meanwhile is told as well; who was not there before is refused, as a join is a record. */
static void newcomers(struct stand *s)
{
	struct seat *again = s->t.sites[1].seat, *late;
	size_t mark;

	CHECK(!*seat_resume(again));
	mark = seat_mark(again);
	CHECK(!*seat_join(again) && is_told(again, mark, "failing"), "%s", seat_error(again->joined));
	late = attendee_with(s->t.admin.server, s->t.loop, "viewer", "late", &(struct seat_cfg){ .room = s->t.room, .no_media = true });
	CHECK(!strcmp(seat_error(late->joined), "not_recorded"), "%s", seat_error(late->joined));
}

static void full_disk(void)
{
	struct stand *s = stand_new();
	struct throng_site *first = &s->t.sites[0];
	size_t host_mark, site_mark;
	struct throng_replies n;
	json_int_t ask;
	json_t *one;

	REQUIRE(begin(s));
	ask = vote(s);
	CHECK(!*seat_do(first->phones[0].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0));
	host_mark = seat_mark(s->t.host);
	site_mark = seat_mark(first->seat);
	atomic_store(&s->disk->full, 1);
	CHECK(!strcmp(seat_do(first->phones[1].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0), "not_recorded"));
	REQUIRE(wait_until(5000, is_failing, s->t.admin.server));
	told_on_all_pages(s, first->phones[2].seat, host_mark, site_mark, "failing");
	CHECK(!strcmp(seat_do(first->phones[2].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0), "not_recorded"));
	CHECK(!strcmp(seat_do(first->seat, "ask.answer", "{s:I, s:I, s:[i]}", "ask", ask, "person", first->marked[0], "choice", 0), "not_recorded"));
	CHECK(!strcmp(seat_do(first->seat, "class.mark", "{s:[I], s:b}", "persons", first->marked[1], "here", 0), "not_recorded"));
	CHECK(!strcmp(seat_do(s->t.host, "class.pause", "{}"), "not_recorded"));
	CHECK(!strcmp(seat_do(s->t.host, "class.close", "{}"), "not_recorded"));
	newcomers(s);
	CHECK(attendee_wait(s->t.host, first->seat->id, "camera", 60, 10000), "pictures stopped with the records");
	attendee_check(s->t.host, 60, "host");
	CHECK(atomic_load(&s->disk->refused) > 0);

	host_mark = seat_mark(s->t.host);
	site_mark = seat_mark(first->seat);
	atomic_store(&s->disk->full, 0);
	REQUIRE(wait_until(5000, is_well, s->t.admin.server));
	told_on_all_pages(s, first->phones[2].seat, host_mark, site_mark, "ok");
	n = throng_answer(&s->t, ask, 0);
	CHECK(n.good == s->t.n_phones, "what was refused is taken, what was there is the same: %u, %u refused (%s)", n.good, n.refused, n.code);
	REQUIRE(kill_and_come_back(s));
	one = throng_asked(&s->t, ask);
	CHECK(json_integer_value(json_object_get(one, "answered")) == s->t.n_phones, "each once: %lld", (long long)json_integer_value(json_object_get(one, "answered")));
	close_and_look(s);
}

/* Killed while it is full: what was told as not recorded is gone, what was acknowledged is there. */
static void killed_when_full(void)
{
	struct stand *s = stand_new();
	struct throng_site *first = &s->t.sites[0];
	json_int_t ask;
	json_t *one;

	REQUIRE(begin(s));
	ask = vote(s);
	CHECK(!*seat_do(first->phones[0].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0));
	atomic_store(&s->disk->full, 1);
	CHECK(!strcmp(seat_do(first->phones[1].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 0), "not_recorded"));
	REQUIRE(kill_and_come_back(s));
	one = throng_asked(&s->t, ask);
	CHECK(json_integer_value(json_object_get(one, "answered")) == 1, "%lld", (long long)json_integer_value(json_object_get(one, "answered")));
	CHECK(!*seat_do(first->phones[1].seat, "companion.answer", "{s:I, s:[i]}", "ask", ask, "choice", 1), "so another answer counts");
	defer(seat_ask(s->t.host, "class.close", "{}"), end_json);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "with 20 ms for each sync all is acknowledged and kept, and pictures go on", slow_disk },
		{ "on a full disk pages say that nothing is recorded, pictures go on, and afterwards each answer counts once", full_disk },
		{ "killed on a full disk, what was acknowledged is there and nothing else", killed_when_full },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
