/* Where else a name stands: not in what an erasure takes along, newest first, page by page. */
#include "fixture.h"

#include <jansson.h>

#include "attendance/changes.h"
#include "attendance/mention.h"

#define NAME "欧阳\"忘\"却"
#define ESCAPED "欧阳\\\"忘\\\"却"
#define PSEUDONYM "00112233445566ff"
#define TWIN "欧阳孪生"
#define TWIN_PSEUDONYM "8899aabbccddeeff"
#define ROOM "demo-class"

static void make_person(struct fixture *f, const char *pseudonym, const char *name, uint64_t ticket)
{
	struct directory *d = store_directory(f->store);
	struct act a = { .name = "person.create", .account = 1, .subject = directory_next_person_id(d), .detail = "{\"name\":\"" ESCAPED "\"}" };
	struct changes *c = changes_new();

	assert_int_equal(changes_set_act(c, &a), 0);
	changes_person(c, a.subject, pseudonym);
	changes_identity(c, a.subject, &(struct identity){ .name = name });
	assert_int_equal(changes_post(f->store, c, ticket), 0);
	fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
	directory_apply(d, c, clock_wall_us());
	changes_destroy(c);
}

static struct mention_query query(const struct fixture *f, uint32_t limit)
{
	struct mention_query q = { .before = INT64_MAX, .limit = limit, .n = 2 };
	const char *const pseudonyms[] = { PSEUDONYM, TWIN_PSEUDONYM };

	for (size_t i = 0; i < ARRAY_LEN(pseudonyms); i++) {
		const struct person *p = directory_pseudonym(store_directory(f->store), pseudonyms[i]);

		q.records[i].person = p->id;
		snprintf(q.records[i].pseudonym, sizeof(q.records[i].pseudonym), "%s", p->pseudonym);
		snprintf(q.records[i].name, sizeof(q.records[i].name), "%s", p->identity.name);
	}
	return q;
}

/* How many places; their kinds are added to `kinds`. `q` goes on to the next page. */
static size_t read_page(struct fixture *f, struct mention_query *q, uint64_t ticket, char *kinds, size_t size)
{
	json_t *page, *row;
	size_t i, n;

	assert_int_equal(store_read(f->store, mentions_read, q, sizeof(*q), ticket), 0);
	for (int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL; f->last_read != ticket && clock_boot_us() < end_us;)
		fixture_dispatch(f, 100);
	assert_true(f->last_read == ticket && f->last_read_error == 0);
	page = json_loads(f->read_text, 0, NULL);
	json_array_foreach(json_object_get(page, "rows"), i, row)
		snprintf(kinds + strlen(kinds), size - strlen(kinds), "%s ", json_string_value(json_object_get(row, "kind")));
	q->before = json_integer_value(json_object_get(page, "next"));
	n = json_array_size(json_object_get(page, "rows"));
	json_decref(page);
	return n;
}

static void make_past(struct fixture *f)
{
	make_person(f, PSEUDONYM, NAME, 900);
	make_person(f, TWIN_PSEUDONYM, TWIN, 901);
	fixture_append(f, EVENT_ROOM_OPENED, ROOM, "", "{\"title\":\"x\",\"epoch\":\"e1\"}", 0);
	fixture_append(f, EVENT_CHAT, ROOM, "seat9", "{\"id\":1,\"name\":\"x\",\"text\":\"" ESCAPED "在吗\"}", 0);
	/* Own seats, of both records. */
	fixture_append(f, EVENT_SEAT_JOINED, ROOM, "seat1", "{\"key\":\"k1\",\"name\":\"" ESCAPED "\",\"person\":\"" PSEUDONYM "\"}", 0);
	fixture_append(f, EVENT_CHAT, ROOM, "seat1", "{\"id\":2,\"name\":\"" ESCAPED "\",\"text\":\"" TWIN "\"}", 0);
	fixture_append(f, EVENT_SEAT_JOINED, ROOM, "seat2", "{\"key\":\"k2\",\"name\":\"" TWIN "\",\"person\":\"" TWIN_PSEUDONYM "\"}", 0);
	fixture_append(f, EVENT_HAND_RAISED, ROOM, "seat2", "{\"name\":\"" TWIN "\",\"org\":\"\"}", 0);
	/* Another of that name, a speaker that can only be the person, the own leave, a reason in two rows. */
	fixture_append(f, EVENT_SEAT_JOINED, ROOM, "seat3", "{\"key\":\"k3\",\"name\":\"" TWIN "\"}", 0);
	fixture_append(f, EVENT_FLOOR_GIVEN, ROOM, "seat4", "{\"name\":\"x\",\"org\":\"\",\"speaker\":\"" ESCAPED "\",\"span_s\":60}", 0);
	fixture_append(f, EVENT_LEAVE_ASKED, "class-9", "", "{\"person\":\"" PSEUDONYM "\",\"site\":1,\"why\":\"" ESCAPED "\"}", 0);
	fixture_append(f, EVENT_ROSTER_FROZEN, "class-9", "", "{\"version\":2,\"site\":1,\"persons\":[],\"last\":false,\"why\":\"" ESCAPED "\"}", 0);
	fixture_append(f, EVENT_ROSTER_FROZEN, "class-9", "", "{\"version\":2,\"site\":2,\"persons\":[],\"last\":true,\"why\":\"" ESCAPED "\"}", 902);
	fixture_wait(f, 902);
}

static void only_what_others_wrote_is_told(void **state)
{
	struct mention_query q;
	char kinds[256] = "";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	make_past(&f);
	q = query(&f, 100);
	read_page(&f, &q, 1, kinds, sizeof(kinds));
	assert_string_equal(kinds, "ROSTER_FROZEN SEAT_JOINED CHAT ");
	assert_int_equal(q.before, 0);
	fixture_done(&f);
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
	struct mention_query q;
	char kinds[256] = "";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	make_past(&f);
	q = query(&f, 1);
	for (uint64_t page = 1; page <= 3; page++) {
		assert_int_equal(read_page(&f, &q, page, kinds, sizeof(kinds)), 1);
		assert_true(q.before > 0);
	}
	/* There was more to look at, but no further place. */
	assert_int_equal(read_page(&f, &q, 4, kinds, sizeof(kinds)), 0);
	assert_int_equal(q.before, 0);
	assert_string_equal(kinds, "ROSTER_FROZEN SEAT_JOINED CHAT ");
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_others_wrote_is_told),
		cmocka_unit_test(pages_go_on_where_the_last_one_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
