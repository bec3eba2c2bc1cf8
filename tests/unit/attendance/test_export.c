/* The export of the journal: each kind has its form and its line in the documentation; every row comes out, erased ones as such. */
#include "fixture.h"

#include <ctype.h>
#include <jansson.h>

#include "attendance/event_form.h"
#include "attendance/export.h"

static void each_form_reads_well(void **state)
{
	const struct event_form *form = NULL;

	(void)state;
	while ((form = event_form_next(form))) {
		const char *at = form->fields;
		struct event_field field;

		while (event_field_next(&at, &field))
			assert_true(isalpha(field.name[0]));
		if (*at)
			print_error("%s: cannot read \"%s\"\n", form->name, at);
		assert_int_equal(*at, 0);
		assert_ptr_equal(event_form(form->kind), form);
		if (form->keep != EVENT_KEPT)
			assert_int_equal(strncmp(policy_rule(form->keep)->name, "keep_", 5), 0);
	}
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = calloc(1, 1 << 20);

	assert_non_null(in);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
	fclose(in);
	return text;
}

static void each_kind_is_documented(void **state)
{
	char *docs = read_file(SOURCE_ROOT "/docs/export.md");
	const struct event_form *form = NULL;

	(void)state;
	while ((form = event_form_next(form))) {
		const char *tick = *form->fields ? "`" : "", *kept = form->keep == EVENT_KEPT ? "" : "`";
		char line[1024];

		snprintf(line, sizeof(line), "| %d | %s | %s%s%s%s| %s%s%s%s|\n", form->kind, form->name, tick, form->fields, tick, *tick ? " " : "", kept,
		         *kept ? policy_rule(form->keep)->name : "", kept, *kept ? " " : "");
		if (!strstr(docs, line))
			print_error("docs/export.md lacks: %s", line);
		assert_non_null(strstr(docs, line));
	}
	free(docs);
}

static void the_schema_is_json(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	json_t *schema;

	(void)state;
	event_form_write_schema(out);
	fclose(out);
	schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(schema);
	json_decref(schema);
	free(text);
}

static char *export_of(const struct fixture *f, const char *room, int expected)
{
	struct store_reader *r = fixture_reader(f);
	char err[STORE_ERROR_BYTES] = "", *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(export_write(out, r, room, err), expected);
	assert_true(expected == 0 || err[0]);
	fclose(out);
	store_reader_close(r);
	return text;
}

/* Calls back for nothing: how many lines there are, each one an object whose sequence is `step` after the one before. */
static int count_lines(char *text, int64_t from)
{
	char *rest = text, *line;
	int n = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(row);
		if (from)
			assert_int_equal(json_integer_value(json_object_get(row, "sequence")), from + n);
		n++;
		json_decref(row);
	}
	return n;
}

static void every_row_comes_out_in_pieces(void **state)
{
	enum { ROWS = 4500 };
	struct fixture f;
	char *text;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	for (int i = 1; i <= ROWS; i++)
		assert_int_equal(fixture_append(&f, EVENT_CHAT, i % 3 ? "one" : "two", "s", "{\"id\":1,\"name\":\"\\\"}\",\"text\":\"\\n,\\\"payload\\\":\"}", i == ROWS), 0);
	fixture_wait(&f, 1);
	text = export_of(&f, NULL, 0);
	assert_int_equal(count_lines(text, 1), ROWS + 1);
	free(text);
	text = export_of(&f, "two", 0);
	assert_int_equal(count_lines(text, 0), ROWS / 3);
	free(text);
	free(export_of(&f, "three", -ENOENT));
	fixture_done(&f);
}

static void an_erased_row_is_shown_as_such(void **state)
{
	struct fixture f;
	char *text;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	fixture_append(&f, EVENT_CHAT, "one", "s", "{\"id\":1,\"name\":\"n\",\"text\":\"secret\"}", 1);
	fixture_wait(&f, 1);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "DELETE FROM journal_payload WHERE sequence = 2"), SQLITE_OK);
	text = export_of(&f, "one", 0);
	assert_null(strstr(text, "secret"));
	assert_non_null(strstr(text, "\"erased\":true,\"key\":null,\"payload\":null}\n"));
	free(text);
	fixture_done(&f);
}

static void a_kind_of_a_newer_program_is_refused_with_its_row(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	fixture_append(&f, (enum event_kind)9999, "one", "s", "{}", 1);
	fixture_wait(&f, 1);
	free(export_of(&f, NULL, -EBADMSG));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_reads_well),
		cmocka_unit_test(each_kind_is_documented),
		cmocka_unit_test(the_schema_is_json),
		cmocka_unit_test(every_row_comes_out_in_pieces),
		cmocka_unit_test(an_erased_row_is_shown_as_such),
		cmocka_unit_test(a_kind_of_a_newer_program_is_refused_with_its_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
