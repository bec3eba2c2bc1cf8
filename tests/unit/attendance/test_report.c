/* The report as people open it: stable rows, local time, safe in a spreadsheet, of the right opening, beside a running server. */
#include "fixture.h"

#include <jansson.h>

#include "attendance/report.h"

#define S 1000000LL
#define WALL0 (1790000000 * S)  /* 2026-09-21T22:13:20+08:00 */

static void append_at(struct fixture *f, int at_s, enum event_kind kind, const char *seat, const char *payload)
{
	static uint64_t ticket;
	struct event ev = {
		.kind = kind, .room = "demo-class", .seat = seat, .actor = "", .payload = payload,
		.wall_us = WALL0 + at_s * S, .boot_us = (1000 + at_s) * S,
	};

	assert_int_equal(journal_append(f->store, &ev, ++ticket), 0);
	fixture_wait(f, ticket);
}

static int report(const struct fixture *f, const char *room, const char *epoch, enum report_format format, char **ret)
{
	struct report_cfg cfg = { .room = room, .epoch = epoch, .format = format, .now_wall_us = WALL0 + 3600 * S };
	struct store_reader *r = fixture_reader(f);
	char err[STORE_ERROR_BYTES] = "";
	size_t size;
	FILE *out = open_memstream(ret, &size);
	int e;

	assert_non_null(out);
	e = report_write(out, r, &cfg, err);
	fclose(out);
	assert_int_equal(e < 0, err[0] != 0);
	store_reader_close(r);
	return e;
}

static void fill(struct fixture *f)
{
	append_at(f, 0, EVENT_ROOM_OPENED, "", "{\"title\":\"第一讲\",\"org\":\"南岭市\",\"epoch\":\"e1\"}");
	append_at(f, 10, EVENT_SEAT_JOINED, "aa", "{\"key\":\"account:1\",\"name\":\"青河镇党支部\",\"org\":\"南岭市\",\"role\":\"host\",\"kind\":\"browser\"}");
	append_at(f, 10, EVENT_SEAT_JOINED, "bb", "{\"name\":\"=HYPERLINK(\\\"http://x\\\")\",\"org\":\"a,\\\"b\\\"\",\"role\":\"viewer\",\"kind\":\"browser\"}");
	append_at(f, 30, EVENT_SEATS_ALIVE, "", "{\"seats\":[\"aa\",\"bb\"]}");
	append_at(f, 40, EVENT_SEAT_LEFT, "bb", "{\"reason\":\"left\"}");
	append_at(f, 50, EVENT_SEAT_AWAY, "aa", "{}");
	append_at(f, 55, EVENT_SEAT_RETURNED, "aa", "{}");
}

static void csv_is_a_row_per_seat(void **state)
{
	struct fixture f;
	char *text = NULL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fill(&f);
	assert_int_equal(report(&f, "demo-class", NULL, REPORT_CSV, &text), 0);
	assert_string_equal(text,
		"\xef\xbb\xbfseat,name,org,kind,role,first_join,last_leave,last_seen,seconds_present,reconnects,state\r\n"
		"\"bb\",\"'=HYPERLINK(\"\"http://x\"\")\",\"a,\"\"b\"\"\",\"browser\",\"viewer\","
		"2026-09-21T22:13:30+08:00,2026-09-21T22:14:00+08:00,2026-09-21T22:14:00+08:00,30,0,left\r\n"
		"\"aa\",\"青河镇党支部\",\"南岭市\",\"browser\",\"host\","
		"2026-09-21T22:13:30+08:00,,2026-09-21T22:14:15+08:00,45,1,open\r\n");
	free(text);
	fixture_done(&f);
}

static void json_says_what_it_is_of(void **state)
{
	const char *room, *title, *epoch, *opened, *hash, *zone, *as_of;
	struct fixture f;
	json_t *all, *ended, *seats, *last_leave;
	json_int_t sequence, seconds;
	char *text = NULL;
	int version;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fill(&f);
	assert_int_equal(report(&f, "demo-class", NULL, REPORT_JSON, &text), 0);
	all = json_loads(text, 0, NULL);
	assert_non_null(all);
	assert_int_equal(json_unpack(all, "{ss, ss, ss, ss, ss, ss, so, si, s{sI, ss}, so}", "room", &room, "title", &title, "epoch", &epoch,
	                             "zone", &zone, "opened", &opened, "as_of", &as_of, "ended", &ended, "rule_version", &version, "head",
	                             "sequence", &sequence, "hash", &hash, "seats", &seats), 0);
	assert_string_equal(room, "demo-class");
	assert_string_equal(title, "第一讲");
	assert_string_equal(epoch, "e1");
	assert_string_equal(zone, "Asia/Shanghai");
	assert_string_equal(opened, "2026-09-21T22:13:20+08:00");
	assert_string_equal(as_of, "2026-09-21T23:13:20+08:00");
	assert_true(json_is_null(ended));
	assert_int_equal(version, INTERVAL_RULE_VERSION);
	assert_int_equal(sequence, 8);
	assert_int_equal(strlen(hash), 64);
	assert_int_equal(json_array_size(seats), 2);
	assert_int_equal(json_unpack(json_array_get(seats, 1), "{sI, so}", "seconds_present", &seconds, "last_leave", &last_leave), 0);
	assert_int_equal(seconds, 45);
	assert_true(json_is_null(last_leave));
	json_decref(all);
	free(text);
	fixture_done(&f);
}

/* An ended room that is opened again: the last opening, or the one that is asked for. */
static void openings_are_told_apart(void **state)
{
	struct fixture f;
	char *text = NULL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fill(&f);
	append_at(&f, 60, EVENT_ROOM_ENDED, "", "{}");
	append_at(&f, 100, EVENT_ROOM_OPENED, "", "{\"title\":\"第二讲\",\"epoch\":\"e2\"}");
	append_at(&f, 110, EVENT_SEAT_JOINED, "cc", "{\"name\":\"后来\"}");
	append_at(&f, 111, EVENT_ROOM_OPENED, "", "{\"title\":\"第二讲\",\"epoch\":\"e2\"}");
	append_at(&f, 120, EVENT_SEATS_ALIVE, "", "{\"seats\":[\"aa\",\"cc\"]}");
	assert_int_equal(report(&f, "demo-class", NULL, REPORT_CSV, &text), 0);
	assert_non_null(strstr(text, "后来"));
	assert_non_null(strstr(text, ",10,0,open"));
	assert_null(strstr(text, "青河镇"));
	free(text);
	assert_int_equal(report(&f, "demo-class", "e1", REPORT_CSV, &text), 0);
	assert_null(strstr(text, "后来"));
	assert_non_null(strstr(text, ",50,1,left"));
	free(text);
	assert_int_equal(report(&f, "demo-class", "e2", REPORT_JSON, &text), 0);
	assert_non_null(strstr(text, "第二讲"));
	free(text);
	assert_int_equal(report(&f, "demo-class", "e3", REPORT_CSV, &text), -ENOENT);
	free(text);
	fixture_done(&f);
}

static void a_restart_is_shown_as_a_gap(void **state)
{
	struct fixture f;
	json_t *all, *gaps;
	char *text = NULL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fill(&f);
	f.store = store_close(f.store);
	fixture_start(&f, true);
	append_at(&f, 70, EVENT_SEAT_RETURNED, "aa", "{}");
	assert_int_equal(report(&f, "demo-class", NULL, REPORT_JSON, &text), 0);
	all = json_loads(text, 0, NULL);
	gaps = json_object_get(all, "gaps");
	assert_int_equal(json_array_size(gaps), 1);
	assert_int_equal(json_array_size(json_array_get(gaps, 0)), 2);
	assert_non_null(strstr(text, "\"seconds_present\": 60"));
	json_decref(all);
	free(text);
	fixture_done(&f);
}

static void rooms_without_seats_and_no_rooms(void **state)
{
	struct fixture f;
	char *text = NULL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	assert_int_equal(report(&f, "demo-meeting", NULL, REPORT_CSV, &text), 0);
	assert_non_null(strstr(text, "state\r\n"));
	free(text);
	assert_int_equal(report(&f, "demo-meeting", NULL, REPORT_JSON, &text), 0);
	assert_non_null(strstr(text, "\"opened\": null"));
	free(text);
	assert_int_equal(report(&f, "no-such", NULL, REPORT_CSV, &text), -ENOENT);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(report(&f, "", NULL, REPORT_CSV, &text), -ENOENT);
	free(text);
	fixture_done(&f);
}

static void every_dangerous_first_character_is_made_safe(void **state)
{
	static const char *const names[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\\t=1", "\\r=1" };
	struct fixture f;
	char *text = NULL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	append_at(&f, 0, EVENT_ROOM_OPENED, "", "{\"epoch\":\"e1\"}");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char payload[64], seat[16];

		snprintf(seat, sizeof(seat), "s%zu", i);
		snprintf(payload, sizeof(payload), "{\"name\":\"%s\"}", names[i]);
		append_at(&f, 0, EVENT_SEAT_JOINED, seat, payload);
	}
	assert_int_equal(report(&f, "demo-class", NULL, REPORT_CSV, &text), 0);
	for (const char *p = text; (p = strstr(p, ",\"")); p += 2)
		assert_null(strchr("=+-@\t\r", p[2]));
	assert_non_null(strstr(text, "\"'=1+1\""));
	assert_non_null(strstr(text, "\"'\t=1\""));
	free(text);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_a_row_per_seat),
		cmocka_unit_test(json_says_what_it_is_of),
		cmocka_unit_test(openings_are_told_apart),
		cmocka_unit_test(a_restart_is_shown_as_a_gap),
		cmocka_unit_test(rooms_without_seats_and_no_rooms),
		cmocka_unit_test(every_dangerous_first_character_is_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
