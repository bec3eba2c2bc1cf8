/* The disk is full in mid-meeting: pictures go on, what must be on record is refused plainly, and all is well again after. */
#include <glib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/report.h"
#include "tests/scenario/stage.h"

/* No file of the server may grow any more: to SQLite a write that fails, as on a full disk. */
static bool let_files_grow(const struct server *s, bool grow)
{
	struct rlimit l = { grow ? RLIM_INFINITY : 1, RLIM_INFINITY };

	return prlimit(s->pid, RLIMIT_FSIZE, &l, NULL) == 0;
}

static bool is_failing(void *server)
{
	return server_metric(server, "huitang_journal_failing") == 1;
}

static bool is_recovered(void *server)
{
	return server_metric(server, "huitang_journal_failing") == 0;
}

static void full_disk(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *ann;
	struct report_row row;
	const char *refusal;

	REQUIRE(s);
	host = attendee(s, l, "host", "chair", 100);
	ann = attendee(s, l, "participant", "ann", 200);
	REQUIRE(attendee_wait(host, ann->id, "camera", 10, 5000));
	REQUIRE(!seat_do(ann, "chat.send", "{s:s}", "text", "before")[0]);

	REQUIRE(let_files_grow(s, false));
	refusal = seat_do(ann, "chat.send", "{s:s}", "text", "lost");
	CHECK(!strcmp(refusal, "not_recorded"), "said %s", refusal);
	CHECK(wait_until(5000, is_failing, s), "no metric rose");
	refusal = seat_do(host, "room.lock", "{s:b}", "locked", 1);
	CHECK(!strcmp(refusal, "not_recorded"), "said %s", refusal);
	CHECK(attendee_wait(host, ann->id, "camera", 60, 6000), "pictures stopped with the records");
	attendee_check(host, 60, "host");

	REQUIRE(let_files_grow(s, true));
	CHECK(wait_until(5000, is_recovered, s), "did not recover");
	refusal = seat_do(ann, "chat.send", "{s:s}", "text", "after");
	CHECK(!refusal[0], "said %s", refusal);
	CHECK(report_row(s, ROOM, "ann", &row) && row.rows == 1, "ann's time is not on record");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "on a full disk pictures go on and records are refused plainly, until there is room again", full_disk },
	};

	return stage_run(argc, argv, scenarios, G_N_ELEMENTS(scenarios), 60);
}
