/* docs/import.md names every code with its sentences, and every header that means something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/field.h"
#include "attendance/table/problem.h"
#include "tests/unit/leaves_nothing.h"

#define PAGE_BYTES (1U << 20)

static char *page_of_docs(void)
{
	char *page = calloc(1, PAGE_BYTES);
	FILE *f = fopen(SOURCE_ROOT "/docs/import.md", "re");

	assert_non_null(f);
	assert_true(fread(page, 1, PAGE_BYTES - 1, f) > 0);
	fclose(f);
	return page;
}

static void expect(const char *page, const char *text)
{
	if (!strstr(page, text))
		fail_msg("docs/import.md lacks: %s", text);
}

#define X(name, code, en, zh) "| `" code "` | " en " | " zh " |",
static const char *const rows[] = { TABLE_FAULTS(X) };
#undef X

static void every_error_stands_there(void **state)
{
	char *page = page_of_docs();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(page, rows[i]);
	free(page);
}

static void every_field_stands_there(void **state)
{
	char *page = page_of_docs(), row[256];

	(void)state;
	for (int kind = 0; kind < TABLE_KINDS; kind++) {
		for (int f = 0; f < FIELDS; f++) {
			if (!field_is_of((enum table_kind)kind, (enum field)f))
				continue;
			snprintf(row, sizeof(row), "| `%s`%s | %s", field_name((enum field)f),
			         field_is_required((enum table_kind)kind, (enum field)f) ? " (required)" : "", field_header((enum table_kind)kind, (enum field)f));
			expect(page, row);
		}
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(every_error_stands_there),
		LEAVES_NOTHING(every_field_stands_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
