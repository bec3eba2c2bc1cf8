/* Minutes in the journal: their hash, who spoke, what is read of them, and that a changed sealed text is found. */
#include "fixture.h"

#include <jansson.h>
#include <sodium.h>

#include "attendance/class_record.h"
#include "attendance/minutes_facts.h"
#include "attendance/minutes_hash.h"
#include "attendance/minutes_read.h"
#include "attendance/minutes_speakers.h"
#include "attendance/minutes_verify.h"

#define ANN "00000000000000aa"
#define HASH_1 "da7412fe30005f47956d26d9983bc8b7a4d05583dc17f747a8e6dcf5b4b95d8f"
#define HASH_2 "e7f1b928256c8773b7a50732fd6125fcf074987bf80fbaab8b62f223a84d7f98"

/* ---- the hash ---- */

static void add(struct minutes_hash *h, const char *payload, int expected)
{
	json_t *j = json_loads(payload, 0, NULL);

	assert_non_null(j);
	assert_int_equal(minutes_hash_add(h, j), expected);
	json_decref(j);
}

static void hex_of(const struct minutes_hash *h, char ret[2 * MINUTES_HASH_BYTES + 1])
{
	sodium_bin2hex(ret, 2 * MINUTES_HASH_BYTES + 1, h->last, sizeof(h->last));
}

static void the_hash_is_what_class_md_says(void **state)
{
	/*
	 * h = lambda x: blake2b(x, digest_size=32).digest()
	 * h1 = h(h(h(b"huitang minutes 1\nclass-17\n") + b'{"a":1,"b":[2]}') + '{"中":"文"}'.encode());  h2 = h(h1 + b'{"conclusion":"\\n"}')
	 */
	char hex[2 * MINUTES_HASH_BYTES + 1];
	struct minutes_hash h;

	(void)state;
	minutes_hash_init(&h, 17);
	add(&h, "{\"version\":1,\"last\":false,\"text\":{\"b\": [2], \"a\": 1}}", 0);
	assert_int_equal(h.version, 0);
	add(&h, "{\"version\":1,\"last\":true,\"text\":{\"中\":\"文\"}}", 0);
	assert_int_equal(h.version, 1);
	hex_of(&h, hex);
	assert_string_equal(hex, HASH_1);
	add(&h, "{\"version\":1,\"last\":true,\"text\":{}}", -EBADMSG);
	add(&h, "{\"version\":3,\"last\":true,\"text\":{}}", -EBADMSG);
	add(&h, "{\"version\":2,\"last\":true,\"text\":{\"conclusion\":\"\\n\"}}", 0);
	hex_of(&h, hex);
	assert_string_equal(hex, HASH_2);
	/* Each version stands on the first, not on the one before. */
	add(&h, "{\"version\":3,\"last\":true,\"text\":{\"conclusion\":\"\\n\"}}", 0);
	hex_of(&h, hex);
	assert_string_equal(hex, HASH_2);
}

/* ---- who spoke ---- */

static void tell(struct minutes_speakers *s, int second, enum event_kind kind, const char *seat, const char *payload)
{
	struct event ev = { .kind = kind, .room = "class-17", .seat = seat, .actor = "", .payload = payload, .wall_us = second * 1000000LL };

	assert_int_equal(minutes_speakers_add(s, &ev), 0);
}

static void assert_speaker(const json_t *list, size_t i, const char *who, const char *name, int from_s, int on_s)
{
	const json_t *one = json_array_get(list, i), *value = json_object_get(one, who);
	char text[64] = "";

	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	assert_string_equal(*text ? text : json_string_value(value), name);
	assert_int_equal(json_integer_value(json_object_get(one, "from_ms")), from_s * 1000);
	assert_int_equal(json_integer_value(json_object_get(one, "on_s")), on_s);
}

static void whose_microphone_was_on_while_it_ran(void **state)
{
	int64_t live = mem_live();
	struct minutes_speakers *s;
	json_t *list;

	(void)state;
	assert_int_equal(minutes_speakers_create(&s), 0);
	tell(s, 1, EVENT_SEAT_JOINED, "host", "{\"name\":\"王老师\",\"role\":\"host\",\"on\":[\"mic\",\"camera\"],\"person\":\"" ANN "\"}");
	tell(s, 2, EVENT_SEAT_JOINED, "hall", "{\"name\":\"第一支部\",\"role\":\"participant\",\"on\":[],\"site\":10}");
	tell(s, 3, EVENT_SEAT_JOINED, "guest", "{\"name\":\"来宾\",\"role\":\"presenter\",\"on\":[\"mic\"]}");
	tell(s, 4, EVENT_SEAT_LEFT, "guest", "{\"reason\":\"left\"}");          /* before it began: did not speak */
	tell(s, 10, EVENT_CLASS_OPENED, "", "{}");
	tell(s, 20, EVENT_SOURCE_CHANGED, "hall", "{\"source\":\"mic\",\"on\":true,\"by_host\":false}");
	tell(s, 25, EVENT_SOURCE_CHANGED, "hall", "{\"source\":\"camera\",\"on\":true,\"by_host\":false}");
	tell(s, 30, EVENT_ROOM_MUTED, "", "{\"self_unmute\":true}");
	tell(s, 40, EVENT_CLASS_PAUSED, "", "{}");
	tell(s, 50, EVENT_CLASS_RESUMED, "", "{}");
	tell(s, 60, EVENT_SEAT_JOINED, "guest", "{\"name\":\"来宾\",\"role\":\"presenter\",\"on\":[\"mic\"]}");
	tell(s, 65, EVENT_SEAT_BLOCKED, "guest", "{\"source\":\"mic\",\"blocked\":true}");
	tell(s, 70, EVENT_CLASS_CLOSED, "", "{}");
	tell(s, 90, EVENT_SEAT_LEFT, "host", "{\"reason\":\"left\"}");
	list = minutes_speakers_json(s);
	assert_int_equal(json_array_size(list), 3);
	assert_speaker(list, 0, "person", ANN, 10, 50);         /* 10 to 40, 50 to 70: leaders are not muted */
	assert_speaker(list, 1, "site", "10", 20, 10);
	assert_speaker(list, 2, "name", "来宾", 60, 5);
	json_decref(list);
	minutes_speakers_destroy(s);
	assert_int_equal(mem_live(), live);
}

static void who_was_named_with_a_hand_spoke_in_that_turn(void **state)
{
	int64_t live = mem_live();
	struct minutes_speakers *s;
	json_t *list;

	(void)state;
	assert_int_equal(minutes_speakers_create(&s), 0);
	tell(s, 1, EVENT_SEAT_JOINED, "hall", "{\"name\":\"第一支部\",\"role\":\"participant\",\"on\":[],\"site\":10}");
	tell(s, 2, EVENT_SEAT_JOINED, "other", "{\"name\":\"第二支部\",\"role\":\"participant\",\"on\":[\"mic\"],\"site\":11}");
	tell(s, 10, EVENT_CLASS_OPENED, "", "{}");
	tell(s, 20, EVENT_FLOOR_GIVEN, "hall", "{\"name\":\"第一支部\",\"org\":\"\",\"site\":10,\"speaker\":\"张三\",\"span_s\":60}");
	tell(s, 21, EVENT_SOURCE_CHANGED, "hall", "{\"source\":\"mic\",\"on\":true,\"by_host\":false}");
	tell(s, 31, EVENT_FLOOR_ENDED, "hall", "{\"reason\":\"time\"}");
	tell(s, 31, EVENT_SOURCE_CHANGED, "hall", "{\"source\":\"mic\",\"on\":false,\"by_host\":true}");
	tell(s, 40, EVENT_SOURCE_CHANGED, "hall", "{\"source\":\"mic\",\"on\":true,\"by_host\":false}");
	tell(s, 45, EVENT_FLOOR_GIVEN, "other", "{\"name\":\"第二支部\",\"org\":\"\",\"site\":11,\"span_s\":60}");
	tell(s, 50, EVENT_CLASS_CLOSED, "", "{}");
	list = minutes_speakers_json(s);
	assert_int_equal(json_array_size(list), 3);
	assert_speaker(list, 0, "site", "11", 10, 40);
	assert_speaker(list, 1, "site", "10", 21, 10);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "speaker")), "张三");
	assert_speaker(list, 2, "site", "10", 40, 10);
	assert_null(json_object_get(json_array_get(list, 2), "speaker"));
	json_decref(list);
	minutes_speakers_destroy(s);
	assert_int_equal(mem_live(), live);
}

/* ---- in the database ---- */

#define TEXT_1 "{\"version\":1,\"last\":false,\"text\":{\"facts\":{\"title\":\"党课\"},\"persons\":[{\"person\":\"" ANN "\"}]}}"
#define TEXT_1B "{\"version\":1,\"last\":true,\"text\":{\"persons\":[{\"person\":\"00000000000000bb\"}]}}"
#define TEXT_2 "{\"version\":2,\"last\":true,\"text\":{\"conclusion\":\"通过\"}}"

static void append(struct fixture *f, enum event_kind kind, const char *payload)
{
	static uint64_t ticket;

	assert_int_equal(fixture_append(f, kind, "class-17", "", payload, ++ticket), 0);
	fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
}

static void hold(struct fixture *f)
{
	fixture_init(f);
	fixture_start(f, true);
	append(f, EVENT_CLASS_PLANNED, "{\"class\":17,\"org\":1,\"title\":\"党课\",\"kind\":\"lecture\",\"campaign\":\"\",\"way\":\"video\",\"subject\":\"\",\"start_ms\":1000,\"end_ms\":2000,"
	                               "\"zone\":\"Asia/Shanghai\",\"target\":1,\"subtree\":true,\"agenda\":[],\"hosts\":[1]}");
	append(f, EVENT_SITES_INVITED, "{\"sites\":[4,5]}");
	append(f, EVENT_CLASS_OPENED, "{}");
	append(f, EVENT_CLASS_CLOSED, "{}");
	append(f, EVENT_MINUTES_WRITTEN, TEXT_1);
	append(f, EVENT_MINUTES_WRITTEN, TEXT_1B);
	append(f, EVENT_MINUTES_WRITTEN, TEXT_2);
}

static void seal(struct fixture *f, const char *hash)
{
	char payload[160];

	snprintf(payload, sizeof(payload), "{\"version\":2,\"hash\":\"%s\"}", hash);
	append(f, EVENT_MINUTES_SEALED, payload);
}

static void right_hash(char ret[2 * MINUTES_HASH_BYTES + 1])
{
	struct minutes_hash h;

	minutes_hash_init(&h, 17);
	add(&h, TEXT_1, 0);
	add(&h, TEXT_1B, 0);
	add(&h, TEXT_2, 0);
	hex_of(&h, ret);
}

static json_t *ask(struct fixture *f, store_read_fn fn, const void *args, size_t len)
{
	struct store_reader *r = fixture_reader(f);
	char *text = NULL;
	json_t *j;

	assert_int_equal(fn(r, args, len, &text), 0);
	j = json_loads(text, 0, NULL);
	assert_non_null(j);
	free(text);
	store_reader_close(r);
	return j;
}

static void rows_are_put_together_and_versions_kept(void **state)
{
	struct minutes_query q = { .class = 17 };
	struct fixture f;
	json_t *j;

	(void)state;
	hold(&f);
	j = ask(&f, minutes_read, &q, sizeof(q));
	assert_int_equal(json_array_size(json_object_get(j, "versions")), 2);
	assert_int_equal(json_integer_value(json_object_get(j, "version")), 2);
	assert_int_equal(json_array_size(json_object_get(json_object_get(j, "facts"), "persons")), 2);
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "edit"), "conclusion")), "通过");
	assert_null(json_object_get(j, "sealed"));
	json_decref(j);
	q.version = 1;
	j = ask(&f, minutes_read, &q, sizeof(q));
	assert_int_equal(json_integer_value(json_object_get(j, "version")), 1);
	assert_int_equal(json_object_size(json_object_get(j, "edit")), 0);
	json_decref(j);
	q.version = 3;
	j = ask(&f, minutes_read, &q, sizeof(q));
	assert_int_equal(json_integer_value(json_object_get(j, "version")), 0);
	json_decref(j);
	fixture_done(&f);
}

static void a_sealed_class_is_read_from_the_journal(void **state)
{
	struct class_records_query all = { 0, INT64_MAX }, later = { 3000000, INT64_MAX };
	struct class_record_query one = { 17 };
	struct fixture f;
	json_t *j;

	(void)state;
	hold(&f);
	j = ask(&f, class_records_read, &all, sizeof(all));
	assert_int_equal(json_array_size(j), 0);
	json_decref(j);
	seal(&f, "00");
	j = ask(&f, class_records_read, &all, sizeof(all));
	assert_int_equal(json_array_size(j), 1);
	assert_int_equal(json_array_size(json_object_get(json_array_get(j, 0), "events")), 5);
	json_decref(j);
	j = ask(&f, class_records_read, &later, sizeof(later));
	assert_int_equal(json_array_size(j), 0);
	json_decref(j);
	j = ask(&f, class_record_read, &one, sizeof(one));
	assert_int_equal(json_array_size(json_object_get(j, "events")), 5);     /* plan, sites, opened, closed, sealed */
	json_decref(j);
	fixture_done(&f);
}

static struct minutes_check verify(struct fixture *f)
{
	struct store_reader *r = fixture_reader(f);
	struct minutes_check c = { 0 };

	assert_int_equal(minutes_verify(r, &c), 0);
	store_reader_close(r);
	return c;
}

static void a_changed_sealed_text_is_found(void **state)
{
	char hash[2 * MINUTES_HASH_BYTES + 1];
	struct minutes_check c;
	struct fixture f;

	(void)state;
	hold(&f);
	right_hash(hash);
	seal(&f, hash);
	c = verify(&f);
	assert_int_equal(c.bad_sequence, 0);
	assert_int_equal(c.sealed, 1);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "UPDATE journal_payload SET payload = replace(payload, '00000000000000bb', '00000000000000cc')"), SQLITE_OK);
	c = verify(&f);
	assert_true(c.bad_sequence > 0);
	assert_non_null(strstr(c.why, "class 17"));
	assert_int_equal(fixture_sql(&f, "DELETE FROM journal_payload WHERE sequence IN (SELECT sequence FROM journal WHERE kind = 94)"), SQLITE_OK);
	c = verify(&f);
	assert_int_equal(c.bad_sequence, 0);    /* erased: nothing can be told */
	assert_int_equal(c.erased, 1);
	fixture_done(&f);
}

static void a_wrong_seal_is_found(void **state)
{
	struct minutes_check c;
	struct fixture f;

	(void)state;
	hold(&f);
	seal(&f, "00");
	c = verify(&f);
	assert_true(c.bad_sequence > 0);
	fixture_done(&f);
	hold(&f);
	append(&f, EVENT_MINUTES_SEALED, "{\"version\":1,\"hash\":\"00\"}");    /* not the last */
	c = verify(&f);
	assert_true(c.bad_sequence > 0);
	fixture_done(&f);
}

/* The row that seals is the journal's last; what is written after it is found too. */
static void what_is_written_after_the_seal_is_found(void **state)
{
	char hash[2 * MINUTES_HASH_BYTES + 1];
	struct minutes_check c;
	struct fixture f;

	(void)state;
	hold(&f);
	right_hash(hash);
	seal(&f, hash);
	append(&f, EVENT_MINUTES_WRITTEN, "{\"version\":3,\"last\":true,\"text\":{}}");
	c = verify(&f);
	assert_int_equal(c.bad_sequence, f.last_sequence);
	fixture_done(&f);
}

/* The server stood still within the class, and once before it. */
static void gaps_are_those_within_the_class(void **state)
{
	struct minutes_query q = { .class = 17 };
	struct fixture f;
	json_t *j;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	f.store = store_close(f.store);
	fixture_start(&f, true);
	append(&f, EVENT_CLASS_OPENED, "{}");
	f.store = store_close(f.store);
	usleep(20000);
	fixture_start(&f, true);
	append(&f, EVENT_CLASS_CLOSED, "{}");
	j = ask(&f, minutes_facts_read, &q, sizeof(q));
	assert_int_equal(json_array_size(json_object_get(j, "gaps")), 1);
	assert_int_equal(json_array_size(json_object_get(j, "persons")), 0);
	json_decref(j);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_what_class_md_says),
		cmocka_unit_test(whose_microphone_was_on_while_it_ran),
		cmocka_unit_test(who_was_named_with_a_hand_spoke_in_that_turn),
		cmocka_unit_test(rows_are_put_together_and_versions_kept),
		cmocka_unit_test(a_sealed_class_is_read_from_the_journal),
		cmocka_unit_test(a_changed_sealed_text_is_found),
		cmocka_unit_test(a_wrong_seal_is_found),
		cmocka_unit_test(what_is_written_after_the_seal_is_found),
		cmocka_unit_test(gaps_are_those_within_the_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
